"""From which month a monthly benefit is paid, changed and stopped: Decree 20/2021/NĐ-CP, Art. 8; Circular 02/2021, Art. 2.

Every month is its first day.
"""

from datetime import date

from portal.vietnam.month import add_months, first_of, span


def paid_from(decided_on: date, *, certified_on: date | None = None, old_enough_on: date | None = None) -> date:
    """The month of the decision (Art. 8.1); of disabled people that of their certificate, of old people that of the age."""
    return first_of(certified_on or old_enough_on or decided_on)


def adjusted_from(met_on: date) -> date:
    """A new rate holds from the month in which its condition is met (Art. 8.1)."""
    return first_of(met_on)


def stopped_from(event: date) -> date:
    """Payments stop from the month after the one of the death, or in which a condition fell away (Art. 8.2)."""
    return add_months(first_of(event), 1)


def suspended_from(event: date) -> date:
    """A suspension begins with the month after its cause: the third month not collected, the refusal, the arrest."""
    return stopped_from(event)


def resumed_from(decided_on: date) -> date:
    """What was suspended is paid again from the month of the decision to go on."""
    return first_of(decided_on)


def last_month(event: date) -> date:
    """The last month that is paid: that of the event itself."""
    return first_of(event)


def past_months(effective: date, first_open: date) -> list[date]:
    """The months from the one that a change holds for up to the last closed one: their difference is paid afterwards."""
    return span(effective, add_months(first_open, -1)) if effective < first_open else []
