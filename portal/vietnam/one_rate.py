"""One person, one rate: which of several benefits may be paid together. Decree 20/2021/NĐ-CP, Decree 176/2025/NĐ-CP.

Art. 6.2 of Decree 20: whoever falls under several coefficients gets the highest one only; a poor lone parent (Art. 5.4,
K4: one for each child) who is also old, disabled or lives with HIV (Art. 5.5, 5.6, 5.8) gets both. Decree 176: who may
have the social pension (HTXH) and a benefit of Art. 5 gets the higher one. What Art. 20 pays for care and upbringing
(CS) is not a rate of Art. 6: it stands beside the benefits, to the carer or for the child; only of those for disabled
people with small children (Art. 20.2a) one is paid. Merit (NCC) rests on another law: it is told, never forbidden.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

LONE_PARENT = "K4"
BESIDE_LONE_PARENT = ("K5", "K6", "K8")
CARE, ONE_OF_CARE = "CS", "CS2A"


class Ruling(StrEnum):
    """`LOWER`: another one is paid instead. `UNCLEAR`: its category is not known, so the law says nothing yet."""

    PAID = "paid"
    LOWER = "lower"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Benefit:
    """`programme`: BTXH, HTXH, NCC. `category`: a key of Decree 20, None if it is not known. `amount`: đồng a month."""

    id: int
    programme: str
    category: str | None
    amount: int


def judge(benefits: Iterable[Benefit]) -> dict[int, Ruling]:
    """The ruling on each benefit that one person has at the same time, by id."""
    held = list(benefits)
    rulings = {each.id: Ruling.PAID for each in held}
    care = [each for each in held if (each.category or "").startswith(ONE_OF_CARE)]
    rates = [each for each in held if each.programme != "NCC" and not (each.category or "").startswith(CARE)]
    unclear = [each for each in rates if each.category is None and each.programme == "BTXH"]
    for group, best in ((care, _highest(care)), (rates, _best(rates))):
        rulings |= {each.id: Ruling.LOWER for each in group if each not in best}
    if len(rates) > 1:
        rulings |= {each.id: Ruling.UNCLEAR for each in unclear}
    if unclear:  # as long as one is not known, of the others none is surely the lower one
        rulings |= {each.id: Ruling.UNCLEAR for each in rates if rulings[each.id] == Ruling.LOWER}
    return rulings


def _highest(benefits: Sequence[Benefit]) -> list[Benefit]:
    """Of equal ones the older."""
    return [max(benefits, key=lambda each: (each.amount, -each.id))] if benefits else []


def _best(rates: Sequence[Benefit]) -> list[Benefit]:
    """The benefits that may be paid together and make most."""
    children = [each for each in rates if each.category == LONE_PARENT]
    others = [each for each in rates if each not in children]
    beside = [each for each in others if (each.category or "").startswith(BESIDE_LONE_PARENT)]
    together = [*children, *_highest(beside)] if children else []
    return max((together, _highest(others)), key=lambda some: sum(each.amount for each in some))


def with_merit(benefits: Iterable[Benefit]) -> bool:
    """Whether somebody has a benefit for merit beside another one: worth a word, both are paid."""
    programmes = {each.programme for each in benefits}
    return "NCC" in programmes and len(programmes) > 1
