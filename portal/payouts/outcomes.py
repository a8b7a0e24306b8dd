"""What became of the lines: paid, not collected, or returned. The only thing that changes after the seal."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from portal.audit.services import Actor, record
from portal.db import db, now
from portal.errors import DomainError, InputError
from portal.payouts.models import SEALED_STATES, Line, Outcome, Run, RunIsElsewhere, RunState
from portal.payouts.queries import cash_lines, totals
from portal.vietnam.month import today

BATCH = 5000
RECEIVED_OR_OPEN = (Outcome.PAID, Outcome.PENDING)


class MonthIsSettled(DomainError):
    """This month is settled: what became of its payments can no longer change."""


class CarriedAlready(DomainError):
    """This amount is already on the approved list of month %(month)s, and would be paid twice."""


class DayInFuture(InputError):
    """The day %(day)s has not come yet."""


class NobodyTicked(InputError):
    """Nobody was ticked. Tick at least one person."""


def record_outcome(actor: Actor, line: Line, outcome: Outcome, on: date | None, note: str = "") -> None:
    """Say what became of one line on a local day; PENDING (and no day) takes a mark back.

    Raises RunIsElsewhere before approval, MonthIsSettled after settlement, CarriedAlready, DayInFuture.
    """
    _refuse(line.run, [line.id], outcome, on)
    before = line.outcome
    line.outcome, line.outcome_note = outcome, note
    line.outcome_on = None if outcome == Outcome.PENDING else on
    db.session.flush()
    detail = {"before": before, "after": outcome, "on": line.outcome_on}
    record(actor, "line.outcome_recorded", f"line:{line.id}", commune_id=line.commune_id, **detail)


def record_outcomes(actor: Actor, run: Run, line_ids: Sequence[int], outcome: Outcome, on: date | None) -> int:
    """The same for many lines of one run, in one event; returns how many lines changed. Lines of other runs stay."""
    _refuse(run, line_ids, outcome, on)
    changed = 0
    day = None if outcome == Outcome.PENDING else on
    for some in _batches(line_ids):
        chosen = update(Line).where(Line.run_id == run.id, Line.id.in_(some), Line.outcome != outcome)
        changed += db.session.execute(
            chosen.values(outcome=outcome, outcome_on=day, outcome_note="", version=Line.version + 1),
            execution_options={"synchronize_session": False},
        ).rowcount  # type: ignore[attr-defined]  # an UPDATE gives a cursor result
    db.session.expire_all()
    detail = {"after": outcome, "on": day, "lines": changed}
    record(actor, "run.outcomes_recorded", f"run:{run.id}", commune_id=run.commune_id, **detail)
    return changed


def mark_cash(
    actor: Actor, run: Run, village: str, ticked: Iterable[int], outcome: Outcome, on: date, *, others: bool = False
) -> int:
    """Mark the pending cash lines of a village that were ticked, or (`others`) all but those; returns how many."""
    chosen = set(ticked)
    pending = [line.id for line in cash_lines(run, village) if line.outcome == Outcome.PENDING]
    wanted = [line_id for line_id in pending if (line_id in chosen) != others]
    if not wanted:
        raise NobodyTicked
    return record_outcomes(actor, run, wanted, outcome, on)


def _refuse(run: Run, line_ids: Sequence[int], outcome: Outcome, on: date | None) -> None:
    if run.state == RunState.SETTLED:
        raise MonthIsSettled
    if run.state not in SEALED_STATES:
        raise RunIsElsewhere
    if outcome != Outcome.PENDING and on is None:
        raise ValueError("an outcome has a day")
    if on is not None and on > today():
        raise DayInFuture(day=f"{on:%d/%m/%Y}")
    if outcome in RECEIVED_OR_OPEN:
        _refuse_carried(line_ids)
    if run.state == RunState.APPROVED and not totals(run).accounts.people:
        run.move_to(RunState.SENT)  # no bank is asked: paying has begun
        run.sent_at = now()


def _refuse_carried(line_ids: Sequence[int]) -> None:
    """An amount that an approved later list pays cannot be received here, too.

    Locks the carrying lists: the approver of one either waits for this mark, or has approved before it.
    """
    carrying = aliased(Line)
    for some in _batches(line_ids):
        lists = select(Run).where(Run.id.in_(select(carrying.run_id).where(carrying.carried_from_id.in_(some))))
        locked = lists.order_by(Run.id).with_for_update().execution_options(populate_existing=True)
        for run in db.session.scalars(locked):
            if run.state in SEALED_STATES:
                raise CarriedAlready(month=f"{run.month.month}/{run.month.year}")


def _batches(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + BATCH] for at in range(0, len(ids), BATCH))
