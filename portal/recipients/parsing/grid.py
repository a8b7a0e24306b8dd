"""A sheet as text that can be compared: Unicode, clean, with merged headings filled in."""

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import Any

from portal.spreadsheets.sheet import Sheet, Value
from portal.vietnam import legacy_text
from portal.vietnam.names import clean, search_key

MOST_KEPT = 50_000
_SIGNS = str.maketrans(dict.fromkeys("/\\.,:;()[]{}-–_+*=\"'“”%|\xad", " "))


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """Words without accents, case and signs: "Số định danh/CCCD" gives "so dinh danh cccd"."""
    return search_key(text.translate(_SIGNS))


# The same cell is looked at a dozen times on its way, and half of a list's words are on every line.
class _Cleaned(dict[str, str]):
    def __missing__(self, text: str) -> str:
        if text.isascii() and text.isalnum():  # codes and numbers: clean, and each stands once
            return text
        cleaned = clean(text)
        if len(self) < MOST_KEPT:
            self[text] = cleaned
        return cleaned


def _text_of(value: Value) -> str:
    return "" if value is None or isinstance(value, bool) else str(value)


class Grid:
    """One sheet; rows and columns count from 0. The row that was looked at last is kept ready."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._cleaned = _Cleaned()
        self._row = -1
        self._texts: Sequence[str] = ()
        self._values: Sequence[Value] = ()

    @cached_property
    def _decode(self) -> Callable[[str, str | None], tuple[str, str | None]] | None:
        """How to read texts of the age before Unicode; None for a sheet that needs no decoding.

        Without fonts the sheet as a whole decides: a single short name can be right in two ways.
        """
        if self.sheet.legacy_fonts:
            return legacy_text.decode
        texts = [value for row in self.sheet.rows[:200] for value in row if isinstance(value, str)]
        sample = " ".join(text for text in texts if not text.isascii())[:5000]
        if legacy_text.looks_tcvn3(sample):
            return lambda text, _font: legacy_text.decode(text, ".VnTime")
        if legacy_text.looks_vni(sample):
            return lambda text, _font: legacy_text.decode(text, "VNI-Times")
        return None

    @property
    def decodes(self) -> bool:
        """Whether texts of this sheet are in a legacy encoding, or may be."""
        return self._decode is not None

    @cached_property
    def encoding(self) -> str | None:
        """The legacy encoding of the sheet's texts, if any."""
        if self._decode is None:
            return None
        fonts = self.sheet.legacy_fonts
        found = {
            self._decode(value, fonts.get((row, column)))[1]
            for row, values in enumerate(self.sheet.rows[:50])
            for column, value in enumerate(values)
            if isinstance(value, str)
        }
        return next((name for name in ("tcvn3", "vni") if name in found), None)

    def line(self, row: int) -> tuple[Sequence[Value], Sequence[Value], Sequence[str]]:
        """A row as received, with its texts decoded, and as clean texts; all of one length."""
        raw = self.sheet.rows[row] if 0 <= row < len(self.sheet.rows) else ()
        if row != self._row:
            values = raw if self._decode is None else [self._decoded(row, column) for column in range(len(raw))]
            cleaned: Any = self._cleaned
            self._texts = [
                "" if value is None else cleaned[value] if value.__class__ is str else _text_of(value)
                for value in values
            ]
            self._row, self._values = row, values
        return raw, self._values, self._texts

    def raw(self, row: int, column: int) -> Value:
        return self.sheet.value(row, column)

    def value(self, row: int, column: int) -> Value:
        """The value with its text decoded; nothing else is changed."""
        if row == self._row:
            return self._values[column] if 0 <= column < len(self._values) else None
        return self.sheet.value(row, column) if self._decode is None else self._decoded(row, column)

    def _decoded(self, row: int, column: int) -> Value:
        value = self.sheet.value(row, column)
        if self._decode is not None and isinstance(value, str) and not value.isspace():
            return self._decode(value, self.sheet.legacy_fonts.get((row, column)))[0]
        return value

    def text(self, row: int, column: int) -> str:
        if row == self._row:
            return self._texts[column] if 0 <= column < len(self._texts) else ""
        value = self.value(row, column)
        return self._cleaned[value] if isinstance(value, str) else _text_of(value)

    def filled(self, row: int) -> list[int]:
        """The columns of a row that hold something."""
        raw, values, texts = self.line(row)
        if values is raw:
            return [
                column
                for column, value in enumerate(raw)
                if value is not None and (value.__class__ is not str or texts[column])
            ]
        return [
            c
            for c, value in enumerate(raw)
            if value is not None and (not isinstance(value, str) or self._cleaned[value])
        ]

    @cached_property
    def merges(self) -> dict[tuple[int, int], tuple[int, int, int, int]]:
        """The merged range of each cell of small ranges; headings are small, a merged page is nothing to look at."""
        return {
            (row, column): area
            for area in self.sheet.merged
            if (area[2] - area[0]) < 6 and (area[3] - area[1]) < 60
            for row in range(area[0], area[2] + 1)
            for column in range(area[1], area[3] + 1)
        }

    def heading(self, row: int, column: int) -> str:
        """The text of a cell, or of the merged range that covers it."""
        area = self.merges.get((row, column))
        return self.text(area[0], area[1]) if area else self.text(row, column)
