// The last resort: unsent cases as one encrypted file, and taking such a file in again.
import { exportCase, importCase } from "./export.js";

const $ = (selector, root = document) => root.querySelector(selector);

const SHORTEST = 12;
const LENGTH = 4; // bytes before each sealed case

async function exportAll(store, password) {
  const parts = [];
  for (const { id, broken } of await store.cases()) {
    if (broken) continue;
    const sealed = await exportCase(store, id, password);
    parts.push(new Uint32Array([sealed.size]), sealed);
  }
  return new Blob(parts);
}

async function importAll(store, file, password) {
  let taken = 0;
  for (let at = 0; at < file.size; taken += 1) {
    const size = new Uint32Array(await file.slice(at, at + LENGTH).arrayBuffer())[0];
    await importCase(store, file.slice(at + LENGTH, at + LENGTH + size), password);
    at += LENGTH + size;
  }
  return taken;
}

/** Buttons of the fold "Save what is unsent to a file". */
export function prepareRescue({ store, outbox, words }) {
  const box = $("[data-rescue]"), password = $("#rescue-password"), told = $("[data-rescue-told]", box);
  const tell = (key, values = {}) => { told.textContent = words[key].replace(/\{(\w+)\}/g, (_whole, name) => values[name]); };

  $("[data-export]", box).addEventListener("click", async () => {
    if (password.value.trim().length < SHORTEST) return tell("rescue_short");
    tell("rescue_working");
    const url = URL.createObjectURL(await exportAll(store, password.value));
    const stamp = new Date().toISOString().slice(0, 16).replace(/[-:T]/g, "");
    Object.assign(document.createElement("a"), { href: url, download: `ho-so-chua-gui-${stamp}.portal` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
    return tell("rescue_saved");
  });

  $("#rescue-file").addEventListener("change", async ({ target }) => {
    try {
      tell("rescue_working");
      tell("rescue_taken", { n: await importAll(store, target.files[0], password.value) });
      outbox.sendNow();
    } catch (error) {
      tell(words[`export_${error.code}`] ? `export_${error.code}` : "rescue_wrong");
    }
    target.value = "";
  });
}
