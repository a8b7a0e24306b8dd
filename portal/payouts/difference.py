"""How a list differs from last month's, entitlement by entitlement, as a sum that must tie to the đồng.

last month's total + increases - decreases ± changes of the monthly amount = this month's total
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.payouts.models import Line, Run
from portal.recipients.models import Entitlement, EntitlementStatus, Recipient, RecipientStatus


class Item(StrEnum):
    """The reasons of a difference. Those that begin a group of the ledger: NEW, DIED, AMOUNT."""

    NEW = "new"
    RESUMED = "resumed"
    ARREARS_NEW = "arrears_new"
    ARREARS = "arrears"
    CARRIED = "carried"
    CLAWBACK_GONE = "clawback_gone"
    DIED = "died"
    MOVED = "moved"
    ENDED = "ended"
    SUSPENDED = "suspended"
    LEFT_OUT = "left_out"
    ONCE_GONE = "once_gone"
    CLAWBACK = "clawback"
    AMOUNT = "amount"


INCREASES = (Item.NEW, Item.RESUMED, Item.ARREARS_NEW, Item.ARREARS, Item.CARRIED, Item.CLAWBACK_GONE)
DECREASES = (Item.DIED, Item.MOVED, Item.ENDED, Item.SUSPENDED, Item.LEFT_OUT, Item.ONCE_GONE, Item.CLAWBACK)


@dataclass(frozen=True)
class Entry:
    """`people`: how many come (+) or go (-); `touched`: how many it is about, who may stay; `amount` in đồng, signed."""

    item: Item
    people: int
    touched: int
    amount: int


@dataclass(frozen=True)
class Sum:
    people: int
    amount: int


@dataclass(frozen=True)
class Difference:
    """`before` is None when the portal has no earlier list; a supplementary list is compared with the month so far."""

    before: Sum | None
    entries: tuple[Entry, ...]
    after: Sum

    def group(self, items: Iterable[Item]) -> Sum:
        chosen = [entry for entry in self.entries if entry.item in items]
        return Sum(sum(e.people for e in chosen), sum(e.amount for e in chosen))

    def of(self, items: Iterable[Item]) -> list[Entry]:
        """The entries of a group that say something."""
        return [e for e in self.entries if e.item in items and (e.touched or e.amount)]

    @property
    def ties(self) -> bool:
        start, change = self.before or Sum(0, 0), self.group(Item)
        return (start.people + change.people, start.amount + change.amount) == (self.after.people, self.after.amount)

    @property
    def gap(self) -> int:
        """Đồng that no entry explains; 0 when it ties."""
        return self.after.amount - (self.before or Sum(0, 0)).amount - self.group(Item).amount


def difference(run: Run) -> Difference:
    """Compare with the register's last month: read from the ledger when the list was prepared, else computed anew."""
    entries = [Entry(Item(e["item"]), e["people"], e["touched"], e["amount"]) for e in run.ledger or []]
    if run.ledger is None:
        entries = [*_of_those_paid(run), *_of_those_gone(run)]
        entries.sort(key=lambda entry: list(Item).index(entry.item))
    before = _sum(before_lines(run, Line)) if run.previous_id else None
    return Difference(before, tuple(entries), _sum(month_so_far(run, Line)))


def month_so_far(run: Run, line: Any) -> ColumnElement[bool]:
    """Lines of this list and of the earlier ones of the same month."""
    lists = select(Run.id).where(
        Run.commune_id == run.commune_id,
        Run.programme_id == run.programme_id,
        Run.month == run.month,
        Run.sequence <= run.sequence,
    )
    return and_(line.run_id.in_(lists))


def before_lines(run: Run, line: Any) -> ColumnElement[bool]:
    """Lines of the month that `run.previous` belongs to, as far as they were drawn up before this list."""
    previous = aliased(Run)
    month = select(previous.month).where(previous.id == run.previous_id).scalar_subquery()
    lists = select(Run.id).where(
        Run.commune_id == run.commune_id,
        Run.programme_id == run.programme_id,
        Run.month == month,
        Run.id < run.id,
    )
    return and_(line.run_id.in_(lists))


def paid_before(line: Any) -> ColumnElement[bool]:
    """Whether the entitlement of `line` has a line of any earlier month."""
    earlier = aliased(Line)
    return exists().where(earlier.entitlement_id == line.entitlement_id, earlier.month < line.month)


def beside_before(run: Run, line: Any) -> tuple[Any, ColumnElement[bool]]:
    """Last month's line of the same entitlement, and the condition to join it."""
    before = aliased(Line, name="before")
    month = select(Run.month).where(Run.id == run.previous_id).scalar_subquery()
    return before, and_(before.entitlement_id == line.entitlement_id, before.month == month, before_lines(run, before))


def _sum(lines: ColumnElement[bool]) -> Sum:
    people, amount = db.session.execute(select(func.count(), func.sum(Line.amount_total)).where(lines)).one()
    return Sum(people, int(amount or 0))


def _of_those_paid(run: Run) -> list[Entry]:
    """Increases, clawback, and changes of the amount: everything that a line of this month tells."""
    now = aliased(Line, name="now")
    before, same = beside_before(run, now)
    comes, each_month = before.id.is_(None), now.amount_month > 0
    new, again = and_(comes, each_month, ~paid_before(now)), and_(comes, each_month, paid_before(now))
    resumed = or_(again, and_(each_month, before.amount_month == 0))
    stays = and_(each_month, before.amount_month > 0)
    change = case((stays, now.amount_month - before.amount_month), else_=0)
    comes_once = case((and_(comes, ~each_month), 1), else_=0)
    columns = {
        Item.NEW: _Part(new, now.amount_month, 1),
        Item.RESUMED: _Part(resumed, now.amount_month, case((comes, 1), else_=0)),
        Item.ARREARS_NEW: _Part(comes, now.amount_arrears, case((now.amount_arrears > 0, comes_once), else_=0)),
        Item.ARREARS: _Part(before.id.is_not(None), now.amount_arrears),
        Item.CARRIED: _Part(
            now.amount_carried > 0, now.amount_carried, case((now.amount_arrears == 0, comes_once), else_=0)
        ),
        Item.CLAWBACK: _Part(now.amount_clawback > 0, -now.amount_clawback),
        Item.AMOUNT: _Part(change != 0, change),
    }
    row = db.session.execute(
        _sums(columns).select_from(now).outerjoin(before, same).where(month_so_far(run, now))
    ).one()
    return _entries(columns, row)


def _of_those_gone(run: Run) -> list[Entry]:
    """Decreases by reason, and what last month held once."""
    if run.previous_id is None:
        return []
    before, now = aliased(Line, name="before"), aliased(Line, name="now")
    of_this_month = (now.entitlement_id == before.entitlement_id, month_so_far(run, now))
    stays, paid = exists().where(*of_this_month), exists().where(*of_this_month, now.amount_month > 0)
    died, moved = (Recipient.status == status for status in (RecipientStatus.DIED, RecipientStatus.MOVED))
    ended = or_(
        Recipient.status == RecipientStatus.ENDED,
        Entitlement.status == EntitlementStatus.ENDED,
        func.coalesce(Entitlement.last_month, run.month) < run.month,
    )
    suspended = Entitlement.status == EntitlementStatus.SUSPENDED
    why = case((died, "died"), (moved, "moved"), (ended, "ended"), (suspended, "suspended"), else_="left_out")
    once = before.amount_arrears + before.amount_carried
    lines = (
        select(
            before.amount_month,
            once.label("once"),
            before.amount_clawback,
            case((before.amount_month == 0, "once"), (paid, "stays"), else_=why).label("why"),
            case((stays, 0), else_=-1).label("person"),
        )
        .join(Entitlement, Entitlement.id == before.entitlement_id)
        .join(Recipient, Recipient.id == before.recipient_id)
        .where(before_lines(run, before))
        .where(Entitlement.commune_id == run.commune_id, Recipient.commune_id == run.commune_id)
        .cte("lines")
        .prefix_with("MATERIALIZED")  # else SQLite works the reason out anew for each of the sums
    )
    reasons = (Item.DIED, Item.MOVED, Item.ENDED, Item.SUSPENDED, Item.LEFT_OUT)
    columns = {i: _Part(lines.c.why == i.value, -lines.c.amount_month, lines.c.person) for i in reasons}
    goes_once = case((lines.c.why == "once", lines.c.person), else_=0)
    columns[Item.ONCE_GONE] = _Part(lines.c.once > 0, -lines.c.once, goes_once)
    columns[Item.CLAWBACK_GONE] = _Part(lines.c.amount_clawback > 0, lines.c.amount_clawback)
    row = db.session.execute(_sums(columns).select_from(lines)).one()
    return _entries(columns, row)


@dataclass(frozen=True)
class _Part:
    """Of the lines that hold: their đồng, and whether each brings a person (1), takes one away (-1) or neither."""

    holds: Any
    amount: Any
    person: Any = 0


def _sums(parts: dict[Item, _Part]) -> Select[Any]:
    """For each item its people, its number of lines with money in it, and its sum."""
    columns = []
    for item, part in parts.items():
        figures = {"people": part.person, "touched": case((part.amount != 0, 1), else_=0), "amount": part.amount}
        for name, figure in figures.items():
            columns.append(func.coalesce(func.sum(case((part.holds, figure), else_=0)), 0).label(f"{item}_{name}"))
    return select(*columns)


def _entries(items: Iterable[Item], row: Any) -> list[Entry]:
    names = ("people", "touched", "amount")
    return [Entry(item, *(int(row._mapping[f"{item}_{name}"]) for name in names)) for item in items]
