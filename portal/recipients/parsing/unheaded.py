"""Recognises the columns of a list without a row of headings by what stands in them."""

from collections import Counter

from portal.recipients.parsing import contents
from portal.recipients.parsing.categories import key_of
from portal.recipients.parsing.grid import Grid

SEARCHED_ROWS = 200
_FIELDS = {
    "id": "citizen_id",
    "date": "birth_date",
    "account": "account_number",
    "phone": "phone",
    "village": "village",
}


def find_columns(grid: Grid) -> tuple[int, dict[str, int]] | None:
    """The first row of the list and its columns by field; None unless names, something identifying and an amount.

    The amount is the first column of amounts, the total the last one if there are more, where the others make it.
    """
    rows = range(min(len(grid.sheet.rows), SEARCHED_ROWS))
    kinds = {
        row: {c: contents.kind_of(grid.value(row, c), grid.text(row, c)) for c in grid.filled(row)} for row in rows
    }
    people = [row for row, found in kinds.items() if {"name", "money"} <= set(found.values()) and _identifies(found)]
    if len(people) < 2:
        return None
    by_column: dict[int, Counter[str]] = {}
    for row in people:
        for column, kind in kinds[row].items():
            by_column.setdefault(column, Counter())[kind] += 1
    columns: dict[str, int] = {}
    amounts: list[int] = []
    for column, counted in sorted(by_column.items()):
        kind, count = counted.most_common(1)[0]
        if count * 3 < counted.total() * 2:
            continue
        if kind == "money":
            amounts.append(column)
        elif kind == "name":
            columns.setdefault("full_name", column)
        elif kind == "count" and "full_name" not in columns:
            columns.setdefault("stt", column)
        elif kind == "text" and any(key_of(grid.text(row, column)) for row in people):
            columns.setdefault("category", column)
        elif kind in _FIELDS:
            columns.setdefault(_FIELDS[kind], column)
    _assign_amounts(grid, people[0], columns, amounts)
    return (people[0], columns) if "full_name" in columns and {"amount", "total"} & columns.keys() else None


def _identifies(found: dict[int, str]) -> bool:
    return bool({"date", "id", "account"} & set(found.values()))


def _assign_amounts(grid: Grid, start: int, columns: dict[str, int], amounts: list[int]) -> None:
    if not amounts:
        return
    columns["amount"] = amounts[0]
    if len(amounts) == 1:
        return
    read = contents.amounts(grid, start, amounts)
    if contents.agreement((read[c] for c in amounts[:-1]), read[amounts[-1]]) > 0.8:
        columns["total"] = amounts[-1]
        if len(amounts) == 3:
            columns["arrears"] = amounts[1]
