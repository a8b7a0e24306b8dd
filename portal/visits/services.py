"""Record what happened at the door."""

import uuid
from dataclasses import dataclass
from datetime import date

from portal.access import Permission, may
from portal.audit.services import record
from portal.db import db, now
from portal.documents.models import Photo
from portal.errors import DomainError, InputError
from portal.payouts.models import Line, Outcome
from portal.payouts.services import record_outcome
from portal.recipients.models import MethodKind
from portal.staff.models import StaffMember
from portal.visits.models import PAID_KINDS, IdentitySeen, Visit, VisitKind
from portal.visits.queries import OPEN_STATES, representative_of


class NotToBeVisited(DomainError):
    """This payment is not carried to a house, or its list is not approved or closed already. Nothing was recorded."""


class NothingToHandOver(DomainError):
    """This payment is done already: it was handed over or closed before. Nothing was recorded a second time."""


class AnotherVisit(DomainError):
    """This form belongs to another visit. Open the person from the list again."""


class ProofMissing(InputError):
    """Money was handed over: a signature, or a photo of the signed or thumb-printed sheet, is needed as proof."""


class WhoIsIt(InputError):
    """Nobody made sure who the person is. Look at the card, or have a witness who knows the person, before handing over money."""


class WitnessMissing(InputError):
    """Without a card a witness is needed: write the name of the one who knows the person."""


class NobodyConfirmed(InputError):
    """The commune has confirmed nobody who may receive this money for the person."""


@dataclass(frozen=True)
class Told:
    """What the visitor says. `id` is made with the form: the same form sent twice is one visit."""

    id: uuid.UUID
    kind: VisitKind
    identity_seen: IdentitySeen
    witness: str = ""
    note: str = ""


def record_visit(actor: StaffMember, line: Line, told: Told, photo: Photo | None, on: date) -> Visit:
    """Record a visit on the local day `on`; the caller has locked the line.

    Handed over: the line is paid. Died: it is not collected. Not at home, refused: it stays as it is.
    """
    if (before := db.session.get(Visit, told.id)) is not None:
        if before.line_id != line.id or before.visitor_id != actor.id:
            raise AnotherVisit
        return before
    _refuse(actor, line, told, photo, on)
    visit = Visit(
        id=told.id,
        commune_id=line.commune_id,
        line_id=line.id,
        visitor_id=actor.id,
        visitor_name=actor.full_name,
        kind=told.kind,
        identity_seen=told.identity_seen,
        witness=told.witness,
        note=told.note,
        photo_id=photo.id if photo else None,
        visited_on=on,
        at=now(),
    )
    db.session.add(visit)
    db.session.flush()
    if told.kind in PAID_KINDS:
        record_outcome(actor, line, Outcome.PAID, on)
    elif told.kind == VisitKind.DIED:
        record_outcome(actor, line, Outcome.UNCOLLECTED, on)
    record(actor, "visit.recorded", f"line:{line.id}", commune_id=line.commune_id, visit=visit.id, kind=told.kind)
    return visit


def _refuse(actor: StaffMember, line: Line, told: Told, photo: Photo | None, on: date) -> None:
    if not may(actor.role, Permission.VISIT):
        raise NotToBeVisited
    if line.channel != MethodKind.HOME_VISIT or line.run.state not in OPEN_STATES:
        raise NotToBeVisited
    if line.outcome != Outcome.PENDING:
        raise NothingToHandOver
    if told.kind not in PAID_KINDS:
        return
    if told.identity_seen == IdentitySeen.NOT_SEEN:
        raise WhoIsIt
    if told.identity_seen == IdentitySeen.KNOWN and not told.witness:
        raise WitnessMissing
    if told.kind == VisitKind.PAID_REPRESENTATIVE and representative_of(line, on) is None:
        raise NobodyConfirmed
    if photo is None:
        raise ProofMissing
