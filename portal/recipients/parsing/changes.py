"""Runs in the sandbox: reads a list of increases, decreases and adjustments and hands its rows over in batches."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from portal.recipients.parsing import checks
from portal.recipients.parsing.change_parts import Part, parts_of
from portal.recipients.parsing.change_rows import Read, Reader
from portal.recipients.parsing.change_sums import sums_of
from portal.recipients.parsing.joining import titles_of
from portal.recipients.parsing.months import month_told
from portal.recipients.parsing.roster import Problem, problem_to_json
from portal.recipients.parsing.stored import in_force, refuses

_BATCH = 500
_LATE = frozenset({"duplicate_code", "duplicate_person"})


@dataclass
class _Sums:
    groups: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    computed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("count", "amount", "arrears"), 0))


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
    """As `reading.read`, with the values of `TOLD_OF_CHANGES` behind those of each row; `plain` makes no difference.

    The amount of a row is what is paid from now on, in a decrease what was paid; `total` is what was paid before.
    """
    sheets = parts_of(path, most_cells, mapping)
    first = sheets[0][0]
    titles = titles_of(first.grid, first.header)
    told = month_told(first.grid.sheet.name, titles, name)
    yield {"head": _head(sheets, titles, told)}
    wanted = month or (told.isoformat() if told else default_month)
    when = date.fromisoformat(wanted) if wanted else None
    rate = in_force([(date.fromisoformat(day), amount) for day, amount in rates], when)
    has_codes = any("code" in part.header.columns for parts in sheets for part in parts)
    duplicates, sums, above = checks.Duplicates(), _Sums(), 0
    duplicates.begin(first.header)
    for parts in sheets:
        sums.problems += parts[0].header.problems
        reader = Reader(parts, when, rate, has_codes=has_codes, above=above, named=len(sheets) > 1)
        for part in parts:
            rows = list(reader.rows(part))
            for each in rows:
                duplicates.add(each.row)
            for start in range(0, len(rows), _BATCH):
                yield {"rows": [each.values for each in rows[start : start + _BATCH]]}
            _add_up(sums, part, reader, rows, alone=len(parts) == 1)
        above += len(parts[0].grid.sheet.rows)
    late = [(row, problem_to_json(p), refuses(p)) for row, p in duplicates.late() if p.code in _LATE]
    yield {"late": late}
    totals = {"stated": {}, "computed": sums.computed}
    problems = [problem_to_json(problem) for problem in sums.problems]
    yield {"tail": {"groups": sums.groups, "totals": totals, "problems": problems, "notes": []}}


def _add_up(sums: _Sums, part: Part, reader: Reader, rows: Sequence[Read], *, alone: bool) -> None:
    groups, problems = sums_of(part, rows, reader, alone=alone)
    sums.groups += groups
    sums.problems += problems
    for each in rows:
        sums.computed["count"] += 1
        if each.section != "decrease":
            sums.computed["amount"] += each.row.amount or 0
            sums.computed["arrears"] += each.row.arrears or 0


def _head(sheets: list[list[Part]], titles: list[str], month: date | None) -> dict[str, Any]:
    """The columns are those of the first headings with what others add; a mapping is by heading."""
    parts = [part for parts in sheets for part in parts]
    first = parts[0].header
    columns: dict[str, str] = {}
    for part in parts:
        for name, column in part.header.columns.items():
            columns.setdefault(name, part.header.texts.get(column, ""))
    columns.pop("stt", None)
    names = dict.fromkeys(part.grid.sheet.name for part in parts)
    used = set(columns.values())
    texts = dict.fromkeys(text for part in parts for _, text in sorted(part.header.texts.items()))
    numbers = {part.header.texts.get(part.header.columns.get("stt", -1)) for part in parts}
    return {
        "sheet": ", ".join(names),
        "header_rows": list(range(first.top + 1, first.bottom + 2)),
        "columns": columns,
        "unused_columns": [text for text in texts if text not in used and text not in numbers],
        "fingerprint": first.fingerprint,
        "titles": titles,
        "people": sum(part.people for part in parts),
        "month": month.isoformat() if month else None,
    }
