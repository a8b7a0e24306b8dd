"""Runs in the sandbox: finds the list of people in a file, cleans its rows and hands them over in batches."""

import gc
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from portal.recipients.parsing import checks, sections, villages
from portal.recipients.parsing.cleaning import Cleaner
from portal.recipients.parsing.collecting import Collector
from portal.recipients.parsing.grid import Grid
from portal.recipients.parsing.headers import find_header
from portal.recipients.parsing.joining import Found, joined
from portal.recipients.parsing.lines import Line, lines
from portal.recipients.parsing.months import month_told
from portal.recipients.parsing.roster import problem_to_json, row_to_json, totals_to_json
from portal.recipients.parsing.stored import in_force, refuses, stored
from portal.sandbox import Refused
from portal.spreadsheets.opening import open_sheets

BATCH = 1000
# A batch of rows with long notes is handed over before it grows too large for the pipe.
MOST_CHARACTERS = 1_000_000


def read(
    path: Path,
    *,
    name: str,
    most_cells: int,
    mapping: Mapping[str, str | None] | None,
    month: str | None,
    default_month: str | None,
    rates: list[tuple[str, int]],
    plain: bool,
) -> Iterator[dict[str, Any]]:
    """First the head, then rows in batches, then what only the whole list tells, then the tail.

    Rows are values in the order of `STORED`, or with `plain` objects that hold all fields. Refuses with "no_list",
    "change_list" or as `open_sheets` does.
    """
    gc.disable()  # the child ends with its list: looking for cycles among a million cells is lost time
    found, others = _find(path, most_cells, mapping)
    if _is_of_changes(found):
        raise Refused("change_list")
    told = month_told(found.grid.sheet.name, found.titles, name)
    yield {"head": _head(found, told)}
    wanted = month or (told.isoformat() if told else default_month)
    rate = in_force(
        [(date.fromisoformat(first), amount) for first, amount in rates], date.fromisoformat(wanted) if wanted else None
    )
    collector = Collector(found.header, Cleaner(found.grid, found.header, _spellings(found)))
    has_codes = "code" in found.header.columns
    batch: list[Any] = []
    size = 0
    for row in map(found.named_row, collector.rows(found.content)):
        batch.append(row_to_json(row) if plain else stored(row, rate, has_codes=has_codes))
        size += len(row.note or "") + 400 if plain else len(batch[-1][-3]) + len(batch[-1][-2])
        if len(batch) == BATCH or size > MOST_CHARACTERS:
            yield {"rows": batch}
            batch, size = [], 0
    yield {"rows": batch}
    late = [
        (row, problem_to_json(found.named(problem)), refuses(problem)) for row, problem in collector.duplicates.late()
    ]
    for at in range(0, len(late), BATCH):
        yield {"late": late[at : at + BATCH]}
    yield {"tail": _tail(found, collector, others)}


def _find(path: Path, most_cells: int, mapping: Mapping[str, str | None] | None) -> tuple[Found, list[str]]:
    """The list with most people and known columns, in a visible sheet if there is one, with the sheets that go on with
    it; names of other lists' sheets."""
    found: list[Found] = []
    empty = True
    _kind, sheets = open_sheets(path, most_cells)
    for sheet in sheets:
        empty = empty and not sheet.rows
        grid = Grid(sheet)
        if (header := find_header(grid, mapping)) is None:
            continue
        content = [line.row if line.kind == "person" else line for line in lines(grid, header)]
        if any(line.__class__ is int for line in content):
            found.append(Found(grid, header, content))
    if not found:
        raise Refused("empty" if empty else "no_list")
    best, others = joined(max(found, key=lambda each: each.rank), found)
    others.sort(key=lambda each: each.rank, reverse=True)
    return best, [each.grid.sheet.name for each in others]


def _is_of_changes(found: Found) -> bool:
    headings = (line.text for line in found.content if isinstance(line, Line))
    return sections.of_changes(headings, found.titles, found.grid.sheet.name, dict(found.header.texts))


def _spellings(found: Found) -> dict[str, str]:
    cleaner = Cleaner(found.grid, found.header, {})
    values: list[str] = []
    village: str | None = None
    for line in found.content:
        if isinstance(line, int):
            if told := cleaner.village(line, village):
                values.append(told)
        elif line.kind == "group" and line.of == "village":
            village = line.text
    headings = [line.text for line in found.content if isinstance(line, Line) and line.of == "village"]
    return villages.spellings(headings, values)


def _head(found: Found, month: date | None) -> dict[str, Any]:
    header, used = found.header, set(found.header.columns.values())
    return {
        "sheet": found.grid.sheet.name,
        "header_rows": list(range(header.top + 1, header.bottom + 2)),
        "columns": {name: header.texts.get(column, "") for name, column in header.columns.items() if name != "stt"},
        "unused_columns": [text for column, text in sorted(header.texts.items()) if column not in used],
        "fingerprint": header.fingerprint,
        "titles": found.titles,
        "people": found.people,
        "month": month.isoformat() if month else None,
    }


def _tail(found: Found, collector: Collector, others: list[str]) -> dict[str, Any]:
    header = found.header
    problems = [
        *checks.whole_list(found.grid, header, others),
        *checks.compare_groups(collector.groups, header),
        *checks.compare_total(collector.totals, collector.total_row, header),
    ]
    notes = (line for line in found.content if isinstance(line, Line) and line.kind == "note")
    return {
        "groups": [
            {"label": each.label, "cell": found.cell(each.cell), **totals_to_json(each.totals)}
            for each in collector.groups
        ],
        "totals": totals_to_json(collector.totals),
        "problems": [problem_to_json(found.named(problem)) for problem in problems],
        "notes": [(found.cell(line.cell), line.text) for line in notes],
    }
