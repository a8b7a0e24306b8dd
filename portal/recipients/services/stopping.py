"""How entitlements stop or are suspended, and what follows from a person's death or removal."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.db import db, now
from portal.recipients.models import (
    Cause,
    ChangeKind,
    Entitlement,
    EntitlementChange,
    EntitlementStatus,
    Recipient,
    RecipientStatus,
)
from portal.recipients.representatives import end_by_death
from portal.staff.models import StaffMember
from portal.vietnam.month import add_months

GONE = {Cause.DIED: RecipientStatus.DIED, Cause.MOVED: RecipientStatus.MOVED}


@dataclass(frozen=True)
class Ending:
    """`month`: the first that is not paid any more. `on`: the day of death or removal, where it is known."""

    month: date
    cause: Cause
    reason: str
    source: str
    suspends: bool = False
    decision_no: str = ""
    on: date | None = None


def end(actor: StaffMember, entitlement: Entitlement, ending: Ending) -> EntitlementChange:
    """Stop or suspend; one that was never paid before that month has no last month at all."""
    status = EntitlementStatus.SUSPENDED if ending.suspends else EntitlementStatus.ENDED
    after = {"status": status, "last_month": _last_paid(entitlement, ending.month)}
    kind = ChangeKind.SUSPEND if ending.suspends else ChangeKind.STOP
    return change(
        actor,
        entitlement,
        kind,
        after,
        month=ending.month,
        source=ending.source,
        reason=ending.reason,
        decision_no=ending.decision_no,
        cause=ending.cause,
    )


def _last_paid(entitlement: Entitlement, month: date) -> date | None:
    """The month before `month`, or that before a suspension that has lasted up to now."""
    last = add_months(month, -1)
    if entitlement.status == EntitlementStatus.SUSPENDED:
        if entitlement.last_month is None:
            return None
        last = min(last, entitlement.last_month)
    return last if last >= entitlement.first_month else None


def change(
    actor: StaffMember, entitlement: Entitlement, kind: ChangeKind, after: dict[str, Any], **told: Any
) -> EntitlementChange:
    """Set columns of an entitlement and write down what they were before; `told`: month, source, reason, ..."""
    before = {name: _plain(getattr(entitlement, name)) for name in after}
    for name, value in after.items():
        setattr(entitlement, name, value)
    row = EntitlementChange(
        commune_id=entitlement.commune_id,
        entitlement_id=entitlement.id,
        kind=kind,
        before=before,
        after={name: _plain(value) for name, value in after.items()},
        at=now(),
        by_name=actor.full_name,
        **told,
    )
    db.session.add(row)
    return row


def leave(actor: StaffMember, people: dict[int, Ending]) -> int:
    """These people (by id) have died or moved away: everything else that they are paid ends with the same cause.

    A death ends what was received by and for them (Civil Code, Art. 140). Returns how many entitlements ended.
    """
    going = {key: ending for key, ending in people.items() if ending.cause in GONE and not ending.suspends}
    if not going:
        return 0
    found = select(Recipient).where(Recipient.id.in_(going), Recipient.status == RecipientStatus.LIVE)
    for person in db.session.scalars(found.with_for_update()):
        ending = going[person.id]
        person.status, person.ended_on = GONE[ending.cause], ending.on or ending.month
    died = {key: ending.on or ending.month for key, ending in going.items() if ending.cause == Cause.DIED}
    end_by_death(actor, died)
    paid = select(Entitlement).where(Entitlement.recipient_id.in_(going), Entitlement.status != EntitlementStatus.ENDED)
    others = list(db.session.scalars(paid.with_for_update()))
    for each in others:
        end(actor, each, going[each.recipient_id])
    db.session.flush()
    return len(others)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, EntitlementStatus) else value
