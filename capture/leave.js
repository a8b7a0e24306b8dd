// Signing out: what was received leaves the phone, what is unsent stays sealed on it; it never holds anybody up.
import { dropReceived, userDatabase } from "./records.js";
import { users } from "./shared.js";

const LONGEST = 2_000; // ms

async function clearReceived() {
  for (const { userId } of await users()) {
    const database = userDatabase(userId);
    await dropReceived(database);
    database.close();
  }
}

function leave(event) {
  const form = event.target;
  event.preventDefault();
  localStorage.removeItem("portal-user");
  const enough = new Promise((done) => setTimeout(done, LONGEST));
  Promise.race([clearReceived().catch(() => {}), enough]).then(() => form.submit());
}

for (const form of document.querySelectorAll("[data-leave]")) form.addEventListener("submit", leave);
