"""The 12-digit personal identification number, the old 9-digit one, and what spreadsheets do to them."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

Sex = Literal["male", "female"]

PLACES: dict[str, str] = json.loads((Path(__file__).parent / "data" / "province_codes.json").read_text("utf-8"))
# ".0" behind a whole number only: the last group of "020.050.123.000" belongs to it.
_POINT_ZERO, _AROUND = re.compile(r"(?<=[0-9]{5})\.0+$"), re.compile(r"[\s.'’‘`\u200b\ufeff-]")


@dataclass(frozen=True)
class CitizenId:
    """What the number itself says. It has no check digit; `place` is None for births abroad and unknown codes."""

    number: str
    place_code: str
    place: str | None
    sex: Sex
    birth_year: int


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def digits_of(value: str | int | float) -> str:
    """Return the number as typed, without the quote, spaces, dots, dashes or ".0" that spreadsheets leave around it."""
    if isinstance(value, str) and _is_digits(value):
        return value
    text = str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
    return text if _is_digits(text) else _AROUND.sub("", _POINT_ZERO.sub("", text))


def numbers_in(text: str) -> list[str]:
    """Return the numbers of 12 or 9 digits that stand alone among other words, as in "020… cấp ngày 01/02/2021"."""
    return re.findall(r"(?<![0-9.])(?:[0-9]{12}|[0-9]{9})(?![0-9])", text)


@lru_cache(maxsize=256)  # one number is looked at several times before the next one comes
def parse(text: str | int | float) -> CitizenId | None:
    """Read 12 digits: place of birth registration (3), century and sex (1), year (2), six random digits."""
    number = digits_of(text)
    if len(number) != 12 or not _is_digits(number):
        return None
    century_and_sex = int(number[3])
    return CitizenId(
        number=number,
        place_code=number[:3],
        place=PLACES.get(number[:3]),
        sex="female" if century_and_sex % 2 else "male",
        birth_year=1900 + 100 * (century_and_sex // 2) + int(number[4:6]),
    )


def restore_leading_zero(digits: str | int | float) -> str | None:
    """Return the 12 digits of a number whose leading zeros a spreadsheet dropped, or None if that is not what happened.

    A spreadsheet drops every leading zero, so what is left starts with another digit: 11 digits, or 10 where the
    code of the province begins with 00. Eleven digits that start with zero are a number with a digit missing, and
    padding them would give somebody else's number.
    """
    left = digits_of(digits)
    if not re.fullmatch(r"[1-9][0-9]{9,10}", left):
        return None
    restored = left.zfill(12)
    return restored if restored[:3] in PLACES else None


def disagreements(number: str, sex: Sex | None, birth_year: int | None) -> list[str]:
    """Return what the number contradicts: "number" (not 12 digits), "sex", "birth_year", "place" (unknown code).

    All are warnings: sex and birth year can be corrected by law, and births abroad have codes of countries.
    """
    told = parse(number)
    if told is None:
        return ["number"]
    checks = {
        "sex": sex is not None and sex != told.sex,
        "birth_year": birth_year is not None and birth_year != told.birth_year,
        "place": told.place is None,
    }
    return [code for code, differs in checks.items() if differs]


def is_old_id(text: str | int | float) -> bool:
    """Tell whether this is an old identity card number: exactly 9 digits, without inner structure."""
    digits = digits_of(text)
    return len(digits) == 9 and _is_digits(digits)


def restore_old_id(digits: str | int | float) -> str | None:
    """Return the 9 digits of an old number whose one leading zero a spreadsheet dropped; a guess to be shown as one."""
    left = digits_of(digits)
    return "0" + left if re.fullmatch(r"[1-9][0-9]{7}", left) else None
