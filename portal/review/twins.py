"""What a case shares with another person or case: a number, an account, a phone, a photo.

A fixed number of queries for every 500 cases that are asked about.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from portal.db import db
from portal.documents.models import Photo
from portal.enrolment.models import Case, CaseFile, CaseState, FileRole
from portal.recipients.models import (
    MethodStatus,
    PaymentMethod,
    Recipient,
    RecipientStatus,
)
from portal.review.captured import Captured, captured
from portal.review.flags import C, Flag, FlagCode, in_order, of_cases
from portal.review.served import OF_REPRESENTATIVES, names, of_those_served

OPEN = (CaseState.SUBMITTED, CaseState.RETURNED)
AT_ONCE = 500  # databases take a limited number of parameters
LOOK_ALIKE_BITS = 6  # of 64: measured on one photo stored twice; two photos differ in 12 and more
SHARED = frozenset({C.SAME_ID, C.SAME_PHONE, C.SAME_ACCOUNT, C.SAME_PHOTO}) | OF_REPRESENTATIVES
THEIRS = {FileRole.REPRESENTATIVE_FRONT, FileRole.REPRESENTATIVE_BACK}


class Claim(NamedTuple):
    """Somebody has a value: `who` makes two claims one person's, `name` is shown."""

    who: tuple[str, object]
    name: str


def flags_of(cases: Sequence[Case]) -> dict[uuid.UUID, list[Flag]]:
    """Every flag of every case (all of one commune), in the order in which they are told."""
    told = {case.id: captured(case) for case in cases}
    found = of_cases(cases, told)
    for case_id, flag in shared(cases, told):
        found[case_id].append(flag)
    return {case_id: in_order(flags) for case_id, flags in found.items()}


def shared(cases: Sequence[Case], told: Mapping[uuid.UUID, Captured]) -> Iterator[tuple[uuid.UUID, Flag]]:
    """The flags of SHARED alone."""
    for start in range(0, len(cases), AT_ONCE):
        some = cases[start : start + AT_ONCE]
        yield from _same_values(some, told)
        yield from of_those_served(some, told)
        yield from _same_photos(some, told)


def _who(case_id: uuid.UUID, recipient_id: int | None) -> tuple[str, object]:
    return ("recipient", recipient_id) if recipient_id else ("case", case_id)


def _same_values(cases: Sequence[Case], told: Mapping[uuid.UUID, Captured]) -> Iterator[tuple[uuid.UUID, Flag]]:
    wanted = {
        C.SAME_ID: {case.id: told[case.id].number for case in cases},
        C.SAME_PHONE: {case.id: told[case.id].phone for case in cases},
        C.SAME_ACCOUNT: {case.id: told[case.id].method.get("account_number") or "" for case in cases},
    }
    rows = {C.SAME_ID: "citizen_id", C.SAME_PHONE: "phone", C.SAME_ACCOUNT: "method"}
    claims = _claims(cases[0].commune_id, {code: set(v.values()) - {""} for code, v in wanted.items()})
    for code, values in wanted.items():
        for case in cases:
            me = _who(case.id, case.recipient_id)
            others = {c.who: c.name for c in claims[code].get(values[case.id], []) if c.who != me}
            if others:
                yield case.id, Flag(code, rows[code], {"others": names(others.values())})


def _claims(commune_id: int, values: dict[FlagCode, set[str]]) -> dict[FlagCode, dict[str, list[Claim]]]:
    """Who else in the commune has these numbers, accounts or phones, in the register or in an open case."""
    found: dict[FlagCode, dict[str, list[Claim]]] = {code: defaultdict(list) for code in values}
    people = select(Recipient.id, Recipient.full_name, Recipient.citizen_id, Recipient.phone).where(
        Recipient.commune_id == commune_id,
        Recipient.status == RecipientStatus.LIVE,
        or_(Recipient.citizen_id.in_(values[C.SAME_ID]), Recipient.phone.in_(values[C.SAME_PHONE])),
    )
    for person_id, name, number, phone in db.session.execute(people):
        who = ("recipient", person_id)
        found[C.SAME_ID][number or ""].append(Claim(who, name))
        found[C.SAME_PHONE][phone or ""].append(Claim(who, name))
    methods = (
        select(PaymentMethod.recipient_id, Recipient.full_name, PaymentMethod.account_number)
        .join(PaymentMethod.recipient)
        .where(
            PaymentMethod.commune_id == commune_id,
            PaymentMethod.account_number.in_(values[C.SAME_ACCOUNT]),
            PaymentMethod.status.in_([MethodStatus.READY, MethodStatus.TO_OPEN]),
        )
    )
    for person_id, name, account in db.session.execute(methods):
        found[C.SAME_ACCOUNT][account or ""].append(Claim(("recipient", person_id), name))
    for row in db.session.execute(_open_cases(commune_id, values)):
        claim = Claim(_who(row.id, row.recipient_id), f"{row.name or ''} ({row.number})".strip())
        for code, value in ((C.SAME_ID, row.citizen_id), (C.SAME_PHONE, row.phone), (C.SAME_ACCOUNT, row.account)):
            found[code][value].append(claim)
    return found


def _open_cases(commune_id: int, values: dict[FlagCode, set[str]]) -> Any:
    number = Case.payload["identity"]["citizen_id"].as_string()
    phone = Case.payload["phone"]["number"].as_string()
    account = Case.payload["method"]["account_number"].as_string()
    return select(
        Case.id,
        Case.number,
        Case.recipient_id,
        Case.payload["identity"]["full_name"].as_string().label("name"),
        number.label("citizen_id"),
        phone.label("phone"),
        account.label("account"),
    ).where(
        Case.commune_id == commune_id,
        Case.state.in_(OPEN),
        or_(number.in_(values[C.SAME_ID]), phone.in_(values[C.SAME_PHONE]), account.in_(values[C.SAME_ACCOUNT])),
    )


def _same_photos(cases: Sequence[Case], told: Mapping[uuid.UUID, Captured]) -> Iterator[tuple[uuid.UUID, Flag]]:
    """Photos equal or nearly so in other people's cases. A representative's card and paper may serve several people."""
    mine = [(case, file) for case in cases for file in case.files if file.role != FileRole.SIGNATURE]
    near = _near([int(file.photo.phash, 16) for _, file in mine], cases[0].commune_id)
    receives = Case.payload["representative"]["citizen_id"].as_string()
    statement = (
        select(Case.id, Case.recipient_id, Case.number, CaseFile.role, CaseFile.photo_id, receives)
        .join(CaseFile.case)
        .where(
            CaseFile.photo_id.in_(near),
            CaseFile.role != FileRole.SIGNATURE,  # drawings of a few strokes look alike
            Case.state.notin_([CaseState.DRAFT, CaseState.RECEIVING]),
        )
    )
    others: dict[uuid.UUID, set[str]] = defaultdict(set)
    for case_id, recipient_id, number, role, photo_id, receiver in db.session.execute(statement):
        for case, file in (mine[at] for at in near[photo_id]):
            theirs = role in THEIRS and file.role in THEIRS
            if role == file.role == FileRole.PAPER:  # a guardian's decision may name several wards
                theirs = bool(receiver) and receiver == told[case.id].representative.get("citizen_id")
            if not theirs and _who(case_id, recipient_id) != _who(case.id, case.recipient_id):
                others[case.id].add(number or "")
    for case_id, numbers in others.items():
        yield case_id, Flag(C.SAME_PHOTO, "photo", {"others": names(numbers)})


def _near(asked: list[int], commune_id: int) -> dict[int, set[int]]:
    """Ids of the commune's photos that look like one of the asked fingerprints (64 bits), and the places of those.

    Fingerprints that differ in at most seven bits share one of their eight bytes: only such are compared.
    """
    table: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for at, bits in enumerate(asked):
        for band in range(8):
            table[band, bits >> 8 * band & 255].append((at, bits))
    near: dict[int, set[int]] = defaultdict(set)
    photos = select(Photo.id, Photo.phash).where(Photo.commune_id == commune_id)
    for photo_id, phash in db.session.execute(photos):
        bits = int(phash, 16)
        for band in range(8):
            for at, other in table.get((band, bits >> 8 * band & 255), ()):
                if (bits ^ other).bit_count() <= LOOK_ALIKE_BITS:
                    near[photo_id].add(at)
    return near
