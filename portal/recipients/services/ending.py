"""People who are on no list any more: a person decides who of them is no longer paid, and says why."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, exists, insert, select, update

from portal.audit.services import record
from portal.db import db, now
from portal.recipients.fields import FROM_A_LIST
from portal.recipients.models import (
    Cause,
    ChangeKind,
    Entitlement,
    EntitlementChange,
    EntitlementStatus,
    RosterFile,
    RosterRow,
    RosterState,
    Verdict,
)
from portal.recipients.queries.rosters import missing
from portal.recipients.services.comparing import count
from portal.recipients.services.refusals import LikelyFirst, NotApplied, NothingChosen, ReasonMissing
from portal.staff.models import StaffMember
from portal.vietnam.month import add_months


def end_missing(actor: StaffMember, file: RosterFile, chosen: Collection[int] | None, reason: str) -> int:
    """End the entitlements (ids; None: all) of people missing from this applied list; they are last paid the month before.

    Raises `NotApplied`, `ReasonMissing`, `LikelyFirst` or `NothingChosen`. Returns how many ended.
    """
    if file.state != RosterState.APPLIED:
        raise NotApplied
    if not reason:
        raise ReasonMissing
    asked = and_(RosterRow.verdict == Verdict.LIKELY, RosterRow.resolution.is_(None))
    if db.session.scalar(select(exists().where(RosterRow.roster_file_id == file.id, asked))):
        raise LikelyFirst
    wanted = missing(file).order_by(None)
    found = [
        entitlement
        for entitlement, _person in db.session.execute(wanted.with_for_update(of=Entitlement))
        if chosen is None or entitlement.id in chosen
    ]
    if not found:
        raise NothingChosen
    last_month = add_months(file.month, -1)
    ended = EntitlementStatus.ENDED
    values: list[dict[str, Any]] = [
        {"id": each.id, "status": ended, "last_month": last_month, "version": each.version} for each in found
    ]
    changes = [_stopped(actor, file, each, reason) for each in found]
    db.session.execute(insert(EntitlementChange), changes)
    for each in found:
        db.session.expunge(each)
    db.session.execute(update(Entitlement), values)
    count(file)
    subject, detail = f"roster_file:{file.id}", {"people": len(found), "last_month": last_month}
    record(actor, "entitlement.stopped", subject, commune_id=file.commune_id, **detail)
    return len(found)


def _stopped(actor: StaffMember, file: RosterFile, entitlement: Entitlement, reason: str) -> dict[str, Any]:
    last_month = add_months(file.month, -1).isoformat()
    return {
        "commune_id": file.commune_id,
        "entitlement_id": entitlement.id,
        "month": file.month,
        "kind": ChangeKind.STOP,
        "before": {"status": str(entitlement.status), "last_month": None},
        "after": {"status": str(EntitlementStatus.ENDED), "last_month": last_month},
        "cause": Cause.NOT_LISTED,
        "reason": reason,
        "source": f"{FROM_A_LIST}{file.id}",
        "at": now(),
        "by_name": actor.full_name,
    }
