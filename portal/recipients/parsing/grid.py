"""A sheet as text that can be compared: Unicode, clean, with merged headings filled in."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from portal.spreadsheets.sheet import Sheet, Value
from portal.vietnam import legacy_text
from portal.vietnam.names import clean, search_key

_SIGNS = str.maketrans(dict.fromkeys("/\\.,:;()[]{}-–_+*=\"'“”%|\xad", " "))


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """Words without accents, case and signs: "Số định danh/CCCD" gives "so dinh danh cccd"."""
    return search_key(text.translate(_SIGNS))


# The same cell is looked at a dozen times on its way, and half of a list's words are on every line.
_cleaned = lru_cache(maxsize=100_000)(clean)


@dataclass(frozen=True)
class Grid:
    """One sheet; rows and columns count from 0."""

    sheet: Sheet

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

    def raw(self, row: int, column: int) -> Value:
        return self.sheet.value(row, column)

    def value(self, row: int, column: int) -> Value:
        """The value with its text decoded; nothing else is changed."""
        value = self.sheet.value(row, column)
        if self._decode is not None and isinstance(value, str) and not value.isspace():
            return self._decode(value, self.sheet.legacy_fonts.get((row, column)))[0]
        return value

    def text(self, row: int, column: int) -> str:
        value = self.value(row, column)
        if value is None or isinstance(value, bool):
            return ""
        return _cleaned(value) if isinstance(value, str) else str(value)

    def filled(self, row: int) -> list[int]:
        """The columns of a row that hold something."""
        values = self.sheet.rows[row] if 0 <= row < len(self.sheet.rows) else ()
        return [
            c
            for c, value in enumerate(values)
            if value is not None and (value.__class__ is not str or _cleaned(str(value)))
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
