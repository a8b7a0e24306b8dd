// What the picture of the moment lacks, in the order in which it helps to hear it.

// A card is 85.6 mm long, its code 11 to 13 mm.
const CARD_IN_CODES = 6.6;
const WHOLE = 1.1; // of the picture's long side: a longer card is not wholly in it
const FAR_CODE = 0.05; // of the long side: the card takes about a third of it
const FAR_SHARP = 0.35;

/** Is the card, told by its code, longer than the picture? */
export const tooNear = (code, long) => code.side * CARD_IN_CODES > long * WHOLE;

/** Is the card so small that its print gets lost? By its code, else by the part that is sharp at all. */
export function tooFar(code, sharp, long) {
  return code ? code.side < long * FAR_CODE : sharp !== null && sharp < FAR_SHARP;
}

/**
 * The key of the word that helps most now, or null when all is well.
 * @param seen {code (of a card) | null, quality | null, sharp, long: long side in pixels}
 */
export function hintFor(kind, { code, quality, sharp, long }) {
  const poor = quality ? quality.warnings : [];
  if (poor.includes("blank") || poor.includes("dark")) return "scan_hint_dark";
  if (kind === "card" && code && tooNear(code, long)) return "scan_hint_near";
  if (poor.includes("blur")) return "scan_hint_still";
  if (kind === "card" && tooFar(code, sharp, long)) return "scan_hint_far";
  return poor.includes("glare") ? "scan_hint_glare" : null;
}
