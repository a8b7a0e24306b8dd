"""The totals that a list states, of all its people or of a table, against what its rows make."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from portal.recipients.parsing import villages
from portal.recipients.parsing.checks import Sums, differences
from portal.recipients.parsing.lines import Line
from portal.recipients.parsing.roster import Group, Problem, Totals
from portal.recipients.parsing.tables import Table

Figures = Mapping[str, int]


@dataclass
class _Total:
    """One total. `near`: figures of the rows it may be of, the likeliest first; without any it is of the whole list."""

    table: Table
    line: Line
    label: str
    near: list[Figures] = field(default_factory=list)

    def of(self, whole: Figures) -> Figures:
        """The figures it agrees with, else those it should agree with."""
        stated = self.line.stated
        agreeing = (
            each for each in (*self.near, whole) if all(each.get(n, told) == told for n, told in stated.items())
        )
        return next(agreeing, self.near[0] if self.near else whole)


class Totalled:
    """Adds up the parts of a list between its totals; `told` and `totals` when all parts are added."""

    def __init__(self, fields: Sequence[str], tables: Sequence[Table]) -> None:
        # Of all rows, and since the last total, the begin of the table, the last headings.
        self._all, self._since, self._here, self._below = (Sums(fields) for _ in range(4))
        self._found: list[_Total] = []
        self._table, self._first = tables[0], 0
        self._groups: list[Group] = []
        self.totals = Totals({}, {})

    def begin(self, table: Table) -> None:
        self._end()
        self._table, self._first = table, len(self._found)

    def again(self) -> None:
        """The headings stand here again: below a total they begin another table, else a page, and perhaps a table."""
        if self._found[self._first :]:
            self.begin(self._table)
        self._below.clear()

    def add(self, part: Sums) -> None:
        for sums in (self._all, self._since, self._here, self._below):
            sums.add_all(part)

    def state(self, line: Line, heading: str) -> None:
        """A total stands here; `heading`: the text of the one heading whose people it may be of."""
        label = villages.plain_name(heading) if heading else self._table.title or line.text
        near: list[Figures] = []
        if self._since.people:
            near = [each.computed() for each in (self._since, self._here, self._all, self._below)]
        self._found.append(_Total(self._table, line, label, near))
        self._since.clear()

    def told(self) -> tuple[list[Group], list[Problem]]:
        """Totals of single tables as groups, and each figure that differs; `totals` are then those of the list."""
        self._end()
        whole = self._all.computed()
        of = [each.of(whole) for each in self._found]
        total = next(
            (each for each, figures in zip(self._found[::-1], of[::-1], strict=True) if figures == whole), None
        )
        groups = [
            Group(each.label, each.table.cell(each.line.cell), Totals(each.line.stated, figures))
            for each, figures in zip(self._found, of, strict=True)
            if each is not total
        ]
        self.totals = Totals(total.line.stated if total else self._added(of), whole)
        return groups, [
            problem for each, figures in zip(self._found, of, strict=True) for problem in _wrong(each, figures)
        ]

    def _added(self, of: Sequence[Figures]) -> dict[str, int]:
        """What the totals of the tables make together, where each person is in one of them."""
        if not self._found or sum(figures["count"] for figures in of) != self._all.people:
            return {}
        names = set.intersection(*(set(each.line.stated) for each in self._found))
        return {name: sum(each.line.stated[name] for each in self._found) for name in sorted(names)}

    def _end(self) -> None:
        """The table ends: a total above its people is theirs, and its only one that of people below it too."""
        here = self._found[self._first :]
        if len(here) == 1 and self._since.people and self._here.people:
            here[0].near = [self._here.computed()]
            self._since.clear()
        self._here.clear()
        self._below.clear()


def _wrong(total: _Total, figures: Figures) -> Iterator[Problem]:
    found = differences("total_mismatch", Totals(total.line.stated, figures), total.line.row, total.table.header, {})
    return map(total.table.named, found)
