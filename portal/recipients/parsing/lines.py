"""Tells people from headings, subtotals, totals, repeated headers and notes, line by line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from portal.recipients.parsing.grid import Grid, fold
from portal.recipients.parsing.headers import Header
from portal.recipients.parsing.roster import MONEY
from portal.recipients.parsing.words import ORDINAL, PEOPLE, ROMAN, SUM, VILLAGE
from portal.spreadsheets import cell_name
from portal.vietnam import money

Kind = Literal["person", "group", "subtotal", "total", "note"]
_IDENTIFYING = ("birth_date", "birth_male", "birth_female", "citizen_id", "old_id", "code", "account_number")


@dataclass(frozen=True)
class Line:
    """`stated` are the figures of a heading or sum; `text` its words; `row` counts from 0."""

    kind: Kind
    row: int
    cell: str
    text: str
    stated: dict[str, int]


def lines(grid: Grid, header: Header) -> Iterator[Line]:
    """All lines below the header that hold something, but for repeated headers and the (1) (2) (3) line."""
    ended = False
    for row in range(header.bottom + 1, len(grid.sheet.rows)):
        filled = [column for column in grid.filled(row) if grid.text(row, column)]
        if not filled or _repeats_header(grid, header, row, filled) or _is_ordinals(grid, row, filled):
            continue
        line = _line(grid, header, row, filled, ended)
        ended = ended or line.kind == "total"
        yield line


def _line(grid: Grid, header: Header, row: int, filled: list[int], ended: bool) -> Line:
    columns = header.columns
    words = " ".join(grid.text(row, column) for column in filled if column not in _money_columns(header))
    kind = _kind(grid, header, row, filled, ended)
    stated: dict[str, int] = {}
    if kind in ("group", "subtotal", "total"):
        for field in MONEY:
            read = _money_at(grid, row, columns.get(field))
            if read is not None:
                stated[field] = read
        if people := PEOPLE.search(words):
            stated["count"] = int(people[1].replace(".", ""))
    if kind == "note":
        words = " ".join(grid.text(row, column) for column in filled)
    if kind == "group":
        words = " ".join(
            text
            for column in filled
            if column not in _money_columns(header) and not _is_mark(text := grid.text(row, column))
        )
    return Line(kind, row, cell_name(row, filled[0]), words, stated)


def _kind(grid: Grid, header: Header, row: int, filled: list[int], ended: bool) -> Kind:
    columns = header.columns
    identified = any(columns.get(field) in filled for field in _IDENTIFYING)
    first = next((text for column in filled if not _is_mark(text := grid.text(row, column))), "")
    number = grid.text(row, columns["stt"]) if "stt" in columns else ""
    has_money = any(_money_at(grid, row, columns.get(field)) is not None for field in MONEY)
    counted = re.fullmatch(r"\d+\.?0?", number) is not None
    if (found := SUM.match(first)) and not counted and (has_money or PEOPLE.search(first)):
        return (
            "total"
            if found[1].casefold() not in ("cộng", "cong") and not VILLAGE.search(first[found.end() :].strip())
            else "subtotal"
        )
    texts = [column for column in filled if column not in _money_columns(header)]
    if _is_heading(grid, header, row, texts, counted):
        return "group"
    named = columns["full_name"] in filled and re.search(r"[^\W\d_]", grid.text(row, columns["full_name"])) is not None
    if named and (counted or has_money or (identified and not ended)):
        return "person"
    if not named and counted and (identified or has_money):
        return "person"
    return "note" if ended or not named else _lonely(grid, row, filled)


def _lonely(grid: Grid, row: int, filled: list[int]) -> Kind:
    """A name alone before the total: a person, unless it stands under a signature or spreads over the page."""
    return "person" if len(filled) <= 4 and grid.filled(row - 1) and not grid.merges.get((row, filled[0])) else "note"


def _is_heading(grid: Grid, header: Header, row: int, texts: list[int], counted: bool) -> bool:
    """A village or category over the lines below it: few words, a roman numeral or letter before them or merged."""
    if (
        not texts
        or len(texts) > 3
        or any(
            header.columns.get(field) in texts and not _in_merge(grid, row, header.columns[field])
            for field in _IDENTIFYING
            if field != "code"
        )
    ):
        return False
    marks = [column for column in texts if _is_mark(grid.text(row, column))]
    words = [column for column in texts if column not in marks and not grid.text(row, column).isdecimal()]
    if len(words) != 1:
        return False
    text = grid.text(row, words[0])
    if len(text) > 120:
        return False
    area = grid.merges.get((row, words[0]))
    wide = area is not None and area[3] > area[1]
    if marks and not counted:
        return True
    if VILLAGE.match(text):
        return not counted or wide
    return (
        wide
        and not counted
        and words[0] <= header.columns["full_name"]
        and not SUM.match(text)
        and not fold(text).startswith(("bang chu", "ghi chu", "nguoi lap", "so tien"))
    )


def _in_merge(grid: Grid, row: int, column: int) -> bool:
    area = grid.merges.get((row, column))
    return area is not None and area[3] > area[1]


def _is_mark(text: str) -> bool:
    return ROMAN.match(text) is not None


def _money_columns(header: Header) -> set[int]:
    return {header.columns[field] for field in MONEY if field in header.columns}


def _money_at(grid: Grid, row: int, column: int | None) -> int | None:
    value = None if column is None else grid.value(row, column)
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    read = money.parse_money(value)
    return read.value if read else None


def _repeats_header(grid: Grid, header: Header, row: int, filled: list[int]) -> bool:
    """Every page of a printed list has its header again; a name that is a heading is enough with one more."""
    same = sum((column, fold(grid.text(row, column))) in header.words for column in filled)
    return same == len(filled) or (same >= 2 and same * 2 > len(filled))


def _is_ordinals(grid: Grid, row: int, filled: list[int]) -> bool:
    if len(filled) < 2 or not ORDINAL.match(grid.text(row, filled[-1])):
        return False
    texts = [grid.text(row, column) for column in filled]
    if not all(ORDINAL.match(text) for text in texts):
        return False
    numbers = [int(found[0]) for text in texts if (found := re.search(r"\d+", text))]
    return len(numbers) >= 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
