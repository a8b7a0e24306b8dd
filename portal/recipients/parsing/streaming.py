"""A list read row by row: the sandbox finds and cleans it, the server takes batches of finished rows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from portal import sandbox
from portal.errors import InputError
from portal.recipients.parsing.refusals import ChangeListFound, NoListFound
from portal.recipients.parsing.roster import Group, Problem, Roster, RosterRow, Totals
from portal.spreadsheets import MOST_CELLS, MOST_MEGABYTES, as_refusal

_TASK = "portal.recipients.parsing.reading:read"
_TASK_OF_CHANGES = "portal.recipients.parsing.changes:read"


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
    month: date | None  # what sheet, title or the file's name tell


@dataclass(frozen=True)
class Tail:
    """What only the whole list can tell, as JSON."""

    groups: list[dict[str, Any]]
    totals: dict[str, Any]
    problems: list[dict[str, Any]]
    notes: list[list[str]]  # cell and text of lines that are no people


Late = list[tuple[int, dict[str, Any], bool]]  # number of the row, its problem, whether that refuses the row


class RosterStream:
    """One list on its way: `head` first, then all `batches`, then all of `late`; after them `tail` is there."""

    def __init__(self, values: Iterator[dict[str, Any]], name: str) -> None:
        self._values = values
        self._name = name
        head = self._next()["head"]
        self.head = Head(**head | {"month": date.fromisoformat(head["month"]) if head["month"] else None})
        self._value: dict[str, Any] = {}

    @property
    def tail(self) -> Tail:
        if "tail" not in self._value:
            raise LookupError("the tail of a list is known when its rows are used up")
        return Tail(**self._value["tail"])

    def batches(self) -> Iterator[list[list[Any]]]:
        """Rows as lists of values in the order of `STORED`, at most 1,000 at a time."""
        self._value = self._next()
        while "rows" in self._value:
            if rows := self._value["rows"]:
                yield rows
            self._value = self._next()

    def late(self) -> Iterator[Late]:
        """Problems of single rows that only the whole list shows, at most 1,000 at a time."""
        while "late" in self._value:
            yield [(row, problem, refuses) for row, problem, refuses in self._value["late"]]
            self._value = self._next()

    def _next(self) -> dict[str, Any]:
        try:
            value: dict[str, Any] = next(self._values)
        except sandbox.Unreadable as failure:
            raise _refusal(failure, self._name) from None
        return value


def _refusal(failure: sandbox.Unreadable, name: str) -> InputError:
    found: dict[str, type[InputError]] = {"no_list": NoListFound, "change_list": ChangeListFound}
    if isinstance(failure, sandbox.Refused) and failure.code in found:
        return found[failure.code](name=name)
    return as_refusal(failure, name)


@contextmanager
def open_roster(
    path: Path,
    name: str,
    mapping: Mapping[str, str | None] | None = None,
    *,
    month: date | None = None,
    default_month: date | None = None,
    rates: Sequence[tuple[date, int]] = (),
    changes: bool = False,
    seconds: float = 120,
    memory_mb: int = 512,
) -> Iterator[RosterStream]:
    """Open the list of people in a spreadsheet; `mapping` (field to heading) corrects the columns found.

    `name` is the file's name, for its month and for messages. `rates`: first day and base rate in đồng; in force is
    that of `month`, else of the month that the file tells, else of `default_month`. Raises `UnreadableSpreadsheet`,
    `NoListFound` or `ChangeListFound`, here or while batches are taken. With `changes` it is read as a list of changes,
    whose rows have more values (see `changes.read`).
    """
    options: dict[str, Any] = {
        "mapping": dict(mapping) if mapping else None,
        "month": month.isoformat() if month else None,
        "default_month": default_month.isoformat() if default_month else None,
        "rates": [(first.isoformat(), amount) for first, amount in rates],
        "plain": False,
    }
    task = _TASK_OF_CHANGES if changes else _TASK
    with _opened(path, name, seconds, memory_mb, options, task) as values:
        yield RosterStream(values, name)


def read_roster(path: Path, name: str, mapping: Mapping[str, str | None] | None = None) -> Roster:
    """The whole list at once; see `open_roster`. Dates among received values are ISO texts."""
    options: dict[str, Any] = {"mapping": dict(mapping) if mapping else None, "month": None, "default_month": None}
    rows: list[dict[str, Any]] = []
    with _opened(path, name, 120, 512, options | {"rates": [], "plain": True}) as values:
        stream = RosterStream(values, name)
        for batch in stream.batches():
            rows.extend(batch)  # type: ignore[arg-type]
        late: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for number, problem, _ in chain.from_iterable(stream.late()):
            late[number].append(problem)
    head, tail = stream.head, stream.tail
    return Roster(
        sheet=head.sheet,
        header_rows=tuple(head.header_rows),
        columns=head.columns,
        unused_columns=tuple(head.unused_columns),
        rows=tuple(_row(row, late[row["row"]]) for row in rows),
        groups=tuple(
            Group(each["label"], each["cell"], Totals(each["stated"], each["computed"])) for each in tail.groups
        ),
        totals=Totals(**tail.totals),
        problems=tuple(Problem(**problem) for problem in tail.problems),
        notes=tuple((cell, text) for cell, text in tail.notes),
        fingerprint=head.fingerprint,
        titles=tuple(head.titles),
        month=head.month,
    )


@contextmanager
def _opened(
    path: Path, name: str, seconds: float, memory_mb: int, options: dict[str, Any], task: str = _TASK
) -> Iterator[Iterator[dict[str, Any]]]:
    limits: dict[str, Any] = {"seconds": seconds, "memory_mb": memory_mb, "limit_mb": MOST_MEGABYTES}
    try:
        opened = sandbox.stream(task, path, **limits, name=name, most_cells=MOST_CELLS, **options)
        with opened as values:
            yield values
    except sandbox.Unreadable as failure:
        raise as_refusal(failure, name) from None


def _row(told: dict[str, Any], late: list[dict[str, Any]]) -> RosterRow:
    birth = told["birth_date"]
    return RosterRow(
        **told
        | {
            "birth_date": date.fromisoformat(birth) if birth else None,
            "guesses": frozenset(told["guesses"]),
            "problems": tuple(Problem(**problem) for problem in (*told["problems"], *late)),
        }
    )
