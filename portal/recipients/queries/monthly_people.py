"""Who the changes of a month are about, as the list of changes shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.recipients.fields import FROM_A_LIST
from portal.recipients.models import (
    Entitlement,
    MethodStatus,
    PaymentMethod,
    Recipient,
    Representative,
    RepresentativeStatus,
)
from portal.recipients.queries.monthly import Changed
from portal.recipients.queries.tellings import Detail

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

    @cached_property
    def details(self) -> list[Detail]:
        """See `Changed.details`."""
        return self.changed.details

    @property
    def bases(self) -> list[tuple[str, str]]:
        """Who said it, where that is a person and not a list, and the source, as in `Telling`."""
        told = [("", step.source) for step in self.changed.steps if step.details]
        told += [("" if _is_list(each.source) else each.by, each.source) for each in self.changed.told]
        return list(dict.fromkeys(told))

    @property
    def decision_no(self) -> str:
        return next((step.decision_no for step in reversed(self.changed.steps) if step.decision_no), "")


def _is_list(source: str) -> bool:
    return source.startswith(FROM_A_LIST)


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
