// Photo and signature controls of ordinary pages. Without it the photo control is a plain file input.
import { createPad } from "./pad.js";

function sizeInWords(bytes) {
  const megabytes = bytes / 1e6;
  return megabytes >= 1 ? `${megabytes.toFixed(1).replace(".", ",")} MB` : `${Math.max(1, Math.round(bytes / 1000))} kB`;
}

async function preview(input) {
  const figure = input.closest(".photo")?.querySelector("figure");
  if (!figure) return;
  const [canvas, caption] = [figure.querySelector("canvas"), figure.querySelector("[role=status]")];
  const file = input.files[0];
  figure.hidden = !file;
  if (!file) return;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, 960 / picture.width);
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.hidden = false;
    caption.textContent = caption.dataset.chosen.replace("{width}", picture.width).replace("{height}", picture.height)
      .replace("{size}", sizeInWords(file.size));
    picture.close();
  } catch {                                // HEIC on a browser that does not know it, or not a photo at all: the server says which
    canvas.hidden = true;
    caption.textContent = caption.dataset.unreadable;
  }
}
// data-send: the photo is all that is asked here, so choosing it presses the button ("": the first) that sends it.
function send(input) {
  const name = input.dataset.send;
  const button = input.form.querySelector(name ? `button[name=do][value=${name}]` : "button:not([type=button])");
  const status = input.closest(".photo")?.querySelector("[role=status]");
  if (status) { status.closest("figure").hidden = false; status.textContent = status.dataset.reading; }
  document.querySelector(`[data-take="${input.id}"]`)?.setAttribute("aria-busy", "true");
  button.click();
}
document.addEventListener("change", async (event) => {
  if (!event.target.matches("input[data-photo]")) return;
  await preview(event.target);
  if ("send" in event.target.dataset && event.target.files.length) send(event.target);
});

// A button that says what to do stands for the browser's file control, whose words are not ours. A link with data-take is a plain link without script.
function takeButton(control) {
  const input = document.getElementById(control.dataset.take);
  control.hidden = false;
  input.classList.add("vh");
  input.tabIndex = -1;
  input.addEventListener("focus", () => control.focus());
  control.addEventListener("click", (event) => { event.preventDefault(); input.click(); });
  if ("send" in input.dataset) input.form.querySelectorAll("[data-by-hand]").forEach((part) => { part.hidden = true; });
}

function signaturePad(part) {
  part.dataset.ready = "";
  const field = document.getElementById(part.dataset.signature);
  const pad = createPad(part.querySelector("canvas"), (lines) => { field.value = lines.length ? JSON.stringify(lines) : ""; });
  part.querySelector(".pad button").addEventListener("click", () => { field.value = ""; pad.show([]); });
  part.querySelector(".pad").hidden = false;
  function load() {                          // also when the reader comes back to the page: the browser fills the field again
    let lines = [];
    try { lines = JSON.parse(field.value) ?? []; } catch { /* nobody has signed yet */ }
    pad.show(lines);
  }
  load();
  window.addEventListener("pageshow", load);
}
function prepare() {
  document.querySelectorAll("[data-signature]:not([data-ready])").forEach(signaturePad);
  document.querySelectorAll("[data-take]:not([data-ready])").forEach((control) => { control.dataset.ready = ""; takeButton(control); });
}
prepare();
document.addEventListener("htmx:after:swap", prepare);
