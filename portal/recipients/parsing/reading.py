"""Reads a list of people from a file: chooses the sheet, cleans the lines, checks the sums."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from portal.recipients.parsing import checks, villages
from portal.recipients.parsing.cleaning import clean_row
from portal.recipients.parsing.grid import Grid
from portal.recipients.parsing.headers import Header, find_header
from portal.recipients.parsing.lines import Line, lines
from portal.recipients.parsing.refusals import NoListFound
from portal.recipients.parsing.roster import Group, Roster, RosterRow, Totals
from portal.recipients.parsing.words import VILLAGE
from portal.spreadsheets import read_book

_SIGNIFICANT = {"person", "subtotal", "total"}


def read_roster(path: Path, name: str, mapping: Mapping[str, str | None] | None = None) -> Roster:
    """Read the list of people in a spreadsheet; `mapping` (field to header text) corrects the columns found.

    `name` is the file's name for messages. Raises `UnreadableSpreadsheet` or `NoListFound`.
    """
    book = read_book(path, name)
    found: list[tuple[bool, int, Grid, Header, list[Line]]] = []
    for sheet in book.sheets:
        grid = Grid(sheet)
        if header := find_header(grid, mapping):
            content = list(lines(grid, header))
            people = sum(line.kind == "person" for line in content)
            if people:
                found.append((sheet.visible, people * len(header.columns), grid, header, content))
    if not found:
        raise NoListFound(name=name)
    found.sort(key=lambda each: (each[0], each[1]), reverse=True)
    _, _, grid, header, content = found[0]
    others = [each[2].sheet.name for each in found[1:]]
    return _roster(grid, header, content, others)


def _roster(grid: Grid, header: Header, content: list[Line], others: list[str]) -> Roster:
    rows, groups, stated = _collect(grid, header, content)
    spellings = villages.spellings(
        (line.text for line in content if line.kind == "group" and VILLAGE.match(line.text)),
        (row.village for row in rows if row.village),
    )
    rows = [replace(row, village=spellings.get(villages.key_of(row.village))) if row.village else row for row in rows]
    rows = checks.with_duplicates(rows, header, grid)
    totals = Totals(stated=stated[1], computed=checks.sums(rows, header))
    problems = [
        *checks.whole_list(grid, header, others),
        *checks.compare_groups(groups, header),
        *checks.compare_total(totals, stated[0], header),
    ]
    used = set(header.columns.values())
    return Roster(
        sheet=grid.sheet.name,
        header_rows=tuple(range(header.top + 1, header.bottom + 2)),
        columns={field: header.texts.get(column, "") for field, column in header.columns.items() if field != "stt"},
        unused_columns=tuple(text for column, text in sorted(header.texts.items()) if column not in used),
        rows=tuple(rows),
        groups=tuple(groups),
        totals=totals,
        problems=tuple(problems),
        notes=tuple((line.cell, line.text) for line in content if line.kind == "note"),
        fingerprint=header.fingerprint,
    )


def _collect(
    grid: Grid, header: Header, content: list[Line]
) -> tuple[list[RosterRow], list[Group], tuple[int, dict[str, int]]]:
    """The people, the groups that state figures, and the stated total with its row."""
    rows: list[RosterRow] = []
    groups: list[Group] = []
    total: tuple[int, dict[str, int]] = (0, {})
    village = category = None
    heading: Line | None = None
    outer = ""  # what the first heading names stands over the other kind
    start = 0
    for position, line in enumerate(content):
        if line.kind == "person":
            rows.append(clean_row(grid, header, line.row, village, category))
        elif line.kind == "group":
            _close(groups, heading, None, rows[start:], header)
            heading, start = line, len(rows)
            if line.of == "village":
                village, category = line.text, category if outer != "village" else None
            elif line.of == "category":
                category, village = line.text, village if outer != "category" else None
            outer = outer or line.of
        elif line.kind == "subtotal" and _is_last_sum(content, position, heading):
            total = (line.row, line.stated)
        elif line.kind == "subtotal":
            _close(groups, heading, line, rows[start:], header)
            heading, start = None, len(rows)
        elif line.kind == "total":
            total = (line.row, line.stated)
    _close(groups, heading, None, rows[start:], header)
    return rows, groups, total


def _is_last_sum(content: list[Line], position: int, heading: Line | None) -> bool:
    """A list without groups ends with "Cộng" where others write "Tổng cộng"."""
    return heading is None and not any(
        line.kind in _SIGNIFICANT or line.kind == "group" for line in content[position + 1 :]
    )


def _close(
    groups: list[Group], heading: Line | None, subtotal: Line | None, rows: list[RosterRow], header: Header
) -> None:
    source = subtotal or heading
    stated = {**(heading.stated if heading else {}), **(subtotal.stated if subtotal else {})}
    if source is None or not rows or not stated:
        return
    label = villages.plain_name(heading.text) if heading else source.text
    groups.append(Group(label, source.cell, Totals(stated, checks.sums(rows, header))))
