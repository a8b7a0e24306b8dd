// The sealed rows of cases and photos: read, and changed one small transaction at a time.
import { ask, openDatabase, StoreError } from "./database.js";
import { lock, lockJson, sha256, unlock, unlockJson } from "./crypto.js";

const STORES = ["keys", "cases", "photos", "sent", "discarded", "kept"];
const INDEXES = { photos: ["case"], cases: ["state", "created_at"] };
export const nameOf = (userId) => `portal-field-${userId}`;

/** The database of one user. Its version counts its own shape and is no version of the application. */
export function userDatabase(userId) {
  return openDatabase(nameOf(userId), 1, (db) => {
    for (const name of STORES) {
      const store = db.createObjectStore(name, ["cases", "photos", "sent", "discarded"].includes(name) ? { keyPath: "id" } : {});
      for (const index of INDEXES[name] || []) store.createIndex(index, index);
    }
  });
}

/** What a full phone gives up first: received cases' list and the pack of people. */
export function dropReceived(database) {
  return database.write(["sent", "kept"], async (tx) => {
    await Promise.all([ask(tx.objectStore("sent").clear()), ...["people", "representative"].map((name) => ask(tx.objectStore("kept").delete(name)))]);
  });
}

/** Do `work`; on a full disk once more after dropping what the server has anyway. */
export async function roomFor(database, work) {
  try {
    return await work();
  } catch (error) {
    if (error.code !== "full") throw error;
    await dropReceived(database);
    return work();
  }
}

export function createRecords(database, key) {
  const row = (id) => database.read(["cases"], (tx) => ask(tx.objectStore("cases").get(id)));

  async function opened(sealed) {
    return { ...(await unlockJson(key, `case:${sealed.id}`, sealed)), version: sealed.version };
  }

  async function closed({ version, ...record }, next) {
    const { id, state, created_at } = record;
    return { id, state, created_at, version: next, ...(await lockJson(key, `case:${id}`, record)) };
  }

  /** How many there are, the oldest's beginning, and how many wait for nothing but sending; opens none of them. */
  function tally() {
    return database.read(["cases"], async (tx) => {
      const cases = tx.objectStore("cases");
      const states = ["ready", "sending"].map((state) => ask(cases.index("state").count(state)));
      const [count, first, ...waiting] = await Promise.all([ask(cases.count()), ask(cases.index("created_at").openKeyCursor()), ...states]);
      return { count, oldest: first ? first.key : null, ready: waiting[0] + waiting[1] };
    });
  }

  /** Sealed rows {id, state, created_at, ...}, oldest first. */
  const rows = () => database.read(["cases"], (tx) => ask(tx.objectStore("cases").getAll()));

  async function record(id) {
    const found = await row(id);
    return found && opened(found);
  }

  /**
   * Put what `edit(record)` returns in the record's place: null removes it, undefined leaves it as it is.
   * Another tab may change it meanwhile; then `edit` is asked again. `also(tx)` happens in the same transaction.
   */
  async function change(id, edit, also = () => {}) {
    for (;;) {
      const before = await row(id);
      const after = edit(before && (await opened(before)));
      if (after === undefined) return before && opened(before);
      const next = after && (await closed(after, (before ? before.version : 0) + 1));
      const done = await roomFor(database, () => database.write(["cases", "photos", "sent", "discarded"], swap));
      if (!done) continue;
      if (after === null) return null;
      const kept = await row(id);
      if (!kept || (kept.version === next.version && kept.data.byteLength !== next.data.byteLength)) throw new StoreError("broken");
      return { ...after, version: next.version };

      async function swap(tx) {
        const cases = tx.objectStore("cases");
        const now = await ask(cases.get(id));
        if ((now && now.version) !== (before && before.version)) return false;
        await ask(next ? cases.put(next) : cases.delete(id));
        await also(tx);
        return true;
      }
    }
  }

  /** Keep a photo's bytes, read them back, and only then say that they are kept. */
  async function keepPhoto(id, caseId, bytes) {
    const hash = await sha256(bytes);
    const sealed = { id, case: caseId, at: Date.now(), ...(await lock(key, `photo:${id}`, bytes)) };
    await roomFor(database, () => database.write(["photos"], (tx) => ask(tx.objectStore("photos").put(sealed))));
    const again = await photo(id);
    if (!again || again.byteLength !== bytes.byteLength || (await sha256(again)) !== hash) throw new StoreError("broken");
    return hash;
  }

  /** A photo's bytes (ArrayBuffer), or null when they are not here; StoreError "broken" when they cannot be opened. */
  async function photo(id) {
    const sealed = await database.read(["photos"], (tx) => ask(tx.objectStore("photos").get(id)));
    return sealed ? unlock(key, `photo:${id}`, sealed) : null;
  }

  /** Photos that no record names any more: their case is gone, or they were replaced as the page was killed. */
  async function sweep(named, now = Date.now()) {
    const DAY = 86_400_000;
    await database.write(["photos", "cases"], async (tx) => {
      const cases = new Set(await ask(tx.objectStore("cases").getAllKeys()));
      const photos = tx.objectStore("photos");
      for (const id of await ask(photos.getAllKeys())) {
        if (named.has(id)) continue;
        const { case: caseId, at } = await ask(photos.get(id));
        if (!cases.has(caseId) || Math.abs(now - at) > DAY) await ask(photos.delete(id));
      }
    });
  }

  return { row, rows, tally, record, opened, change, keepPhoto, photo, sweep };
}

/** In a transaction: remove every photo of a case. */
export async function removePhotosOf(tx, caseId) {
  const photos = tx.objectStore("photos");
  for (const id of await ask(photos.index("case").getAllKeys(caseId))) await ask(photos.delete(id));
}
