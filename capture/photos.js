// Places for photos: taken in the viewfinder or chosen as a file, shown, kept, taken again, put in order.
import { $, all, button, h, icon, notice, tag } from "./dom.js";
import { form } from "./form.js";
import { say, words } from "./words.js";

const { viewfinder, scanWorker, wasm } = document.body.dataset;
const urls = { worker: scanWorker, wasm };
const CARD_ROLES = ["id_front", "id_back", "representative_front", "representative_back"];
const MOST_ORIGINAL = 12_000_000; // as capture/photo.js
let camera = null;

/** The scanner comes with its first use and stays for days without a network. */
const scanner = () => (camera ??= import(viewfinder).catch((error) => { camera = null; throw error; }));

/** Open the camera. Returns {text?, photo?}, or null when it was left or there is none (`fallback` is called then). */
export async function look(kind, role, { persist, fallback }) {
  let found;
  try {
    found = await (await scanner()).scan({ kind, role, words, urls, onPersist: persist });
  } catch {
    found = { fallback: true };
  }
  if (found.fallback) fallback?.();
  return found.fallback || found.cancelled ? null : found;
}

/** A file that was chosen: {photo, text} as the viewfinder gives them. */
export async function fromFile(file, kind) {
  const { prepare, readCode } = await scanner().catch(() => ({ prepare: asItIs, readCode: async () => null }));
  const text = kind === "photo" ? null : await readCode(file, urls).catch(() => null);
  return { photo: { ...(await prepare(file)), taken_at: new Date().toISOString() }, text };
}

/** Where the scanner is not yet, as on a first day without a network: the portal looks at the photo when it comes. */
async function asItIs(blob) {
  const picture = await createImageBitmap(blob);
  const { width, height } = picture;
  picture.close();
  if (blob.size > MOST_ORIGINAL) throw new RangeError("too large");
  return { blob, width, height, warnings: [] };
}

const wrong = (file) => file.warnings.map((code) => say(`warning_${code}`)).join(", ");

function figure(file, at, act, many) {
  const image = h("img", { width: file.width, height: file.height, alt: say(`role_${file.role}`) });
  act.photo(file.id).then((blob) => {
    image.onload = () => URL.revokeObjectURL(image.src); // a day's photos would else stay in the phone's memory
    image.src = URL.createObjectURL(blob);
  }, () => image.replaceWith(h("p", {}, say("photo_unreadable"))));
  const state = !file.warnings?.length ? tag("ok", say("clear_photo")) : file.kept ? tag("held", say("poor_kept")) : tag("warn", say("poor"));
  const name = many ? say("page", { n: at + 1 }) : say(`role_${file.role}`);
  return h("figure", { class: "viewer", "data-file": file.id }, h("div", { class: "frame" }, image), h("figcaption", {}, state, ` ${name}`));
}

function poor(file, act) {
  return notice("warn", "warning", `${say(`role_${file.role}`)}: ${wrong(file)}.`, say(`help_${file.warnings[0]}`), h("p", { class: "row" },
    button(say("take_again"), () => act.again(file), { picture: "camera" }), button(say("keep_photo"), () => act.keep(file))));
}

function pageButtons(file, at, last, act) {
  return h("p", { class: "row" },
    at > 0 ? button(say("page_up"), () => act.move(file, -1)) : null,
    at < last ? button(say("page_down"), () => act.move(file, 1)) : null,
    button(say("remove_page", { n: at + 1 }), () => act.remove(file)));
}

/** Show the photos of every place. `act`: {photo(id), again(file), keep(file), move(file, by), remove(file)}. */
export function showPhotos(draft, act) {
  for (const slot of all("[data-slot]", form)) {
    const many = "many" in slot.dataset;
    const files = draft.files.filter((file) => file.role === slot.dataset.slot).sort((a, b) => a.position - b.position);
    const key = JSON.stringify(files.map((file) => [file.id, file.kept, file.position]));
    if (slot.dataset.shown === key) continue;
    slot.dataset.shown = key;
    $("[data-photos]", slot).replaceChildren(...files.flatMap((file, at) => [
      figure(file, at, act, many),
      file.warnings?.length && !file.kept ? poor(file, act) : null,
      many ? pageButtons(file, at, files.length - 1, act) : null,
    ].filter(Boolean)));
    const text = $("[data-take] span", slot);
    text.dataset.first ??= text.textContent;
    text.textContent = files.length && !many ? say("take_again_of", { what: say(`role_${slot.dataset.slot}`) }) : text.dataset.first;
  }
}

/** With script the button opens the viewfinder, and the file control waits behind it. */
export function prepareSlots(take, chosen) {
  for (const slot of all("[data-slot]", form)) {
    const input = $("input[type=file]", slot), press = $("[data-take]", slot), role = slot.dataset.slot;
    input.classList.add("vh");
    input.tabIndex = -1;
    input.setAttribute("aria-hidden", "true");
    $("[data-by-hand]", slot)?.classList.add("vh");
    press.hidden = false;
    press.addEventListener("click", () => take(role, slot));
    input.addEventListener("change", async () => {
      for (const file of [...input.files]) await chosen(role, file);
      input.value = "";
    });
  }
  for (const input of all("input[type=file][name^=method-qr]", form)) prepareAccount(input, take, chosen);
}

function prepareAccount(input, take, chosen) {
  const box = input.closest(".photo"), press = $("[data-take]", box), part = input.name.endsWith("theirs") ? "theirs" : "own";
  input.classList.add("vh");
  input.tabIndex = -1;
  input.setAttribute("aria-hidden", "true");
  for (const one of all("[data-by-hand]", box.parentElement)) one.hidden = true;
  press.hidden = false;
  press.replaceChildren(icon("scan"), ` ${say("scan_account")}`);
  press.addEventListener("click", () => take(`account:${part}`, box));
  input.addEventListener("change", async () => { if (input.files[0]) await chosen(`account:${part}`, input.files[0]); input.value = ""; });
}

export const kindOf = (role) => (role.startsWith("account:") ? "account" : CARD_ROLES.includes(role) ? "card" : "photo");
