// One tab sends at a time: Web Locks, or a lease where the browser has none.
import { lease, release } from "./shared.js";
import { uuid7 } from "./uuid7.js";

const NAME = "portal-outbox";
const LEASE = 240_000; // ms; longer than the slowest file may take

/**
 * Do `work` when no other tab sends.
 * @param {boolean} steal take the turn even from a tab that holds it: for one that fell asleep with it
 * @returns {Promise<boolean>} whether it was our turn
 */
export async function takeTurn(work, steal = false) {
  if (navigator.locks) return locked(work, steal);
  const owner = uuid7();
  if (!steal && !(await lease(owner, LEASE))) return false;
  const prolong = setInterval(() => lease(owner, LEASE), LEASE / 3);
  try {
    await work();
  } finally {
    clearInterval(prolong);
    await release(owner);
  }
  return true;
}

async function locked(work, steal) {
  let turn = false;
  const options = steal ? { steal: true } : { ifAvailable: true };
  const done = navigator.locks.request(NAME, options, async (lock) => {
    turn = Boolean(lock);
    if (lock) await work();
  });
  await done.catch((error) => {
    if (error.name !== "AbortError") throw error; // another tab took the turn; sending twice harms nothing
  });
  return turn;
}
