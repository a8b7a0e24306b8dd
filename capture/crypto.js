// Sealing what the phone keeps: AES-GCM under a key of the user that cannot leave the browser, bound to the record's id.
import { ask, StoreError } from "./database.js";

const text = new TextEncoder();

/** The user's key, made at the first use; the stored one is used even then, so that an unkeepable key shows at once. */
export async function userKey(database) {
  const stored = () => database.read(["keys"], (tx) => ask(tx.objectStore("keys").get("main")));
  let key = await stored();
  if (!key) {
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await database.write(["keys"], async (tx) => {
      const keys = tx.objectStore("keys");
      if (!(await ask(keys.get("main")))) await ask(keys.put(made, "main"));
    });
    key = await stored();
  }
  if (!key) throw new StoreError("broken");
  return key;
}

/** @returns {Promise<{iv: Uint8Array, data: ArrayBuffer}>} 16 bytes longer than what was given */
export async function lock(key, id, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt(how(iv, id), key, bytes) };
}

/** The bytes again; StoreError "broken" when they or their id were changed. */
export async function unlock(key, id, { iv, data }) {
  try {
    return await crypto.subtle.decrypt(how(iv, id), key, data);
  } catch (error) {
    throw new StoreError("broken", error);
  }
}

export const lockJson = (key, id, value) => lock(key, id, text.encode(JSON.stringify(value)));

export const unlockJson = async (key, id, row) => JSON.parse(new TextDecoder().decode(await unlock(key, id, row)));

/** Lower-case hex of bytes or of a text's UTF-8. */
export async function sha256(content) {
  const bytes = typeof content === "string" ? text.encode(content) : content;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function how(iv, id) {
  return { name: "AES-GCM", iv, additionalData: text.encode(id) };
}
