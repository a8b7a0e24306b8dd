"""Base rates and coefficients, amounts that do not follow from them, and what a new rate makes of a commune."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.recipients.models import (
    Adjustment,
    BaseRate,
    Category,
    ClosedMonth,
    Entitlement,
    EntitlementChange,
    EntitlementStatus,
    Programme,
    Recipient,
    RecipientStatus,
)
from portal.recipients.queries.people import PAGE
from portal.recipients.queries.raises import Part, Raise, due, standing
from portal.vietnam.month import add_months, first_of, span


def rates_of(programme: Programme) -> list[BaseRate]:
    """The newest first."""
    theirs = select(BaseRate).where(BaseRate.programme_id == programme.id)
    return list(db.session.scalars(theirs.order_by(BaseRate.applies_from.desc())))


def rate_on(programme_id: int, day: date) -> BaseRate | None:
    """The rate that holds on a day."""
    begun = and_(BaseRate.programme_id == programme_id, BaseRate.applies_from <= day)
    return db.session.scalars(select(BaseRate).where(begun).order_by(BaseRate.applies_from.desc()).limit(1)).first()


def before(rate: BaseRate) -> BaseRate | None:
    """The rate that this one replaces."""
    return rate_on(rate.programme_id, add_months(rate.applies_from, -1))


def following(rate: BaseRate) -> BaseRate | None:
    """The rate that replaces this one."""
    later = and_(BaseRate.programme_id == rate.programme_id, BaseRate.applies_from > rate.applies_from)
    return db.session.scalars(select(BaseRate).where(later).order_by(BaseRate.applies_from).limit(1)).first()


def is_used(rate: BaseRate) -> bool:
    """Whether somebody's amount was raised by it, or arrears were."""
    source = f"rate:{rate.id}"
    raised = [exists().where(model.source == source) for model in (Adjustment, EntitlementChange)]
    return bool(db.session.scalar(select(or_(*raised))))


def categories_of(programme: Programme) -> list[Category]:
    """With a coefficient, in the order of the law."""
    theirs = and_(Category.programme_id == programme.id, Category.coefficient_hundredths.is_not(None))
    return list(db.session.scalars(select(Category).where(theirs).order_by(Category.id)))


def months_to_raise(commune_id: int, rate: BaseRate, today: date) -> list[date]:
    """Months from which the new rate can be paid, the likeliest first: that after the last approved list."""
    mine = and_(ClosedMonth.commune_id == commune_id, ClosedMonth.programme_id == rate.programme_id)
    last = db.session.scalar(select(func.max(ClosedMonth.month)).where(mine))
    current = first_of(today)
    likely = max(rate.applies_from, add_months(last, 1) if last else current)
    return [
        likely,
        *(
            each
            for each in span(rate.applies_from, add_months(max(current, likely), 1))
            if each > (last or date.min) and each != likely
        ),
    ]


# ---- a new rate -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sum:
    people: int = 0
    amount: int = 0


@dataclass(frozen=True)
class RaiseTotals:
    """`raised`: people and đồng more each month; `arrears`: what is paid once; `by_months`: that by number of months.

    `parts`: of each part its people and what they are owed.
    """

    raised: Sum
    arrears: Sum
    by_months: tuple[tuple[int, Sum], ...]
    parts: dict[Part, Sum]

    @property
    def mark(self) -> str:
        """What was seen; another mark at the time of applying means that the register has changed."""
        return "-".join(str(n) for each in (self.raised, self.arrears) for n in (each.people, each.amount))


def totals(raised: Raise) -> RaiseTotals:
    found = standing(raised)
    grouped = (
        select(found.c.part, found.c.pays, found.c.months, func.count(), func.sum(found.c.owed))
        .add_columns(func.count(found.c.after), func.coalesce(func.sum(found.c.after - found.c.before), 0))
        .group_by(found.c.part, found.c.pays, found.c.months)
    )
    parts = {part: Sum() for part in Part}
    by_months: dict[int, Sum] = {}
    more = Sum()
    for part, pays, months, people, owed, raises, amount in db.session.execute(grouped):
        more = _plus(more, raises, amount)
        if part is not None:
            parts[Part(part)] = _plus(parts[Part(part)], people, owed)
        if pays:
            by_months[months] = _plus(by_months.get(months, Sum()), people, owed)
    paid = Sum(sum(each.people for each in by_months.values()), sum(each.amount for each in by_months.values()))
    return RaiseTotals(more, paid, tuple(sorted(by_months.items())), parts)


def _plus(total: Sum, people: int, amount: int) -> Sum:
    return Sum(total.people + people, total.amount + int(amount or 0))


def people_of(raised: Raise, part: Part, after: int = 0, limit: int | None = PAGE) -> tuple[Sequence[Row[Any]], int]:
    """Rows of `standing` by given name, those behind the entitlement `after`; and where to go on, 0 at the end."""
    found = standing(raised)
    listed = select(found).where(found.c.part == part.value).order_by(found.c.sort_key, found.c.entitlement_id)
    if after:
        name = _name_of(raised.commune_id, after)
        later = and_(found.c.sort_key == name, found.c.entitlement_id > after)
        listed = listed.where(or_(found.c.sort_key > name, later))
    if limit is None:
        return db.session.execute(listed).all(), 0
    rows = db.session.execute(listed.limit(limit + 1)).all()
    return rows[:limit], rows[limit - 1].entitlement_id if len(rows) > limit else 0


def _name_of(commune_id: int, entitlement_id: int) -> Any:
    owner = select(Recipient.sort_key).join(Entitlement, Entitlement.recipient_id == Recipient.id)
    return owner.where(Entitlement.id == entitlement_id, Entitlement.commune_id == commune_id).scalar_subquery()


# ---- amounts that are not rate x coefficient ------------------------------------------------------------------------


@dataclass(frozen=True)
class OffRate:
    """What is paid and what rate times coefficient make, in đồng."""

    entitlement: Entitlement
    computed: int


def off_rate(commune_id: int, day: date, after: int = 0) -> tuple[list[OffRate], int, int]:
    """A page by entitlement of those who are paid another amount; how many, and where to go on (0: the end)."""
    found = _off_rate(commune_id, day)
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    page = found.where(Entitlement.id > after).order_by(Entitlement.id).limit(PAGE + 1)
    rows = db.session.execute(page.options(joinedload(Entitlement.recipient), joinedload(Entitlement.programme))).all()
    shown = [OffRate(entitlement, computed) for entitlement, computed in rows[:PAGE]]
    return shown, total, shown[-1].entitlement.id if len(rows) > PAGE else 0


def _off_rate(commune_id: int, day: date) -> Select[Entitlement, int]:
    held = _rates_on(day)
    computed = due(Entitlement.coefficient_hundredths, held.c.amount)
    return (
        select(Entitlement, computed.label("computed"))
        .join(held, held.c.programme_id == Entitlement.programme_id)
        .join(Recipient, Recipient.id == Entitlement.recipient_id)
        .where(Entitlement.commune_id == commune_id, Entitlement.status == EntitlementStatus.LIVE)
        .where(Recipient.status == RecipientStatus.LIVE, Entitlement.monthly_amount != computed)
    )


def _rates_on(day: date) -> Subquery:
    """The rate of each programme that holds on a day."""
    begun = select(BaseRate.programme_id, func.max(BaseRate.applies_from).label("since"))
    newest = begun.where(BaseRate.applies_from <= day).group_by(BaseRate.programme_id).subquery()
    same: ColumnElement[bool] = and_(
        BaseRate.programme_id == newest.c.programme_id, BaseRate.applies_from == newest.c.since
    )
    return select(BaseRate.programme_id, BaseRate.amount).join(newest, same).subquery("held")


def computed_amounts(entitlements: list[Entitlement], day: date) -> dict[int, int]:
    """Of those whose amount is another one: what rate times coefficient make, by entitlement."""
    held: dict[int, int] = dict(db.session.execute(select(_rates_on(day))).all())
    found = {}
    for each in entitlements:
        rate = held.get(each.programme_id)
        if rate and each.coefficient_hundredths and each.status != EntitlementStatus.ENDED:
            computed = (each.coefficient_hundredths * rate + 50) // 100
            if computed != each.monthly_amount:
                found[each.id] = computed
    return found
