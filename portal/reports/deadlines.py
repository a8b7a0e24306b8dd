"""The calendar of a month of payment: list and money by the 25th before, paid by the 15th, the bank's report by the 20th."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.reports.queries import MonthDone
from portal.vietnam.month import add_months, first_of

SHOWN = 3


class Step(StrEnum):
    LIST = "list"
    PAY = "pay"
    REPORT = "report"


@dataclass(frozen=True)
class Deadline:
    """`month`: the month that is paid, as its first day; `due`: a local date."""

    step: Step
    month: date
    due: date
    done: bool


def deadlines(today: date, months: Mapping[date, MonthDone]) -> list[Deadline]:
    """What is late and what comes next, earliest first, at most three.

    A month that has no list at all counts as late only from this month on: earlier ones were paid before the portal.
    """
    this_month = first_of(today)
    open_steps = [
        deadline
        for month in (add_months(this_month, by) for by in (-1, 0, 1, 2))
        for deadline in _steps_of(month, months.get(month, MonthDone()))
        if not deadline.done and (deadline.due >= today or month in months)
    ]
    return sorted(open_steps, key=lambda deadline: deadline.due)[:SHOWN]


def kept(today: date, months: Mapping[date, MonthDone]) -> list[Deadline]:
    """What was done of this month's steps."""
    month = first_of(today)
    return [deadline for deadline in _steps_of(month, months.get(month, MonthDone())) if deadline.done]


def _steps_of(month: date, done: MonthDone) -> list[Deadline]:
    before = add_months(month, -1)
    return [
        Deadline(Step.LIST, month, before.replace(day=25), done.approved),
        Deadline(Step.PAY, month, month.replace(day=15), done.paid),
        Deadline(Step.REPORT, month, month.replace(day=20), done.reported),
    ]
