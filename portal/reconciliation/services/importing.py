"""Take in a statement file: once each, entry by entry recognised in overlapping files."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from portal.areas.models import Commune
from portal.audit.services import Actor, record
from portal.db import db, now
from portal.errors import DomainError
from portal.reconciliation.models import Entry, EntryProblem, EntryState, Statement
from portal.reconciliation.parsing import StatementEntry, StatementFile, read_statement
from portal.reconciliation.parsing.statement import DoesNotTie
from portal.reconciliation.services.explaining import account_key, explain, lock
from portal.vietnam.month import LOCAL_TIME
from portal.vietnam.references import find_all


class AlreadyImported(DomainError):
    """%(by)s imported this file at %(at)s already. Nothing was counted twice."""


@dataclass(frozen=True)
class Imported:
    """`added` entries are new, `known` stood in an earlier statement already."""

    statement: Statement
    added: int
    known: int


def import_statement(actor: Actor, commune: Commune, path: Path, name: str) -> Imported:
    """Keep a statement with its entries and match them.

    Raises AlreadyImported, DoesNotTie, or what `read_statement` says of a file that cannot be read.
    """
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    _refuse_twice(commune.id, digest)
    read = read_statement(path, name)
    if read.gap:
        expected, found = (f"{amount:,}".replace(",", ".") for amount in (read.gap.expected, read.gap.found))
        raise DoesNotTie(name=name, cell=read.gap.cell, expected=expected, found=found)
    lock(commune.id)
    _refuse_twice(commune.id, digest)
    statement = _statement(actor, commune, read, name, digest)
    db.session.add(statement)
    db.session.flush()
    added = _add_entries(statement, read)
    statement.overlap_count = len(read.entries) - added
    db.session.flush()
    record(
        actor,
        "statement.imported",
        f"statement:{statement.id}",
        commune_id=commune.id,
        format=read.format,
        entries=added,
        known=statement.overlap_count,
    )
    explain(actor, commune.id)
    return Imported(statement, added, statement.overlap_count)


def _refuse_twice(commune_id: int, digest: str) -> None:
    found = select(Statement).where(Statement.commune_id == commune_id, Statement.sha256 == digest)
    if earlier := db.session.scalars(found).one_or_none():
        at = earlier.imported_at.astimezone(LOCAL_TIME)
        raise AlreadyImported(by=earlier.imported_by_name, at=f"{at:%H:%M} {at:%d/%m/%Y}")


def _statement(actor: Actor, commune: Commune, read: StatementFile, name: str, digest: str) -> Statement:
    credits = [entry.amount for entry in read.entries if entry.amount > 0]
    debits = [-entry.amount for entry in read.entries if entry.amount < 0]
    days = [entry.booked_on for entry in read.entries]
    return Statement(
        commune_id=commune.id,
        account=read.account,
        format=read.format,
        file_name=name,
        sha256=digest,
        first_day=min(days),
        last_day=max(days),
        opening=read.opening,
        closing=read.closing,
        credit_count=len(credits),
        credit_sum=sum(credits),
        debit_count=len(debits),
        debit_sum=sum(debits),
        ties=read.ties,
        imported_by=actor.id,
        imported_by_name=actor.full_name,
        imported_at=now(),
    )


def _add_entries(statement: Statement, read: StatementFile) -> int:
    """Write the entries that no earlier statement of the account holds; returns how many."""
    account = account_key(statement.account)
    of_account = select(Entry.fingerprint).where(Entry.commune_id == statement.commune_id, Entry.account == account)
    nearby = of_account.where(Entry.booked_on.between(statement.first_day, statement.last_day))
    known = set(db.session.scalars(nearby))
    seen: Counter[tuple[Any, ...]] = Counter()
    rows = []
    for position, entry in enumerate(read.entries, 1):
        references = " ".join(find_all(entry.memo))
        traits = _traits(entry, references)
        seen[traits] += 1
        fingerprint = hashlib.sha256(repr((*traits, seen[traits])).encode()).hexdigest()[:32]
        if fingerprint not in known:
            rows.append(_row(statement, account, entry, position, fingerprint, references))
    if rows:
        db.session.execute(insert(Entry), rows)
    return len(rows)


def _traits(entry: StatementEntry, references: str) -> tuple[Any, ...]:
    """What an entry keeps in every file. The balance after it tells it from all others, whatever the file's format
    makes of the memo; a file without balances has only its texts."""
    if entry.balance is not None:
        return entry.booked_on.isoformat(), entry.amount, entry.balance, references
    account = account_key(entry.counter_account)
    return entry.booked_on.isoformat(), entry.amount, entry.memo, entry.reference, account


def _row(
    statement: Statement, account: str, entry: StatementEntry, position: int, fingerprint: str, references: str
) -> dict[str, Any]:
    return {
        "commune_id": statement.commune_id,
        "statement_id": statement.id,
        "account": account,
        "fingerprint": fingerprint,
        "position": position,
        "booked_on": entry.booked_on,
        "amount": entry.amount,
        "counter_account": entry.counter_account,
        "counter_name": entry.counter_name,
        "memo": entry.memo,
        "bank_reference": entry.reference,
        "our_references": references,
        "state": EntryState.OPEN,
        "problem": EntryProblem.FOREIGN,
    }
