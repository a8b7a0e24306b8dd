"""Second lines of people: an address that goes on, a relation in brackets, a note below."""

import re
from collections.abc import Iterable, Mapping

from portal.recipients.parsing.grid import Grid, fold
from portal.recipients.parsing.headers import Header
from portal.recipients.parsing.words import CLOSING

MOST_CELLS = 3
# Fields whose text may go on below; what stands under a name in brackets is a note.
_TEXTS = ("village", "address", "representative", "category", "decision_no", "bank", "account_holder", "note")
_GOES_ON = re.compile(r"[,;(–-]\s*$")
_BEGINS_INSIDE = re.compile(r"\(|(?:sđt|đt|sdt|dt|cccd|cmnd)\b\s*[:.]?", re.IGNORECASE)
_ABOVE_VILLAGE = re.compile(r"(?:xã|phường|thị trấn|huyện|tỉnh|thành phố)\s", re.IGNORECASE)


class Continued:
    """Tells which lines below a person can be nothing but more of the same person."""

    def __init__(self, grid: Grid, header: Header) -> None:
        self.grid = grid
        self.fields = {header.columns[each]: each for each in _TEXTS if each in header.columns}
        self.name = header.columns["full_name"]

    def has(self, row: int, texts: Mapping[int, str], above: int) -> bool:
        """Whether all texts of a row, none of them a number or an amount, go on with what stands in the row above."""
        return (
            0 < len(texts) <= MOST_CELLS
            and (row, min(texts)) not in self.grid.merges
            and not any(CLOSING.match(fold(text)) for text in texts.values())
            and all(self._goes_on(column, text, self.grid.text(above, column)) for column, text in texts.items())
        )

    def _goes_on(self, column: int, text: str, above: str) -> bool:
        if column == self.name:
            return text.startswith("(")
        field = self.fields.get(column)
        if field is None or field == "note":
            return field == "note"
        if not above:
            return False
        inside = text[:1].islower() or _BEGINS_INSIDE.match(text) or _GOES_ON.search(above)
        return bool(inside or (field in ("village", "address") and _ABOVE_VILLAGE.match(text)))


def under(content: Iterable[object]) -> dict[int, list[int]]:
    """Row of a person to the rows that go on with it."""
    found: dict[int, list[int]] = {}
    person = -1
    for line in content:
        if isinstance(line, int):
            person = line
        elif getattr(line, "kind", "") == "more":
            found.setdefault(person, []).append(line.row)  # type: ignore[attr-defined]  # a Line: its module imports this one
    return found
