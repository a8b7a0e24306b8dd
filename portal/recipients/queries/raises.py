"""What a new base rate means for everyone of a commune: amounts to raise, arrears month by month, whom to look at.

A month is owed the difference where the person was paid the old rate times the coefficient of that month; all of it
is one SELECT over the entitlements and their history.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Select,
    Subquery,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from portal.db import BigInt
from portal.recipients.models import (
    Adjustment,
    AdjustmentKind,
    BaseRate,
    ChangeKind,
    Entitlement,
    EntitlementChange,
    EntitlementStatus,
    Recipient,
    RecipientStatus,
)
from portal.vietnam.month import first_of, span

_PAID = (ChangeKind.START, ChangeKind.RESUME)
_STATES = (*_PAID, ChangeKind.SUSPEND, ChangeKind.STOP)


class Part(StrEnum):
    """`TOLD`: arrears of another source are there already. `WAITS`: suspended. `GONE`: ended, or no longer living here."""

    RAISE = "raise"
    LOOK = "look"
    TOLD = "told"
    WAITS = "waits"
    GONE = "gone"


@dataclass(frozen=True)
class Raise:
    """A rate that replaces `old` (đồng) in a commune, paid from `month` on: the months before it are arrears.

    `also`: entitlements whose arrears are paid although another source told of arrears.
    """

    commune_id: int
    rate: BaseRate
    old: int
    month: date
    also: tuple[int, ...] = ()

    @property
    def source(self) -> str:
        return f"rate:{self.rate.id}"

    @property
    def months(self) -> list[date]:
        """The months of which arrears may be owed."""
        return span(self.rate.applies_from, self.month)[:-1]


def due(coefficient: Any, rate: Any) -> ColumnElement[int]:
    """Rate times coefficient in whole đồng, half up; the coefficient in hundredths."""
    product: ColumnElement[int] = (coefficient * rate + 50) // 100
    return product


def standing(raised: Raise) -> CTE:
    """One row for each entitlement: whether its amount is raised, what it is owed for how many months, and its part.

    Columns: entitlement_id, recipient_id, name, sort_key, before, after (None: not raised), owed (đồng), months,
    from_month, to_month, off (months paid at neither rate), told, done, pays (whether arrears are written), part.
    """
    owed = _owed(raised)
    before, after = due(_coefficient(), raised.old), due(_coefficient(), raised.rate.amount)
    living, raises = _living(raised), is_raised(raised)
    off = func.coalesce(owed.c.off, 0)
    strange = or_(_coefficient().is_(None), Entitlement.monthly_amount.not_in((before, after)))
    done, told = _has_arrears(raised, own=True), _has_arrears(raised, own=False)
    open_ = and_(func.coalesce(owed.c.owed, 0) > 0, ~done)
    pays = and_(living, Entitlement.status == EntitlementStatus.LIVE, off == 0, open_)
    part = case(
        (and_(~living, open_, off == 0), Part.GONE.value),
        (or_(and_(living, strange), and_(off > 0, ~done)), Part.LOOK.value),
        (and_(pays, told), Part.TOLD.value),
        (and_(living, open_, Entitlement.status == EntitlementStatus.SUSPENDED), Part.WAITS.value),
        (or_(raises, pays), Part.RAISE.value),
    )
    return (
        select(
            Entitlement.id.label("entitlement_id"),
            Recipient.id.label("recipient_id"),
            Recipient.full_name.label("name"),
            Recipient.code.label("code"),
            Recipient.sort_key.label("sort_key"),
            _coefficient().label("coefficient"),
            Entitlement.monthly_amount.label("before"),
            case((raises, after)).label("after"),
            func.coalesce(owed.c.owed, 0).label("owed"),
            func.coalesce(owed.c.months, 0).label("months"),
            owed.c.from_month.label("from_month"),
            owed.c.to_month.label("to_month"),
            off.label("off"),
            and_(pays, or_(~told, Entitlement.id.in_(raised.also))).label("pays"),
            part.label("part"),
        )
        .join(Recipient, Recipient.id == Entitlement.recipient_id)
        .outerjoin(owed, owed.c.entitlement_id == Entitlement.id)
        .where(_of_the_rate(raised))
        .cte("standing")
        .prefix_with("MATERIALIZED")
    )


def is_raised(raised: Raise) -> ColumnElement[bool]:
    """Entitlements (joined with their people) that go on and are paid the old rate: also suspended ones."""
    before = due(_coefficient(), raised.old)
    return and_(_of_the_rate(raised), _living(raised), Entitlement.monthly_amount == before)


def _living(raised: Raise) -> ColumnElement[bool]:
    return and_(
        Recipient.status == RecipientStatus.LIVE,
        Entitlement.status != EntitlementStatus.ENDED,
        or_(Entitlement.last_month.is_(None), Entitlement.last_month >= raised.month),
    )


def since(raised: Raise) -> ColumnElement[date]:
    """The first month at the new amount: that of the raise, or the first of who begins later."""
    return case((Entitlement.first_month > raised.month, Entitlement.first_month), else_=raised.month)


def _coefficient() -> Any:
    return Entitlement.coefficient_hundredths


def _of_the_rate(raised: Raise) -> ColumnElement[bool]:
    return and_(Entitlement.commune_id == raised.commune_id, Entitlement.programme_id == raised.rate.programme_id)


def _has_arrears(raised: Raise, *, own: bool) -> ColumnElement[bool]:
    """Arrears of this rate; or others, told by a list or by hand in or after the month in which it was decided."""
    which = (
        Adjustment.source == raised.source
        if own
        else and_(~Adjustment.source.startswith("rate:"), Adjustment.month >= first_of(raised.rate.decided_on))
    )
    theirs = select(Adjustment.entitlement_id).where(
        Adjustment.commune_id == raised.commune_id, Adjustment.kind == AdjustmentKind.ARREARS, which
    )
    return Entitlement.id.in_(theirs)


def _owed(raised: Raise) -> Subquery:
    """By entitlement: đồng and number of the months paid at the old rate, the first and last; months paid otherwise."""
    paid = _paid_by_month(raised)
    now, then = due(paid.c.coefficient, raised.rate.amount), due(paid.c.coefficient, raised.old)
    missing = case((and_(paid.c.amount == then, now > then), now - then), else_=0)
    strange = or_(paid.c.coefficient.is_(None), paid.c.amount.not_in((now, then)))
    lacks = missing > 0
    return (
        select(
            paid.c.entitlement_id,
            cast(func.sum(func.coalesce(missing, 0)), BigInt).label("owed"),
            func.count().filter(lacks).label("months"),
            func.min(case((lacks, paid.c.month))).label("from_month"),
            func.max(case((lacks, paid.c.month))).label("to_month"),
            func.count().filter(strange).label("off"),
        )
        .where(paid.c.paid)
        .group_by(paid.c.entitlement_id)
        .subquery("owed")
    )


def _paid_by_month(raised: Raise) -> CTE:
    """For each entitlement and each of the months: whether it was paid, how much, and by which coefficient.

    Who had no change in these months is as now; for the others the history is asked, month by month.
    """
    months = _months(raised.months)
    here = EntitlementChange.commune_id == raised.commune_id
    changing = Entitlement.id.in_(_eventful(raised, here))
    as_now: dict[str, Any] = {
        "paid": Entitlement.status != EntitlementStatus.SUSPENDED,
        "amount": Entitlement.monthly_amount,
        "coefficient": Entitlement.coefficient_hundredths,
    }
    then = {
        "paid": _was_paid(here, months),
        "amount": _value(here, months, "monthly_amount"),
        "coefficient": _value(here, months, "coefficient_hundredths"),
    }
    begun = select(EntitlementChange.id).where(
        EntitlementChange.entitlement_id == Entitlement.id,
        here,
        EntitlementChange.kind.in_(_PAID),
        EntitlementChange.month <= months.c.month,
    )
    in_time = and_(
        or_(Entitlement.last_month.is_(None), Entitlement.last_month >= months.c.month),
        or_(Entitlement.first_month <= months.c.month, and_(changing, begun.correlate(Entitlement, months).exists())),
    )
    values = (
        case((changing, func.coalesce(*_plain(then[name]), now)), else_=now).label(name) for name, now in as_now.items()
    )
    return (
        select(Entitlement.id.label("entitlement_id"), months.c.month, *values)
        .join_from(Entitlement, months, in_time)
        .where(_of_the_rate(raised))
        .cte("paid_by_month")
        .prefix_with("MATERIALIZED")  # else the history would be asked for each use of a value
    )


def _eventful(raised: Raise, here: ColumnElement[bool]) -> Select[int]:
    """Whoever had more in these months than a beginning; who is paid again has a later first month than at first."""
    own, since = aliased(Entitlement), raised.rate.applies_from
    more = or_(EntitlementChange.kind != ChangeKind.START, EntitlementChange.month != own.first_month)
    late = or_(EntitlementChange.month > since, own.first_month > since)
    changes = select(EntitlementChange.entitlement_id).join(own, own.id == EntitlementChange.entitlement_id)
    return changes.where(here, late, more)


def _plain(subqueries: tuple[Select[Any], Select[Any]]) -> list[Any]:
    return [each.scalar_subquery() for each in subqueries]


def _months(listed: list[date]) -> CTE:
    if not listed:
        return select(cast(null(), Date).label("month")).where(false()).cte("months")
    return union_all(*(select(literal(month, Date).label("month")) for month in listed)).cte("months")


def _was_paid(here: ColumnElement[bool], months: CTE) -> tuple[Select[Any], Select[Any]]:
    """By the last change that holds for the month; else the opposite of the next one."""
    paid = EntitlementChange.kind.in_(_PAID)
    mine = and_(here, EntitlementChange.entitlement_id == Entitlement.id, EntitlementChange.kind.in_(_STATES))
    return _last_and_next(mine, months, case((paid, true()), else_=false()), case((paid, false()), else_=true()))


def _value(here: ColumnElement[bool], months: CTE, name: str) -> tuple[Select[Any], Select[Any]]:
    """What the last change that holds for the month made of a value; else what it was before the next one."""
    before, after = (column[name].as_integer() for column in (EntitlementChange.before, EntitlementChange.after))
    mine = and_(here, EntitlementChange.entitlement_id == Entitlement.id, after.is_not(None))
    return _last_and_next(mine, months, after, before)


def _last_and_next(
    mine: ColumnElement[bool], months: CTE, after: ColumnElement[Any], before: ColumnElement[Any]
) -> tuple[Select[Any], Select[Any]]:
    """A change that was entered later overrides what was entered before it for the same month."""
    last = select(after).where(mine, EntitlementChange.month <= months.c.month)
    following = select(before).where(mine, EntitlementChange.month > months.c.month)
    newest = last.order_by(EntitlementChange.id.desc()).limit(1)
    oldest = following.order_by(EntitlementChange.month, EntitlementChange.id).limit(1)
    return newest.correlate(Entitlement, months), oldest.correlate(Entitlement, months)
