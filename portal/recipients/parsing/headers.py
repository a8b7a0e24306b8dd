"""Finds the header of a table among titles and letterheads and says which column holds which field."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from portal.recipients.parsing.grid import Grid, fold
from portal.recipients.parsing.words import GENERIC, IGNORED, OTHER_PERSON, TITLE, field_of
from portal.spreadsheets import cell_name

SEARCHED_ROWS = 120
DEEPEST = 4
_BRACKETS = re.compile(r"\([^()]*\)")


@dataclass(frozen=True)
class Header:
    """`columns`: field to column; `texts`: column to its heading, levels joined with " / "; rows from 0."""

    top: int
    bottom: int
    columns: Mapping[str, int]
    texts: Mapping[int, str]

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
    """The header with most known columns, one of them the name.

    `mapping` (field to heading or column letter; None for a field that the list has not) outweighs the words.
    """
    best: Header | None = None
    wanted = {fold(text): field for field, text in (mapping or {}).items() if text}
    for row in range(min(len(grid.sheet.rows), SEARCHED_ROWS)):
        if best and row <= best.bottom:
            continue
        if not any(_names_people(grid.text(row, column), wanted) for column in grid.filled(row)):
            continue
        header = _header_at(grid, row, mapping)
        if header and (best is None or len(header.columns) > len(best.columns)):
            best = header
    return best


def _names_people(text: str, wanted: Mapping[str, str]) -> bool:
    if not text or len(text) > 90:
        return False
    return field_of(_leaf(text)) == "full_name" or any(
        field == "full_name" and heading.endswith(fold(text)) for heading, field in wanted.items()
    )


def _header_at(grid: Grid, row: int, mapping: Mapping[str, str | None] | None) -> Header | None:
    top, bottom = _block(grid, row)
    parts = _parts(grid, top, bottom)
    texts = {column: " / ".join(levels) for column, levels in parts.items()}
    columns = _assign(parts, texts, mapping)
    known = set(columns) - {"stt"}
    return Header(top, bottom, columns, texts) if "full_name" in known and len(known) >= 2 else None


def _block(grid: Grid, row: int) -> tuple[int, int]:
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
    return any(area[3] - area[1] + 1 < max(below, 3) for area in wide) and all(
        not isinstance(grid.raw(row, column), int | float) for column in filled
    )


def _is_lower_level(grid: Grid, top: int, row: int) -> bool:
    """A row of sub-headings where nothing is merged, as in text files: all of it known words, none a value."""
    texts = [fold(grid.text(row, column)) for column in grid.filled(row)]
    return len(texts) >= 2 and row - top < DEEPEST and all(text in ("nam", "nu") or field_of(text) for text in texts)


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


def _assign(
    parts: Mapping[int, list[str]], texts: Mapping[int, str], mapping: Mapping[str, str | None] | None
) -> dict[str, int]:
    columns: dict[str, int] = {}
    mapping = mapping or {}
    for field, heading in mapping.items():
        named = (c for c, text in texts.items() if heading and heading in (text, cell_name(0, c)[:-1]))
        column = next(named, None)
        if column is not None:
            columns[field] = column
    for column, levels in parts.items():
        found = _field(levels)
        # A field that the mapping names, even with nothing, is not looked for by words.
        if found and found not in mapping and found not in columns and column not in columns.values():
            columns[found] = column
    for field, substitute in (("village", "address"), ("citizen_id", "old_id"), ("full_name", "representative")):
        if field not in columns and substitute in columns and field not in mapping:
            columns[field] = columns.pop(substitute)
    columns.pop("address", None)
    return columns


def _field(levels: list[str]) -> str | None:
    leaf = _leaf(levels[-1])
    above = [fold(text) for text in levels[:-1]]
    joined = " ".join([*above, leaf])
    if OTHER_PERSON.search(joined):
        return _field_of_other(leaf)
    if IGNORED.search(leaf):
        return None
    if leaf in ("nam", "nu") and (not above or "sinh" in joined or "gioi" in joined):
        return "birth_male" if leaf == "nam" else "birth_female"
    if GENERIC.search(leaf) and above:
        return field_of(joined) if not field_of(above[-1]) else field_of(above[-1])
    return field_of(leaf) or field_of(joined)


def _field_of_other(leaf: str) -> str | None:
    field = field_of(leaf)
    if leaf.startswith(("quan he", "moi quan he")):
        return "representative_relation"
    if field == "phone":
        return "representative_phone"
    if field in ("citizen_id", "old_id"):
        return "representative_id"
    if field in (None, "full_name", "amount"):
        return "representative" if not IGNORED.search(leaf) else None
    return None


def _leaf(text: str) -> str:
    """The heading without units and references in brackets, unless it is nothing else."""
    return fold(_BRACKETS.sub(" ", text)) or fold(text)
