// The signature of the step "consent": its lines in the form, and a picture of them for the case.
import { $ } from "./dom.js";
import { form } from "./form.js";
import { BOX, createPad, drawLines } from "./pad.js";

const LEAST = 12; // a dot or a slip of the finger is no signature

const part = $("[data-signature]", form);
const field = $("input[type=hidden]", part);
const lines = () => (field.value ? JSON.parse(field.value) : []);
let pad = null;

function extent(drawn) {
  const points = drawn.flat();
  const spread = (at) => Math.max(...points.map((point) => point[at])) - Math.min(...points.map((point) => point[at]));
  return points.length ? Math.max(spread(0), spread(1)) : 0;
}

/** Draw what the draft holds. */
export const showSignature = () => pad.show(lines());

/** Make the box ready for the finger; `changed()` hears every line. */
export function prepareSignature(changed) {
  pad = createPad($("canvas", part), (drawn) => {
    field.value = extent(drawn) >= LEAST ? JSON.stringify(drawn) : "";
    changed();
  });
  $(".pad button", part).addEventListener("click", () => { field.value = ""; pad.show([]); changed(); });
  $(".pad", part).hidden = false;
}

/** The signature as PNG of 1200 x 400 on white, or null when nobody signed. */
export async function picture() {
  if (!lines().length) return null;
  const sheet = Object.assign(document.createElement("canvas"), { width: 2 * BOX.width, height: 2 * BOX.height });
  const pen = sheet.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, sheet.width, sheet.height);
  drawLines(sheet, lines());
  return new Promise((resolve) => sheet.toBlob(resolve, "image/png"));
}
