"""Begin a case, keep its answers and photos, hand it in, and move it where a decision sends it."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from portal.areas.models import Commune
from portal.audit.models import AuditChain
from portal.audit.services import record
from portal.db import db, now
from portal.documents.models import Photo
from portal.documents.reading import Reading
from portal.enrolment import queries, rules
from portal.enrolment.models import Case, CaseFile, CaseIsElsewhere, CaseState, FileRole
from portal.enrolment.steps import Gap, Step, gaps
from portal.errors import DomainError
from portal.recipients import methods
from portal.recipients.models import Recipient
from portal.staff.models import StaffMember
from portal.vietnam.month import today

OPEN = (CaseState.DRAFT, CaseState.RECEIVING, CaseState.RETURNED)


class CaseOfAnother(DomainError):
    """This case is being captured by someone else. Nothing was changed."""


class CaseIncomplete(DomainError):
    """Something is still missing in this case. Fill it in, then hand the case in again."""

    status = 422

    def __init__(self, missing: list[Gap]) -> None:
        super().__init__()
        self.missing = missing


def start(
    actor: StaffMember,
    commune: Commune,
    case_id: uuid.UUID,
    recipient: Recipient | None,
    *,
    captured_at: datetime | None = None,
) -> Case:
    """The draft with this id, made now unless it is there; an open draft of this clerk for this person is used again.

    Raises CaseOfAnother when the id belongs to another clerk's case.
    """
    found = db.session.get(Case, case_id)
    if found is not None and (found.captured_by != actor.id or found.commune_id != commune.id):
        raise CaseOfAnother
    if found is None and recipient is not None:
        db.session.execute(select(Recipient.id).where(Recipient.id == recipient.id).with_for_update())
        found = queries.own_draft(actor, recipient)
    if found is not None:
        return found
    case = Case(
        id=case_id,
        commune_id=commune.id,
        recipient_id=recipient.id if recipient else None,
        captured_by=actor.id,
        captured_by_name=actor.full_name,
        captured_at=captured_at or now(),
        payload={},
        provenance={},
        rev=1,
        state=CaseState.DRAFT,
    )
    db.session.add(case)
    db.session.flush()
    record(actor, "case.started", f"enrolment_case:{case.id}", commune_id=commune.id)
    return case


def save_step(
    actor: StaffMember, case: Case, step: Step, answers: dict[str, Any] | None, provenance: dict[str, str]
) -> None:
    """Keep the answers of one step in place of earlier ones; `provenance` is field (without the step) to its source.

    Raises rules.AnswerRefused, whose `field` names the answer; CaseIsElsewhere, CaseOfAnother.
    """
    open_to(actor, case)
    rules.check(step, answers, case.payload, today())
    payload = {**case.payload, step.value: answers}
    _forget_typed(payload, step)
    case.payload = payload
    others = {field: source for field, source in case.provenance.items() if not field.startswith(f"{step}.")}
    case.provenance = others | {f"{step}.{field}": source for field, source in provenance.items()}
    record(actor, "case.step_saved", f"enrolment_case:{case.id}", commune_id=case.commune_id, step=step.value)


def keep_typed(actor: StaffMember, case: Case, step: Step, typed: dict[str, Any]) -> None:
    """Keep what stands in an unfinished step as it was typed, so that leaving it loses nothing."""
    open_to(actor, case)
    case.payload = {**case.payload, "typed": {**case.payload.get("typed", {}), step.value: typed}}
    record(actor, "case.step_left", f"enrolment_case:{case.id}", commune_id=case.commune_id, step=step.value)


def _forget_typed(payload: dict[str, Any], step: Step) -> None:
    typed = {name: values for name, values in payload.get("typed", {}).items() if name != step}
    payload.pop("typed", None)
    if typed:
        payload["typed"] = typed


def attach(
    actor: StaffMember, case: Case, role: FileRole, position: int, photo: Photo, reading: Reading | None = None
) -> CaseFile:
    """Put the photo in its place, instead of the one before; what was read from it is kept under `read`."""
    open_to(actor, case)
    file = next((f for f in case.files if (f.role, f.position) == (role, position)), None)
    if file is None:
        file = CaseFile(commune_id=case.commune_id, role=role, position=position, photo=photo)
        case.files.append(file)
    file.photo = photo
    if reading is not None:
        case.payload = {**case.payload, "read": {**case.payload.get("read", {}), role.value: reading.citizen_id_qr}}
    db.session.flush()
    detail = {"role": role.value, "position": position}
    record(actor, "case.photo_attached", f"enrolment_case:{case.id}", commune_id=case.commune_id, **detail)
    return file


def detach(actor: StaffMember, case: Case, role: FileRole, position: int) -> None:
    """Take a photo out of the case, a page photographed twice; pages after it keep their numbers."""
    open_to(actor, case)
    for file in [f for f in case.files if (f.role, f.position) == (role, position)]:
        case.files.remove(file)
        db.session.delete(file)
    case.payload = {**case.payload, "read": {k: v for k, v in case.payload.get("read", {}).items() if k != role}}
    detail = {"role": role.value, "position": position}
    record(actor, "case.photo_removed", f"enrolment_case:{case.id}", commune_id=case.commune_id, **detail)


def keep_photo(actor: StaffMember, case: Case, photo_id: int) -> None:
    """The clerk looked at a poor photo and found every letter readable."""
    open_to(actor, case)
    kept = [*case.payload.get("kept_photos", []), photo_id]
    case.payload = {**case.payload, "kept_photos": sorted(set(kept))}
    record(actor, "case.photo_kept", f"enrolment_case:{case.id}", commune_id=case.commune_id, photo=photo_id)


def link(actor: StaffMember, case: Case, recipient: Recipient) -> None:
    """The person of the register whom the card names; a draft begun without one has them from here on."""
    open_to(actor, case)
    case.recipient = recipient
    target = f"enrolment_case:{case.id}"
    record(actor, "case.linked", target, commune_id=case.commune_id, recipient=recipient.id)


def note_account(actor: StaffMember, case: Case, code: dict[str, Any]) -> None:
    """Keep what a VietQR told (bin, account); its photo is not stored, because a screen may show more than that."""
    open_to(actor, case)
    told = {"bin": code["bin"], "account": code["account"]}
    case.payload = {**case.payload, "read": {**case.payload.get("read", {}), "vietqr": told}}
    record(actor, "case.account_read", f"enrolment_case:{case.id}", commune_id=case.commune_id)


def note_card(actor: StaffMember, case: Case, card: dict[str, Any]) -> None:
    """Keep what the card's QR told before there was a case."""
    open_to(actor, case)
    case.payload = {**case.payload, "read": {**case.payload.get("read", {}), "scan": card}}
    record(actor, "case.card_read", f"enrolment_case:{case.id}", commune_id=case.commune_id)


def submit(actor: StaffMember, case: Case) -> str:
    """Hand the case in and return its number; a second time returns the same number.

    Older cases of this person that still wait are replaced. Raises CaseIncomplete, CaseOfAnother, CaseIsElsewhere.
    """
    waiting = locked(case)
    if case.captured_by != actor.id:
        raise CaseOfAnother
    if case.state == CaseState.SUBMITTED and case.number:
        return case.number
    open_to(actor, case)
    if missing := gaps(case):
        raise CaseIncomplete(missing)
    case.rev += 1 if case.state == CaseState.RETURNED else 0
    return hand_in(actor, case, waiting)


def hand_in(actor: StaffMember, case: Case, waiting: list[Case]) -> str:
    """Give a complete case its number and its place in the queue; `waiting`, as `locked` told them, are replaced."""
    _lock_commune(case.commune_id)
    case.number = case.number or next_number(db.session.get_one(Commune, case.commune_id), today())
    case.move_to(CaseState.SUBMITTED)
    case.received_at = now()
    case.payload = {key: value for key, value in case.payload.items() if key not in ("typed", "returned")}
    record(actor, "case.submitted", f"enrolment_case:{case.id}", commune_id=case.commune_id, number=case.number)
    for older in waiting:
        methods.refuse(older.id)
        older.move_to(CaseState.SUPERSEDED)
        _tell(actor, older, by=str(case.id))
    if case.recipient is not None:
        methods.propose(case.id, case.recipient, case.payload["method"], case.payload["representative"])
    return case.number


def locked(case: Case) -> list[Case]:
    """Lock this case and the person's other waiting ones, in the order of their ids; returns the others."""
    wanted = Case.id == case.id
    if case.recipient_id is not None:
        _one_of_person(case.recipient_id)
        wanted |= (Case.recipient_id == case.recipient_id) & Case.state.in_((CaseState.SUBMITTED, CaseState.RETURNED))
    statement = select(Case).where(Case.commune_id == case.commune_id, wanted).order_by(Case.id).with_for_update()
    rows = db.session.scalars(statement.execution_options(populate_existing=True)).all()
    return [row for row in rows if row.id != case.id]


def _one_of_person(recipient_id: int) -> None:
    """Two cases of a person that are handed in at once must see each other. Keys of cases are negative, see intake."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(recipient_id)))


def _lock_commune(commune_id: int) -> None:
    """One number at a time. The audit chain is locked by every change of the commune anyway: the same lock for both
    cannot be taken in two orders."""
    db.session.execute(select(AuditChain.seq).where(AuditChain.chain == commune_id).with_for_update())


def next_number(commune: Commune, day: date) -> str:
    """BG-2611-00042: commune, year and month of the local day, running number of that month; the lock must be held."""
    prefix = f"{commune.prefix}-{day:%y%m}-"
    last = db.session.scalar(
        select(Case.number)
        .where(Case.commune_id == commune.id, Case.number.startswith(prefix, autoescape=True))
        .order_by(func.length(Case.number).desc(), Case.number.desc())
        .limit(1)
    )
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:05d}"


def return_case(actor: StaffMember, case: Case, reasons: list[str], text: str) -> None:
    """Give the case back to the one who captured it; `reasons` name what to do again. Raises CaseIsElsewhere."""
    case.move_to(CaseState.RETURNED)
    note = {"reasons": reasons, "text": text, "by": actor.full_name, "at": now().isoformat()}
    case.payload = {**case.payload, "returned": note}
    _tell(actor, case, reasons=reasons)


def confirm_case(actor: StaffMember, case: Case) -> None:
    """The case is right; an earlier confirmed case of the person is replaced by it. Raises CaseIsElsewhere."""
    case.move_to(CaseState.CONFIRMED)
    _tell(actor, case)
    for older in queries.confirmed_before(case):
        older.move_to(CaseState.SUPERSEDED)
        _tell(actor, older, by=str(case.id))


def reject_case(actor: StaffMember, case: Case, text: str) -> None:
    """The case will not be followed. Raises CaseIsElsewhere."""
    case.move_to(CaseState.REJECTED)
    case.payload = {**case.payload, "rejected": {"text": text, "by": actor.full_name, "at": now().isoformat()}}
    _tell(actor, case)


EVENTS = {
    CaseState.RETURNED: "case.returned",
    CaseState.CONFIRMED: "case.confirmed",
    CaseState.REJECTED: "case.rejected",
    CaseState.SUPERSEDED: "case.superseded",
}


def _tell(actor: StaffMember, case: Case, **detail: Any) -> None:
    db.session.flush()
    record(actor, EVENTS[case.state], f"enrolment_case:{case.id}", commune_id=case.commune_id, **detail)


def open_to(actor: StaffMember, case: Case) -> None:
    """Whether this clerk may change this case now. Raises CaseOfAnother, CaseIsElsewhere."""
    if case.captured_by != actor.id:
        raise CaseOfAnother
    if case.state not in OPEN:
        raise CaseIsElsewhere
