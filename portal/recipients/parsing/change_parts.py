"""The parts of a list of changes: TĂNG, GIẢM, ĐIỀU CHỈNH one below the other, each under its own headings, or by sheet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from portal.recipients.parsing import sections
from portal.recipients.parsing.grid import Grid
from portal.recipients.parsing.headers import Header, find_header
from portal.recipients.parsing.joining import titles_of
from portal.recipients.parsing.lines import Line, lines
from portal.recipients.parsing.sections import Section
from portal.sandbox import Refused
from portal.spreadsheets.opening import open_sheets
from portal.spreadsheets.sheet import Sheet

# Headings of its own stand right below the name of a part; more parts than this are none.
_NEAR, _MOST_PARTS, _MOST_CELLS, _MOST_DIGITS = 6, 60, 5, 8


@dataclass(frozen=True)
class Part:
    """Lines under one heading; `section` None: each row tells its own. `heading`: the text over it, `row` its row from 0."""

    section: Section | None
    grid: Grid
    header: Header
    content: list[Line | int]
    heading: str
    row: int

    @property
    def people(self) -> int:
        return sum(line.__class__ is int for line in self.content)


def parts_of(path: Path, most_cells: int, mapping: Mapping[str, str | None] | None) -> list[list[Part]]:
    """The parts with people of every sheet that holds some; sheets that hold another list are left out."""
    found: list[tuple[bool, list[Part]]] = []
    for sheet in open_sheets(path, most_cells)[1]:
        grid = Grid(sheet)
        if (header := _header(grid, mapping)) is None:
            continue
        titles = titles_of(grid, header)
        of_all = sections.section_of_sheet(titles, sheet.name)
        parts = [part for part in _parts(grid, header, of_all, mapping) if part.people]
        if parts:
            told = any(part.section for part in parts) or "old_amount" in header.columns
            found.append((sheet.visible and told, parts))
    if not found:
        raise Refused("no_list")
    return [parts for wanted, parts in found if wanted] or [max((parts for _, parts in found), key=_size)]


def _size(parts: list[Part]) -> int:
    return sum(part.people for part in parts)


def _header(grid: Grid, mapping: Mapping[str, str | None] | None) -> Header | None:
    """The headings, those too that only lists of changes have."""
    header = find_header(grid, mapping)
    if header is None:
        return None
    more = {
        field: text for field, text in sections.columns_of(dict(header.texts)).items() if field not in (mapping or {})
    }
    return (find_header(grid, {**more, **(mapping or {})}) or header) if more else header


def _parts(
    grid: Grid, header: Header, of_all: Section | None, mapping: Mapping[str, str | None] | None
) -> Iterator[Part]:
    begins = list(_beginnings(grid))[:_MOST_PARTS]
    ends = [row for row, _, _ in begins[1:]] + [len(grid.sheet.rows)]
    everything = _content(grid, header)
    first = begins[0][0] if begins else len(grid.sheet.rows)
    yield Part(of_all, grid, header, _between(everything, header.bottom, first), grid.sheet.name, header.bottom)
    for (row, section, text), end in zip(begins, ends, strict=False):
        own = _own_header(grid, row, end, mapping)
        if own is not None and own.texts != header.texts:
            header, everything = own, _content(grid, own)
        yield Part(section, grid, header, _between(everything, row, end), text, row)


def _content(grid: Grid, header: Header) -> list[Line | int]:
    return [line.row if line.kind == "person" else line for line in lines(grid, header)]


def _between(content: list[Line | int], above: int, end: int) -> list[Line | int]:
    return [line for line in content if above < (line if isinstance(line, int) else line.row) < end]


def _beginnings(grid: Grid) -> Iterator[tuple[int, Section, str]]:
    """Rows that name a part: a few cells, no numbers of people among them."""
    for row in range(len(grid.sheet.rows)):
        columns = grid.filled(row)
        if not 0 < len(columns) <= _MOST_CELLS:
            continue
        texts = [grid.text(row, column) for column in columns]
        if any(sum(map(str.isdecimal, text)) > _MOST_DIGITS for text in texts[:2]):
            continue
        for text in (texts[0], " ".join(texts[:2]), texts[1] if len(texts) > 1 else ""):
            if section := sections.section_of(text):
                yield row, section, text
                break


def _own_header(grid: Grid, row: int, end: int, mapping: Mapping[str, str | None] | None) -> Header | None:
    """Headings right below the name of a part, in the rows of the sheet."""
    rows = grid.sheet.rows[row + 1 : min(end, row + 1 + 2 * _NEAR)]
    moved = tuple(
        (top - row - 1, left, bottom - row - 1, right)
        for top, left, bottom, right in grid.sheet.merged
        if row < top and bottom < row + 1 + len(rows)
    )
    fonts = {
        (line, column): font
        for line, values in enumerate(rows)
        for column in range(len(values))
        if (font := grid.sheet.legacy_fonts.get((line + row + 1, column)))
    }
    below = Grid(Sheet(grid.sheet.name, True, rows, grid.sheet.hidden_columns, moved, fonts))
    header = _header(below, mapping)
    if header is None or header.bottom < header.top or header.top >= _NEAR:
        return None
    return replace(header, top=header.top + row + 1, bottom=header.bottom + row + 1, spread={})
