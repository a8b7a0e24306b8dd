"""Rows of lists: found by name or code, those that nobody has settled, whom they might be, and what was said of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, and_, cast, func, or_, select
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.recipients.models import (
    Entitlement,
    EntitlementStatus,
    Recipient,
    RosterFile,
    RosterRow,
    RosterState,
    SamePerson,
    Verdict,
)
from portal.recipients.queries.people import PAGE
from portal.recipients.queries.rosters import doubtful, guessed
from portal.staff.models import StaffMember
from portal.staff.queries import visible_to
from portal.vietnam.names import search_key

# Why rows of applied lists are left over, in the order in which they are shown.
KINDS = ("likely", "name", "amount", "twice", "gone", "nobody")
_DUPLICATES = ("duplicate_code", "duplicate_person")
_AT_ONCE = 1000


@dataclass(frozen=True)
class Told:
    """An officer's answer about a row: whether it is this person."""

    person: Recipient
    same: bool
    by_name: str


def unsolved() -> ColumnElement[bool]:
    """Rows that could not be used and that nobody has settled; the index `ix_roster_row_unsolved` holds them."""
    return and_(RosterRow.verdict.in_((Verdict.REFUSED, Verdict.LIKELY)), RosterRow.resolution.is_(None))


def problem_clause() -> ColumnElement[bool]:
    return or_(RosterRow.verdict.in_((Verdict.REFUSED, Verdict.LIKELY)), doubtful(), guessed())


def number_of(file: RosterFile, clause: ColumnElement[bool]) -> int:
    mine = RosterRow.roster_file_id == file.id
    return db.session.scalar(select(func.count()).select_from(RosterRow).where(mine, clause)) or 0


def found_in(file: RosterFile, text: str) -> tuple[list[RosterRow], bool]:
    """The first page of rows by parts of a name without accents, by code, row, or last digits; whether there are more."""
    key = search_key(text)
    if not key:
        return [], False
    asked: list[ColumnElement[bool]] = [RosterRow.code == text.strip().upper(), RosterRow.code == text.strip()]
    digits = text.replace(" ", "")
    if digits.isascii() and digits.isdecimal():
        asked.append(RosterRow.row == cast(digits[:9], Integer))
        if len(digits) >= 4:
            asked += [column.endswith(digits) for column in (RosterRow.citizen_id, RosterRow.old_id, RosterRow.code)]
    asked.append(and_(*(RosterRow.search_key.contains(word, autoescape=True) for word in key.split())))
    mine = RosterRow.roster_file_id == file.id
    statement = select(RosterRow).where(mine, or_(*asked)).order_by(RosterRow.row).limit(PAGE + 1)
    rows = list(db.session.scalars(statement))
    return rows[:PAGE], len(rows) > PAGE


def people_named(commune_id: int, rows: Sequence[RosterRow]) -> dict[int, Recipient]:
    """The people whom these rows might be, by id."""
    ids = {each["id"] for row in rows for each in row.differences.get("likely", ())}
    found = select(Recipient).options(joinedload(Recipient.village))
    here = db.session.scalars(found.where(Recipient.commune_id == commune_id, Recipient.id.in_(ids)))
    return {person.id: person for person in here}


def told_of(commune_id: int, rows: Collection[RosterRow]) -> dict[str, list[Told]]:
    """What officers have said about who these rows are, by the key of the row."""
    statement = (
        select(SamePerson, Recipient)
        .join(Recipient, Recipient.id == SamePerson.recipient_id)
        .options(joinedload(Recipient.village))
        .where(SamePerson.commune_id == commune_id, SamePerson.key.in_({row.key for row in rows}))
        .order_by(SamePerson.same.desc(), SamePerson.id)
    )
    told: dict[str, list[Told]] = {}
    for answer, person in db.session.execute(statement):
        told.setdefault(answer.key, []).append(Told(person, answer.same, answer.by_name))
    return told


def paid_by(programme_id: int, people: Collection[int]) -> dict[int, Entitlement]:
    """What these people are paid of a programme, or were last; one entitlement for each."""
    ended = Entitlement.status == EntitlementStatus.ENDED
    statement = (
        select(Entitlement)
        .where(Entitlement.recipient_id.in_(people), Entitlement.programme_id == programme_id)
        .order_by(ended.desc(), Entitlement.id.desc())
    )
    return {each.recipient_id: each for each in db.session.scalars(statement)}


def left_over(commune_id: int) -> int:
    """Rows of applied lists that are in no register and that nobody has settled."""
    statement = select(func.count()).select_from(RosterRow).join(RosterFile, _applied())
    return db.session.scalar(statement.where(RosterRow.commune_id == commune_id, unsolved())) or 0


def _applied() -> ColumnElement[bool]:
    return and_(RosterFile.id == RosterRow.roster_file_id, RosterFile.state == RosterState.APPLIED)


def left_over_by_list(member: StaffMember, commune_id: int) -> list[tuple[RosterFile, int]]:
    """Applied lists with rows left over, newest first, and how many."""
    rows = func.count(RosterRow.id).label("number")
    waiting = select(RosterRow.roster_file_id, rows).where(RosterRow.commune_id == commune_id, unsolved())
    grouped = db.session.execute(waiting.group_by(RosterRow.roster_file_id))
    numbers = {row.roster_file_id: row.number for row in grouped}
    files = visible_to(RosterFile, member).where(RosterFile.id.in_(numbers), RosterFile.state == RosterState.APPLIED)
    listed = files.options(joinedload(RosterFile.programme)).order_by(RosterFile.id.desc())
    return [(file, numbers[file.id]) for file in db.session.scalars(listed)]


def kind_clause(kind: str) -> ColumnElement[bool]:
    """One of `KINDS`: why a row is left over."""
    refused = RosterRow.verdict == Verdict.REFUSED
    told, differences = cast(RosterRow.problems, String), cast(RosterRow.differences, String)
    clauses: dict[str, ColumnElement[bool]] = {
        "likely": RosterRow.verdict == Verdict.LIKELY,
        "name": and_(refused, func.coalesce(RosterRow.full_name, "") == ""),
        "amount": and_(refused, RosterRow.refused, func.coalesce(RosterRow.monthly_amount, 0) <= 0),
        "twice": and_(refused, or_(*(told.contains(f'"{code}"') for code in _DUPLICATES))),
        "gone": and_(refused, or_(*(differences.contains(f'"{name}"') for name in ("recipient_status", "status")))),
        "nobody": and_(refused, differences.contains('"registered"')),
    }
    return clauses[kind]


def left_over_rows(
    member: StaffMember, commune_id: int, *, file_id: int | None, kind: str, after: tuple[int, int] | None
) -> list[RosterRow]:
    """A page of rows left over and one more, the newest list first; `after`: list and row that ended the last page."""
    statement = (
        visible_to(RosterRow, member).join(RosterFile, _applied()).where(RosterRow.commune_id == commune_id, unsolved())
    )
    if file_id:
        statement = statement.where(RosterRow.roster_file_id == file_id)
    if kind in KINDS:
        statement = statement.where(kind_clause(kind))
    if after:
        list_id, row = after
        same_list = and_(RosterRow.roster_file_id == list_id, RosterRow.row > row)
        statement = statement.where(or_(RosterRow.roster_file_id < list_id, same_list))
    statement = statement.order_by(RosterRow.roster_file_id.desc(), RosterRow.row)
    return list(db.session.scalars(statement.limit(PAGE + 1)))


def beside(row: RosterRow) -> tuple[int | None, int | None]:
    """The rows before and after this one in its list that wait for somebody."""
    mine = select(RosterRow.id).where(RosterRow.roster_file_id == row.roster_file_id, unsolved())
    before = mine.where(RosterRow.row < row.row).order_by(RosterRow.row.desc()).limit(1)
    after = mine.where(RosterRow.row > row.row).order_by(RosterRow.row).limit(1)
    return db.session.scalar(before), db.session.scalar(after)


def problem_rows(file: RosterFile, most: int) -> Iterator[Any]:
    """The first rows that someone should look at, fetched a few at a time, each with the columns of the table."""
    statement = select(RosterRow.__table__).where(RosterRow.roster_file_id == file.id, problem_clause())
    yield from db.session.execute(statement.order_by(RosterRow.row).limit(most).execution_options(yield_per=_AT_ONCE))
