// What the phone tells the server about all it keeps, so that a lost record is known to be lost.

const STATES = { sending: "ready" };

/** "Android · Chrome": enough for an officer to know which phone is meant. */
export function phoneLabel(agent = navigator.userAgent) {
  const first = (pairs) => (pairs.find(([, pattern]) => pattern.test(agent)) || ["?"])[0];
  const system = first([["Android", /Android/], ["iPhone", /iPhone/], ["iPad", /iPad/], ["Windows", /Windows/], ["Mac", /Mac OS/], ["Linux", /Linux/]]);
  const browser = first([["Edge", /Edg/], ["Samsung", /Samsung/], ["Cốc Cốc", /coc_coc/], ["Firefox", /Firefox|FxiOS/], ["Chrome", /Chrome|CriOS/], ["Safari", /Safari/]]);
  return `${system} · ${browser}`;
}

/**
 * Tell the ledger and forget the discarded drafts that it now knows of.
 * @returns {Promise<string[]>} ids of sealed cases that the server has whole though no receipt came here yet
 */
export async function tellLedger(store, transport, { app = "?", label, keeps = { safe: false, why: "unknown" } }) {
  const discarded = await store.discarded();
  const records = (await store.cases()).filter((record) => !record.broken);
  const cases = records.map((record) => entry(record, STATES[record.state] || record.state, record.files.length));
  const gone = discarded.map((record) => entry(record, "discarded", record.photos));
  const answer = await transport.ledger({ device: store.deviceId, label: label || phoneLabel(), app, keeps, cases: [...cases, ...gone] });
  if (gone.length) await store.forgetDiscarded(gone.map((one) => one.id));
  const known = answer.cases || {};
  const whole = (record) => record.sealed && !record.receipt && ["received", "kept_beside"].includes((known[record.id] || {}).state);
  return records.filter(whole).map((record) => record.id);
}

function entry({ id, rev, created_at, ready_at = null }, state, photos) {
  return { id, rev, state, created_at, ready_at, photos };
}
