// The viewfinder: a live camera in a full-screen dialog that reads codes by itself and takes photos that can be read.

import { framesOf, mayHaveCamera, openCamera } from "./camera.js";
import { openDialog } from "./finder_dialog.js";
import { hintFor, tooFar, tooNear } from "./hints.js";
import { prepare } from "./photo.js";
import { codeIn, openReader } from "./reader.js";
import { parseCard, parseVietQr } from "./vietnam.js";

export { PhotoError, prepare } from "./photo.js";
export { readCode } from "./reader.js";

const PAUSE = 60; // ms between two frames: the page stays quick
const BETTER = 2500; // ms to wait for a better frame once the code was read
const STILL_SECONDS = 1.2; // for second looks at a photo while the clerk waits
const NO_CODE = 6000; // ms after which it is said that a side without code is taken by hand
const STEADY = 2; // a hint is shown when so many frames in a row ask for it

/**
 * Open the camera. `kind` "card": ends by itself when a card's code was read and the card was photographed with it;
 * "account": ends with the text of a VietQR whose check sum is right; "photo": ends with the shutter.
 * @param onPersist awaited before the camera opens: a camera may cost the page its life
 * @returns {text?, photo?: {blob, width, height, warnings, original, kept, taken_at}}, {cancelled: true}, or
 * {fallback: true} without camera, refused, or when a photo shall be chosen instead
 */
export async function scan({ kind, role, words, urls, onPersist }) {
  if (onPersist) await onPersist();
  if (!mayHaveCamera() || typeof HTMLDialogElement === "undefined") return { fallback: true };
  return new Promise((done) => look({ kind, role, words, urls }, done));
}

function look({ kind, role, words, urls }, done) {
  const seen = { text: null, from: 0, since: 0, hint: "", asked: 0, photo: null };
  let [open, watching, turn, camera, lit] = [true, false, new AbortController(), null, false];
  const reader = openReader(urls);
  const dialog = openDialog({ kind, role, words, act: { shutter, torch, close: () => finish({ cancelled: true }), again, keep, choose } });
  const frames = framesOf(dialog.video);

  function finish(result) {
    if (!open) return;
    open = watching = false;
    document.removeEventListener("visibilitychange", shownOrHidden);
    halt();
    reader.close();
    frames.release();
    dialog.close();
    done(result);
  }

  async function begin() {
    halt(); // two streams of one camera end each other on some phones
    const { signal } = (turn = new AbortController());
    dialog.hint("scan_starting");
    try {
      camera = await openCamera(dialog.video, () => begin(), signal);
    } catch {
      if (!signal.aborted && !seen.photo) finish({ fallback: true });
      return;
    }
    lit = false;
    dialog.torch(camera.hasTorch ? lit : null);
    dialog.hint(`scan_aim_${kind}`);
    seen.from = performance.now();
    watching = !seen.photo;
  }

  function halt() {
    turn.abort();
    camera = null;
  }

  /** Another app may want the camera, and a hidden page must not watch. */
  function shownOrHidden() {
    if (!document.hidden) return begin();
    watching = false;
    halt();
  }

  async function torch() {
    if (!camera) return;
    try {
      await camera.torch(!lit);
      lit = !lit;
    } catch {
      // some phones name a light and refuse it
    }
    dialog.torch(lit);
  }

  function choose() {
    finish({ fallback: true });
  }

  async function watch() {
    while (open) {
      await new Promise((go) => setTimeout(go, PAUSE));
      const now = watching && camera ? frames.now() : null;
      if (!now) continue;
      const found = await reader.read(now.picture, { live: true, codes: kind !== "photo", measure: Boolean(seen.text) });
      if (!found && kind === "account") return finish({ fallback: true });
      if (!open || !watching) continue;
      if (!found) {
        await new Promise((go) => setTimeout(go, 500));
        if (kind === "card" && watching) dialog.hint("scan_no_reader");
      } else await consider(found, now.canvas);
    }
  }

  /** What a frame says: the end, a photo, or a hint. */
  async function consider({ codes, quality, sharp }, canvas) {
    if (kind === "account") return considerAccount(codes, quality);
    const code = codes.filter(({ text }) => parseCard(text)).sort((a, b) => b.side - a.side)[0] || null;
    if (kind === "card" && code && !(code.text === seen.text)) {
      Object.assign(seen, { text: code.text, since: performance.now() });
      if (navigator.vibrate) navigator.vibrate(60);
    }
    const hint = hintFor(kind, { code, quality, sharp, size: canvas });
    const waited = performance.now() - seen.since > BETTER;
    if (code && !tooNear(code, canvas) && ((quality && !hint) || waited)) return take(canvas, code.text, tooFar(code, sharp, canvas));
    if (code && !hint) return dialog.hint("scan_hint_read");
    if (quality || code) say(codes.length && !code && kind === "card" ? "scan_hint_other_code" : hint);
  }

  function considerAccount(codes, quality) {
    const money = codes.map(({ text }) => [text, parseVietQr(text)]);
    const right = money.find(([, code]) => code && code.crc_ok);
    if (right) return finish({ text: right[0] });
    if (money.length) return say(money.some(([, code]) => code) ? "scan_hint_wrong_sum" : "scan_hint_other_code");
    if (quality) say(hintFor(kind, { code: null, quality, sharp: null, size: null }));
  }

  /** A hint that flickers helps nobody. */
  function say(hint) {
    seen.asked = hint === seen.hint ? seen.asked + 1 : 1;
    seen.hint = hint;
    if (seen.asked < STEADY) return;
    const none = kind === "card" && !seen.text && performance.now() - seen.from > NO_CODE && words.scan_hint_no_code;
    dialog.hint(hint || (seen.text ? "scan_hint_read" : none ? "scan_hint_no_code" : `scan_aim_${kind}`));
  }

  function shutter() {
    const now = watching && camera ? frames.now() : null;
    if (now) take(now.canvas, null, null);
  }

  /** The photo of now: of the camera's full picture and of the frame the better one. @param text that the frame holds */
  async function take(canvas, text, far) {
    watching = false;
    dialog.busy(true);
    dialog.hint(text ? "scan_hint_read" : "scan_taking");
    try {
      const taken_at = new Date().toISOString();
      const photo = { ...(await best(canvas, text)), kept: false, taken_at };
      if (!text && kind === "card") {
        text = await codeIn(photo.blob, reader, STILL_SECONDS);
        if (text && !parseCard(text)) text = null;
      }
      if (far) photo.warnings = [...photo.warnings, "small_card"];
      if (!open) return;
      if (text) seen.text = text;
      if (!photo.warnings.length) return finish(result(photo));
      seen.photo = photo;
      dialog.showPoor(photo);
    } catch {
      watching = true; // nothing came out of it: the camera was just taken away, or the memory is full
    } finally {
      if (open) dialog.busy(false);
    }
  }

  async function best(canvas, text) {
    const ofFrame = await prepare(canvas);
    const still = camera && (await camera.still());
    if (!still) return ofFrame;
    const ofStill = await prepare(still).catch(() => null);
    if (!ofStill || ofStill.original || ofStill.warnings.length > ofFrame.warnings.length) return ofFrame;
    return !text || (await codeIn(ofStill.blob, reader, STILL_SECONDS)) === text ? ofStill : ofFrame;
  }

  const result = (photo) => (seen.text ? { text: seen.text, photo } : { photo });

  function keep() {
    if (seen.photo) finish(result({ ...seen.photo, kept: true }));
  }

  function again() {
    Object.assign(seen, { photo: null, since: performance.now(), hint: "", asked: 0 });
    dialog.showLive();
    dialog.hint(`scan_aim_${kind}`);
    if (camera) watching = true;
    else begin();
  }

  document.addEventListener("visibilitychange", shownOrHidden);
  begin();
  watch();
}
