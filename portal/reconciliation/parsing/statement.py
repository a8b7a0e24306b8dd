"""A statement as plain values, and what can be wrong with its file."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.errors import InputError


class UnreadableStatement(InputError):
    """The file %(name)s cannot be read as a bank statement. Download it again from the bank as .xlsx or .csv."""


class NoTableFound(UnreadableStatement):
    """The file %(name)s has no row that names a day and an amount, so it is no bank statement. Download the statement from the bank as .xlsx or .csv and choose that file."""


class NoEntries(UnreadableStatement):
    """The statement %(name)s has no transaction in it. Choose the days again at the bank and download it once more."""


class UnreadableDay(UnreadableStatement):
    """In the file %(name)s the cell %(cell)s holds no day (day/month/year): “%(value)s”. Download the statement again from the bank."""


class UnreadableAmount(UnreadableStatement):
    """In the file %(name)s the cell %(cell)s holds no amount in whole đồng: “%(value)s”. Download the statement again from the bank."""


class BothSides(UnreadableStatement):
    """In the file %(name)s row %(cell)s has money in and money out at once. Download the statement again from the bank."""


class OtherCurrency(UnreadableStatement):
    """The statement %(name)s is in %(currency)s. Choose the statement of the account in đồng."""


class NotReadYet(UnreadableStatement):
    """The file %(name)s is a message of the kind %(kind)s, which cannot be read here. Download the statement from the bank as .xlsx or .csv and choose that file."""


class DoesNotTie(UnreadableStatement):
    """The balances of the file %(name)s do not tie at %(cell)s: %(expected)s was expected, %(found)s stands there. Rows are missing or changed; download the statement again from the bank."""


@dataclass(frozen=True)
class StatementEntry:
    """One booking. `amount` in whole đồng, credit +, debit −; `balance` after it, if the file says so."""

    booked_on: date
    amount: int
    counter_account: str
    counter_name: str
    memo: str
    reference: str
    balance: int | None
    cell: str


@dataclass(frozen=True)
class Gap:
    """Where the balances stop to follow from each other."""

    cell: str
    expected: int
    found: int


@dataclass(frozen=True)
class StatementFile:
    """Entries in booking order. `opening` and `closing` are None in a file that tells no balance at all.

    `ties`: opening + entries = closing, every balance printed follows from the one before and the totals are right.
    """

    format: str
    account: str
    currency: str
    opening: int | None
    closing: int | None
    entries: tuple[StatementEntry, ...]
    gap: Gap | None = None

    @property
    def ties(self) -> bool:
        return self.opening is not None and self.closing is not None and self.gap is None


def to_json(statement: StatementFile) -> dict[str, Any]:
    """The statement as JSON: amounts positive with a direction, days as ISO texts."""
    return {
        "format": statement.format,
        "account": statement.account,
        "currency": statement.currency,
        "opening": statement.opening,
        "closing": statement.closing,
        "ties": statement.ties,
        "entries": [
            {
                "booked_on": entry.booked_on.isoformat(),
                "amount": abs(entry.amount),
                "direction": "credit" if entry.amount > 0 else "debit",
                "counter_account": entry.counter_account,
                "counter_name": entry.counter_name,
                "memo": entry.memo,
                "reference": entry.reference,
            }
            for entry in statement.entries
        ],
    }
