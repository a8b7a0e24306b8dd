"""Goes through the lines of a list: whose heading each person stands under, and what the sums should be."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from portal.recipients.parsing import villages
from portal.recipients.parsing.checks import Duplicates, Sums, differences
from portal.recipients.parsing.cleaning import Cleaner
from portal.recipients.parsing.lines import Line
from portal.recipients.parsing.roster import MONEY, Group, Problem, RosterRow, Totals
from portal.recipients.parsing.tables import Table
from portal.recipients.parsing.totals import Totalled

_HEADS = ("group", "subtotal", "total")


class Place:
    """The village and the category of the headings above a line."""

    def __init__(self) -> None:
        self.village: str | None = None
        self.category: str | None = None
        self._outer = ""  # what the first heading names stands over the other kind

    def enter(self, heading: Line) -> None:
        if heading.of == "village":
            self.village, self.category = heading.text, self.category if self._outer != "village" else None
        elif heading.of == "category":
            self.category, self.village = heading.text, self.village if self._outer != "category" else None
        self._outer = self._outer or heading.of


def placed(content: Iterable[Line | int]) -> Iterator[tuple[Line | int, str | None, str | None]]:
    """Each line with the village and the category of the headings above it; a person is the number of a row."""
    place = Place()
    for line in content:
        if isinstance(line, Line) and line.kind == "group":
            place.enter(line)
        yield line, place.village, place.category


def placed_in(tables: Iterable[Table]) -> Iterator[tuple[Table, Line | int, Place]]:
    """Each line of all tables with its place; that of a table goes on in the next one, unless that begins anew."""
    place = Place()
    for table in tables:
        place = Place() if table.fresh else place
        for line in table.content:
            if isinstance(line, Line) and line.kind == "group":
                place.enter(line)
            yield table, line, place


@dataclass
class _Heading:
    table: Table
    line: Line


class Collector:
    """Cleans the people of a list in order. When `rows` is used up, the other attributes tell of the whole list."""

    def __init__(self, tables: Sequence[Table], cleaners: Sequence[Cleaner]) -> None:
        self.tables = tables
        self.cleaners = cleaners
        self.duplicates = Duplicates()
        self.groups: list[Group] = []
        self.problems: list[Problem] = []
        fields = [field for field in MONEY if any(field in table.header.columns for table in tables)]
        # People of the open group: since the last flush, and before it.
        self._part, self._open, self._totalled = Sums(fields), Sums(fields), Totalled(fields, tables)

    def rows(self) -> Iterator[RosterRow]:
        place, heading = Place(), None
        for table, cleaner in zip(self.tables, self.cleaners, strict=True):
            if table.fresh:
                self._close(heading)
                place, heading = Place(), None
            self._flush()
            self.duplicates.begin(table.header, table.cell_of)
            self._totalled.begin(table)
            last = max(
                (at for at, line in enumerate(table.content) if isinstance(line, int) or line.kind in _HEADS), default=0
            )
            for position, line in enumerate(table.content):
                if isinstance(line, int):
                    row = table.placed(cleaner.row(line, place.village, place.category))
                    self._part.add(row)
                    self.duplicates.add(row)
                    yield row
                else:
                    heading = self._line(table, line, place, heading, last=position == last)
        self._close(heading)
        groups, problems = self._totalled.told()
        self.groups += groups
        self.problems += problems

    def _line(self, table: Table, line: Line, place: Place, heading: _Heading | None, *, last: bool) -> _Heading | None:
        """The heading under which the lines below stand."""
        if line.kind == "table":
            self._flush()
            self._totalled.again()
        if line.kind == "group":
            place.enter(line)
            self._close(heading)
            return _Heading(table, line)
        # A list without groups ends with "Cộng" where others write "Tổng cộng".
        if line.kind == "total" or (line.kind == "subtotal" and heading is None and last):
            label = heading.line.text if heading else ""
            self._close(heading)
            self._totalled.state(line, label)
            return None
        if line.kind == "subtotal":
            self._close(heading, _Heading(table, line))
            return None
        return heading

    def _close(self, heading: _Heading | None, subtotal: _Heading | None = None) -> None:
        """End the group under a heading; what heading or subtotal state of it is compared."""
        self._flush()
        source = subtotal or heading
        stated = {**(heading.line.stated if heading else {}), **(subtotal.line.stated if subtotal else {})}
        if source is not None and self._open.people and stated:
            label = villages.plain_name(heading.line.text) if heading else source.line.text
            totals = Totals(stated, self._open.computed())
            self.groups.append(Group(label, source.table.cell(source.line.cell), totals))
            found = differences("subtotal_mismatch", totals, source.line.row, source.table.header, {"label": label})
            self.problems += map(source.table.named, found)
        self._open.clear()

    def _flush(self) -> None:
        self._totalled.add(self._part)
        self._open.add_all(self._part)
        self._part.clear()

    @property
    def totals(self) -> Totals:
        return self._totalled.totals
