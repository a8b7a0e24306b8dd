"""The tables of one sheet, or of several sheets of one shape, one for each village or category, read as one list."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from portal.recipients.parsing import categories, contents, villages
from portal.recipients.parsing.grid import Grid, fold
from portal.recipients.parsing.headers import Header
from portal.recipients.parsing.lines import Line
from portal.recipients.parsing.roster import Problem
from portal.recipients.parsing.tables import Table
from portal.recipients.parsing.words import KINDS_OF_PEOPLE, NO_VILLAGE, VILLAGE
from portal.spreadsheets.sheet import cell_name

LONGEST_TITLE, MOST_TITLES, MOST_NAMED = 300, 60, 6
# Names of sheets that are no part of what is paid, or say nothing of whom they hold.
_NO_PART = re.compile(
    r"\b(tang|giam|dung|thoi huong|cat|chet|chuyen di|cu|nhap|mau|sao luu|backup|copy|tong|tong hop|bia|data|sheet|trang tinh"
    r"|ds|danh sach|bang|t ?\d+|thang|quy|nam|chi tra|du phong|bo sung|ngung|tam)\b|\d{4}|^\d+$|^sheet"
)
# Two lists that share more of their people than this are two months of one list.
_TELLING = ("citizen_id", "old_id", "code", "full_name", "given_name", "birth_date", "birth_male", "birth_female")
_MOST_SHARED, _FEW_SHARED = 0.2, 2


@dataclass
class Found:
    """A list: its tables in order, all of one sheet unless `joined` names the sheets."""

    tables: list[Table]
    joined: tuple[str, ...] = ()

    @property
    def grid(self) -> Grid:
        return self.tables[0].grid

    @property
    def header(self) -> Header:
        return self.tables[0].header

    @property
    def sheet(self) -> str:
        names = self.joined
        if not names:
            return self.grid.sheet.name
        return ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")

    @property
    def people(self) -> int:
        return sum(table.people for table in self.tables)

    @property
    def rank(self) -> tuple[bool, int]:
        return self.grid.sheet.visible, sum(table.people * len(table.header.columns) for table in self.tables)

    @property
    def titles(self) -> list[str]:
        return titles_of(self.grid, self.header)

    @property
    def lines(self) -> Iterator[Line]:
        return (line for table in self.tables for line in table.content if isinstance(line, Line))

    @cached_property
    def names(self) -> set[str]:
        """What tells the people of this list from those of another: numbers, name and birth."""
        return {name for table in self.tables for name in _names(table)}


def titles_of(grid: Grid, header: Header) -> list[str]:
    """The texts above the header."""
    texts = (grid.text(row, column) for row in range(header.top) for column in grid.filled(row))
    return [text[:LONGEST_TITLE] for text in texts if text][:MOST_TITLES]


def _names(table: Table) -> Iterator[str]:
    columns = [table.header.columns[each] for each in _TELLING if each in table.header.columns]
    for row in table.content:
        if isinstance(row, int):
            yield " ".join(fold(table.grid.text(row, column)) for column in columns)


def joined(best: Found, all_found: Sequence[Found]) -> tuple[Found, list[Found]]:
    """The list of `best` and the sheets that are further parts of it as one, and what is another list."""
    parts = [each for each in all_found if _is_part(each, best)] if len(all_found) > 1 else []
    kept: list[Found] = []
    for each in parts:
        known = set().union(*(other.names for other in kept))
        if len(each.names & known) <= max(_FEW_SHARED, _MOST_SHARED * len(each.names)):
            kept.append(each)
    if len(kept) < 2 or best not in kept:
        name = best.grid.sheet.name
        of_one = VILLAGE.match(name) and not NO_VILLAGE.match(name)
        others = [each for each in all_found if each is not best]
        return Found(_under_its_name(best)) if of_one else best, others
    return _join(kept), [each for each in all_found if each not in kept]


def _is_part(found: Found, best: Found) -> bool:
    name, header = found.grid.sheet.name, found.header
    same = header.columns.keys() == best.header.columns.keys() and header.unit == best.header.unit
    told = VILLAGE.match(name) or _names_people(name) or not _NO_PART.search(fold(name))
    return bool(found.grid.sheet.visible and same and header.bank == best.header.bank and told)


def _names_people(name: str) -> bool:
    return KINDS_OF_PEOPLE.match(fold(name)) is not None or categories.key_of(name) is not None


def _join(parts: Sequence[Found]) -> Found:
    tables: list[Table] = []
    above = 0
    for part in parts:
        name, ended = part.grid.sheet.name, above
        # Rows are counted on below those of the sheet before, as if the headings stood but once.
        above = ended - part.header.bottom - 1 if tables else 0
        tables += [replace(table, above=above, sheet=name) for table in _under_its_name(part)]
        above += len(part.tables[-1].grid.sheet.rows)
    names = tuple(part.grid.sheet.name for part in parts)
    found = Found(tables, names)
    problem = Problem("sheets_joined", None, None, "info", {"sheets": found.sheet, "count": len(names)})
    tables[0] = replace(tables[0], header=replace(tables[0].header, problems=(*tables[0].header.problems, problem)))
    return found


def _under_its_name(part: Found) -> list[Table]:
    """The tables of a sheet under a heading of the sheet's name, where nothing else says village or category."""
    name = part.grid.sheet.name
    of = "category" if _names_people(name) and not VILLAGE.match(name) else "village"
    tables = [replace(part.tables[0], fresh=True), *part.tables[1:]]
    named = any(line.kind == "group" and line.of == of for line in part.lines)
    if named or any(_says(each, of) for each in part.tables):
        return tables
    return [_under(table, villages.without_numbering(name), of) if table.fresh else table for table in tables]


def _under(table: Table, name: str, of: str) -> Table:
    row = table.header.bottom + 1
    heading = Line("group", row, cell_name(row, min(table.header.texts)), name, {}, of)  # type: ignore[arg-type]
    return replace(table, content=[heading, *table.content])


def _says(table: Table, of: str) -> bool:
    """Tell whether a column names the villages or categories; "xã Bình Gia" as the address of all names none."""
    column = table.header.columns.get(of)
    if column is None:
        return False
    rows = [row for row in table.content if isinstance(row, int)][: contents.SAMPLE]
    texts = [text for row in rows if (text := table.grid.text(row, column))]
    return any(of != "village" or villages.of_address(text) for text in texts)
