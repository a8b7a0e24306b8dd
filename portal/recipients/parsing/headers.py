"""Finds the header of a table among titles and letterheads and says which column holds which field."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from portal.recipients.parsing import contents
from portal.recipients.parsing.columns import Assigned, Block, assign
from portal.recipients.parsing.grid import Grid, fold
from portal.recipients.parsing.headings import field_of_heading, is_part, leaf_of, names_relation
from portal.recipients.parsing.roster import MONEY, Problem
from portal.recipients.parsing.unheaded import find_columns
from portal.recipients.parsing.words import GENERIC, IGNORED, OTHER_PERSON, SUM, TITLE, field_of
from portal.spreadsheets.sheet import cell_name

SEARCHED_ROWS = 120
DEEPEST = 4
_SPREAD = ("village", "category")


@dataclass(frozen=True)
class Header:
    """`columns`: field to column; `texts`: column to its heading, levels joined with " / "; rows from 0.

    `unit`: đồng that one of an amount's numbers means; `bank`: of all accounts, from their heading; `spread`: cells
    of data that a merged range covers, to its first row. A list without a header has `bottom` above `top`.
    """

    top: int
    bottom: int
    columns: Mapping[str, int]
    texts: Mapping[int, str]
    unit: int = 1
    bank: str | None = None
    problems: tuple[Problem, ...] = ()
    spread: Mapping[tuple[int, int], int] = field(default_factory=dict)

    @cached_property
    def words(self) -> frozenset[tuple[int, str]]:
        """Column and folded text of every heading on every level."""
        return frozenset((column, fold(part)) for column, text in self.texts.items() for part in text.split(" / "))

    @property
    def fingerprint(self) -> str:
        """The same for lists of the same shape; months and years in headings do not count."""
        shape = "|".join(re.sub(r"\d+", "#", fold(text)) for _, text in sorted(self.texts.items()))
        return hashlib.sha256(shape.encode()).hexdigest()[:16]


def find_header(grid: Grid, mapping: Mapping[str, str | None] | None = None) -> Header | None:
    """The header with most known columns, one of them the name; without headings what the columns hold.

    `mapping` (field to heading or column letter; None for a field that the list has not) outweighs the words.
    """
    best: Header | None = None
    wanted = {fold(text.rpartition(" / ")[2]): each for each, text in (mapping or {}).items() if text}
    for row in range(min(len(grid.sheet.rows), SEARCHED_ROWS)):
        if best and row <= best.bottom:
            continue
        if not _may_be_header(grid, row, wanted):
            continue
        header = header_at(grid, row, mapping or {})
        if header and (best is None or len(header.columns) > len(best.columns)):
            best = header
    return best or _without_headings(grid, mapping or {})


def _may_be_header(grid: Grid, row: int, wanted: Mapping[str, str]) -> bool:
    """One heading of the name, or three of other fields."""
    texts = [text for column in grid.filled(row) if (text := grid.text(row, column)) and len(text) <= 90]
    names = [leaf_of(text) for text in texts]
    if any(
        field_of(name) in ("full_name", "family_name", "given_name", "household_head") or name in wanted
        for name in names
    ):
        return True
    return len({known for name in names if (known := field_of(name))}) >= 3


def headings_at(grid: Grid, row: int) -> tuple[int, dict[int, list[str]]] | None:
    """The last row of what may be headings around this row, and each column's from the top level to the lowest."""
    if not _may_be_header(grid, row, {}):
        return None
    top, bottom = _levels(grid, row)
    return bottom, _parts(grid, top, bottom)


def header_at(grid: Grid, row: int, mapping: Mapping[str, str | None], *, own: bool = False) -> Header | None:
    """The header around a row; `own`: of the mapping counts only what names one of its headings, or no field."""
    top, bottom = _levels(grid, row)
    parts = _parts(grid, top, bottom)
    block = Block(grid, top, bottom, parts)
    if own:
        named = {" / ".join(levels) for levels in parts.values()} | {cell_name(0, column)[:-1] for column in parts}
        mapping = {each: heading for each, heading in mapping.items() if not heading or heading in named}
    assigned = assign(block, mapping)
    if "full_name" not in assigned.columns and len(set(assigned.columns) - {"stt"}) >= 2:
        _name_by_contents(block, assigned)
    known = set(assigned.columns) - {"stt"}
    if "full_name" not in known or len(known) < 2:
        return None
    texts = {column: " / ".join(levels) for column, levels in parts.items()}
    return _made(grid, top, bottom, texts, assigned)


def _made(grid: Grid, top: int, bottom: int, texts: Mapping[int, str], assigned: Assigned) -> Header:
    columns = assigned.columns
    # An amount merged over two people is paid once.
    told = {column for each, column in columns.items() if each not in ("stt", *MONEY)}
    spread = {
        (row, left): first
        for first, left, last, right in grid.sheet.merged
        if left in told and first > bottom and last > first and left == right
        for row in range(first + 1, last + 1)
    }
    for column in {columns[each] for each in _SPREAD if each in columns} - {column for _, column in spread}:
        if carried := contents.carried_down(grid, bottom + 1, column, columns["full_name"]):
            spread |= carried
            detail = {"column": texts.get(column, "")}
            assigned.problems.append(Problem("carried_down", None, cell_name(bottom, column), "warning", detail))
    return Header(top, bottom, columns, texts, assigned.unit, assigned.bank, tuple(assigned.problems), spread)


def _name_by_contents(block: Block, assigned: Assigned) -> None:
    """Below headings that are known but for the name's, the first column of names is the name."""
    for column, levels in block.parts.items():
        taken = column in assigned.columns.values() and column != assigned.columns.get("category")
        if taken or field_of_heading(levels) not in (None, "category") or IGNORED.search(leaf_of(levels[-1])):
            continue
        if contents.mostly(block.grid, block.bottom + 1, column) == "name":
            if column == assigned.columns.get("category"):
                del assigned.columns["category"]
            assigned.columns["full_name"] = column
            return


def _without_headings(grid: Grid, mapping: Mapping[str, str | None]) -> Header | None:
    found = find_columns(grid)
    if found is None:
        return None
    first, columns = found
    letters = {
        column: cell_name(0, column)[:-1]
        for column in sorted({c for r in range(first, min(first + 20, len(grid.sheet.rows))) for c in grid.filled(r)})
    }
    parts = {column: [letter] for column, letter in letters.items()}
    by_hand = assign(Block(grid, first, first - 1, parts), mapping).columns if any(mapping.values()) else {}
    assigned = Assigned({each: c for each, c in columns.items() if each not in mapping} | by_hand)
    assigned.problems.append(Problem("headings_missing", None, None, "warning", {}))
    return _made(grid, first, first - 1, letters, assigned) if "full_name" in assigned.columns else None


def _levels(grid: Grid, row: int) -> tuple[int, int]:
    """The rows of the header around the row that holds the name's heading."""
    top = bottom = row
    for _ in range(DEEPEST):
        areas = {
            area
            for line in range(top, bottom + 1)
            for column in grid.filled(line)
            if (area := grid.merges.get((line, column))) and area[2] - area[0] < DEEPEST
        }
        bottom = max([bottom, *(area[2] for area in areas)])
        above = top - 1
        reaching = any(
            area[0] == above and area[2] >= top
            for column in grid.filled(above)
            if (area := grid.merges.get((above, column)))
        )
        if above >= 0 and (reaching or _is_upper_level(grid, above)):
            top = above
        elif _is_lower_level(grid, top, bottom + 1):
            bottom += 1
        else:
            break
    return top, min(bottom, top + DEEPEST)


def _is_upper_level(grid: Grid, row: int) -> bool:
    """A row of group headings: each over two columns or more, none a title over the whole page."""
    filled = grid.filled(row)
    below = len(grid.filled(row + 1))
    wide = [area for column in filled if (area := grid.merges.get((row, column))) and area[3] > area[1]]
    if not filled or any(TITLE.search(fold(grid.text(row, column))) for column in filled):
        return False
    if SUM.match(grid.text(row, filled[0])) and filled[0] <= grid.filled(row + 1)[0]:
        return False  # the last line of a table above
    return any(area[3] - area[1] + 1 < max(below, 3) for area in wide) and all(
        not isinstance(grid.raw(row, column), int | float) for column in filled
    )


def _is_lower_level(grid: Grid, top: int, row: int) -> bool:
    """A row of sub-headings where nothing is merged, as in text files: known words only, none a value."""
    texts = [leaf_of(grid.text(row, column)) for column in grid.filled(row)]
    return len(texts) >= 2 and row - top < DEEPEST and all(map(_is_heading, texts))


def _is_heading(text: str) -> bool:
    return (
        is_part(text)
        or names_relation(text)
        or any(words.search(text) for words in (GENERIC, IGNORED, OTHER_PERSON))
        or field_of(text) is not None
    )


def _parts(grid: Grid, top: int, bottom: int) -> dict[int, list[str]]:
    """For each column its headings from the top level to the lowest."""
    width = max((len(grid.sheet.rows[row]) for row in range(top, min(bottom + 1, len(grid.sheet.rows)))), default=0)
    areas = [area for (row, _), area in grid.merges.items() if top <= row <= bottom]
    width = max([width, *(area[3] + 1 for area in areas)])
    found: dict[int, list[str]] = {}
    inherited: dict[int, str] = {}
    for column in range(width):
        levels: list[str] = []
        for row in range(top, bottom + 1):
            text = grid.heading(row, column)
            has_below = any(grid.text(below, column) for below in range(row + 1, bottom + 1))
            if not text and has_below and (row, column) not in grid.merges:
                # Without merged cells a group's heading stands only over its first column.
                text = inherited.get(row, "")
            inherited[row] = text if has_below else ""
            if text and (not levels or levels[-1] != text):
                levels.append(text)
        if levels:
            found[column] = levels
    return found
