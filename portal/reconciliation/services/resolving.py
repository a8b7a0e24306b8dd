"""What a person decides about an entry that no rule explains, and taking a decision back."""

from sqlalchemy import delete, select

from portal.audit.services import Actor, record
from portal.db import db, now
from portal.errors import DomainError, InputError
from portal.payouts.models import SEALED_STATES, Line, Run
from portal.payouts.outcomes import MonthIsSettled
from portal.reconciliation.models import (
    Entry,
    EntryProblem,
    EntryState,
    Match,
    MatchEffect,
    MatchRule,
    Resolution,
    ResolutionKind,
)
from portal.reconciliation.services.explaining import book, explain, is_closed, lock

OURS = frozenset({ResolutionKind.MATCH_TO_LINE, ResolutionKind.RECOVER})


class EntryIsElsewhere(DomainError):
    """Someone has decided on this transaction already. Load the page again."""


class ReasonNeeded(InputError):
    """Give the reason: whoever checks the month has to understand the decision."""


class ImporterCannotDecide(DomainError):
    """You imported this statement. Where a recipient's money is concerned, another person decides."""


class NotMoneyIn(InputError):
    """Money from the treasury comes in; this transaction is money going out."""


class LineNeeded(InputError):
    """Choose the payment that this transaction belongs to."""


class AmountDiffers(InputError):
    """The amounts differ: the statement has %(entry)s đ, the approved list %(line)s đ. They cannot be matched."""


class PaidAlready(DomainError):
    """Another transaction already shows that this payment was made."""


class NotPaidBefore(DomainError):
    """Money can only come back for a payment that was made before and has not come back yet."""


def resolve(actor: Actor, entry: Entry, kind: ResolutionKind, reason: str, line: Line | None = None) -> None:
    """Decide on an open entry; for MATCH_TO_LINE `line` is the payment it made, or (money in) gave back.

    Raises EntryIsElsewhere, ImporterCannotDecide, an InputError for what is missing, or what forbids the match.
    """
    lock(entry.commune_id)
    db.session.refresh(entry)
    if entry.state != EntryState.OPEN:
        raise EntryIsElsewhere
    if not reason.strip():
        raise ReasonNeeded
    if kind in OURS and entry.statement.imported_by == actor.id:
        raise ImporterCannotDecide
    if kind == ResolutionKind.FUNDING and entry.amount < 0:
        raise NotMoneyIn
    if kind == ResolutionKind.MATCH_TO_LINE:
        _match_by_hand(actor, entry, line)
    entry.state = EntryState.RESOLVED
    db.session.add(
        Resolution(
            commune_id=entry.commune_id,
            entry_id=entry.id,
            kind=kind,
            reason=reason.strip(),
            by_id=actor.id,
            by_name=actor.full_name,
            at=now(),
        )
    )
    record(actor, "entry.resolved", f"entry:{entry.id}", commune_id=entry.commune_id, kind=kind, line=entry.line_id)
    _explain_anew(actor, entry)


def _match_by_hand(actor: Actor, entry: Entry, line: Line | None) -> None:
    if line is None or line.commune_id != entry.commune_id or line.run.state not in SEALED_STATES:
        raise LineNeeded
    if line.amount_total != abs(entry.amount):
        amounts = (f"{amount:,}".replace(",", ".") for amount in (abs(entry.amount), line.amount_total))
        raise AmountDiffers(**dict(zip(("entry", "line"), amounts, strict=True)))
    if _closed(line.id):
        raise MonthIsSettled
    present = dict(
        db.session.execute(
            select(Match.effect, Entry.booked_on)
            .join(Entry, Entry.id == Match.entry_id)
            .where(Match.line_id == line.id)
        ).all()
    )
    effect = MatchEffect.PAYMENT if entry.amount < 0 else MatchEffect.RETURN
    if effect == MatchEffect.PAYMENT and effect in present:
        raise PaidAlready
    paid_on = present.get(MatchEffect.PAYMENT)
    if effect == MatchEffect.RETURN and (effect in present or paid_on is None or paid_on > entry.booked_on):
        raise NotPaidBefore
    entry.line_id = line.id
    db.session.add(
        Match(
            commune_id=entry.commune_id,
            entry_id=entry.id,
            line_id=line.id,
            effect=effect,
            amount=abs(entry.amount),
            rule=MatchRule.BY_HAND,
            at=now(),
            by_name=actor.full_name,
        )
    )


def reopen(actor: Actor, entry: Entry) -> None:
    """Take a decision back; the rules look at the entry again. Raises MonthIsSettled once its month is settled."""
    lock(entry.commune_id)
    db.session.refresh(entry)
    if entry.state != EntryState.RESOLVED:
        raise EntryIsElsewhere
    if entry.line_id and _closed(entry.line_id):
        raise MonthIsSettled
    db.session.execute(delete(Resolution).where(Resolution.entry_id == entry.id))
    db.session.execute(delete(Match).where(Match.entry_id == entry.id))
    entry.state, entry.problem = EntryState.OPEN, entry.problem or EntryProblem.FOREIGN
    record(actor, "entry.reopened", f"entry:{entry.id}", commune_id=entry.commune_id, line=entry.line_id)
    _explain_anew(actor, entry)


def _explain_anew(actor: Actor, entry: Entry) -> None:
    """A decision about one entry may free or take a line that others could belong to."""
    commune_id, line_id = entry.commune_id, entry.line_id
    db.session.flush()
    if line_id and not _closed(line_id):
        book(actor, commune_id, [line_id])
    explain(actor, commune_id)


def _closed(line_id: int) -> bool:
    found = select(Line.id).join(Run, Run.id == Line.run_id).where(Line.id == line_id, is_closed())
    return db.session.scalar(found) is not None
