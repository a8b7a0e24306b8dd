"""What the values of a column look like, where its heading does not say what they are."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from portal.recipients.parsing.grid import Grid, fold
from portal.recipients.parsing.words import ORDINAL, VILLAGE
from portal.spreadsheets.sheet import Value
from portal.vietnam import citizen_id, money

SAMPLE = 80
_FEWEST = 6
MARKS = ("x", "v", "1", "co", "✓", "✔")
_NAME = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*(?: [^\W\d_]+(?:['’.-][^\W\d_]+)*){1,5}")
_DATE = re.compile(r"\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*(\d{4}|\d{2})|\d{1,2}/\d{4}|(19|20)\d\d")


def kind_of(value: Value, text: str) -> str:
    """name, date, id, account, phone, money, count, mark, village, word or text; "" for an empty cell."""
    if value is None or not text:
        return ""
    if isinstance(value, date):
        return "date"
    digits = citizen_id.digits_of(text)
    if digits.isdecimal():
        return _kind_of_digits(digits, text, isinstance(value, str))
    if _DATE.fullmatch(text):
        return "date"
    if any(c.isdecimal() for c in text) and money.parse_money(text):
        return "money"
    if fold(text) in MARKS:
        return "mark"
    if VILLAGE.match(text):
        return "village"
    if _NAME.fullmatch(text) and (text.upper() == text or all(word[0].isupper() for word in text.split())):
        return "name"
    return "word" if len(text.split()) == 1 else "text"


def _kind_of_digits(digits: str, text: str, typed: bool) -> str:
    number = int(digits)
    if 1900 <= number <= 2100 and len(digits) == 4:
        return "date"
    if len(digits) == 12 or (len(digits) == 11 and citizen_id.restore_leading_zero(digits)):
        return "id"
    if len(digits) >= 13:
        return "account"
    if typed and digits.startswith("0") and len(digits) in (9, 10):
        return "phone" if len(digits) == 10 else "id"
    if number >= 10_000:
        return "money" if number % 100 == 0 or re.fullmatch(r"\d{1,3}([.,]\d{3})+", text) else "id"
    return "count"


def values(grid: Grid, start: int, column: int) -> Iterator[tuple[Value, str]]:
    """The first filled values of a column from a row on, but for that of a line (1) (2) (3)."""
    seen = 0
    start += _is_ordinals(grid, start)
    for row in range(start, min(start + 3 * SAMPLE, len(grid.sheet.rows))):
        if text := grid.text(row, column):
            yield grid.value(row, column), text
            seen += 1
            if seen == SAMPLE:
                return


def _is_ordinals(grid: Grid, row: int) -> bool:
    texts = [text for column in grid.filled(row) if (text := grid.text(row, column))]
    return len(texts) > 2 and all(map(ORDINAL.match, texts))


def mostly(grid: Grid, start: int, column: int) -> str:
    """The kind of at least two thirds of the column's first values; "" where there is none."""
    kinds = Counter(kind_of(value, text) for value, text in values(grid, start, column))
    kind, count = next(iter(kinds.most_common(1)), ("", 0))
    return kind if count * 3 >= kinds.total() * 2 else ""


def carried_down(grid: Grid, start: int, column: int, beside: int) -> dict[tuple[int, int], int]:
    """Empty cells to the row above them that says what they hold; none unless every value stands only once.

    So a column looks whose cells were merged over the people of a village. Cells count where `beside` is filled.
    """
    rows = [row for row in range(start, len(grid.sheet.rows)) if grid.raw(row, beside) is not None]
    filled = [row for row in rows if grid.raw(row, column) is not None]
    told = {grid.raw(row, column) for row in filled}
    if len(filled) < 2 or len(told) < len(filled) or len(rows) < max(_FEWEST, 2 * len(filled)) or filled[0] != rows[0]:
        return {}
    found, first = {}, rows[0]
    for row in rows:
        if grid.raw(row, column) is not None:
            first = row
        else:
            found[row, column] = first
    return found


def amounts(grid: Grid, start: int, columns: Iterable[int]) -> dict[int, dict[int, int]]:
    """Column to row to đồng as written, of the first rows in which at least one of the columns holds an amount."""
    found: dict[int, dict[int, int]] = {column: {} for column in columns}
    for row in range(start, min(start + 2 * SAMPLE, len(grid.sheet.rows))):
        for column, by_row in found.items():
            value = grid.value(row, column)
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                read = money.parse_money(value)
                if read is not None:
                    by_row[row] = read.value
    return found


def agreement(parts: Iterable[Mapping[int, int]], total: Mapping[int, int]) -> float:
    """In what share of the rows the parts make the total."""
    parts = list(parts)
    hits = sum(sum(part.get(row, 0) for part in parts) == stated for row, stated in total.items())
    return hits / len(total) if total else 0.0
