"""Two records of the register side by side, why they may be one person, and what a merge takes over."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.formats import birth, label, mask_account, mask_id, mask_phone, money
from portal.recipients.models import Entitlement, PaymentMethod, Recipient
from portal.vietnam.names import match_key

PAIR_EVIDENCE: dict[str, LazyString] = {
    "citizen_id": _l("same identity number"),
    "old_id": _l("same old identity card number"),
    "birth_date": _l("same name and birthday"),
    "village": _l("same name, birth year and village"),
    "account": _l("paid into the same account"),
}
# by table and column, as `merging.moves` counts them
MOVED: dict[str, LazyString] = {
    "entitlement.recipient_id": _l("Entitlements with their history"),
    "payment_method.recipient_id": _l("Ways to be paid, also earlier ones"),
    "representative.recipient_id": _l("Representatives and their papers"),
    "enrolment_case.recipient_id": _l("Registration cases"),
    "recipient.merged_into_id": _l("Records merged into this one before"),
}
TAKEN: dict[str, LazyString] = {
    "sex": _l("Sex"),
    "birth_date": _l("Birth date"),
    "citizen_id": _l("Identity number"),
    "citizen_id_confirmed": _l("Identity number confirmed from a card"),
    "old_id": _l("Old identity card number"),
    "phone": _l("Phone"),
    "village_id": _l("Village"),
    "note": _l("Note"),
}


@dataclass(frozen=True)
class Row:
    """One line of the comparison, with its values as shown; `tag`: kind and words."""

    label: str
    one: str
    other: str
    differs: bool
    tag: tuple[str, str] | None


def pair_words(evidence: Iterable[str]) -> str:
    """The name with its birthday says more than with its year."""
    said = [each for each in evidence if not (each == "village" and "birth_date" in evidence)]
    return ", ".join(str(PAIR_EVIDENCE[each]) for each in said)


def taken_words(names: Iterable[str]) -> str:
    given = set(names)
    number = "citizen_id" in given
    return ", ".join(
        str(words) for name, words in TAKEN.items() if name in given and not (name == "citizen_id_confirmed" and number)
    )


def beside(
    one: Recipient,
    other: Recipient,
    held: dict[int, list[Entitlement]],
    ready: dict[int, PaymentMethod],
) -> list[Row]:
    """Two records field by field, numbers masked; what neither has is left out."""
    people = (one, other)
    rows = [
        _row(gettext("Full name"), [p.full_name for p in people], [match_key(p.full_name) for p in people]),
        _row(gettext("Birth date"), [birth(p.birth_date, p.birth_precision or "day") for p in people]),
        _row(gettext("Sex"), [label(p.sex) for p in people]),
        _row(gettext("Identity number"), [_number(p) for p in people], [p.citizen_id or "" for p in people]),
        _masked(gettext("Old identity card number"), [p.old_id for p in people], mask_id),
        _row(gettext("Village"), [p.village.name if p.village else "" for p in people]),
        _masked(gettext("Phone"), [p.phone for p in people], mask_phone),
        _row(gettext("Entitled to"), [_benefits(held[p.id]) for p in people]),
        _row(gettext("Paid by"), [_way(ready.get(p.id)) for p in people], [_account(ready.get(p.id)) for p in people]),
        _row(gettext("State"), [label(p.status) for p in people]),
    ]
    return [row for row in rows if row.one or row.other]


def _number(person: Recipient) -> str:
    shown = mask_id(person.citizen_id)
    return gettext("%(number)s, confirmed", number=shown) if person.citizen_id_confirmed else shown


def _benefits(held: list[Entitlement]) -> str:
    return "; ".join(f"{each.programme.name} {money(each.monthly_amount)} ({label(each.status)})" for each in held)


def _way(method: PaymentMethod | None) -> str:
    if method is None:
        return ""
    return f"{label(method.kind)} {mask_account(method.account_number)}".strip()


def _account(method: PaymentMethod | None) -> str:
    return (method.account_number or method.kind) if method else ""


def _masked(name: str, values: list[str | None], mask: Callable[[str | None], str]) -> Row:
    return _row(name, [mask(value) for value in values], [value or "" for value in values])


def _row(name: str, shown: list[str], compared: list[str] | None = None) -> Row:
    first, second = compared or shown
    both = bool(first and second)
    tag = None if not both else ("ok", gettext("Same")) if first == second else ("warn", gettext("Differs"))
    return Row(name, shown[0], shown[1], both and first != second, tag)
