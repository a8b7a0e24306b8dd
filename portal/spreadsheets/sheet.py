"""One sheet as plain values, the same inside and outside of the sandbox."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

Value = str | int | float | bool | date | None


class Fonts(Mapping[tuple[int, int], str]):
    """By row and column the font of each text in a legacy font; a few bytes a row, for lists where every cell is one."""

    def __init__(self, names: Sequence[str], rows: Iterable[tuple[int, str]]) -> None:
        """`rows`: number of a row, and a character for each of its columns: 0, or the place of its font from 1."""
        self.names = list(names)
        self.rows = dict(rows)

    def __getitem__(self, cell: tuple[int, int]) -> str:
        if cell not in self:
            raise KeyError(cell)
        return str(self.get(cell))

    def __contains__(self, cell: object) -> bool:
        return isinstance(cell, tuple) and self.get(cell) is not None

    def get(self, cell: tuple[int, int], default: Any = None) -> Any:
        places = self.rows.get(cell[0], "")
        place = ord(places[cell[1]]) if cell[1] < len(places) else 0
        return self.names[place - 1] if place else default

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return (
            (row, column) for row, places in self.rows.items() for column, place in enumerate(places) if place > "\0"
        )

    def __len__(self) -> int:
        return sum(len(places) - places.count("\0") for places in self.rows.values())


@dataclass(frozen=True)
class Sheet:
    """Rows and columns count from 0, at A1. Rows end at their last filled cell, so they differ in length."""

    name: str
    visible: bool
    rows: Sequence[Sequence[Value]]
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()  # top, left, bottom, right; all included
    legacy_fonts: Mapping[tuple[int, int], str] = field(default_factory=dict)  # of texts in .Vn..., VNI...

    def value(self, row: int, column: int) -> Value:
        """The value of a cell; None outside of the sheet."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return None


def cell_name(row: int, column: int) -> str:
    """What Excel calls the cell: (8, 0) is A9."""
    return f"{_letters(column)}{row + 1}"


@lru_cache(maxsize=1000)
def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
