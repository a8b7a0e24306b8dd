// One sitting with one person: the draft, kept as it is typed; its photos; what was read; its end.
import { $ } from "./dom.js";
import { age, birth, check } from "./checks.js";
import { collect, fill, form, put, STEPS } from "./form.js";
import { cardOf, fillFrom, namesDiffer, nameOf, sayPronoun, showCard, showSources, sideOf } from "./identity.js";
import * as lastTyped from "./last_typed.js";
import { merged } from "./merge.js";
import { isKnown, known, person, withCard } from "./people.js";
import { fromFile, kindOf, look, showPhotos } from "./photos.js";
import { picture, showSignature } from "./signature.js";
import * as ward from "./ward.js";
import { foldUpper, parseCard, parseVietQr } from "./vietnam.js";
import { clock, say } from "./words.js";

const ADULT = 18;

/** @param tell {saved(text), trouble(error)} what the page shows of it */
export function createSitting(store, tell) {
  let draft = null, lost = null, shown = [], timer = null, saving = Promise.resolve(), working = saving;

  /** Keep everything that stands on the page; resolves when it is kept. */
  function persist() {
    clearTimeout(timer);
    timer = null;
    if (!draft || draft.state !== "draft") return saving;
    for (const step of shown) draft.answers[step] = collect(step);
    const mine = draft;
    saving = saving.catch(() => {}).then(() => keep(mine)).then(
      () => { if (!timer) lastTyped.forget(); tell.saved(say("saved_at", { time: clock(new Date()) })); },
      (error) => { tell.trouble(error); throw error; });
    return saving;
  }

  /** Kept, and what another tab put into it meanwhile stands on this page, too: else it would be taken back from here. */
  async function keep(mine) {
    const sent = JSON.parse(JSON.stringify(mine.answers));
    await store.save(mine);
    if (draft !== mine) return;
    const others = STEPS.filter((step) => JSON.stringify(mine.answers[step]) !== JSON.stringify(sent[step]));
    for (const step of others) fill(step, shown.includes(step) ? merged(sent[step], collect(step), mine.answers[step]) : mine.answers[step]);
    if (others.length) draw();
    if (others.includes("consent") && shown.includes("consent")) showSignature();
  }

  function typed({ target }) {
    lastTyped.note(draft?.id, target);
    clearTimeout(timer);
    timer = setTimeout(() => persist().catch(() => {}), 250);
  }
  form.addEventListener("input", typed);
  form.addEventListener("change", () => { if (shown.length > 1) answerAlone(); draw(); persist().catch(() => {}); });
  form.addEventListener("submit", (event) => event.preventDefault());
  const leave = () => { if (timer) persist().catch(() => {}); };
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  window.addEventListener("pagehide", leave);

  function draw() {
    if (!draft) return;
    for (const step of shown) draft.answers[step] = collect(step);
    sayPronoun(draft);
    showCard(draft, draft.recipient && person(draft.recipient.id));
    showSources("identity", cardOf(draft));
    showSources("representative", cardOf(draft, ["representative_front", "representative_back"]));
    showPhotos(draft, photoActs);
  }

  /** Show these steps of the draft with this id; false when it is not here or no draft any more. */
  async function open(id, steps) {
    leave(); // what was typed belongs to the steps that were shown until now
    if (!draft || draft.id !== id || draft.state !== "draft") {
      draft = await store.case(id);
      if (!draft || draft.state !== "draft") return (draft = null), false;
      lost = draft.awaiting;
      draft.awaiting = null;
      offerPoints();
      for (const step of STEPS) fill(step, draft.answers[step]);
      if (!draft.answers.identity) firstLook();
      lastTyped.giveBack(id, form);
    }
    shown = steps;
    if (steps.includes("representative")) {
      answerAlone();
      await ward.offer(store, draft, async () => { draft.answers.representative = collect("representative"); await reload(draft); await persist(); });
    }
    draft.step = steps.length > 1 ? draft.step : steps[0] ?? draft.step;
    draw();
    if (steps.includes("consent")) showSignature();
    if (steps.length) await persist().catch(() => {});
    return true;
  }

  function firstLook() {
    const card = cardOf(draft);
    if (card) fillFrom(card);
    else {
      put("identity", "document", "citizen_card");
      if (draft.recipient) { put("identity", "full_name", draft.recipient.name); put("identity", "birth", draft.recipient.year ?? ""); }
    }
    draft.answers.identity = collect("identity");
  }

  function offerPoints() {
    const select = form.elements["method-point"];
    if (!select) return;
    select.replaceChildren(select.options[0], ...(known()?.points ?? []).map(([id, name]) => new Option(name, id)));
  }

  const receivesAlone = () => {
    const born = birth(draft.answers.identity?.birth);
    return ["bank_account", "wallet"].includes(draft.answers.method?.kind) && born && age(born.iso) >= ADULT;
  };

  /** Who is paid to an own account hardly ever needs another one: then "nobody" is the answer until it is changed. */
  function answerAlone() {
    if (draft.answers.representative?.kind || !receivesAlone()) return false;
    put("representative", "kind", "none");
    draft.answers.representative = collect("representative");
    return true;
  }

  /** The step that follows; who receives for somebody is not asked of those who need nobody, and stands in the check. */
  async function after(step) {
    const next = STEPS[STEPS.indexOf(step) + 1] ?? "check";
    if (next !== "representative" || !answerAlone()) return next;
    await persist();
    return "consent";
  }

  /** What is wrong with these steps, in words. */
  function problems(steps) {
    const context = { files: draft.files, answers: draft.answers, namesDiffer: namesDiffer(draft), points: Boolean(known()?.points?.length) };
    return steps.flatMap((step) => check(step, draft.answers[step] ?? {}, context)).map((one) => ({ ...one, text: say(one.key, one.told) }));
  }

  /* ---- photos and codes ---- */

  /** Take over the photos of a case; its answers stay as of the version that they came with, see store.save. */
  async function reload(mine) {
    const { files, awaiting } = await store.case(mine.id);
    Object.assign(mine, { files, awaiting });
    if (draft?.id !== mine.id) return;
    Object.assign(draft, { files, awaiting });
    draw();
  }

  async function keepPhoto(mine, role, photo) {
    const files = mine.files.filter((file) => file.role === role);
    const position = role === "paper" ? Math.max(-1, ...files.map((file) => file.position)) + 1 : 0;
    const { blob, width, height, warnings = [], kept = false, taken_at } = photo;
    await persist();
    await store.addPhoto(mine.id, { role, position, blob, width, height, warnings, kept: kept || !warnings.length, taken_at });
    if (lost === role) lost = null;
    await reload(mine);
  }

  /** A code that was read: a card fills its step, an account the fields of the way to be paid. */
  async function keepCode(mine, place, text) {
    if (draft?.id !== mine.id) { // the clerk went on to somebody else: its meaning is kept, its fields are not on the page
      if (!place.startsWith("account:") && parseCard(text)) await store.change(mine.id, (stored) => ({ ...stored, read: { ...stored.read, [place]: text } }));
      return false;
    }
    if (place.startsWith("account:")) return keepAccount(place.slice(8), text);
    const card = parseCard(text), step = place.startsWith("representative") ? "representative" : "identity";
    if (!card) return false;
    draft.read[place] = text;
    fillFrom(card, step);
    draw();
    await persist();
    return true;
  }

  async function keepAccount(part, text) {
    const code = parseVietQr(text);
    if (!code?.crc_ok) { tell.trouble(new Error(say("account_code_wrong"))); return false; }
    draft.read.vietqr = text;
    put("method", "kind", part === "own" ? "bank_account" : "representative_account");
    put("method", `${part}-bin`, code.bin);
    put("method", `${part}-number`, code.account);
    put("method", `${part}-again`, code.account);
    const holder = part === "own" ? nameOf(draft) : draft.answers.representative?.full_name;
    if (holder && !collect("method")[`${part}-holder`]) put("method", `${part}-holder`, foldUpper(holder));
    if (shown.length > 1) answerAlone();
    draw();
    await persist();
    return true;
  }

  const persistBefore = (role) => async () => { draft.awaiting = role.startsWith("account:") ? null : role; await persist(); };

  async function take(role, slot) {
    const input = $("input[type=file]", slot);
    let chooses = false;
    const found = await look(wantedOf(role), role, { persist: persistBefore(role), fallback: () => { chooses = true; input.click(); } });
    lost = null;
    if (!chooses) draft.awaiting = null; // the phone's own camera may cost the page its life, too
    found ? await keepFound(role, found) : await persist();
  }

  const wantedOf = (role) => (sideWithoutCode(role) ? "photo" : kindOf(role));

  /** The other side was read already, and this one bears no code. */
  function sideWithoutCode(role) {
    const [front, back] = role.startsWith("representative") ? ["representative_front", "representative_back"] : ["id_front", "id_back"];
    const card = cardOf(draft, [front, back]);
    return Boolean(card) && [front, back].includes(role) && role !== (sideOf(card) === "id_front" ? front : back);
  }

  /** Into the case that is open now, whatever is open when it has been read; `settled` waits for it. */
  function keepFound(role, finding) {
    const mine = draft;
    working = working.then(async () => {
      const { photo, text } = (await finding) ?? {};
      if (photo && !role.startsWith("account:")) await keepPhoto(mine, role, photo);
      if (text) await keepCode(mine, role, text);
    }).catch(tell.trouble);
    return working;
  }

  function chosen(role, file) {
    return keepFound(role, fromFile(file, wantedOf(role)).then(
      (found) => (role.startsWith("account:") && !found.text ? void tell.trouble(new Error(say("account_not_readable"))) : found),
      () => tell.trouble(new Error(say("not_a_photo", { name: file.name }))),
    ));
  }

  async function changeFiles(edit) {
    const mine = draft;
    await persist();
    await store.change(mine.id, (stored) => ({ ...stored, files: edit(stored.files) }));
    await reload(mine);
  }

  const photoActs = {
    photo: (id) => store.photo(id),
    again: (file) => take(file.role, $(`[data-slot="${file.role}"]`, form)),
    keep: (file) => changeFiles((files) => files.map((one) => (one.id === file.id ? { ...one, kept: true } : one))),
    remove: async (file) => { const mine = draft; await persist(); await store.removePhoto(mine.id, file.id); await reload(mine); },
    move: (file, by) => changeFiles((files) => files.map((one) => (one.role !== file.role ? one
      : one.id === file.id ? { ...one, position: one.position + by } : one.position === file.position + by ? { ...one, position: one.position - by } : one))),
  };

  /* ---- begin and end ---- */

  /** A new draft for a person of the list, or for a card; returns its id. A card that has a draft here goes on with it. */
  async function begin({ recipient = null, found = null }) {
    const card = found?.text && parseCard(found.text);
    const matches = card ? withCard(card) : [];
    const who = recipient ?? (matches.length === 1 ? matches[0] : null);
    for (const one of await store.cases()) {
      const same = (who && one.recipient?.id === who.id) || (card && cardOf(one)?.number === card.number);
      if (same && !one.broken) return one.id;
    }
    draft = await store.newCase({ commune: known().commune.id, recipient: who && { id: who.id, name: who.name, year: who.year, masked: who.masked, village: who.village } });
    shown = [];
    if (card) draft.read.scan = found.text;
    for (const step of STEPS) fill(step, {});
    offerPoints();
    firstLook();
    draft.known = Boolean(card && !who && (await isKnown(card.number)));
    await store.save(draft);
    if (found?.photo) { await keepPhoto(draft, sideOf(card), found.photo); draft.read[sideOf(card)] = found.text; await store.save(draft); }
    return draft.id;
  }

  /** Keep the signature as a picture, too, and close the case: from here on it is sent as it is. */
  async function finish(app) {
    await persist();
    const strokes = draft.answers.consent?.strokes ?? "";
    const old = draft.files.find((file) => file.role === "signature");
    if (strokes) {
      const blob = await picture();
      await store.addPhoto(draft.id, { role: "signature", blob, width: 1200, height: 400, warnings: [], kept: true });
    } else if (old) await store.removePhoto(draft.id, old.id);
    await ward.remember(store, draft).catch(() => {}); // a help for the next case, no part of this one
    await store.seal(draft.id, { app });
    draft = null;
  }

  return { open, begin, persist, problems, after, take, chosen, finish, settled: () => working, current: () => draft, lostPhoto: () => lost, forget: () => { leave(); draft = null; } };
}
