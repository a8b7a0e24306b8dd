// The capture on a phone: who works here, which view is shown, and when a newer version may take over.
import { $, all, notice } from "./dom.js";
import { form, section, showProblems, STEPS } from "./form.js";
import { nameOf } from "./identity.js";
import { showCase, showHome } from "./home.js";
import { showFind } from "./find.js";
import { INTAKE, remember, remembered, showMember, whoIsHere } from "./member.js";
import { createOutbox } from "./outbox.js";
import * as people from "./people.js";
import { fromFile, look, prepareSlots } from "./photos.js";
import { probe } from "./probe.js";
import { prepareSignature } from "./signature.js";
import { createSitting } from "./sitting.js";
import { openStore } from "./store.js";
import { showSummary } from "./summary.js";
import { othersHere } from "./users.js";
import { say, words } from "./words.js";
import { watchWorker } from "./versions.js";

const { version, rescue } = document.body.dataset;
const app = { words, store: null, outbox: null, sitting: null, keeps: null, update: null };
const fastBox = $("[data-fast]");

const isFast = () => remembered("portal-fast") === "on";

/* ---- views ---- */

const route = () => location.hash.replace(/^#\/?/, "").split("/").filter(Boolean);
const go = (...parts) => { location.hash = `#/${parts.join("/")}`; };

function tellTrouble(error) {
  if (["sealed", "gone"].includes(error.code)) return go(...route().slice(0, 1)); // another tab has closed the case
  const key = { full: "phone_full", closed: "phone_closed", broken: "phone_broken" }[error.code];
  $("[data-told]").replaceChildren(notice("bad", "warning", key ? say(key) : error.message, key ? say(`${key}_help`) : null));
  $("[data-told]").scrollIntoView({ block: "center" });
}

function head(title, who = "") {
  $("#heading").textContent = title;
  $("[data-who]").textContent = who;
  document.title = `${title} – ${$("[data-commune]").textContent}`;
}

function display(view, steps = []) {
  for (const one of all("[data-view]")) one.hidden = one.dataset.view !== view;
  for (const step of STEPS) section(step).hidden = !steps.includes(step);
  form.hidden = !steps.length;
  const task = steps.length > 0 || view === "check";
  for (const part of ["[data-steps]", "[data-actions]", "[data-later]"]) $(part).hidden = !task && !(part === "[data-later]" && (view === "find" || view === "case"));
  $("[data-later]").lastChild.textContent = ` ${say(task ? "later_keep" : "to_list")}`;
  $("[data-discard-row]").hidden = !task;
  document.body.classList.toggle("all-steps", steps.length > 1);
}

function showWhere(index) {
  all("[data-steps] li").forEach((item, at) => {
    item.classList.toggle("done", at < index);
    at === index ? item.setAttribute("aria-current", "step") : item.removeAttribute("aria-current");
  });
  $("[data-where]").textContent = say("step_of", { n: index + 1, all: STEPS.length + 2 });
  $("[data-steps] strong").textContent = all("[data-steps] li span")[index].textContent;
}

async function show() {
  const [first, second] = route();
  showProblems([]);
  $("[data-told]").replaceChildren();
  remember("portal-place", first && first !== "find" ? location.hash : null);
  if (!app.store || !first) return showList();
  if (first === "find") return showFinding();
  if (!second || !(await openStep(first, second))) await showOne(first);
}

async function showList() {
  app.sitting?.forget();
  display("home");
  head(say("take_in"));
  await drawList();
}

async function drawList() {
  if (route().length) return;
  const store = app.store;
  const [cases, sent, unsent, others] = store
    ? await Promise.all([store.cases(), store.sent(), store.unsent(), store.othersUnsent()])
    : [[], [], { count: 0, ready: 0, oldest: null }, await othersHere()];
  const outbox = app.outbox?.state ?? { phase: "idle" }, member = store && people.known()?.commune;
  const asking = Boolean(store) && !member && outbox.phase === "idle" && !outbox.hello;
  showHome({ cases, sent, unsent, others, outbox, keeps: app.keeps, member, asking, update: app.update?.() });
}

async function showFinding() {
  app.sitting.forget();
  display("find");
  head(say("find_person"));
  const mine = new Map((await app.store.cases()).filter((one) => one.recipient).map((one) => [one.recipient.id, one.id]));
  showFind(mine, async (person, here) => (here ? openHere(here) : go(await app.sitting.begin({ recipient: person }), "identity")));
  $("#heading").focus({ preventScroll: true });
}

async function openHere(id) {
  const draft = await app.store.case(id);
  go(...(draft?.state === "draft" ? [id, draft.step] : [id]));
}

async function openStep(id, step) {
  if (step !== "check" && !STEPS.includes(step)) return false;
  const steps = step === "check" ? [] : isFast() ? STEPS : [step];
  if (!(await app.sitting.open(id, steps))) return false;
  const draft = app.sitting.current();
  display(step === "check" ? "check" : null, steps);
  showWhere(step === "check" ? STEPS.length + 1 : STEPS.indexOf(step) + 1);
  const place = [draft.recipient ? people.villageName(draft.recipient.village) : "", say(draft.recipient ? "by_register" : "not_in_register")];
  const title = steps.length === 1 ? $("h2", section(step)).textContent.trim() : say(steps.length ? "case" : "check_answers");
  head(title, [nameOf(draft), ...place].filter(Boolean).join(" · "));
  if (step === "check") showSummary(draft, app.sitting.problems(STEPS));
  $("[data-next]").textContent = say(step === "check" || steps.length > 1 ? "save_case" : `next_${step}`);
  $("[data-back]").hidden = step === "identity" || steps.length > 1;
  tellAbout(draft, step);
  $("#heading").focus({ preventScroll: true });
  window.scrollTo(0, 0);
  return true;
}

function tellAbout(draft, step) {
  const found = [];
  const listed = draft.recipient && people.person(draft.recipient.id);
  if (step === "identity" && listed?.enrolled) found.push(notice("warn", "warning", say(listed.enrolled === 2 ? "already_confirmed" : "already_waiting"), say("already_help")));
  if (step === "identity" && draft.known) found.push(notice("", "info", say("number_known"), say("number_known_help")));
  const lost = app.sitting.lostPhoto();
  if (lost) found.push(notice("warn", "camera", say("photo_again", { what: say(`role_${lost}`) })));
  const wrong = (draft.problems ?? []).filter((one) => one.step === step || (isFast() && one.step)).map((one) => ({ ...one, text: one.message ?? say("step_again") }));
  if (wrong.length) showProblems(wrong);
  $("[data-told]").replaceChildren(...found);
}

async function showOne(id) {
  app.sitting.forget();
  const box = $("[data-case]");
  if (box.dataset.of !== id) { box.replaceChildren(); box.dataset.of = id; } // never the case before under this one's name
  display("case");
  const [draft, unsent] = await Promise.all([app.store.case(id), app.store.unsent()]);
  const received = draft ? null : (await app.store.sent()).find((one) => one.id === id);
  if (!draft && !received) return go();
  if (draft?.state === "draft") return go(id, draft.step);
  head(say("case"), draft ? nameOf(draft) : received.name);
  showCase(draft, { outbox: app.outbox.state, received, unsent }, {
    next: scanCard,
    send: () => app.outbox.sendNow(),
    again: async () => { await app.store.sendAgain(id); app.outbox.sendNow(); },
    mend: async () => { const mended = await app.store.reopen(id); go(id, mended.problems?.find((one) => one.step)?.step ?? mended.step); },
    letGo: async () => { await app.store.letGo(id); go(); },
    discard: () => discard(id),
  });
}

/* ---- what the buttons do ---- */

async function next() {
  const [id, step] = route(), { sitting } = app;
  try { await sitting.settled(); await sitting.persist(); } catch { return; }
  const ending = step === "check" || isFast();
  const wrong = sitting.problems(ending ? STEPS : [step]);
  if (wrong.length) {
    if (step === "check") return go(id, wrong[0].step);
    return showProblems(wrong);
  }
  if (!ending) return go(id, await sitting.after(step));
  try {
    await sitting.finish(version);
    history.replaceState(null, "", `#/${id}`);
    await show();
    app.outbox.sendNow();
  } catch (error) {
    tellTrouble(error);
  }
}

function back() {
  const [id, step] = route();
  go(id, step === "check" ? STEPS[STEPS.length - 1] : STEPS[STEPS.indexOf(step) - 1]);
}

/** Only what was never received can be thrown away, and only when the clerk says so twice. */
async function discard(id) {
  if (!window.confirm(say("discard_question"))) return;
  app.sitting.forget();
  await app.store.discard(id);
  go();
}

/** The card finds the person and opens the case; its other side is photographed at once. */
async function scanCard() {
  const found = await look("card", "scan", { fallback: () => $("[data-scan-file]").click() });
  if (found) await beginWith(found);
}

async function beginWith(found) {
  try {
    const id = await app.sitting.begin({ found });
    const draft = app.sitting.current();
    const other = found.photo && draft?.id === id && draft.files.length === 1 ? (draft.files[0].role === "id_front" ? "id_back" : "id_front") : null;
    go(id, "identity");
    if (other) await app.sitting.take(other, $(`[data-slot="${other}"]`, form));
  } catch (error) {
    tellTrouble(error);
  }
}

function prepareButtons() {
  const quick = $("[data-quick-account]");
  quick.hidden = false;
  quick.addEventListener("click", () => app.sitting.take("account:own", $("[name=method-qr_own]", form).closest(".photo")));
  $("[data-next]").addEventListener("click", next);
  $("[data-back]").addEventListener("click", back);
  $("[data-scan]").addEventListener("click", scanCard);
  $("[data-scan-file]").addEventListener("change", async ({ target }) => {
    const found = await fromFile(target.files[0], "card").catch(() => null);
    target.value = "";
    found?.text ? await beginWith(found) : tellTrouble(new Error(say("card_not_readable")));
  });
  for (const button of all("[data-new]")) button.addEventListener("click", async () => go(await app.sitting.begin({}), "identity"));
  $("[data-discard]").addEventListener("click", () => discard(route()[0]).catch(tellTrouble));
  $("[data-send]").addEventListener("click", () => app.outbox.sendNow());
  fastBox.checked = isFast();
  fastBox.addEventListener("change", () => remember("portal-fast", fastBox.checked ? "on" : null));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input:not([type=checkbox], [type=radio])")) { event.preventDefault(); next(); }
  });
  window.addEventListener("hashchange", show);
  window.addEventListener("unhandledrejection", ({ reason }) => tellTrouble(reason)); // no button fails in silence
}

/* ---- who works here ---- */

async function signedInAs(userId) {
  app.outbox?.stop();
  app.store?.close();
  app.store = await openStore(userId);
  await people.load(app.store);
  app.sitting = createSitting(app.store, { saved: (text) => { $("[data-saved]").textContent = text; }, trouble: tellTrouble });
  app.outbox = createOutbox({ store: app.store, words, onChange: outboxChanged, about: () => ({ app: version, keeps: app.keeps ?? { safe: false, why: "not_kept" } }) });
  app.store.subscribe(({ kind }) => kind === "changed" && redraw());
  showMember();
}

let greeted = null;
function outboxChanged(state) {
  if (state.hello && state.hello.user && greeted !== state.hello.user.id) welcome(state.hello).catch(() => {});
  redraw();
}

async function welcome(hello) {
  greeted = hello.user.id;
  await people.remember(app.store, hello);
  showMember();
  redraw();
  await people.refresh(app.store, INTAKE, hello);
  showMember();
  redraw();
}

let drawing = null;
function redraw() {
  drawing ??= setTimeout(async () => {
    drawing = null;
    const [first, second] = route();
    if (!first) await drawList();
    else if (first !== "find" && !second) await showOne(first);
  }, 100);
}

async function start() {
  prepareSlots((...told) => app.sitting.take(...told), (...told) => app.sitting.chosen(...told));
  prepareSignature(() => form.dispatchEvent(new Event("change")));
  prepareButtons();
  form.hidden = true; // until it is known whose and which step
  form.dataset.ready = "";
  const userId = await whoIsHere();
  if (userId) {
    remember("portal-user", userId);
    await signedInAs(userId);
    $("[data-rescue]").addEventListener("toggle", async () => (await import(rescue)).prepareRescue(app), { once: true });
    if (!location.hash && remembered("portal-place")) history.replaceState(null, "", remembered("portal-place"));
  }
  await show();
  app.outbox?.start();
  await app.store?.requestPersistence().catch(() => false);
  app.keeps = await probe().catch(() => ({ safe: false, why: "not_kept" }));
  redraw();
  app.update = await watchWorker(() => redraw(), () => route().length < 2, async () => app.sitting?.persist());
}

start().catch(tellTrouble);
