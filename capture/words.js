// The words of the page, and times as people write them.
const texts = {};
for (const one of document.getElementById("words").content.querySelectorAll("[data-key]")) texts[one.dataset.key] = one.textContent;

/** Every text of the page by its key; `{name}` marks what is filled in. */
export const words = texts;

/** The text of `key`, with `told` in its places. */
export function say(key, told = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (_whole, name) => told[name] ?? "");
}

/** 10:21, of a Date or ISO text, in the zone of the phone. */
export function clock(instant) {
  const at = new Date(instant);
  return `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
}

/** 10:21 today, else 10:21 ngày 20/11/2026. */
export function when(instant) {
  const at = new Date(instant);
  const day = `${String(at.getDate()).padStart(2, "0")}/${String(at.getMonth() + 1).padStart(2, "0")}/${at.getFullYear()}`;
  return at.toDateString() === new Date().toDateString() ? clock(at) : say("time_on_day", { time: clock(at), day });
}

/** How long ago, in the largest unit that fits. */
export function ago(instant) {
  const minutes = Math.max(0, Math.round((Date.now() - Date.parse(instant)) / 60000));
  if (minutes < 1) return say("just_now");
  if (minutes < 60) return say("minutes_ago", { n: minutes });
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? say("hours_ago", { n: hours }) : say("days_ago", { n: Math.floor(hours / 24) });
}

/** 02/09/1948 of an ISO day. */
export const day = (iso) => (iso ? iso.split("-").reverse().join("/") : "");
