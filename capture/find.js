// Find the person in the list that the phone has with it: by name without accents, last digits, code or village.
import { $, h, tag } from "./dom.js";
import { find, known, villageName } from "./people.js";
import { say } from "./words.js";

const view = $("[data-view=find]");
const text = $("#find-text"), village = $("#find-village");
const ENROLLED = { 1: ["held", "case_waiting"], 2: ["ok", "enrolled"] };

/** One person as a button. `here` is the id of the person's case on this phone, if any. */
export function personRow(person, here, pick) {
  const [kind, key] = here ? ["held", "case_here"] : ENROLLED[person.enrolled] ?? [];
  const facts = [person.masked || say("no_number"), person.year, villageName(person.village), person.code].filter(Boolean).join(" · ");
  return h("li", {}, h("button", { type: "button", onclick: () => pick(person, here) }, h("b", {}, person.name), h("small", {}, facts), key ? h("small", {}, tag(kind, say(key))) : null));
}

/** Draw the view; `pick(person, here)` opens a case. `mine`: person id -> id of the case on this phone. */
export function showFind(mine, pick) {
  const options = (known()?.villages ?? []).map(([id, name]) => h("option", { value: id }, name));
  const chosen = village.value;
  village.replaceChildren(village.options[0], ...options);
  village.value = chosen;
  const draw = () => {
    const asked = text.value.trim() || village.value;
    const found = asked ? find(text.value, village.value) : [];
    $("[data-found]", view).textContent = !known()?.people.length ? say("people_not_here") : !asked ? "" : found.length ? say("n_found", { n: found.length }) : say("nobody_found");
    $("[data-people-found]", view).replaceChildren(...found.map((person) => personRow(person, mine.get(person.id), pick)));
  };
  text.oninput = village.onchange = draw;
  draw();
}
