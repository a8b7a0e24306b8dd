"""The reference on each payment: short enough for a bank memo, with a check character that catches a wrong one."""

import re
from datetime import date

from portal.vietnam.names import fold_upper

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PROGRAMME_LETTERS = 4
_FILLER = "X"
# Four letters, month and year, commune, six digits, check character. Every part has one length: a reference that is
# glued to other text can then be read in one way only.
_SHAPE = re.compile(r"(?=([A-Z]{4}(?:0[1-9]|1[0-2])[0-9]{2}[0-9]{5}[0-9]{6}[0-9A-Z]))")


def check_character(text: str) -> str:
    """Return the check character of ISO 7064 MOD 37,36 over 0-9 and A-Z; ValueError for any other character."""
    product = 36
    for character in text:
        product = ((product + _ALPHABET.index(character)) % 36 or 36) * 2 % 37
    return _ALPHABET[(37 - product) % 36]


def make(programme: str, month: date, commune_code: str, number: int) -> str:
    """Return a reference of 20 characters, "BTXH" "1126" "06112" "000016" and the check character.

    A programme has 2 to 4 letters (short ones are filled with X), a number at most 6 digits; ValueError otherwise.
    """
    if not re.fullmatch(r"[A-Z]{2,4}", programme) or not re.fullmatch(r"[0-9]{5}", commune_code):
        raise ValueError("programme has 2 to 4 capital letters, commune code 5 digits")
    if not 0 <= number <= 999_999:
        raise ValueError("number has at most 6 digits")
    text = f"{programme.ljust(_PROGRAMME_LETTERS, _FILLER)}{month:%m%y}{commune_code}{number:06d}"
    return text + check_character(text)


def find_all(memo: str) -> list[str]:
    """Return every valid reference in a bank memo, in order and once each.

    Banks change case, put spaces or signs into the text and glue their own numbers to it; only letters and digits
    count here, and the check character must hold.
    """
    letters = fold_upper(memo).replace(" ", "")
    found = (match[1] for match in _SHAPE.finditer(letters))
    return list(dict.fromkeys(text for text in found if check_character(text[:-1]) == text[-1]))
