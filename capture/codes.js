// Finds the QR code in a gray picture, with the second looks of portal/documents/qr.py that a hard photo needs.

import { prepareZXingModule } from "zxing-wasm/reader";
import { againstSurroundings, fitted, gaussian, scaled, sharpened } from "./gray.js";
import { disagreements, parseCard, parseVietQr } from "./vietnam.js";

const LARGEST_SIDE = 4000;
const ENLARGED_SIDE = 2100;
// As in zxing-wasm 3.1.4, whose numbers these are: plain text; local average; UTF-8 is told from others by itself.
const OPTIONS = {
  formats: "QRCode",
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
  tryDenoise: false,
  binarizer: 0,
  isPure: false,
  downscaleFactor: 3,
  downscaleThreshold: 500,
  minLineCount: 2,
  maxNumberOfSymbols: 255,
  validateOptionalChecksum: false,
  returnErrors: false,
  eanAddOnSymbol: 0,
  textMode: 0,
  characterSet: 0,
  tryCode39ExtendedMode: true,
};

/**
 * Start the reader: {read(gray, {seconds, from, enlarge})}. @param overrides of Emscripten: {locateFile} or {wasmBinary}
 *
 * read gives {codes: [{text (NFC), side, points}], next}: side and points in pixels of `gray`; `next` is the look to go
 * on `from` with the next picture of the same thing. With seconds 0 there is one plain look; without `enlarge` (a frame of
 * the camera: the card can come nearer) the costly looks at twice the size are left out.
 */
export async function openCodes(overrides) {
  const module = await prepareZXingModule({ overrides, fireImmediately: true });
  return { read: (gray, wishes = {}) => read(module, gray, wishes) };
}

function read(module, gray, { seconds = 0, from = 0, enlarge = true }) {
  const until = performance.now() + seconds * 1000;
  const codes = plain(module, gray, 1);
  if (codes.some(({ text }) => parseCard(text) || parseVietQr(text))) return { codes, next: 0 };
  const looks = looksAt(gray, enlarge);
  let next = from % looks.length;
  for (let left = looks.length; left > 0 && performance.now() < until; left--) {
    const [factor, changed] = looks[next]();
    const proven = plain(module, changed, factor).filter(({ text }) => provesItself(text));
    if (proven.length) return { codes: [...proven, ...codes], next };
    next = (next + 1) % looks.length;
  }
  return { codes, next };
}

/** A VietQR with the right check sum, or a card whose number agrees with its sex and year of birth. */
export function provesItself(text) {
  const card = parseCard(text);
  if (card) return !disagreements(card).some((code) => code === "sex" || code === "birth_year");
  const money = parseVietQr(text);
  return money !== null && money.crc_ok;
}

/**
 * The same picture in other sizes and with uneven light, blur or noise taken out; what helps most often first. A radius
 * around the width of a module sharpens what is blurred, several modules wide it evens out light.
 */
function looksAt(whole, enlarge) {
  const gray = fitted(whole, LARGEST_SIDE);
  const rest = gray.width / whole.width;
  const kept = {};
  const at = (factor) => kept[factor] || (kept[factor] = scaled(gray, factor));
  const soft = (factor) => gaussian(at(factor), 1);
  const sharp = (factor) => gaussian(sharpened(at(factor), 3, 6), 1.6);
  const looks = [
    [0.75, () => againstSurroundings(at(0.75), 3)],
    [0.75, () => againstSurroundings(soft(0.75), 11)],
    [0.5, () => at(0.5)],
    [0.5, () => againstSurroundings(soft(0.5), 8)],
    [0.5, () => againstSurroundings(at(0.5), 2)],
    [0.85, () => againstSurroundings(sharp(0.85), 4)],
    [1, () => againstSurroundings(gray, 3)],
    [0.5, () => soft(0.5)],
    [0.35, () => againstSurroundings(soft(0.35), 6)],
  ];
  if (enlarge && Math.max(whole.width, whole.height) <= ENLARGED_SIDE) {
    looks.push([2, () => sharpened(at(2), 2, 6)], [2, () => againstSurroundings(at(2), 4)]);
  }
  return looks.map(([factor, change]) => () => [factor * rest, change()]);
}

function plain(module, { data, width, height }, factor) {
  const place = module._malloc(data.length);
  if (!place) return [];
  try {
    module.HEAPU8.set(data, place);
    const found = module.readBarcodesFromPixmap(place, width, height, OPTIONS);
    const codes = [];
    for (let n = 0; n < found.size(); n++) {
      const { text, position } = found.get(n);
      if (text) codes.push({ text: text.normalize("NFC"), ...placed(position, factor) });
    }
    found.delete();
    return codes;
  } finally {
    module._free(place);
  }
}

function placed({ topLeft, topRight, bottomRight, bottomLeft }, factor) {
  const points = [topLeft, topRight, bottomRight, bottomLeft].map(({ x, y }) => [x / factor, y / factor]);
  const edges = points.map(([x, y], n) => Math.hypot(x - points[(n + 1) % 4][0], y - points[(n + 1) % 4][1]));
  return { side: Math.max(...edges), points };
}
