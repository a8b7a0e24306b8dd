// Whether this browser keeps records safely: tried by writing, reading and deleting, not by asking its name.
import { ask, openDatabase } from "./database.js";

const NAME = "portal-field-probe";
const SIZE = 300_000;
const LEAST_FREE = 50_000_000;

/**
 * @returns {Promise<{safe: boolean, offline: boolean, why: string, free: number|null, persisted: boolean}>}
 *   offline: whether records may be taken without a network; free in bytes; why is a code:
 *   "ok" | "no_crypto" (page not loaded over https) | "not_kept" (what was written did not come back) | "private" |
 *   "little_space" (below 50 MB) | "may_clear" (Safari empties it after a week without a visit, unless on the home screen)
 */
export async function probe() {
  const storage = navigator.storage || {};
  const { quota, usage } = (storage.estimate && (await storage.estimate().catch(() => ({})))) || {};
  const free = quota === undefined ? null : quota - usage;
  const persisted = Boolean(storage.persisted && (await storage.persisted().catch(() => false)));
  const why = await verdict({ free, quota, persisted });
  return { safe: why === "ok", offline: why === "ok" || why === "may_clear", why, free, persisted };
}

async function verdict({ free, quota, persisted }) {
  if (!globalThis.crypto || !crypto.subtle || !globalThis.indexedDB) return "no_crypto";
  if (!(await comesBack().catch(() => false))) return "not_kept";
  if (await looksPrivate(quota)) return "private";
  if (free !== null && free < LEAST_FREE) return "little_space";
  if (!persisted && "standalone" in navigator && !navigator.standalone) return "may_clear";
  return "ok";
}

/** Write what a photo weighs, and a key as the records need it; read both back and delete them. */
async function comesBack() {
  const database = openDatabase(NAME, 1, (db) => db.createObjectStore("tried"));
  const use = (work) => database.write(["tried"], (tx) => work(tx.objectStore("tried")));
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const bytes = new Uint8Array(SIZE).map((_, place) => place * 31);
  await use((tried) => Promise.all([ask(tried.put(bytes.buffer, "bytes")), ask(tried.put(made, "key"))]));
  const [read, key] = await use((tried) => Promise.all([ask(tried.get("bytes")), ask(tried.get("key"))]));
  await use((tried) => ask(tried.clear()));
  database.close();
  const same = read && read.byteLength === SIZE && new Uint8Array(read).every((byte, place) => byte === bytes[place]);
  return same && key && key.type === "secret";
}

/** Hints only: Chromium gives a private window less room than memory, Safari and Firefox refuse it files. */
async function looksPrivate(quota) {
  const { memory } = performance;
  if (memory && memory.jsHeapSizeLimit) return quota !== undefined && quota < memory.jsHeapSizeLimit;
  const { getDirectory } = navigator.storage || {};
  return Boolean(getDirectory) && !(await getDirectory.call(navigator.storage).then(() => true, () => false));
}
