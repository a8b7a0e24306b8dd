"""Decides once for a whole list which column holds which field and in which unit its amounts are."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from portal.recipients.parsing import contents
from portal.recipients.parsing.grid import Grid, fold
from portal.recipients.parsing.headings import field_of_heading
from portal.recipients.parsing.roster import MONEY, Problem
from portal.recipients.parsing.words import THOUSANDS
from portal.spreadsheets.sheet import cell_name
from portal.vietnam import banks

# An amount that is not paid in đồng: no benefit is under this many đồng, none over as many thousands.
_SMALLEST, _LEAST = 20_000, 50
_MONTH = re.compile(r"\b(?:thang|t) ?(0?[1-9]|1[0-2])\b")


@dataclass
class Assigned:
    """`columns`: field to column; `unit`: what one of an amount's numbers is in đồng; `bank`: that of all accounts."""

    columns: dict[str, int]
    unit: int = 1
    bank: str | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Block:
    """A header's place in its sheet with the headings of its columns, levels from the top."""

    grid: Grid
    top: int
    bottom: int
    parts: Mapping[int, list[str]]


def assign(block: Block, mapping: Mapping[str, str | None]) -> Assigned:
    """The columns by their headings and, where these leave a choice, by their contents; `mapping` outweighs both."""
    chosen: dict[str, int] = {}
    for name, heading in mapping.items():
        texts = {column: " / ".join(levels) for column, levels in block.parts.items()}
        named = (c for c, text in texts.items() if heading and heading in (text, cell_name(0, c)[:-1]))
        column = next(named, None)
        if column is not None:
            chosen[name] = column
    found: dict[str, list[int]] = defaultdict(list)
    for column, levels in block.parts.items():
        told = field_of_heading(levels)
        # A field that the mapping names, even with nothing, is not looked for by words.
        if told and told not in mapping and column not in chosen.values():
            found[told].append(column)
    _births(block, found)
    assigned = Assigned(chosen)
    _amounts(block, assigned, found, mapping)
    for name, columns in found.items():
        chosen.setdefault(name, columns[0])
    _names(block, chosen, mapping)
    _substitutes(chosen, mapping)
    _unit(block, assigned)
    _bank(block, assigned)
    return assigned


def _births(block: Block, found: dict[str, list[int]]) -> None:
    """Columns of men and women hold births or marks; "Nam" beside "Tháng" is the year."""
    if "birth_male" in found and "birth_month" in found and "birth_female" not in found:
        found["birth_year"] = found.pop("birth_male")
    if "birth_year" in found and "birth_month" not in found:
        found["birth_date"] += found.pop("birth_year")
    for male, female, other in (("birth_male", "birth_female", "sex"), ("sex_male", "sex_female", "birth")):
        kinds = {
            contents.mostly(block.grid, block.bottom + 1, column) for name in (male, female) for column in found[name]
        } - {""}
        marks = kinds <= {"mark", "count", "word"}
        if kinds and marks == (other == "sex"):
            for name, sex in ((male, "male"), (female, "female")):
                found[f"{other}_{sex}"] = found.pop(name)
    for name in [name for name, columns in found.items() if not columns]:
        del found[name]


def _amounts(block: Block, assigned: Assigned, found: dict[str, list[int]], mapping: Mapping[str, str | None]) -> None:
    months, base = found.pop("month_amount", []), found.pop("base", [])
    if "amount" not in found and "amount" not in mapping:
        if months:
            found["amount"] = [_month_column(block, assigned, months)]
        elif base:
            found["amount"] = base
    several = [name for name in ("amount", "total", "arrears") if len(found.get(name, ())) > 1]
    if not several or not found.get("amount") or not found.get("total"):
        return
    read = contents.amounts(block.grid, block.bottom + 1, {c for name in MONEY for c in found.get(name, ())})
    others = [read[column] for column in found.get("allowance", ())[:1]]
    best = max(
        ((a, t, r) for a in found["amount"] for t in found["total"] for r in found.get("arrears", [-1]) if a != t),
        key=lambda each: contents.agreement([read[each[0]], read.get(each[2], {}), *others], read[each[1]]),
    )
    found["amount"], found["total"] = [best[0]], [best[1]]
    if best[2] >= 0:
        found["arrears"] = [best[2]]


def _month_column(block: Block, assigned: Assigned, months: Sequence[int]) -> int:
    """The column of the month that the title names, else the last one."""
    numbers = {column: _MONTH.search(fold(block.parts[column][-1])) for column in months}
    titles = " ".join(_titles(block))
    told = {int(found[1]) for found in _MONTH.finditer(titles)}
    named = [column for column, found in numbers.items() if found and int(found[1]) in told]
    taken = named[-1] if len(named) == 1 else months[-1]
    if len(months) > 1:
        detail = {"column": " / ".join(block.parts[taken])}
        cell = cell_name(block.bottom, taken)
        assigned.problems.append(Problem("amount_of_one_month", "amount", cell, "warning", detail))
    return taken


def _titles(block: Block) -> list[str]:
    """The folded texts above the header."""
    return [
        fold(block.grid.text(row, column))
        for row in range(max(0, block.top - 12), block.top)
        for column in block.grid.filled(row)
    ]


def _names(block: Block, chosen: dict[str, int], mapping: Mapping[str, str | None]) -> None:
    """Family and given name in two columns, under two headings or under one."""
    if "family_name" in chosen:
        chosen.setdefault("full_name", chosen["family_name"])
    if "full_name" not in chosen and "given_name" in chosen:
        chosen["full_name"] = chosen["given_name"]
    family, given = chosen.get("full_name"), chosen.pop("given_name", None)
    split = chosen.pop("family_name", None) == family
    if family is None:
        return
    after = family + 1
    area = block.grid.merges.get((block.bottom, family)) or block.grid.merges.get((block.top, family))
    if given is None and after not in chosen.values():
        under_one = area is not None and area[3] == after and block.parts.get(after) == block.parts[family]
        unnamed = after not in block.parts
        if (under_one or unnamed) and contents.mostly(block.grid, block.bottom + 1, after) == "word":
            given, split = after, True
    if given is not None and given != family and split:
        chosen["given_name"] = given


def _substitutes(chosen: dict[str, int], mapping: Mapping[str, str | None]) -> None:
    for name, substitute in (
        ("village", "address"),
        ("citizen_id", "old_id"),
        ("full_name", "household_head"),
        ("full_name", "representative"),
    ):
        if name not in chosen and substitute in chosen and (name not in mapping or mapping.get(substitute)):
            chosen[name] = chosen.pop(substitute)
    for name in ("address", "household_head"):
        chosen.pop(name, None)


def _unit(block: Block, assigned: Assigned) -> None:
    """Amounts in thousands of đồng, where a title or heading says so and the amounts do not deny it."""
    columns = [assigned.columns[name] for name in MONEY if name in assigned.columns]
    if not columns:
        return
    said = any(THOUSANDS.search(text) for text in _titles(block)) or any(
        THOUSANDS.search(fold(text)) for column in columns for text in block.parts.get(column, ())
    )
    read = contents.amounts(block.grid, block.bottom + 1, columns)
    seen = [value for by_row in read.values() for value in by_row.values() if value > 0]
    small = bool(seen) and _LEAST <= median(seen) < _SMALLEST
    if said and small:
        assigned.unit = 1000
        assigned.problems.append(Problem("money_in_thousands", None, None, "info", {}))
    elif small:
        detail = {"value": int(median(seen))}
        assigned.problems.append(Problem("money_small", None, None, "warning", detail))


def _bank(block: Block, assigned: Assigned) -> None:
    """The bank that the heading of the accounts names for all of them."""
    column = assigned.columns.get("account_number")
    if column is not None and "bank" not in assigned.columns:
        bank = banks.find(" ".join(block.parts.get(column, ())))
        assigned.bank = bank.short if bank else None
