"""The card beside the register, field by field, with the differing words marked."""

from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any, Literal

from portal.recipients.models import Recipient
from portal.vietnam.identity_qr import expires_on
from portal.vietnam.names import search_key, sort_key

Verdict = Literal["same", "differs", "register_lacks", "same_place", "none"]
Words = list[tuple[str, bool]]  # a piece of text, and whether it is what differs


@dataclass(frozen=True)
class Row:
    """`field` names the label; values are pieces of text for reading, empty when that side knows nothing."""

    field: str
    card: Words
    register: Words
    verdict: Verdict

    @property
    def differs(self) -> bool:
        return self.verdict in ("differs", "register_lacks")


def same_name(one: str, other: str) -> bool:
    """Case and the place of a tone mark (hòa, hoà) do not matter; accents do."""
    return sort_key(one) == sort_key(other)


def compare(card: dict[str, Any], person: Recipient | None) -> list[Row]:
    """`card` as read from the QR (dates ISO). Without a person the right side is empty."""
    return [
        _number(card["number"], person.citizen_id if person else None),
        _name(card["full_name"], person.full_name if person else ""),
        _birth(date.fromisoformat(card["birth_date"]), person),
        _sex(card["sex"], person),
        _address(card["address"], person),
        Row("issued", [(_validity(card), False)], [], "none"),
    ]


def _plain(text: str) -> Words:
    return [(text, False)] if text else []


def _number(card: str, register: str | None) -> Row:
    groups = [card[at : at + 3] for at in range(0, 12, 3)]
    if not register:
        return Row("citizen_id", _plain(" ".join(groups)), [], "register_lacks")
    others = [register[at : at + 3] for at in range(0, len(register), 3)]
    return _by_words("citizen_id", groups, others, card == register)


def _name(card: str, register: str) -> Row:
    if not register:
        return Row("full_name", _plain(card), [], "none")
    return _by_words("full_name", card.split(), register.split(), same_name(card, register))


def _by_words(field: str, card: list[str], register: list[str], same: bool) -> Row:
    """Marks the words that are not the same on the other side, from the left."""
    pairs = list(zip_longest(card, register, fillvalue=""))
    marked = [not same and sort_key(one) != sort_key(other) for one, other in pairs]
    left = [(one, mark) for (one, _), mark in zip(pairs, marked, strict=True) if one]
    right = [(other, mark) for (_, other), mark in zip(pairs, marked, strict=True) if other]
    return Row(field, left, right, "same" if same else "differs")


def _birth(born: date, person: Recipient | None) -> Row:
    day, year = f"{born:%d/%m}", f"{born:%Y}"
    if person is None or person.birth_date is None:
        return Row("birth_date", _plain(f"{day}/{year}"), [], "register_lacks" if person else "none")
    known, precision = person.birth_date, person.birth_precision or "day"
    if precision == "day":
        same = known == born
        pieces = [(f"{born:%d/%m/%Y}", not same)], [(f"{known:%d/%m/%Y}", not same)]
        return Row("birth_date", *pieces, "same" if same else "differs")
    register = f"{known:%Y}" if precision == "year" else f"{known:%m/%Y}"
    if known.year != born.year or (precision == "month" and known.month != born.month):
        return Row("birth_date", [(f"{day}/{year}", True)], [(register, True)], "differs")
    return Row("birth_date", [(day, True), (f"/{year}", False)], _plain(register), "register_lacks")


def _sex(card: str, person: Recipient | None) -> Row:
    if person is None or person.sex is None:
        return Row("sex", _plain(card), [], "none")
    same = person.sex == card
    return Row("sex", [(card, not same)], [(person.sex.value, not same)], "same" if same else "differs")


def _address(card: str, person: Recipient | None) -> Row:
    village = person.village.name if person and person.village else ""
    inside = village and search_key(village) in search_key(card.replace(",", " "))
    return Row("address", _plain(card), _plain(village), "same_place" if inside else "none")


def _validity(card: dict[str, Any]) -> str:
    """Day of issue and, worked out from the law, the last valid day ("" when it does not expire)."""
    if not card.get("issued_on"):
        return ""
    last = expires_on(date.fromisoformat(card["birth_date"]), date.fromisoformat(card["issued_on"]))
    return f"{last:%d/%m/%Y}" if last else "-"
