"""Amounts of đồng as lists and bank statements write them."""

import math
import re
from dataclasses import dataclass

_CURRENCY = re.compile(r"\s*(?:đồng|dong|vnđ|vnd|đ|d|₫)\.?\s*", re.IGNORECASE)
# "810.000đ/tháng", "540.000,-" and "540.000/-" are written out so on paper.
_PER_MONTH = re.compile(r"\s*/\s*(?:1\s*)?(?:tháng|thang|th\.?)\s*$|\s*[,/][-=]+$", re.IGNORECASE)
_LARGEST = 10**15


@dataclass(frozen=True)
class ReadMoney:
    """Whole đồng; `guessed` when the signs between the digits can be read in another way."""

    value: int
    guessed: bool


def parse_money(value: str | int | float) -> ReadMoney | None:
    """Read an amount; negative with a minus or in brackets; None if it is none or has a part of a đồng.

    Dots, commas or spaces between groups of three are thousands; one or two zeros after the other sign are decimals.
    """
    if isinstance(value, str):
        return (
            ReadMoney(int(value), False)
            if value.isascii() and value.isdecimal() and len(value) < 16
            else _from_text(value)
        )
    if isinstance(value, bool) or not math.isfinite(value) or value != int(value) or abs(value) >= _LARGEST:
        return None
    return ReadMoney(int(value), False)


def _from_text(text: str) -> ReadMoney | None:
    text = re.sub(r"\s", " ", text).strip(" '\u200b\ufeff").replace("−", "-").replace("–", "-")
    bracketed = re.fullmatch(r"\((.*)\)", text)
    text = bracketed[1] if bracketed else text
    text = _without_currency(_PER_MONTH.sub("", text))
    sign = re.match(r"[+-] ?", text)
    if sign and bracketed:
        return None
    read = _unsigned(_without_currency(text[sign.end() :] if sign else text))
    if read is None or read.value >= _LARGEST:
        return None
    negative = bracketed is not None or (sign is not None and sign[0][0] == "-")
    return ReadMoney(-read.value, read.guessed) if negative else read


def _without_currency(text: str) -> str:
    start, end = _CURRENCY.match(text), re.search(f"(?:{_CURRENCY.pattern})$", text, re.IGNORECASE)
    return (text[: end.start()] if end else text[start.end() :] if start else text).strip()


def _unsigned(text: str) -> ReadMoney | None:
    if re.fullmatch(r"[0-9]{1,16}", text):
        return ReadMoney(int(text), False)
    if grouped := re.fullmatch(r"([1-9][0-9]{0,2}(?:([., '])[0-9]{3})(?:\2[0-9]{3})*)(?:(?!\2)[.,]0{1,2})?", text):
        return ReadMoney(int(re.sub(r"[^0-9]", "", grouped[1])), False)
    if decimal := re.fullmatch(r"([0-9]{1,16})[.,](0+)", text):
        # "810.00" may be 810 or a cut 810.000; "1234000.000" has no group of three before the dot.
        return ReadMoney(int(decimal[1]), len(decimal[1]) <= 3 or len(decimal[2]) > 2)
    if re.fullmatch(r"[1-9][0-9]{0,2}(?:[., '][0-9]{3})+", text):
        return ReadMoney(int(re.sub(r"[^0-9]", "", text)), True)
    return None
