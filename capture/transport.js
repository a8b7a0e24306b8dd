// Requests of the intake: each ends in time, and an answer counts only when it is the portal's own.

export const HELLO_MS = 8_000;
const TEXT_MS = 20_000;
const FILE_MS = 60_000;
const SLOWEST = 2.5; // bytes a millisecond: a bad connection of the second generation
const RETRY = [408, 423, 425, 429];

/**
 * Why something was not sent. kind: "network" (nothing came back), "captive" (somebody else answered),
 * "later" (the portal cannot now), "signed_out", "forbidden", "other_user", "csrf", "refused" (it will never take this).
 * `wait` is what the server asked for, in ms; `answer` its JSON.
 */
export class NotSent extends Error {
  constructor(kind, { status = 0, answer = null, wait = 0 } = {}) {
    super(`${kind} ${status}`);
    this.name = "NotSent";
    Object.assign(this, { kind, status, answer, wait });
  }
}

/** Time a file of so many bytes may take, in ms. */
export function patience(bytes) {
  return Math.max(FILE_MS, HELLO_MS + bytes / SLOWEST);
}

/** @param {{fetch: typeof window.fetch, userId: number, root?: string}} options */
export function createTransport({ fetch, userId, root = "/enrolment/intake/" }) {
  let csrf = "";

  async function ask(method, path, { body, type, limit = TEXT_MS } = {}) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), limit);
    const headers = { Accept: "application/json" };
    if (method !== "GET") Object.assign(headers, { "Content-Type": type, "X-CSRFToken": csrf });
    const options = { method, headers, body, credentials: "same-origin", cache: "no-store", redirect: "manual", signal: stop.signal };
    let response, answer;
    try {
      response = await fetch(root + path, options);
      answer = await read(response);
    } catch {
      throw new NotSent("network");
    } finally {
      clearTimeout(timer);
    }
    return judged(response, answer);
  }

  /** The portal's greeting with `offset` (server's clock minus the phone's, ms); fetches a fresh token. */
  async function hello() {
    const echo = Math.random().toString(36).slice(2);
    const asked = performance.now();
    const answer = await ask("GET", `hello?echo=${echo}`, { limit: HELLO_MS }).catch((failure) => {
      const mine = !failure.answer || failure.answer.echo === undefined || failure.answer.echo === echo;
      throw mine ? failure : new NotSent("captive");
    });
    if (answer.echo !== echo || !answer.user) throw new NotSent("captive");
    csrf = answer.csrf;
    if (answer.user.id !== userId) throw new NotSent("other_user", { answer });
    const half = (performance.now() - asked) / 2;
    return { ...answer, offset: Math.round(Date.parse(answer.now) + half - Date.now()) };
  }

  /** Ask again at once with a fresh token when the old one is not taken any more. */
  async function request(...wanted) {
    try {
      return await ask(...wanted);
    } catch (failure) {
      if (failure.kind !== "csrf") throw failure;
    }
    await hello();
    return ask(...wanted).catch((failure) => {
      throw failure.kind === "csrf" ? new NotSent("later", failure) : failure;
    });
  }

  async function about(id, ...wanted) {
    const answer = await request(...wanted);
    if (answer.id !== id || !Array.isArray(answer.missing)) throw new NotSent("captive");
    return answer;
  }

  const json = "application/json";
  return {
    hello,
    sendText: (id, text) => about(id, "PUT", `cases/${id}`, { body: text, type: json }),
    sendFile: (id, sha256, bytes) =>
      about(id, "PUT", `cases/${id}/files/${sha256}`, { body: bytes, type: "application/octet-stream", limit: patience(bytes.byteLength) }),
    status: (id) =>
      about(id, "GET", `cases/${id}`).catch((failure) => {
        throw failure.kind === "refused" ? new NotSent("later", failure) : failure; // to ask refuses nothing
      }),
    ledger: (content) => request("POST", "ledger", { body: JSON.stringify(content), type: json }),
  };
}

async function read(response) {
  if (!/^application\/json\b/.test(response.headers.get("Content-Type") || "")) return null;
  const text = await response.text();
  try {
    const answer = JSON.parse(text);
    return answer && answer.portal === 1 ? answer : null;
  } catch {
    return null;
  }
}

/** The answer of 200, 201 and 409 (kept beside); everything else is thrown. */
function judged(response, answer) {
  const { status } = response;
  const why = { status, answer, wait: retryAfter(response.headers) };
  if ((status >= 500 && status !== 511) || RETRY.includes(status)) throw new NotSent("later", why);
  if (status === 413) throw new NotSent("refused", why); // also a proxy in front may say so
  if (!answer) throw new NotSent("captive", why);
  if (status === 200 || status === 201 || (status === 409 && answer.id)) return { ...answer, status };
  if (status === 401) throw new NotSent("signed_out", why);
  if (status === 403 && answer.reason === "csrf") throw new NotSent("csrf", why);
  if (status === 403 && answer.reason === "forbidden") throw new NotSent("forbidden", why);
  throw new NotSent(status >= 400 ? "refused" : "captive", why);
}

/** Retry-After in ms: seconds, or a date seen from the server's own clock. */
function retryAfter(headers) {
  const asked = headers.get("Retry-After");
  if (!asked) return 0;
  if (/^\d+$/.test(asked)) return Number(asked) * 1000;
  return Math.max(0, Date.parse(asked) - Date.parse(headers.get("Date") || new Date().toUTCString())) || 0;
}
