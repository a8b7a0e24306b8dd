"""One line of a list while it is being cleaned."""

from typing import Any

from portal.recipients.parsing.grid import Grid
from portal.recipients.parsing.headers import Header
from portal.recipients.parsing.roster import Problem, RosterRow, Severity
from portal.spreadsheets.sheet import Value, cell_name

NOT_TAKEN = ("stt",)


class Draft:
    def __init__(self, grid: Grid, header: Header, row: int) -> None:
        self.grid = grid
        self.columns = {field: column for field, column in header.columns.items() if field not in NOT_TAKEN}
        self.row = row
        self.first_column = min(header.texts)
        self.unit, self.bank, self.spread = header.unit, header.bank, header.spread
        self.values: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self.guesses: set[str] = set()

    def received(self, field: str) -> Value:
        """The value of the field's cell with its text decoded; None without a column, and for blanks and dashes."""
        column = self.columns.get(field)
        if column is None:
            return None
        value = self.grid.value(self.row, column)
        return None if isinstance(value, str) and not self.grid.text(self.row, column).strip(" -–—.…") else value

    def text(self, field: str) -> str | None:
        column = self.columns.get(field)
        text = "" if column is None else self.grid.text(self.row, column)
        return text if text.strip(" -–—.…") else None

    def cell(self, field: str | None) -> str:
        column = self.columns.get(field, self.first_column) if field else self.first_column
        return cell_name(self.row, column)

    def doubt(
        self, code: str, field: str, severity: Severity = "warning", column: str | None = None, **detail: Any
    ) -> None:
        """Note a problem of a field; `column` where its cell is that of another field."""
        self.problems.append(Problem(code, field, self.cell(column or field), severity, detail))

    def finish(self) -> RosterRow:
        raw = {
            field: value
            for field, column in self.columns.items()
            if (value := self.grid.raw(self.row, column)) is not None
        }
        decoded = {
            field
            for field, value in raw.items()
            if isinstance(value, str) and self.grid.value(self.row, self.columns[field]) != value
        }
        return RosterRow(
            row=self.row + 1,
            cell=self.cell(None),
            raw=raw,
            problems=tuple(self.problems),
            guesses=frozenset(self.guesses | decoded),
            **self.values,
        )
