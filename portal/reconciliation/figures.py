"""The sum of a month: every approved payment stands in exactly one part. Amounts in đồng; a payment is one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal, select

from portal.db import db
from portal.payouts.models import SEALED_STATES, Line, Outcome, Run, RunState
from portal.recipients.models import ACCOUNT_KINDS, MethodKind, Programme
from portal.reconciliation.models import PARTS, Entry, EntryState, Settlement, Statement

PAGE = 50
PAID_PARTS = ("account", "cash", "home")
NOT_PAID_PARTS = ("returned", "uncollected", "unpaid")


@dataclass(frozen=True)
class Sum:
    """`lines`: payments; `amount`: đồng."""

    lines: int = 0
    amount: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.lines + other.lines, self.amount + other.amount)


@dataclass(frozen=True)
class Figures:
    """`cells`: (part, channel) to sum; `approved` is summed up on its own, not from the cells."""

    approved: Sum
    people: int
    cells: dict[tuple[str, MethodKind], Sum]

    def part(self, *parts: str) -> Sum:
        return sum((found for (part, _), found in self.cells.items() if part in parts), Sum())

    def channel(self, channel: MethodKind, *parts: str) -> Sum:
        chosen = parts or PARTS
        return sum((found for (p, c), found in self.cells.items() if c == channel and p in chosen), Sum())

    @property
    def channels(self) -> list[MethodKind]:
        present = {channel for _, channel in self.cells}
        return [channel for channel in MethodKind if channel in present]


def figures(commune_id: int, programme_id: int, month: date) -> Figures:
    """The approved payments of a programme's month and what became of them, in two statements."""
    mine = _of_month(commune_id, programme_id, month)
    whole = select(
        func.count(), func.coalesce(func.sum(Line.amount_total), 0), func.count(Line.recipient_id.distinct())
    )
    lines, amount, people = db.session.execute(
        whole.select_from(Line).join(Run, Run.id == Line.run_id).where(mine)
    ).one()
    named = select(part().label("part"), Line.channel, Line.amount_total).join(Run, Run.id == Line.run_id)
    named_lines = named.where(mine).subquery()
    columns = named_lines.c.part, named_lines.c.channel
    grouped = select(*columns, func.count(), func.sum(named_lines.c.amount_total)).group_by(*columns)
    cells = {(row[0], row[1]): Sum(row[2], int(row[3])) for row in db.session.execute(grouped)}
    return Figures(Sum(lines, int(amount)), people, cells)


def lines_of_part(settlement: Settlement, name: str) -> Sequence[int]:
    """The ids of the payments that stand in this part of a month."""
    mine = _of_month(settlement.commune_id, settlement.programme_id, settlement.month)
    chosen = select(Line.id).join(Run, Run.id == Line.run_id).where(mine, part() == name)
    return db.session.scalars(chosen.order_by(Line.id)).all()


def part() -> ColumnElement[str]:
    """The part of the settlement that a line stands in: one of `PARTS`."""
    doubtful = select(Entry.id).where(Entry.line_id == Line.id, Entry.state == EntryState.OPEN).exists()
    paid = Line.outcome == Outcome.PAID
    return case(
        (doubtful, literal("exception")),
        (and_(paid, Line.channel.in_(ACCOUNT_KINDS)), literal("account")),
        (and_(paid, Line.channel == MethodKind.CASH_POINT), literal("cash")),
        (and_(paid, Line.channel == MethodKind.HOME_VISIT), literal("home")),
        (Line.outcome == Outcome.RETURNED, literal("returned")),
        (Line.outcome == Outcome.UNCOLLECTED, literal("uncollected")),
        else_=literal("unpaid"),
    )


def _of_month(commune_id: int, programme_id: int, month: date) -> ColumnElement[bool]:
    return and_(
        Line.commune_id == commune_id,
        Run.programme_id == programme_id,
        Run.month == month,
        Run.state.in_(SEALED_STATES),
    )


def runs_of(settlement: Settlement, *, lock: bool = False) -> list[Run]:
    """All lists of the programme's month, unfinished ones too."""
    chosen = select(Run).where(
        Run.commune_id == settlement.commune_id,
        Run.programme_id == settlement.programme_id,
        Run.month == settlement.month,
    )
    if lock:
        chosen = chosen.with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(chosen.order_by(Run.sequence)))


def carried(settlement: Settlement, *, after: int = 0) -> Sequence[Row[Line, str]]:
    """(line, part) of what goes on to next month, by id; one more than a page where there are more."""
    chosen = _lines_of(settlement).where(part().in_(NOT_PAID_PARTS), Line.id > after)
    return db.session.execute(chosen.order_by(Line.id).limit(PAGE + 1)).all()


def _lines_of(settlement: Settlement) -> Select[Line, str]:
    mine = _of_month(settlement.commune_id, settlement.programme_id, settlement.month)
    return select(Line, part()).join(Run, Run.id == Line.run_id).where(mine)


def open_entries(settlement: Settlement) -> Sequence[Entry]:
    """Entries about lines of the month that wait for a decision: they are shown, they do not block."""
    mine = _lines_of(settlement).with_only_columns(Line.id)
    chosen = select(Entry).where(Entry.state == EntryState.OPEN, Entry.line_id.in_(mine))
    return list(db.session.scalars(chosen.order_by(Entry.booked_on, Entry.id).limit(PAGE)))


def settlements(commune_id: int) -> list[Settlement]:
    chosen = select(Settlement).where(Settlement.commune_id == commune_id)
    return list(db.session.scalars(chosen.order_by(Settlement.month.desc(), Settlement.programme_id).limit(120)))


def to_settle(commune_id: int) -> Sequence[Row[Programme, date]]:
    """(programme, month) of approved lists without a settlement, oldest first."""
    has_one = select(Settlement.id).where(
        Settlement.commune_id == commune_id,
        Settlement.programme_id == Run.programme_id,
        Settlement.month == Run.month,
    )
    chosen = (
        select(Programme, Run.month)
        .join(Run, Run.programme_id == Programme.id)
        .where(Run.commune_id == commune_id, Run.state.in_(SEALED_STATES - {RunState.SETTLED}), ~has_one.exists())
        .distinct()
        .order_by(Run.month, Programme.id)
    )
    return db.session.execute(chosen).all()


def concerned_statements(settlement: Settlement) -> list[Statement]:
    """Statements with an entry about a line of the month."""
    mine = _lines_of(settlement).with_only_columns(Line.id)
    entries = select(Entry.statement_id).where(Entry.line_id.in_(mine))
    return list(db.session.scalars(select(Statement).where(Statement.id.in_(entries)).order_by(Statement.id)))
