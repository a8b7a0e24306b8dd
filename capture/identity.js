// The step of the papers: what the card told beside the register, and which name is right.
import { $, all, h, tag } from "./dom.js";
import { collect, put, section } from "./form.js";
import { age, birth, plain } from "./checks.js";
import { villageName } from "./people.js";
import { parseCard, searchKey } from "./vietnam.js";
import { day, say } from "./words.js";

const SIDES = ["id_front", "id_back", "scan"];
const NEW_CARDS = "2024-07-01"; // since then the code is on the back

/** The card that fills this step: {number, old_number, full_name, birth_date, sex, address, issued_on}, or null. */
export function cardOf(draft, roles = SIDES) {
  for (const role of roles) {
    const card = draft.read[role] && parseCard(draft.read[role]);
    if (card) return card;
  }
  return null;
}

/** The side of the card that bears the code. */
export const sideOf = (card) => (card.issued_on && card.issued_on >= NEW_CARDS ? "id_back" : "id_front");

export function twoCards(draft) {
  const numbers = ["id_front", "id_back"].map((role) => cardOf(draft, [role])?.number).filter(Boolean);
  return new Set(numbers).size > 1;
}

const nameKey = (name) => name.normalize("NFC").toLowerCase().replace(/\s+/g, " ").trim();
export function namesDiffer(draft) {
  const card = cardOf(draft);
  return Boolean(card && draft.recipient && nameKey(card.full_name) !== nameKey(draft.recipient.name));
}

/** Put what the card told into the fields. */
export function fillFrom(card, step = "identity") {
  if (step === "representative") {
    put(step, "full_name", card.full_name);
    put(step, "citizen_id", card.number);
    put(step, "birth_date", day(card.birth_date));
    return;
  }
  const values = {
    document: "citizen_card", full_name: card.full_name, birth: day(card.birth_date), sex: card.sex, citizen_id: card.number,
    old_id: card.old_number, address: card.address, issued: day(card.issued_on),
  };
  for (const [name, value] of Object.entries(values)) put(step, name, value ?? "");
}

const told = (text, mark) => (mark && text ? h("mark", {}, text) : text || h("span", { class: "muted" }, say("not_there")));
const grouped = (number) => number.replace(/(\d{3})(?=\d)/g, "$1 ");

function rows(card, person) {
  const masked = `${card.number.slice(0, 4)}••••${card.number.slice(-4)}`;
  const year = card.birth_date.slice(0, 4);
  const inside = person && searchKey(card.address).includes(searchKey(villageName(person.village)) || "\0");
  return [
    ["citizen_id", grouped(card.number), person?.masked, person && (!person.masked ? "lacks" : person.masked === masked ? "same" : "differs")],
    ["full_name", card.full_name, person?.name, person && (nameKey(person.name) === nameKey(card.full_name) ? "same" : "differs")],
    ["birth_date", day(card.birth_date), person?.year ? String(person.year) : "", person && (!person.year ? "lacks" : String(person.year) === year ? "same" : "differs")],
    ["sex", say(card.sex), "", null],
    ["address", card.address, person && villageName(person.village), inside ? "same_place" : null],
    ["issued", day(card.issued_on), "", null],
  ];
}

const VERDICTS = { same: "ok", same_place: "ok", differs: "warn", lacks: "warn" };

/** Show card and register side by side; `person` of the list the phone has with it, or null. */
export function showCard(draft, person) {
  const card = cardOf(draft), box = $("[data-compare]", section("identity"));
  box.hidden = !card;
  $("[data-two-cards]").hidden = !twoCards(draft);
  const photographed = draft.files.some((file) => file.role === "id_front" || file.role === "id_back");
  const isCard = (draft.answers.identity?.document ?? "citizen_card") === "citizen_card";
  $("[data-read-hint]").hidden = Boolean(card) || !photographed || !isCard;
  const hand = $("[data-by-hand-fields]");
  if (hand.dataset.card !== `${draft.id}${Boolean(card)}`) { hand.open = !card; hand.dataset.card = `${draft.id}${Boolean(card)}`; }
  $("[data-by-hand-fields] summary").textContent = say(card ? "correct_by_hand" : "fill_by_hand");
  askName(draft, card);
  if (!card) return;
  const shown = rows(card, person);
  const differing = shown.filter(([, , , verdict]) => verdict === "differs" || verdict === "lacks").length;
  const badge = $("[data-differs]", box);
  badge.hidden = !differing;
  badge.textContent = say("places_differ", { n: differing });
  $(".compare-head", box).hidden = !person;
  $("dl", box).replaceChildren(...shown.map(([field, mine, register, verdict]) => h(
    "div", { class: VERDICTS[verdict] === "warn" ? "differs" : null },
    h("dt", {}, `${say(`field_${field}`)} `, verdict ? tag(VERDICTS[verdict], say(`verdict_${verdict}`)) : null),
    h("dd", {}, person ? h("small", { class: "col" }, say("on_card")) : null, told(mine, verdict === "differs")),
    person ? h("dd", {}, h("small", { class: "col" }, say("register")), told(register, verdict === "differs")) : null,
  )));
}

function askName(draft, card) {
  const box = $("[data-name-from]", section("identity"));
  box.hidden = !namesDiffer(draft);
  if (box.hidden) return;
  $("[data-ask-name]", box).textContent = say("which_name", { card: card.full_name, register: draft.recipient.name });
  $("[data-name-of=card]", box).textContent = card.full_name;
  $("[data-name-of=register]", box).textContent = draft.recipient.name;
}

/** Where each value of the step came from, beside its label: read from the code, or typed. */
export function showSources(step, card) {
  const from = card && { full_name: card.full_name, birth: day(card.birth_date), birth_date: day(card.birth_date), citizen_id: card.number, old_id: card.old_number, address: card.address, issued: day(card.issued_on) };
  for (const control of all("input[type=text]", section(step))) {
    const value = from?.[control.name.slice(step.length + 1)];
    const label = control.closest(".field")?.querySelector("label");
    if (!label || control.name.includes("-own-")) continue;
    label.querySelector(".from")?.remove();
    if (value && control.value) label.append(h("span", { class: "from tag" }, say(plain(control.value) === plain(value) ? "from_card" : "from_hand")));
  }
}

/** How the clerk speaks of the person: by sex and age, as far as they are known. */
export function pronoun(draft) {
  const told = draft.answers.identity ?? {}, card = cardOf(draft);
  const born = birth(told.birth)?.iso ?? card?.birth_date ?? (draft.recipient?.year ? `${draft.recipient.year}-07-01` : null);
  if (born && age(born) < 16) return say("pronoun_child");
  return say(`pronoun_${told.sex ?? card?.sex ?? "unknown"}`);
}

export function sayPronoun(draft) {
  const word = pronoun(draft);
  for (const place of all("[data-pronoun]")) {
    const before = place.previousSibling?.textContent ?? "";
    place.textContent = /^\s*“?\s*$/.test(before) ? word[0].toUpperCase() + word.slice(1) : word;
  }
}

export const nameOf = (draft) => (draft.answers.identity?.full_name ?? "").trim() || cardOf(draft)?.full_name || draft.recipient?.name || "";
export const ageOf = (draft) => { const born = birth(collect("identity").birth); return born ? age(born.iso) : null; };
