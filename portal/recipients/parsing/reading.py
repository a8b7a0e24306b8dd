"""Runs in the sandbox: finds the list of people in a file, cleans its rows and hands them over in batches."""

import gc
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from portal.recipients.parsing import addressed, checks, sections, villages
from portal.recipients.parsing.cleaning import Cleaner
from portal.recipients.parsing.collecting import Collector, placed_in
from portal.recipients.parsing.continued import under
from portal.recipients.parsing.grid import Grid
from portal.recipients.parsing.joining import Found, joined
from portal.recipients.parsing.lines import Line
from portal.recipients.parsing.months import month_told
from portal.recipients.parsing.roster import Problem, problem_to_json, row_to_json, totals_to_json
from portal.recipients.parsing.stored import in_force, refuses, stored
from portal.recipients.parsing.tables import tables_of
from portal.recipients.parsing.zeros import digits_by_bank
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
    told = month_told(found.sheet, found.titles, name)
    yield {"head": _head(found, told)}
    wanted = month or (told.isoformat() if told else default_month)
    rate = in_force(
        [(date.fromisoformat(first), amount) for first, amount in rates], date.fromisoformat(wanted) if wanted else None
    )
    cleaners = _cleaners(found)
    collector = Collector(found.tables, cleaners)
    has_codes = any("code" in table.header.columns for table in found.tables)
    batch: list[Any] = []
    size = 0
    for row in collector.rows():
        batch.append(row_to_json(row) if plain else stored(row, rate, has_codes=has_codes))
        size += len(row.note or "") + 400 if plain else len(batch[-1][-3]) + len(batch[-1][-2])
        if len(batch) == BATCH or size > MOST_CHARACTERS:
            yield {"rows": batch}
            batch, size = [], 0
    yield {"rows": batch}
    late = [(row, problem_to_json(problem), refuses(problem)) for row, problem in collector.duplicates.late()]
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
        if tables := tables_of(Grid(sheet), mapping):
            found.append(Found(tables))
    if not found:
        raise Refused("empty" if empty else "no_list")
    best, others = joined(max(found, key=lambda each: each.rank), found)
    others.sort(key=lambda each: each.rank, reverse=True)
    return best, [each.sheet for each in others]


def _is_of_changes(found: Found) -> bool:
    headings = (line.text for line in found.lines)
    texts = [text for table in found.tables for _, text in sorted(table.header.texts.items())]
    return sections.of_changes(headings, found.titles, found.sheet, dict(enumerate(texts)))


def _cleaners(found: Found) -> list[Cleaner]:
    """One for each table, all with the spellings of villages that the whole list uses."""
    title = addressed.used(list(islice(_names(found), addressed.SAMPLE)))
    digits = digits_by_bank(found.tables)
    cleaners = [Cleaner(table.grid, table.header, {}, under(table.content), title, digits) for table in found.tables]
    of = {id(table): cleaner for table, cleaner in zip(found.tables, cleaners, strict=True)}
    values = [
        told
        for table, line, place in placed_in(found.tables)
        if isinstance(line, int) and (told := of[id(table)].village(line, place.village))
    ]
    spellings = villages.spellings([line.text for line in found.lines if line.of == "village"], values)
    for cleaner in cleaners:
        cleaner.spellings = spellings
    return cleaners


def _names(found: Found) -> Iterator[str]:
    for table in found.tables:
        columns = [table.header.columns[each] for each in ("full_name", "given_name") if each in table.header.columns]
        for row in table.content:
            if isinstance(row, int):
                yield " ".join(text for column in columns if (text := table.grid.text(row, column)))


def _head(found: Found, month: date | None) -> dict[str, Any]:
    header = found.header
    columns: dict[str, str] = {}
    unused: list[str] = []
    for table in found.tables:
        used, texts = set(table.header.columns.values()), table.header.texts
        more = {name: texts.get(c, "") for name, c in table.header.columns.items() if name not in ("stt", *columns)}
        unused += [text for column, text in sorted(texts.items()) if column not in used and text not in unused]
        columns |= more
    return {
        "sheet": found.sheet,
        "header_rows": list(range(header.top + 1, header.bottom + 2)),
        "columns": columns,
        "unused_columns": unused,
        "fingerprint": header.fingerprint,
        "titles": found.titles,
        "people": found.people,
        "month": month.isoformat() if month else None,
    }


def _tail(found: Found, collector: Collector, others: list[str]) -> dict[str, Any]:
    notes = ((table, line) for table in found.tables for line in table.content if isinstance(line, Line))
    return {
        "groups": [
            {"label": each.label, "cell": each.cell, **totals_to_json(each.totals)} for each in collector.groups
        ],
        "totals": totals_to_json(collector.totals),
        "problems": [problem_to_json(problem) for problem in (*_of_sheets(found, others), *collector.problems)],
        "notes": [(table.cell(line.cell), line.text) for table, line in notes if line.kind == "note"],
    }


def _of_sheets(found: Found, others: list[str]) -> list[Problem]:
    """What is to be said of the sheets and headings; of several tables each thing once."""
    told = [table.named(problem) for table in found.tables for problem in checks.whole_sheet(table.grid, table.header)]
    if others:
        detail = {"sheet": found.sheet, "others": ", ".join(others)}
        told.append(Problem("other_sheets", None, None, "warning", detail))
    once = {(each.code, str(each.detail), each.severity): each for each in reversed(told)}
    return list(once.values())[::-1]
