// The full-screen dialog of the viewfinder: what is in it, and what is shown of it when.

const LAID = `
  <h2 class="viewfinder-title" id="viewfinder-title"></h2>
  <div class="viewfinder-stage">
    <video class="viewfinder-picture" muted playsinline autoplay aria-hidden="true"></video>
    <div class="viewfinder-frame" aria-hidden="true"></div>
    <img class="viewfinder-photo" hidden>
  </div>
  <p class="viewfinder-hint" role="status"></p>
  <div class="viewfinder-poor" hidden>
    <p class="viewfinder-what" tabindex="-1"></p>
    <p class="viewfinder-help"></p>
    <button type="button" data-do="again"></button>
    <button type="button" class="secondary" data-do="keep"></button>
  </div>
  <div class="viewfinder-buttons">
    <button type="button" class="viewfinder-shutter" data-do="shutter"></button>
    <button type="button" class="secondary" data-do="torch" aria-pressed="false" hidden></button>
    <button type="button" class="secondary" data-do="choose"></button>
    <button type="button" class="secondary" data-do="close"></button>
  </div>`;
const WORDS = {
  again: "take_again",
  keep: "keep_photo",
  shutter: "scan_shutter",
  torch: "scan_torch",
  choose: "scan_choose",
  close: "scan_close",
};

/**
 * Build and open the dialog; `act` has a function for each button (again, keep, shutter, torch, choose, close), and
 * `close` is also called by Escape and the phone's back key. The keyboard stays inside and returns to where it was.
 */
export function openDialog({ kind, role, words, act }) {
  const before = document.activeElement;
  const dialog = document.createElement("dialog");
  dialog.className = "viewfinder";
  Object.assign(dialog.dataset, { kind, role: role || "" });
  dialog.setAttribute("aria-labelledby", "viewfinder-title");
  dialog.innerHTML = LAID;
  const $ = (selector) => dialog.querySelector(selector);
  const say = (key, given = {}) => (words[key] || "").replace(/\{(\w+)\}/g, (_, name) => given[name]);
  $("h2").textContent = words[`role_${role}`] || say(`scan_title_${kind}`);
  $("img").alt = say("scan_taken");
  for (const [name, key] of Object.entries(WORDS)) {
    const button = $(`[data-do=${name}]`);
    button.textContent = say(key);
    button.addEventListener("click", () => act[name]());
  }
  $("[data-do=shutter]").hidden = kind === "account";
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    act.close();
  });
  dialog.addEventListener("close", () => act.close());
  document.body.append(dialog);
  dialog.showModal();
  $(kind === "account" ? "[data-do=choose]" : "[data-do=shutter]").focus();

  let address = null;
  const forget = () => {
    if (address) URL.revokeObjectURL(address);
    address = null;
    $("img").removeAttribute("src");
  };
  const lookAt = (what) => {
    for (const part of ["video", ".viewfinder-frame", ".viewfinder-hint", ".viewfinder-buttons"]) $(part).hidden = what !== "live";
    for (const part of ["img", ".viewfinder-poor"]) $(part).hidden = what !== "photo";
  };
  return {
    video: $("video"),
    /** One sentence below the picture, read out when it changes. */
    hint(key) {
      if ($(".viewfinder-hint").textContent !== say(key)) $(".viewfinder-hint").textContent = say(key);
    },
    busy(is) {
      $("[data-do=shutter]").setAttribute("aria-disabled", String(is));
      dialog.dataset.busy = String(is);
    },
    /** @param on whether the light is on, null where there is none */
    torch(on) {
      $("[data-do=torch]").hidden = on === null;
      $("[data-do=torch]").setAttribute("aria-pressed", String(Boolean(on)));
    },
    showLive() {
      forget();
      lookAt("live");
      $(kind === "account" ? "[data-do=choose]" : "[data-do=shutter]").focus();
    },
    /** The photo just taken, what is poor about it, and the choice to take it again. */
    showPoor({ blob, warnings }) {
      forget();
      address = URL.createObjectURL(blob);
      $("img").src = address;
      $(".viewfinder-what").textContent = say("scan_poor", { what: warnings.map((code) => say(`warning_${code}`)).join(", ") });
      $(".viewfinder-help").textContent = say(`help_${warnings[0]}`);
      lookAt("photo");
      $("[data-do=again]").focus();
    },
    close() {
      forget();
      if (dialog.open) dialog.close();
      dialog.remove();
      if (before && before.isConnected && before.focus) before.focus();
    },
  };
}
