"""Representatives of the register: confirmed within the law, ended by hand or by a death."""

from datetime import date

from sqlalchemy import and_, or_, select

from portal.audit.services import record
from portal.db import db
from portal.errors import DomainError, InputError
from portal.recipients.models import (
    PaymentMethod,
    Recipient,
    RecipientStatus,
    Representative,
    RepresentativeKind,
    RepresentativeStatus,
)
from portal.recipients.representation import Acting, Breach, Ending, Ward, breaches
from portal.staff.models import StaffMember
from portal.vietnam.month import today


class SelfAuthorization(DomainError):
    """Nobody can be their own representative: both have the same identity number."""


class ProxyTooYoung(DomainError):
    """Whoever receives by authorization must be at least 15 years old (Civil Code, Art. 138)."""


class GuardianTooYoung(DomainError):
    """A guardian or legal representative must be at least 18 years old (Civil Code, Art. 49). Return the case."""


class CannotAuthorize(DomainError):
    """Whoever is under 15 or has lost legal capacity cannot authorize anyone (Civil Code, Art. 21, 22). Return the case: a guardian or legal representative receives."""


class AccountNeedsRepresentative(DomainError):
    """The account of someone under 15 or without legal capacity is opened and used by a guardian or legal representative (Circular 17/2024). Return the case."""


class RepresentativeDied(DomainError):
    """The register says that this representative has died. Return the case: someone else has to receive."""


class AuthorizationHasEnded(DomainError):
    """The authorization ended on %(day)s. A new paper is needed before this case can be confirmed."""


UNLAWFUL: dict[Breach, type[DomainError]] = {
    Breach.SELF: SelfAuthorization,
    Breach.CANNOT_AUTHORIZE: CannotAuthorize,
    Breach.ACCOUNT_ALONE: AccountNeedsRepresentative,
    Breach.ACCOUNT_SCOPE: AccountNeedsRepresentative,
}


def check_the_law(
    recipient: Recipient, person: Representative | None, method: PaymentMethod | None, *, lacks_capacity: bool
) -> None:
    """As when it was captured (see representation.breaches), with what the register knows today.

    Raises the errors of UNLAWFUL, ProxyTooYoung, GuardianTooYoung, RepresentativeDied, AuthorizationHasEnded.
    """
    ward = Ward(recipient.citizen_id, recipient.birth_date, lacks_capacity)
    acts = person or confirmed_representative(recipient.id)
    acting = Acting(acts.kind, acts.citizen_id, acts.birth_date, acts.scope) if acts else None
    for breach in breaches(ward, acting, method.kind if method else None, today()):
        if breach in (Breach.ACCOUNT_ALONE, Breach.ACCOUNT_SCOPE) or person:
            too_young = ProxyTooYoung if acts and acts.kind == RepresentativeKind.PROXY else GuardianTooYoung
            raise UNLAWFUL.get(breach, too_young)
    if person is None:
        return
    if person.citizen_id and is_dead(person.commune_id, person.citizen_id):
        raise RepresentativeDied
    if person.valid_until and person.valid_until < today():
        raise AuthorizationHasEnded(day=f"{person.valid_until:%d/%m/%Y}")


def confirmed_representative(recipient_id: int) -> Representative | None:
    """There is one at most: the unique index says so."""
    standing = select(Representative).where(
        Representative.recipient_id == recipient_id, Representative.status == RepresentativeStatus.CONFIRMED
    )
    return db.session.scalars(standing).one_or_none()


def is_dead(commune_id: int, number: str) -> bool:
    """A person of the register with this identity number has died, and no living one has it."""
    found = select(Recipient.status).where(Recipient.commune_id == commune_id, Recipient.citizen_id == number)
    states = set(db.session.scalars(found))
    return RecipientStatus.DIED in states and RecipientStatus.LIVE not in states


def confirm_representative(actor: StaffMember, person: Representative) -> None:
    """In place of the one before: of each person one representative is confirmed."""
    earlier = confirmed_representative(person.recipient_id)
    if earlier:
        earlier.status = RepresentativeStatus.ENDED
    db.session.flush()  # the unique index knows one confirmed, at every moment
    person.status = RepresentativeStatus.CONFIRMED
    db.session.flush()
    target, replaces = f"representative:{person.id}", [earlier.id] if earlier else []
    record(actor, "representative.confirmed", target, commune_id=person.commune_id, replaces=replaces)


class NotConfirmed(DomainError):
    """This representative is not confirmed any more: someone has dealt with it in the meantime."""


class EndsTomorrow(InputError):
    """Enter a day that is not after today."""


class EndsBeforeThePaper(InputError):
    """The paper holds from %(day)s. Enter that day or a later one."""


def end(actor: StaffMember, representative: Representative, on: date, reason: Ending) -> None:
    """The representative receives no more from that day on (Civil Code, Art. 140); nothing is paid through them.

    The row keeps the paper as it was; day and reason stand in the event. Raises NotConfirmed, EndsTomorrow,
    EndsBeforeThePaper.
    """
    db.session.refresh(representative, with_for_update=True)
    if representative.status != RepresentativeStatus.CONFIRMED:
        raise NotConfirmed
    if on > today():
        raise EndsTomorrow
    if representative.valid_from and on < representative.valid_from:
        raise EndsBeforeThePaper(day=f"{representative.valid_from:%d/%m/%Y}")
    _end(actor, representative, on, reason)


def end_by_death(actor: StaffMember, dead: dict[int, date]) -> None:
    """Recipients (id to the day) have died: who received for them does so no more, nor do they for others.

    Civil Code, Art. 140: a death on either side ends it. Each is an event of its own.
    """
    living = (RepresentativeStatus.PROPOSED, RepresentativeStatus.CONFIRMED)
    people = select(Recipient.id, Recipient.commune_id, Recipient.citizen_id).where(Recipient.id.in_(dead))
    bearers = {(commune, number): key for key, commune, number in db.session.execute(people) if number}
    same = and_(
        Recipient.commune_id.in_({commune for commune, _ in bearers}),
        Recipient.citizen_id.in_({number for _, number in bearers}),
    )
    alive = select(Recipient.commune_id, Recipient.citizen_id).where(same, Recipient.status == RecipientStatus.LIVE)
    for commune, number in db.session.execute(alive):  # a list may have claimed one number for two people
        bearers.pop((commune, number or ""), None)
    theirs = and_(
        Representative.commune_id.in_({commune for commune, _ in bearers}),
        Representative.citizen_id.in_({number for _, number in bearers}),
    )
    found = select(Representative).where(
        or_(Representative.recipient_id.in_(dead), theirs), Representative.status.in_(living)
    )
    for each in db.session.scalars(found.order_by(Representative.id).with_for_update()).all():
        bearer = bearers.get((each.commune_id, each.citizen_id or ""))
        if each.recipient_id in dead:
            _end(actor, each, dead[each.recipient_id], Ending.RECIPIENT_DIED)
        elif bearer is not None:
            _end(actor, each, dead[bearer], Ending.REPRESENTATIVE_DIED)


def _end(actor: StaffMember, representative: Representative, on: date, reason: Ending) -> None:
    representative.status = RepresentativeStatus.ENDED
    told = {"on": on.isoformat(), "reason": str(reason)}
    target = f"representative:{representative.id}"
    record(actor, "representative.ended", target, commune_id=representative.commune_id, **told)
