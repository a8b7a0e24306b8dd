"""Days, amounts and account numbers as statements write them."""

import re
from datetime import date, datetime, timedelta

from portal.spreadsheets import Value
from portal.vietnam.money import parse_money
from portal.vietnam.names import clean, search_key

_DAY_ZERO = date(1899, 12, 30)  # spreadsheets count days from here
_DAY_NUMBERS = range(36526, 73051)  # 2000 to 2100
_DMY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?!\d)")
_ISO = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?!\d)")
_TIME = re.compile(r"[T ]?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?")
_SIGNS = str.maketrans(dict.fromkeys("/\\.,:;()[]{}-–_+*=\"'“”%|#\n\r\t", " "))


def fold(text: str) -> str:
    """Words without accents, case and signs: "Số tiền ghi nợ/\\nDebit" gives "so tien ghi no debit"."""
    return search_key(text.translate(_SIGNS))


def as_text(value: Value) -> str:
    """A cell as text; a whole number has no decimals, nothing is the empty text."""
    if value is None or isinstance(value, bool):
        return ""
    if not isinstance(value, str):
        return str(value)
    # most cells hold nothing that needs cleaning, and there are hundreds of thousands of them
    return " ".join(value.split()) if value.isascii() and value.isprintable() else clean(value)


def as_number(value: Value) -> str:
    """An account or reference, kept as text; spaces and dots between its digits are dropped."""
    return re.sub(r"(?<=\d)[\s.](?=\d)", "", as_text(value).lstrip("'"))


def read_day(value: Value) -> tuple[date, str] | None:
    """The day (local) at the beginning of a cell and what else the cell says, without a time; day before month."""
    if isinstance(value, datetime):
        return value.date(), ""
    if isinstance(value, date):
        return value, ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        whole = int(value) if _DAY_NUMBERS.start <= value < _DAY_NUMBERS.stop else 0
        return (_DAY_ZERO + timedelta(days=whole), "") if whole else None
    text = as_text(value)
    if found := _DMY.match(text):
        day, month, year = (int(part) for part in found.groups())
        year += 2000 if year < 100 else 0
    elif found := _ISO.match(text):
        year, month, day = (int(part) for part in found.groups())
    else:
        return None
    try:
        return date(year, month, day), _TIME.sub("", text[found.end() :], count=1).strip()
    except ValueError:
        return None


def read_amount(value: Value) -> int | None:
    """Whole đồng with sign; an empty cell or a dash is 0; None for what is no amount."""
    if isinstance(value, bool | date):
        return None
    if value is None or (isinstance(value, str) and clean(value).strip("-–") == ""):
        return 0
    found = parse_money(value)
    return found.value if found else None
