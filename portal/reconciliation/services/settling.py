"""Draw up, prepare and approve the settlement of a month: approved = paid + in exception + not paid."""

from datetime import date

from sqlalchemy import select

from portal.areas.models import Commune
from portal.audit.services import Actor, record
from portal.db import db, now
from portal.errors import DomainError, InputError
from portal.payouts.bookings import Booked, record_bookings
from portal.payouts.models import Outcome, Run, RunState
from portal.recipients.models import Programme
from portal.reconciliation.figures import Figures, concerned_statements, figures, lines_of_part, runs_of
from portal.reconciliation.models import PARTS, Settlement, SettlementIsElsewhere, SettlementState
from portal.reconciliation.services.explaining import lock
from portal.vietnam.month import today


class NothingToSettle(InputError):
    """There is no approved list of this programme for this month, so there is nothing to settle."""


class ListsUnfinished(DomainError):
    """A list of this month is not approved and sent yet. Finish it first, then settle the month."""


class PreparedByYourself(DomainError):
    """You prepared this settlement yourself. Another person has to approve it."""


class ImportedByYourself(DomainError):
    """You imported a statement of this month. Someone who imported none has to approve the settlement."""


class FiguresChanged(DomainError):
    """The figures have changed since this settlement was prepared. Return it, so that it is prepared again."""


class SettlementReasonNeeded(InputError):
    """Say what has to be corrected, so that the officer need not guess."""


def draw_up_settlement(actor: Actor, commune: Commune, programme: Programme, month: date) -> Settlement:
    """The settlement of a month (its first day), new or computed again while it is not approved.

    Raises NothingToSettle without an approved list.
    """
    lock(commune.id)
    chosen = select(Settlement).where(
        Settlement.commune_id == commune.id, Settlement.programme_id == programme.id, Settlement.month == month
    )
    settlement = db.session.scalars(chosen).one_or_none()
    computed = figures(commune.id, programme.id, month)
    if not computed.approved.lines:
        raise NothingToSettle
    if settlement is None:
        settlement = Settlement(commune_id=commune.id, programme=programme, month=month, state=SettlementState.DRAFT)
        db.session.add(settlement)
    elif settlement.state == SettlementState.APPROVED:
        raise SettlementIsElsewhere
    _fill(settlement, computed)
    db.session.flush()
    _record(actor, "settlement.drawn_up", settlement)
    return settlement


def differs(settlement: Settlement, computed: Figures) -> bool:
    """Whether the stored figures are no longer those of the lines."""
    stored = [(getattr(settlement, f"{part}_people"), getattr(settlement, f"{part}_amount")) for part in PARTS]
    current = [(computed.part(part).lines, computed.part(part).amount) for part in PARTS]
    approved = settlement.approved_people, settlement.approved_amount
    return stored != current or approved != (computed.approved.lines, computed.approved.amount)


def prepare_settlement(actor: Actor, settlement: Settlement) -> None:
    """The officer is done; the figures are those of this moment. Open entries are shown, they do not block."""
    _needs(settlement, SettlementState.DRAFT)
    lock(settlement.commune_id)
    _finished_runs(settlement)
    _fill(settlement, figures(settlement.commune_id, settlement.programme_id, settlement.month))
    settlement.move_to(SettlementState.PREPARED)
    settlement.prepared_by, settlement.prepared_by_name, settlement.prepared_at = actor.id, actor.full_name, now()
    settlement.return_reason = ""
    _record(actor, "settlement.prepared", settlement)


def return_settlement(actor: Actor, settlement: Settlement, reason: str) -> None:
    """Give a prepared settlement back to the officer."""
    _needs(settlement, SettlementState.PREPARED)
    if not reason.strip():
        raise SettlementReasonNeeded
    settlement.move_to(SettlementState.DRAFT)
    settlement.return_reason = reason.strip()
    _record(actor, "settlement.returned", settlement)


def approve_settlement(actor: Actor, settlement: Settlement) -> None:
    """Approve a prepared settlement; its lists are settled and nothing in them changes any more.

    What nobody has paid by now was not received: it goes on to the next list. What is in question does not, because
    the bank may have paid it.

    Raises PreparedByYourself, ImportedByYourself, FiguresChanged, ListsUnfinished.
    """
    _needs(settlement, SettlementState.PREPARED)
    lock(settlement.commune_id)
    if settlement.prepared_by == actor.id:
        raise PreparedByYourself
    if any(statement.imported_by == actor.id for statement in concerned_statements(settlement)):
        raise ImportedByYourself
    runs = _finished_runs(settlement)
    if differs(settlement, figures(settlement.commune_id, settlement.programme_id, settlement.month)):
        raise FiguresChanged
    _close_unpaid(actor, settlement)
    for run in runs:
        _settle(actor, run)
    settlement.move_to(SettlementState.APPROVED)
    settlement.approved_by, settlement.approved_by_name, settlement.approved_at = actor.id, actor.full_name, now()
    _record(actor, "settlement.approved", settlement)


def _close_unpaid(actor: Actor, settlement: Settlement) -> None:
    unpaid = lines_of_part(settlement, "unpaid")
    if unpaid:
        booked = [Booked(line_id, Outcome.UNCOLLECTED, today()) for line_id in unpaid]
        record_bookings(actor, settlement.commune_id, booked)
        _fill(settlement, figures(settlement.commune_id, settlement.programme_id, settlement.month))


def _settle(actor: Actor, run: Run) -> None:
    for state in (RunState.RECONCILED, RunState.SETTLED):
        if run.state != state:
            run.move_to(state)
            db.session.flush()
            record(actor, f"run.{state}", f"run:{run.id}", commune_id=run.commune_id, month=f"{run.month:%Y-%m}")


def _finished_runs(settlement: Settlement) -> list[Run]:
    """The lists of the month, locked; all of them are sent."""
    runs = runs_of(settlement, lock=True)
    if any(run.state not in (RunState.SENT, RunState.RECONCILED) for run in runs):
        raise ListsUnfinished
    return runs


def _fill(settlement: Settlement, computed: Figures) -> None:
    settlement.approved_people, settlement.approved_amount = computed.approved.lines, computed.approved.amount
    for part in PARTS:
        found = computed.part(part)
        setattr(settlement, f"{part}_people", found.lines)
        setattr(settlement, f"{part}_amount", found.amount)


def _needs(settlement: Settlement, state: SettlementState) -> None:
    if settlement.state != state:
        raise SettlementIsElsewhere


def _record(actor: Actor, action: str, settlement: Settlement) -> None:
    db.session.flush()
    record(
        actor,
        action,
        f"settlement:{settlement.id}",
        commune_id=settlement.commune_id,
        month=f"{settlement.month:%Y-%m}",
        lines=settlement.approved_people,
        amount=settlement.approved_amount,
    )
