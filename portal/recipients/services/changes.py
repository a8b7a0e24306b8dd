"""The history of entitlements: what a list starts, changes and brings back. Never updated, never deleted."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, insert, literal, select

from portal.db import db, json_object, now
from portal.recipients.fields import FROM_A_LIST
from portal.recipients.models import ChangeKind, Entitlement, EntitlementChange, RosterFile, RosterRow
from portal.recipients.services.rowsets import run
from portal.staff.models import StaffMember

_BATCH = 2000
_FIELDS = {
    "category": "category_text",
    "coefficient_hundredths": "coefficient_hundredths",
    "decision_no": "decision_no",
    "code": "code",
}


def started(actor: StaffMember, file: RosterFile, new: ColumnElement[bool]) -> None:
    """Write down the entitlements that these rows have just begun; call it after they were added."""
    begun: dict[str, Any] = {
        "monthly_amount": Entitlement.monthly_amount,
        "category_text": Entitlement.category_text,
        "coefficient_hundredths": Entitlement.coefficient_hundredths,
        "decision_no": Entitlement.decision_no,
        "code": Entitlement.code,
        "first_month": cast(Entitlement.first_month, String),
        "status": literal("live"),
        "last_month": literal(None, String),
    }
    columns: dict[str, Any] = {name: literal(value) for name, value in _common(actor, file).items()} | {
        "entitlement_id": Entitlement.id,
        "month": func.coalesce(RosterRow.from_month, Entitlement.first_month),
        "kind": literal(ChangeKind.START.value),
        "after": json_object(begun),
        "reason": func.coalesce(RosterRow.reason, ""),
        "decision_no": Entitlement.decision_no,
    }
    rows = select(*columns.values()).join_from(RosterRow, Entitlement, Entitlement.id == RosterRow.entitlement_id)
    run(insert(EntitlementChange).from_select(list(columns), rows.where(new)))


def changed(actor: StaffMember, file: RosterFile, known: ColumnElement[bool]) -> None:
    """Write down what these rows do to entitlements; call it before they are updated."""
    told = (
        select(Entitlement, RosterRow.differences, RosterRow.reason, RosterRow.from_month, RosterRow.arrears)
        .join(RosterRow, RosterRow.entitlement_id == Entitlement.id)
        .where(known)
        .execution_options(yield_per=_BATCH)
    )
    same = _common(actor, file)
    for batch in db.session.execute(told).partitions(_BATCH):
        written = [
            same
            | {"entitlement_id": entitlement.id, "kind": kind, "before": before, "after": after}
            | {"month": from_month or file.month, "reason": reason or ""}
            for entitlement, differences, reason, from_month, arrears in batch
            for kind, before, after in _parts(entitlement, differences, _first_paid(file, from_month, arrears))
        ]
        if written:
            db.session.execute(insert(EntitlementChange), written)


def _common(actor: StaffMember, file: RosterFile) -> dict[str, Any]:
    source = f"{FROM_A_LIST}{file.id}"
    return {"commune_id": file.commune_id, "source": source, "at": now(), "by_name": actor.full_name}


def _parts(
    entitlement: Entitlement, differences: dict[str, Any], first_month: date
) -> Iterator[tuple[ChangeKind, dict[str, Any] | None, dict[str, Any]]]:
    if "status" in differences:
        after = {"status": "live", "last_month": None, "first_month": first_month.isoformat()}
        yield ChangeKind.RESUME, _ending(entitlement), after
    if "monthly_amount" in differences:
        old, new = differences["monthly_amount"]
        yield ChangeKind.AMOUNT, {"monthly_amount": old}, {"monthly_amount": new}
    details = {_FIELDS[name]: pair for name, pair in differences.items() if name in _FIELDS}
    if details:
        before = {name: pair[0] for name, pair in details.items()}
        yield ChangeKind.DETAILS, before, {name: pair[1] for name, pair in details.items()}


def _ending(entitlement: Entitlement) -> dict[str, Any]:
    last = entitlement.last_month
    return {
        "status": str(entitlement.status),
        "last_month": last.isoformat() if last else None,
        "first_month": entitlement.first_month.isoformat(),
    }


def _first_paid(file: RosterFile, from_month: date | None, arrears: int | None) -> date:
    """The first month that lists pay again: not one that the arrears of the row pay for."""
    return file.month if from_month is None or (from_month < file.month and arrears) else from_month
