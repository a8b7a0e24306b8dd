"""What a list of changes states of each of its parts, people and đồng, against what its rows make."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from portal.recipients.parsing import composites, villages
from portal.recipients.parsing.change_parts import Part
from portal.recipients.parsing.change_rows import Read, Reader
from portal.recipients.parsing.grid import fold
from portal.recipients.parsing.lines import Line
from portal.recipients.parsing.roster import Problem
from portal.recipients.parsing.words import PEOPLE
from portal.spreadsheets.sheet import cell_name

_NAMES_A_PART = re.compile(r"^(?:(?:tong|cong|so|doi tuong|nguoi) )*(?:tang|giam|dieu chinh|thay doi|thoi huong)\b")


def sums_of(
    part: Part, rows: Sequence[Read], reader: Reader, *, alone: bool
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The part as a group of the list's report, and each sum of it that differs. `alone`: its sheet has no other part."""
    computed = {
        "count": len(rows),
        "amount": sum(each.stated or 0 for each in rows),
        "arrears": sum(each.row.arrears or 0 for each in rows),
        "old_amount": sum(each.old or 0 for each in rows),
    }
    stated: dict[str, int] = {}
    cell = cell_name(part.row, 0)
    if people := PEOPLE.search(part.heading):
        stated["count"] = int(people[1].replace(".", ""))
    problems = list(_differing(part, stated, computed, part.row, reader))
    for line in part.content:
        if not isinstance(line, Line) or not _is_sum(line, alone=alone):
            continue
        found = {**line.stated, **_old_amount(part, line.row)}
        problems += _differing(part, found, computed, line.row, reader)
        stated, cell = {**stated, **found}, line.cell
    group = {"label": _label(part), "cell": reader.cell(part, cell), "stated": stated, "computed": computed}
    return ([group] if rows and stated else []), problems


def _is_sum(line: Line, *, alone: bool) -> bool:
    """The sum of the part, not of a village in it nor of the whole list."""
    if line.kind not in ("subtotal", "total"):
        return False
    return _NAMES_A_PART.match(fold(line.text)) is not None or alone or fold(line.text) in ("cong", "tong", "tong cong")


def _old_amount(part: Part, row: int) -> dict[str, int]:
    column = part.header.columns.get("old_amount")
    value = part.grid.value(row, column) if column is not None else None
    read = composites.amount(value, part.header.unit) if value is not None else None
    return {"old_amount": read.value} if read else {}


def _differing(
    part: Part, stated: dict[str, int], computed: dict[str, int], row: int, reader: Reader
) -> Iterator[Problem]:
    for field, told in stated.items():
        if told != computed.get(field, told):
            column = part.header.columns.get(field, min(part.header.texts))
            detail = {"label": _label(part), "stated": told, "computed": computed[field]}
            yield Problem("subtotal_mismatch", field, reader.cell(part, cell_name(row, column)), "warning", detail)


def _label(part: Part) -> str:
    return villages.without_numbering(part.heading).capitalize()
