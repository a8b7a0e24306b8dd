"""Draw up a list, prepare it, approve it, send it."""

from datetime import date

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from portal.areas.models import Commune
from portal.audit.services import Actor, record
from portal.db import db, now
from portal.errors import DomainError, InputError
from portal.payouts import drawing, seal
from portal.payouts.difference import difference
from portal.payouts.dues import Month
from portal.payouts.models import SEALED_STATES, LeftOut, Line, Run, RunIsElsewhere, RunState
from portal.payouts.outcomes import mark_cash, record_outcome, record_outcomes
from portal.payouts.problems import problems
from portal.payouts.queries import Total, totals
from portal.recipients.models import Programme
from portal.recipients.services import merging
from portal.recipients.services.months import close
from portal.vietnam.month import today

__all__ = [
    "approve",
    "check_seal",
    "discard",
    "draw_up",
    "mark_cash",
    "must_be_unbroken",
    "prepare",
    "record_outcome",
    "record_outcomes",
    "redraw",
    "return_run",
    "send",
]


class ListStillOpen(DomainError):
    """The list of %(programme)s for month %(month)s is not approved yet. Draw it up again from the register, or finish it first."""


class NobodyMissing(DomainError):
    """Nobody of %(programme)s is missing from the lists of month %(month)s: there is nothing to draw up."""


class DrawnUpMeanwhile(DomainError):
    """Someone else has just drawn up this list. Nothing was drawn up twice: load the page again."""


class ProblemsRemain(DomainError):
    """This list cannot go on: %(count)s problem(s) must be mended first. They are listed on its page."""


class PreparedByYourself(DomainError):
    """You prepared this list yourself. Another person has to approve it."""


class ReasonNeeded(InputError):
    """Say what has to be mended, so that the officer need not guess."""


class SealBroken(DomainError):
    """The seal is broken: the lines are no longer those that were approved. Do not pay by this list; call the province."""


class NoAccountLines(DomainError):
    """Nobody on this list is paid through an account: there is no payment file."""


def draw_up(actor: Actor, commune: Commune, programme: Programme, month: date) -> Run:
    """Draw up the list of a month (its first day), or a supplementary one with those who are on none yet.

    Raises ListStillOpen while a list of this or an earlier month is not approved, NobodyMissing when there is nobody
    to pay, DrawnUpMeanwhile when two people do it at once.
    """
    lists = select(Run).where(Run.commune_id == commune.id, Run.programme_id == programme.id, Run.month <= month)
    earlier = list(db.session.scalars(lists.order_by(Run.month, Run.sequence)))
    for run in earlier:
        if run.state not in SEALED_STATES:
            raise ListStillOpen(programme=programme.name, month=_month(run.month))
    same_month = [run for run in earlier if run.month == month]
    before = [run for run in earlier if run.month < month]
    run = Run(
        commune_id=commune.id,
        commune=commune,
        programme=programme,
        month=month,
        sequence=len(same_month) + 1,
        previous=before[-1] if before else None,
        created_by_name=actor.full_name,
        created_at=now(),
    )
    try:
        db.session.add(run)
        db.session.flush()
        drawn = _draw(run)
    except IntegrityError as error:
        raise DrawnUpMeanwhile from error
    left_out = db.session.scalar(select(func.count()).select_from(LeftOut).where(LeftOut.run_id == run.id)) or 0
    if not drawn.people and (same_month or not left_out):
        raise NobodyMissing(programme=programme.name, month=_month(month))
    _record(actor, "run.drawn_up", run, people=drawn.people, amount=drawn.amount, left_out=left_out)
    return run


def redraw(actor: Actor, run: Run) -> None:
    """Replace the lines of a draft by what the register says now."""
    _needs(run, RunState.DRAFT)
    _empty(run)
    try:
        drawn = _draw(run)
    except IntegrityError as error:
        raise DrawnUpMeanwhile from error
    _record(actor, "run.redrawn", run, people=drawn.people, amount=drawn.amount)


def discard(actor: Actor, run: Run) -> None:
    """Remove a draft. Nobody was promised anything yet; the event remains."""
    _needs(run, RunState.DRAFT)
    _empty(run)
    _record(actor, "run.discarded", run)
    db.session.delete(run)
    db.session.flush()


def prepare(actor: Actor, run: Run) -> None:
    """The officer is done: from now on only the approver acts. Raises ProblemsRemain while something blocks."""
    _needs(run, RunState.DRAFT)
    _refuse_problems(run)
    told = difference(run)
    run.ledger = [{"item": e.item, "people": e.people, "touched": e.touched, "amount": e.amount} for e in told.entries]
    run.move_to(RunState.PREPARED)
    run.prepared_by, run.prepared_by_name, run.prepared_at = actor.id, actor.full_name, now()
    run.return_reason = ""
    total = totals(run).all
    _record(actor, "run.prepared", run, people=total.people, amount=total.amount)


def return_run(actor: Actor, run: Run, reason: str) -> None:
    """Give a prepared list back to the officer."""
    _needs(run, RunState.PREPARED)
    if not reason.strip():
        raise ReasonNeeded
    run.move_to(RunState.DRAFT)
    run.ledger, run.return_reason = None, reason.strip()
    _record(actor, "run.returned", run)


def approve(actor: Actor, run: Run) -> None:
    """Approve and seal a prepared list. The caller has locked the run.

    Raises PreparedByYourself, and ProblemsRemain when it does not tie or carries money that was collected meanwhile.
    """
    _needs(run, RunState.PREPARED)
    if run.prepared_by == actor.id:
        raise PreparedByYourself
    _refuse_problems(run)
    run.seal = seal.compute(run)
    run.move_to(RunState.APPROVED)
    run.approved_by, run.approved_by_name, run.approved_at = actor.id, actor.full_name, now()
    close(run.commune_id, run.programme_id, run.month)
    merging.seal(run.commune_id, select(Line.recipient_id).where(Line.run_id == run.id))
    total = totals(run).all
    _record(actor, "run.approved", run, people=total.people, amount=total.amount, seal=run.seal)


def must_be_unbroken(run: Run) -> None:
    """Raise SealBroken when the lines of an approved list are no longer those that were approved."""
    if not seal.unbroken(run):
        raise SealBroken


def check_seal(actor: Actor, run: Run) -> bool:
    """Compute the seal of an approved list again because somebody asks; the answer is an event."""
    if run.state not in SEALED_STATES:
        raise RunIsElsewhere
    unbroken = seal.unbroken(run)
    _record(actor, "run.seal_checked", run, unbroken=unbroken)
    return unbroken


def send(actor: Actor, run: Run, file_format: str) -> None:
    """Somebody takes the payment file of an approved list; the first time sends the list.

    Raises SealBroken before anything leaves the house.
    """
    if run.state not in SEALED_STATES:
        raise RunIsElsewhere
    must_be_unbroken(run)
    total = totals(run).accounts
    if not total.people:
        raise NoAccountLines
    if run.state == RunState.APPROVED:
        run.move_to(RunState.SENT)
        run.sent_at = now()
    _record(actor, "run.payment_file_fetched", run, format=file_format, people=total.people, amount=total.amount)


def _draw(run: Run) -> Total:
    of_month = Line.entitlement_id.is_not(None), Line.commune_id == run.commune_id, Line.month == run.month
    numbered = select(func.max(Line.number)).join(Run, Run.id == Line.run_id)
    last = db.session.scalar(numbered.where(*of_month, Run.programme_id == run.programme_id)) or 0
    drawn = Month.of(run, today())
    for table, (names, chosen) in (
        (Line, drawing.lines_of(run, drawn, last + 1)),
        (LeftOut, drawing.left_out_of(run, drawn)),
    ):
        db.session.execute(insert(table).from_select(names, chosen))
    return totals(run).all


def _empty(run: Run) -> None:
    for table in (Line, LeftOut):
        db.session.execute(
            delete(table).where(table.run_id == run.id), execution_options={"synchronize_session": False}
        )
    db.session.expire_all()


def _needs(run: Run, state: RunState) -> None:
    if run.state != state:
        raise RunIsElsewhere


def _refuse_problems(run: Run) -> None:
    blocking = [problem for problem in problems(run, today()) if problem.blocks]
    if blocking:
        raise ProblemsRemain(count=len(blocking))


def _month(month: date) -> str:
    return f"{month.month}/{month.year}"


def _record(actor: Actor, action: str, run: Run, **detail: object) -> None:
    record(actor, action, f"run:{run.id}", commune_id=run.commune_id, month=f"{run.month:%Y-%m}", **detail)
