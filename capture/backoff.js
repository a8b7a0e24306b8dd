// How long to wait before the next try: doubled each time, capped, with full jitter; pure.

export const CAP = 15 * 60_000;
const LEAST = 1_000;
const LONGEST_ASKED = 60 * 60_000;

/**
 * @param {{base?: number, cap?: number, random?: () => number}} options milliseconds; random gives 0..1
 * @returns {{next(asked?: number): number, reset(): void, readonly tries: number}}
 *   next(asked): milliseconds to wait now; never less than the server asked for (Retry-After), which is believed up to an hour
 */
export function createBackoff({ base = 4_000, cap = CAP, random = Math.random } = {}) {
  let tries = 0;
  return {
    next(asked = 0) {
      const ceiling = Math.min(cap, base * 2 ** Math.min(tries, 30));
      tries += 1;
      const wished = Math.max(0, Math.min(asked || 0, LONGEST_ASKED));
      return wished + Math.max(wished ? 0 : LEAST, Math.floor(random() * ceiling));
    },
    reset() {
      tries = 0;
    },
    get tries() {
      return tries;
    },
  };
}
