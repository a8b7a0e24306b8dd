// The worker of the scanner: reads codes in pictures and measures how well they show, away from the page.

import { openCodes } from "./codes.js";
import { grayOf } from "./gray.js";
import { judge, sharpShare } from "./quality.js";

const LIVE_SECONDS = 0.15; // for second looks at one frame of the camera; the next frame goes on with other looks
let opening = null;
let next = 0;
let frames = 0;

/** First {wasm: address}; then {id, picture: {data: RGBA, width, height}, live, codes: look for them?, seconds, measure}. */
self.onmessage = async ({ data: asked }) => {
  if (asked.wasm) {
    opening = openCodes({ locateFile: () => asked.wasm });
    opening.then(
      () => self.postMessage({ ready: true }),
      (failure) => self.postMessage({ failed: String(failure) }),
    );
    return;
  }
  try {
    self.postMessage({ id: asked.id, ...answer(await opening, asked) });
  } catch (failure) {
    self.postMessage({ id: asked.id, failed: String(failure) });
  }
};

function answer(reader, { picture, live, codes, seconds, measure }) {
  const gray = picture.gray ? picture : grayOf(picture);
  const found = { codes: [], quality: null, sharp: null };
  if (codes) {
    // looks and measures take turns: a slow phone must not fall behind the camera
    const spare = live && !measure && ++frames % 2 ? LIVE_SECONDS : 0;
    const read = reader.read(gray, live ? { seconds: spare, from: next, enlarge: false } : { seconds });
    if (live) next = read.next;
    found.codes = read.codes;
  }
  if (measure || (live && (!codes || frames % 2 === 0))) {
    found.quality = judge(gray.data, gray.width, gray.height);
    found.sharp = sharpShare(gray);
  }
  return found;
}
