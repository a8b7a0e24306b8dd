// Photos made fit to keep and to send: upright, small, without metadata, and proved to show what was taken.

import { grayOf, shrunk } from "./gray.js";
import { isBlank, judge } from "./quality.js";
import { jpegHeader, kindOf, uprighted } from "./picture_file.js";

const LONG_SIDE = 2000;
const MOST_BYTES = 400_000;
const AIM_BYTES = 320_000;
const MOST_ORIGINAL = 12_000_000;
const GOOD = [0.85, 0.76, 0.68]; // the first that comes under the aim
const LEGIBLE = [0.68, 0.58, 0.5]; // below this the small print of a card is lost: the picture shrinks instead
const MOST_CHANGE = 24; // mean difference of brightness that encoding may make; a lost picture differs by far more
const [PROOF_SIDE, AGAIN_SIDE] = [64, 256];

/** A file that is no photo to keep; `code` is "empty", "not_a_photo" or "too_large" (undecodable and over 12 MB). */
export class PhotoError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/**
 * A JPEG of at most 2000 pixels and 400 kB, upright, without metadata. What this browser cannot decode (HEIC), or shows
 * as one even surface, is kept as it came, up to 12 MB: the server has better means.
 * @param source Blob, ImageBitmap, canvas or video (its frame of now); an ImageBitmap is closed
 * @returns {blob, width, height, warnings, original}; width and height are 0 of an original that was not decoded
 */
export async function prepare(source) {
  const file = source instanceof Blob ? source : null;
  const kind = file && (await checked(file));
  let canvas;
  try {
    canvas = await drawn(source, kind);
  } catch (failure) {
    if (!file) throw failure;
    return original(file, { width: 0, height: 0, warnings: [] });
  }
  try {
    const { width, height } = canvas;
    const picture = pixels(canvas);
    const warnings = judge(picture).warnings;
    const proof = shrunk(grayOf(picture), PROOF_SIDE, PROOF_SIDE);
    const blob = isBlank(proof) && file ? null : await encoded(canvas, proof);
    if (blob) return { blob, width: canvas.width, height: canvas.height, warnings, original: false };
    if (file) return original(file, { width, height, warnings });
    throw new PhotoError("empty");
  } finally {
    release(canvas);
  }
}

/** The gray picture of a photo for the reader of codes, at most `side` pixels long; null where it cannot be decoded. */
export async function grayPhoto(blob, side) {
  try {
    const canvas = await drawn(blob, kindOf(new Uint8Array(await blob.slice(0, 64).arrayBuffer())), side);
    const gray = grayOf(pixels(canvas));
    release(canvas);
    return gray;
  } catch {
    return null;
  }
}

/** A canvas of this size and what draws on it; reading back is what it is for. */
export function surface(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d", { willReadFrequently: true, alpha: false });
  pen.imageSmoothingQuality = "high";
  return { canvas, pen };
}

/** Safari keeps the memory of a canvas until it has no pixels. */
export function release(canvas) {
  canvas.width = canvas.height = 0;
}

const pixels = (canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);

async function checked(file) {
  if (!file.size) throw new PhotoError("empty");
  const kind = kindOf(new Uint8Array(await file.slice(0, 64).arrayBuffer()));
  if (!kind) throw new PhotoError("not_a_photo");
  return kind;
}

function original(file, found) {
  if (file.size > MOST_ORIGINAL) throw new PhotoError("too_large");
  return { blob: file, ...found, original: true };
}

/** The source upright on a canvas of at most `side` pixels. */
async function drawn(source, kind, side = LONG_SIDE) {
  if (!(source instanceof Blob)) {
    const canvas = painted(source, 1, side);
    if (source.close) source.close();
    return canvas;
  }
  const header = kind === "jpeg" ? await jpegHeader(source) : null;
  const picture = await decoded(header ? uprighted(source, header) : source, header, side);
  try {
    return painted(picture, header ? header.orientation : 1, side);
  } finally {
    if (picture.close) picture.close();
    if (picture.src) URL.revokeObjectURL(picture.src);
  }
}

/** An ImageBitmap, shrunk while it is decoded where the browser can: a phone has no memory for two large pictures. */
async function decoded(blob, header, side) {
  if (typeof createImageBitmap === "function") {
    const large = header && Math.max(header.width, header.height) > side;
    const long = header && (header.width >= header.height ? "resizeWidth" : "resizeHeight");
    try {
      return await createImageBitmap(blob, ...(large ? [{ [long]: side, resizeQuality: "high" }] : []));
    } catch {
      // an <img> may still do it: some browsers decode more kinds there
    }
  }
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  try {
    await image.decode();
  } catch (failure) {
    URL.revokeObjectURL(image.src);
    throw failure;
  }
  return image;
}

/** @param orientation EXIF 2.32, 4.6.5.A: how the stored pixels are to be turned */
function painted(picture, orientation, side) {
  const wide = picture.videoWidth || picture.naturalWidth || picture.width;
  const high = picture.videoHeight || picture.naturalHeight || picture.height;
  if (!wide || !high) throw new PhotoError("empty");
  const factor = Math.min(1, side / Math.max(wide, high));
  const [width, height] = [Math.max(1, Math.round(wide * factor)), Math.max(1, Math.round(high * factor))];
  const { canvas, pen } = orientation > 4 ? surface(height, width) : surface(width, height);
  pen.fillStyle = "#fff"; // what is transparent shows white paper
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const turns = {
    2: [-1, 0, 0, 1, width, 0],
    3: [-1, 0, 0, -1, width, height],
    4: [1, 0, 0, -1, 0, height],
    5: [0, 1, 1, 0, 0, 0],
    6: [0, 1, -1, 0, height, 0],
    7: [0, -1, -1, 0, height, width],
    8: [0, -1, 1, 0, 0, width],
  };
  if (turns[orientation]) pen.setTransform(...turns[orientation]);
  pen.drawImage(picture, 0, 0, width, height);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  return canvas;
}

/** The best JPEG that is small enough and, decoded again, shows what is on the canvas; null if none does. */
async function encoded(canvas, proof) {
  for (let tries = 0; tries < 12; tries++) {
    for (const [qualities, most] of [[GOOD, AIM_BYTES], [LEGIBLE, MOST_BYTES]]) {
      for (const quality of qualities) {
        const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
        if (!blob || blob.type !== "image/jpeg") return null;
        if (blob.size <= most) return (await shows(blob, proof)) ? blob : null;
      }
    }
    shrink(canvas);
  }
  return null;
}

function shrink(canvas) {
  const smaller = painted(canvas, 1, Math.round(Math.max(canvas.width, canvas.height) * 0.8));
  canvas.width = smaller.width;
  canvas.height = smaller.height;
  canvas.getContext("2d").drawImage(smaller, 0, 0);
  release(smaller);
}

async function shows(blob, proof) {
  const again = await grayPhoto(blob, AGAIN_SIDE);
  if (!again) return false;
  const { data } = shrunk(again, PROOF_SIDE, PROOF_SIDE);
  let change = 0;
  for (let at = 0; at < data.length; at++) change += Math.abs(data[at] - proof.data[at]);
  return change / data.length <= MOST_CHANGE;
}
