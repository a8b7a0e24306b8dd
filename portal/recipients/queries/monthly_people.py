"""Who the changes of a month are about, as the list of changes shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.recipients.models import (
    Entitlement,
    MethodStatus,
    PaymentMethod,
    Recipient,
    Representative,
    RepresentativeStatus,
)
from portal.recipients.queries.monthly import Changed

_BATCH = 500


@dataclass(frozen=True)
class ChangedPerson:
    changed: Changed
    entitlement: Entitlement
    person: Recipient
    method: PaymentMethod | None
    representative: Representative | None

    @property
    def from_month(self) -> date | None:
        return min((step.month for step in self.changed.steps), default=None)

    @property
    def decision_no(self) -> str:
        return next((step.decision_no for step in reversed(self.changed.steps) if step.decision_no), "")


def people_of(changed: Iterable[Changed]) -> list[ChangedPerson]:
    """In the order of given names."""
    wanted = {each.entitlement_id: each for each in changed}
    found: list[ChangedPerson] = []
    ids = list(wanted)
    for start in range(0, len(ids), _BATCH):
        found += _batch(wanted, ids[start : start + _BATCH])
    return sorted(found, key=lambda each: (each.person.sort_key, each.entitlement.id))


def _batch(wanted: dict[int, Changed], ids: list[int]) -> list[ChangedPerson]:
    entitlements = list(
        db.session.scalars(
            select(Entitlement)
            .where(Entitlement.id.in_(ids))
            .options(joinedload(Entitlement.recipient).joinedload(Recipient.village))
        )
    )
    people = [each.recipient_id for each in entitlements]
    methods = select(PaymentMethod).where(
        PaymentMethod.recipient_id.in_(people), PaymentMethod.status == MethodStatus.READY
    )
    ready = {each.recipient_id: each for each in db.session.scalars(methods)}
    living = (RepresentativeStatus.PROPOSED, RepresentativeStatus.CONFIRMED)
    others = select(Representative).where(Representative.recipient_id.in_(people), Representative.status.in_(living))
    theirs = {each.recipient_id: each for each in db.session.scalars(others.order_by(Representative.id))}
    return [
        ChangedPerson(
            wanted[each.id], each, each.recipient, ready.get(each.recipient_id), theirs.get(each.recipient_id)
        )
        for each in entitlements
    ]
