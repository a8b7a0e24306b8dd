// The list of what was received: a masked name, number, time and photos, for thirty days.
import { ask } from "./database.js";
import { lockJson, unlockJson } from "./crypto.js";

const DAYS_30 = 30 * 86_400_000;

/** "Hoàng Thị Vẻ" -> "H. T. Vẻ": the clerk knows whom she visited, another reader does not. */
export function maskedName(name) {
  const words = (name || "").trim().split(/\s+/);
  return words.map((word, place) => (place < words.length - 1 ? `${[...word][0]}.` : word)).join(" ");
}

/** The row to be kept for a received case. */
export async function sentRow(key, record, receipt, now = Date.now()) {
  const identity = record.answers.identity || {};
  const name = identity.full_name || (record.recipient && record.recipient.name);
  const entry = { number: receipt.number, name: maskedName(name), at: receipt.received_at, photos: record.files.length };
  return { id: record.id, kept_at: now, ...(await lockJson(key, `sent:${record.id}`, entry)) };
}

/** [{id, number, name (masked), at ISO, photos}] newest first; what is older than thirty days goes. */
export async function sentList(database, key, now = Date.now()) {
  const rows = await database.read(["sent"], (tx) => ask(tx.objectStore("sent").getAll()));
  const old = rows.filter((row) => Math.abs(now - row.kept_at) > DAYS_30);
  if (old.length) {
    await database.write(["sent"], (tx) => Promise.all(old.map((row) => ask(tx.objectStore("sent").delete(row.id)))));
  }
  const entries = [];
  for (const row of rows.filter((one) => !old.includes(one))) {
    const entry = await unlockJson(key, `sent:${row.id}`, row).catch(() => null);
    if (entry) entries.push({ id: row.id, ...entry });
  }
  return entries.sort((a, b) => (a.at < b.at ? 1 : -1));
}
