"""Lists of changes: what each row means for the register, and the decreases put into force."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from portal.db import db
from portal.recipients.fields import FROM_A_LIST
from portal.recipients.models import (
    Cause,
    Entitlement,
    EntitlementStatus,
    RosterFile,
    RosterRow,
    Section,
    Verdict,
)
from portal.recipients.parsing.sections import day_of, suspends
from portal.recipients.services.rowsets import with_verdict
from portal.recipients.services.stopping import Ending, end, leave
from portal.staff.models import StaffMember
from portal.vietnam.entitled_months import stopped_from

# Differences that say why a row is not applied or what was stated wrongly: nothing is written by them.
NOT_REGISTERED, OLD_AMOUNT = "registered", "old_amount"
_BATCH = 500


def judge_changes(file: RosterFile, span: ColumnElement[bool]) -> None:
    """Verdicts that only a list of changes has, after its rows were compared as those of any list."""
    _refuse_unknown(span)
    changed = and_(span, ~RosterRow.refused, RosterRow.entitlement_id.is_not(None))
    told = (
        select(RosterRow, Entitlement)
        .join(Entitlement, Entitlement.id == RosterRow.entitlement_id)
        .where(changed, or_(RosterRow.section != Section.INCREASE, RosterRow.total.is_not(None)))
        .execution_options(yield_per=_BATCH)
    )
    for batch in db.session.execute(told).partitions(_BATCH):
        values = [_judged(row, entitlement) for row, entitlement in batch]
        for row, _ in batch:
            db.session.expunge(row)
        db.session.execute(update(RosterRow), values)


def _refuse_unknown(span: ColumnElement[bool]) -> None:
    """Nobody can be taken off or changed whom the register does not pay."""
    unknown = and_(with_verdict(span, Verdict.NEW), RosterRow.section.in_((Section.DECREASE, Section.ADJUSTMENT)))
    found = db.session.scalars(select(RosterRow.id).where(unknown)).all()
    values = [
        {"id": key, "verdict": Verdict.REFUSED, "differences": {NOT_REGISTERED: [None, "nobody"]}} for key in found
    ]
    if values:
        db.session.execute(update(RosterRow), values)


def _judged(row: RosterRow, entitlement: Entitlement) -> dict[str, Any]:
    verdict, differences = row.verdict, dict(row.differences)
    if row.section == Section.DECREASE:
        verdict, differences = _decrease(row, entitlement)
    elif row.section == Section.ADJUSTMENT and entitlement.status == EntitlementStatus.ENDED:
        verdict, differences = Verdict.REFUSED, {"status": [str(entitlement.status), None]}
    stated = row.total if row.section == Section.ADJUSTMENT else row.monthly_amount
    if stated and stated != entitlement.monthly_amount and entitlement.status == EntitlementStatus.LIVE:
        differences = differences | {OLD_AMOUNT: [entitlement.monthly_amount, stated]}
    return {"id": row.id, "verdict": verdict, "differences": differences}


def _decrease(row: RosterRow, entitlement: Entitlement) -> tuple[Verdict, dict[str, Any]]:
    status = EntitlementStatus.SUSPENDED if suspends(row.cause, row.reason or "") else EntitlementStatus.ENDED
    if entitlement.status in (status, EntitlementStatus.ENDED):
        return Verdict.UNCHANGED, {}
    return Verdict.ENDS, {"status": [str(entitlement.status), str(status)]}


def apply_decreases(actor: StaffMember, file: RosterFile, ends: ColumnElement[bool]) -> None:
    """Stop and suspend; who has died or moved away leaves the register with everything that they are paid."""
    found = (
        select(RosterRow, Entitlement)
        .join(Entitlement, Entitlement.id == RosterRow.entitlement_id)
        .where(ends)
        .order_by(RosterRow.row)
    )
    rows = db.session.execute(found.with_for_update(of=Entitlement).execution_options(populate_existing=True)).all()
    for start in range(0, len(rows), _BATCH):
        _apply(actor, file, [(row, entitlement) for row, entitlement in rows[start : start + _BATCH]])


def _apply(actor: StaffMember, file: RosterFile, rows: Sequence[tuple[RosterRow, Entitlement]]) -> None:
    going: dict[int, Ending] = {}
    for row, entitlement in rows:
        ending = ending_of(file, row)
        if entitlement.status != EntitlementStatus.ENDED:
            end(actor, entitlement, ending)
        going[entitlement.recipient_id] = ending
    db.session.flush()
    leave(actor, going)


def ending_of(file: RosterFile, row: RosterRow) -> Ending:
    """What a decrease says; without a month of its own it is that after the event, else that of the list."""
    reason = row.reason or ""
    cause = row.cause or Cause.OTHER
    on = day_of(reason) if cause in (Cause.DIED, Cause.MOVED) else None
    return Ending(
        month=row.from_month or (stopped_from(on) if on else file.month),
        cause=cause,
        reason=reason,
        source=f"{FROM_A_LIST}{file.id}",
        suspends=suspends(cause, reason),
        decision_no=row.decision_no or "",
        on=on,
    )


def begins_earlier(file: RosterFile) -> ColumnElement[bool]:
    """Rows whose arrears pay the months from their own up to the list's: no list of those months pays them again."""
    earlier: ColumnElement[bool] = and_(RosterRow.from_month < file.month, RosterRow.arrears > 0)
    return earlier
