"""Several sheets of one shape, one for each village or category, read as one list."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from portal.recipients.parsing import categories, contents, villages
from portal.recipients.parsing.grid import Grid, fold
from portal.recipients.parsing.headers import Header
from portal.recipients.parsing.lines import Line
from portal.recipients.parsing.roster import Problem, RosterRow
from portal.recipients.parsing.words import KINDS_OF_PEOPLE, VILLAGE
from portal.spreadsheets.sheet import Sheet, Value, cell_name

LONGEST_TITLE, MOST_TITLES, MOST_NAMED = 300, 60, 6
# Names of sheets that are no part of what is paid, or say nothing of whom they hold.
_NO_PART = re.compile(
    r"\b(tang|giam|dung|thoi huong|cat|chet|chuyen di|cu|nhap|mau|sao luu|backup|copy|tong|tong hop|bia|data|sheet|trang tinh"
    r"|ds|danh sach|bang|t ?\d+|thang|quy|nam|chi tra|du phong|bo sung|ngung|tam)\b|\d{4}|^\d+$|^sheet"
)
_CELL = re.compile(r"\b([A-Z]{1,3})(\d+)\b")
# Two lists that share more of their people than this are two months of one list.
_TELLING = ("citizen_id", "old_id", "code", "full_name", "given_name", "birth_date", "birth_male", "birth_female")
_MOST_SHARED, _FEW_SHARED = 0.2, 2


@dataclass
class Found:
    """A list in a sheet. `content`: its lines in order, a person as the number of its row alone.

    `origins` of a list of several sheets: first row, name, what to take off the row, column to the sheet's own.
    """

    grid: Grid
    header: Header
    content: list[Line | int] = field(default_factory=list)
    origins: tuple[tuple[int, str, int, Mapping[int, int]], ...] = ()

    @property
    def people(self) -> int:
        return sum(line.__class__ is int for line in self.content)

    @property
    def rank(self) -> tuple[bool, int]:
        return self.grid.sheet.visible, self.people * len(self.header.columns)

    @property
    def titles(self) -> list[str]:
        """The texts above the header."""
        grid = self.grid
        texts = (grid.text(row, column) for row in range(self.header.top) for column in grid.filled(row))
        return [text[:LONGEST_TITLE] for text in texts if text][:MOST_TITLES]

    @cached_property
    def names(self) -> set[str]:
        """What tells the people of this list from those of another: numbers, name and birth."""
        columns = [self.header.columns[each] for each in _TELLING if each in self.header.columns]
        rows = (row for row in self.content if isinstance(row, int))
        return {" ".join(fold(self.grid.text(row, column)) for column in columns) for row in rows}

    def cell(self, name: str) -> str:
        """The name of a cell, or of several in a text, with the sheet in which they stand: "Nà Pái!C12"."""
        return _CELL.sub(lambda found: self._cell(found[1], int(found[2]) - 1), name) if self.origins else name

    def _cell(self, letters: str, row: int) -> str:
        _, sheet, less, columns = next(each for each in reversed(self.origins) if row >= each[0])
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        return f"{sheet}!{cell_name(row - less, columns.get(column - 1, column - 1))}"

    def named(self, problem: Problem) -> Problem:
        """The problem with the names of its cells as `cell` writes them."""
        if not self.origins:
            return problem
        detail = dict(problem.detail)
        if "others" in detail and problem.cell:
            detail["others"] = self.cell(detail["others"])
        return replace(problem, cell=self.cell(problem.cell) if problem.cell else None, detail=detail)

    def named_row(self, row: RosterRow) -> RosterRow:
        if not self.origins:
            return row
        return replace(row, cell=self.cell(row.cell), problems=tuple(map(self.named, row.problems)))


def joined(best: Found, all_found: Sequence[Found]) -> tuple[Found, list[Found]]:
    """The list of `best` and the sheets that are further parts of it as one, and what is another list."""
    parts = [each for each in all_found if _is_part(each, best)] if len(all_found) > 1 else []
    kept: list[Found] = []
    for each in parts:
        known = set().union(*(other.names for other in kept))
        if len(each.names & known) <= max(_FEW_SHARED, _MOST_SHARED * len(each.names)):
            kept.append(each)
    if len(kept) < 2 or best not in kept:
        return best, [each for each in all_found if each is not best]
    return _join(kept), [each for each in all_found if each not in kept]


def _is_part(found: Found, best: Found) -> bool:
    name, header = found.grid.sheet.name, found.header
    same = header.columns.keys() == best.header.columns.keys() and header.unit == best.header.unit
    told = VILLAGE.match(name) or _names_people(name) or not _NO_PART.search(fold(name))
    return bool(found.grid.sheet.visible and same and header.bank == best.header.bank and told)


def _names_people(name: str) -> bool:
    return KINDS_OF_PEOPLE.match(fold(name)) is not None or categories.key_of(name) is not None


def _join(parts: Sequence[Found]) -> Found:
    first = parts[0]
    start = first.header.bottom + 1
    rows: list[Sequence[Value]] = list(first.grid.sheet.rows[:start])
    merged = [area for area in first.grid.sheet.merged if area[2] < start]
    fonts: dict[tuple[int, int], str] = {}
    content: list[Line | int] = []
    origins = []
    spread: dict[tuple[int, int], int] = {}
    for part in parts:
        more = len(rows) - part.header.bottom - 1
        own = _columns(first.header, part.header)
        to = {column: joint for joint, column in own.items()}
        origins.append((len(rows), part.grid.sheet.name, more, own))
        rows += [_moved(row, own) for row in part.grid.sheet.rows[part.header.bottom + 1 :]]
        merged += _moved_areas(part, more, to)
        fonts |= {
            (row + more, to.get(column, column)): font for (row, column), font in part.grid.sheet.legacy_fonts.items()
        }
        spread |= {
            (row + more, to.get(column, column)): top + more for (row, column), top in part.header.spread.items()
        }
        content += _lines(part, more)
    names = [part.grid.sheet.name for part in parts]
    name = ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
    sheet = Sheet(name, True, rows, first.grid.sheet.hidden_columns, tuple(merged), fonts)
    problem = Problem("sheets_joined", None, None, "info", {"sheets": name, "count": len(names)})
    header = replace(first.header, spread=spread, problems=(*first.header.problems, problem))
    # Rows above the first part are those of its header.
    origins[0] = (0, *origins[0][1:])
    return Found(Grid(sheet), header, content, tuple(origins))


def _columns(first: Header, header: Header) -> dict[int, int]:
    """Column of the joined list to that of the part: by field, and by heading where no field is known."""
    found = {column: header.columns[name] for name, column in first.columns.items()}
    by_text = {text: column for column, text in header.texts.items() if column not in found.values()}
    return found | {c: by_text[text] for c, text in first.texts.items() if c not in found and text in by_text}


def _moved(row: Sequence[Value], own: Mapping[int, int]) -> Sequence[Value]:
    """The row of a part with its cells in the columns of the joined list; text in other columns is kept behind."""
    if all(column == joint for joint, column in own.items()):
        return row
    width = max(max(own), len(row) - 1) + 1
    taken = set(own.values())
    moved = [row[own[c]] if c in own and own[c] < len(row) else None for c in range(width)]
    for column, value in enumerate(row):
        if value is not None and column not in taken and column < width and moved[column] is None:
            moved[column] = value
    return moved


def _moved_areas(part: Found, more: int, to: Mapping[int, int]) -> list[tuple[int, int, int, int]]:
    return [
        (top + more, to.get(left, left), bottom + more, to.get(right, right))
        for top, left, bottom, right in part.grid.sheet.merged
        if top > part.header.bottom
    ]


def _lines(part: Found, more: int) -> Iterator[Line | int]:
    """The part's lines under a heading of its sheet's name, where nothing else says the village or category."""
    name = part.grid.sheet.name
    groups = {line.of for line in part.content if isinstance(line, Line) and line.kind == "group"}
    of = "category" if _names_people(name) and not VILLAGE.match(name) else "village"
    first = part.header.bottom + 1 + more
    if not _says(part, of) and of not in groups:
        text = villages.without_numbering(name)
        yield Line("group", first, cell_name(first, min(part.header.texts)), text, {}, of)  # type: ignore[arg-type]
    for line in part.content:
        if isinstance(line, int):
            yield line + more
        else:
            # The total of a part is no total of the list; it is the part's own where it has no further parts.
            kind = line.kind if line.kind != "total" else "note" if groups else "subtotal"
            cell = cell_name(line.row + more, _first_column(line.cell))
            yield replace(line, row=line.row + more, cell=cell, kind=kind)


def _says(part: Found, of: str) -> bool:
    """Tell whether a column names the villages or categories; "xã Bình Gia" as the address of all names none."""
    column = part.header.columns.get(of)
    if column is None:
        return False
    texts = (text for _, text in contents.values(part.grid, part.header.bottom + 1, column))
    return any(of != "village" or villages.of_address(text) for text in texts)


def _first_column(cell: str) -> int:
    column = 0
    for letter in cell.rstrip("0123456789"):
        column = column * 26 + ord(letter) - 64
    return column - 1
