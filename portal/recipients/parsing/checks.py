"""What only the whole list can tell: sums that differ, numbers that stand twice, more than one list in a file."""

import re
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any

from portal.recipients.parsing.grid import Grid
from portal.recipients.parsing.headers import Header
from portal.recipients.parsing.roster import Problem, RosterRow, Severity, Totals
from portal.recipients.parsing.stored import register_key
from portal.recipients.parsing.villages import key_of
from portal.spreadsheets.sheet import cell_name
from portal.vietnam.names import match_key

MOST_NAMED = 5
# From as many people on, someone who receives for them is worth a word.
MANY_PEOPLE = 3
# A poor lone parent (K4) who is also old, disabled or lives with HIV is paid both: Decree 20/2021/NĐ-CP Art. 6.2.
_BESIDE_LONE_PARENT = ("K5", "K6", "K8")


class Sums:
    """People and đồng of rows, for the amounts that a list has columns for."""

    def __init__(self, fields: Sequence[str]) -> None:
        self.fields = fields
        self.clear()

    def clear(self) -> None:
        self.people = 0
        self.amounts = dict.fromkeys(self.fields, 0)

    def add(self, row: RosterRow) -> None:
        self.people += 1
        for field in self.fields:
            self.amounts[field] += getattr(row, field) or 0

    def add_all(self, other: "Sums") -> None:
        self.people += other.people
        for field, amount in other.amounts.items():
            self.amounts[field] += amount

    def computed(self) -> dict[str, int]:
        return {"count": self.people, **self.amounts}


def differences(code: str, totals: Totals, row: int, header: Header, detail: dict[str, str]) -> Iterator[Problem]:
    """Each figure stated in a row of a table that is not what the rows make."""
    for field, stated in totals.stated.items():
        computed = totals.computed.get(field, stated)
        if stated != computed:
            cell = cell_name(row, header.columns.get(field, min(header.texts)))
            yield Problem(code, field, cell, "warning", {**detail, "stated": stated, "computed": computed})


def whole_sheet(grid: Grid, header: Header) -> Iterator[Problem]:
    yield from header.problems
    if not grid.sheet.visible:
        yield Problem("hidden_sheet", None, None, "warning", {"sheet": grid.sheet.name})
    if grid.encoding:
        yield Problem("legacy_encoding", None, None, "info", {"encoding": grid.encoding.upper()})
    hidden = sorted(column for column in header.texts if column in grid.sheet.hidden_columns)
    if hidden:
        letters = ", ".join(re.sub(r"\d", "", cell_name(0, column)) for column in hidden)
        yield Problem("hidden_columns", None, None, "info", {"columns": letters})


class Duplicates:
    """Rows that share a number, a code, a name and birth, or the one who receives for them."""

    def __init__(self) -> None:
        # The place of the first row of each table, its columns by kind, and how its cells are named.
        self._tables: list[tuple[int, dict[str, int], Callable[[int, int], str]]] = []
        # For each kind a value to the place of the one row that has it, or to the places of several.
        self._places: dict[str, dict[Hashable, int | list[int]]] = {}
        self._rows: list[tuple[int, str | None, str | None, str | None, str | None]] = []

    def begin(self, header: Header, named: Callable[[int, int], str] = cell_name) -> None:
        """The rows that follow are those of a table with this header; `named` gives the cell of a row and column."""
        columns, first = header.columns, min(header.texts)
        of = {field: columns.get(field, columns.get("citizen_id", first)) for field in ("citizen_id", "old_id", "code")}
        of |= {"full_name": columns["full_name"], "": first}
        of["representative"] = columns.get("representative", first)
        self._tables.append((len(self._rows), of, named))

    def add(self, row: RosterRow) -> None:
        self._rows.append((row.row, row.citizen_id, row.category_key, row.category, row.representative_name))
        self._note("citizen_id", row.citizen_id)
        self._note("old_id", row.old_id)
        self._note("code", row.code)
        match = match_key(row.full_name) if row.full_name else ""
        if match and row.birth_date:
            self._note("full_name", (match, row.birth_date.year, row.village))
        if match and not row.code:
            birth = row.birth_date.isoformat() if row.birth_date else None
            village = key_of(row.village) if row.village else None
            self._note("", register_key(match, birth, village, row.citizen_id or row.old_id))
        self._note("representative", row.representative_name)

    def _note(self, kind: str, value: Hashable) -> None:
        if value is None:
            return
        places, here = self._places.setdefault(kind, {}), len(self._rows) - 1
        before = places.setdefault(value, here)
        if isinstance(before, list):
            before.append(here)
        elif before != here:
            places[value] = [before, here]

    def late(self) -> Iterator[tuple[int, Problem]]:
        """Number of a row and its problem; those of one row stand in the order of these kinds."""
        for same in self._shared("citizen_id"):
            yield from self._of_one_number(same)
        for same in self._shared("old_id"):
            yield from self._tell(same, "duplicate_old_id", "old_id")
        for same in self._shared("code"):
            yield from self._tell(same, "duplicate_code", "code")
        for same in self._shared(""):
            yield from self._tell(same, "duplicate_person", "", "full_name")
        for same in self._shared("full_name"):
            numbers = {self._rows[place][1] for place in same}
            if len(numbers) != 1 or numbers == {None}:
                yield from self._tell(same, "same_name_and_birth", "full_name")
        for same in self._shared("representative"):
            if len(same) >= MANY_PEOPLE:
                yield from self._one_representative(same)

    def _shared(self, kind: str) -> Iterable[list[int]]:
        return (same for same in self._places.get(kind, {}).values() if isinstance(same, list))

    def _of_one_number(self, same: list[int]) -> Iterator[tuple[int, Problem]]:
        """Two benefits of Decree 20/2021 Art. 5 under one number; what Art. 20 pays for care stands beside them."""
        keys = {self._rows[place][2] or "" for place in same}
        if len(keys) < 2 or not all(key.startswith("K") and key[1:2].isdecimal() for key in keys):
            yield from self._tell(same, "duplicate_id", "citizen_id")
            return
        lone_parent = len(keys) == 2 and any(key.startswith(_BESIDE_LONE_PARENT) for key in keys) and "K4" in keys
        categories = "; ".join(dict.fromkeys(self._rows[place][3] or "" for place in same))
        code = "two_rates_allowed" if lone_parent else "two_rates"
        severity: Severity = "info" if lone_parent else "warning"
        yield from self._tell(same, code, "citizen_id", severity=severity, categories=categories)

    def _one_representative(self, same: list[int]) -> Iterator[tuple[int, Problem]]:
        name = self._rows[same[0]][4]
        yield from self._tell(
            same, "one_representative", "representative", severity="info", name=name, people=len(same)
        )

    def _tell(
        self,
        same: list[int],
        code: str,
        column: str,
        field: str | None = None,
        *,
        severity: Severity = "warning",
        **detail: Any,
    ) -> Iterator[tuple[int, Problem]]:
        """Name the others; the first few are enough, a list may hold one number a thousand times."""
        shown = same[: MOST_NAMED + 1]
        more = ["…"] if len(same) > len(shown) else []
        for place in same:
            others = [self._cell(other, column) for other in shown if other != place][:MOST_NAMED]
            told = {"others": ", ".join(others + more), **detail}
            yield self._rows[place][0], Problem(code, field or column, self._cell(place, column), severity, told)

    def _cell(self, place: int, column: str) -> str:
        at = bisect_right(self._tables, place, key=lambda table: table[0]) - 1
        _, columns, named = self._tables[at]
        return named(self._rows[place][0] - 1, columns[column])
