// The people of the commune that the phone has with it: names, years, masked numbers, who has a case already.
import { searchKey } from "./vietnam.js";

let pack = null;
let indexed = [];

const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

function use(found) {
  pack = found;
  indexed = (found?.people ?? []).map(([id, name, year, masked, village, enrolled, code]) => {
    const key = searchKey(name);
    return { id, name, year, masked, village, enrolled, code, key, words: key.split(" ") };
  });
}

/** What this user's phone knows: {commune, member, made_at, villages, points, people} or null. */
export const known = () => pack;

export async function load(store) {
  use(await store.people());
}

/** Fetch the list anew; what is there stays when nothing better comes. `member` and `commune` come from the hello. */
export async function refresh(store, base, { user, commune }) {
  const same = pack?.commune?.id === commune.id && pack.etag;
  const answer = await fetch(`${base}people`, { headers: { Accept: "application/json", ...(same ? { "If-None-Match": pack.etag } : {}) }, cache: "no-store" });
  if (answer.status === 304) return;
  const told = answer.ok && answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
  if (told?.portal !== 1) return;
  const found = { ...told, member: user, etag: answer.headers.get("ETag") };
  await store.savePeople(found);
  use(found);
}

/** Until the list is there, at least who works here and where. */
export async function remember(store, { user, commune }) {
  if (pack?.commune?.id === commune.id && pack.member?.id === user.id) return;
  const found = { commune, member: user, people: [], villages: [], points: [] };
  await store.savePeople(found);
  use(found);
}

export const villageName = (id) => pack?.villages?.find(([key]) => key === id)?.[1] ?? "";

export const person = (id) => indexed.find((one) => one.id === id) ?? null;

/** People that the text means, best first: words of the name without accents, last digits of the number, or a code. */
export function find(text, village, most = 40) {
  const wanted = searchKey(text).split(" ").filter(Boolean);
  const inVillage = indexed.filter((one) => !village || String(one.village) === village);
  if (!wanted.length) return inVillage.slice(0, village ? 500 : most);
  const digits = /^\d+$/.test(wanted.join("")) ? wanted.join("") : null;
  const fits = (one) => (digits
    ? one.masked.endsWith(digits.slice(-4)) && (digits.length < 12 || one.masked.startsWith(digits.slice(0, 4))) || one.code.includes(digits)
    : one.code.toLowerCase() === wanted.join("") || wanted.every((word) => one.words.some((own) => own.startsWith(word))));
  const given = (one) => (one.words[one.words.length - 1].startsWith(wanted[wanted.length - 1]) ? 0 : 1);
  return inVillage.filter(fits).sort((a, b) => given(a) - given(b)).slice(0, most);
}

/** Who of the list the card means: the number as far as it is shown, and the year of birth where both know it. */
export function withCard(card) {
  const masked = (number) => `${number.slice(0, 4)}••••${number.slice(-4)}`;
  const year = Number(card.birth_date.slice(0, 4));
  return indexed.filter((one) => one.masked === masked(card.number) && (!one.year || one.year === year));
}

/** Whether the register holds this number, as far as its salted 24 bits tell: 3 of 10,000 strange numbers look known. */
export async function isKnown(number) {
  if (!pack?.known) return false;
  const key = await crypto.subtle.importKey("raw", bytes(pack.salt), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const start = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(number))).subarray(0, 3);
  const all = bytes(pack.known);
  for (let at = 0; at < all.length; at += 3) if (all[at] === start[0] && all[at + 1] === start[1] && all[at + 2] === start[2]) return true;
  return false;
}
