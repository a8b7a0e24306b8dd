// Small helps on every page. Each page works without them.
"use strict";

const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

// Shortcuts: data-key="x" on a visible button or link; off with the box marked data-keys-switch, remembered on this device.
const keysAreOn = () => document.documentElement.dataset.keys === "on";
function turnKeys(on) {
  document.documentElement.dataset.keys = on ? "on" : "off";
  each("[data-key]", (control) => on ? control.setAttribute("aria-keyshortcuts", control.dataset.key) : control.removeAttribute("aria-keyshortcuts"));
  each("[data-keys-switch]", (box) => { box.checked = on; });
}
function rememberedKeys() {
  try { return localStorage.getItem("keys") !== "off"; } catch { return true; }
}
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-switch]")) return;
  try { localStorage.setItem("keys", event.target.checked ? "on" : "off"); } catch { /* private browsing: until the page is left */ }
  turnKeys(event.target.checked);
});
document.addEventListener("keydown", (event) => {
  if (!keysAreOn() || event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
  if (event.target.closest("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]")) return;
  const control = [...document.querySelectorAll("[data-key]")].find(
    (one) => one.dataset.key.toLowerCase() === event.key.toLowerCase() && one.getClientRects().length && !one.disabled);
  if (!control) return;
  event.preventDefault();
  control.focus();
  control.click();
});

// A link to a part of the page opens the folded block around it and puts the cursor there.
function goTo(id) {
  const target = id && document.getElementById(id);
  if (!target) return;
  for (let block = target.closest("details"); block; block = block.parentElement.closest("details")) block.open = true;
  const option = target.closest(".choice")?.querySelector(":scope > label > [type=radio]");
  if (option && !target.getClientRects().length) option.checked = true;
  const control = target.matches("input, select, textarea, button, a, [tabindex]") ? target
    : target.querySelector("input:not([type=hidden]), select, textarea");
  (control ?? target).focus({ preventScroll: true });
  target.scrollIntoView({ block: "center" });
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']:not(.skip)");
  if (!link || link.hash.length < 2) return;
  event.preventDefault();
  goTo(decodeURIComponent(link.hash.slice(1)));
});

// Ask before what cannot be undone: data-confirm="question" on the button or the form. Capture: before htmx and before the guard below.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

// One press sends once. A form that answers with a file (data-download) leaves the page standing and is not held.
const release = (form) => { delete form.dataset.sending; each("[aria-busy]", (control) => control.removeAttribute("aria-busy"), form); };
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || "download" in form.dataset || form.getAttribute("method")?.toLowerCase() !== "post") return;
  if ("sending" in form.dataset) { event.preventDefault(); return; }
  form.dataset.sending = "";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(release, 30000, form);
});
window.addEventListener("pageshow", () => each("form[data-sending]", release));

// Photos: zoom and turn in place; the links do the same without script.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".viewer [data-big], .viewer [data-turn]");
  if (!link) return;
  event.preventDefault();
  const viewer = link.closest(".viewer");
  if ("big" in link.dataset) { viewer.classList.toggle("big"); return; }
  const turns = ["turn-90", "turn-180", "turn-270"];
  const now = turns.findIndex((turn) => viewer.classList.contains(turn));
  viewer.classList.remove(...turns);
  if (turns[now + 1]) viewer.classList.add(turns[now + 1]);
});

document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

function arrange() {
  turnKeys(rememberedKeys());
  each("[data-print], [data-script]", (part) => { part.hidden = false; });
  const errors = document.querySelector(".errors[tabindex]:not([data-seen])");
  if (errors) { errors.dataset.seen = ""; errors.focus(); }
}
arrange();
document.addEventListener("htmx:after:swap", arrange);
