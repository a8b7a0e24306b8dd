"""What waits for a decision or for the bank, and what the pages show of it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.db import db
from portal.enrolment.models import Case, CaseFile, CaseState
from portal.recipients.models import (
    Entitlement,
    EntitlementStatus,
    MethodStatus,
    PaymentMethod,
    Programme,
    Recipient,
    RecipientStatus,
    Representative,
    RepresentativeStatus,
)
from portal.review.flagged import flagged
from portal.review.flags import FlagCode
from portal.review.models import Decision
from portal.staff.models import StaffMember
from portal.vietnam.citizen_id import digits_of
from portal.vietnam.names import search_key

PAGE = 50
FOUND = 8


@dataclass(frozen=True)
class Filters:
    village_id: int | None = None
    programme_id: int | None = None
    flag: FlagCode | None = None

    def as_args(self) -> dict[str, Any]:
        """For the query part of an address."""
        asked = {"village": self.village_id, "programme": self.programme_id, "flag": self.flag and self.flag.value}
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True)
class Place:
    """One case in the line."""

    received_at: datetime
    id: uuid.UUID
    opened_by: int | None
    opened_at: datetime | None


def waiting(commune_id: int) -> int:
    """How many cases wait for a decision."""
    statement = select(func.count()).where(Case.commune_id == commune_id, Case.state == CaseState.SUBMITTED)
    return db.session.execute(statement).scalar_one()


def line(commune_id: int, filters: Filters) -> list[Place]:
    """Everyone who waits, longest first."""
    columns = (Case.received_at, Case.id, Case.opened_by, Case.opened_at)
    rows = db.session.execute(_waiting(select(*columns), commune_id, filters))
    places = [Place(*row) for row in rows]
    if filters.flag is None:
        return places
    chosen = flagged(commune_id, filters.flag)
    return [place for place in places if place.id in chosen]


def _waiting(statement: Any, commune_id: int, filters: Filters) -> Any:
    statement = statement.where(Case.commune_id == commune_id, Case.state == CaseState.SUBMITTED)
    if filters.village_id:
        statement = statement.join(Case.recipient).where(Recipient.village_id == filters.village_id)
    if filters.programme_id:
        entitled = select(Entitlement.recipient_id).where(Entitlement.programme_id == filters.programme_id)
        statement = statement.where(Case.recipient_id.in_(entitled))
    return statement.order_by(Case.received_at, Case.id)


def cases(ids: Sequence[uuid.UUID]) -> list[Case]:
    """These cases in this order, with recipient, village and photos."""
    found: dict[uuid.UUID, Case] = {}
    for start in range(0, len(ids), 500):  # SQLite takes a limited number of parameters
        statement = select(Case).where(Case.id.in_(ids[start : start + 500]))
        statement = statement.options(
            joinedload(Case.recipient).joinedload(Recipient.village),
            selectinload(Case.files).joinedload(CaseFile.photo),
        )
        found |= {case.id: case for case in db.session.scalars(statement)}
    return [found[one] for one in ids if one in found]


def entitlements(recipient_ids: Sequence[int]) -> dict[int, list[Entitlement]]:
    """What runs for each of them."""
    statement = select(Entitlement).where(
        Entitlement.recipient_id.in_(recipient_ids), Entitlement.status != EntitlementStatus.ENDED
    )
    found: dict[int, list[Entitlement]] = {one: [] for one in recipient_ids}
    for entitlement in db.session.scalars(statement.order_by(Entitlement.programme_id)):
        found[entitlement.recipient_id].append(entitlement)
    return found


def method_in_force(recipient_id: int) -> PaymentMethod | None:
    """The one that is paid through; without one, the account that the bank is still to open."""
    statement = (
        select(PaymentMethod)
        .where(
            PaymentMethod.recipient_id == recipient_id,
            PaymentMethod.status.in_([MethodStatus.READY, MethodStatus.TO_OPEN]),
        )
        .order_by(PaymentMethod.status)  # ready comes before to_open
        .options(joinedload(PaymentMethod.payout_point))
    )
    return db.session.scalars(statement.limit(1)).one_or_none()


def representative_of(recipient_id: int) -> Representative | None:
    statement = select(Representative).where(
        Representative.recipient_id == recipient_id, Representative.status == RepresentativeStatus.CONFIRMED
    )
    return db.session.scalars(statement).one_or_none()


def decisions(case_id: uuid.UUID) -> list[Decision]:
    return list(db.session.scalars(select(Decision).where(Decision.case_id == case_id).order_by(Decision.id)))


def last_decision(commune_id: int) -> Decision | None:
    statement = select(Decision).where(Decision.commune_id == commune_id).order_by(Decision.id.desc()).limit(1)
    return db.session.scalars(statement).one_or_none()


def candidates(commune_id: int, text: str) -> list[Recipient]:
    """People of the register whom a case may be about: by name without accents, code or the end of the number."""
    digits, name = digits_of(text), search_key(text)
    if not name:
        return []
    clauses = [Recipient.search_key.contains(name, autoescape=True), func.lower(Recipient.code) == name]
    if digits.isdigit() and len(digits) >= 4:
        clauses.append(Recipient.citizen_id.endswith(digits))
    statement = select(Recipient).where(
        Recipient.commune_id == commune_id, Recipient.status == RecipientStatus.LIVE, or_(*clauses)
    )
    statement = statement.options(joinedload(Recipient.village)).order_by(Recipient.sort_key, Recipient.id)
    return list(db.session.scalars(statement.limit(FOUND)))


def likely(commune_id: int, number: str, name: str) -> list[Recipient]:
    """Who it may be by the captured number, else by the name."""
    return (candidates(commune_id, number) if len(number) >= 9 else []) or candidates(commune_id, name)


def programmes() -> list[Programme]:
    return list(db.session.scalars(select(Programme).order_by(Programme.id)))


def accounts_waiting(commune_id: int) -> int:
    """How many accounts the bank is to open."""
    statement = select(func.count()).where(
        PaymentMethod.commune_id == commune_id, PaymentMethod.status == MethodStatus.TO_OPEN
    )
    return db.session.execute(statement).scalar_one()


def accounts(commune_id: int, member: StaffMember, after: int | None = None) -> list[PaymentMethod]:
    """Accounts to open at the member's bank or at none in particular, longest first; one more than a page."""
    statement = select(PaymentMethod).where(
        PaymentMethod.commune_id == commune_id, PaymentMethod.status == MethodStatus.TO_OPEN
    )
    if member.provider_bin:
        mine = or_(PaymentMethod.provider_bin.is_(None), PaymentMethod.provider_bin == member.provider_bin)
        statement = statement.where(mine)
    if after and (last := db.session.get(PaymentMethod, after)) and last.commune_id == commune_id:
        later = or_(PaymentMethod.since > last.since, (PaymentMethod.since == last.since) & (PaymentMethod.id > after))
        statement = statement.where(later)
    statement = statement.options(
        joinedload(PaymentMethod.recipient).joinedload(Recipient.village), joinedload(PaymentMethod.representative)
    )
    return list(db.session.scalars(statement.order_by(PaymentMethod.since, PaymentMethod.id).limit(PAGE + 1)))


def holders_of(commune_id: int, account_number: str, other_than: int) -> int:
    """How many other people are paid to this account."""
    statement = select(func.count()).where(
        PaymentMethod.commune_id == commune_id,
        PaymentMethod.account_number == account_number,
        PaymentMethod.status == MethodStatus.READY,
        PaymentMethod.recipient_id != other_than,
    )
    return db.session.execute(statement).scalar_one()
