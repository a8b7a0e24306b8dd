"""What is due when: Decree 20/2021, Art. 34, and the plan of the commune.

The list and the funds of a month go to the treasury before the 25th of the month before; everybody is paid before the
15th; the paying organisation reports before the 20th.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.payouts.models import SEALED_STATES, Run, RunState
from portal.recipients.models import Programme
from portal.vietnam.month import add_months, first_of

FUNDS_DAY, PAID_DAY = 25, 15
FINISHED = (RunState.RECONCILED, RunState.SETTLED)


class Step(StrEnum):
    FUNDS = "funds"
    PAID = "paid"


@dataclass(frozen=True)
class Due:
    """`by`: the step has to be done before this day. `run`: the list it is about, if there is one."""

    step: Step
    programme: Programme
    month: date
    by: date
    run: Run | None


def funds_due(month: date) -> date:
    """The 25th of the month before."""
    return add_months(month, -1).replace(day=FUNDS_DAY)


def paid_due(month: date) -> date:
    """The 15th of the month."""
    return month.replace(day=PAID_DAY)


def due(programmes: list[Programme], runs: list[Run], today: date) -> list[Due]:
    """What each programme still owes this month and the next, nearest first."""
    this_month = first_of(today)
    found = []
    for programme in programmes:
        for month in (this_month, add_months(this_month, 1)):
            run = next(
                (r for r in runs if r.programme_id == programme.id and r.month == month and r.sequence == 1), None
            )
            if run is None or run.state not in SEALED_STATES:
                found.append(Due(Step.FUNDS, programme, month, funds_due(month), run))
            elif run.state not in FINISHED:
                found.append(Due(Step.PAID, programme, month, paid_due(month), run))
    return sorted(found, key=lambda one: (one.by, one.programme.id))
