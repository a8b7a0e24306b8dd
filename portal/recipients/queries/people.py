"""Find people of the register, and all that is kept of one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.recipients.models import (
    ACCOUNT_KINDS,
    Entitlement,
    EntitlementChange,
    EntitlementStatus,
    MethodStatus,
    PaymentMethod,
    Recipient,
    RecipientStatus,
    Representative,
)
from portal.staff.models import StaffMember
from portal.staff.queries import in_communes_of, visible_to
from portal.vietnam.citizen_id import digits_of
from portal.vietnam.names import search_key

PAGE = 50
LACKS = ("number", "phone", "account")


@dataclass(frozen=True)
class Wanted:
    """What a list of people is narrowed to; `lacks` is one of LACKS."""

    text: str = ""
    village_id: int | None = None
    programme_id: int | None = None
    lacks: str = ""


@dataclass(frozen=True)
class PeoplePage:
    people: list[Recipient]
    total: int
    first: int
    next_id: int | None


def search(
    member: StaffMember, commune_id: int, text: str, *, village_id: int | None = None, limit: int = PAGE
) -> list[Recipient]:
    """Living people by words of the name (accents do not matter), code, or last digits of a number; by given name."""
    statement = visible_to(Recipient, member).where(Recipient.commune_id == commune_id)
    statement = statement.where(Recipient.status == RecipientStatus.LIVE, *_narrowed(Wanted(text, village_id)))
    statement = statement.options(joinedload(Recipient.village)).order_by(Recipient.sort_key, Recipient.id)
    return list(db.session.scalars(statement.limit(limit)))


def people(member: StaffMember, commune_id: int, wanted: Wanted, *, after: int | None = None) -> PeoplePage:
    """One page in the order of given names, after the person with the id `after`."""
    conditions = [Recipient.commune_id == commune_id, *_narrowed(wanted)]
    visible = visible_to(Recipient, member).where(*conditions)
    total = db.session.scalar(select(func.count()).select_from(visible.subquery())) or 0
    before = 0
    page = visible
    last = (
        db.session.scalars(visible_to(Recipient, member).where(Recipient.id == after)).one_or_none() if after else None
    )
    if last is not None:
        place = tuple_(Recipient.sort_key, Recipient.id)
        here = tuple_(last.sort_key, last.id)
        page = visible.where(place > here)
        before = total - (db.session.scalar(select(func.count()).select_from(page.subquery())) or 0)
    ordered = page.options(joinedload(Recipient.village)).order_by(Recipient.sort_key, Recipient.id)
    found = list(db.session.scalars(ordered.limit(PAGE + 1)))
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return PeoplePage(found[:PAGE], total, before + 1 if found else 0, more)


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = _text(wanted.text)
    if wanted.village_id:
        conditions.append(Recipient.village_id == wanted.village_id)
    if wanted.programme_id:
        conditions.append(
            _live_entitlement().where(Entitlement.programme_id == wanted.programme_id).correlate(Recipient).exists()
        )
    lacking: dict[str, ColumnElement[bool]] = {
        "number": Recipient.citizen_id.is_(None),
        "phone": Recipient.phone.is_(None),
        "account": ~_ready_account().exists(),
    }
    if wanted.lacks in lacking:
        conditions.append(lacking[wanted.lacks])
    return conditions


def _text(text: str) -> list[ColumnElement[bool]]:
    key, digits = search_key(text), digits_of(text)
    if len(digits) >= 3 and digits.isdecimal():
        numbers = (Recipient.citizen_id, Recipient.old_id, Recipient.code)
        return [or_(*(column.endswith(digits, autoescape=True) for column in numbers))]
    if not key:
        return []
    named = and_(*(Recipient.search_key.contains(word, autoescape=True) for word in key.split()))
    coded = func.lower(Recipient.code).startswith(" ".join(text.lower().split()), autoescape=True)
    return [or_(named, coded)]


def _live_entitlement() -> Select[Any]:
    return select(Entitlement.id).where(
        Entitlement.recipient_id == Recipient.id, Entitlement.status == EntitlementStatus.LIVE
    )


def _ready_account() -> Select[Any]:
    return (
        select(PaymentMethod.id)
        .where(PaymentMethod.commune_id == Recipient.commune_id, PaymentMethod.recipient_id == Recipient.id)
        .where(PaymentMethod.status == MethodStatus.READY)
        .where(PaymentMethod.kind.in_(ACCOUNT_KINDS))
        .correlate(Recipient)
    )


def lacking(member: StaffMember, commune_id: int) -> dict[str, int]:
    """How many people there are, and how many lack a number, a phone, an account."""
    mine = and_(Recipient.commune_id == commune_id, in_communes_of(Recipient.commune_id, member))
    counts: list[Any] = [func.count()]
    counts += [func.count().filter(*_narrowed(Wanted(lacks=what))) for what in LACKS]
    found = db.session.execute(select(*counts).select_from(Recipient).where(mine)).one()
    return dict(zip(("all", *LACKS), found, strict=True))


def entitlements_of(people: list[Recipient]) -> dict[int, list[Entitlement]]:
    """By recipient, in one query."""
    ids = [person.id for person in people]
    statement = select(Entitlement).where(Entitlement.recipient_id.in_(ids)).order_by(Entitlement.id)
    found: dict[int, list[Entitlement]] = {key: [] for key in ids}
    for each in db.session.scalars(
        statement.options(joinedload(Entitlement.programme), joinedload(Entitlement.category))
    ):
        found[each.recipient_id].append(each)
    return found


def ready_methods_of(people: list[Recipient]) -> dict[int, PaymentMethod]:
    ids = [person.id for person in people]
    communes = {person.commune_id for person in people}
    ready = select(PaymentMethod).where(
        PaymentMethod.commune_id.in_(communes),
        PaymentMethod.recipient_id.in_(ids),
        PaymentMethod.status == MethodStatus.READY,
    )
    return {each.recipient_id: each for each in db.session.scalars(ready)}


def methods_of(person: Recipient) -> list[PaymentMethod]:
    theirs = and_(PaymentMethod.commune_id == person.commune_id, PaymentMethod.recipient_id == person.id)
    statement = select(PaymentMethod).where(theirs).order_by(PaymentMethod.id.desc())
    return list(db.session.scalars(statement.options(joinedload(PaymentMethod.representative))))


def representatives_of(person: Recipient) -> list[Representative]:
    theirs = and_(Representative.commune_id == person.commune_id, Representative.recipient_id == person.id)
    statement = select(Representative).where(theirs)
    return list(db.session.scalars(statement.order_by(Representative.id.desc())))


def changes_to(person: Recipient) -> list[EntitlementChange]:
    """Newest first."""
    theirs = select(Entitlement.id).where(Entitlement.recipient_id == person.id)
    statement = select(EntitlementChange).where(
        EntitlementChange.commune_id == person.commune_id, EntitlementChange.entitlement_id.in_(theirs)
    )
    return list(db.session.scalars(statement.order_by(EntitlementChange.id.desc())))
