"""References made by the database itself, for a whole list in one statement."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, cast, func, literal

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _step(product: Any, digit: Any) -> Any:
    """One character of ISO 7064 MOD 37,36: `(x - 1) % 36 + 1` is `x % 36 or 36`, which SQL can say, too."""
    return ((product + digit - 1) % 36 + 1) * 2 % 37


def reference(programme: str, month: date, commune_code: str, number: ColumnElement[int]) -> ColumnElement[str]:
    """`portal.vietnam.references.make` as an SQL expression over the column `number` (a test compares them)."""
    prefix = f"{programme.ljust(4, 'X')}{month:%m%y}{commune_code}"
    product: Any = 36
    for character in prefix:
        product = _step(product, _ALPHABET.index(character))
    for power in (100_000, 10_000, 1000, 100, 10, 1):
        product = _step(product, number // literal(power) % 10)
    digits = func.substr(cast(number + 1_000_000, String), 2, 6)
    return literal(prefix) + digits + func.substr(_ALPHABET, cast((37 - product) % 36 + 1, Integer), 1)
