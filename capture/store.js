// The phone's memory of one user: drafts, photos, sealed cases, the list of what was received and the pack of people.
import { ask, StoreError } from "./database.js";
import { lockJson, sha256, unlockJson, userKey } from "./crypto.js";
import { createRecords, dropReceived, removePhotosOf, roomFor, userDatabase } from "./records.js";
import { covers, inOrder, manifestOf } from "./manifest.js";
import { merged } from "./merge.js";
import { sentList, sentRow } from "./sent.js";
import * as shared from "./shared.js";
import { uuid7 } from "./uuid7.js";

export { StoreError };

const REMEMBERED = 60;
// what only the store decides; a draft that is saved cannot change it
const OWN = ["id", "rev", "state", "created_at", "files", "sealed", "number", "receipt", "server", "ready_at"];

/**
 * Open what this user keeps on this phone. StoreError codes: "full" (phone is full), "closed" (the browser lost its
 * database, also after opening it again), "sealed" (the record may not be changed now), "gone", "broken".
 * @param {number} userId
 */
export async function openStore(userId) {
  const database = userDatabase(userId);
  const [device, key] = await Promise.all([shared.deviceId(), userKey(database)]);
  const store = createStore({ userId, database, key, device });
  await store.tidy();
  return store;
}

function createStore({ userId, database, key, device }) {
  const records = createRecords(database, key);
  const seen = new Map(); // "id:version" -> what this tab last saw of it, to tell its own changes from another tab's
  const listeners = new Set();
  const line = shared.openLine(userId, (message) => tellHere(message));
  const now = () => new Date().toISOString();

  function tellHere(message) {
    for (const listener of listeners) listener(message);
  }

  async function changed(id) {
    tellHere({ kind: "changed", id });
    line.post({ kind: "changed", id });
    await shared.rememberUser(userId, await unsent()).catch(() => {}); // only a count for others
  }

  function look(record) {
    if (!record) return record;
    seen.set(`${record.id}:${record.version}`, JSON.stringify({ answers: record.answers, read: record.read }));
    if (seen.size > REMEMBERED) seen.delete(seen.keys().next().value);
    return record;
  }

  async function change(id, edit, also) {
    const record = await records.change(id, (found) => edit(found || fail("gone")), also);
    await changed(id);
    return look(record);
  }

  async function newCase({ commune, recipient = null }) {
    const made = {
      id: uuid7(), rev: 1, state: "draft", step: "identity", created_at: now(), updated_at: now(), commune, recipient,
      answers: {}, read: {}, files: [], awaiting: null,
    };
    const record = await records.change(made.id, () => made);
    await changed(made.id);
    return look(record);
  }

  async function cases() {
    const found = [];
    for (const row of await records.rows()) {
      const { id, state, created_at } = row;
      const lost = { id, state, created_at, broken: true, answers: {}, read: {}, files: [], recipient: null };
      found.push(look(await records.opened(row).catch(() => lost)));
    }
    return found.reverse();
  }

  /** Keeps what the clerk typed; changes of another tab in other steps stay. Brings `draft` up to date. */
  async function save(draft) {
    const known = seen.get(`${draft.id}:${draft.version}`);
    const mine = JSON.parse(JSON.stringify(draft));
    const record = await change(draft.id, (stored) => {
      if (stored.state !== "draft") fail("sealed");
      const base = draft.version === stored.version ? stored : known && JSON.parse(known);
      const own = Object.fromEntries(OWN.map((name) => [name, stored[name]]));
      const answers = merged(base && base.answers, mine.answers, stored.answers);
      return { ...stored, ...mine, ...own, answers, read: merged(base && base.read, mine.read, stored.read), updated_at: now() };
    });
    // what was typed while it was being kept is newer
    return Object.assign(draft, record, { answers: merged(mine.answers, draft.answers, record.answers), read: merged(mine.read, draft.read, record.read) });
  }

  /** A photo of a draft, stored and read back before it takes the place of the one in the same role and position. */
  async function addPhoto(draftId, { role, position = 0, blob, width, height, warnings = [], kept = true, taken_at = now() }) {
    const bytes = await blob.arrayBuffer();
    const id = uuid7();
    const sha = await records.keepPhoto(id, draftId, bytes);
    const file = {
      id, sha256: sha, bytes: bytes.byteLength, type: blob.type, role, position, width, height, taken_at, kept, warnings, sent: false,
    };
    const same = (other) => other.role === role && other.position === position && other.id !== id;
    let replaced = [];
    await change(
      draftId,
      (stored) => {
        if (stored.state !== "draft") fail("sealed");
        replaced = stored.files.filter(same);
        const files = inOrder([...stored.files.filter((other) => !same(other) && other.id !== id), file]);
        return { ...stored, files, awaiting: stored.awaiting === role ? null : stored.awaiting, updated_at: now() };
      },
      (tx) => Promise.all(replaced.map((old) => ask(tx.objectStore("photos").delete(old.id)))),
    );
    return file;
  }

  async function photo(fileId, type = "image/jpeg") {
    const bytes = await records.photo(fileId);
    return bytes ? new Blob([bytes], { type }) : fail("gone");
  }

  function removePhoto(draftId, fileId) {
    return change(
      draftId,
      (stored) => {
        if (stored.state !== "draft") fail("sealed");
        return { ...stored, files: stored.files.filter((file) => file.id !== fileId), updated_at: now() };
      },
      (tx) => ask(tx.objectStore("photos").delete(fileId)),
    );
  }

  /** From here on the text never changes: what is sent is exactly what is kept. */
  async function seal(id, { clockOffset, app }) {
    const offset = clockOffset === undefined ? await kept("clock") : clockOffset;
    for (;;) {
      const draft = (await records.record(id)) || fail("gone");
      if (draft.state !== "draft") fail("sealed");
      const capturedAt = now();
      const text = manifestOf(draft, { device, app, capturedAt, clockOffset: offset });
      const sealed = { sha256: await sha256(text), text };
      const parts = { state: "ready", sealed, problems: undefined, awaiting: null, ready_at: capturedAt };
      await change(id, (stored) => (stored.version === draft.version ? { ...stored, ...parts } : undefined));
      const record = await records.record(id);
      if (record && record.sealed && record.sealed.text === text) return look(record);
    }
  }

  function reopen(id) {
    return change(id, (stored) => {
      if (stored.state !== "attention") fail("sealed");
      return { ...stored, state: "draft", rev: stored.rev + 1, sealed: undefined, updated_at: now() };
    });
  }

  /** The clerk finds nothing to mend: the same sealed text goes once more. */
  function sendAgain(id) {
    return change(id, (stored) => (stored.state === "attention" && stored.sealed ? { ...stored, state: "ready", problems: undefined } : fail("sealed")));
  }

  /** Throw a draft away; that it was is remembered until the server knows. */
  async function discard(id) {
    const { rev, created_at, files } = (await records.record(id)) || fail("gone");
    await change(
      id,
      (stored) => (["draft", "attention"].includes(stored.state) ? null : fail("sealed")),
      async (tx) => {
        await ask(tx.objectStore("discarded").put({ id, rev, created_at, photos: files.length }));
        await removePhotosOf(tx, id);
      },
    );
  }

  /** The end of a case on this phone: only with a receipt that names all of it. Returns whether it went. */
  async function settle(id, receipt) {
    const record = await records.record(id);
    if (!record || !covers(receipt, record)) return false;
    const row = await sentRow(key, record, receipt);
    await change(
      id,
      (stored) => (covers(receipt, stored) ? null : fail("sealed")),
      async (tx) => {
        await ask(tx.objectStore("sent").put(row));
        await removePhotosOf(tx, id);
      },
    );
    return true;
  }

  /** The clerk has seen how the server's case differs: the phone lets go of its own, which the server keeps beside. */
  async function letGo(id) {
    const record = (await records.record(id)) || fail("gone");
    return (record.state === "beside" && (await settle(id, record.receipt))) || fail("sealed");
  }

  /** Everything that lives only here: count and oldest count drafts too, `ready` waits for nothing but sending. */
  const unsent = records.tally;

  async function othersUnsent() {
    const others = (await shared.users()).filter((user) => user.userId !== userId && user.count);
    return others.map(({ count, oldest }) => ({ count, oldest }));
  }

  async function keep(name, value) {
    const row = await lockJson(key, `kept:${name}`, value);
    await roomFor(database, () => database.write(["kept"], (tx) => ask(tx.objectStore("kept").put(row, name))));
  }

  async function kept(name) {
    const row = await database.read(["kept"], (tx) => ask(tx.objectStore("kept").get(name)));
    return row ? unlockJson(key, `kept:${name}`, row).catch(() => null) : null;
  }

  async function discarded() {
    return database.read(["discarded"], (tx) => ask(tx.objectStore("discarded").getAll()));
  }

  function forgetDiscarded(ids) {
    return database.write(["discarded"], (tx) => Promise.all(ids.map((id) => ask(tx.objectStore("discarded").delete(id)))));
  }

  async function tidy() {
    const all = await cases();
    if (!all.some((record) => record.broken)) {
      await records.sweep(new Set(all.flatMap((record) => record.files.map((file) => file.id))));
    }
    await shared.rememberUser(userId, await unsent());
  }

  return {
    userId, deviceId: device, newCase, cases, save, addPhoto, photo, removePhoto, seal, reopen, sendAgain, discard, settle, letGo,
    unsent, othersUnsent, discarded, forgetDiscarded, keep, kept, tidy, change,
    case: async (id) => look(await records.record(id)),
    photoBytes: records.photo,
    sent: () => sentList(database, key),
    savePeople: (pack) => keep("people", pack),
    people: () => kept("people"),
    requestPersistence: async () => Boolean(navigator.storage && navigator.storage.persist && (await navigator.storage.persist())),
    wipeReceived: () => dropReceived(database),
    restore: (record, photos) => restore(records, record, photos).then(() => changed(record.id)),
    post: line.post,
    /** listener({kind, id?}) hears changes of this tab and the others; returns how to stop hearing. */
    subscribe: (listener) => listeners.add(listener) && (() => listeners.delete(listener)),
    close() {
      line.close();
      database.close();
    },
  };
}

/** Bring back an exported record with its photos: [{file, bytes}]; a record that is here already stays. */
async function restore(records, record, photos) {
  for (const { file, bytes } of photos) {
    if ((await records.keepPhoto(file.id, record.id, bytes)) !== file.sha256) fail("broken");
  }
  await records.change(record.id, (stored) => (stored ? undefined : { ...record, state: record.sealed ? "ready" : record.state }));
}

function fail(code) {
  throw new StoreError(code);
}
