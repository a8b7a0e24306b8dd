"""What a list of people holds once it is read: clean values beside the received ones, and what is doubtful."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal

from portal.spreadsheets.sheet import Value
from portal.vietnam.citizen_id import Sex
from portal.vietnam.dates import Precision

Severity = Literal["error", "warning", "info"]
MONEY = ("amount", "allowance", "arrears", "total")


@dataclass(frozen=True)
class Problem:
    """Something an officer should see. `detail` fills the placeholders of the code's message in `labels`."""

    code: str
    field: str | None
    cell: str | None
    severity: Severity
    detail: Mapping[str, Any]


@dataclass(slots=True)  # not frozen: a list makes a hundred thousand
class RosterRow:
    """One line of the list. `raw` is as received; amounts are đồng; `guesses` names fields that hold a repair."""

    row: int  # as Excel counts, from 1
    cell: str
    raw: Mapping[str, Value]
    problems: tuple[Problem, ...] = ()
    guesses: frozenset[str] = frozenset()
    code: str | None = None
    full_name: str | None = None
    birth_date: date | None = None  # the parts beyond the precision are 1
    birth_precision: Precision | None = None
    sex: Sex | None = None
    citizen_id: str | None = None
    old_id: str | None = None
    village: str | None = None
    category: str | None = None
    category_key: str | None = None
    coefficient: float | None = None
    amount: int | None = None
    allowance: int | None = None
    arrears: int | None = None
    total: int | None = None
    account_number: str | None = None
    account_holder: str | None = None
    bank: str | None = None
    bank_bin: str | None = None
    representative: str | None = None
    representative_name: str | None = None
    representative_relation: str | None = None
    representative_id: str | None = None
    representative_phone: str | None = None
    phone: str | None = None
    note: str | None = None
    decision_no: str | None = None


VALUES = tuple(
    each.name for each in fields(RosterRow) if each.name not in ("row", "cell", "raw", "problems", "guesses")
)


@dataclass(frozen=True)
class Totals:
    """People (`count`) and đồng by field: what the file states where it states it, and what its rows add up to."""

    stated: Mapping[str, int]
    computed: Mapping[str, int]


@dataclass(frozen=True)
class Group:
    """A part of the list under its own heading, most often a village; `cell` holds the heading or the subtotal."""

    label: str
    cell: str
    totals: Totals


@dataclass(frozen=True)
class Roster:
    """A list as read from one sheet. `columns`: field to header text, which is also a mapping for the next file."""

    sheet: str
    header_rows: tuple[int, ...]  # as Excel counts, from 1
    columns: Mapping[str, str]
    unused_columns: tuple[str, ...]
    rows: tuple[RosterRow, ...]
    groups: tuple[Group, ...]
    totals: Totals
    problems: tuple[Problem, ...]
    notes: tuple[tuple[str, str], ...]  # cell and text of lines that are no people
    fingerprint: str
    titles: tuple[str, ...] = ()  # the texts above the header
    month: date | None = None  # what sheet, title or the file's name tell


def to_json(roster: Roster) -> dict[str, Any]:
    """The list as plain values for a command line or another program; dates are ISO texts."""
    return {
        "sheet": roster.sheet,
        "header_rows": list(roster.header_rows),
        "columns": dict(roster.columns),
        "titles": list(roster.titles),
        "month": roster.month.isoformat() if roster.month else None,
        "rows": [row_to_json(row) for row in roster.rows],
        "groups": [{"label": each.label, "cell": each.cell, **totals_to_json(each.totals)} for each in roster.groups],
        "totals": totals_to_json(roster.totals),
        "problems": [problem_to_json(problem) for problem in roster.problems],
        "fingerprint": roster.fingerprint,
    }


def row_to_json(row: RosterRow) -> dict[str, Any]:
    return {
        **{name: _plain(getattr(row, name)) for name in VALUES},
        "row": row.row,
        "cell": row.cell,
        "raw": {name: _plain(value) for name, value in row.raw.items()},
        "guesses": sorted(row.guesses),
        "problems": [problem_to_json(problem) for problem in row.problems],
    }


def totals_to_json(totals: Totals) -> dict[str, Any]:
    return {"stated": dict(totals.stated), "computed": dict(totals.computed)}


def problem_to_json(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "field": problem.field,
        "cell": problem.cell,
        "severity": problem.severity,
        "detail": {name: _plain(value) for name, value in problem.detail.items()},
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
