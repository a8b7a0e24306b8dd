// What the first bytes of a picture file say: its kind, and of a JPEG its size and how it is turned.

const HEIC = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"]);
const HEAD = 262_144; // metadata with a miniature comes before the size; a second miniature rarely
const FRAMES = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);

const letters = (head, from, to) => String.fromCharCode(...head.subarray(from, to));

/** The kind that the first bytes prove, whatever the name says: "jpeg", "png", "webp", "heic" or null. */
export function kindOf(head) {
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return "jpeg";
  if (letters(head, 0, 8) === "\x89PNG\r\n\x1a\n") return "png";
  if (letters(head, 0, 4) === "RIFF" && letters(head, 8, 12) === "WEBP") return "webp";
  return letters(head, 4, 8) === "ftyp" && HEIC.has(letters(head, 8, 12)) ? "heic" : null;
}

/**
 * {width, height (as stored), orientation 1 to 8, at: where the orientation stands or 0} of a JPEG; null if its size
 * is not found in the first 256 kB.
 */
export async function jpegHeader(blob) {
  const view = new DataView(await blob.slice(0, HEAD).arrayBuffer());
  let [orientation, at] = [1, 0];
  for (let place = 2; place + 9 < view.byteLength; place += 2 + view.getUint16(place + 2)) {
    while (view.getUint8(place) === 0xff && view.getUint8(place + 1) === 0xff && place + 10 < view.byteLength) place++;
    if (view.getUint8(place) !== 0xff) return null;
    const marker = view.getUint8(place + 1);
    if (FRAMES.has(marker)) return { height: view.getUint16(place + 5), width: view.getUint16(place + 7), orientation, at };
    if (marker === 0xe1 && !at) [orientation, at] = exifOrientation(view, place + 4);
  }
  return null;
}

/** [orientation, place of its value] in an EXIF segment (TIFF, first directory); [1, 0] where there is none. */
function exifOrientation(view, start) {
  try {
    if (view.getUint32(start) !== 0x45786966) return [1, 0];
    const tiff = start + 6;
    const little = view.getUint16(tiff) === 0x4949;
    const directory = tiff + view.getUint32(tiff + 4, little);
    for (let entry = directory + 2, left = view.getUint16(directory, little); left > 0; entry += 12, left--) {
      if (view.getUint16(entry, little) !== 0x0112) continue;
      const value = view.getUint16(entry + 8, little);
      return value >= 1 && value <= 8 ? [value, entry + 8] : [1, 0];
    }
  } catch {
    // broken EXIF says nothing about the pixels
  }
  return [1, 0];
}

/** The same file that calls itself upright: browsers disagree on who turns a picture, so that it is turned here. */
export function uprighted(blob, { orientation, at }) {
  if (orientation === 1) return blob;
  // 0 is no orientation in either byte order: nobody turns it
  return new Blob([blob.slice(0, at), new Uint8Array([0, 0]), blob.slice(at + 2)], { type: blob.type });
}
