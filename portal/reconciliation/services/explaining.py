"""Match the entries of a commune anew, all of them at once, and write only what changed."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Table, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import aliased

from portal.areas.models import Commune
from portal.audit.services import Actor
from portal.db import db, now
from portal.payouts.bookings import Booked, record_bookings
from portal.payouts.models import SEALED_STATES, Line, Outcome, Run, RunState
from portal.reconciliation.matching import EntryFact, LineFact, Verdict, decide
from portal.reconciliation.models import Entry, EntryState, Match, MatchEffect, MatchRule
from portal.reconciliation.parsing.memos import is_return, return_reason
from portal.vietnam.month import LOCAL_TIME
from portal.vietnam.names import match_key

BATCH = 900
Item = TypeVar("Item")
# payments of a list are booked from its month on; a bank that is late still pays before the month after next
DAYS_AFTER_MONTH = timedelta(days=44)
DAYS_AFTER_SENDING = timedelta(days=28)


def lock(commune_id: int) -> None:
    """One writer of a commune's statements at a time; rows that only refer to the commune need not wait."""
    db.session.execute(select(Commune.id).where(Commune.id == commune_id).with_for_update(key_share=True))


def account_key(account: str | None) -> str:
    """Accounts are compared without leading zeros: spreadsheets lose them."""
    return (account or "").lstrip("0")


def explain(actor: Actor, commune_id: int) -> None:
    """Decide on every entry that no person decided on and whose month is open. The caller holds the lock."""
    db.session.flush()
    before = dict(_entries(commune_id))
    lines = list(_lines(commune_id, {r for entry in before for r in entry.references}))
    verdicts = decide(before, lines)
    changed = {entry.id: verdicts[entry.id] for entry, verdict in before.items() if verdicts[entry.id] != verdict}
    lost = {v.line_id for e, v in before.items() if e.id in changed and v.effect}
    gained = {verdict.line_id for verdict in changed.values() if verdict.effect}
    amounts = {entry.id: abs(entry.amount) for entry in before}
    _write(actor, commune_id, changed, amounts)
    book(actor, commune_id, sorted(line for line in lost | gained if line is not None))
    db.session.expire_all()


def is_closed() -> ColumnElement[bool]:
    """A line of which nothing may change any more: its month is settled, or a later approved list carries it.

    A line carries one of its own entitlement: said as well, for hardly any line carries another, and by the statistics
    of an index that is nearly empty SQLite would rather read a whole list for each line.
    """
    carrying, later = aliased(Line), aliased(Run)
    carried = select(carrying.id).join(later, later.id == carrying.run_id)
    carried = carried.where(carrying.entitlement_id == Line.entitlement_id)
    return or_(
        Run.state == RunState.SETTLED,
        carried.where(carrying.carried_from_id == Line.id, later.state.in_(SEALED_STATES)).exists(),
    )


def _entries(commune_id: int) -> Iterator[tuple[EntryFact, Verdict]]:
    """Entries that rules may decide on, each with the present verdict."""
    columns = (
        Entry.id, Entry.fingerprint, Entry.booked_on, Entry.amount, Entry.counter_account, Entry.counter_name,
        Entry.memo, Entry.our_references, Entry.problem, Entry.line_id, Match.effect, Match.rule,
    )  # fmt: skip
    found = (
        select(*columns)
        .outerjoin(Match, Match.entry_id == Entry.id)
        .outerjoin(Line, Line.id == Match.line_id)
        .outerjoin(Run, Run.id == Line.run_id)
        .where(Entry.commune_id == commune_id, Entry.state != EntryState.RESOLVED)
        .where(or_(Run.id.is_(None), ~is_closed()))
    )
    for row in db.session.execute(found):
        yield (
            EntryFact(
                id=row.id,
                key=row.fingerprint,
                booked_on=row.booked_on,
                amount=row.amount,
                account=account_key(row.counter_account),
                name=match_key(row.counter_name),
                references=tuple(row.our_references.split()),
                says_return=row.amount > 0 and is_return(row.memo),
            ),
            Verdict(row.problem, row.line_id, row.effect, row.rule),
        )


def _lines(commune_id: int, references: set[str]) -> Iterator[LineFact]:
    """Lines of open months, and those of closed ones that a reference speaks of."""
    hand = _matched_by_hand(commune_id)
    columns = (Line.id, Line.reference, Line.account_number, Line.payee_name, Line.amount_total)
    chosen = (
        select(*columns, Run.month, Run.approved_at, Run.sent_at, is_closed().label("closed"))
        .join(Run, Run.id == Line.run_id)
        .where(Line.commune_id == commune_id, Run.state.in_(SEALED_STATES))
    )
    settled = chosen.where(Run.state == RunState.SETTLED)
    selects = [chosen.where(Run.state != RunState.SETTLED)]
    selects += [settled.where(Line.reference.in_(some)) for some in batches(sorted(references))]
    for each in selects:
        for row in db.session.execute(each):
            approved = row.approved_at.astimezone(LOCAL_TIME).date()
            sent = row.sent_at.astimezone(LOCAL_TIME).date() if row.sent_at else approved
            yield LineFact(
                id=row.id,
                reference=row.reference,
                account=account_key(row.account_number),
                name=match_key(row.payee_name),
                amount=row.amount_total,
                first_day=min(row.month, approved),
                last_day=max(row.month + DAYS_AFTER_MONTH, sent + DAYS_AFTER_SENDING),
                closed=bool(row.closed),
                paid_on=hand.get((row.id, MatchEffect.PAYMENT)),
                returned=(row.id, MatchEffect.RETURN) in hand,
            )


def _matched_by_hand(commune_id: int) -> dict[tuple[int, MatchEffect], date]:
    found = select(Match.line_id, Match.effect, Entry.booked_on).join(Entry, Entry.id == Match.entry_id)
    mine = found.where(Match.commune_id == commune_id, Match.rule == MatchRule.BY_HAND)
    return {(line_id, effect): day for line_id, effect, day in db.session.execute(mine)}


def _write(actor: Actor, commune_id: int, changed: dict[int, Verdict], amounts: dict[int, int]) -> None:
    for some in batches(sorted(changed)):
        db.session.execute(delete(Match).where(Match.entry_id.in_(some)), execution_options=_QUIET)
    if not changed:
        return
    entry: Table = Entry.__table__  # type: ignore[assignment]  # the mapped table
    db.session.execute(
        update(entry)
        .where(entry.c.id == bindparam("key"))
        .values(
            state=bindparam("to"), problem=bindparam("why"), line_id=bindparam("about"), version=entry.c.version + 1
        ),
        [
            {
                "key": key,
                "to": EntryState.OPEN if verdict.problem else EntryState.MATCHED,
                "why": verdict.problem,
                "about": verdict.line_id,
            }
            for key, verdict in changed.items()
        ],
    )
    at = now()
    matches = [
        {
            "commune_id": commune_id,
            "entry_id": key,
            "line_id": verdict.line_id,
            "effect": verdict.effect,
            "amount": amounts[key],
            "rule": verdict.rule,
            "at": at,
            "by_name": actor.full_name,
        }
        for key, verdict in changed.items()
        if verdict.effect
    ]
    if matches:
        db.session.execute(insert(Match), matches)


_QUIET = {"synchronize_session": False}


def book(actor: Actor, commune_id: int, line_ids: Sequence[int]) -> None:
    """Tell the lists what their matches now say of these lines."""
    if not line_ids:
        return
    outcomes = {line_id: Booked(line_id, Outcome.PENDING, None) for line_id in line_ids}
    for some in batches(line_ids):
        # "payment" comes before "return": what came back later is what became of the line
        found = select(Match.line_id, Match.effect, Entry.booked_on, Entry.memo).join(Entry, Entry.id == Match.entry_id)
        for line_id, effect, day, memo in db.session.execute(
            found.where(Match.line_id.in_(some)).order_by(Match.effect)
        ):
            returned = effect == MatchEffect.RETURN
            outcome = Outcome.RETURNED if returned else Outcome.PAID
            outcomes[line_id] = Booked(line_id, outcome, day, return_reason(memo) if returned else "")
    record_bookings(actor, commune_id, list(outcomes.values()))


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[at : at + BATCH] for at in range(0, len(items), BATCH))
