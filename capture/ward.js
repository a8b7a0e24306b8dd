// One guardian of several: the representative of the case before, offered again with card and paper for some hours.
import { $, button, h, notice } from "./dom.js";
import { fill, form } from "./form.js";
import { maskedName } from "./sent.js";
import { say } from "./words.js";

const HOURS_12 = 43200000;
const ROLES = ["representative_front", "representative_back", "paper"];

const toText = (bytes) => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
};
const toBytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** Remember the representative of a case that was just finished. */
export async function remember(store, draft) {
  const answers = draft.answers.representative;
  if (!answers || answers.kind === "none") return;
  const files = draft.files.filter((file) => ROLES.includes(file.role));
  const photos = [];
  for (const file of files) photos.push(toText(new Uint8Array(await store.photoBytes(file.id))));
  const read = Object.fromEntries(ROLES.filter((role) => draft.read[role]).map((role) => [role, draft.read[role]]));
  await store.keep("representative", { at: Date.now(), answers, read, files, photos });
}

/** Show the offer on the step while it is empty; `taken()` hears when it was accepted. */
export async function offer(store, draft, taken) {
  const box = $("[data-earlier]", form);
  box.replaceChildren();
  if (draft.answers.representative?.full_name || draft.files.some((file) => ROLES.includes(file.role))) return;
  const kept = await store.kept("representative");
  if (!kept) return;
  if (Math.abs(Date.now() - kept.at) > HOURS_12) return void (await store.keep("representative", null));
  const take = async () => {
    box.replaceChildren();
    fill("representative", kept.answers);
    Object.assign(draft.read, kept.read);
    for (const [at, file] of kept.files.entries()) {
      const { role, position, width, height, warnings, kept: isKept, taken_at, type } = file;
      await store.addPhoto(draft.id, { role, position, blob: new Blob([toBytes(kept.photos[at])], { type }), width, height, warnings, kept: isKept, taken_at });
    }
    await taken();
  };
  box.replaceChildren(notice("", "representative", say("same_representative", { name: maskedName(kept.answers.full_name) }), say("same_representative_help"),
    h("p", { class: "row" }, button(say("take_same"), take))));
}
