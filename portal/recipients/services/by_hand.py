"""Changes that an officer enters: begin, stop, suspend, pay again, another rate; what it means for closed months."""

from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from portal.areas.models import Village
from portal.audit.services import record
from portal.db import db
from portal.recipients.models import (
    Adjustment,
    AdjustmentKind,
    ChangeKind,
    Entitlement,
    EntitlementChange,
    EntitlementStatus,
    Recipient,
    RecipientStatus,
)
from portal.recipients.queries.adjusting import What
from portal.recipients.services.hand_plans import (
    ONCE,
    Plan,
    Wanted,
    plan,
    programme_of,
    rate_of,
)
from portal.recipients.services.hand_refusals import NoSuchVillage, NotInTheRegister
from portal.recipients.services.hand_starts import STAFF, begin, by_staff, refuse_second
from portal.recipients.services.stopping import Ending, change, end, leave
from portal.staff.models import StaffMember


def make(
    actor: StaffMember, person: Recipient, entitlement: Entitlement | None, wanted: Wanted, settle: int = 0
) -> Entitlement:
    """Write the change; `settle`: đồng of closed months that the first open month pays (negative: takes back).

    Raises what `plan` raises, `PaidAlready`, `NotInTheRegister`.
    """
    _lock(person, entitlement)
    told = plan(entitlement, wanted, person.commune_id)
    if wanted.what in ONCE:
        assert entitlement is not None
        _add_once(entitlement, wanted, told.pays)
        _tell(actor, entitlement, wanted, month=told.pays)
        return entitlement
    first_paid = told.pays if settle > 0 else told.effective
    row: EntitlementChange
    if wanted.what == What.START:
        entitlement, row = _begun(actor, person, wanted, told, first_paid)
    else:
        assert entitlement is not None
        row = _changed(actor, person, entitlement, wanted, told, first_paid)
    db.session.flush()
    if settle and told.past:
        _settle(entitlement, row, wanted, told, settle)
    _tell(actor, entitlement, wanted, month=told.effective, settled=settle)
    return entitlement


def _lock(person: Recipient, entitlement: Entitlement | None) -> None:
    """One change of a person at a time."""
    again = {"populate_existing": True}
    locked = select(Recipient).where(Recipient.id == person.id).with_for_update()
    db.session.execute(locked.execution_options(**again))
    if entitlement is not None:
        theirs = select(Entitlement).where(Entitlement.id == entitlement.id).with_for_update()
        db.session.execute(theirs.execution_options(**again))


def _begun(
    actor: StaffMember, person: Recipient, wanted: Wanted, told: Plan, first_paid: date
) -> tuple[Entitlement, EntitlementChange]:
    columns = {
        "monthly_amount": wanted.amount,
        "coefficient_hundredths": wanted.coefficient_hundredths,
        "decision_no": wanted.decision_no,
        "first_month": first_paid,
        "last_month": None,
    }
    return begin(
        actor,
        person,
        programme_id=programme_of(None, wanted),
        code=wanted.code,
        category=wanted.category,
        columns=columns,
        effective=told.effective,
        source=by_staff(told.pays),
        reason=wanted.reason,
    )


def _changed(
    actor: StaffMember, person: Recipient, entitlement: Entitlement, wanted: Wanted, told: Plan, first_paid: date
) -> EntitlementChange:
    common: dict[str, Any] = {"month": told.effective, "source": by_staff(told.pays)}
    common |= {"reason": wanted.reason, "decision_no": wanted.decision_no}
    if wanted.what in (What.STOP, What.SUSPEND):
        return _end(actor, entitlement, wanted, told)
    if wanted.what == What.RESUME:
        _return(person)
        refuse_second(
            person, entitlement.programme_id, entitlement.category, entitlement.monthly_amount, but=entitlement
        )
        after = {"status": EntitlementStatus.LIVE, "last_month": None, "first_month": first_paid}
        return change(actor, entitlement, ChangeKind.RESUME, after, **common)
    rate = rate_of(entitlement, wanted)
    if wanted.category is not None:
        entitlement.category_id = wanted.category.id
    kind = ChangeKind.AMOUNT if "monthly_amount" in rate else ChangeKind.DETAILS
    return change(actor, entitlement, kind, rate, **common)


def _end(actor: StaffMember, entitlement: Entitlement, wanted: Wanted, told: Plan) -> EntitlementChange:
    assert wanted.cause is not None
    suspends = wanted.what == What.SUSPEND
    ending = Ending(
        told.effective,
        wanted.cause,
        wanted.reason,
        by_staff(told.pays),
        suspends=suspends,
        decision_no=wanted.decision_no,
        on=wanted.on,
    )
    row = end(actor, entitlement, ending)
    db.session.flush()
    leave(actor, {entitlement.recipient_id: ending})
    return row


def _return(person: Recipient) -> None:
    """Someone who had moved away is back; the dead are not."""
    if person.status == RecipientStatus.MOVED:
        person.status, person.ended_on = RecipientStatus.LIVE, None
    if person.status != RecipientStatus.LIVE:
        raise NotInTheRegister


def _add_once(entitlement: Entitlement, wanted: Wanted, month: date) -> None:
    assert wanted.amount is not None
    db.session.add(
        Adjustment(
            commune_id=entitlement.commune_id,
            entitlement_id=entitlement.id,
            month=month,
            kind=ONCE[wanted.what],
            amount=wanted.amount,
            from_month=wanted.from_month,
            to_month=wanted.to_month,
            reason=wanted.reason,
            decision_no=wanted.decision_no,
            source=f"{STAFF}{uuid4().hex[:12]}",
        )
    )
    db.session.flush()


def _settle(entitlement: Entitlement, row: EntitlementChange, wanted: Wanted, told: Plan, settle: int) -> None:
    db.session.add(
        Adjustment(
            commune_id=entitlement.commune_id,
            entitlement_id=entitlement.id,
            month=told.pays,
            kind=AdjustmentKind.ARREARS if settle > 0 else AdjustmentKind.CLAWBACK,
            amount=abs(settle),
            from_month=told.past[0].month,
            to_month=told.past[-1].month,
            reason=wanted.reason,
            decision_no=wanted.decision_no,
            source=f"change:{row.id}",
        )
    )
    db.session.flush()


_ACTIONS = {
    What.START: "entitlement.started",
    What.STOP: "entitlement.stopped",
    What.SUSPEND: "entitlement.suspended",
    What.RESUME: "entitlement.resumed",
    What.RATE: "entitlement.changed",
    What.ARREARS: "adjustment.added",
    What.CLAWBACK: "adjustment.added",
    What.ONE_OFF: "adjustment.added",
}


def _tell(actor: StaffMember, entitlement: Entitlement, wanted: Wanted, **detail: Any) -> None:
    subject, cause = f"entitlement:{entitlement.id}", {"cause": str(wanted.cause)} if wanted.cause else {}
    detail = {"what": str(wanted.what), "amount": wanted.amount} | cause | detail
    record(actor, _ACTIONS[wanted.what], subject, commune_id=entitlement.commune_id, **detail)


def move(actor: StaffMember, person: Recipient, village_id: str) -> None:
    """Another village of the commune; it changes no payment. Raises `NoSuchVillage`."""
    found = db.session.get(Village, int(village_id)) if village_id.isdecimal() and len(village_id) < 16 else None
    if found is None or found.commune_id != person.commune_id:
        raise NoSuchVillage
    was, person.village_id = person.village_id, found.id
    subject, told = f"recipient:{person.id}", {"fields": ["village"], "village": [was, found.id]}
    record(actor, "recipient.corrected", subject, commune_id=person.commune_id, **told)
