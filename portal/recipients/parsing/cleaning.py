"""Cleans one line of a list field by field; a value that cannot be read stays as received and says so."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from portal.recipients.parsing import categories, composites, villages, zeros
from portal.recipients.parsing.draft import Columns, Draft, is_blank
from portal.recipients.parsing.grid import Grid, fold
from portal.recipients.parsing.headers import Header
from portal.recipients.parsing.representatives import clean_phone, clean_representative, proper_name
from portal.recipients.parsing.roster import MONEY, RosterRow
from portal.vietnam import banks, citizen_id, dates, phone
from portal.vietnam.citizen_id import Sex
from portal.vietnam.names import clean

_SEXES: dict[str, Sex] = {"nam": "male", "nu": "female", "male": "male", "female": "female", "m": "male", "f": "female"}
_BIRTHS = ("birth_date", "birth_male", "birth_female", "birth_year")
_MARKS = ("x", "v", "1", "co", "")
_CASH = re.compile(r"^(tien mat|tm|nhan tien mat|chi tien mat|khong co|chua co|chua mo)\b")
_MOST_MONEY = 10**15
_COEFFICIENT = re.compile(r"\d{1,2}(\.\d{1,3})?")
_DIGIT = re.compile(r"\d")
_BETWEEN, _POINT_ZERO = re.compile(r"[\s.'’‘`-]"), re.compile(r"\.0$")
_SCIENTIFIC = re.compile(r"^\d[.,]\d+\s*E\s*\+?\d+$", re.IGNORECASE)


class Cleaner:
    """Cleans the lines of one list.

    `spellings`: key of a village to the name that the list uses for it; `more`: row of a person to rows that go on
    with it; `title`: words of address that the list puts before names; `digits`: see `zeros.digits_by_bank`.
    """

    def __init__(
        self,
        grid: Grid,
        header: Header,
        spellings: Mapping[str, str],
        more: Mapping[int, Sequence[int]] = MappingProxyType({}),
        title: re.Pattern[str] | None = None,
        digits: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.more, self.title, self.digits = more, title, digits
        self.grid = grid
        self.columns = Columns(header)
        self.spellings = spellings

    def village(self, row: int, heading: str | None) -> str | None:
        """The village of the line's own cell, or of the first of the lines over which it is merged, else the heading."""
        column = self.columns.of.get("village")
        if column is None:
            return heading
        text = self.grid.text(row, column)
        if is_blank(text):
            first = self.columns.header.spread.get((row, column))
            text = "" if first is None else self.grid.text(first, column)
        if row in self.more:
            text = " ".join([text, *(self.grid.text(below, column) for below in self.more[row])])
        return (villages.of_address(text) if text else None) or heading

    def row(self, row: int, village: str | None, category: str | None) -> RosterRow:
        """The line as a `RosterRow`; `village` and `category` are those of the heading it stands under."""
        draft = Draft(self.grid, self.columns, row, self.more.get(row, ()))
        _name(draft, self.title)
        _birth_and_sex(draft)
        _identity(draft)
        _category(draft, category)
        _money(draft)
        _account(draft, self.digits)
        clean_representative(draft)
        written = self.village(row, village)
        draft.values |= {
            "village": self.spellings.get(villages.key_of(written)) if written else None,
            "code": draft.text("code"),
            "decision_no": draft.text("decision_no"),
            "note": _note(draft),
            "phone": clean_phone(draft, "phone"),
        }
        return draft.finish()


def _note(draft: Draft) -> str | None:
    """The note with its own lines."""
    value = draft.received("note")
    lines = [clean(line) for line in value.splitlines()] if isinstance(value, str) else [draft.text("note") or ""]
    return "\n".join(line for line in (*lines, *draft.notes) if line) or None


def _name(draft: Draft, title: re.Pattern[str] | None) -> None:
    name = composites.full_name(draft)
    if name and title and (found := title.match(name)):
        draft.guesses.add("full_name")
        draft.doubt("name_guessed", "full_name", "info", value=name, read=name[found.end() :])
        name = name[found.end() :]
    if name is None:
        draft.doubt("name_missing", "full_name", "error")
    elif _DIGIT.search(name):
        draft.doubt("name_has_digits", "full_name", value=name)
    draft.values["full_name"] = proper_name(name) if name else None


def _birth_and_sex(draft: Draft) -> None:
    draft.values["sex"] = _sex(draft)
    field = "birth_date"
    for each in ("birth_female", "birth_male"):
        if draft.received(each) is not None and fold(draft.text(each) or "") not in _MARKS:
            field = each
    value = draft.received(field)
    if value is None and (parts := composites.birth(draft)):
        field, value = parts
    if value is None:
        if not draft.columns.keys().isdisjoint(_BIRTHS):
            draft.doubt("birth_missing", "birth_date", "info", field)
        return
    read = dates.parse_birth(value)
    if read is None:
        draft.doubt(
            "birth_unreadable",
            "birth_date",
            "error",
            field,
            value=draft.text(field) if draft.received(field) == value else value,
        )
        return
    draft.values |= {"birth_date": read.value, "birth_precision": read.precision}
    if read.guessed:
        draft.guesses.add("birth_date")
        draft.doubt("birth_guessed", "birth_date", "info", field, value=draft.text(field), read=read.value.isoformat())


def _sex(draft: Draft) -> Sex | None:
    male, female = draft.received("birth_male") is not None, draft.received("birth_female") is not None
    if male and female:
        draft.doubt("sex_two_columns", "sex", "error", "birth_male")
        return None
    if male or female:
        return "male" if male else "female"
    text = draft.text("sex") or composites.marked_sex(draft)
    sex = _SEXES.get(fold(text)) if text else None
    if text and sex is None:
        draft.doubt("sex_unreadable", "sex", value=text)
    return sex


def _identity(draft: Draft) -> None:
    for field in ("citizen_id", "old_id"):
        value = draft.received(field)
        if value is None or isinstance(value, bool):
            continue
        text = str(value) if isinstance(value, int) else draft.text(field) or ""
        digits = citizen_id.digits_of(text)
        if not digits.isdecimal() and len(beside := citizen_id.numbers_in(text)) == 1:
            digits = beside[0]
        if citizen_id.parse(digits):
            draft.values["citizen_id"] = digits
        elif citizen_id.is_old_id(digits):
            draft.values["old_id"] = digits
        else:
            _repair(draft, field, text, digits)
    if draft.values.get("citizen_id"):
        _compare_identity(draft, draft.values["citizen_id"])
    elif "citizen_id" in draft.columns and not draft.values.get("old_id") and draft.received("citizen_id") is None:
        draft.doubt("id_missing", "citizen_id", "info")


def _repair(draft: Draft, field: str, text: str, digits: str) -> None:
    """Put back zeros that a spreadsheet dropped, where the result does not contradict what else is known."""
    restored = citizen_id.restore_leading_zero(digits)
    birth = draft.values.get("birth_date")
    # Two lost zeros are rare, and ten digits are as well a number with a digit missing: the birth year must agree.
    if restored and (len(digits) == 11 or not birth or citizen_id.disagreements(restored, None, birth.year) == []):
        draft.values["citizen_id"] = restored
        draft.guesses.add("citizen_id")
        draft.doubt("id_zero_restored", "citizen_id", "info", field, value=text, read=restored)
    elif old := citizen_id.restore_old_id(digits):
        draft.values["old_id"] = old
        draft.guesses.add("old_id")
        draft.doubt("old_id_zero_restored", "old_id", "info", field, value=text, read=old)
    elif digits.isdecimal():
        draft.doubt("id_wrong_length", "citizen_id", "error", field, value=text, digits=len(digits))
    else:
        draft.doubt("id_unreadable", "citizen_id", "error", field, value=text)


def _compare_identity(draft: Draft, number: str) -> None:
    birth, sex, told = draft.values.get("birth_date"), draft.values.get("sex"), citizen_id.parse(number)
    if told and told.place and sex in (None, told.sex) and (birth is None or birth.year == told.birth_year):
        return
    for what in citizen_id.disagreements(number, sex, birth.year if birth else None):
        if what == "sex":
            draft.doubt("id_sex_differs", "citizen_id", value=number)
        elif what == "birth_year" and told and birth:
            draft.doubt("id_birth_year_differs", "citizen_id", number_year=told.birth_year, list_year=birth.year)
        elif what == "place":
            draft.doubt("id_place_unknown", "citizen_id", "info", value=number[:3])


def _category(draft: Draft, heading: str | None) -> None:
    coefficient = _coefficient(draft)
    text = composites.spread(draft, "category") or heading
    draft.values |= {"coefficient": coefficient, "category": text}
    draft.values["category_key"] = categories.key_of(text, coefficient) if text else None


def _coefficient(draft: Draft) -> float | None:
    value = draft.received("coefficient")
    if value is None:
        return None
    text = (draft.text("coefficient") or "").replace(",", ".")
    number = float(text) if _COEFFICIENT.fullmatch(text) else None
    if number is None or not 0 < number <= 20:
        draft.doubt("coefficient_unreadable", "coefficient", value=draft.text("coefficient"))
        return None
    return number


def _money(draft: Draft) -> None:
    for field in MONEY:
        if field not in draft.columns:
            continue
        value = draft.received(field)
        if value is None:
            # No arrears is nothing owed; an amount that is not there is a question.
            draft.values[field] = 0 if field in ("allowance", "arrears") else None
            continue
        if value.__class__ is int and draft.unit == 1 and 0 <= value < _MOST_MONEY:
            draft.values[field] = value
            continue
        read = composites.amount(value, draft.unit)
        if read is None or read.value < 0:
            draft.doubt("money_unreadable", field, "error", value=draft.text(field))
            continue
        draft.values[field] = read.value
        if read.guessed:
            draft.guesses.add(field)
            draft.doubt("money_guessed", field, "warning", value=draft.text(field), read=read.value)
    amount, total = draft.values.get("amount"), draft.values.get("total")
    unknown = total is None and amount is None and {"amount", "total"} & draft.columns.keys()
    if unknown and not any(each.field in MONEY for each in draft.problems):
        draft.doubt("amount_missing", "amount", "error")
    if total is not None and amount is not None:
        parts = amount + (draft.values.get("allowance") or 0) + (draft.values.get("arrears") or 0)
        if parts != total:
            draft.doubt("total_not_sum", "total", stated=total, computed=parts)


def _account(draft: Draft, digits: Mapping[str, int]) -> None:
    text = draft.text("account_number")
    number, beside = composites.account_and_bank(text) if text else ("", None)
    bank_text = draft.text("bank") or beside or (draft.bank if number else None)
    bank = zeros.find(bank_text) if bank_text else None
    cash = bank_text is not None and bool(_CASH.search(fold(bank_text)))
    draft.values |= {
        "bank": None if cash else bank.short if bank else bank_text,
        "bank_bin": bank.bin if bank else None,
    }
    if bank_text and not bank and not cash:
        draft.doubt("bank_unknown", "bank", value=bank_text)
    draft.values["account_holder"] = draft.text("account_holder")
    if text is None or (not text[0].isdecimal() and _CASH.search(fold(text))):
        return
    if isinstance(draft.received("account_number"), float) or _SCIENTIFIC.match(text):
        draft.doubt("account_scientific", "account_number", "error", value=text)
        return
    number = number.upper() if number.isalnum() else _BETWEEN.sub("", _POINT_ZERO.sub("", number)).upper()
    wallet = phone.parse(number) if bank and bank.wallet else None
    if wallet and wallet.guessed:
        draft.guesses.add("account_number")
        draft.doubt("account_zero_restored", "account_number", "info", value=text, read=wallet.number)
        number = wallet.number
    elif bank and (whole := zeros.restored(number, bank.bin, digits)):
        draft.guesses.add("account_number")
        draft.doubt("account_zeros_guessed", "account_number", "warning", value=text, read=whole, bank=bank.short)
        number = whole
    elif isinstance(draft.received("account_number"), int) and bank and bank.bin != banks.AGRIBANK:
        draft.doubt("account_was_number", "account_number", "warning", value=number)
    draft.values["account_number"] = number
    if code := banks.account_problem(bank.bin if bank else "", number):
        draft.doubt(code, "account_number", "info" if code == "agribank_not_13_digits" else "error", value=text)
