"""The tables of a sheet, one below the other, each with its own headings, people and sums."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import NoneType

from portal.recipients.parsing.above import named_above, title_above
from portal.recipients.parsing.grid import Grid, fold
from portal.recipients.parsing.headers import Header, find_header, header_at, headings_at
from portal.recipients.parsing.headings import field_of_heading
from portal.recipients.parsing.lines import Line, lines
from portal.recipients.parsing.roster import Problem, RosterRow
from portal.recipients.parsing.words import CARRIED
from portal.spreadsheets.sheet import cell_name

MOST_TABLES = 60
_FEWEST_KNOWN = 3
_CELL = re.compile(r"\b([A-Z]{1,3}\d+)\b")
# Amounts, numbers of people and days, which headings do not have.
_FIGURES = re.compile(r"\d{5}|\d[.,]\d{3}\b(?!\s*(?:đ|d|vnd))|\d/\d{1,2}/\d", re.IGNORECASE)
_TEXTS = {str, NoneType}


@dataclass
class Table:
    """`content`: its lines in order, a person as the number of its row alone.

    `title`: what stands over it; `fresh`: villages and categories above it are not its own. Of a list of several
    sheets `above` is what to add to a row's number, and `sheet` the name with which cells are named: "Nà Pái!C12".
    """

    grid: Grid
    header: Header
    content: list[Line | int]
    title: str = ""
    fresh: bool = True
    above: int = 0
    sheet: str | None = None

    @property
    def people(self) -> int:
        return sum(line.__class__ is int for line in self.content)

    def cell(self, name: str) -> str:
        """The name of a cell with its sheet, where the list has several."""
        return name if self.sheet is None else f"{self.sheet}!{name}"

    def cell_of(self, row: int, column: int) -> str:
        """The cell of a row that is numbered as in the whole list, from 0."""
        return self.cell(cell_name(row - self.above, column))

    def named(self, problem: Problem) -> Problem:
        named = self.sheet is not None and problem.cell is not None
        return replace(problem, cell=self.cell(problem.cell or "")) if named else problem

    def placed(self, row: RosterRow) -> RosterRow:
        """The row with its number in the whole list and its cells named."""
        if self.sheet is None:
            return row
        problems = tuple(map(self.named, row.problems))
        return replace(row, row=row.row + self.above, cell=self.cell(row.cell), problems=problems)


@dataclass
class _Block:
    """Headings at `row`, or with `header` None rows of something else that is no list; `top` its first row."""

    row: int
    top: int
    grid: Grid
    header: Header | None = None


def tables_of(grid: Grid, mapping: Mapping[str, str | None] | None) -> list[Table]:
    """The tables of one sheet that hold people; one whose people get nothing is no part of a list that pays."""
    first = find_header(grid, mapping)
    if first is None:
        return []
    found: list[Table] = []
    for block in _blocks(grid, first, mapping):
        if block.header is None:
            found[-1].content += _as_notes(block)
            continue
        after = _last_row(found[-1]) if found else -1
        above = list(named_above(block.grid, block.header, after))
        title = title_above(block.grid, block.header, after)
        content = [*above, *_content(block.grid, block.header)]
        # Village and category together leave nothing of the headings before.
        fresh = not found or _ends(found[-1], {line.row for line in above}) or len(above) > 1
        found.append(Table(block.grid, block.header, content, title, fresh))
    return [table for table in found if table.people]


def _content(grid: Grid, header: Header) -> list[Line | int]:
    return [line.row if line.kind == "person" else line for line in lines(grid, header)]


def _blocks(grid: Grid, first: Header, mapping: Mapping[str, str | None] | None) -> list[_Block]:
    """From the last to the first, since where a table ends is known by the one below it."""
    rows = list(_candidates(grid, first))[:MOST_TABLES] if first.bottom >= first.top else []
    if not rows:
        return [_Block(first.top, first.top, grid, first)]
    found: list[_Block] = []
    cut = grid
    for row in sorted([*rows, first.top], reverse=True):
        if row == first.top:
            header = find_header(cut, mapping) if cut is not grid else first
            block: _Block | None = _Block(row, first.top, cut, header or first)
        else:
            block = _block(cut, row, first, mapping or {})
        if block and (block.header or row > first.top):
            found.append(block)
            cut = Grid(replace(grid.sheet, rows=grid.sheet.rows[: block.top]))
    return found[::-1]


def _candidates(grid: Grid, first: Header) -> Iterator[int]:
    """Rows with words of headings other than those that are in force there."""
    words, below = frozenset[tuple[int, str]](), -1
    for row, values in enumerate(grid.sheet.rows):
        if first.top <= row <= first.bottom:
            words, below = first.words, first.bottom
        if row <= below or not _TEXTS.issuperset(map(type, values)):
            continue
        told = [value for value in values if isinstance(value, str) and value]
        if len(told) < 2 or _FIGURES.search(" ".join(told)):
            continue
        here = {(column, fold(text)) for column in grid.filled(row) if (text := grid.text(row, column))}
        if not here <= words and (headings := headings_at(grid, row)):
            bottom, parts = headings
            words = frozenset((column, fold(text)) for column, levels in parts.items() for text in levels)
            below = bottom
            yield row


def _block(grid: Grid, row: int, first: Header, mapping: Mapping[str, str | None]) -> _Block | None:
    header = header_at(grid, row, mapping, own=True)
    if header is None:
        return _Block(row, row, grid) if _is_of_something_else(grid, row, first) else None
    if not any(isinstance(line, int) for line in _content(grid, header)):
        return None
    paid = {"amount", "total"} & first.columns.keys()
    if paid and not {"amount", "total"} & header.columns.keys():
        return _Block(header.top, header.top, grid)
    return _Block(row, header.top, grid, _in_unit_of(first, header))


def _in_unit_of(first: Header, header: Header) -> Header:
    """The unit stands over the first table alone; small amounts below are in it too."""
    if first.unit == header.unit or not any(problem.code == "money_small" for problem in header.problems):
        return header
    problems = tuple(problem for problem in header.problems if problem.code != "money_small")
    return replace(header, unit=first.unit, problems=problems)


def _is_of_something_else(grid: Grid, row: int, first: Header) -> bool:
    """Sums by village and the like: known headings, no name among them, and no numbers of people below."""
    headings = headings_at(grid, row)
    known = {field_of_heading(levels) for levels in headings[1].values()} - {None} if headings else set()
    numbers = [first.columns[each] for each in ("citizen_id", "old_id", "code") if each in first.columns]
    people = range(row + 1, len(grid.sheet.rows))
    return len(known) >= _FEWEST_KNOWN and not any(
        sum(map(str.isdecimal, grid.text(each, column))) > _FEWEST_KNOWN for each in people for column in numbers
    )


def _as_notes(block: _Block) -> Iterator[Line]:
    grid = block.grid
    for row in range(block.top, len(grid.sheet.rows)):
        if texts := [text for column in grid.filled(row) if (text := grid.text(row, column))]:
            yield Line("note", row, cell_name(row, grid.filled(row)[0]), " ".join(texts), {})


def _last_row(table: Table) -> int:
    """The last row of a table that holds a person or a sum."""
    rows = (line if isinstance(line, int) else line.row for line in table.content if _counts(line))
    return max(rows, default=table.header.bottom)


def _counts(line: Line | int) -> bool:
    return isinstance(line, int) or line.kind in ("more", "subtotal", "total")


def _ends(table: Table, taken: set[int]) -> bool:
    """Tell whether the list above ends with its table; what stands over the next table is no heading in it."""
    rest = len(table.content)
    while rest and not _counts(table.content[rest - 1]):
        rest -= 1
    behind = [
        line
        for line in table.content[rest:]
        if isinstance(line, Line) and line.kind != "table" and line.row not in taken
    ]
    table.content[rest:] = [replace(line, kind="note", of="", stated={}) for line in behind]
    last = table.content[rest - 1] if rest else None
    if isinstance(last, Line) and last.kind == "total":
        return True
    return any(line.kind == "note" and not CARRIED.match(line.text) for line in behind)
