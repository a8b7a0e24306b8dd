"""Values that a list spreads over several columns or joins in one cell."""

import re

from portal.recipients.parsing import contents
from portal.recipients.parsing.draft import Draft
from portal.recipients.parsing.grid import fold
from portal.spreadsheets.sheet import Value
from portal.vietnam import money
from portal.vietnam.citizen_id import Sex

# A list in thousands of đồng in which one amount is as large as this was typed in đồng there, or is a mistake.
_TOO_MANY_THOUSANDS = 100_000
_ACCOUNT_FIRST = re.compile(r"'?(\d[\d\s.]{4,24}\d)(?:\s*[-–,;:/(|]\s*|\s+)(?=[^\d\s])(.+?)\)?", re.DOTALL)
_BANK_FIRST = re.compile(r"([^\d]{2,60}?)\s*[-–,;:/(|]?\s*(\d[\d\s.]{4,24}\d)\)?", re.DOTALL)
_NO_BANK = re.compile(
    r"^(?:tại|mở tại|tai|mo tai|nh|ngân hàng|ngan hang|stk|số tk|tk|số tài khoản)[\s:.]*", re.IGNORECASE
)


def full_name(draft: Draft) -> str | None:
    """The name, also from the columns of family name and given name."""
    parts = [draft.text("full_name"), draft.text("given_name") if "given_name" in draft.columns else None]
    return " ".join(part for part in parts if part) or None


def birth(draft: Draft) -> tuple[str, Value] | None:
    """A date of birth from the columns of day, month and year, with the field to whose cell it belongs."""
    if "birth_year" not in draft.columns:
        return None
    texts = [draft.text(each) for each in ("birth_day", "birth_month", "birth_year")]
    parts = [re.sub(r"\.0$", "", text) for text in texts if text and text.strip("0")]
    return ("birth_year", "/".join(parts)) if parts else None


def marked_sex(draft: Draft) -> Sex | str | None:
    """The sex by marks in the columns of men and women, or in one of them alone; other texts come back as they are."""
    columns = [each for each in ("sex_male", "sex_female") if each in draft.columns]
    marks = {each: text for each in columns if (text := draft.text(each)) and text != "0"}
    if len(marks) == 2:
        return "x, x"
    if not marks:
        return None if len(columns) != 1 else "female" if columns == ["sex_male"] else "male"
    each, text = next(iter(marks.items()))
    if fold(text) not in contents.MARKS and fold(text) not in ("nam", "nu"):
        return text
    return "male" if each == "sex_male" else "female"


def amount(value: Value, unit: int) -> money.ReadMoney | None:
    """Đồng, where one of the list's numbers means `unit` đồng; None for what is none or is in doubt."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if unit != 1 and isinstance(value, float):
        return money.parse_money(round(value * unit, 3))
    read = money.parse_money(value)
    if read is None or unit == 1:
        return read
    return None if read.value >= _TOO_MANY_THOUSANDS else money.ReadMoney(read.value * unit, read.guessed)


def account_and_bank(text: str) -> tuple[str, str | None]:
    """ "8412… - Agribank" in one cell as number and bank; a number alone has no bank."""
    if text.isdecimal() or (text.isascii() and not any(c.isalpha() for c in text)):
        return text, None
    if found := _ACCOUNT_FIRST.fullmatch(text.strip()):
        return found[1], _NO_BANK.sub("", found[2]).strip(" .,()") or None
    if found := _BANK_FIRST.fullmatch(text.strip()):
        return found[2], _NO_BANK.sub("", found[1]).strip(" .,()") or None
    return text, None


def spread(draft: Draft, field: str) -> str | None:
    """The text of a field, also from the first of the rows over which its cell is merged."""
    text = draft.text(field)
    column = draft.columns.get(field, -1)
    if text is None and (first := draft.spread.get((draft.row, column))) is not None:
        text = draft.grid.text(first, column) or None
    return text
