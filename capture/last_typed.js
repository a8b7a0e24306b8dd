// A second home for what was typed in the moment before a reload, while the phone was still keeping it; no numbers.
const PLACE = "portal-last-typed";
const NUMBERS = /number|again|_id|mrz|strokes|password/;

/** Remember one field of a draft until the next one is typed. */
export function note(id, control) {
  if (!id || !control.name || !["text", "textarea"].includes(control.type) || NUMBERS.test(control.name)) return;
  try { sessionStorage.setItem(PLACE, JSON.stringify({ id, name: control.name, value: control.value })); } catch { /* full or private: a help only */ }
}

/** The phone has kept it by now. */
export function forget() {
  try { sessionStorage.removeItem(PLACE); } catch { /* private */ }
}

/** Put it back into the form of the same draft, once. */
export function giveBack(id, form) {
  try {
    const last = JSON.parse(sessionStorage.getItem(PLACE));
    sessionStorage.removeItem(PLACE);
    if (last?.id === id && form.elements[last.name]) form.elements[last.name].value = last.value;
  } catch { /* nothing was typed */ }
}
