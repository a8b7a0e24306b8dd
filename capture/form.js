// The fields of the five steps: what stands in them, filled from a draft, errors beside them.
import { $, all, h } from "./dom.js";
import { say } from "./words.js";

export const STEPS = ["identity", "phone", "method", "representative", "consent"];
export const form = $("[data-form]");
export const section = (step) => $(`[data-step="${step}"]`, form);
const controls = (step) => all("input, select, textarea", section(step)).filter((one) => one.name.startsWith(`${step}-`) && one.type !== "file");

/** The values of a step as the server's form knows them: name without the step -> text, or list for several boxes. */
export function collect(step) {
  const found = {};
  for (const one of controls(step)) {
    const name = one.name.slice(step.length + 1);
    if (one.type === "checkbox") {
      const several = controls(step).filter((other) => other.name === one.name).length > 1;
      if (several) found[name] = [...(found[name] ?? []), ...(one.checked ? [one.value] : [])];
      else if (one.checked) found[name] = one.value;
    } else if (one.type === "radio") {
      if (one.checked) found[name] = one.value;
    } else if (one.value !== "") found[name] = one.value;
  }
  return found;
}

/** Put a step's values back, exactly as they were typed. */
export function fill(step, values = {}) {
  for (const one of controls(step)) {
    const value = values[one.name.slice(step.length + 1)];
    if (one.type === "radio") one.checked = one.value === value;
    else if (one.type === "checkbox") one.checked = [].concat(value ?? []).includes(one.value);
    else if (one.value !== (value ?? "")) one.value = value ?? ""; // a word that is being composed is left alone
  }
}

/** Set one field of a step, as if it had been typed. */
export function put(step, name, value) {
  for (const one of controls(step).filter((each) => each.name === `${step}-${name}`)) {
    if (one.type === "radio") one.checked = one.value === value;
    else one.value = value ?? "";
  }
}

const place = (problem) => {
  const slot = problem.role && $(`[data-slot="${problem.role}"]`, form);
  if (slot) return { box: slot, control: $("button[data-take]:not([hidden]), button, input", slot) };
  const control = controls(problem.step).find((one) => one.name === `${problem.step}-${problem.field}`);
  return { box: control?.closest("fieldset") ?? control?.closest(".field") ?? section(problem.step), control };
};

/** The error of a control is read out with it; "" takes it away and leaves its help. */
function describe(control, id) {
  const rest = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && !one.startsWith("wrong-"));
  const every = [...rest, id].filter(Boolean).join(" ");
  every ? control.setAttribute("aria-describedby", every) : control.removeAttribute("aria-describedby");
  id ? control.setAttribute("aria-invalid", "true") : control.removeAttribute("aria-invalid");
}

/** Show what is wrong on top and at the fields; an empty list takes the errors away. Problems: {step, field or role, text}. */
export function showProblems(problems) {
  for (const old of all(".wrong[data-told]", form)) old.remove();
  for (const one of all("[aria-invalid]", form)) describe(one, "")
  const top = $("[data-errors]");
  top.hidden = !problems.length;
  document.title = document.title.replace(/^[^:]*: (?=\S)/, (start) => (start === say("error_title") + " " ? "" : start));
  if (!problems.length) return;
  $("h2", top).textContent = say(problems.length === 1 ? "one_to_correct" : "some_to_correct", { n: problems.length });
  $("ul", top).replaceChildren(...problems.map((problem, at) => {
    const { box, control } = place(problem);
    const id = `wrong-${at}`;
    const told = h("small", { class: "wrong", id, "data-told": true }, `${say("error_title")} ${problem.text}`);
    const anchor = box.querySelector("legend, label");
    anchor ? anchor.after(told) : box.prepend(told);
    if (control && problem.field) describe(control, id);
    return h("li", {}, h("a", { href: `#${id}`, onclick: (event) => { event.preventDefault(); open(control ?? box); } }, problem.text));
  }));
  document.title = `${say("error_title")} ${document.title}`;
  top.focus();
}

/** Bring a control into view with the cursor in it, whatever is folded around it. */
function open(control) {
  for (let fold = control.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  control.closest(".choice")?.querySelector(":scope > label > [type=radio]:not(:checked)")?.click();
  control.focus({ preventScroll: true });
  control.scrollIntoView({ block: "center" });
}
