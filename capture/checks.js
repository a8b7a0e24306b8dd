// What a step still lacks, told before the queue moves on; the server looks again with the same rules. Pure.
import { citizenId, phoneNumber } from "./vietnam.js";

const PHOTOS = { citizen_card: ["id_front", "id_back"], birth_certificate: ["id_front"], other: ["id_front"], none: [] };
const ACCOUNTS = { bank_account: "own", wallet: "wallet", representative_account: "theirs" };
const YEARS = 31556952000;

export const plain = (text) => (text ?? "").replace(/[\s.\-]/g, "");

/** A day as people write it, d/m/yyyy, m/yyyy or yyyy; null when it is none. Returns {iso, precision}. */
export function birth(text) {
  const parts = (text ?? "").trim().split(/[\s./-]+/);
  if (!/^\d{1,2}([\s./-]+\d{1,2})?[\s./-]+\d{4}$|^\d{4}$/.test((text ?? "").trim())) return null;
  const year = Number(parts[parts.length - 1]), month = Number(parts[parts.length - 2] ?? 1), day = Number(parts[parts.length - 3] ?? 1);
  const made = new Date(Date.UTC(year, month - 1, day));
  if (year < 1850 || made.getUTCMonth() !== month - 1 || made.getUTCDate() !== day) return null;
  return { iso: made.toISOString().slice(0, 10), precision: ["year", "month", "day"][parts.length - 1] };
}

/** Years between an ISO day and now. */
export const age = (iso, now = Date.now()) => (now - Date.parse(iso)) / YEARS;

const missing = (step, field, key, told) => ({ step, field, key, told });

function identity(answers, { files, namesDiffer }) {
  const wrong = [];
  for (const role of PHOTOS[answers.document] ?? []) if (!files.some((file) => file.role === role)) wrong.push({ step: "identity", role, key: `missing_${role}` });
  if (namesDiffer && !answers.name_from) wrong.push(missing("identity", "name_from", "ask_name"));
  if (!answers.document) wrong.push(missing("identity", "document", "which_paper"));
  if (!(answers.full_name ?? "").trim()) wrong.push(missing("identity", "full_name", "enter_name"));
  const number = plain(answers.citizen_id);
  if (number && !citizenId(number)) wrong.push(missing("identity", "citizen_id", "number_digits", { n: number.replace(/\D/g, "").length }));
  else if (!number && answers.document === "citizen_card") wrong.push(missing("identity", "citizen_id", "enter_number"));
  if ((answers.birth ?? "").trim() && !birth(answers.birth)) wrong.push(missing("identity", "birth", "write_birth"));
  if ((answers.issued ?? "").trim() && birth(answers.issued)?.precision !== "day") wrong.push(missing("identity", "issued", "write_day"));
  return wrong;
}

function phone(answers) {
  if (!answers.owner) return [missing("phone", "owner", "whose_phone")];
  if (answers.owner === "none") return [];
  const wrong = phoneNumber(answers.number ?? "") ? [] : [missing("phone", "number", "phone_digits")];
  if (answers.owner !== "recipient" && !(answers.owner_name ?? "").trim()) wrong.push(missing("phone", "owner_name", "whose_name"));
  return wrong;
}

function account(answers, part, wallet) {
  const wrong = [];
  const first = plain(answers[`${part}-number`]).toUpperCase(), again = plain(answers[`${part}-again`]).toUpperCase();
  if (!answers[`${part}-bin`]) wrong.push(missing("method", `${part}-bin`, "choose_bank"));
  if (wallet && !phoneNumber(first)) wrong.push(missing("method", `${part}-number`, "wallet_digits"));
  else if (!wallet && !/^[0-9A-Z]{6,19}$/.test(first)) wrong.push(missing("method", `${part}-number`, "account_digits"));
  else if (first !== again) wrong.push(missing("method", `${part}-again`, "not_the_same", { one: first.length, two: again.length }));
  if (!wallet && !(answers[`${part}-holder`] ?? "").trim()) wrong.push(missing("method", `${part}-holder`, "copy_holder"));
  return wrong;
}

function method(answers, { points }) {
  if (!answers.kind) return [missing("method", "kind", "choose_way")];
  if (ACCOUNTS[answers.kind]) return account(answers, ACCOUNTS[answers.kind], answers.kind === "wallet");
  if (answers.kind === "cash_point" && points && !answers.point) return [missing("method", "point", "choose_point")];
  if (answers.kind !== "home_visit") return [];
  if (!answers.reason) return [missing("method", "reason", "say_reason")];
  return answers.reason === "other" && !(answers.reason_text ?? "").trim() ? [missing("method", "reason_text", "say_why")] : [];
}

function representative(answers, { files, answers: every }) {
  if (!answers.kind) return [missing("representative", "kind", "choose_receiver")];
  const ward = birth(every.identity?.birth), theirs = every.method?.kind;
  if (answers.kind === "none") {
    if (theirs === "representative_account") return [missing("representative", "kind", "needs_representative")];
    return ward && age(ward.iso) < 15 && ["bank_account", "new_account"].includes(theirs) ? [missing("representative", "kind", "child_needs_representative")] : [];
  }
  const wrong = [];
  for (const role of ["representative_front", "paper"]) if (!files.some((file) => file.role === role)) wrong.push({ step: "representative", role, key: `missing_${role}` });
  if (!(answers.full_name ?? "").trim()) wrong.push(missing("representative", "full_name", "enter_name"));
  const number = plain(answers.citizen_id);
  if (!number) wrong.push(missing("representative", "citizen_id", "enter_number"));
  else if (!citizenId(number)) wrong.push(missing("representative", "citizen_id", "number_digits", { n: number.replace(/\D/g, "").length }));
  else if (number === plain(every.identity?.citizen_id)) wrong.push(missing("representative", "citizen_id", "not_themselves"));
  if (["guardian", "legal"].includes(answers.kind) && !answers.basis) wrong.push(missing("representative", "basis", "choose_basis"));
  if (!(answers.relation ?? "").trim()) wrong.push(missing("representative", "relation", "say_relation"));
  if ((answers.phone ?? "").trim() && !phoneNumber(answers.phone)) wrong.push(missing("representative", "phone", "phone_digits"));
  for (const field of ["birth_date", "certified_on", "valid_from", "valid_until"]) {
    if ((answers[field] ?? "").trim() && birth(answers[field])?.precision !== "day") wrong.push(missing("representative", field, "write_day"));
  }
  const born = birth(answers.birth_date);
  if (answers.kind === "proxy" && ((ward && age(ward.iso) < 15) || answers.lacks_capacity)) wrong.push(missing("representative", "kind", "cannot_authorize"));
  const least = answers.kind === "proxy" ? 15 : 18;
  if (born && age(born.iso) < least) wrong.push(missing("representative", "birth_date", "too_young", { n: least }));
  return wrong;
}

function consent(answers, { files }) {
  const wrong = (answers.purposes ?? []).includes("pay") ? [] : [missing("consent", "purposes", "needs_pay")];
  if (!answers.strokes && !files.some((file) => file.role === "consent")) wrong.push({ step: "consent", role: "consent", key: "let_sign" });
  return wrong;
}

const CHECKS = { identity, phone, method, representative, consent };
const ROLES = { identity: ["id_front", "id_back"], representative: ["representative_front", "representative_back", "paper"], consent: ["consent"] };

/** Problems of one step: {step, field or role, key of the words, told}. `context`: {files, answers, namesDiffer, points}. */
export function check(step, answers, context) {
  const poor = context.files.filter((file) => (ROLES[step] ?? []).includes(file.role) && file.warnings?.length && !file.kept);
  return [...CHECKS[step](answers, context), ...poor.map((file) => ({ step, role: file.role, key: "poor_photo" }))];
}
