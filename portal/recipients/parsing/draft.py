"""One line of a list while it is being cleaned."""

from collections.abc import Sequence
from typing import Any

from portal.recipients.parsing.grid import Grid
from portal.recipients.parsing.headers import Header
from portal.recipients.parsing.roster import Problem, RosterRow, Severity
from portal.spreadsheets.sheet import Value, cell_name

NOT_TAKEN = ("stt",)
_BLANK = " -–—.…"


class Columns:
    """The columns of a list, the same for all its lines."""

    def __init__(self, header: Header) -> None:
        self.header = header
        self.of = {field: column for field, column in header.columns.items() if field not in NOT_TAKEN}
        self.first = min(header.texts)


class Draft:
    """`more`: rows below it that go on with it."""

    def __init__(self, grid: Grid, columns: Columns, row: int, more: Sequence[int] = ()) -> None:
        self.grid = grid
        self.header = columns.header
        self.columns = columns.of
        self.row = row
        self.first_column = columns.first
        self.unit, self.bank, self.spread = self.header.unit, self.header.bank, self.header.spread
        self._raw, self._values, self._texts = grid.line(row)
        self.values: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self.guesses: set[str] = set()
        self.notes: list[str] = []  # what stands under the name
        if self.spread:
            self._fill()
        for below in more:
            self._join(below)
        width, values, texts = len(self._raw), self._values, self._texts
        self._received = {
            field: value
            for field, column in self.columns.items()
            if column < width
            and (value := values[column]) is not None
            and (value.__class__ is not str or not is_blank(texts[column]))
        }

    def _fill(self) -> None:
        """Take what is merged over this line and lines above it from the first of them."""
        covered = {c: first for c in self.columns.values() if (first := self.spread.get((self.row, c))) is not None}
        if not covered:
            return
        grid, width = self.grid, max(*covered, len(self._raw) - 1) + 1
        pad = width - len(self._raw)
        raw, values, texts = [*self._raw, *[None] * pad], [*self._values, *[None] * pad], [*self._texts, *[""] * pad]
        for column, first in covered.items():
            if raw[column] is None:
                raw[column], values[column] = grid.raw(first, column), grid.value(first, column)
                texts[column] = grid.text(first, column)
        self._raw, self._values, self._texts = raw, values, texts

    def _join(self, below: int) -> None:
        """Put what stands in a line below behind the texts of its columns."""
        raw, values, texts = list(self._raw), list(self._values), list(self._texts)
        for column in self.grid.filled(below):
            text = self.grid.text(below, column)
            field = next((each for each, at in self.columns.items() if at == column), "note")
            if field == "full_name" or column not in self.columns.values():
                field = "note"
                self.notes.append(text)
            else:
                for line, more in ((raw, self.grid.raw(below, column)), (values, text)):
                    line += [None] * (column + 1 - len(line))
                    line[column] = more if line[column] is None else f"{line[column]}\n{more}"
                texts += [""] * (column + 1 - len(texts))
                texts[column] = f"{texts[column]} {text}".strip()
            self.guesses.add(field)
            detail = {"value": text}
            self.problems.append(Problem("line_joined", field, cell_name(below, column), "info", detail))
        self._raw, self._values, self._texts = raw, values, texts

    def received(self, field: str) -> Value:
        """The value of the field's cell with its text decoded; None without a column, and for blanks and dashes."""
        return self._received.get(field)

    def text(self, field: str) -> str | None:
        if field not in self._received:
            return None
        return self._texts[self.columns[field]] or None

    def cell(self, field: str | None) -> str:
        column = self.columns.get(field, self.first_column) if field else self.first_column
        return cell_name(self.row, column)

    def doubt(
        self, code: str, field: str, severity: Severity = "warning", column: str | None = None, **detail: Any
    ) -> None:
        """Note a problem of a field; `column` where its cell is that of another field."""
        self.problems.append(Problem(code, field, self.cell(column or field), severity, detail))

    def finish(self) -> RosterRow:
        width, raw = len(self._raw), self._raw
        received = {
            field: value
            for field, column in self.columns.items()
            if column < width and (value := raw[column]) is not None
        }
        if self._values is not raw:
            # Decoding an old font is a guess until someone confirms it.
            self.guesses |= {field for field, value in received.items() if self._values[self.columns[field]] != value}
        return RosterRow(
            row=self.row + 1,
            cell=self.cell(None),
            raw=received,
            problems=tuple(self.problems),
            guesses=frozenset(self.guesses),
            **self.values,
        )


def is_blank(text: str) -> bool:
    """Nothing, or the dashes and dots that people type for nothing."""
    return not text or (text[0] in _BLANK and not text.strip(_BLANK))
