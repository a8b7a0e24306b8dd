"""Entitlements that an officer begins, for people of the register and for someone who is on no list."""

from datetime import date
from typing import Any

from sqlalchemy import select

from portal.audit.services import record
from portal.db import db, now
from portal.recipients.models import (
    Category,
    ChangeKind,
    Entitlement,
    EntitlementChange,
    EntitlementStatus,
    Programme,
    Recipient,
    RecipientStatus,
)
from portal.recipients.services.hand_refusals import CodeTaken, NotInTheRegister, NumberTaken, PaidAlready
from portal.staff.models import StaffMember
from portal.vietnam.names import search_key, sort_key
from portal.vietnam.one_rate import Benefit, Ruling, judge

STAFF = "staff:"


def by_staff(pays: date) -> str:
    """The source of a change by hand, with the month in whose list it is seen first: "staff:2026-12"."""
    return f"{STAFF}{pays:%Y-%m}"


def begin(
    actor: StaffMember,
    person: Recipient,
    *,
    programme_id: int,
    code: str,
    category: Category | None,
    columns: dict[str, Any],
    effective: date,
    source: str,
    reason: str,
) -> tuple[Entitlement, EntitlementChange]:
    """A new entitlement and the first line of its history; `columns`: amount, coefficient, decision, first month.

    Raises `NotInTheRegister`, `PaidAlready` or `CodeTaken`.
    """
    if person.status != RecipientStatus.LIVE:
        raise NotInTheRegister
    refuse_second(person, programme_id, category, columns["monthly_amount"])
    entitlement = Entitlement(
        commune_id=person.commune_id,
        recipient_id=person.id,
        programme_id=programme_id,
        code=_free_code(person, programme_id, code),
        category_id=category.id if category else None,
        category_text=category.label if category else "",
        status=EntitlementStatus.LIVE,
        **columns,
    )
    db.session.add(entitlement)
    db.session.flush()
    row = EntitlementChange(
        commune_id=person.commune_id,
        entitlement_id=entitlement.id,
        month=effective,
        kind=ChangeKind.START,
        before=None,
        after={
            "monthly_amount": entitlement.monthly_amount,
            "category_text": entitlement.category_text,
            "coefficient_hundredths": entitlement.coefficient_hundredths,
            "decision_no": entitlement.decision_no,
            "code": entitlement.code,
            "first_month": entitlement.first_month.isoformat(),
            "status": "live",
            "last_month": None,
        },
        reason=reason,
        decision_no=entitlement.decision_no,
        source=source,
        at=now(),
        by_name=actor.full_name,
    )
    db.session.add(row)
    return entitlement, row


def _free_code(person: Recipient, programme_id: int, wanted: str) -> str:
    """The code that lists will call it by: as typed, else that of the person, numbered from the second on."""
    taken = set(
        db.session.scalars(
            select(Entitlement.code).where(
                Entitlement.commune_id == person.commune_id,
                Entitlement.programme_id == programme_id,
                Entitlement.code.startswith(wanted or person.code, autoescape=True),
            )
        )
    )
    if wanted:
        if wanted in taken:
            raise CodeTaken(code=wanted)
        return wanted
    codes = (person.code if number == 1 else f"{person.code}-{number}" for number in range(1, len(taken) + 2))
    return next(code for code in codes if code not in taken)


def refuse_second(
    person: Recipient, programme_id: int, category: Category | None, amount: int, but: Entitlement | None = None
) -> None:
    """Nobody begins to be paid what may not be paid beside what they have. Raises `PaidAlready`."""
    programme = db.session.get_one(Programme, programme_id)
    new = Benefit(0, programme.code, category.key if category else None, amount)
    others = select(Entitlement).where(
        Entitlement.recipient_id == person.id, Entitlement.status != EntitlementStatus.ENDED
    )
    for other in db.session.scalars(others):
        key = other.category.key if other.category else None
        held = Benefit(other.id, other.programme.code, key, other.monthly_amount)
        if (but is None or other.id != but.id) and set(judge([new, held]).values()) != {Ruling.PAID}:
            raise PaidAlready(code=other.code, category=other.category_text)


def add_person(actor: StaffMember, commune_id: int, *, code: str, columns: dict[str, Any]) -> Recipient:
    """Someone who is on no list; `columns`: name, birth, sex, number, phone, village. Raises `CodeTaken`, `NumberTaken`.

    Without a code a number of the register stands for one, until a list tells it.
    """
    here = Recipient.commune_id == commune_id
    if code and db.session.scalar(select(Recipient.id).where(here, Recipient.code == code)):
        raise CodeTaken(code=code)
    number = columns.get("citizen_id")
    same = select(Recipient.code).where(here, Recipient.citizen_id == number, Recipient.merged_into_id.is_(None))
    if number and (known := db.session.scalars(same).first()):
        raise NumberTaken(code=known)
    name = columns["full_name"]
    keys = {"search_key": search_key(name), "sort_key": sort_key(name)}
    person = Recipient(commune_id=commune_id, code=code or f"+{now().timestamp()}", **columns, **keys)
    db.session.add(person)
    db.session.flush()
    person.code = code or f"M{person.id:05}"
    db.session.flush()
    record(actor, "recipient.added", f"recipient:{person.id}", commune_id=commune_id)
    return person
