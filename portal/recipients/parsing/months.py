"""The month of payment that a list tells: in the name of its sheet, its title or the name of its file."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from portal.vietnam.month import add_months, first_of, today
from portal.vietnam.names import search_key

_MONTH_AND_YEAR = re.compile(r"(?<!\d)(?:t|thang|t\.)?\s*(0?[1-9]|1[0-2])\s*(?:[-./_ ]|nam)\s*(20\d\d)(?!\d)")
_YEAR_AND_MONTH = re.compile(r"(?<!\d)(20\d\d)[-._]?(0[1-9]|1[0-2])(?!\d)")
_MONTH = re.compile(r"(?<![a-z\d])(?:t|thang)\s?\.?(0?[1-9]|1[0-2])(?![\d.])")
# Titles name decrees and days as well: there a month counts only behind its word, and never as a part of a day.
_DAY = re.compile(
    r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{4}|ngay[\s\d./_-]*thang[\s\d./_-]*(?:nam[\s\d./_-]*)?|20\d\d-\d\d-\d\d"
)
_SPAN = re.compile(r"\btu (?:thang|t)\b|\bden (?:het )?(?:thang|t)\b|\bquy\b")
_TITLE_MONTH = re.compile(
    r"(?<![a-z\d])(?:t|thang|ky)\s?\.?(0?[1-9]|1[0-2])(?!\d)(?:\s*(?:[-./_ ]|nam)*\s*(20\d\d)(?!\d))?"
)
_YEAR = re.compile(r"\bnam\s*(20\d\d)(?!\d)")


def month_told(sheet: str, titles: Sequence[str], name: str) -> date | None:
    """The month that a list tells, None if it tells none: the sheet's name counts first, the file's name last.

    T11-2026, tháng 11 năm 2026 and 2026-11 are whole; T11 alone is that of the nearest year and counts only where
    no whole one stands anywhere. The day of a decision or a signature in a title is no month of payment.
    """
    found = [*_in_name(sheet), *_in_titles(titles), *_in_name(name)]
    whole = next((date(year, month, 1) for month, year in found if year), None)
    return whole or next((_nearest(month) for month, _ in found), None)


def _in_name(text: str) -> Iterator[tuple[int, int]]:
    plain = _plain(text)
    if found := _MONTH_AND_YEAR.search(plain):
        yield int(found[1]), int(found[2])
    elif found := _YEAR_AND_MONTH.search(plain):
        yield int(found[2]), int(found[1])
    elif found := _MONTH.search(plain):
        yield int(found[1]), 0


def _in_titles(titles: Sequence[str]) -> Iterator[tuple[int, int]]:
    for title in titles:
        plain = _DAY.sub(" ", _plain(title))
        if (found := _TITLE_MONTH.search(plain)) and not _SPAN.search(plain):
            year = found[2] or next(iter(_YEAR.findall(plain)), "0")
            yield int(found[1]), int(year)


def _nearest(month: int) -> date:
    here = first_of(today())
    return next(near for distance in range(-6, 6) if (near := add_months(here, distance)).month == month)


def _plain(text: str) -> str:
    """Without accents, with its signs: search_key drops the signs between digits."""
    return "".join(c if c in "-./_" else search_key(c) or " " for c in text)
