"""Rows that could not be applied: mended, applied one by one once their list is, or set aside with a reason."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select

from portal.audit.services import record
from portal.db import db
from portal.recipients.models import RosterFile, RosterRow, RosterState, Verdict
from portal.recipients.services.applying import add_villages, apply_span
from portal.recipients.services.comparing import compare_row
from portal.recipients.services.receiving import worst
from portal.recipients.services.refusals import AlreadySolved, CannotBeApplied, NotApplied, ReasonMissing
from portal.staff.models import StaffMember
from portal.vietnam.names import search_key, sort_key

APPLIED = "applied"
_USABLE = (Verdict.NEW, Verdict.CHANGED, Verdict.UNCHANGED, Verdict.ENDS)
# what a typed value answers, where it is not the field of its own name
_ANSWERS: dict[str, set[str | None]] = {"monthly_amount": {"amount", "total", "allowance"}, "code": {"code", None}}


def mend(actor: StaffMember, file: RosterFile, row: RosterRow, told: Mapping[str, Any]) -> None:
    """Put typed values (columns of the row, clean) in the place of those that the file spoiled, and judge the row again.

    What was received stays in `raw`. Raises `AlreadySolved`.
    """
    _must_be_open(row)
    answered = {field for name in told for field in _ANSWERS.get(name, {name})}
    for name, value in told.items():
        setattr(row, name, value)
    row.search_key, row.sort_key = search_key(row.full_name or ""), sort_key(row.full_name or "")
    row.key = row.code or row.key
    row.problems = [problem for problem in row.problems if problem["field"] not in answered]
    row.doubt = worst(row.problems)
    row.refused = not (row.full_name and row.monthly_amount and row.monthly_amount > 0) or _stands_twice(row)
    db.session.flush()
    judge(file, row)
    detail = {"fields": sorted(told), "verdict": row.verdict}
    record(actor, "roster.row_mended", f"roster_row:{row.id}", commune_id=file.commune_id, **detail)


def judge(file: RosterFile, row: RosterRow) -> None:
    """Compare one row again because something was said about it."""
    compare_row(file, row)
    db.session.refresh(row)


def solve(actor: StaffMember, file: RosterFile, row: RosterRow) -> None:
    """Apply a row that an applied list had left over, in the same way as the others.

    Raises `AlreadySolved`, `NotApplied` or `CannotBeApplied`.
    """
    _must_be_open(row)
    if file.state != RosterState.APPLIED:
        raise NotApplied
    judge(file, row)
    if row.verdict not in _USABLE:
        raise CannotBeApplied
    span = RosterRow.id == row.id
    add_villages(file, span)
    apply_span(actor, file, span)
    row.resolution = APPLIED
    record(actor, "roster.row_applied", f"roster_row:{row.id}", commune_id=file.commune_id)


def set_aside(actor: StaffMember, file: RosterFile, row: RosterRow, reason: str) -> None:
    """The row needs nothing more: say why. Raises `AlreadySolved` or `ReasonMissing`."""
    _must_be_open(row)
    if not reason:
        raise ReasonMissing
    row.resolution = reason
    record(actor, "roster.row_set_aside", f"roster_row:{row.id}", commune_id=file.commune_id)


def take_up(actor: StaffMember, file: RosterFile, row: RosterRow) -> None:
    """A row that was set aside is work again."""
    if row.resolution in (None, APPLIED):
        raise AlreadySolved
    row.resolution = None
    record(actor, "roster.row_taken_up", f"roster_row:{row.id}", commune_id=file.commune_id)


def _must_be_open(row: RosterRow) -> None:
    if row.resolution is not None or row.verdict not in (Verdict.REFUSED, Verdict.LIKELY, Verdict.NEW):
        raise AlreadySolved


def _stands_twice(row: RosterRow) -> bool:
    other = exists().where(
        RosterRow.roster_file_id == row.roster_file_id,
        RosterRow.key == row.key,
        RosterRow.id != row.id,
        ~RosterRow.refused,
    )
    return bool(db.session.scalar(select(other)))
