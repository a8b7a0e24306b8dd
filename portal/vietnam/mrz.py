"""The machine-readable lines on chip cards: TD1 of ICAO 9303 as Vietnam fills it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.vietnam import citizen_id
from portal.vietnam.citizen_id import Sex

NO_EXPIRY = "991231"

_FIRST = re.compile(r"IDVNM([A-Z0-9<]{9})([0-9<])([0-9]{12})<<([0-9])")
_SECOND = re.compile(r"([0-9]{6})([0-9])([MF<])([0-9]{6})([0-9])VNM([A-Z0-9<]{11})([0-9])")
_THIRD = re.compile(r"[A-Z]+(?:<<?[A-Z]+)*<*")
_SEXES: dict[str, Sex] = {"M": "male", "F": "female"}


@dataclass(frozen=True)
class Mrz:
    """What the lines say. `full_name` has no accents; `expires_on` is None for cards without expiry.

    `problems`: "card_number", "number", "birth_date", "expires_on", "composite" (wrong check digit or no such day),
    "numbers_differ", "birth_year" (the lines contradict themselves).
    """

    number: str
    full_name: str
    birth_date: date | None
    sex: Sex | None
    expires_on: date | None
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def check_digit(text: str) -> str:
    """Return the check digit of ICAO 9303: weights 7, 3, 1; digits count as themselves, A is 10, "<" is 0."""
    total = sum((7, 3, 1)[i % 3] * (0 if c == "<" else int(c, 36)) for i, c in enumerate(text))
    return str(total % 10)


def parse(lines: str | Sequence[str]) -> Mrz | None:
    """Read three lines of 30 characters, spaces and lower case allowed; None if they have not that shape."""
    joined = re.sub(r"\s", "", lines if isinstance(lines, str) else "".join(lines)).upper()
    if len(joined) != 90:
        return None
    first, second, third = joined[:30], joined[30:60], joined[60:]
    one, two = _FIRST.fullmatch(first), _SECOND.fullmatch(second)
    if one is None or two is None or _THIRD.fullmatch(third) is None:
        return None
    card_number, card_check, number, number_check = one.groups()
    born, born_check, sex, expires, expires_check, _optional, composite = two.groups()
    told = citizen_id.parse(number)
    born_in = told.birth_year if told else 0
    birth_date, expiry = _date(born, born_in - born_in % 100), _date(expires, 2000)
    problems = {
        "card_number": check_digit(card_number) != card_check,
        "number": check_digit(number) != number_check,
        "birth_date": check_digit(born) != born_check or birth_date is None,
        "expires_on": check_digit(expires) != expires_check or expiry is None,
        "composite": check_digit(first[5:] + second[:7] + second[8:15] + second[18:29]) != composite,
        "numbers_differ": card_number != number[3:],
        "birth_year": int(born[:2]) != born_in % 100,
    }
    return Mrz(
        number=number,
        full_name=re.sub(r"<+", " ", third).strip(),
        birth_date=birth_date,
        sex=_SEXES.get(sex),
        expires_on=None if expires == NO_EXPIRY else expiry,
        problems=tuple(code for code, wrong in problems.items() if wrong),
    )


def _date(text: str, century: int) -> date | None:
    """Return the day of YYMMDD; the lines name no century, the personal number does."""
    try:
        return date(century + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        return None
