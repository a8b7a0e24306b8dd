// The page's side of the scanner's worker, which is started once, started again when it hangs, and given up after that.

import { grayPhoto } from "./photo.js";
import { parseCard, parseVietQr } from "./vietnam.js";

const STILL_SIDE = 3000;
const STILL_SECONDS = 6;
const PATIENCE = 30_000; // ms: a slow phone that looks at a large photo for the first time
const ATTEMPTS = 2;

/**
 * Start the worker. @param urls {worker, wasm}
 * @returns {read(picture, {live, codes, seconds, measure}), close()}; `read` takes ImageData or gray and gives away its
 * bytes; it gives {codes, quality, sharp}, or null where there is no reader (no WebAssembly, not loaded, hanging).
 */
export function openReader(urls) {
  const waiting = new Map();
  let [worker, asked, attempts] = [null, 0, 0];

  function start() {
    if (++attempts > ATTEMPTS || typeof Worker === "undefined" || typeof WebAssembly === "undefined") return;
    worker = new Worker(new URL(urls.worker, document.baseURI));
    worker.onmessage = ({ data }) => {
      if (data.failed && !data.id) stop(ATTEMPTS);
      else if (data.id) settle(data.id, data.failed ? null : data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      stop(ATTEMPTS);
    };
    worker.postMessage({ wasm: new URL(urls.wasm, document.baseURI).href });
  }

  function stop(tried = attempts) {
    if (worker) worker.terminate();
    [worker, attempts] = [null, tried];
    for (const id of [...waiting.keys()]) settle(id, null);
  }

  function settle(id, answer) {
    const wait = waiting.get(id);
    if (!wait) return;
    waiting.delete(id);
    clearTimeout(wait.timer);
    wait.done(answer);
  }

  function read(picture, wishes) {
    if (!worker) start();
    if (!worker) return Promise.resolve(null);
    const id = ++asked;
    const { data, width, height } = picture;
    const gray = data.length === width * height;
    return new Promise((done) => {
      waiting.set(id, { done, timer: setTimeout(() => stop(), PATIENCE + 1000 * (wishes.seconds || 0)) });
      worker.postMessage({ id, picture: { data, width, height, gray }, ...wishes }, [data.buffer]);
    });
  }

  start();
  return { read, close: () => stop(ATTEMPTS) };
}

/**
 * The text of a card's or bank's code in a photo, else of any code, else null.
 * @param urls {worker, wasm}
 * @param seconds for second looks, when the first finds nothing
 */
export async function readCode(blob, urls, seconds = STILL_SECONDS) {
  const reader = openReader(urls);
  try {
    return await codeIn(blob, reader, seconds);
  } finally {
    reader.close();
  }
}

/** The same with a reader that is open and so many seconds for second looks. */
export async function codeIn(blob, reader, seconds) {
  const gray = await grayPhoto(blob, STILL_SIDE);
  const found = gray && (await reader.read(gray, { codes: true, seconds }));
  const texts = found ? found.codes.map(({ text }) => text) : [];
  return texts.find(parseCard) || texts.find(parseVietQr) || texts[0] || null;
}
