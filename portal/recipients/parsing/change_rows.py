"""One row of a list of changes: cleaned as any row of a list, with what it says of the change itself."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from portal.recipients.parsing import composites, sections, villages
from portal.recipients.parsing.change_parts import Part
from portal.recipients.parsing.cleaning import Cleaner
from portal.recipients.parsing.collecting import placed
from portal.recipients.parsing.draft import Draft
from portal.recipients.parsing.lines import Line
from portal.recipients.parsing.roster import Problem, RosterRow
from portal.recipients.parsing.sections import Section
from portal.recipients.parsing.stored import STORED, json_text, refuses, stored
from portal.vietnam import citizen_id

_PROBLEMS, _DOUBT, _REFUSED = (STORED.index(name) for name in ("problems", "doubt", "refused"))
_TOTAL, _ROW, _CELL = (STORED.index(name) for name in ("total", "row", "cell"))
_ROW_SUMS = frozenset({"total_not_sum"})
_MOST_HALVES = 40  # coefficients go up by halves


@dataclass(frozen=True)
class Read:
    """`values`: those of `STORED` and of `TOLD_OF_CHANGES`; `old`: what was paid before, `stated` the new amount as told."""

    section: Section
    row: RosterRow
    values: list[Any]
    old: int | None
    stated: int | None


class Reader:
    """Reads the rows of the parts of one sheet. `above`: rows of sheets before it; `named`: cells with their sheet."""

    def __init__(
        self, parts: Sequence[Part], month: date | None, rate: int | None, *, has_codes: bool, above: int, named: bool
    ) -> None:
        self.month, self.rate, self.has_codes, self.above, self.named = month, rate, has_codes, above, named
        self.spellings = villages.spellings([], _villages(parts))

    def cell(self, part: Part, name: str) -> str:
        return f"{part.grid.sheet.name}!{name}" if self.named else name

    def rows(self, part: Part) -> Iterator[Read]:
        cleaner = Cleaner(part.grid, part.header, self.spellings)
        for line, village, category in placed(_without_headings(part.content)):
            if isinstance(line, int):
                row = cleaner.row(line, village, category)
                yield self._read(part, row, Draft(part.grid, cleaner.columns, line))

    def _read(self, part: Part, row: RosterRow, draft: Draft) -> Read:
        old = _amount(draft, "old_amount")
        section = part.section or sections.section_of(draft.text("section") or "") or _by_amounts(old, row.amount)
        stated = row.amount
        reason = draft.text("reason") or row.note or ""
        if (died_on := draft.text("died_on")) and not reason:
            reason = f"Chết ngày {_day(draft, died_on)}"
        values = {
            "problems": (*(each for each in row.problems if each.code not in _ROW_SUMS), *draft.problems),
            "arrears": row.arrears if section != "decrease" and draft.received("arrears") is not None else None,
            "total": None,
            "row": row.row + self.above,
        }
        row = replace(row, **values)  # type: ignore[arg-type]
        row = (
            replace(row, amount=old or row.amount or None)
            if section == "decrease"
            else self._with_derived(row, section)
        )
        from_month = sections.month_of(draft.received("from_month"), self.month)
        cause = ("died" if died_on else sections.cause_of(reason)) if section == "decrease" else None
        told = [section, reason or None, cause, from_month.isoformat() if from_month else None]
        return Read(section, row, [*self._values(part, row, section, old), *told], old, stated)

    def _with_derived(self, row: RosterRow, section: Section) -> RosterRow:
        """The coefficient by the amount, the sex of someone new by the number: what this list has no columns for."""
        person = citizen_id.parse(row.citizen_id or "")
        if section == "increase" and row.sex is None and person:
            row = replace(row, sex=person.sex, guesses=row.guesses | {"sex"})
        if row.coefficient is None and row.category_key and row.amount and self.rate:
            halves, rest = divmod(2 * row.amount, self.rate)
            if not rest and 0 < halves <= _MOST_HALVES:
                row = replace(row, coefficient=halves / 2, guesses=row.guesses | {"coefficient"})
        return row

    def _values(self, part: Part, row: RosterRow, section: Section, old: int | None) -> list[Any]:
        values = stored(row, self.rate, has_codes=self.has_codes)
        values[_TOTAL] = old
        values[_CELL] = self.cell(part, row.cell)
        dropped = {"decrease": {"amount_missing", "amount_off_rate"}, "adjustment": {"amount_missing"}}.get(
            section, set()
        )
        problems = [problem for problem in json.loads(values[_PROBLEMS]) if problem["code"] not in dropped]
        for problem in problems:
            if problem["cell"]:
                problem["cell"] = self.cell(part, problem["cell"])
        severities = {problem["severity"] for problem in problems}
        values[_PROBLEMS] = json_text(problems)
        values[_DOUBT] = next((each for each in ("error", "warning", "info") if each in severities), None)
        values[_REFUSED] = any(refuses(Problem(**problem)) for problem in problems)
        return values


def _by_amounts(old: int | None, new: int | None) -> Section:
    if old and new:
        return "adjustment"
    return "decrease" if old else "increase"


def _amount(draft: Draft, field: str) -> int | None:
    value = draft.received(field)
    read = composites.amount(value, draft.unit) if value is not None else None
    if value is not None and read is None:
        draft.doubt("money_unreadable", field, value=draft.text(field))
    return read.value if read else None


def _day(draft: Draft, text: str) -> str:
    value = draft.received("died_on")
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else text


def _without_headings(content: Iterable[Line | int]) -> Iterator[Line | int]:
    """The lines without those that name a part: these are neither villages nor categories."""
    return (line for line in content if isinstance(line, int) or not sections.section_of(line.text))


def _villages(parts: Sequence[Part]) -> list[str]:
    found = []
    for part in parts:
        cleaner = Cleaner(part.grid, part.header, {})
        for line, village, _ in placed(_without_headings(part.content)):
            if isinstance(line, int) and (told := cleaner.village(line, village)):
                found.append(told)
    return found
