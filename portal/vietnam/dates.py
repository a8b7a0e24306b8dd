"""Dates of birth as lists hold them: whole, month and year, the year alone, or a spreadsheet's day number."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

Precision = Literal["day", "month", "year"]

_YEARS = range(1900, 2101)
# Spreadsheets count days from here because they believe in 29 February 1900.
_DAY_ZERO = date(1899, 12, 30)
_DAY_NUMBERS = range(2101, 73050)
_TWO_DIGIT_PIVOT = 30

_WHOLE = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4}|[0-9]{2})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9:.]+Z?)?")
_WORDS = re.compile(r"(?:(?:ngày )?([0-9]{1,2}) )?tháng ?([0-9]{1,2})(?: năm |[ /.\-])([0-9]{4})", re.IGNORECASE)
# "__/__/1950", "../../1950", "?/1950" and "sinh năm 1950" are the year alone.
_UNKNOWN_PARTS = re.compile(r"^(?:(?:[_.?xX…\-]+/){1,2}|[_.?…\-]+|(?:sinh )?năm )(?=[0-9]{4}$)", re.IGNORECASE)
_SIGN, _NUMBER = re.compile(r"\s*([/.\-])\s*"), re.compile(r"[0-9]{4,5}(\.[0-9]+)?")
_MONTH = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{4})")


@dataclass(frozen=True)
class ReadDate:
    """A date read from a list; the parts beyond `precision` are 1. `guessed` asks an officer to look."""

    value: date
    precision: Precision
    guessed: bool


def parse_birth(value: str | int | float | date, not_after: date | None = None) -> ReadDate | None:
    """Read a date of birth, day before month; None if it is none.

    Guessed: the century of a two-digit year (20yy under 30 unless that lies after `not_after`, else 19yy), and
    day numbers of a spreadsheet. 00/00/1950 is the year alone.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return ReadDate(value, "day", False) if value.year in _YEARS else None
    if isinstance(value, str):
        return _from_text(value, not_after)
    return _from_number(value)


def _from_text(text: str, not_after: date | None) -> ReadDate | None:
    text = text.strip(" \t\r\n\u00a0\u200b\ufeff'")
    text = text if len(text.split()) < 2 else _SIGN.sub(r"\1", text)
    text = _UNKNOWN_PARTS.sub("", text.strip("()[] "))
    if words := _WORDS.fullmatch(text):
        text = "/".join(part for part in words.groups() if part)
    if whole := _WHOLE.fullmatch(text):
        day, month, year = (int(part) for part in whole.groups())
        if len(whole[3]) == 4:
            return _made(year, month, day)
        recent = _made(2000 + year, month, day, guessed=True) if year < _TWO_DIGIT_PIVOT else None
        if recent is None or (not_after is not None and recent.value > not_after):
            return _made(1900 + year, month, day, guessed=True)
        return recent
    if iso := _ISO.fullmatch(text):
        return _made(int(iso[1]), int(iso[2]), int(iso[3]))
    if month_only := _MONTH.fullmatch(text):
        return _made(int(month_only[2]), int(month_only[1]), 0)
    return _from_number(float(text)) if _NUMBER.fullmatch(text) else None


def _from_number(number: int | float) -> ReadDate | None:
    if number in _YEARS:
        return _made(int(number), 0, 0)
    if not 0 <= number < 10**6 or int(number) not in _DAY_NUMBERS:
        return None
    return ReadDate(_DAY_ZERO + timedelta(days=int(number)), "day", True)


def _made(year: int, month: int, day: int, guessed: bool = False) -> ReadDate | None:
    precision: Precision = "day" if day else "month" if month else "year"
    if year not in _YEARS or (day and not month):
        return None
    try:
        return ReadDate(date(year, month or 1, day or 1), precision, guessed)
    except ValueError:
        return None
