"""Decides which entry explains which line. Pure: the same entries and lines give the same end, in whichever order
the files came.

Rules in order: our reference, account and amount, folded name and amount; amount and account are always compared.
Each rule looks at all entries before the next one does, in the order of booking days.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from portal.reconciliation.models import EntryProblem, MatchEffect, MatchRule

P, R = EntryProblem, MatchRule


@dataclass(frozen=True, slots=True)
class EntryFact:
    """`key` orders entries of one day; `account` without its leading zeros; `says_return`: the bank gives money back."""

    id: int
    key: str
    booked_on: date
    amount: int
    account: str
    name: str
    references: tuple[str, ...]
    says_return: bool


@dataclass(frozen=True, slots=True)
class LineFact:
    """`account` is empty for cash. Payments of the list are booked from `first_day` to `last_day`.

    `closed`: its month is settled, or a later approved list pays it. `paid_on`, `returned`: matched by hand.
    """

    id: int
    reference: str
    account: str
    name: str
    amount: int
    first_day: date
    last_day: date
    closed: bool = False
    paid_on: date | None = None
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """An entry matches a line by a rule (no problem), or has a problem, perhaps about a line."""

    problem: EntryProblem | None
    line_id: int | None = None
    effect: MatchEffect | None = None
    rule: MatchRule | None = None


def decide(entries: Iterable[EntryFact], lines: Sequence[LineFact]) -> dict[int, Verdict]:
    """A verdict for every entry, by its id."""
    ordered = sorted(entries, key=lambda e: (e.booked_on, e.key))
    book = _Book(lines)
    book.pay([entry for entry in ordered if entry.amount < 0])
    book.take_back([entry for entry in ordered if entry.amount > 0])
    return book.verdicts


class _Book:
    """Lines by what entries may know of them, and what has been found so far."""

    def __init__(self, lines: Sequence[LineFact]) -> None:
        self.verdicts: dict[int, Verdict] = {}
        self.by_reference = {line.reference: line for line in lines}
        self.paid = {line.id: line.paid_on for line in lines if line.paid_on}
        self.returned = {line.id for line in lines if line.returned}
        self.twice: set[int] = set()
        self.by_account: defaultdict[str, list[LineFact]] = defaultdict(list)
        self.by_account_amount: defaultdict[tuple[str, int], list[LineFact]] = defaultdict(list)
        self.by_name_amount: defaultdict[tuple[str, int], list[LineFact]] = defaultdict(list)
        for line in lines:
            if line.account and not line.closed:
                self.by_account[line.account].append(line)
                self.by_account_amount[line.account, line.amount].append(line)
                self.by_name_amount[line.name, line.amount].append(line)

    # ---- money out ---------------------------------------------------------------------------------------------------

    def pay(self, debits: list[EntryFact]) -> None:
        for entry in debits:
            if entry.references:
                self._pay_by_reference(entry)
        self._pay_by(R.ACCOUNT_AMOUNT, self._open(debits))
        self._pay_by(R.NAME_AMOUNT, self._open(debits))
        for entry in self._open(debits):
            near = [line for line in self._near(entry, self.by_account[entry.account]) if entry.account]
            unpaid = [line for line in near if line.id not in self.paid]
            self._problem(entry, P.WRONG_AMOUNT if len(unpaid) == 1 else P.FOREIGN, unpaid)

    def _pay_by_reference(self, entry: EntryFact) -> None:
        line = self._named(entry)
        if line is None:
            return
        if line.closed:
            self._problem(entry, P.AFTER_SETTLEMENT, [line])
        elif entry.amount != -line.amount:
            self._problem(entry, P.WRONG_AMOUNT, [line])
        elif not line.account or (entry.account and entry.account != line.account):
            self._problem(entry, P.OTHER_ACCOUNT, [line])
        else:
            self._pay(entry, line, R.REFERENCE)

    def _pay_by(self, rule: MatchRule, debits: list[EntryFact]) -> None:
        """Without a reference: the one unpaid line of this account (name) and amount; several are for a person."""
        rivals: defaultdict[tuple[str, int], int] = defaultdict(int)
        for entry in debits:
            rivals[entry.name, entry.amount] += not entry.account
        for entry in debits:
            near = self._alike(rule, entry)
            unpaid = [line for line in near if line.id not in self.paid]
            if not near:
                continue
            if rule == R.NAME_AMOUNT and entry.account:
                # Another account than the line's: a namesake, or the money went astray.
                if len(unpaid) == 1:
                    self._problem(entry, P.OTHER_ACCOUNT, unpaid)
            elif len(unpaid) > 1 or (rule == R.NAME_AMOUNT and rivals[entry.name, entry.amount] > 1):
                self._problem(entry, P.AMBIGUOUS)
            elif unpaid:
                self._pay(entry, unpaid[0], rule)
            else:
                self._problem(entry, P.PAID_TWICE, near)

    def _alike(self, rule: MatchRule, entry: EntryFact) -> list[LineFact]:
        if rule == R.ACCOUNT_AMOUNT:
            found = self.by_account_amount.get((entry.account, abs(entry.amount)), []) if entry.account else []
        else:
            found = self.by_name_amount.get((entry.name, abs(entry.amount)), []) if entry.name else []
        return self._near(entry, found)

    def _pay(self, entry: EntryFact, line: LineFact, rule: MatchRule) -> None:
        if line.id in self.paid:
            self._problem(entry, P.PAID_TWICE, [line])
            return
        self.paid[line.id] = entry.booked_on
        self.verdicts[entry.id] = Verdict(None, line.id, MatchEffect.PAYMENT, rule)

    # ---- money back --------------------------------------------------------------------------------------------------

    def take_back(self, credits: list[EntryFact]) -> None:
        self.twice = {v.line_id for v in self.verdicts.values() if v.problem == P.PAID_TWICE and v.line_id}
        for entry in credits:
            if entry.references:
                self._take_back_by_reference(entry)
        for entry in self._open(credits):
            if not entry.says_return:
                self._problem(entry, P.FOREIGN)
        for rule in (R.ACCOUNT_AMOUNT, R.NAME_AMOUNT):
            for entry in self._open(credits):
                if rule == R.NAME_AMOUNT and entry.account:
                    continue
                paid = [line for line in self._alike(rule, entry) if self._can_come_back(entry, line)]
                if len(paid) == 1:
                    self._take_back(entry, paid[0], rule)
                elif paid:
                    self._problem(entry, P.AMBIGUOUS)
        for entry in self._open(credits):
            self._problem(entry, P.RETURN_WITHOUT_ORIGIN)

    def _take_back_by_reference(self, entry: EntryFact) -> None:
        """The account is not asked for: money may come back from an account of the bank's own."""
        line = self._named(entry)
        if line is None:
            return
        if line.closed:
            self._problem(entry, P.AFTER_SETTLEMENT, [line])
        elif entry.amount != line.amount:
            self._problem(entry, P.WRONG_AMOUNT, [line])
        elif self._can_come_back(entry, line):
            self._take_back(entry, line, R.REFERENCE)
        else:
            self._problem(entry, P.RETURN_WITHOUT_ORIGIN, [line])

    def _can_come_back(self, entry: EntryFact, line: LineFact) -> bool:
        paid_on = self.paid.get(line.id)
        return paid_on is not None and paid_on <= entry.booked_on and line.id not in self.returned

    def _take_back(self, entry: EntryFact, line: LineFact, rule: MatchRule) -> None:
        if line.id in self.twice:
            # One of two payments came back: a person says which, for the other one may well have arrived.
            self._problem(entry, P.AMBIGUOUS, [line])
            return
        self.returned.add(line.id)
        self.verdicts[entry.id] = Verdict(None, line.id, MatchEffect.RETURN, rule)

    # ---- shared ------------------------------------------------------------------------------------------------------

    def _named(self, entry: EntryFact) -> LineFact | None:
        """The one line of the entry's references; otherwise the problem is noted."""
        known = [self.by_reference[each] for each in entry.references if each in self.by_reference]
        if len(known) == 1:
            return known[0]
        self._problem(entry, P.AMBIGUOUS if known else P.UNKNOWN_REFERENCE)
        return None

    def _open(self, entries: list[EntryFact]) -> list[EntryFact]:
        return [entry for entry in entries if entry.id not in self.verdicts]

    def _near(self, entry: EntryFact, lines: list[LineFact]) -> list[LineFact]:
        """Lines of lists that were being paid on that day; money may come back a month later still."""
        if entry.amount > 0:
            return [line for line in lines if line.first_day <= entry.booked_on]
        return [line for line in lines if line.first_day <= entry.booked_on <= line.last_day]

    def _problem(self, entry: EntryFact, problem: EntryProblem, about: Sequence[LineFact] = ()) -> None:
        """`about` is kept when it is one line: what the suggestion speaks of."""
        self.verdicts[entry.id] = Verdict(problem, about[0].id if len(about) == 1 else None)
