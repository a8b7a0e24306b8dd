"""What a case says, read from its payload; and what confirming it would change in the register."""

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from portal.enrolment.models import Case
from portal.recipients.models import BirthPrecision, PhoneOwner, Recipient, Sex
from portal.vietnam import citizen_id
from portal.vietnam.names import clean, match_key

Known = TypeVar("Known", Sex, BirthPrecision, PhoneOwner)
PARTS = {BirthPrecision.YEAR: 1, BirthPrecision.MONTH: 2, BirthPrecision.DAY: 3}


@dataclass(frozen=True)
class Captured:
    """The answers; None or empty where a step was not taken. `card`: the fields
    of its QR, as read again from the photo on the server, else as the phone read them."""

    full_name: str
    birth_date: date | None
    birth_precision: BirthPrecision | None
    sex: Sex | None
    number: str
    old_id: str
    address: str
    issued_on: date | None
    document: str
    name_from: str
    card: dict[str, Any]
    phone: str
    phone_owner: PhoneOwner | None
    phone_owner_name: str
    method: dict[str, Any]
    representative: dict[str, Any]
    consent: dict[str, Any]


def captured(case: Case) -> Captured:
    identity, phone = case.payload.get("identity") or {}, case.payload.get("phone") or {}
    return Captured(
        full_name=clean(identity.get("full_name") or ""),
        birth_date=day(identity.get("birth_date")),
        birth_precision=_known(BirthPrecision, identity.get("birth_precision") or "day"),
        sex=_known(Sex, identity.get("sex")),
        number=identity.get("citizen_id") or "",
        old_id=identity.get("old_id") or "",
        address=clean(identity.get("address") or ""),
        issued_on=day(identity.get("issued_on")),
        document=identity.get("document") or "none",
        name_from=identity.get("name_from") or "unknown",
        card=(case.payload.get("read") or {}).get("id_front") or identity.get("card") or {},
        phone=phone.get("number") or "",
        phone_owner=_known(PhoneOwner, phone.get("owner")),
        phone_owner_name=clean(phone.get("owner_name") or ""),
        method=case.payload.get("method") or {},
        representative=case.payload.get("representative") or {},
        consent=case.payload.get("consent") or {},
    )


def day(text: str | None) -> date | None:
    """An ISO date; None for anything else, since a payload comes from a phone in the field."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _known(kind: type[Known], text: str | None) -> Known | None:
    return kind(text) if text in {member.value for member in kind} else None


def is_number(text: str) -> bool:
    """12 digits, nothing else."""
    return citizen_id.parse(text) is not None and len(text) == 12


def parts_known(born: date | None, precision: BirthPrecision | None) -> int:
    """How many of year, month and day are known."""
    return PARTS[precision or BirthPrecision.DAY] if born else 0


def same_name(one: str, other: str) -> bool:
    """As a bank would see it: without accents, case, marks and spaces."""
    return match_key(one) == match_key(other)


def corrections(told: Captured, recipient: Recipient) -> dict[str, Any]:
    """Columns of the recipient that confirming would change, with their new values.

    The name only where the clerk chose the card's, the birth date only where the capture knows more of it.
    """
    wanted: dict[str, Any] = {}
    if told.name_from == "card" and told.full_name:
        wanted["full_name"] = told.full_name
    known = parts_known(recipient.birth_date, recipient.birth_precision)
    if parts_known(told.birth_date, told.birth_precision) > known:
        wanted |= {"birth_date": told.birth_date, "birth_precision": told.birth_precision}
    if is_number(told.number):
        wanted |= {"citizen_id": told.number, "citizen_id_confirmed": True}
    if told.phone:
        wanted |= {"phone": told.phone, "phone_owner": told.phone_owner}
    if recipient.sex is None and told.sex:
        wanted["sex"] = told.sex
    if recipient.old_id is None and told.old_id:
        wanted["old_id"] = told.old_id
    return {name: value for name, value in wanted.items() if getattr(recipient, name) != value}
