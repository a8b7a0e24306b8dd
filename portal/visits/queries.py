"""The list of a visitor, what was handed over on a day, and the visits of a month."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, or_, select, tuple_

from portal.db import db
from portal.payouts.models import Line, Outcome, Run, RunState
from portal.recipients.models import MethodKind, Recipient, Representative, RepresentativeStatus
from portal.vietnam.month import add_months
from portal.visits.models import PAID_KINDS, Visit, VisitKind

PAGE = 50
OPEN_STATES = (RunState.APPROVED, RunState.SENT)


class Show(StrEnum):
    """Which lines of the list are shown."""

    ALL = "all"
    PENDING = "pending"
    DONE = "done"


@dataclass(frozen=True)
class Filter:
    village: str | None = None
    show: Show = Show.ALL


@dataclass(frozen=True)
class Page:
    """`rows`: (line, kind of its last visit or None, day of that visit); `next_after`: id to go on from."""

    rows: Sequence[Row[Any]]
    next_after: int | None


@dataclass(frozen=True)
class Sum:
    """People and whole đồng."""

    people: int = 0
    amount: int = 0


# what still waits comes first, then the way that the visitor walks
_ORDER = (case((Line.outcome == Outcome.PENDING, 0), else_=1), Line.village_name, Line.sort_key, Line.id)


def _to_visit(commune_id: int) -> Select[Any]:
    """Lines that somebody carries to a house: only of lists that are approved and not yet reconciled."""
    runs = select(Run.id).where(Run.commune_id == commune_id, Run.state.in_(OPEN_STATES))
    return select(Line).where(Line.run_id.in_(runs), Line.channel == MethodKind.HOME_VISIT)


def lines(commune_id: int, chosen: Filter, *, after: int | None = None, size: int = PAGE) -> Page:
    """A page of the list, from behind the line `after`."""
    last = _last_visit()
    listed = _filtered(_to_visit(commune_id), chosen).add_columns(last.c.kind, last.c.visited_on)
    listed = listed.outerjoin(last, and_(last.c.line_id == Line.id, last.c.newest == 1))
    if after and (seen := db.session.execute(select(*_ORDER).where(Line.id == after)).one_or_none()):
        listed = listed.where(tuple_(*_ORDER) > tuple_(*seen))
    rows = db.session.execute(listed.order_by(*_ORDER).limit(size + 1)).all()
    return Page(rows[:size], rows[size - 1][0].id if len(rows) > size else None)


def _last_visit() -> Any:
    newest = func.row_number().over(partition_by=Visit.line_id, order_by=Visit.at.desc()).label("newest")
    open_lines = select(Line.id).join(Run, Run.id == Line.run_id).where(Run.state.in_(OPEN_STATES))
    chosen = select(Visit.line_id, Visit.kind, Visit.visited_on, newest).where(Visit.line_id.in_(open_lines))
    return chosen.subquery()


def _filtered(listed: Select[Any], chosen: Filter) -> Select[Any]:
    if chosen.village:
        listed = listed.where(Line.village_name == chosen.village)
    if chosen.show == Show.PENDING:
        listed = listed.where(Line.outcome == Outcome.PENDING)
    if chosen.show == Show.DONE:
        listed = listed.where(Line.outcome != Outcome.PENDING)
    return listed


def sheet(commune_id: int, village: str | None) -> list[tuple[Line, date | None, str | None]]:
    """(line, birth date, its precision) of the pending lines to print, by village and name."""
    listed = _filtered(_to_visit(commune_id), Filter(village, Show.PENDING))
    listed = listed.join(Recipient, Recipient.id == Line.recipient_id)
    listed = listed.add_columns(Recipient.birth_date, Recipient.birth_precision).order_by(*_ORDER)
    return [(line, born, precision) for line, born, precision in db.session.execute(listed)]


def villages(commune_id: int) -> list[str]:
    named = _to_visit(commune_id).with_only_columns(Line.village_name).distinct().order_by(Line.village_name)
    return list(db.session.scalars(named))


def still_to_pay(commune_id: int) -> Sum:
    """What has to be carried to houses and is not handed over yet."""
    counted = _to_visit(commune_id).where(Line.outcome == Outcome.PENDING)
    people, amount = db.session.execute(
        counted.with_only_columns(func.count(), func.coalesce(func.sum(Line.amount_total), 0))
    ).one()
    return Sum(people, int(amount))


def waiting(commune_id: int) -> int:
    """People whose money is still to be carried to them."""
    return still_to_pay(commune_id).people


def handed_over(commune_id: int, visitor_id: int, day: date) -> Sum:
    """What one visitor gave to people on one day."""
    told = select(func.count(), func.coalesce(func.sum(Line.amount_total), 0)).select_from(Visit)
    told = told.join(Line, Line.id == Visit.line_id).where(
        Visit.commune_id == commune_id,
        Visit.visitor_id == visitor_id,
        Visit.visited_on == day,
        Visit.kind.in_(PAID_KINDS),
    )
    people, amount = db.session.execute(told).one()
    return Sum(people, int(amount))


def recipient_of(line: Line) -> Recipient:
    return db.session.scalars(select(Recipient).where(Recipient.id == line.recipient_id)).one()


def representative_of(line: Line, day: date) -> Representative | None:
    """The confirmed representative whose paper holds on `day`."""
    chosen = select(Representative).where(
        Representative.commune_id == line.commune_id,
        Representative.recipient_id == line.recipient_id,
        Representative.status == RepresentativeStatus.CONFIRMED,
        or_(Representative.valid_from.is_(None), Representative.valid_from <= day),
        or_(Representative.valid_until.is_(None), Representative.valid_until >= day),
    )
    return db.session.scalars(chosen).one_or_none()


def visits_to(line: Line) -> list[Visit]:
    """Everything that happened at this door for this payment, newest first."""
    chosen = select(Visit).where(Visit.commune_id == line.commune_id, Visit.line_id == line.id)
    return list(db.session.scalars(chosen.order_by(Visit.at.desc())))


def log(
    commune_id: int, month: date, kind: VisitKind | None = None, *, before: uuid.UUID | None = None, size: int = PAGE
) -> tuple[Sequence[Row[Visit, Line]], uuid.UUID | None]:
    """(visit, line) of a month, newest first, and the id to go on from."""
    chosen = select(Visit, Line).join(Line, Line.id == Visit.line_id).where(_in_month(commune_id, month))
    if kind:
        chosen = chosen.where(Visit.kind == kind)
    if before and (seen := db.session.execute(select(Visit.at, Visit.id).where(Visit.id == before)).one_or_none()):
        chosen = chosen.where(or_(Visit.at < seen.at, and_(Visit.at == seen.at, Visit.id < seen.id)))
    rows = db.session.execute(chosen.order_by(Visit.at.desc(), Visit.id.desc()).limit(size + 1)).all()
    return rows[:size], rows[size - 1][0].id if len(rows) > size else None


def by_kind(commune_id: int, month: date) -> dict[VisitKind, Sum]:
    """The visits of a month by what happened."""
    told = select(Visit.kind, func.count(), func.sum(Line.amount_total)).join(Line, Line.id == Visit.line_id)
    grouped = told.where(_in_month(commune_id, month)).group_by(Visit.kind)
    return {kind: Sum(people, int(amount)) for kind, people, amount in db.session.execute(grouped)}


def _in_month(commune_id: int, month: date) -> Any:
    return and_(Visit.commune_id == commune_id, Visit.visited_on >= month, Visit.visited_on < add_months(month, 1))
