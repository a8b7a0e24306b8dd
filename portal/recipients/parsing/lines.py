"""Tells people from headings, subtotals, totals, repeated headers and notes, line by line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from portal.recipients.parsing import categories, villages
from portal.recipients.parsing.continued import Continued
from portal.recipients.parsing.grid import Grid, fold
from portal.recipients.parsing.headers import Header
from portal.recipients.parsing.plain import PlainPeople
from portal.recipients.parsing.roster import MONEY
from portal.recipients.parsing.words import (
    CARRIED,
    CLOSING,
    KINDS_OF_PEOPLE,
    LIST_OF,
    NO_HEADING,
    OF_LAW,
    ORDINAL,
    PEOPLE,
    ROMAN,
    SUM,
    VILLAGE,
    WHOLE,
)
from portal.spreadsheets.sheet import cell_name
from portal.vietnam import money

Kind = Literal["person", "more", "table", "group", "subtotal", "total", "note"]
Of = Literal["village", "category", ""]
_IDENTIFYING = (
    "birth_date",
    "birth_male",
    "birth_female",
    "birth_year",
    "citizen_id",
    "old_id",
    "code",
    "account_number",
)
_COUNTED = re.compile(r"\d+\.?0?")
_CODE = re.compile(r"(?=\D*\d)[\w./-]{2,}")
# A year is the shortest of what identifies; a number of people under such a heading is shorter.
_FEWEST_DIGITS = 4
NO_ROW = -2


@dataclass(frozen=True)
class Line:
    """`stated` are the figures of a heading or sum; `text` its words; `row` counts from 0; `of` what a heading names."""

    kind: Kind
    row: int
    cell: str
    text: str
    stated: dict[str, int]
    of: Of = ""


def lines(grid: Grid, header: Header) -> Iterator[Line]:
    """All lines below the header that hold something but the (1) (2) (3) line; "table" are headings that are repeated."""
    reader = _Reader(grid, header)
    person = NO_ROW  # the row above, if it is a person's
    for row in range(header.bottom + 1, len(grid.sheet.rows)):
        if reader.plain.has(row):
            person = row
            yield Line("person", row, "", "", {})
        elif line := reader.line(row, is_person=person == row - 1):
            person = row if line.kind in ("person", "more") else NO_ROW
            yield line


class _Reader:
    """What is known of a list while its lines are told apart."""

    def __init__(self, grid: Grid, header: Header) -> None:
        self.grid = grid
        self.header = header
        columns = header.columns
        self.name, self.number = columns["full_name"], columns.get("stt", -1)
        # People of one name have it in either of two columns.
        self.given, self.code = columns.get("given_name", -1), columns.get("code", -1)
        self.money = {columns[each]: each for each in MONEY if each in columns}
        self.identifying = [columns[each] for each in _IDENTIFYING if each in columns]
        self.strong = [columns[each] for each in _IDENTIFYING if each in columns and each != "code"]
        self.ended = False
        self.continued = Continued(grid, header)
        self.plain = PlainPeople(grid, self.number, self.name, self.strong)

    def line(self, row: int, *, is_person: bool) -> Line | None:
        """The line in a row; `is_person`: one stands in the row above."""
        grid = self.grid
        texts = {column: text for column in grid.filled(row) if (text := grid.text(row, column))}
        if not texts:
            return None
        number = texts.get(self.number, "")
        counted = _COUNTED.fullmatch(number) is not None
        if not (counted and self.name in texts) and (
            (again := _repeats_header(self.header, texts)) or _is_ordinals(list(texts.values()))
        ):
            self.ended = self.ended and not again
            return Line("table", row, cell_name(row, min(texts)), "", {}) if again else None
        goes_on = is_person and not counted and self.continued.has(row, texts, row - 1)
        kind = "more" if goes_on else self._kind(row, texts, counted)
        sums = {column for column in self.money if self._money_at(row, column) is not None}
        words = [text for column, text in texts.items() if column not in sums]
        stated = self._stated(row, " ".join(words)) if kind in ("group", "subtotal", "total") else {}
        self.ended = self.ended or kind == "total" or (kind == "note" and _closes(next(iter(words), "")))
        text = " ".join(texts.values() if kind == "note" else words)
        if kind == "group":
            text = _bare(
                next(each for each in words if not _is_mark(each) and not each.isdecimal() and not _is_count(each))
            )
            return Line(kind, row, cell_name(row, min(texts)), text, stated, self._of(text))
        return Line(kind, row, cell_name(row, min(texts)), text, stated, "")

    def _kind(self, row: int, texts: dict[int, str], counted: bool) -> Kind:
        name = texts.get(self.name) or texts.get(self.given, "")
        if not name and (row, self.name) in self.header.spread:
            # Another benefit of the person over whose lines the name is merged.
            return "person" if any(self._money_at(row, column) for column in self.money) else "more"
        named = any(c.isalpha() for c in name)
        strong = any(_is_data(texts.get(column, "")) and not self._in_merge(row, column) for column in self.strong)
        if named and counted and strong and not SUM.match(name):
            return "person"
        # A heading may stand under an amount, where that is a column before the name.
        bare = {c for c in self.money if c > self.name or self._money_at(row, c) is not None}
        words = {c: text for c, text in texts.items() if c not in bare and not _is_mark(text)}
        first = next(iter(words.values()), "")
        has_money = any(self._money_at(row, column) is not None for column in self.money)
        if not counted and not strong and (found := SUM.match(first)) and (has_money or PEOPLE.search(first)):
            rest = first[found.end() :].strip(" .:")
            return "note" if CARRIED.match(first) else _sum_kind(found[1], rest)
        if CARRIED.match(first) and not counted and not strong:
            return "note"
        if not strong and self._is_heading(row, texts, words, counted):
            return "group"
        identified = any(column in texts for column in self.identifying)
        if named and (counted or has_money or (identified and not self.ended)):
            return "person"
        if not named and ((counted and (identified or has_money)) or self._is_someone(row, texts, has_money)):
            return "person"
        return self._lonely(row, texts, name) if named and not self.ended else "note"

    def _is_someone(self, row: int, texts: dict[int, str], has_money: bool) -> bool:
        """A person whose name is missing: two of an amount, a code, a number and a date, the amount not alone."""
        found = [c for c in self.strong if _is_data(texts.get(c, "")) and not self._in_merge(row, c)]
        coded = _CODE.fullmatch(texts.get(self.code, "")) is not None
        return len(found) + coded + has_money >= 2

    def _lonely(self, row: int, texts: dict[int, str], name: str) -> Kind:
        """A name alone before the total: a person, unless it stands under a signature or spreads over the page."""
        if len(texts) > 4 or self._in_merge(row, self.name) or _closes(name) or _is_title(name):
            return "note"
        return (
            "person"
            if self.grid.filled(row - 1)
            and (self.number < 0 or row + 1 >= len(self.grid.sheet.rows) or not self._begins(row + 1))
            else "note"
        )

    def _is_heading(self, row: int, texts: dict[int, str], words: dict[int, str], counted: bool) -> bool:
        """A village or category over the lines below it: one text, marked, merged or telling by its words."""
        plain = {column: text for column, text in words.items() if not text.isdecimal() and not _is_count(text)}
        column, text = next(iter(plain.items()), (0, ""))
        if len(plain) != 1 or len(texts) - len(self.money.keys() & texts.keys() - {column}) > 4:
            return False
        if len(text) > 160 or _closes(text) or SUM.match(text):
            return False
        bare = _bare(text)
        if VILLAGE.match(bare) or _names_category(bare):
            return True
        if counted or _is_title(text):
            return False
        marked = any(_is_mark(each) for each in texts.values()) or bare != text
        if marked or (self._in_merge(row, column) and column <= self.name):
            return True
        return (
            self.number >= 0
            and column <= self.name
            and not self.ended
            and not (self.money.keys() & texts.keys() - {column})
            and self._begins(row + 1)
        )

    def _begins(self, row: int) -> bool:
        """The next line is the first of a group."""
        return self.grid.text(row, self.number) in ("1", "01", "1.")

    def _of(self, text: str) -> Of:
        """What a heading names; of words that do not tell, what the list has no column for."""
        columns = self.header.columns
        if VILLAGE.match(text):
            return "village"
        if _names_category(text):
            return "category"
        if ("village" in columns) != ("category" in columns):
            return "category" if "village" in columns else "village"
        return "" if "village" in columns else "village" if len(text.split()) <= 4 and text.istitle() else "category"

    def _stated(self, row: int, words: str) -> dict[str, int]:
        read = {each: self._money_at(row, column) for column, each in self.money.items()}
        stated = {each: value * self.header.unit for each, value in read.items() if value is not None}
        if people := PEOPLE.search(words):
            stated["count"] = int(people[1].replace(".", ""))
        return stated

    def _money_at(self, row: int, column: int) -> int | None:
        value = self.grid.value(row, column)
        if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        read = money.parse_money(value)
        return read.value if read else None

    def _in_merge(self, row: int, column: int) -> bool:
        area = self.grid.merges.get((row, column))
        return area is not None and area[3] > area[1]


def _sum_kind(word: str, rest: str) -> Kind:
    """Words behind it that are not the whole commune make it the sum of a part."""
    if word.casefold() in ("cộng", "cong"):
        return "subtotal"
    return "total" if not rest or WHOLE.match(rest) else "subtotal"


def _is_title(text: str) -> bool:
    """A title, or a sentence on law and rates, which stands between the headings and the first person."""
    folded = fold(villages.without_numbering(text))
    return NO_HEADING.match(folded) is not None or OF_LAW.search(folded) is not None


def _bare(text: str) -> str:
    """A heading without its numbering and the words "Danh sách" before what it names."""
    return LIST_OF.sub("", villages.without_numbering(text))


@lru_cache(maxsize=5000)
def _names_category(text: str) -> bool:
    folded = fold(text)
    return KINDS_OF_PEOPLE.match(folded) is not None or categories.key_of(text) is not None


def _closes(text: str) -> bool:
    """The words with which the end of a list begins: amount in words, place and date, who signs."""
    return CLOSING.match(fold(text)) is not None


def _is_data(text: str) -> bool:
    """Numbers and dates; "Khối phố 2" is neither."""
    digits = sum(map(str.isdecimal, text))
    return digits >= _FEWEST_DIGITS and digits >= sum(map(str.isalpha, text))


def _is_mark(text: str) -> bool:
    return ROMAN.match(text) is not None


def _is_count(text: str) -> bool:
    found = PEOPLE.search(text)
    return found is not None and found.start() == 0


def _repeats_header(header: Header, texts: dict[int, str]) -> bool:
    """Every page of a printed list has its header again; a name that is a heading is enough with one more."""
    same = sum((column, fold(text)) in header.words for column, text in texts.items())
    return same == len(texts) or (same >= 2 and same * 2 > len(texts))


def _is_ordinals(texts: list[str]) -> bool:
    if len(texts) < 2 or not all(ORDINAL.match(text) for text in texts):
        return False
    numbers = [int(found[0]) for text in texts if (found := re.search(r"\d+", text))]
    return len(numbers) >= 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
