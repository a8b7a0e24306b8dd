"""What a row of a list says as received, beside what was read in it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.formats import birth, day, dong, mask_id, mask_phone
from portal.recipients.labels.values import field_words, value_words
from portal.recipients.models import RosterRow
from portal.vietnam.names import search_key

# A column of the row to the columns of a list out of which it may have been read.
SOURCES: dict[str, tuple[str, ...]] = {
    "code": ("code",),
    "full_name": ("full_name",),
    "birth_date": ("birth_date", "birth_male", "birth_female", "birth_year", "birth_day", "birth_month"),
    "sex": ("sex",),
    "citizen_id": ("citizen_id", "old_id"),
    "old_id": ("old_id", "citizen_id"),
    "phone": ("phone",),
    "village": ("village", "address"),
    "category": ("category",),
    "coefficient_hundredths": ("coefficient",),
    "monthly_amount": ("amount", "total", "allowance"),
    "arrears": ("arrears",),
    "account_number": ("account_number",),
    "representative_name": ("representative",),
}
_PRIVATE = ("citizen_id", "old_id", "phone", "account_number")
_AMOUNTS = ("monthly_amount", "arrears")


@dataclass(frozen=True)
class Received:
    """`read` is the clean value in words, `raw` what `cell` says; `guessed`: a repair that nobody has confirmed."""

    field: str
    label: str
    read: str
    raw: str
    guessed: bool
    cell: str = ""


def read_differently(row: RosterRow) -> list[Received]:
    """Fields whose cell says something else than what was read in it; numbers of people are masked."""
    guesses = set(row.guesses or ())
    found = []
    for field, sources in SOURCES.items():
        raw = next((row.raw[each] for each in sources if row.raw.get(each) not in (None, "")), None)
        guessed = bool(guesses & {field, *sources})
        if raw is None or getattr(row, field) is None:
            continue
        if guessed or (field in ("full_name", "birth_date") and not _says(row, field, raw)):
            shown = value_words(field, raw_words(raw)) if field in _PRIVATE else raw_words(raw)
            cell = next((each["cell"] for each in row.problems if _tells_repair(each, {field, *sources})), "")
            found.append(Received(field, field_words(field), clean_words(row, field), shown, guessed, cell or ""))
    return found


def doubts(row: RosterRow) -> list[dict[str, Any]]:
    """What is doubtful about a row beyond the repairs that `read_differently` shows."""
    guesses = set(row.guesses or ())
    return [each for each in row.problems if not _tells_repair(each, guesses)]


def _tells_repair(problem: dict[str, Any], fields: set[str]) -> bool:
    return problem["field"] in fields and problem["code"].endswith(("_restored", "_guessed"))


def _says(row: RosterRow, field: str, raw: Any) -> bool:
    """Whether the cell and what was read differ only in capitals, spaces and signs."""
    if field == "full_name":
        return search_key(raw_words(raw)) == search_key(row.full_name or "")
    return _figures(raw_words(raw)) == _figures(clean_words(row, field))


def _figures(text: str) -> list[int]:
    return [int(part) for part in "".join(each if each.isdecimal() else " " for each in text).split() if part.isascii()]


def clean_words(row: RosterRow, field: str) -> str:
    """What was read, as people write it; a birth date no more exact than it is known."""
    value = getattr(row, field)
    if field == "birth_date":
        return birth(value, row.birth_precision or "day") or "–"
    return value_words(field, value)


def whole_words(row: RosterRow, field: str) -> str:
    """As `clean_words`, with numbers in full: for the form of this one row."""
    value = getattr(row, field)
    if value is None:
        return ""
    if field in _AMOUNTS:
        return dong(value)
    return str(value) if field in _PRIVATE or field == "code" else clean_words(row, field)


def cell_words(field: str, value: Any, *, whole: bool) -> str:
    """A cell of a column of the list; `whole`: numbers of people in full, for whoever corrects the row."""
    text = raw_words(value)
    private = field in ("representative_id", "representative_phone") or any(field in SOURCES[each] for each in _PRIVATE)
    if whole or not private:
        return text
    return mask_phone(text) if field.endswith("phone") else mask_id(text)


def raw_words(value: Any) -> str:
    """A cell as it was received: whole numbers without a point, dates as people write them."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value).replace(".", ",")
    if isinstance(value, date):
        return day(value)
    text = str(value)
    if len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdecimal():
        return "/".join(reversed(text.split("-")))
    return text
