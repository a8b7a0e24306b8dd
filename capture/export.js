// The last resort: one unsent case with its photos as a file under a passphrase, for another phone of the same clerk.
import { StoreError } from "./database.js";

const MAGIC = "PORTALCASE1\n";
const ROUNDS = 600_000;
const LEAST = 8;
const SALT = 16, IV = 12;
const text = new TextEncoder();

/** What is wrong with an export. code: "short" (passphrase below 8), "not_export", "passphrase", "other_user", "lost" (a photo is not here). */
export class ExportError extends Error {
  constructor(code) {
    super(code);
    this.name = "ExportError";
    this.code = code;
  }
}

/** @returns {Promise<Blob>} the sealed file; the record stays on this phone as it was */
export async function exportCase(store, id, passphrase) {
  const record = await store.case(id);
  if (!record) throw new StoreError("gone");
  const photos = await Promise.all(record.files.map((file) => store.photoBytes(file.id)));
  if (photos.includes(null)) throw new ExportError("lost");
  const head = text.encode(JSON.stringify({ user: store.userId, record }));
  const plain = await new Blob([new Uint32Array([head.length]), head, ...photos]).arrayBuffer();
  const { salt, key } = await keyFrom(passphrase);
  const iv = crypto.getRandomValues(new Uint8Array(IV));
  const data = await crypto.subtle.encrypt(how(iv), key, plain);
  return new Blob([MAGIC, salt, iv, data], { type: "application/octet-stream" });
}

/**
 * Bring an export back. Doing it again, or on several phones, changes nothing: ids and sealed bytes stay the same.
 * @returns {Promise<string>} the id of the case
 */
export async function importCase(store, file, passphrase) {
  const bytes = await file.arrayBuffer();
  const start = MAGIC.length;
  if (new TextDecoder().decode(bytes.slice(0, start)) !== MAGIC) throw new ExportError("not_export");
  const iv = bytes.slice(start + SALT, start + SALT + IV);
  const { key } = await keyFrom(passphrase, new Uint8Array(bytes.slice(start, start + SALT)));
  const plain = await crypto.subtle.decrypt(how(iv), key, bytes.slice(start + SALT + IV)).catch(() => {
    throw new ExportError("passphrase");
  });
  const length = new Uint32Array(plain, 0, 1)[0];
  const { user, record } = JSON.parse(new TextDecoder().decode(plain.slice(4, 4 + length)));
  if (user !== store.userId) throw new ExportError("other_user");
  let place = 4 + length;
  const photos = record.files.map((one) => ({ file: one, bytes: plain.slice(place, (place += one.bytes)) }));
  await store.restore(record, photos);
  return record.id;
}

let last = {}; // many cases under one passphrase: an old phone takes seconds for each key

async function keyFrom(passphrase, wanted) {
  const typed = passphrase.normalize("NFC").trim();
  if ([...typed].length < LEAST) throw new ExportError("short");
  const salt = wanted || (last.typed === typed && last.salt) || crypto.getRandomValues(new Uint8Array(SALT));
  if (last.typed === typed && String(last.salt) === String(salt)) return last;
  const base = await crypto.subtle.importKey("raw", text.encode(typed), "PBKDF2", false, ["deriveKey"]);
  const made = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  const key = await crypto.subtle.deriveKey(made, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  last = { typed, salt, key };
  return last;
}

function how(iv) {
  return { name: "AES-GCM", iv, additionalData: text.encode(MAGIC) };
}
