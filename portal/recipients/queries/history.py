"""The history of one person: every change of payments, of the person and of how they are paid, in the order of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import and_, or_, select, union
from sqlalchemy.orm import joinedload

from portal.audit.queries import told_about
from portal.db import db
from portal.recipients.fields import FROM_A_LIST
from portal.recipients.models import (
    Entitlement,
    EntitlementChange,
    Merge,
    MethodStatus,
    PaymentMethod,
    Recipient,
    Representative,
    RosterFile,
    RosterRow,
    RosterState,
    Verdict,
)
from portal.recipients.queries.tellings import (
    ACTIONS,
    FROM_A_CASE,
    Detail,
    Telling,
    by_cases,
    by_events,
    by_lists,
)
from portal.vietnam.month import LOCAL_TIME

_IN_USE = (MethodStatus.READY, MethodStatus.REPLACED)


@dataclass(frozen=True)
class Entry:
    """One of the four. `merge`: two records became one, or (`parted`) were parted again."""

    at: datetime
    change: EntitlementChange | None = None
    telling: Telling | None = None
    merge: Merge | None = None
    parted: bool = False

    @property
    def source(self) -> str:
        told = self.change or self.telling
        return told.source if told else ""


def history(
    person: Recipient,
    entitlements: Sequence[Entitlement],
    changes: Sequence[EntitlementChange],
    methods: Sequence[PaymentMethod],
    representatives: Sequence[Representative],
) -> list[Entry]:
    """Newest first."""
    codes = {each.code for each in entitlements} | {(each.before or {}).get("code", "") for each in changes}
    tellings = [
        *by_lists(person.commune_id, RosterRow.id.in_(_rows_of(person, codes))),
        *by_cases(person.commune_id, Entitlement.recipient_id == person.id),
        *_by_events(person, methods, representatives),
    ]
    tellings += _without_event(methods, tellings)
    # what a case corrected stands with each entitlement of the person, and is told once
    entries = [Entry(each.at, change=each) for each in changes if not each.source.startswith(FROM_A_CASE)]
    entries += [Entry(each.at, telling=each) for each in tellings]
    entries += _merges(person)
    return sorted(entries, key=lambda each: (each.at, each.change.id if each.change else 0), reverse=True)


def _rows_of(person: Recipient, codes: Iterable[str]) -> Any:
    """Ids of the rows of lists that are about the person: those that changed them, those under a code of theirs."""
    changed = and_(RosterRow.recipient_id == person.id, RosterRow.verdict == Verdict.CHANGED)
    lists = select(RosterFile.id).where(
        RosterFile.commune_id == person.commune_id, RosterFile.state == RosterState.APPLIED
    )
    coded = and_(RosterRow.roster_file_id.in_(lists), RosterRow.key.in_(set(codes) - {""}))
    return union(select(RosterRow.id).where(changed), select(RosterRow.id).where(coded))


def _by_events(
    person: Recipient, methods: Sequence[PaymentMethod], representatives: Sequence[Representative]
) -> list[Telling]:
    subjects = [f"recipient:{person.id}", *(f"payment_method:{each.id}" for each in methods)]
    subjects += [f"representative:{each.id}" for each in representatives]
    return by_events(told_about(subjects, ACTIONS))


def _without_event(methods: Sequence[PaymentMethod], tellings: Sequence[Telling]) -> list[Telling]:
    """Ways to be paid that came with a list. One of which only the day is known stands at its beginning."""
    known = {detail.after.id for each in tellings for detail in each.details if detail.field == "method"}
    said = {each.source for each in tellings for detail in each.details if detail.field == "account_number"}
    others = [each for each in methods if each.status in _IN_USE and each.id not in known and each.source not in said]
    numbers = [int(each.source.removeprefix(FROM_A_LIST)) for each in others if each.source.startswith(FROM_A_LIST)]
    files = db.session.scalars(select(RosterFile).where(RosterFile.id.in_(numbers)))
    lists = {f"{FROM_A_LIST}{each.id}": each for each in files}
    found = []
    for each in others:
        file, detail = lists.get(each.source), (Detail("method", None, each),)
        at = file.applied_at if file and file.applied_at else datetime.combine(each.since, time(), LOCAL_TIME)
        by = (file.applied_by_name or "") if file else ""
        found.append(Telling(each.recipient_id, detail, at, by, each.source))
    return found


def _merges(person: Recipient) -> list[Entry]:
    theirs = select(Merge).where(or_(Merge.kept_id == person.id, Merge.merged_id == person.id))
    found = []
    for each in db.session.scalars(theirs.options(joinedload(Merge.kept), joinedload(Merge.merged))):
        found.append(Entry(each.at, merge=each))
        if each.undone_at:
            found.append(Entry(each.undone_at, merge=each, parted=True))
    return found
