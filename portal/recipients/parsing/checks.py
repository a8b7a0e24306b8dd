"""What only the whole list can tell: sums that differ, numbers that stand twice, more than one list in a file."""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace
from operator import attrgetter

from portal.recipients.parsing.grid import Grid
from portal.recipients.parsing.headers import Header
from portal.recipients.parsing.roster import MONEY, Group, Problem, RosterRow, Totals
from portal.spreadsheets.sheet import cell_name
from portal.vietnam.names import match_key

MOST_NAMED = 5


def sums(rows: Iterable[RosterRow], header: Header) -> dict[str, int]:
    """People and đồng of the rows, for the amounts that the list has columns for."""
    rows = list(rows)
    fields = [field for field in MONEY if field in header.columns]
    return {"count": len(rows)} | {field: sum(getattr(row, field) or 0 for row in rows) for field in fields}


def compare_groups(groups: Iterable[Group], header: Header) -> Iterator[Problem]:
    for group in groups:
        row = int(re.sub(r"\D", "", group.cell)) - 1
        yield from _differences("subtotal_mismatch", group.totals, row, header, {"label": group.label})


def compare_total(totals: Totals, row: int, header: Header) -> Iterator[Problem]:
    yield from _differences("total_mismatch", totals, row, header, {})


def _differences(code: str, totals: Totals, row: int, header: Header, detail: dict[str, str]) -> Iterator[Problem]:
    for field, stated in totals.stated.items():
        computed = totals.computed.get(field, stated)
        if stated != computed:
            cell = cell_name(row, header.columns.get(field, min(header.texts)))
            yield Problem(code, field, cell, "warning", {**detail, "stated": stated, "computed": computed})


def whole_list(grid: Grid, header: Header, others: list[str]) -> Iterator[Problem]:
    yield from header.problems
    if others:
        yield Problem("other_sheets", None, None, "warning", {"sheet": grid.sheet.name, "others": ", ".join(others)})
    if not grid.sheet.visible:
        yield Problem("hidden_sheet", None, None, "warning", {"sheet": grid.sheet.name})
    if grid.encoding:
        yield Problem("legacy_encoding", None, None, "info", {"encoding": grid.encoding.upper()})
    hidden = sorted(column for column in header.texts if column in grid.sheet.hidden_columns)
    if hidden:
        letters = ", ".join(re.sub(r"\d", "", cell_name(0, column)) for column in hidden)
        yield Problem("hidden_columns", None, None, "info", {"columns": letters})


def with_duplicates(rows: list[RosterRow], header: Header, grid: Grid) -> list[RosterRow]:
    """The rows, each that shares a number with another told so; people without numbers by name, year and village."""
    found: dict[int, list[Problem]] = defaultdict(list)
    for code, field in (("duplicate_id", "citizen_id"), ("duplicate_old_id", "old_id"), ("duplicate_code", "code")):
        column = header.columns.get(field, header.columns.get("citizen_id", min(header.texts)))
        for same in _shared(rows, attrgetter(field)):
            _tell(found, same, code, field, column)
    column = header.columns["full_name"]
    for same in _shared(rows, _likeness):
        if len({row.citizen_id for row in same}) != 1 or same[0].citizen_id is None:
            _tell(found, same, "same_name_and_birth", "full_name", column)
    return [replace(row, problems=(*row.problems, *found[row.row])) if row.row in found else row for row in rows]


def _likeness(row: RosterRow) -> tuple[str, int, str | None] | None:
    if not row.full_name or not row.birth_date:
        return None
    return match_key(row.full_name), row.birth_date.year, row.village


def _shared(rows: list[RosterRow], key: Callable[[RosterRow], Hashable]) -> Iterator[list[RosterRow]]:
    by_key: dict[Hashable, list[RosterRow]] = defaultdict(list)
    for row in rows:
        if (value := key(row)) is not None:
            by_key[value].append(row)
    return (same for same in by_key.values() if len(same) > 1)


def _tell(found: dict[int, list[Problem]], same: list[RosterRow], code: str, field: str, column: int) -> None:
    """Name the others; the first few are enough, a list may hold one number a thousand times."""
    shown = same[: MOST_NAMED + 1]
    more = ["…"] if len(same) > len(shown) else []
    for row in same:
        others = [cell_name(other.row - 1, column) for other in shown if other is not row][:MOST_NAMED]
        detail = {"others": ", ".join(others + more)}
        found[row.row].append(Problem(code, field, cell_name(row.row - 1, column), "warning", detail))
