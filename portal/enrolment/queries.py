"""Cases of a clerk, the latest case of each person, and how far enrolment has come."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import func, select

from portal.areas.models import PayoutPoint, Village
from portal.db import db
from portal.enrolment.models import Case, CaseState
from portal.recipients.models import Entitlement, EntitlementStatus, Recipient, RecipientStatus
from portal.staff.models import StaffMember
from portal.staff.queries import visible_to
from portal.vietnam.month import LOCAL_TIME, today

# what counts as enrolled: the case is with the commune, or was
MADE = (CaseState.SUBMITTED, CaseState.RETURNED, CaseState.CONFIRMED)
PAGE = 50


@dataclass(frozen=True)
class VillageProgress:
    """People with a live entitlement, and those of them whose case was handed in; village None: unknown."""

    village_id: int | None
    name: str
    done: int
    total: int


@dataclass(frozen=True)
class ClerkCounts:
    villages: list[VillageProgress]
    drafts: list[Case]
    returned: list[Case]
    received_today: list[Case]

    @property
    def done(self) -> int:
        return sum(village.done for village in self.villages)

    @property
    def total(self) -> int:
        return sum(village.total for village in self.villages)


def own_case(member: StaffMember, case_id: uuid.UUID, *, lock: bool = False) -> Case | None:
    """The case if this clerk captured it, in a commune where she works."""
    statement = visible_to(Case, member).where(Case.id == case_id, Case.captured_by == member.id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(statement).one_or_none()


def own_draft(member: StaffMember, recipient: Recipient) -> Case | None:
    """The clerk's case for this person that she still works on: a draft, or one that was returned."""
    unfinished = Case.state.in_((CaseState.DRAFT, CaseState.RETURNED))
    statement = visible_to(Case, member).where(
        Case.captured_by == member.id, Case.recipient_id == recipient.id, unfinished
    )
    return db.session.scalars(statement.order_by(Case.id).limit(1)).one_or_none()


def own_draft_of_card(member: StaffMember, commune_id: int, number: str) -> Case | None:
    """The clerk's open draft, of someone who is not in the register, that was begun with this card."""
    drafts = db.session.scalars(
        visible_to(Case, member).where(
            Case.commune_id == commune_id,
            Case.captured_by == member.id,
            Case.recipient_id.is_(None),
            Case.state == CaseState.DRAFT,
        )
    )
    cards = ((case, card) for case in drafts for card in case.payload.get("read", {}).values() if card)
    return next((case for case, card in cards if card.get("number") == number), None)


def confirmed_before(case: Case) -> list[Case]:
    """The person's other confirmed cases, locked."""
    if case.recipient_id is None:
        return []
    statement = select(Case).where(
        Case.commune_id == case.commune_id,
        Case.recipient_id == case.recipient_id,
        Case.state == CaseState.CONFIRMED,
        Case.id != case.id,
    )
    return list(db.session.scalars(statement.order_by(Case.id).with_for_update()))


def with_card_number(member: StaffMember, commune_id: int, number: str, old_number: str | None) -> list[Recipient]:
    """Who bears the card's number in the register of the commune; a list may have claimed it for two.

    Nobody: then who bears the old nine-digit number that the card's QR names, since many lists still hold that one.
    """
    live = visible_to(Recipient, member).where(
        Recipient.commune_id == commune_id, Recipient.status == RecipientStatus.LIVE
    )
    found = list(db.session.scalars(live.where(Recipient.citizen_id == number).order_by(Recipient.sort_key)))
    if found or not old_number:
        return found
    return list(db.session.scalars(live.where(Recipient.old_id == old_number).order_by(Recipient.sort_key)))


def latest_cases(people: Iterable[Recipient]) -> dict[int, Case]:
    """For each of these people the case that was begun last, replaced ones left out."""
    ids = [person.id for person in people]
    statement = (
        select(Case)
        .where(Case.recipient_id.in_(ids), Case.state != CaseState.SUPERSEDED)
        .order_by(Case.captured_at, Case.id)
    )
    return {case.recipient_id: case for case in db.session.scalars(statement) if case.recipient_id is not None}


def numbers(case_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The numbers by which people call these cases."""
    found = db.session.execute(select(Case.id, Case.number).where(Case.id.in_(case_ids)))
    return {key: number for key, number in found if number}


def villages(commune_id: int) -> list[Village]:
    return list(
        db.session.scalars(select(Village).where(Village.commune_id == commune_id).order_by(Village.search_key))
    )


def payout_points(commune_id: int) -> list[PayoutPoint]:
    statement = select(PayoutPoint).where(PayoutPoint.commune_id == commune_id)
    return list(db.session.scalars(statement.order_by(PayoutPoint.name)))


def mine(member: StaffMember, commune_id: int, *states: CaseState, before: Case | None = None) -> list[Case]:
    """The clerk's own cases in these states, newest first, one more than a page; `before` is the last one seen."""
    statement = visible_to(Case, member).where(
        Case.commune_id == commune_id, Case.captured_by == member.id, Case.state.in_(states)
    )
    if before is not None:
        statement = statement.where(Case.id < before.id)
    return list(db.session.scalars(statement.order_by(Case.id.desc()).limit(PAGE + 1)))


def waiting(member: StaffMember) -> int:
    """What the clerk has still to do: cases returned to her, and drafts."""
    statement = visible_to(Case, member).where(
        Case.captured_by == member.id, Case.state.in_((CaseState.DRAFT, CaseState.RETURNED))
    )
    return db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def progress_by_village(commune_id: int) -> list[VillageProgress]:
    """Entitled people and those enrolled, by village in the order of names."""
    entitled = (
        select(Recipient.id, Recipient.village_id)
        .where(
            Recipient.commune_id == commune_id,
            Recipient.status == RecipientStatus.LIVE,
            select(Entitlement.id)
            .where(
                Entitlement.commune_id == commune_id,
                Entitlement.recipient_id == Recipient.id,
                Entitlement.status == EntitlementStatus.LIVE,
            )
            .exists(),
        )
        .subquery()
    )
    made = select(Case.recipient_id).where(Case.commune_id == commune_id, Case.state.in_(MADE)).distinct().subquery()
    statement = (
        select(Village.id, Village.name, func.count(made.c.recipient_id), func.count(entitled.c.id))
        .select_from(entitled)
        .outerjoin(made, made.c.recipient_id == entitled.c.id)
        .outerjoin(Village, Village.id == entitled.c.village_id)
        .group_by(Village.id, Village.name, Village.search_key)
        .order_by(Village.search_key)
    )
    return [VillageProgress(key, name or "", done, total) for key, name, done, total in db.session.execute(statement)]


def clerk_counts(member: StaffMember, commune_id: int) -> ClerkCounts:
    """For the clerk's first page: progress of the villages, and her own drafts, returned and today's cases."""
    midnight = datetime.combine(today(), time(), LOCAL_TIME)
    received = visible_to(Case, member).where(
        Case.commune_id == commune_id, Case.captured_by == member.id, Case.received_at >= midnight
    )
    return ClerkCounts(
        villages=progress_by_village(commune_id),
        drafts=mine(member, commune_id, CaseState.DRAFT)[:PAGE],
        returned=mine(member, commune_id, CaseState.RETURNED)[:PAGE],
        received_today=list(db.session.scalars(received.order_by(Case.received_at.desc()).limit(PAGE))),
    )
