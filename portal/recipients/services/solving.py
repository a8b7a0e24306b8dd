"""Rows that could not be applied: mended, applied once their list is, or set aside with a reason."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, null, or_, select, update

from portal.audit.services import record
from portal.db import db
from portal.recipients.models import (
    Entitlement,
    Recipient,
    RosterFile,
    RosterRow,
    RosterState,
    Section,
    Verdict,
)
from portal.recipients.parsing.roster import Problem
from portal.recipients.parsing.stored import refuses
from portal.recipients.queries.rosters import guessed
from portal.recipients.services.applying import add_villages, apply_span
from portal.recipients.services.comparing import compare, compare_span
from portal.recipients.services.likeness import answer, answer_all, answered_rows, take_back
from portal.recipients.services.receiving import worst
from portal.recipients.services.refusals import (
    AlreadySolved,
    AsideWithoutReason,
    CannotBeApplied,
    CodeOfAnother,
    Discarded,
    NoSuchLikeness,
    NotApplied,
    StandsTwice,
)
from portal.recipients.services.rowsets import run, with_verdict
from portal.staff.models import StaffMember
from portal.vietnam.names import search_key, sort_key

APPLIED = "applied"
_OPEN = (Verdict.REFUSED, Verdict.LIKELY)
_USABLE = (Verdict.NEW, Verdict.CHANGED, Verdict.UNCHANGED, Verdict.ENDS)
_FEW = 1_000  # rows of a list that is compared as a whole after each answer
_BATCH = 500
# what a typed value answers, where it is not the field of its own name
_ANSWERS: dict[str, set[str | None]] = {
    "monthly_amount": {"amount", "total", "allowance"},
    "coefficient_hundredths": {"coefficient"},
    "birth_date": {"birth_date", "birth_male", "birth_female", "birth_year"},
    "citizen_id": {"citizen_id", "old_id"},
    "village": {"village", "address"},
    "code": {"code", "", None},
}


def mend(actor: StaffMember, file: RosterFile, row: RosterRow, told: Mapping[str, Any]) -> None:
    """Put typed values (columns of the row, clean) in the place of those that the file spoiled, and judge the row again.

    What was received stays in `raw`; a doubt about a value that is told as before stays, too. On an applied list a row
    that can be used then is applied at once. Raises `AlreadySolved`, `CodeOfAnother` or `StandsTwice`.
    """
    must_be_open(file, row, waiting=True)
    told = _news(row, told)
    if told.get("code"):
        _must_be_theirs(file, row, told)
    answered = {field for name in told for field in _fields_of(name)}
    for name, value in told.items():
        setattr(row, name, value)
    row.search_key, row.sort_key = search_key(row.full_name or ""), sort_key(row.full_name or "")
    row.key = row.code or row.key
    row.problems = [problem for problem in row.problems if problem["field"] not in answered]
    row.guesses = [field for field in row.guesses or () if field not in answered] or null()
    row.doubt = worst(row.problems)
    row.refused = lacks(row)
    _must_stand_once(row)
    row.verdict, row.differences = Verdict.REFUSED, {}  # what it was compared as is over
    db.session.flush()
    judge(file, row)
    if file.state == RosterState.APPLIED and row.verdict in _USABLE:
        _apply(actor, file, [row.id])
    _look_again(row)
    detail = {"fields": sorted(told), "verdict": row.verdict}
    record(actor, "roster.row_mended", f"roster_row:{row.id}", commune_id=file.commune_id, **detail)


def _fields_of(name: str) -> set[str | None]:
    """Fields of a list that a column of the row answers."""
    return _ANSWERS.get(name, {name})


def _news(row: RosterRow, told: Mapping[str, Any]) -> dict[str, Any]:
    """What is told otherwise than before, or was asked: a repair that is a guess, a value that keeps the row out."""
    asked = {problem["field"] for problem in row.problems if refuses(Problem(**problem))} | set(row.guesses or ())
    return {name: value for name, value in told.items() if value != getattr(row, name) or _fields_of(name) & asked}


def lacks(row: RosterRow) -> bool:
    """Whether it is not said who gets how much; who is taken off a list needs no amount."""
    needs_amount = row.section not in (Section.DECREASE, Section.ADJUSTMENT)
    return not row.full_name or (needs_amount and (row.monthly_amount or 0) <= 0)


def judge(file: RosterFile, row: RosterRow) -> None:
    """Compare again because something was said about a row: of a list that waits all rows, they depend on each other."""
    whole = file.state == RosterState.PREVIEWED and file.rows <= _FEW
    compare(file) if whole else compare_span(file, _with_likely(file, row))
    _look_again(row)


def _with_likely(file: RosterFile, row: RosterRow) -> ColumnElement[bool]:
    """The row; and of a list that waits those that might be the same person."""
    this: ColumnElement[bool] = RosterRow.id == row.id
    if file.state == RosterState.APPLIED:
        return this
    mine = RosterRow.roster_file_id == file.id
    return or_(this, mine & (RosterRow.verdict == Verdict.LIKELY))


def say(actor: StaffMember, file: RosterFile, row: RosterRow, recipient_id: int, *, same: bool) -> None:
    """Answer who the row is. A list that waits is judged again; one that is applied when the row is applied."""
    answer(actor, file, row, recipient_id, same=same)
    if file.state != RosterState.APPLIED:
        judge(file, row)


def say_all(actor: StaffMember, file: RosterFile) -> int:
    """Answer all sure ones; how many."""
    number = answer_all(actor, file)
    if file.state != RosterState.APPLIED:
        compare(file)
    return number


def unsay(actor: StaffMember, file: RosterFile, row: RosterRow) -> None:
    """Take back what was said about the row."""
    take_back(actor, file, row)
    if file.state != RosterState.APPLIED:
        judge(file, row)


def solve(actor: StaffMember, file: RosterFile, row: RosterRow) -> None:
    """Apply a row that an applied list had left over, in the same way as the others.

    Raises `AlreadySolved`, `NotApplied` or `CannotBeApplied`.
    """
    if file.state != RosterState.APPLIED:
        raise NotApplied
    must_be_open(file, row)
    judge(file, row)
    if row.verdict not in _USABLE:
        raise CannotBeApplied
    _apply(actor, file, [row.id])
    _look_again(row)
    record(actor, "roster.row_applied", f"roster_row:{row.id}", commune_id=file.commune_id)


def solve_answered(actor: StaffMember, file: RosterFile) -> int:
    """Apply all rows left over of which it has been said who they are; how many. Raises `NotApplied` or `NoSuchLikeness`."""
    if file.state != RosterState.APPLIED:
        raise NotApplied
    ids = answered_rows(file)
    done = 0
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        compare_span(file, RosterRow.id.in_(batch))
        usable = select(RosterRow.id).where(with_verdict(RosterRow.id.in_(batch), *_USABLE))
        ready = list(db.session.scalars(usable))
        _apply(actor, file, ready)
        done += len(ready)
    if not done:
        raise NoSuchLikeness
    record(actor, "roster.rows_applied", f"roster_file:{file.id}", commune_id=file.commune_id, rows=done)
    return done


def _apply(actor: StaffMember, file: RosterFile, ids: list[int]) -> None:
    span: ColumnElement[bool] = RosterRow.id.in_(ids)
    add_villages(file, span)
    apply_span(actor, file, span)
    run(update(RosterRow).where(span).values(resolution=APPLIED))


def set_aside(actor: StaffMember, file: RosterFile, row: RosterRow, reason: str) -> None:
    """The row needs nothing more: say why. Raises `AlreadySolved` or `AsideWithoutReason`."""
    must_be_open(file, row)
    if not reason or reason == APPLIED:
        raise AsideWithoutReason
    row.resolution = reason
    record(actor, "roster.row_set_aside", f"roster_row:{row.id}", commune_id=file.commune_id)


def take_up(actor: StaffMember, file: RosterFile, row: RosterRow) -> None:
    """A row that was set aside is work again."""
    if row.resolution in (None, APPLIED) or file.state == RosterState.DISCARDED:
        raise AlreadySolved
    row.resolution = None
    record(actor, "roster.row_taken_up", f"roster_row:{row.id}", commune_id=file.commune_id)


def confirm_guesses(actor: StaffMember, file: RosterFile) -> int:
    """All repairs of the list were read rightly; in how many rows. Raises `AlreadySolved` when none is left."""
    if file.state == RosterState.DISCARDED:
        raise Discarded
    mine = RosterRow.roster_file_id == file.id
    confirmed = update(RosterRow).where(mine, guessed()).values(guesses=null())
    rows: int = db.session.execute(confirmed, execution_options={"synchronize_session": False}).rowcount  # type: ignore[attr-defined]
    if not rows:
        raise AlreadySolved
    record(actor, "roster.guesses_confirmed", f"roster_file:{file.id}", commune_id=file.commune_id, rows=rows)
    return rows


def is_open(file: RosterFile, row: RosterRow, *, waiting: bool = False) -> bool:
    """Whether something can be done about a row; `waiting`: also about any row of a list that is not applied."""
    if file.state == RosterState.PREVIEWED and waiting:
        return row.resolution is None
    return file.state != RosterState.DISCARDED and row.resolution is None and row.verdict in _OPEN


def must_be_open(file: RosterFile, row: RosterRow, *, waiting: bool = False) -> None:
    if not is_open(file, row, waiting=waiting):
        raise AlreadySolved


def _look_again(row: RosterRow) -> None:
    """Statements over many rows have changed it, and may have taken it out of the session."""
    if row not in db.session:
        db.session.add(row)
    db.session.refresh(row)


def _must_be_theirs(file: RosterFile, row: RosterRow, told: Mapping[str, Any]) -> None:
    """A typed code is not that of somebody who has another name, birth date and number."""
    entitled = select(Entitlement.recipient_id).where(
        Entitlement.commune_id == file.commune_id,
        Entitlement.programme_id == file.programme_id,
        Entitlement.code == told["code"],
    )
    theirs = or_(Recipient.code == told["code"], Recipient.id.in_(entitled))
    said = {name: told.get(name, getattr(row, name)) for name in ("full_name", "birth_date", "citizen_id")}
    for person in db.session.scalars(select(Recipient).where(Recipient.commune_id == file.commune_id, theirs)):
        same_name = search_key(said["full_name"] or "") == person.search_key
        if not same_name and all(said[name] != getattr(person, name) for name in ("birth_date", "citizen_id")):
            raise CodeOfAnother(name=person.full_name)


def _must_stand_once(row: RosterRow) -> None:
    """Of rows that name one person only one can be applied."""
    other = select(RosterRow.row).where(
        RosterRow.roster_file_id == row.roster_file_id,
        RosterRow.key == row.key,
        RosterRow.id != row.id,
        ~RosterRow.refused,
    )
    if (place := db.session.scalars(other.limit(1)).first()) is not None:
        raise StandsTwice(row=place)
