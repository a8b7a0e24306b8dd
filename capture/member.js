// Who works at this phone: remembered by id alone, so that the capture opens without a network.
import { $ } from "./dom.js";
import * as people from "./people.js";

export const INTAKE = "/enrolment/intake/";

/** What this browser remembers under a name; null in a private window that keeps nothing. */
export const remembered = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
export function remember(name, value) {
  try { value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value); } catch { /* private browsing */ }
}

/** Who works here and where, as far as this phone knows. */
export function showMember() {
  const pack = people.known();
  if (!pack?.commune) return;
  $("[data-commune]").textContent = pack.commune.name;
  $("[data-member]").textContent = pack.member ? `${pack.member.name} · ${pack.member.role}` : "";
}

/** The id of whoever is signed in now, or who was the last time when there is no network. */
export async function whoIsHere() {
  const pointer = remembered("portal-user");
  const asked = fetch(`${INTAKE}hello?echo=who`, { headers: { Accept: "application/json" }, cache: "no-store", redirect: "manual" })
    .then(async (answer) => ({ status: answer.status, ...(await answer.json()) }))
    .then((told) => (told.portal === 1 ? told : {}), () => ({}));
  if (!pointer) return asked.then(({ user }) => user?.id ?? null);
  asked.then(({ status, reason, user }) => {
    // somebody else is signed in, or one who takes in no cases: what lies here is not theirs to see
    const other = user && String(user.id) !== pointer;
    if (!other && !(status === 403 && reason === "forbidden")) return;
    remember("portal-user", other ? user.id : null);
    location.reload();
  });
  return Number(pointer);
}
