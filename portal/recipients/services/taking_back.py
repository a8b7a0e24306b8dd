"""A change by hand that was a mistake is taken back by an opposite one, while nothing was paid by it; history keeps both."""

from datetime import date

from sqlalchemy import ColumnElement, and_, delete, select

from portal.audit.services import record
from portal.db import db
from portal.recipients.models import (
    Adjustment,
    Category,
    Cause,
    ChangeKind,
    Entitlement,
    EntitlementChange,
    EntitlementStatus,
    Recipient,
    RecipientStatus,
)
from portal.recipients.services.hand_refusals import CannotBeTakenBack, PaidAlready
from portal.recipients.services.hand_starts import STAFF, by_staff, refuse_second
from portal.recipients.services.past import last_closed
from portal.recipients.services.stopping import GONE, change
from portal.staff.models import StaffMember

_OPPOSITE = {
    ChangeKind.START: ChangeKind.STOP,
    ChangeKind.STOP: ChangeKind.RESUME,
    ChangeKind.SUSPEND: ChangeKind.RESUME,
    ChangeKind.RESUME: ChangeKind.STOP,
    ChangeKind.AMOUNT: ChangeKind.AMOUNT,
    ChangeKind.DETAILS: ChangeKind.DETAILS,
}
_UNDO = "undo:"


def may_be_taken_back(changes: list[EntitlementChange], entitlements: list[Entitlement]) -> set[int]:
    """Ids of the changes that can be: the last of its entitlement, by an officer, its money not on an approved list."""
    by_id = {each.id: each for each in entitlements}
    newest: dict[int, EntitlementChange] = {}
    for each in sorted(changes, key=lambda each: each.id):
        newest[each.entitlement_id] = each
    return {each.id for key, each in newest.items() if each.source.startswith(STAFF) and _still_open(each, by_id[key])}


def _still_open(change: EntitlementChange, entitlement: Entitlement) -> bool:
    """The list that shows it first is not approved."""
    closed = last_closed(entitlement.commune_id, entitlement.programme_id)
    return closed is None or change.source > by_staff(closed)


def take_back(actor: StaffMember, entitlement: Entitlement, changed: EntitlementChange) -> None:
    """Put the entitlement back as it was before. Raises `CannotBeTakenBack`."""
    history = select(EntitlementChange).where(EntitlementChange.entitlement_id == entitlement.id)
    if changed.id not in may_be_taken_back(list(db.session.scalars(history)), [entitlement]):
        raise CannotBeTakenBack
    _must_be_payable(entitlement, changed)
    _undo(actor, entitlement, changed)
    if changed.cause in GONE:
        _bring_back(actor, entitlement, changed)
    detail = {"month": changed.month, "kind": str(changed.kind)}
    subject = f"entitlement:{entitlement.id}"
    record(actor, "entitlement.taken_back", subject, commune_id=entitlement.commune_id, **detail)


def _must_be_payable(entitlement: Entitlement, changed: EntitlementChange) -> None:
    """What has ended is not brought back to the dead, nor beside what was begun in its place."""
    before = (changed.before or {}).get("status")
    if entitlement.status != EntitlementStatus.ENDED or before in (None, EntitlementStatus.ENDED):
        return
    person = db.session.get_one(Recipient, entitlement.recipient_id)
    returns = changed.cause in GONE and person.status == GONE[changed.cause]
    if person.status != RecipientStatus.LIVE and not returns:
        raise CannotBeTakenBack
    try:
        refuse_second(
            person, entitlement.programme_id, entitlement.category, entitlement.monthly_amount, but=entitlement
        )
    except PaidAlready as error:
        raise CannotBeTakenBack from error


def _undo(actor: StaffMember, entitlement: Entitlement, changed: EntitlementChange) -> None:
    db.session.execute(delete(Adjustment).where(_made_by(changed)))
    kind = _OPPOSITE[changed.kind]
    if changed.before is None:
        after: dict[str, object] = {"status": EntitlementStatus.ENDED, "last_month": None}
    else:
        after = {name: _typed(name, value) for name, value in changed.before.items()}
    if kind == ChangeKind.STOP and after.get("status") == EntitlementStatus.SUSPENDED:
        kind = ChangeKind.SUSPEND
    if "category_text" in after:
        label = Category.label == after["category_text"]
        same = select(Category.id).where(Category.programme_id == entitlement.programme_id, label)
        entitlement.category_id = db.session.scalars(same).first()
    told = {"month": changed.month, "source": f"{_UNDO}{changed.id}", "reason": changed.reason}
    change(
        actor,
        entitlement,
        kind,
        after,
        cause=Cause.OTHER if kind in (ChangeKind.STOP, ChangeKind.SUSPEND) else None,
        **told,
    )
    db.session.flush()


def _typed(name: str, value: object) -> object:
    if name in ("first_month", "last_month") and isinstance(value, str):
        return date.fromisoformat(value)
    return EntitlementStatus(str(value)) if name == "status" else value


def _made_by(changed: EntitlementChange) -> ColumnElement[bool]:
    return and_(Adjustment.entitlement_id == changed.entitlement_id, Adjustment.source == f"change:{changed.id}")


def _bring_back(actor: StaffMember, entitlement: Entitlement, changed: EntitlementChange) -> None:
    """The person lives here after all: what else ended with them goes on. Who received for them is confirmed anew."""
    person = db.session.get_one(Recipient, entitlement.recipient_id)
    if changed.cause is None or person.status != GONE[changed.cause]:
        return
    person.status, person.ended_on = RecipientStatus.LIVE, None
    others = select(Entitlement).where(Entitlement.recipient_id == person.id, Entitlement.id != entitlement.id)
    for other in db.session.scalars(others):
        last = db.session.scalars(
            select(EntitlementChange)
            .where(EntitlementChange.entitlement_id == other.id)
            .order_by(EntitlementChange.id.desc())
        ).first()
        if last and last.source == changed.source and (last.cause, last.month) == (changed.cause, changed.month):
            _undo(actor, other, last)


def take_back_adjustment(actor: StaffMember, adjustment: Adjustment, entitlement: Entitlement) -> None:
    """Delete arrears, a clawback or a one-off that an officer entered and no approved list pays."""
    closed = last_closed(entitlement.commune_id, entitlement.programme_id)
    if not adjustment.source.startswith((STAFF, "change:")) or (closed and adjustment.month <= closed):
        raise CannotBeTakenBack
    detail = {"kind": str(adjustment.kind), "amount": adjustment.amount, "month": adjustment.month}
    db.session.delete(adjustment)
    db.session.flush()
    subject = f"entitlement:{entitlement.id}"
    record(actor, "adjustment.taken_back", subject, commune_id=entitlement.commune_id, **detail)
