// Identifiers that sort by the time of their making (RFC 9562, version 7); pure.

/**
 * @param {number} now milliseconds of the phone's clock, which may be wrong: order is a convenience, not a promise
 * @param {(bytes: Uint8Array) => Uint8Array} random fills the bytes it is given
 * @returns {string} lower case, 36 characters
 */
export function uuid7(now = Date.now(), random = (bytes) => crypto.getRandomValues(bytes)) {
  const bytes = random(new Uint8Array(16));
  for (let place = 5, rest = Math.max(0, Math.floor(now)); place >= 0; place--, rest = Math.floor(rest / 256)) {
    bytes[place] = rest % 256;
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
