"""People with several benefits at once, and what the law says of each of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.recipients.models import Entitlement, EntitlementStatus, Recipient, RecipientStatus
from portal.recipients.queries.people import PAGE
from portal.vietnam.one_rate import Benefit, Ruling, judge, with_merit


@dataclass(frozen=True)
class Several:
    """A person with more than one live benefit; `rulings` by id of the entitlement."""

    person: Recipient
    entitlements: list[Entitlement]
    rulings: dict[int, Ruling]
    merit: bool

    @property
    def in_order(self) -> bool:
        """Whether all of them may be paid."""
        return set(self.rulings.values()) == {Ruling.PAID}


def of_person(entitlements: Iterable[Entitlement]) -> dict[int, Ruling]:
    """What is wrong with the live ones among the entitlements of one person; nothing when all may be paid."""
    live = [each for each in entitlements if each.status == EntitlementStatus.LIVE]
    return {key: ruling for key, ruling in judge(map(_benefit, live)).items() if ruling != Ruling.PAID}


def merit_beside(entitlements: Iterable[Entitlement]) -> bool:
    """Whether the person is paid for merit beside another benefit."""
    return with_merit(_benefit(each) for each in entitlements if each.status == EntitlementStatus.LIVE)


def several(commune_id: int) -> list[Several]:
    """Everybody with more than one live benefit, by given name, first those of whom something is wrong."""
    found: dict[Recipient, list[Entitlement]] = {}
    for each in _live_of_several(commune_id):
        found.setdefault(each.recipient, []).append(each)
    listed = [_judged(person, entitlements) for person, entitlements in found.items()]
    return sorted(listed, key=lambda one: one.in_order)


def page_of(listed: list[Several], after: int) -> tuple[list[Several], int]:
    """The next ones behind the person `after`, and where to go on (0: the end)."""
    places = {one.person.id: place for place, one in enumerate(listed, start=1)}
    start = places.get(after, 0)
    shown = listed[start : start + PAGE]
    return shown, shown[-1].person.id if len(listed) > start + PAGE else 0


def not_to_be_paid(commune_id: int) -> set[int]:
    """Entitlements of people with several benefits that should not be paid, or not before their category is known."""
    wrong = (one for one in several(commune_id) if not one.in_order)
    return {key for one in wrong for key, ruling in one.rulings.items() if ruling != Ruling.PAID}


def _live_of_several(commune_id: int) -> Iterable[Entitlement]:
    here = Entitlement.commune_id == commune_id, Entitlement.status == EntitlementStatus.LIVE
    people = select(Entitlement.recipient_id).where(*here).group_by(Entitlement.recipient_id).having(func.count() > 1)
    theirs = select(Entitlement).join(Entitlement.recipient).where(*here, Entitlement.recipient_id.in_(people))
    told = (joinedload(Entitlement.programme), joinedload(Entitlement.category), joinedload(Entitlement.recipient))
    living = theirs.where(Recipient.status == RecipientStatus.LIVE).options(*told)
    return db.session.scalars(living.order_by(Recipient.sort_key, Recipient.id, Entitlement.id))


def _judged(person: Recipient, entitlements: list[Entitlement]) -> Several:
    benefits = [_benefit(each) for each in entitlements]
    return Several(person, entitlements, judge(benefits), with_merit(benefits))


def _benefit(each: Entitlement) -> Benefit:
    return Benefit(each.id, each.programme.code, each.category.key if each.category else None, each.monthly_amount)
