"""Amounts and dates in words, as Vietnamese papers write them."""

from datetime import date

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_AFTER_TENS = {1: "mốt", 4: "tư", 5: "lăm"}


def amount_in_words(amount: int) -> str:
    """Return đồng in words for the line "Bằng chữ", first letter a capital: "Năm trăm bốn mươi nghìn đồng"."""
    words = ("âm " if amount < 0 else "") + " ".join(_number(abs(amount))) + " đồng"
    return words[0].upper() + words[1:]


def date_in_words(day: date, place: str) -> str:
    """Return place and date by Decree 30/2020: only days under 10 and months 1 and 2 get a leading zero."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    words = f"ngày {day.day:02d} tháng {month} năm {day.year}"
    return f"{place}, {words}" if place else words


def _number(number: int) -> list[str]:
    if number == 0:
        return [_DIGITS[0]]
    billions, rest = divmod(number, 10**9)
    words = [*_number(billions), "tỷ"] if billions else []
    for scale, name in ((10**6, ["triệu"]), (1000, ["nghìn"]), (1, [])):
        group = rest // scale % 1000
        if group:
            words += [*_group(group, full=bool(words)), *name]
    return words


def _group(group: int, full: bool) -> list[str]:
    """Return up to three digits in words; `full` says the hundreds even when there are none ("không trăm")."""
    hundreds, tens, units = group // 100, group // 10 % 10, group % 10
    words = [_DIGITS[hundreds], "trăm"] if hundreds or full else []
    if tens == 0:
        return words + (["linh"] if words and units else []) + ([_DIGITS[units]] if units else [])
    if tens == 1:
        return [*words, "mười", *([] if not units else ["lăm"] if units == 5 else [_DIGITS[units]])]
    return [*words, _DIGITS[tens], "mươi", *([_AFTER_TENS.get(units, _DIGITS[units])] if units else [])]
