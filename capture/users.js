// What a phone may say when nobody is signed in: how many unsent cases of whom it does not name.
import { users } from "./shared.js";

/** [{count, oldest}] of everybody who has unsent cases here. */
export async function othersHere() {
  return (await users().catch(() => [])).filter((one) => one.count).map(({ count, oldest }) => ({ count, oldest }));
}
