"""Zeros that account numbers have lost in a spreadsheet: the other accounts of the same bank in the list show them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from portal.recipients.parsing.tables import Table
from portal.vietnam import banks

_FEWEST, _MOST_LOST = 2, 3


def digits_by_bank(tables: Iterable[Table]) -> dict[str, int]:
    """By BIN how many digits accounts have: of banks of which several in the list begin with a zero, all equally long."""
    longest: defaultdict[str, int] = defaultdict(int)
    with_zero: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for bin_, number in _accounts(tables):
        longest[bin_] = max(longest[bin_], len(number))
        if number.startswith("0"):
            with_zero[bin_][len(number)] += 1
    return {
        bin_: longest[bin_]
        for bin_, lengths in with_zero.items()
        if lengths.keys() == {longest[bin_]} and lengths.total() >= _FEWEST
    }


def _accounts(tables: Iterable[Table]) -> Iterator[tuple[str, str]]:
    """BIN and number of the accounts that are digits alone."""
    for table in tables:
        account, bank = (table.header.columns.get(field) for field in ("account_number", "bank"))
        if account is None:
            continue
        for row in table.content:
            if not isinstance(row, int):
                continue
            number = table.grid.text(row, account).lstrip("'").strip()
            found = find((table.header.bank or "") if bank is None else table.grid.text(row, bank))
            if found and not found.wallet and number.isascii() and number.isdecimal():
                yield found.bin, number


def restored(number: str, bin_: str, digits: Mapping[str, int]) -> str | None:
    """The number with the zeros that it lacks, if it does."""
    length = digits.get(bin_, 0)
    lacks = number.isascii() and number.isdecimal() and length - _MOST_LOST <= len(number) < length
    return number.zfill(length) if lacks and not number.startswith("0") else None


@lru_cache(maxsize=2000)
def find(text: str) -> banks.Bank | None:
    """The bank of a text; the texts of a list are few."""
    return banks.find(text) if text else None
