// The phone's back camera: its picture in a <video>, single frames, still photos, its light; stopped for certain.

import { release, surface } from "./photo.js";

const WISHES = {
  audio: false,
  video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } },
};
const STILL_PATIENCE = 3000; // ms

/** Whether pages may ask for a camera here at all. */
export const mayHaveCamera = () => Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);

/**
 * Open the camera into `video`. Rejects as getUserMedia does, and when `signal` is aborted.
 * @param onEnded called when somebody else takes it away
 * @param signal aborting it lets the camera go at any time: before it is there, while it starts, while it shows
 */
export async function openCamera(video, onEnded, signal) {
  const stream = await navigator.mediaDevices.getUserMedia(WISHES);
  const [track] = stream.getVideoTracks();
  const stop = () => {
    track.onended = null;
    for (const one of stream.getTracks()) one.stop();
    if (video.srcObject === stream) video.srcObject = null;
  };
  const wanted = () => {
    if (signal.aborted) throw new DOMException("no longer wanted", "AbortError");
  };
  signal.addEventListener("abort", stop);
  try {
    wanted();
    track.onended = onEnded;
    video.srcObject = stream;
    await video.play();
    wanted();
  } catch (failure) {
    stop();
    throw failure;
  }
  const able = track.getCapabilities ? track.getCapabilities() : {};
  const set = (wish) => track.applyConstraints({ advanced: [wish] });
  if ((able.focusMode || []).includes("continuous")) set({ focusMode: "continuous" }).catch(() => {});
  return {
    hasTorch: Boolean(able.torch),
    torch: (on) => set({ torch: on }),
    still: () => still(track),
  };
}

/**
 * {now(): the frame as {canvas, picture: ImageData}, null while there is none; release()}. Each frame uses the canvas of
 * the one before.
 */
export function framesOf(video) {
  let drawing = null;
  function now() {
    const { videoWidth: width, videoHeight: height } = video;
    if (video.readyState < 2 || !width || video.paused) return null;
    if (!drawing || drawing.canvas.width !== width || drawing.canvas.height !== height) drawing = surface(width, height);
    drawing.pen.drawImage(video, 0, 0, width, height);
    return { canvas: drawing.canvas, picture: drawing.pen.getImageData(0, 0, width, height) };
  }
  return { now, release: () => drawing && release(drawing.canvas) };
}

/** A photo with all pixels of the camera as a Blob; null where it cannot, or does not in time. */
async function still(track) {
  if (typeof ImageCapture === "undefined" || track.readyState !== "live") return null;
  const late = new Promise((done) => setTimeout(done, STILL_PATIENCE, null));
  try {
    return await Promise.race([new ImageCapture(track).takePhoto(), late]);
  } catch {
    return null;
  }
}
