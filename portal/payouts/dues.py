"""What is due in a month besides the month itself: what is added or taken once, and money that was not received before."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, cast, exists, func, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import Subquery

from portal.payouts.models import Line, Outcome, Run, RunState
from portal.recipients.models import Adjustment, AdjustmentKind

PAID_OUT = (RunState.SENT, RunState.RECONCILED, RunState.SETTLED)
NOT_RECEIVED = (Outcome.UNCOLLECTED, Outcome.RETURNED)


@dataclass(frozen=True)
class Month:
    """What is drawn up: a programme and month of a commune. `run_id` names the list whose own lines do not count as paid.

    `day`: a representative's paper must hold on it; the first of the month, or today if that is later.
    """

    commune_id: int
    programme_id: int
    month: date
    run_id: int
    day: date

    @classmethod
    def of(cls, run: Run, today: date) -> "Month":
        return cls(run.commune_id, run.programme_id, run.month, run.id, max(run.month, today))


def once_in(drawn: Month) -> Subquery:
    """What is added or taken once in this month, by entitlement. Arrears and one-off allowances are one figure."""
    taken = Adjustment.kind == AdjustmentKind.CLAWBACK
    return (
        select(
            Adjustment.entitlement_id,
            cast(func.sum(case((taken, 0), else_=Adjustment.amount)), Line.amount_arrears.type).label("arrears"),
            cast(func.sum(case((taken, Adjustment.amount), else_=0)), Line.amount_arrears.type).label("clawback"),
        )
        .where(Adjustment.commune_id == drawn.commune_id, Adjustment.month == drawn.month)
        .group_by(Adjustment.entitlement_id)
        .subquery("once")
    )


def waiting_for(drawn: Month) -> Subquery:
    """The month of the oldest earlier line of each entitlement that was not received and is on no other list yet.

    An entitlement has one line a month, so the month names the line. Grouped, because SQLite then indexes the result.
    """
    taken = aliased(Line)
    return (
        select(Line.entitlement_id, func.min(Line.month).label("month"))
        .join(Run, Run.id == Line.run_id)
        .where(
            Line.commune_id == drawn.commune_id,
            Line.outcome.in_(NOT_RECEIVED),
            Line.month < drawn.month,
            Run.programme_id == drawn.programme_id,
            Run.state.in_(PAID_OUT),
            ~exists().where(taken.carried_from_id == Line.id, taken.run_id != drawn.run_id),
        )
        .group_by(Line.entitlement_id)
        .subquery("waiting")
    )
