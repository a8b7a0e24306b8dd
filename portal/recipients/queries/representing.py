"""Representatives that need work: who receives no more although the money still goes there, whose paper ends."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.recipients.models import (
    MethodKind,
    MethodStatus,
    PaymentMethod,
    Recipient,
    RecipientStatus,
    Representative,
    RepresentativeStatus,
)

NOTICE = timedelta(days=30)
MOST = 200


class Concern(StrEnum):
    """UNPAID: nothing is paid until another way is chosen. ENDED: the paper has ended, the money goes elsewhere."""

    UNPAID = "unpaid"
    ENDED = "ended"
    ENDS_SOON = "ends_soon"


@dataclass(frozen=True)
class ToSettle:
    concern: Concern
    representative: Representative


def to_settle(commune_id: int, today: date) -> list[ToSettle]:
    """For living recipients, what blocks payments first, then the paper that ends first; at most MOST."""
    found = _concerns(commune_id, today).with_only_columns(Representative, _concern(today).label("concern"))
    rank = case((_is_unpaid(today), 0), else_=1)
    found = found.order_by(rank, Representative.valid_until, Representative.id).limit(MOST)
    rows = db.session.execute(found.options(joinedload(Representative.recipient).joinedload(Recipient.village)))
    return [ToSettle(Concern(concern), representative) for representative, concern in rows]


def count_unpaid(commune_id: int, today: date) -> int:
    """Living recipients whose money goes to the account of someone who may receive it no more."""
    counted = _concerns(commune_id, today).where(_is_unpaid(today)).with_only_columns(func.count())
    return db.session.scalar(counted) or 0


def unpaid_through(person: Recipient, today: date) -> Representative | None:
    """The representative to whose account this person's money would go, if they may receive it no more."""
    theirs = _concerns(person.commune_id, today).where(Representative.recipient_id == person.id, _is_unpaid(today))
    return db.session.scalars(theirs).first()


def _concerns(commune_id: int, today: date) -> Select[Representative]:
    """Confirmed ones whose paper ends within 30 days or has ended, and those who are paid but receive no more."""
    paid = and_(
        PaymentMethod.representative_id == Representative.id,
        PaymentMethod.status == MethodStatus.READY,
        PaymentMethod.kind == MethodKind.REPRESENTATIVE_ACCOUNT,
    )
    confirmed = Representative.status == RepresentativeStatus.CONFIRMED
    return (
        select(Representative)
        .join(Recipient, Recipient.id == Representative.recipient_id)
        .outerjoin(PaymentMethod, paid)
        .where(
            Representative.commune_id == commune_id,
            Recipient.status == RecipientStatus.LIVE,
            or_(and_(confirmed, Representative.valid_until <= today + NOTICE), _is_unpaid(today)),
        )
    )


def _is_unpaid(today: date) -> ColumnElement[bool]:
    """As when a list is drawn up: the account is theirs, the right to it is not."""
    no_more = or_(Representative.status != RepresentativeStatus.CONFIRMED, Representative.valid_until < today)
    return and_(PaymentMethod.id.is_not(None), no_more)


def _concern(today: date) -> ColumnElement[str]:
    return case(
        (_is_unpaid(today), Concern.UNPAID.value),
        (Representative.valid_until < today, Concern.ENDED.value),
        else_=Concern.ENDS_SOON.value,
    )
