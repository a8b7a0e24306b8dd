"""Goes through the lines of a list: whose heading each person stands under, and what the sums should be."""

from collections.abc import Iterable, Iterator, Sequence

from portal.recipients.parsing import villages
from portal.recipients.parsing.checks import Duplicates, Sums
from portal.recipients.parsing.cleaning import Cleaner
from portal.recipients.parsing.headers import Header
from portal.recipients.parsing.lines import Line
from portal.recipients.parsing.roster import Group, RosterRow, Totals

_HEADS = ("group", "subtotal", "total")


def placed(content: Iterable[Line | int]) -> Iterator[tuple[Line | int, str | None, str | None]]:
    """Each line with the village and the category of the headings above it; a person is the number of a row."""
    village = category = None
    outer = ""  # what the first heading names stands over the other kind
    for line in content:
        if isinstance(line, Line) and line.kind == "group":
            if line.of == "village":
                village, category = line.text, category if outer != "village" else None
            elif line.of == "category":
                category, village = line.text, village if outer != "category" else None
            outer = outer or line.of
        yield line, village, category


class Collector:
    """Cleans the people of a list in order. When `rows` is used up, the other attributes tell of the whole list."""

    def __init__(self, header: Header, cleaner: Cleaner) -> None:
        self.cleaner = cleaner
        self.duplicates = Duplicates(header)
        self.groups: list[Group] = []
        self.total_row = 0
        self._stated: dict[str, int] = {}
        self._all, self._part = Sums(header), Sums(header)

    @property
    def totals(self) -> Totals:
        return Totals(self._stated, self._all.computed())

    def rows(self, content: Sequence[Line | int]) -> Iterator[RosterRow]:
        heading: Line | None = None
        last = max((at for at, line in enumerate(content) if isinstance(line, int) or line.kind in _HEADS), default=0)
        for position, (line, village, category) in enumerate(placed(content)):
            if isinstance(line, int):
                row = self.cleaner.row(line, village, category)
                self._part.add(row)
                self.duplicates.add(row)
                yield row
            elif line.kind == "group":
                self._close(heading, None)
                heading = line
            elif line.kind == "total" or (line.kind == "subtotal" and heading is None and position == last):
                # A list without groups ends with "Cộng" where others write "Tổng cộng".
                self.total_row, self._stated = line.row, line.stated
            elif line.kind == "subtotal":
                self._close(heading, line)
                heading = None
        self._close(heading, None)

    def _close(self, heading: Line | None, subtotal: Line | None) -> None:
        source = subtotal or heading
        stated = {**(heading.stated if heading else {}), **(subtotal.stated if subtotal else {})}
        if source is not None and self._part.people and stated:
            label = villages.plain_name(heading.text) if heading else source.text
            self.groups.append(Group(label, source.cell, Totals(stated, self._part.computed())))
        self._all.add_all(self._part)
        self._part.clear()
