// The sealed text of a case (schema 3) and the receipt that may end its life on the phone; pure.

const ORDER = ["id_front", "id_back", "representative_front", "representative_back", "paper", "consent", "signature"];
const FILE_FIELDS = ["sha256", "bytes", "role", "position", "taken_at", "kept", "warnings"];

/** Files in the order in which they are sent: front, back, the representative's, papers, the rest. */
export function inOrder(files) {
  const place = (file) => (ORDER.indexOf(file.role) + ORDER.length + 1) % (ORDER.length + 1);
  return [...files].sort((a, b) => place(a) - place(b) || a.position - b.position);
}

/** The text that is sent, again and again the same; `clockOffset` is server minus phone in ms, or null. */
export function manifestOf(draft, { device, app, capturedAt, clockOffset = null }) {
  return JSON.stringify({
    schema: 3,
    id: draft.id,
    rev: draft.rev,
    device,
    commune: draft.commune,
    recipient: draft.recipient ? draft.recipient.id : null,
    created_at: draft.created_at,
    captured_at: capturedAt,
    clock_offset: clockOffset,
    answers: draft.answers,
    read: draft.read,
    files: inOrder(draft.files).map((file) => Object.fromEntries(FILE_FIELDS.map((name) => [name, file[name]]))),
    app,
  });
}

/** Whether the receipt names exactly this version and every one of its photos: only then may the phone let go. */
export function covers(receipt, record) {
  return Boolean(
    receipt &&
      record.sealed &&
      receipt.rev === record.rev &&
      receipt.manifest === record.sealed.sha256 &&
      Array.isArray(receipt.files) &&
      record.files.every((file) => receipt.files.includes(file.sha256)),
  );
}
