"""Base rates: entered, corrected while nothing rests on them, and applied to a commune with their arrears."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import cast, insert, literal, select, update

from portal.areas.models import Commune
from portal.audit.services import record
from portal.db import BigInt, db, json_object, now
from portal.errors import DomainError, InputError
from portal.recipients.models import (
    Adjustment,
    AdjustmentKind,
    BaseRate,
    ChangeKind,
    Entitlement,
    EntitlementChange,
    Programme,
    Recipient,
)
from portal.recipients.queries.raises import Raise, due, is_raised, since, standing
from portal.recipients.queries.rates import RaiseTotals, before, following, is_used, rate_on, totals
from portal.recipients.services.months import closed_months
from portal.recipients.services.rowsets import run
from portal.staff.models import StaffMember
from portal.vietnam.month import add_months, first_of, today

EARLIEST = date(1995, 1, 1)
MONTHS_AHEAD = 24
FAR_OFF = 3  # times: no rate was ever raised by so much


class RateNotPositive(InputError):
    """The base rate is an amount above zero, in whole đồng."""


class RateFarOff(InputError):
    """The rate before it was %(before)s đồng. Look whether all zeros are there: 540.000, not 540."""


class DecisionMissing(InputError):
    """Write number and name of the decree or decision, for example: Nghị định 335/2026/NĐ-CP."""


class NotTheFirst(InputError):
    """A base rate applies from the first day of a month."""


class DateOutOfReach(InputError):
    """This date cannot be right: a base rate applies from 1995 on, and at most two years ahead."""


class DecidedInFuture(InputError):
    """The day of the decision is in the future. Enter the rate when it has been decided."""


class DateTaken(InputError):
    """There is a base rate of this programme from %(day)s already."""


class RateIsUsed(DomainError):
    """People are paid by this rate already: it stays as it is. If it was wrong, enter the right one and look at them one by one."""


class NoRaise(DomainError):
    """There is nothing to raise: no lower base rate of this programme came before this one."""


class RateReplaced(DomainError):
    """A newer base rate applies from month %(month)s: apply that one. Arrears of this one are entered person by person."""


class MonthIsClosed(DomainError):
    """The list of payments of month %(month)s is approved already. Choose a later month; nothing was changed."""


class RaisedAlready(DomainError):
    """Nothing is left to raise by this rate. Nobody was raised a second time."""


class RegisterChanged(DomainError):
    """The register has changed since you looked: the sums are others now. Nothing was applied; look at them again."""


@dataclass(frozen=True)
class Told:
    """What a rate is, as it was typed."""

    applies_from: date
    decided_on: date
    amount: int
    decision: str


def add_rate(actor: StaffMember, programme: Programme, told: Told) -> BaseRate:
    """Enter a rate. Raises an InputError that says what about it cannot be right."""
    _check(programme.id, told)
    rate = BaseRate(programme_id=programme.id, **vars(told))
    db.session.add(rate)
    db.session.flush()
    _record(actor, "rate.added", rate)
    return rate


def correct_rate(actor: StaffMember, rate: BaseRate, told: Told) -> None:
    """Correct a rate by which nobody was raised yet. Raises RateIsUsed or an InputError."""
    db.session.refresh(rate, with_for_update=True)
    if is_used(rate):
        raise RateIsUsed
    _check(rate.programme_id, told, own=rate.id)
    for name, value in vars(told).items():
        setattr(rate, name, value)
    db.session.flush()
    _record(actor, "rate.corrected", rate)


def _check(programme_id: int, told: Told, own: int | None = None) -> None:
    if told.amount <= 0:
        raise RateNotPositive
    if not told.decision:
        raise DecisionMissing
    if not EARLIEST <= told.applies_from <= add_months(first_of(today()), MONTHS_AHEAD):
        raise DateOutOfReach
    if told.applies_from.day != 1:
        raise NotTheFirst
    if told.decided_on > today():
        raise DecidedInFuture
    earlier = rate_on(programme_id, add_months(told.applies_from, -1))
    if earlier and not earlier.amount / FAR_OFF < told.amount < earlier.amount * FAR_OFF:
        raise RateFarOff(before=f"{earlier.amount:,}".replace(",", "."))
    same = select(BaseRate.id).where(BaseRate.programme_id == programme_id, BaseRate.applies_from == told.applies_from)
    if set(db.session.scalars(same)) - {own}:
        raise DateTaken(day=f"{told.applies_from:%d/%m/%Y}")


def _record(actor: StaffMember, action: str, rate: BaseRate) -> None:
    detail: dict[str, Any] = {"applies_from": rate.applies_from, "amount": rate.amount, "programme": rate.programme_id}
    record(actor, action, f"base_rate:{rate.id}", **detail)


def raise_of(commune_id: int, rate: BaseRate, month: date, also: tuple[int, ...] = ()) -> Raise:
    """What this rate means for a commune that pays it from `month` on. Raises NoRaise or RateReplaced."""
    old, later = before(rate), following(rate)
    if old is None or old.amount >= rate.amount:
        raise NoRaise
    if later and later.applies_from <= month:
        raise RateReplaced(month=f"{later.applies_from.month}/{later.applies_from.year}")
    return Raise(commune_id, rate, old.amount, max(month, rate.applies_from), also)


def apply_raise(actor: StaffMember, raised: Raise, seen: str, reason: str) -> RaiseTotals:
    """Raise everyone of the commune whom it concerns and put the arrears into the month's list, once.

    `seen`: the mark of the totals that the actor looked at; `reason` stands with every change. Raises MonthIsClosed,
    RaisedAlready or RegisterChanged.
    """
    db.session.execute(select(Commune.id).where(Commune.id == raised.commune_id).with_for_update(key_share=True))
    programme_id = raised.rate.programme_id
    if raised.month in closed_months(raised.commune_id, programme_id, raised.month):
        raise MonthIsClosed(month=f"{raised.month.month}/{raised.month.year}")
    done = totals(raised)
    if not done.raised.people and not done.arrears.people:
        raise RaisedAlready
    if done.mark != seen:
        raise RegisterChanged
    _add_arrears(raised, reason)
    _add_changes(actor, raised, reason)
    people = select(Entitlement.id).join(Recipient, Recipient.id == Entitlement.recipient_id).where(is_raised(raised))
    new = due(Entitlement.coefficient_hundredths, raised.rate.amount)
    values = {"monthly_amount": new, "version": Entitlement.version + 1}
    run(update(Entitlement).where(Entitlement.id.in_(people)).values(values))
    db.session.expire_all()
    detail = {"month": raised.month, "raised": vars(done.raised), "arrears": vars(done.arrears)}
    record(actor, "rate.applied", f"base_rate:{raised.rate.id}", commune_id=raised.commune_id, **detail)
    return done


def _add_arrears(raised: Raise, reason: str) -> None:
    found = standing(raised)
    columns: dict[str, Any] = {
        "commune_id": literal(raised.commune_id, BigInt),
        "entitlement_id": found.c.entitlement_id,
        "month": literal(raised.month),
        "kind": literal(AdjustmentKind.ARREARS.value),
        "amount": found.c.owed,
        "from_month": found.c.from_month,
        "to_month": found.c.to_month,
        "reason": literal(reason),
        "decision_no": literal(raised.rate.decision),
        "source": literal(raised.source),
    }
    run(insert(Adjustment).from_select(list(columns), select(*columns.values()).where(found.c.pays)))


def _add_changes(actor: StaffMember, raised: Raise, reason: str) -> None:
    new = due(Entitlement.coefficient_hundredths, raised.rate.amount)
    columns: dict[str, Any] = {
        "commune_id": literal(raised.commune_id, BigInt),
        "entitlement_id": Entitlement.id,
        "month": since(raised),
        "kind": literal(ChangeKind.AMOUNT.value),
        "before": json_object({"monthly_amount": Entitlement.monthly_amount}),
        "after": json_object({"monthly_amount": cast(new, BigInt)}),
        "reason": literal(reason),
        "decision_no": literal(raised.rate.decision),
        "source": literal(raised.source),
        "at": literal(now(), EntitlementChange.at.type),
        "by_name": literal(actor.full_name),
    }
    rows = select(*columns.values()).join(Recipient, Recipient.id == Entitlement.recipient_id).where(is_raised(raised))
    run(insert(EntitlementChange).from_select(list(columns), rows))
