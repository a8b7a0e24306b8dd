"""A list read row by row: the sandbox finds and cleans it, the server takes batches of finished rows."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from portal.recipients.parsing.months import month_told
from portal.recipients.parsing.reading import read_roster
from portal.recipients.parsing.roster import to_json
from portal.recipients.parsing.stored import in_force, stored

BATCH = 1000


@dataclass(frozen=True)
class Head:
    """What is known of a list before its rows. `columns`: field to heading, also a mapping for the next file."""

    sheet: str
    header_rows: list[int]  # as Excel counts, from 1
    columns: dict[str, str]
    unused_columns: list[str]
    fingerprint: str
    titles: list[str]  # the texts above the header
    people: int  # how many rows will follow
    month: date | None  # what sheet, title or file name tell


@dataclass(frozen=True)
class Tail:
    """What only the whole list can tell, as JSON; `late`: number of the row, its problem, whether that refuses it."""

    groups: list[dict[str, Any]]
    totals: dict[str, Any]
    problems: list[dict[str, Any]]
    notes: list[list[str]]  # cell and text of lines that are no people
    late: list[tuple[int, dict[str, Any], bool]]


class RosterStream:
    """One list on its way. Use up `batches` (rows of values in the order of `STORED`) before `tail`."""

    def __init__(self, head: Head, rows: list[list[Any]], tail: Tail) -> None:
        self.head = head
        self._rows = rows
        self.tail = tail

    def batches(self) -> Iterator[list[list[Any]]]:
        return (self._rows[at : at + BATCH] for at in range(0, len(self._rows), BATCH))


@contextmanager
def open_roster(
    path: Path,
    name: str,
    mapping: Mapping[str, str | None] | None = None,
    *,
    month: date | None = None,
    default_month: date | None = None,
    rates: Sequence[tuple[date, int]] = (),
    seconds: float = 120,
    memory_mb: int = 512,
) -> Iterator[RosterStream]:
    """Open the list of people in a spreadsheet; `mapping` (field to heading) corrects the columns found.

    `rates`: first day and base rate in đồng; in force is that of `month`, else of the month that the file tells,
    else of `default_month`. Raises `UnreadableSpreadsheet`, `NoListFound` or `ChangeListFound`.
    """
    roster = read_roster(path, name, mapping)
    told = to_json(roster)
    head = Head(
        roster.sheet,
        list(roster.header_rows),
        dict(roster.columns),
        list(roster.unused_columns),
        roster.fingerprint,
        [],
        len(roster.rows),
        month_told(roster.sheet, [], name),
    )
    rate = in_force(rates, month or head.month or default_month)
    rows = [stored(row, rate, has_codes="code" in roster.columns) for row in roster.rows]
    notes = [list(note) for note in roster.notes]
    yield RosterStream(head, rows, Tail(told["groups"], told["totals"], told["problems"], notes, []))
