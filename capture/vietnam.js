// Reads what Vietnamese cards, banks and people write: the same verdicts as portal/vietnam, without a server.

// Code points as Python sees them: its white space is not quite that of JavaScript.
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const SPACES = new RegExp(SPACE, "g");
const OUTER_SPACES = new RegExp(`^${SPACE}|${SPACE}$`, "g");
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const WHOLE_LETTERS = { đ: "d", Đ: "d", ð: "d", Ð: "d", ƀ: "b", Ƀ: "b" };
const ROUND_SCAN = /^[\ufeff \t\r\n]+|[\ufeff \t\r\n]+$/g;
const SEXES = { nam: "male", nu: "female" };
// Provinces by which numbers began before 2025 (portal/vietnam/data/province_codes.json).
const PLACES = new Set(
  ("001002004006008010011012014015017019020022024025026027030031033034035036037038040042044045046048049051052054056058" +
    "060062064066067068070072074075077079080082083084086087089091092093094095096").match(/.../g),
);

const words = (text) => text.split(SPACES).filter(Boolean);
const strip = (text) => text.replace(OUTER_SPACES, "");

/** Spaces folded into one, invisible characters gone, composed to NFC; letters and case stay. */
export function clean(text) {
  return words(text.replace(HIDDEN, (c) => (c.search(SPACES) === 0 ? c : ""))).join(" ").normalize("NFC");
}

/** The text without accents, case and marks: "Y'H’Lăn Niê-Kđăm" gives "yhlan niekdam". */
export function searchKey(text) {
  return words(text).map(wordKey).filter(Boolean).join(" ");
}

/** The text as banks write it: capitals and digits of ASCII, single spaces. */
export function foldUpper(text) {
  return words(searchKey(text).toUpperCase().replace(/[^\0-\x7f]/g, "")).join(" ");
}

function wordKey(word) {
  const folded = Array.from(word.normalize("NFKD"), (c) => WHOLE_LETTERS[c] || caseless(c)).join("").normalize("NFKD");
  const kept = Array.from(folded, (c) => (LETTER_OR_DIGIT.test(c) ? c : c.search(SPACES) === 0 ? " " : ""));
  return words(kept.join("")).join(" ");
}

/** One character without case, as Unicode folds it: lower case would leave ß and the final sigma. */
function caseless(c) {
  return c === "ß" || c === "ẞ" ? "ss" : c === "ς" ? "σ" : c.toLowerCase();
}

/**
 * The text of a card's QR: 7 fields divided by "|" on cards before July 2024, 11 after.
 * Returns {number, old_number|null, full_name, birth_date ISO, sex "male"|"female", address, issued_on ISO|null, extra: [],
 * raw} or null if it is not such a text. The order of the extra fields is not published.
 */
export function parseCard(text) {
  const raw = firstScan(text.replace(ROUND_SCAN, ""));
  const fields = raw.split("|").map(clean);
  if (fields.length < 7 || fields.length > 12) return null;
  const [number, oldNumber, fullName, born, sexWord, address, issued] = fields;
  const birthDate = isoDate(born);
  const issuedOn = isoDate(issued);
  const sex = SEXES[searchKey(sexWord)];
  if (!/^[0-9]{12}$/.test(number) || !/^([0-9]{9})?$/.test(oldNumber)) return null;
  if (!birthDate || !sex || !fullName || (issued && !issuedOn)) return null;
  return {
    number,
    old_number: oldNumber || null,
    full_name: fullName,
    birth_date: birthDate,
    sex,
    address,
    issued_on: issuedOn,
    extra: fields.slice(7),
    raw,
  };
}

/** What a scanner sent twice is cut off; another card's number is not, or one of two people would be taken unasked. */
function firstScan(text) {
  const start = /^[0-9]{12}\|/.exec(text);
  const again = start ? text.indexOf(start[0], start[0].length) : -1;
  return again < 0 ? text : text.slice(0, again).replace(/[\r\n\t ]+$/, "");
}

/** ddmmyyyy of a day that exists, 1900 to 2099, as ISO text. */
function isoDate(text) {
  if (!/^[0-9]{8}$/.test(text)) return null;
  const [day, month, year] = [Number(text.slice(0, 2)), Number(text.slice(2, 4)), Number(text.slice(4))];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (year < 1900 || year > 2099 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return date.toISOString().slice(0, 10);
}

/**
 * 12 digits, without what people and spreadsheets leave around them.
 * Returns {number, place_code, known_place, sex, birth_year} or null. There is no check digit.
 */
export function citizenId(text) {
  const number = digitsOf(text);
  if (!/^[0-9]{12}$/.test(number)) return null;
  const centuryAndSex = Number(number[3]);
  return {
    number,
    place_code: number.slice(0, 3),
    known_place: PLACES.has(number.slice(0, 3)),
    sex: centuryAndSex % 2 ? "female" : "male",
    birth_year: 1900 + 100 * Math.floor(centuryAndSex / 2) + Number(number.slice(4, 6)),
  };
}

function digitsOf(text) {
  const typed = strip(String(text));
  if (/^[0-9]+$/.test(typed)) return typed;
  return typed.replace(/([0-9]{5})\.0+$/, "$1").replace(SPACES, "").replace(/[.'’‘`\u200b\ufeff-]/g, "");
}

/**
 * What a number contradicts: "number" (not 12 digits), "sex", "birth_year", "place" (unknown code). Warnings, all:
 * sex and birth year can be corrected by law, and births abroad have codes of countries.
 * @param card {number, sex|null, birth_date ISO|null}, as of parseCard
 */
export function disagreements({ number, sex, birth_date: birthDate }) {
  const told = citizenId(number);
  if (!told) return ["number"];
  const differs = {
    sex: sex && sex !== told.sex,
    birth_year: birthDate && Number(birthDate.slice(0, 4)) !== told.birth_year,
    place: !told.known_place,
  };
  return Object.keys(differs).filter((code) => differs[code]);
}

/** A mobile number (10 digits) or a landline (02, 11 digits) in national form, a lost zero put back; else null. */
export function phoneNumber(text) {
  const digits = strip(String(text)).replace(/\.0$/, "").replace(SPACES, "").replace(/[().'’‘\u200b\ufeff-]/g, "");
  if (!/^\+?[0-9]+$/.test(digits)) return null;
  let number = digits.replace(/^(?:\+84|0084|84(?=0?[235789][0-9]{8,9}$))0?/, "0");
  if (/^([35789][0-9]{8}|2[0-9]{9})$/.test(number)) number = "0" + number;
  return /^(0[35789][0-9]{8}|02[0-9]{9})$/.test(number) ? number : null;
}

/**
 * A VietQR text (EMVCo): {bin, account, service, amount đồng|null, purpose|null, crc_ok}, null if it is malformed, another
 * kind of code or in another currency. A code with crc_ok false must be refused.
 */
export function parseVietQr(text) {
  text = text.replace(ROUND_SCAN, "");
  const payload = tagged(text) || taggedByBytes(text);
  if (!payload || payload.get("00") !== "01" || [...payload.keys()].pop() !== "63") return null;
  if (payload.has("53") && payload.get("53") !== "704") return null;
  const receiver = tagged(payload.get("38") || "") || new Map();
  const bank = tagged(receiver.get("01") || "") || new Map();
  const further = tagged(payload.get("62") || "") || new Map();
  const amount = /^([0-9]{1,13})(\.0*)?$/.exec(payload.has("54") ? payload.get("54") : "0");
  if (receiver.get("00") !== "A000000727" || !amount || !/^[0-9a-fA-F]{4}$/.test(payload.get("63"))) return null;
  const [bin, account] = [bank.get("00") || "", bank.get("01") || ""];
  if (!/^[0-9]{6}$/.test(bin) || !/^[0-9A-Za-z]{1,19}$/.test(account)) return null;
  return {
    bin,
    account,
    service: receiver.has("02") ? receiver.get("02") : "QRIBFTTA",
    amount: Number(amount[1]) || null,
    purpose: strip(further.get("08") || "") || null,
    crc_ok: payload.get("63").toUpperCase() === checkSum(text.slice(0, -4)),
  };
}

/** Tags and values in their order; null if a length does not fit or a tag comes twice. */
function tagged(text) {
  const found = new Map();
  const points = Array.from(text);
  for (let at = 0; at < points.length; ) {
    const head = /^([0-9]{2})([0-9]{2})$/.exec(points.slice(at, at + 4).join(""));
    if (!head || found.has(head[1])) return null;
    const value = points.slice(at + 4, at + 4 + Number(head[2]));
    if (value.length !== Number(head[2])) return null;
    found.set(head[1], value.join(""));
    at += 4 + value.length;
  }
  return found;
}

/** Some writers count bytes, not characters, when the text has accents. */
function taggedByBytes(text) {
  if (/^[\0-\x7f]*$/.test(text)) return null;
  const byBytes = tagged(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const read = (value) => decoder.decode(Uint8Array.from(value, (c) => c.charCodeAt(0)));
  return byBytes && new Map(Array.from(byBytes, ([tag, value]) => [tag, read(value)]));
}

/** CRC-16/CCITT-FALSE over the whole text including the tag and length of the check field itself. */
function checkSum(text) {
  let crc = 0xffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : crc << 1;
  }
  return crc.toString(16).toUpperCase().padStart(4, "0");
}
