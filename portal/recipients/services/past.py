"""What an entitlement has paid month by month, as its history tells, and what a change of closed months makes of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from portal.db import db
from portal.recipients.models import BaseRate, ChangeKind, ClosedMonth, Entitlement, EntitlementChange
from portal.vietnam.entitled_months import past_months
from portal.vietnam.month import add_months, first_of, today


@dataclass(frozen=True)
class Event:
    """A change of what is paid from `month` on; `amount` None: as before."""

    month: date
    live: bool | None = None
    amount: int | None = None


@dataclass(frozen=True)
class Past:
    """A closed month: what it paid, and what it should have paid."""

    month: date
    before: int
    after: int


def last_closed(commune_id: int, programme_id: int) -> date | None:
    closed = select(func.max(ClosedMonth.month)).where(
        ClosedMonth.commune_id == commune_id, ClosedMonth.programme_id == programme_id
    )
    return db.session.scalar(closed)


def paying_month(commune_id: int, programme_id: int, effective: date) -> date:
    """The month that pays what a change makes due: its own, or the first that no approved list has closed.

    Where no list was ever approved, months before the current one were paid elsewhere.
    """
    closed = last_closed(commune_id, programme_id)
    return max(effective, add_months(closed, 1) if closed else first_of(today()))


def events_of(entitlement: Entitlement) -> list[Event]:
    """The history, oldest first; an entitlement from before there was one has been paid from its first month on."""
    mine = select(EntitlementChange).where(
        EntitlementChange.commune_id == entitlement.commune_id, EntitlementChange.entitlement_id == entitlement.id
    )
    changes = list(db.session.scalars(mine.order_by(EntitlementChange.id)))
    found = [_event(each) for each in changes]
    if any(each.kind == ChangeKind.START for each in changes):
        return found
    before = (each.before["monthly_amount"] for each in changes if each.before and "monthly_amount" in each.before)
    return [Event(entitlement.first_month, live=True, amount=next(before, entitlement.monthly_amount)), *found]


def _event(change: EntitlementChange) -> Event:
    live = {ChangeKind.START: True, ChangeKind.RESUME: True, ChangeKind.STOP: False, ChangeKind.SUSPEND: False}
    return Event(change.month, live.get(change.kind), change.after.get("monthly_amount"))


def amount_in(events: Iterable[Event], month: date) -> int:
    """Đồng that a month pays: what was said last of it counts."""
    live, amount = False, 0
    for event in events:
        if event.month <= month:
            live = live if event.live is None else event.live
            amount = amount if event.amount is None else event.amount
    return amount if live else 0


def past_of(events: Sequence[Event], new: Sequence[Event], effective: date, pays: date) -> tuple[Past, ...]:
    """The closed months that the new events change."""
    both = [*events, *new]
    found = (Past(month, amount_in(events, month), amount_in(both, month)) for month in past_months(effective, pays))
    return tuple(each for each in found if each.before != each.after)


def rate_in(programme_id: int, month: date) -> BaseRate | None:
    """The base rate that applies to a month."""
    applying = select(BaseRate).where(BaseRate.programme_id == programme_id, BaseRate.applies_from <= month)
    return db.session.scalars(applying.order_by(BaseRate.applies_from.desc())).first()


def proposed_amount(programme_id: int, coefficient_hundredths: int | None, month: date) -> int | None:
    """Base rate × coefficient."""
    rate = rate_in(programme_id, month)
    return round(rate.amount * coefficient_hundredths / 100) if rate and coefficient_hundredths else None
