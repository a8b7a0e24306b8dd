// All answers once more before the case is kept, in the words of the form itself.
import { $, all, h, tag } from "./dom.js";
import { collect, section, STEPS } from "./form.js";
import { say } from "./words.js";

function textOf(element) {
  const copy = (element?.querySelector("b") ?? element)?.cloneNode(true);
  copy?.querySelectorAll(".muted, .from").forEach((extra) => extra.remove());
  return copy?.textContent.trim() ?? "";
}

/** [label, value] of every answered field that is shown. */
function answers(step) {
  const told = collect(step), found = [];
  const groups = new Set();
  for (const control of all("input, select, textarea", section(step))) {
    const name = control.name.slice(step.length + 1);
    if (!(name in told) || groups.has(name) || control.type === "hidden" || !applies(control, told)) continue;
    groups.add(name);
    const box = control.closest("fieldset");
    if (control.type === "radio" || control.type === "checkbox") {
      const chosen = all(`input[name="${control.name}"]:checked`, section(step)).map((one) => textOf(one.closest("label")));
      if (chosen.length) found.push([box && control.type === "radio" || chosen.length > 1 ? textOf(box?.querySelector("legend")) || say(`step_${step}`) : say(`step_${step}`), chosen.join("; ")]);
    } else found.push([labelOf(control), control.localName === "select" ? control.selectedOptions[0]?.textContent : control.value]);
  }
  return found.filter(([, value]) => value);
}

function labelOf(control) {
  const label = control.closest(".field")?.querySelector("label")?.cloneNode(true);
  for (const extra of all("span", label ?? document.createElement("p"))) extra.remove();
  return label?.textContent.trim() ?? "";
}

/** Fields below a choice that was not made say nothing. */
function applies(control, told) {
  const option = control.closest(".more")?.closest(".choice")?.querySelector(":scope > label > [type=radio]");
  if (option) return option.checked;
  return !(control.closest(".unless-none") && told.kind === "none") && !(control.closest(".of-another") && !["relative", "other"].includes(told.owner));
}

/** Draw the summary; problems of a step stand in its card. */
export function showSummary(draft, problems) {
  $("[data-summary]").replaceChildren(...STEPS.map((step) => {
    const wrong = problems.filter((problem) => problem.step === step);
    const photos = draft.files.filter((file) => file.role !== "signature" && section(step).querySelector(`[data-slot="${file.role}"]`)).length;
    const facts = answers(step);
    if (photos) facts.push([say("photos"), say("n_photos", { n: photos })]);
    if (step === "consent" && collect(step).strokes) facts.push([say("signature"), say("drawn")]);
    return h("section", { class: "card", "aria-labelledby": `sum-${step}` },
      h("header", {}, h("h2", { id: `sum-${step}` }, say(`step_${step}`)), h("a", { href: `#/${draft.id}/${step}` }, say("amend"), h("span", { class: "vh" }, ` ${say(`step_${step}`)}`))),
      facts.length ? h("dl", { class: "facts" }, facts.flatMap(([label, value]) => [h("dt", {}, label), h("dd", {}, value)])) : h("p", { class: "muted" }, say("not_filled")),
      ...wrong.map((problem) => h("p", {}, tag("warn", problem.text))));
  }));
}
