"""The history of entitlements: what a list starts, changes and brings back. Never updated, never deleted."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import and_, insert, select

from portal.db import db, now
from portal.recipients.fields import FROM_A_LIST
from portal.recipients.models import ChangeKind, Entitlement, EntitlementChange, RosterFile, RosterRow, Verdict
from portal.staff.models import StaffMember

_BATCH = 5000
_FIELDS = {
    "category": "category_text",
    "coefficient_hundredths": "coefficient_hundredths",
    "decision_no": "decision_no",
}


def changes_of(actor: StaffMember, file: RosterFile) -> None:
    """Write down what applying this list does to entitlements; call it before the changed ones are updated."""
    entitled = and_(Entitlement.recipient_id == RosterRow.recipient_id, Entitlement.programme_id == file.programme_id)
    told = (
        select(Entitlement, RosterRow.verdict, RosterRow.differences)
        .join(RosterRow, entitled)
        .where(RosterRow.roster_file_id == file.id, RosterRow.verdict.in_((Verdict.NEW, Verdict.CHANGED)))
        .execution_options(yield_per=_BATCH)
    )
    at, batch = now(), list[dict[str, Any]]()
    for entitlement, verdict, differences in db.session.execute(told):
        batch += _changes(actor, file, at, entitlement, verdict, differences)
        if len(batch) >= _BATCH:
            db.session.execute(insert(EntitlementChange), batch)
            batch = []
    if batch:
        db.session.execute(insert(EntitlementChange), batch)


def _changes(
    actor: StaffMember,
    file: RosterFile,
    at: datetime,
    entitlement: Entitlement,
    verdict: Verdict,
    differences: dict[str, Any],
) -> Iterator[dict[str, Any]]:
    same = {
        "commune_id": file.commune_id,
        "entitlement_id": entitlement.id,
        "month": file.month,
        "source": f"{FROM_A_LIST}{file.id}",
        "at": at,
        "by_name": actor.full_name,
    }
    for kind, before, after in _parts(entitlement, verdict, differences):
        yield same | {"kind": kind, "before": before, "after": after}


def _parts(
    entitlement: Entitlement, verdict: Verdict, differences: dict[str, Any]
) -> Iterator[tuple[ChangeKind, dict[str, Any] | None, dict[str, Any]]]:
    if verdict == Verdict.NEW:
        yield ChangeKind.START, None, state_of(entitlement)
        return
    if "status" in differences:
        yield ChangeKind.RESUME, _ending(entitlement), {"status": "live", "last_month": None}
    if "monthly_amount" in differences:
        old, new = differences["monthly_amount"]
        yield ChangeKind.AMOUNT, {"monthly_amount": old}, {"monthly_amount": new}
    details = {_FIELDS[name]: pair for name, pair in differences.items() if name in _FIELDS}
    if details:
        before = {name: pair[0] for name, pair in details.items()}
        yield ChangeKind.DETAILS, before, {name: pair[1] for name, pair in details.items()}


def state_of(entitlement: Entitlement) -> dict[str, Any]:
    """All that changes add up to."""
    return {
        "monthly_amount": entitlement.monthly_amount,
        "category_text": entitlement.category_text,
        "coefficient_hundredths": entitlement.coefficient_hundredths,
        "decision_no": entitlement.decision_no,
        "first_month": entitlement.first_month.isoformat(),
    } | _ending(entitlement)


def _ending(entitlement: Entitlement) -> dict[str, Any]:
    last = entitlement.last_month
    return {"status": str(entitlement.status), "last_month": last.isoformat() if last else None}
