"""What an officer should look at before she decides: computed from a case alone. Nothing here decides."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from portal.enrolment.models import Case, FileRole
from portal.formats import birth as shown_birth
from portal.formats import day as shown_day
from portal.recipients.models import Recipient, RecipientStatus
from portal.review.captured import Captured, is_number, parts_known, same_name
from portal.review.flag_codes import Flag, FlagCode, in_order
from portal.review.flags_of_representatives import of_representative
from portal.vietnam import citizen_id, identity_qr
from portal.vietnam.month import today
from portal.vietnam.names import clean

__all__ = ["C", "Flag", "FlagCode", "in_order", "of_cases"]

BIRTH_FORMS = {1: "year", 2: "month", 3: "day"}


C = FlagCode


def of_cases(cases: Sequence[Case], told: Mapping[uuid.UUID, Captured]) -> dict[uuid.UUID, list[Flag]]:
    """What each case shows by itself and against its own recipient; recipient and photos should be loaded."""
    return {case.id: list(_of_case(case, told[case.id])) for case in cases}


def _of_case(case: Case, told: Captured) -> Iterator[Flag]:
    if case.recipient is None:
        yield Flag(C.NOT_IN_REGISTER, "full_name")
    else:
        yield from _against_register(told, case.recipient)
    yield from _number(told)
    yield from _card(told)
    yield from _codes(case)
    yield from _method(told)
    yield from of_representative(told, case.recipient)
    yield from _photos(case, told)


def _against_register(told: Captured, kept: Recipient) -> Iterator[Flag]:
    if kept.status != RecipientStatus.LIVE:
        yield Flag(C.NOT_LIVE, "full_name")
    if told.number and kept.citizen_id and told.number != kept.citizen_id:
        yield Flag(C.ID_DIFFERS, "citizen_id", {"captured": told.number, "register": kept.citizen_id})
    if told.full_name and told.full_name.casefold() != clean(kept.full_name).casefold():
        values = {"captured": told.full_name, "register": kept.full_name, "name_from": told.name_from}
        yield Flag(C.NAME_DIFFERS, "full_name", values)
    if told.sex and kept.sex and told.sex != kept.sex:
        yield Flag(C.SEX_DIFFERS, "sex")
    if told.birth_date and kept.birth_date:
        kept_parts = parts_known(kept.birth_date, kept.birth_precision)
        yield from _birth(
            told.birth_date, parts_known(told.birth_date, told.birth_precision), kept.birth_date, kept_parts
        )


def _birth(told: date, told_parts: int, kept: date, kept_parts: int) -> Iterator[Flag]:
    """Compare only what both know of year, month and day."""
    both, finer = min(told_parts, kept_parts), told_parts > kept_parts
    if kept.timetuple()[:both] != told.timetuple()[:both]:
        yield Flag(C.BIRTH_DIFFERS, "birth", {"corrects": "yes" if finer else ""})
    elif finer:
        yield Flag(C.BIRTH_ADDED, "birth", {"birth": shown_birth(told, BIRTH_FORMS[told_parts])})


def _number(told: Captured) -> Iterator[Flag]:
    if not told.number:
        yield Flag(C.ID_MISSING, "citizen_id")
        return
    if not is_number(told.number):
        yield Flag(C.ID_MALFORMED, "citizen_id", {"digits": str(len(told.number))})
        return
    number = citizen_id.parse(told.number)
    born = told.birth_date.year if told.birth_date else None
    found = citizen_id.disagreements(told.number, None if told.sex is None else told.sex.value, born)
    if "sex" in found:
        yield Flag(C.ID_SEX, "sex")
    if "birth_year" in found and number:
        yield Flag(C.ID_BIRTH_YEAR, "birth", {"number_year": str(number.birth_year), "captured_year": str(born)})
    if "place" in found:
        yield Flag(C.ID_PLACE, "citizen_id", {"place": told.number[:3]})


def _card(told: Captured) -> Iterator[Flag]:
    card = told.card
    if card:
        pairs = {
            "citizen_id": (card.get("number"), told.number),
            "full_name": (card.get("full_name"), told.full_name if told.name_from != "register" else None),
            "birth": (card.get("birth_date"), told.birth_date and told.birth_date.isoformat()),
        }
        for row, (on_card, typed) in pairs.items():
            if on_card and typed and clean(str(on_card)).casefold() != typed.casefold():
                yield Flag(C.QR_DIFFERS, row, {"card": str(on_card), "captured": typed})
    if told.document == "citizen_card" and told.birth_date and told.issued_on:
        expires = identity_qr.expires_on(told.birth_date, told.issued_on)
        if expires and expires < today():
            yield Flag(C.CARD_EXPIRED, "document", {"day": shown_day(expires)})


def _codes(case: Case) -> Iterator[Flag]:
    """What the photos and the phone say of one card; a code that only the phone could read says nothing against it."""
    read, by_phone = case.payload.get("read") or {}, case.payload.get("read_by_phone") or {}
    numbers = {(read.get(role) or {}).get("number") for role in (FileRole.ID_FRONT, FileRole.ID_BACK)}
    if len(numbers - {None}) > 1:
        yield Flag(C.TWO_CARDS, "photo")
    for role, theirs in by_phone.items():
        ours = read.get(role) or {}
        pairs = [(str(theirs.get(name)), str(ours.get(name))) for name in ("number", "full_name", "birth_date")]
        for phone, server in [(phone, server) for phone, server in pairs if ours and phone != server][:1]:
            yield Flag(C.READ_DIFFERS, "photo", {"role": role, "phone": phone, "server": server})


def _method(told: Captured) -> Iterator[Flag]:
    if not told.method:
        yield Flag(C.METHOD_MISSING, "method")
        return
    holder = told.method.get("holder_name") or ""
    owner = told.full_name
    if told.method.get("kind") == "representative_account":
        owner = told.representative.get("full_name") or ""
    if holder and not same_name(holder, owner):
        yield Flag(C.HOLDER_DIFFERS, "method", {"holder": holder, "owner": owner})


def _photos(case: Case, told: Captured) -> Iterator[Flag]:
    if told.document == "citizen_card" and not any(file.role == FileRole.ID_FRONT for file in case.files):
        yield Flag(C.PHOTO_MISSING, "photo")
    for file in case.files:
        warnings = file.photo.quality.get("warnings")
        if warnings and file.role != FileRole.SIGNATURE:  # a drawing is no photo
            yield Flag(C.POOR_PHOTO, "photo", {"role": file.role.value, "warnings": " ".join(warnings)})
