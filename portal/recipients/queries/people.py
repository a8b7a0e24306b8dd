"""Find people of the register, and all that is kept of one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, func, literal, literal_column, select
from sqlalchemy.orm import aliased, joinedload

from portal.audit.queries import last_change
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
from portal.recipients.queries.finding import Asked, Found, find
from portal.staff.models import StaffMember
from portal.staff.queries import in_communes_of, one_visible

PAGE = 50
LACKS = ("number", "phone", "account")
# written out, so that the database sees that it is the condition of the index of accounts
IS_ACCOUNT = and_(
    PaymentMethod.status == literal_column(f"'{MethodStatus.READY}'"),
    PaymentMethod.kind.in_([literal_column(f"'{kind}'") for kind in sorted(ACCOUNT_KINDS)]),
)


@dataclass(frozen=True)
class Wanted:
    """What a list of people is narrowed to; `lacks` is one of LACKS."""

    text: str = ""
    village_id: int | None = None
    programme_id: int | None = None
    lacks: str = ""
    category_id: int | None = None


@dataclass(frozen=True)
class PeoplePage:
    """`first` is the place of the first of `people` among `total`; `more`: there are more than `total`."""

    people: list[Recipient]
    total: int
    first: int
    next_id: int | None
    more: bool = False

    @property
    def last(self) -> int:
        return self.first + len(self.people) - 1


def search(
    member: StaffMember, commune_id: int, text: str, *, village_id: int | None = None, limit: int = PAGE
) -> list[Recipient]:
    """Living people by words of the name (accents do not matter), code, or last digits of a number; by given name."""
    asked = _asked(member, commune_id, Wanted(text, village_id))
    living = Recipient.status == RecipientStatus.LIVE
    return by_ids(find(replace(asked, each=(living, *asked.each), limit=limit, counted=False)).ids)


def people(
    member: StaffMember, commune_id: int, wanted: Wanted, *, after: int | None = None, before: int = 0
) -> PeoplePage:
    """One page in the order of given names, after the person with the id `after`, who was number `before`."""
    last = one_visible(Recipient, member, after) if after else None
    before = before if last else 0
    found = find(replace(_asked(member, commune_id, wanted), after=last, before=before, limit=PAGE + 1))
    if wanted == Wanted():
        found = Found(found.ids, lacking(member, commune_id)["all"])
    shown = by_ids(found.ids[:PAGE])
    following = found.ids[PAGE - 1] if len(found.ids) > PAGE else None
    return PeoplePage(shown, found.total, before + 1 if shown else 0, following, found.more)


def everyone(member: StaffMember, commune_id: int, wanted: Wanted, *, most: int) -> list[int]:
    """Ids of all who fit, in the order of given names; `most` of them."""
    return find(replace(_asked(member, commune_id, wanted), limit=most, counted=False)).ids


def by_ids(ids: Sequence[int]) -> list[Recipient]:
    """In this order."""
    statement = select(Recipient).where(Recipient.id.in_(ids)).options(joinedload(Recipient.village))
    found = {person.id: person for person in db.session.scalars(statement)}
    return [found[key] for key in ids]


def _asked(member: StaffMember, commune_id: int, wanted: Wanted) -> Asked:
    along = [_not_merged()]
    each: list[ColumnElement[bool]] = []
    among = None
    if wanted.village_id:
        along.append(Recipient.village_id == wanted.village_id)
    if wanted.lacks in ("number", "phone"):
        along.append((Recipient.citizen_id if wanted.lacks == "number" else Recipient.phone).is_(None))
    if wanted.lacks == "account":
        paid = accounts(commune_id).where(PaymentMethod.recipient_id == Recipient.id)
        each.append(~paid.correlate(Recipient).exists())
    if wanted.programme_id or wanted.category_id:
        among = _entitled(commune_id, wanted)
        each.append(among.where(Entitlement.recipient_id == Recipient.id).correlate(Recipient).exists())
    return Asked(member, commune_id, wanted.text, tuple(along), tuple(each), among)


def _not_merged() -> ColumnElement[bool]:
    """A record that another one stands for is not listed; by id, which the indexes of names have."""
    other = aliased(Recipient)
    return Recipient.id.not_in(select(other.id).where(other.merged_into_id.is_not(None)))


def _entitled(commune_id: int, wanted: Wanted) -> Select[int]:
    live = select(Entitlement.recipient_id).where(
        Entitlement.commune_id == commune_id, Entitlement.status == EntitlementStatus.LIVE
    )
    if wanted.programme_id:
        live = live.where(Entitlement.programme_id == wanted.programme_id)
    return live.where(Entitlement.category_id == wanted.category_id) if wanted.category_id else live


def accounts(commune_id: int) -> Select[int]:
    """Who of a commune is paid into an account."""
    return select(PaymentMethod.recipient_id).where(PaymentMethod.commune_id == commune_id, IS_ACCOUNT)


def lacking(member: StaffMember, commune_id: int) -> dict[str, int]:
    """How many people there are, and how many lack a number, a phone, an account: counted once until the next change."""
    if not db.session.scalar(select(in_communes_of(literal(commune_id), member))):
        return dict.fromkeys(("all", *LACKS), 0)
    event = last_change(commune_id)
    return dict(counts_at(commune_id, event) if event else counts_at.__wrapped__(commune_id, ""))


@lru_cache(maxsize=256)
def counts_at(commune_id: int, _event: str) -> dict[str, int]:
    here = select(func.count()).select_from(Recipient).where(Recipient.commune_id == commune_id, _not_merged())
    counts = (
        here,
        here.where(Recipient.citizen_id.is_(None)),
        here.where(Recipient.phone.is_(None)),
        select(func.count()).select_from(accounts(commune_id).subquery()),
    )
    everyone, number, phone, paid = db.session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return {"all": everyone, "number": number, "phone": phone, "account": everyone - paid}


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
