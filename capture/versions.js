// The service worker: keeps the capture for days without a network; a newer version waits while a draft is open.
const { worker } = document.body.dataset;
const LATER_MS = 4000; // the first page comes before the scanner

/**
 * @param changed hears that a newer version waits
 * @param quiet whether no draft is open, so that the page may be exchanged at once
 * @param settle keeps what is typed, before another tab's choice exchanges this page
 * @returns {Promise<() => (null | (() => void))>} what takes the newer version, or null when none waits
 */
export async function watchWorker(changed, quiet, settle) {
  if (!navigator.serviceWorker) return () => null;
  const before = Boolean(navigator.serviceWorker.controller);
  const registration = await navigator.serviceWorker.register(worker, { scope: "/", updateViaCache: "none" });
  const takeOver = () => registration.waiting?.postMessage("take-over");
  let reloaded = false;
  navigator.serviceWorker.addEventListener("controllerchange", async () => {
    if (!before || reloaded) return;
    reloaded = true;
    await settle().catch(() => {});
    location.reload();
  });
  registration.addEventListener("updatefound", () => {
    const fresh = registration.installing;
    fresh?.addEventListener("statechange", () => fresh.state === "installed" && before && changed());
  });
  if (registration.waiting && before && quiet()) takeOver();
  setTimeout(() => {
    if (!navigator.connection?.saveData) navigator.serviceWorker.ready.then(({ active }) => active.postMessage("later"));
  }, LATER_MS);
  return () => (registration.waiting && before ? takeOver : null);
}
