// Sends what is ready, one photo at a time, until a receipt names all of it; never gives up and never deletes without one.
import { CAP, createBackoff } from "./backoff.js";
import { StoreError } from "./database.js";
import { tellLedger } from "./ledger.js";
import { covers, inOrder } from "./manifest.js";
import { createTransport, NotSent } from "./transport.js";
import { takeTurn } from "./turn.js";

const PAUSES = { signed_out: "signed_out", forbidden: "signed_out", other_user: "other_user", captive: "captive", network: "offline" };
const SIGN = 1_500; // ms in which a tab that sends tells that it is alive
const LEDGER = "ledger"; // waits among the cases when it could not be told
const DAMAGED = ["empty", "wrong_hash", "wrong_length"]; // on the way, not here
const PAUSING = ["signed_out", "forbidden", "other_user"];
const READY = ["ready", "sending", "beside"];

/**
 * @param words problem_photo_lost, problem_http_413, problem_other: said where the server says nothing itself
 * @param about () => {app, label?, keeps: {safe, why}} what the ledger is told of this phone
 * @returns {{start(), sendNow(), stop(), state}} state = {phase, reason, caseId, sent, total, nextTryAt, hello, elsewhere}:
 *   phase "idle" | "sending" | "waiting" | "signed_out" | "captive" | "offline" | "other_user"; reason "forbidden" when
 *   the role may not capture; nextTryAt in ms of performance.now(), which no change of the clock disturbs, or null;
 *   hello = the last greeting with `offset` (ms server minus phone); elsewhere = another tab sends
 */
export function createOutbox({ store, words = {}, fetch = (...wanted) => window.fetch(...wanted), onChange = () => {}, about = () => ({}) }) {
  const state = { phase: "idle", reason: null, caseId: null, sent: 0, total: 0, nextTryAt: null, hello: null, elsewhere: false };
  const transport = createTransport({ fetch, userId: store.userId });
  const whole = createBackoff();
  const held = new Map(); // case id -> {backoff, until}: one that cannot go now waits alone
  let timer, running, wanted, stopped, unsubscribe;
  let heard = 0;

  function show(parts) {
    Object.assign(state, parts);
    const { hello, ...seen } = state;
    store.post({ kind: "outbox", state: { ...seen, nextTryAt: null } });
    onChange(state);
  }

  async function greet() {
    const hello = await transport.hello();
    state.hello = hello;
    await store.keep("clock", hello.offset);
  }

  /** Wait alone, the longer the more often it failed. */
  function hold(id, asked) {
    const one = held.get(id) || { backoff: createBackoff() };
    one.until = performance.now() + one.backoff.next(asked);
    held.set(id, one);
  }

  async function queue() {
    const ready = (await store.cases()).filter((record) => READY.includes(record.state) && record.sealed && !record.receipt);
    return ready.reverse().map((record) => record.id);
  }

  /** Take over what the server says of this case; true when nothing is left to send. */
  async function learn(record, answer) {
    if (covers(answer.receipt, record) && answer.state !== "kept_beside") return store.settle(record.id, answer.receipt);
    const beside = answer.state === "kept_beside" || answer.status === 409;
    const receipt = beside && covers(answer.receipt, record) ? answer.receipt : undefined;
    const missing = new Set(answer.missing);
    await store.change(record.id, (stored) => {
      if (!stored.sealed || stored.sealed.sha256 !== record.sealed.sha256) return undefined;
      const files = stored.files.map((file) => ({ ...file, sent: !missing.has(file.sha256) }));
      const server = answer.server || stored.server;
      const number = (server && server.number) || stored.number;
      return { ...stored, state: beside || stored.state === "beside" ? "beside" : "sending", files, server, receipt, number };
    });
    return Boolean(receipt);
  }

  async function send(id) {
    const record = await store.case(id);
    if (!record || !READY.includes(record.state) || record.receipt) return;
    const total = record.files.length;
    show({ phase: "sending", reason: null, caseId: id, sent: record.files.filter((file) => file.sent).length, total, nextTryAt: null });
    let answer = await transport.sendText(id, record.sealed.text);
    if (await learn(record, answer)) return;
    const problems = [];
    let damaged;
    for (const file of inOrder(record.files.filter((one) => answer.missing.includes(one.sha256)))) {
      if (!answer.missing.includes(file.sha256)) continue; // the same photo in two roles
      show({ sent: total - answer.missing.length });
      try {
        answer = await sendFile(record, file);
        if (await learn(record, answer)) return;
      } catch (failure) {
        const about = problemOf(file, failure);
        if (!about) throw failure;
        if (DAMAGED.includes(about.code)) damaged = failure;
        else problems.push(about);
      }
    }
    if (problems.length) throw new NotSent("refused", { answer: { problems } });
    if (damaged) throw new NotSent("later", damaged);
    answer = await transport.status(id);
    if (!(await learn(record, answer))) throw new NotSent("later", { answer });
  }

  async function sendFile(record, file) {
    const bytes = await store.photoBytes(file.id);
    if (!bytes) throw new StoreError("gone");
    return transport.sendFile(record.id, file.sha256, bytes);
  }

  async function attempt(id) {
    try {
      await send(id);
      held.delete(id);
    } catch (failure) {
      const kind = failure instanceof NotSent ? failure.kind : "later";
      if (PAUSING.includes(kind)) throw failure;
      if (kind === "refused") return refuse(id, failure);
      hold(id, failure.wait);
      if (kind === "network" || kind === "captive") await greet(); // is it this case, or the whole connection?
    }
    return undefined;
  }

  function refuse(id, { status, answer }) {
    const whys = (answer && answer.problems) || [{ message: answer && answer.message, code: (answer && (answer.code || answer.reason)) || `http_${status}` }];
    const problems = whys.map((why) => {
      const message = why.message || words[`problem_${why.code}`] || words.problem_other || null;
      return { step: null, field: null, code: null, ...why, message };
    });
    held.delete(id);
    return store.change(id, (stored) => (READY.includes(stored.state) ? { ...stored, state: "attention", problems } : undefined));
  }

  const waits = (id) => held.has(id) && held.get(id).until > performance.now();

  async function round() {
    show({ elsewhere: false, reason: null });
    await greet();
    const ids = await queue();
    whole.reset();
    for (const id of ids) {
      if (stopped) return;
      if (!waits(id)) await attempt(id);
    }
    if (!waits(LEDGER)) await reconcile();
    const left = await queue();
    for (const id of held.keys()) if (id !== LEDGER && !left.includes(id)) held.delete(id);
    if (!left.length && !held.size) return pause("idle", null);
    const soonest = Math.min(...[...left, ...held.keys()].map((id) => (held.has(id) ? held.get(id).until : 0)));
    pause(left.length ? "waiting" : "idle", Math.max(1_000, soonest - performance.now()));
  }

  /** Tell the ledger; where it knows a case as whole, fetch the receipt, for nothing goes without one. */
  async function reconcile() {
    try {
      for (const id of await tellLedger(store, transport, about())) {
        const record = await store.case(id);
        const answer = await transport.status(id);
        if (record && covers(answer.receipt, record)) await learn(record, answer);
      }
      held.delete(LEDGER);
    } catch (failure) {
      if (PAUSING.includes(failure.kind)) throw failure;
      hold(LEDGER, failure.wait);
    }
  }

  function pause(phase, wait, reason = null) {
    clearTimeout(timer);
    show({ phase, reason, caseId: null, sent: 0, total: 0, nextTryAt: wait === null ? null : performance.now() + wait });
    if (wait !== null && !stopped) timer = setTimeout(() => run(false), wait);
  }

  async function safeRound() {
    try {
      await round();
    } catch (failure) {
      const kind = failure instanceof NotSent ? failure.kind : "later";
      const wait = whole.next(failure.wait);
      pause(PAUSES[kind] || "waiting", PAUSING.includes(kind) ? CAP : wait, kind === "forbidden" ? kind : null);
    }
  }

  /** One round after the other; who asks during a round gets another one after it. */
  function run(pressed) {
    wanted = true;
    running = running || turns(pressed).finally(() => {
      running = null;
    });
    return running;
  }

  async function turns(pressed) {
    while (wanted && !stopped) {
      wanted = false;
      clearTimeout(timer);
      if (!(await takeTurn(safeRound))) await askOther(pressed);
    }
  }

  /** Another tab sends: it will see our cases too. One that gives no sign fell asleep, and its turn is taken. */
  async function askOther(pressed) {
    const asked = performance.now();
    state.elsewhere = true;
    store.post({ kind: "send" });
    if (pressed && navigator.locks) {
      await new Promise((done) => setTimeout(done, SIGN));
      if (heard < asked && (await takeTurn(safeRound, true))) return;
    }
    timer = setTimeout(() => run(false), 30_000);
    onChange(state);
  }

  function sendNow() {
    held.clear();
    whole.reset();
    return run(true);
  }

  function hear({ kind, state: theirs }) {
    if (kind === "send" && running && !state.elsewhere) {
      wanted = true;
      show({});
    }
    if (kind !== "outbox") return;
    heard = performance.now();
    if (state.elsewhere) onChange(Object.assign(state, theirs, { elsewhere: true }));
  }

  const wake = () => {
    if (!document.hidden) sendNow();
  };

  return {
    state,
    start() {
      stopped = false;
      unsubscribe = store.subscribe(hear);
      window.addEventListener("online", wake);
      document.addEventListener("visibilitychange", wake);
      return sendNow();
    },
    sendNow,
    stop() {
      stopped = true;
      clearTimeout(timer);
      if (unsubscribe) unsubscribe();
      window.removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
    },
  };
}

function problemOf(file, failure) {
  const place = { step: null, field: null, role: file.role, file: file.id };
  if (failure instanceof StoreError && ["gone", "broken"].includes(failure.code)) return { ...place, code: "photo_lost", message: null };
  if (failure.kind !== "refused") return null;
  const { code, message = null } = failure.answer || {};
  return { ...place, code: code || `http_${failure.status}`, message };
}
