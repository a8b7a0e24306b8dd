"""Vietnamese phone numbers as people write them and as spreadsheets spoil them."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

_TABLE: dict[str, list[str]] = json.loads((Path(__file__).parent / "data" / "mobile_prefixes.json").read_text("utf-8"))
_CARRIERS = {prefix: carrier for carrier, prefixes in _TABLE.items() for prefix in prefixes}


@dataclass(frozen=True)
class Phone:
    """A number in national form. `carrier` is for display only (numbers move); `guessed` if a lost zero was put back."""

    number: str
    carrier: str | None
    mobile: bool
    guessed: bool


def parse(text: str | int | float) -> Phone | None:
    """Read a mobile number (10 digits) or a landline (02, 11 digits), with +84, 0084 or 84 or without its zero."""
    typed = str(int(text)) if isinstance(text, float) and text.is_integer() else str(text)
    digits = re.sub(r"[\s().'’‘\u200b\ufeff-]", "", re.sub(r"\.0$", "", typed.strip()))
    if not re.fullmatch(r"\+?[0-9]+", digits):
        return None
    number = re.sub(r"^(?:\+84|0084|84(?=0?[235789][0-9]{8,9}$))0?", "0", digits)
    guessed = re.fullmatch(r"[35789][0-9]{8}|2[0-9]{9}", number) is not None
    if guessed:
        number = "0" + number
    mobile = re.fullmatch(r"0[35789][0-9]{8}", number) is not None
    if not mobile and not re.fullmatch(r"02[0-9]{9}", number):
        return None
    return Phone(number, _CARRIERS.get(number[:3]) if mobile else None, mobile, guessed)
