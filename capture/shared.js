// What all users of this phone share: its id, who keeps how many unsent records, who is sending now, and a line between tabs.
import { ask, openDatabase } from "./database.js";
import { uuid7 } from "./uuid7.js";

const NAME = "portal-field";
let database = null;

function use() {
  database = database || openDatabase(NAME, 1, (db) => ["kept", "users"].forEach((store) => db.createObjectStore(store)));
  return database;
}

export function deviceId() {
  const made = uuid7();
  return use().write(["kept"], async (tx) => {
    const kept = tx.objectStore("kept");
    const known = await ask(kept.get("device"));
    if (!known) await ask(kept.put(made, "device"));
    return known || made;
  });
}

/** Remember how many records this user keeps here: {count, oldest ISO|null}. */
export function rememberUser(userId, { count, oldest }) {
  return use().write(["users"], (tx) => ask(tx.objectStore("users").put({ userId, count, oldest }, userId)));
}

/** [{userId, count, oldest}] of everybody who used this phone. */
export function users() {
  return use().read(["users"], (tx) => ask(tx.objectStore("users").getAll()));
}

/**
 * Take or prolong the right to send where the browser has no locks.
 * The clock may jump: a lease from the far future counts as over, and two senders at once do no harm, only waste.
 */
export function lease(owner, length) {
  return use().write(["kept"], async (tx) => {
    const kept = tx.objectStore("kept");
    const held = await ask(kept.get("lease"));
    const rest = held ? held.until - Date.now() : 0;
    if (held && held.owner !== owner && rest > 0 && rest <= length) return false;
    await ask(kept.put({ owner, until: Date.now() + length }, "lease"));
    return true;
  });
}

export function release(owner) {
  return use().write(["kept"], async (tx) => {
    const held = await ask(tx.objectStore("kept").get("lease"));
    if (held && held.owner === owner) await ask(tx.objectStore("kept").delete("lease"));
  });
}

/** A line to the other tabs of the same user: {post(message), close()}; silent where the browser has none. */
export function openLine(userId, heard) {
  if (typeof BroadcastChannel === "undefined") return { post() {}, close() {} };
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = ({ data }) => data.userId === userId && heard(data);
  return { post: (message) => channel.postMessage({ ...message, userId }), close: () => channel.close() };
}
