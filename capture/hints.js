// What the picture of the moment lacks, in the order in which it helps to hear it.

// A card is 85.6 by 54 mm, its code 11 to 13 mm and parallel to its edges.
const [CARD_LONG, CARD_SHORT] = [6.6, 4.2]; // in sides of the code
const WHOLE = 1.1; // of the picture: a larger card is not wholly in it
const FAR_CODE = 0.05; // of the picture's long side: the card takes about a third of it
const FAR_SHARP = 0.35;

/** Is the card, told by its code, larger than the picture? @param size {width, height} in pixels */
export function tooNear({ points: [left, right] }, { width, height }) {
  const [across, down] = [Math.abs(right[0] - left[0]), Math.abs(right[1] - left[1])];
  const wide = across * CARD_LONG + down * CARD_SHORT;
  const high = down * CARD_LONG + across * CARD_SHORT;
  return wide > width * WHOLE || high > height * WHOLE;
}

/** Is the card so small that its print gets lost? By its code, else by the part that is sharp at all. */
export function tooFar(code, sharp, { width, height }) {
  const long = Math.max(width, height);
  return code ? code.side < long * FAR_CODE : sharp !== null && sharp < FAR_SHARP;
}

/**
 * The key of the word that helps most now, or null when all is well.
 * @param seen {code (of a card) | null, quality | null, sharp, size: {width, height}}
 */
export function hintFor(kind, { code, quality, sharp, size }) {
  const poor = quality ? quality.warnings : [];
  if (poor.includes("blank") || poor.includes("dark")) return "scan_hint_dark";
  if (kind === "card" && code && tooNear(code, size)) return "scan_hint_near";
  if (poor.includes("blur")) return "scan_hint_still";
  if (kind === "card" && tooFar(code, sharp, size)) return "scan_hint_far";
  return poor.includes("glare") ? "scan_hint_glare" : null;
}
