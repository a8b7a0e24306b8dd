"""Knows at a glance the lines of a list that can be nothing but people, which are nearly all."""

from datetime import date

from portal.recipients.parsing.grid import Grid
from portal.recipients.parsing.words import SUM
from portal.spreadsheets.sheet import Value


class PlainPeople:
    """`number`, `name` and `strong`: columns of the ordinal, the name, and of numbers and dates that identify."""

    def __init__(self, grid: Grid, number: int, name: int, strong: list[int]) -> None:
        self.rows = grid.sheet.rows
        self.merges = grid.merges
        self.number, self.name, self.strong = number, name, strong
        self.usable = number >= 0 and not grid.decodes

    def has(self, row: int) -> bool:
        """Whether the line has an ordinal, a name that begins with a letter, and something that identifies a person."""
        values = self.rows[row]
        if not self.usable or max(self.number, self.name) >= len(values):
            return False
        number, name = values[self.number], values[self.name]
        if not isinstance(name, str) or not name[:1].isalpha() or not _is_ordinal(number) or SUM.match(name):
            return False
        return any(
            column < len(values) and _identifies(values[column]) and (row, column) not in self.merges
            for column in self.strong
        )


def _is_ordinal(value: Value) -> bool:
    return value.isascii() and value.isdecimal() if isinstance(value, str) else value.__class__ is int and value >= 0


def _identifies(value: Value) -> bool:
    if isinstance(value, str):
        return value.isascii() and value[:1].isdecimal() and not any(map(str.isalpha, value))
    return value.__class__ is int or isinstance(value, date)
