"""Someone of a list beside someone of the register: what speaks for one person, and where they differ."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.formats import birth, mask_id, mask_phone, money
from portal.recipients.models import Entitlement, Recipient, RosterRow
from portal.vietnam.names import match_key, search_key

EVIDENCE_LABELS: dict[str, LazyString] = {
    "citizen_id": _l("same identity number"),
    "old_id": _l("same old identity card number"),
    "full_name": _l("same name"),
    "birth_date": _l("same birthday"),
    "birth_year": _l("same birth year"),
    "village": _l("same village"),
    "phone": _l("same phone"),
}


@dataclass(frozen=True)
class Side:
    """A line of the comparison; what both say alike is no difference, nor what only one of them says."""

    label: str
    listed: str
    known: str
    differs: bool


def evidence_words(evidence: Iterable[str]) -> str:
    """ "cùng số định danh, cùng tên": a birthday says more than its year."""
    said = [each for each in evidence if not (each == "birth_year" and "birth_date" in evidence)]
    return ", ".join(str(EVIDENCE_LABELS[each]) for each in said)


def side_by_side(row: RosterRow, person: Recipient, paid: Entitlement | None) -> list[Side]:
    """List and register field by field; what neither says is left out."""
    listed_birth = birth(row.birth_date, row.birth_precision or "day")
    known_birth = birth(person.birth_date, person.birth_precision or "day")
    sides = [
        _side(gettext("Full name"), row.full_name, person.full_name, match_key),
        _side(gettext("Code"), row.code, person.code if paid is None or paid.code.startswith("=") else paid.code),
        _side(gettext("Birth date"), listed_birth, known_birth),
        _side(gettext("Identity number"), row.citizen_id, person.citizen_id, str, mask_id),
        _side(gettext("Old identity card number"), row.old_id, person.old_id, str, mask_id),
        _side(gettext("Village"), row.village, person.village.name if person.village else None, search_key),
        _side(gettext("Category"), row.category, paid.category_text if paid else None, search_key),
        _side(gettext("Amount of the month"), money(row.monthly_amount), money(paid.monthly_amount if paid else None)),
        _side(gettext("Phone"), row.phone, person.phone, str, mask_phone),
    ]
    return [side for side in sides if side.listed or side.known]


Words = Callable[[str], str]


def _side(label: str, listed: str | None, known: str | None, key: Words = str, show: Words = str) -> Side:
    both = (listed or "", known or "")
    said = all(both)
    same = said and key(both[0]) == key(both[1])
    shown = [show(each) if each else "" for each in both]
    return Side(label, shown[0], shown[1], said and not same)
