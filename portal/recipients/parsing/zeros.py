"""Zeros that account numbers have lost in a spreadsheet: the other accounts of the same bank in the list show them."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from portal.recipients.parsing.tables import Table
from portal.vietnam import banks

_FEWEST, _MOST_LOST = 2, 3


def digits_by_bank(tables: Iterable[Table]) -> dict[str, int]:
    """By BIN how many digits accounts have: of banks of which several in the list begin with a zero, all equally long."""
    lengths: dict[str, list[set[int]]] = {}
    counts: dict[str, int] = {}
    for table in tables:
        account, bank = (table.header.columns.get(field) for field in ("account_number", "bank"))
        if account is None:
            continue
        for row in table.content:
            number = table.grid.text(row, account).lstrip("'").strip() if isinstance(row, int) else ""
            if not (number.isascii() and number.isdecimal()) or not isinstance(row, int):
                continue
            found = find(table.grid.text(row, bank)) if bank is not None else find(table.header.bank or "")
            if found is None or found.wallet:
                continue
            zero = number.startswith("0")
            lengths.setdefault(found.bin, [set(), set()])[zero].add(len(number))
            counts[found.bin] = counts.get(found.bin, 0) + zero
    return {
        bin_: max(zeros)
        for bin_, (others, zeros) in lengths.items()
        if counts[bin_] >= _FEWEST and len(zeros) == 1 and max(others, default=0) <= max(zeros)
    }


def restored(number: str, bin_: str, digits: Mapping[str, int]) -> str | None:
    """The number with the zeros that it lacks, if it does."""
    length = digits.get(bin_, 0)
    lacks = number.isascii() and number.isdecimal() and length - _MOST_LOST <= len(number) < length
    return number.zfill(length) if lacks and not number.startswith("0") else None


@lru_cache(maxsize=2000)
def find(text: str) -> banks.Bank | None:
    """The bank of a text; the texts of a list are few."""
    return banks.find(text) if text else None
