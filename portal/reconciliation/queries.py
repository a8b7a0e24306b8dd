"""Statements with what is still to do, their entries page by page, and payments that an entry could belong to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from portal.db import db
from portal.payouts.models import SEALED_STATES, Line, Run, RunState
from portal.reconciliation.models import (
    Entry,
    EntryProblem,
    EntryState,
    Match,
    MatchEffect,
    MatchRule,
    Resolution,
    ResolutionKind,
    Statement,
)
from portal.reconciliation.parsing.values import fold
from portal.vietnam.names import fold_upper, match_key

PAGE = 50
FEES = ("phi ", "le phi", "sms", "thu phi", "tra lai", "lai tien gui", "lai khong ky han", "thue gtgt")
TREASURY = ("kbnn", "kho bac", "kinh phi", "cap kinh phi")


def waiting(commune_id: int) -> int:
    """Entries that a person has to decide on."""
    found = select(func.count()).select_from(Entry)
    return db.session.scalar(found.where(Entry.commune_id == commune_id, Entry.state == EntryState.OPEN)) or 0


def statements(commune_id: int, *, before: int | None = None) -> Sequence[Row[Any]]:
    """(statement, entries of its own, open ones), newest first; one more than a page where there are more."""
    chosen = select(Statement).where(Statement.commune_id == commune_id)
    if before:
        chosen = chosen.where(Statement.id < before)
    page = chosen.order_by(Statement.id.desc()).limit(PAGE + 1).subquery()
    counts = (
        select(
            Entry.statement_id,
            func.count().label("entries"),
            func.count().filter(Entry.state == EntryState.OPEN).label("open"),
        )
        .where(Entry.statement_id.in_(select(page.c.id)))
        .group_by(Entry.statement_id)
        .subquery()
    )
    found = (
        select(Statement, func.coalesce(counts.c.entries, 0), func.coalesce(counts.c.open, 0))
        .join(page, page.c.id == Statement.id)
        .outerjoin(counts, counts.c.statement_id == Statement.id)
        .order_by(Statement.id.desc())
    )
    return db.session.execute(found).all()


@dataclass(frozen=True)
class Summary:
    """Counts of a statement's own entries: by rule (money out and back), by decision, by problem, all in all."""

    entries: int
    rules: dict[MatchRule, int]
    returns: tuple[int, int]
    decisions: dict[ResolutionKind, int]
    problems: dict[EntryProblem, int]
    open_amount: int

    @property
    def open(self) -> int:
        return sum(self.problems.values())

    @property
    def explained(self) -> int:
        return self.entries - self.open


def summary(statement: Statement) -> Summary:
    mine = Entry.statement_id == statement.id
    by_rule = (
        select(Match.rule, Match.effect, func.count(), func.sum(Match.amount))
        .join(Entry, Entry.id == Match.entry_id)
        .where(mine)
        .group_by(Match.rule, Match.effect)
    )
    rules: dict[MatchRule, int] = {}
    returns = (0, 0)
    for rule, effect, count, amount in db.session.execute(by_rule):
        rules[rule] = rules.get(rule, 0) + count
        if effect == MatchEffect.RETURN:
            returns = returns[0] + count, returns[1] + int(amount)
    decided = (
        select(Resolution.kind, func.count())
        .join(Entry, Entry.id == Resolution.entry_id)
        .where(mine, Resolution.kind != ResolutionKind.MATCH_TO_LINE)
        .group_by(Resolution.kind)
    )
    opened = (
        select(Entry.problem, func.count(), func.sum(func.abs(Entry.amount)))
        .where(mine, Entry.state == EntryState.OPEN)
        .group_by(Entry.problem)
    )
    found = db.session.execute(opened).all()
    return Summary(
        entries=db.session.scalar(select(func.count()).select_from(Entry).where(mine)) or 0,
        rules=rules,
        returns=returns,
        decisions=dict(db.session.execute(decided).all()),
        problems={problem: count for problem, count, _ in found},
        open_amount=sum(int(amount) for _, _, amount in found),
    )


@dataclass(frozen=True)
class Suggestion:
    """What an open entry probably is; `kind` can be accepted by one click, `line` is the payment it speaks of."""

    entry: Entry
    line: Line | None
    kind: ResolutionKind | None


def entries(
    statement: Statement,
    *,
    state: EntryState = EntryState.OPEN,
    problem: EntryProblem | None = None,
    after: int = 0,
) -> list[Suggestion]:
    """Entries of one state (and problem) in the order of the file; one more than a page where there are more."""
    chosen = (
        select(Entry, Line)
        .outerjoin(Line, Line.id == Entry.line_id)
        .where(Entry.statement_id == statement.id, Entry.state == state, Entry.position > after)
        .order_by(Entry.position)
        .limit(PAGE + 1)
    )
    if problem:
        chosen = chosen.where(Entry.problem == problem)
    return [Suggestion(entry, line, suggested(entry)) for entry, line in db.session.execute(chosen)]


def suggested(entry: Entry) -> ResolutionKind | None:
    """Fees, interest and money from the treasury show in the memo."""
    if entry.problem != EntryProblem.FOREIGN:
        return None
    memo = f"{fold(entry.memo)} {fold(entry.counter_name)} "
    if entry.amount > 0 and any(word in memo for word in TREASURY):
        return ResolutionKind.FUNDING
    if not entry.counter_account and any(memo.startswith(word) or f" {word}" in memo for word in FEES):
        return ResolutionKind.BANK_FEE
    return None


def resolution_of(entry: Entry) -> Resolution | None:
    return db.session.scalars(select(Resolution).where(Resolution.entry_id == entry.id)).one_or_none()


def next_open(entry: Entry) -> Entry | None:
    """The next entry of the statement to decide on; after the last one the first."""
    others = select(Entry).where(
        Entry.statement_id == entry.statement_id, Entry.state == EntryState.OPEN, Entry.id != entry.id
    )
    later = others.where(Entry.position > entry.position).order_by(Entry.position)
    found = db.session.scalars(later.limit(1)).one_or_none()
    return found or db.session.scalars(others.order_by(Entry.position).limit(1)).one_or_none()


def possible_lines(entry: Entry, text: str = "", limit: int = 20) -> list[Line]:
    """Payments of open lists with the entry's amount that still lack a payment (money out) or a return (money in).

    `text`: part of a reference or of a name without accents. Without it the account and name of the entry decide
    who comes first.
    """
    effect = MatchEffect.PAYMENT if entry.amount < 0 else MatchEffect.RETURN
    explained = select(Match.line_id).where(Match.commune_id == entry.commune_id)
    chosen = (
        select(Line)
        .join(Run, Run.id == Line.run_id)
        .where(Line.commune_id == entry.commune_id, Line.amount_total == abs(entry.amount))
        .where(Run.state.in_(SEALED_STATES), Run.state != RunState.SETTLED)
        .where(Line.id.not_in(explained.where(Match.effect == effect)))
    )
    if effect == MatchEffect.RETURN:
        chosen = chosen.where(Line.id.in_(explained.where(Match.effect == MatchEffect.PAYMENT)))
    wanted = fold_upper(text).replace(" ", "")
    rows = list(db.session.scalars(chosen.order_by(Line.sort_key, Line.id)))
    if wanted:
        rows = [
            r
            for r in rows
            if wanted in r.reference or wanted in fold_upper(r.payee_name + r.recipient_name).replace(" ", "")
        ]
    name, account = match_key(entry.counter_name), entry.counter_account.lstrip("0")
    rows.sort(key=lambda r: ((r.account_number or "").lstrip("0") != account, match_key(r.payee_name) != name))
    return rows[:limit]
