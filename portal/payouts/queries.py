"""Runs with their totals, their lines page by page, and the people left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from portal.access import Permission, Role, may
from portal.db import db
from portal.payouts import problems
from portal.payouts.difference import Difference, beside_before, paid_before
from portal.payouts.difference import difference as compare
from portal.payouts.models import LeftOut, Line, Outcome, Run, RunState
from portal.recipients.models import ACCOUNT_KINDS, Entitlement, EntitlementStatus, MethodKind, Programme
from portal.staff.models import StaffMember
from portal.staff.queries import visible_to
from portal.vietnam.month import add_months

PAGE = 50


@dataclass(frozen=True)
class Total:
    """People and whole đồng."""

    people: int = 0
    amount: int = 0

    def __add__(self, other: "Total") -> "Total":
        return Total(self.people + other.people, self.amount + other.amount)


@dataclass(frozen=True)
class Totals:
    """What a run pays, by channel and outcome; every figure is a sum over `cells`."""

    cells: dict[tuple[MethodKind, Outcome], Total]

    def of(self, *wanted: MethodKind | Outcome) -> Total:
        """The sum over the given channels (none: all) and outcomes (none: all)."""
        channels = {w for w in wanted if isinstance(w, MethodKind)} or set(MethodKind)
        outcomes = {w for w in wanted if isinstance(w, Outcome)} or set(Outcome)
        chosen = (t for (c, o), t in self.cells.items() if c in channels and o in outcomes)
        return sum(chosen, Total())

    @property
    def all(self) -> Total:
        return self.of()

    @property
    def accounts(self) -> Total:
        return self.of(*ACCOUNT_KINDS)


def totals(run: Run) -> Totals:
    """People and đồng of a run by channel and outcome."""
    return totals_of([run.id])[run.id]


def totals_of(run_ids: Sequence[int]) -> dict[int, Totals]:
    """The totals of several runs in one statement."""
    found: dict[int, dict[tuple[MethodKind, Outcome], Total]] = {run_id: {} for run_id in run_ids}
    grouped = (
        select(Line.run_id, Line.channel, Line.outcome, func.count(), func.sum(Line.amount_total))
        .where(Line.run_id.in_(run_ids))
        .group_by(Line.run_id, Line.channel, Line.outcome)
    )
    for run_id, channel, outcome, people, amount in db.session.execute(grouped):
        found[run_id][channel, outcome] = Total(people, int(amount))
    return {run_id: Totals(cells) for run_id, cells in found.items()}


def difference(run: Run) -> Difference:
    """How the run differs from last month's, see `difference.py`."""
    return compare(run)


def runs_of(commune_id: int, *, before: date | None = None, months: int = 12) -> list[Run]:
    """The runs of the latest months up to `before` (excluded), newest month first."""
    chosen = select(Run).where(Run.commune_id == commune_id)
    if before:
        chosen = chosen.where(Run.month < before)
    latest = db.session.scalar(select(func.max(Run.month)).where(*chosen._where_criteria))
    if latest is None:
        return []
    chosen = chosen.where(Run.month > add_months(latest, -months))
    return list(db.session.scalars(chosen.order_by(Run.month.desc(), Run.programme_id, Run.sequence)))


def has_older(commune_id: int, month: date) -> bool:
    older = select(Run.id).where(Run.commune_id == commune_id, Run.month < month).limit(1)
    return db.session.scalar(older) is not None


def files_for(member: StaffMember) -> list[Run]:
    """Approved runs that have not been settled yet, of the communes of the member."""
    chosen = visible_to(Run, member).where(Run.state.in_((RunState.APPROVED, RunState.SENT, RunState.RECONCILED)))
    return list(db.session.scalars(chosen.order_by(Run.state, Run.month.desc(), Run.id.desc()).limit(100)))


def waiting(commune_id: int, role: Role) -> int:
    """Runs of a commune that wait for someone of this role: to be prepared, approved or fetched by the bank."""
    step = {
        Permission.APPROVE: RunState.PREPARED,
        Permission.PREPARE_PAYOUTS: RunState.DRAFT,
        Permission.FETCH_PAYMENT_FILE: RunState.APPROVED,
    }
    mine = next((state for permission, state in step.items() if may(role, permission)), None)
    counted = select(func.count()).select_from(Run).where(Run.commune_id == commune_id, Run.state == mine)
    return db.session.scalar(counted) or 0 if mine else 0


def programmes() -> list[Programme]:
    return list(db.session.scalars(select(Programme).order_by(Programme.id)))


def programmes_with_people(commune_id: int) -> list[Programme]:
    """Programmes of which somebody in the commune has a live entitlement."""
    live = select(Entitlement.programme_id).where(
        Entitlement.commune_id == commune_id, Entitlement.status == EntitlementStatus.LIVE
    )
    return list(db.session.scalars(select(Programme).where(Programme.id.in_(live)).order_by(Programme.id)))


# ---- lines of a run -------------------------------------------------------------------------------------------------


class Show(StrEnum):
    """Which lines of a run are listed."""

    ALL = "all"
    CHANGED = "changed"
    NOT_PAID = "not_paid"
    SHARED_ACCOUNT = "shared_account"
    SAME_IDENTITY = "same_identity"
    PAPER_ENDS = "paper_ends"
    OTHER_AMOUNT = "other_amount"
    SEVERAL_RATES = "several_rates"
    OUT_OF_DATE = "out_of_date"


@dataclass(frozen=True)
class Filter:
    show: Show = Show.ALL
    village: str | None = None
    channel: MethodKind | None = None


@dataclass(frozen=True)
class LinePage:
    """`rows`: (line, its month's amount last month or None, channel, account then, paid in an earlier month)."""

    rows: Sequence[Row[Any]]
    total: int
    first: int
    next_after: int | None


def lines(run: Run, chosen: Filter, today: date, *, after: int = 0, size: int = PAGE) -> LinePage:
    """A page of lines by number, those with a number above `after`."""
    before, same = beside_before(run, Line)
    matching = _matching(run, chosen, before, today)
    columns = (before.amount_month, before.channel, before.account_number, paid_before(Line))
    listed = select(Line, *columns).outerjoin(before, same).where(matching, Line.number > after)
    rows = db.session.execute(listed.order_by(Line.number).limit(size + 1)).all()
    counted = select(func.count(), func.count().filter(Line.number <= after)).select_from(Line)
    total, passed = db.session.execute(counted.outerjoin(before, same).where(matching)).one()
    more = len(rows) > size
    return LinePage(rows[:size], total, passed + 1 if rows else 0, rows[size - 1][0].number if more else None)


def _matching(run: Run, chosen: Filter, before: Any, today: date) -> ColumnElement[bool]:
    conditions = [Line.run_id == run.id]
    if chosen.village is not None:
        conditions.append(Line.village_name == chosen.village)
    if chosen.channel:
        conditions.append(Line.channel == chosen.channel)
    if chosen.show == Show.CHANGED:
        once = (Line.amount_arrears + Line.amount_carried + Line.amount_clawback) > 0
        conditions.append(
            or_(
                before.id.is_(None),
                before.amount_month != Line.amount_month,
                before.channel != Line.channel,
                func.coalesce(before.account_number, "") != func.coalesce(Line.account_number, ""),
                once,
            )
        )
    elif chosen.show == Show.NOT_PAID:
        conditions.append(Line.outcome != Outcome.PAID)
    elif chosen.show != Show.ALL:
        conditions.append(problems.lines_with(problems.Kind(chosen.show.value), run, today))
    return and_(*conditions)


def all_lines(run: Run) -> list[Line]:
    """Every line by number, for the print."""
    return list(db.session.scalars(select(Line).where(Line.run_id == run.id).order_by(Line.number)))


def villages(run: Run) -> list[str]:
    """The villages of a run in the order of its numbers."""
    named = select(Line.village_name).where(Line.run_id == run.id).group_by(Line.village_name)
    return list(db.session.scalars(named.order_by(func.min(Line.number))))


def left_out(run: Run, limit: int | None = None) -> list[LeftOut]:
    chosen = select(LeftOut).where(LeftOut.run_id == run.id).order_by(LeftOut.reason, LeftOut.village_name, LeftOut.id)
    return list(db.session.scalars(chosen.limit(limit)))


def count_left_out(run: Run) -> int:
    return db.session.scalar(select(func.count()).select_from(LeftOut).where(LeftOut.run_id == run.id)) or 0


# ---- money in cash --------------------------------------------------------------------------------------------------


def cash_villages(run: Run) -> Sequence[Row[str, int, int, int]]:
    """(village, lines, lines still pending, đồng) of the cash points, in the order of the numbers."""
    pending = func.count().filter(Line.outcome == Outcome.PENDING)
    grouped = (
        select(Line.village_name, func.count(), pending, func.sum(Line.amount_total))
        .where(_in_cash(run))
        .group_by(Line.village_name)
        .order_by(func.min(Line.number))
    )
    return db.session.execute(grouped).all()


def cash_lines(run: Run, village: str | None = None) -> list[Line]:
    """Cash-point lines of a run, or of one village of it, by number."""
    return list(db.session.scalars(_cash(run, village).order_by(Line.number)))


def _cash(run: Run, village: str | None) -> Select[Any]:
    chosen = select(Line).where(_in_cash(run))
    return chosen if village is None else chosen.where(Line.village_name == village)


def _in_cash(run: Run) -> ColumnElement[bool]:
    return and_(Line.run_id == run.id, Line.channel == MethodKind.CASH_POINT)
