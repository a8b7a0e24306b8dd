"""The QR code on identity cards: fields divided by "|", 7 on cards before July 2024, 11 after."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from portal.vietnam.citizen_id import Sex
from portal.vietnam.names import clean, search_key

CardKind = Literal["cccd", "can_cuoc"]

# Law on Identification 26/2023/QH15: in force from this day; article 21 names the ages of renewal.
IDENTITY_CARD_SINCE = date(2024, 7, 1)
RENEWAL_AGES = (14, 25, 40, 60)
RENEWED_EARLY_YEARS = 2

_SEXES: dict[str, Sex] = {"nam": "male", "nu": "female"}
_YEARS = range(1900, 2100)


@dataclass(frozen=True)
class IdentityQr:
    """The card as its QR tells it. `extra` holds fields 8 to 12, whose order is not published; `raw` the text read."""

    number: str
    old_number: str | None
    full_name: str
    birth_date: date
    sex: Sex
    address: str
    issued_on: date | None
    extra: tuple[str, ...]
    raw: str


def parse(text: str) -> IdentityQr | None:
    """Read the text of a card's QR, as scanned or as a keyboard scanner typed it; None if it is not such a text."""
    raw = _first_scan(text.strip("\ufeff \t\r\n"))
    fields = [clean(field) for field in raw.split("|")]
    if not 7 <= len(fields) <= 12:
        return None
    number, old_number, full_name, born, sex_word, address, issued = fields[:7]
    birth_date, issued_on = _date(born), _date(issued)
    sex = _SEXES.get(search_key(sex_word))
    if not re.fullmatch(r"[0-9]{12}", number) or not re.fullmatch(r"([0-9]{9})?", old_number):
        return None
    if birth_date is None or sex is None or not full_name or (issued and issued_on is None):
        return None
    return IdentityQr(
        number=number,
        old_number=old_number or None,
        full_name=full_name,
        birth_date=birth_date,
        sex=sex,
        address=address,
        issued_on=issued_on,
        extra=tuple(fields[7:]),
        raw=raw,
    )


def card_kind(issued_on: date) -> CardKind:
    """Tell the citizen identity card ("cccd") from the identity card issued since 1 July 2024 ("can_cuoc")."""
    return "cccd" if issued_on < IDENTITY_CARD_SINCE else "can_cuoc"


def expires_on(birth_date: date, issued_on: date) -> date | None:
    """Return the last valid day of the card, None if it does not expire (Law 26/2023, article 21).

    The card runs to the first age of renewal that lies more than two years after the day of issue.
    """
    for age in RENEWAL_AGES:
        if issued_on < _birthday(birth_date, age - RENEWED_EARLY_YEARS):
            return _birthday(birth_date, age)
    return None


def _birthday(birth_date: date, age: int) -> date:
    year = birth_date.year + age
    if (birth_date.month, birth_date.day) == (2, 29) and (year % 4 or (year % 100 == 0 and year % 400)):
        return date(year, 2, 28)
    return birth_date.replace(year=year)


def _first_scan(text: str) -> str:
    """Cut what a scanner sent twice: the same number at the start of a card again.

    Another card's number is not cut away, or one of two people would be taken without a word; such a text is refused.
    """
    start = re.match(r"[0-9]{12}\|", text)
    again = text.find(start.group(), start.end()) if start else -1
    return text if again < 0 else text[:again].rstrip("\r\n\t ")


def _date(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{8}", text) or int(text[4:]) not in _YEARS:
        return None
    try:
        return date(int(text[4:]), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None
