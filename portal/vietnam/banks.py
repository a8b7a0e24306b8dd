"""Banks and wallets by their BIN and by the names people write for them."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypedDict

from portal.vietnam.names import clean, match_key, search_key

AccountProblem = Literal["account_format", "agribank_not_13_digits"]

AGRIBANK = "970405"

# Words before the distinguishing part of a bank's Vietnamese name.
_PREFIX = re.compile(r"^(?:(?:ngan hang|nh|nhtm|nhtmcp|tmcp|tm|cp|thuong mai|co phan|tnhh|mtv) )+")

_ACCOUNT = re.compile(r"[0-9A-Z]{6,19}")


class _Row(TypedDict, total=False):
    short: str
    name: str
    brands: list[str]
    words: list[str]
    wallet: bool


_TABLE: dict[str, _Row] = json.loads((Path(__file__).parent / "data" / "banks.json").read_text("utf-8"))


@dataclass(frozen=True)
class Bank:
    bin: str
    short: str
    name: str
    wallet: bool


_BANKS = {bin: Bank(bin, row["short"], row["name"], row.get("wallet", False)) for bin, row in _TABLE.items()}
# Names that mean one bank wherever they stand, and Vietnamese words that do so only right after "ngân hàng".
_BRANDS = {match_key(brand): bin for bin, row in _TABLE.items() for brand in [*row["brands"], bin]}
_WORDS = {search_key(words): bin for bin, row in _TABLE.items() for words in row["words"]}
_LONGEST = 6


def by_bin(bin: str) -> Bank | None:
    return _BANKS.get(bin)


def every() -> list[Bank]:
    return list(_BANKS.values())


def is_wallet(bin: str) -> bool:
    """Tell whether the BIN belongs to an electronic wallet or mobile money; False for unknown ones."""
    bank = _BANKS.get(bin)
    return bank is not None and bank.wallet


def find(text: str) -> Bank | None:
    """Return the bank that a written name means, None if it means none or more than one.

    "NHNo&PTNT Bình Gia", "Viettel Money" and "Ngân hàng Công thương CN Lạng Sơn" are found; "Ngân hàng" is not.
    """
    words = search_key(re.sub(r"[^\w\s&]|_", " ", clean(text))).split()
    bins = _brands_in(words) or _named_after_prefix(" ".join(words))
    return _BANKS[bins.pop()] if len(bins) == 1 else None


def account_problem(bin: str, number: str) -> AccountProblem | None:
    """Return what is wrong with an account number, as text with its zeros; "agribank_not_13_digits" only warns.

    There is no common rule and no check digit; public samples of Agribank have 13 digits, chosen numbers differ.
    """
    if not _ACCOUNT.fullmatch(number):
        return "account_format"
    if bin == AGRIBANK and not (len(number) == 13 and number.isdecimal()):
        return "agribank_not_13_digits"
    return None


def _brands_in(words: list[str]) -> set[str]:
    """Return the banks whose brands stand in the text; a brand inside a longer one ("Timo by BVBank") says nothing."""
    found = [
        (start, end, _BRANDS[brand])
        for start in range(len(words))
        for end in range(start + 1, min(start + _LONGEST, len(words)) + 1)
        if (brand := "".join(words[start:end])) in _BRANDS
    ]
    return {
        bin
        for start, end, bin in found
        if not any(s <= start and end <= e and (s, e) != (start, end) for s, e, _ in found)
    }


def _named_after_prefix(text: str) -> set[str]:
    """Return the bank whose Vietnamese name follows "ngân hàng"; without that, "An Bình" is a place."""
    prefix = _PREFIX.match(text + " ")
    if prefix is None:
        return set()
    rest = text[prefix.end() :] + " "
    longest = max((words for words in _WORDS if rest.startswith(words + " ")), key=len, default=None)
    return {_WORDS[longest]} if longest else set()
