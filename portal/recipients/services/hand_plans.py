"""Changes by hand, planned: the month that the law says, the month that pays, what closed months owe."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.recipients.models import AdjustmentKind, Category, Cause, Entitlement, EntitlementStatus, Programme
from portal.recipients.queries.adjusting import STOPS, SUSPENDS, What
from portal.recipients.services import past
from portal.recipients.services.hand_refusals import (
    AlreadySo,
    AmountMissing,
    CategoryMissing,
    CauseMissing,
    DayMissing,
    MonthNotOpen,
    MonthsDisordered,
    NothingChanges,
    NotInTheRegister,
    PeriodMissing,
)
from portal.vietnam import entitled_months
from portal.vietnam.month import add_months

FUNERAL_RATES = 20  # mai táng phí: Decree 20/2021/NĐ-CP, Art. 11


ONCE = {
    What.ARREARS: AdjustmentKind.ARREARS,
    What.CLAWBACK: AdjustmentKind.CLAWBACK,
    What.ONE_OFF: AdjustmentKind.ONE_OFF,
}
LAW: dict[What, Callable[[date], date]] = {
    What.START: entitled_months.paid_from,
    What.STOP: entitled_months.stopped_from,
    What.SUSPEND: entitled_months.suspended_from,
    What.RESUME: entitled_months.resumed_from,
    What.RATE: entitled_months.adjusted_from,
}


@dataclass(frozen=True)
class Wanted:
    """`on`: day of the decision or event, from which the law tells the month; `month` told instead outweighs it."""

    what: What
    on: date | None = None
    month: date | None = None
    cause: Cause | None = None
    reason: str = ""
    decision_no: str = ""
    amount: int | None = None
    category: Category | None = None
    coefficient_hundredths: int | None = None
    programme: Programme | None = None
    code: str = ""
    from_month: date | None = None
    to_month: date | None = None


@dataclass(frozen=True)
class Plan:
    """`effective`: the first month that the change holds for; `pays`: the first open month; `past`: closed months between."""

    effective: date
    pays: date
    past: tuple[past.Past, ...]

    @property
    def owed(self) -> int:
        """Arrears for the person, or (negative) what was paid too much."""
        return sum(each.after - each.before for each in self.past)


def plan(entitlement: Entitlement | None, wanted: Wanted, commune_id: int) -> Plan:
    """What the change would mean; nothing is written. Raises InputErrors of `hand_refusals`."""
    programme_id = programme_of(entitlement, wanted)
    if wanted.what in ONCE:
        _check_once(wanted)
        pays = past.paying_month(commune_id, programme_id, wanted.month or date.min)
        return Plan(pays, pays, ())
    _check(entitlement, wanted)
    effective = wanted.month or LAW[wanted.what](_day(wanted))
    if wanted.what == What.RESUME and entitlement and entitlement.last_month:
        effective = max(effective, add_months(entitlement.last_month, 1))
    pays = past.paying_month(commune_id, programme_id, effective)
    closed = past.last_closed(commune_id, programme_id)
    if wanted.what == What.RATE and closed and effective > add_months(closed, 1):
        raise MonthNotOpen(month=f"{add_months(closed, 1):%m/%Y}", wanted=f"{effective:%m/%Y}")
    events = past.events_of(entitlement) if entitlement else []
    return Plan(effective, pays, past.past_of(events, _events(wanted, effective), effective, pays))


def programme_of(entitlement: Entitlement | None, wanted: Wanted) -> int:
    if entitlement is not None:
        return entitlement.programme_id
    if wanted.programme is None:
        raise NotInTheRegister
    return wanted.programme.id


def _day(wanted: Wanted) -> date:
    if wanted.on is None:
        raise DayMissing
    return wanted.on


def _check_once(wanted: Wanted) -> None:
    if not wanted.amount or wanted.amount <= 0:
        raise AmountMissing
    if wanted.what != What.ONE_OFF and not (wanted.from_month and wanted.to_month):
        raise PeriodMissing
    if wanted.from_month and wanted.to_month and wanted.to_month < wanted.from_month:
        raise MonthsDisordered


def _check(entitlement: Entitlement | None, wanted: Wanted) -> None:
    status = entitlement.status if entitlement else None
    fits = {
        What.START: status is None,
        What.STOP: status in (EntitlementStatus.LIVE, EntitlementStatus.SUSPENDED),
        What.SUSPEND: status == EntitlementStatus.LIVE,
        What.RESUME: status in (EntitlementStatus.SUSPENDED, EntitlementStatus.ENDED),
        What.RATE: status in (EntitlementStatus.LIVE, EntitlementStatus.SUSPENDED),
    }
    if not fits[wanted.what]:
        raise AlreadySo
    causes = {What.STOP: STOPS, What.SUSPEND: SUSPENDS}.get(wanted.what)
    if causes and wanted.cause not in causes:
        raise CauseMissing
    if wanted.what in (What.START, What.RATE) and (not wanted.amount or wanted.amount <= 0):
        raise AmountMissing
    if wanted.what == What.START and wanted.category is None:
        raise CategoryMissing
    if wanted.what == What.RATE and entitlement and not rate_of(entitlement, wanted):
        raise NothingChanges


def _events(wanted: Wanted, effective: date) -> list[past.Event]:
    return {
        What.START: [past.Event(effective, live=True, amount=wanted.amount)],
        What.STOP: [past.Event(effective, live=False)],
        What.SUSPEND: [past.Event(effective, live=False)],
        What.RESUME: [past.Event(effective, live=True)],
        What.RATE: [past.Event(effective, amount=wanted.amount)],
    }[wanted.what]


def rate_of(entitlement: Entitlement, wanted: Wanted) -> dict[str, Any]:
    """The columns that another rate really changes."""
    after: dict[str, Any] = {"monthly_amount": wanted.amount}
    if wanted.category is not None:
        after["category_text"] = wanted.category.label
    if wanted.coefficient_hundredths is not None:
        after["coefficient_hundredths"] = wanted.coefficient_hundredths
    if wanted.decision_no:
        after["decision_no"] = wanted.decision_no
    changed = {name: value for name, value in after.items() if getattr(entitlement, name) != value}
    return changed if changed.keys() - {"decision_no"} else {}
