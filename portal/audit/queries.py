"""Walk the chains; read the log."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.audit.models import FIRST_HASH, AuditChain, AuditEvent, fingerprint
from portal.db import db

LOOKS = (
    "account.opened",
    "case.opened",
    "photo.seen",
    "rate.proposal_downloaded",
    "register.exported",
)  # something was only looked at, see docs/decisions/0003
OF_WORK = ("job.started", "job.resumed", "job.stopped", "job.failed")  # what the work itself changes is told besides


@dataclass(frozen=True)
class Break:
    """Where a chain does not hold: the first event that is changed, missing or cut off."""

    chain: int
    seq: int
    reason: str


def verify() -> tuple[int, list[Break]]:
    """Recompute every chain; return the number of events and the first break of each chain."""
    breaks, count = [], 0
    for head in db.session.scalars(select(AuditChain).order_by(AuditChain.chain)):
        expected, previous, broken = 1, FIRST_HASH, None
        for event in _events(head.chain):
            count += 1
            if broken:
                continue
            if event.seq != expected:
                broken = Break(head.chain, expected, "missing")
            elif event.previous_hash != previous or fingerprint(event) != event.hash:
                broken = Break(head.chain, event.seq, "changed")
            expected, previous = event.seq + 1, event.hash
        if not broken and (head.seq != expected - 1 or head.hash != previous):
            broken = Break(head.chain, expected, "cut off")
        if broken:
            breaks.append(broken)
    return count, breaks


def _events(chain: int) -> Iterator[AuditEvent]:
    statement = select(AuditEvent).where(AuditEvent.chain == chain).order_by(AuditEvent.seq)
    yield from db.session.scalars(statement.execution_options(yield_per=500))


def latest(chains: Collection[int], *, before: int | None = None, limit: int = 50) -> list[AuditEvent]:
    """The newest events of these chains, paged by id."""
    statement = select(AuditEvent).where(AuditEvent.chain.in_(chains)).order_by(AuditEvent.id.desc()).limit(limit)
    if before:
        statement = statement.where(AuditEvent.id < before)
    return list(db.session.scalars(statement))


def told_about(subjects: Collection[str], actions: Collection[str]) -> list[AuditEvent]:
    """Events of these kinds about these subjects, oldest first."""
    found = select(AuditEvent).where(AuditEvent.subject.in_(subjects), AuditEvent.action.in_(actions))
    return sorted(db.session.scalars(found), key=lambda event: event.seq)


def told_between(chain: int, actions: Collection[str], since: datetime, before: datetime) -> list[AuditEvent]:
    """Events of these kinds from the one instant on and before the other, oldest first."""
    found = select(AuditEvent).where(AuditEvent.chain == chain, AuditEvent.action.in_(actions))
    found = found.where(AuditEvent.at >= since, AuditEvent.at < before)
    return list(db.session.scalars(found.order_by(AuditEvent.seq)))


def last_changes(chains: Collection[int], besides: Collection[str] = ()) -> dict[int, str]:
    """By chain the hash of its newest event that is more than a look, and none of the actions `besides`.

    Whatever changes rows of a commune leaves an event there: as long as the hash stays, what was computed holds.
    """
    others = AuditEvent.action.not_in((*LOOKS, *besides))
    newest = select(AuditEvent.hash).where(AuditEvent.chain == AuditChain.chain, others)
    last = newest.order_by(AuditEvent.seq.desc()).limit(1).correlate(AuditChain).scalar_subquery()
    found = db.session.execute(select(AuditChain.chain, last).where(AuditChain.chain.in_(chains)))
    return {chain: event for chain, event in found if event}


def last_change(chain: int) -> str | None:
    return last_changes([chain]).get(chain)
