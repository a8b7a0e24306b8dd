"""Reading a case, deciding on it, linking it to the register. The caller holds a lock on the case."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from portal.audit.services import record
from portal.db import db, now
from portal.enrolment import services as enrolment
from portal.enrolment.models import Case, CaseIsElsewhere, CaseState
from portal.errors import DomainError, InputError
from portal.recipients import methods
from portal.recipients.models import (
    ChangeKind,
    Entitlement,
    EntitlementChange,
    EntitlementStatus,
    PaymentMethod,
    Recipient,
)
from portal.review.captured import captured, corrections
from portal.review.models import Decision, DecisionKind, ReturnReason
from portal.staff.models import StaffMember
from portal.vietnam.month import today
from portal.vietnam.names import search_key, sort_key

READING = timedelta(minutes=15)


class OwnCapture(DomainError):
    """You captured this case yourself. Another officer has to decide on it."""


class NotInRegister(DomainError):
    """This person is not in the register. Link the case to someone first, or return or reject it."""


class CaseSentAgain(DomainError):
    """The case was sent again while you were reading it. Open it and read the new version."""


class NothingToRedo(InputError):
    """Choose at least one part that is to be done again."""


class ReasonMissing(InputError):
    """Write why the case is rejected: whoever captured it has to explain it to the person."""


class AnotherCommune(DomainError):
    """This person belongs to another commune."""


def note_reading(actor: StaffMember, case: Case) -> str | None:
    """Remember who is reading, as an event, once in a quarter of an hour; the case itself keeps its version.

    Returns the name of another who opened the case within that time.
    """
    recent = case.opened_at is not None and now() - case.opened_at < READING
    if recent and case.opened_by == actor.id:
        return None
    other = case.opened_by_name if recent else None
    reader = {"opened_by": actor.id, "opened_by_name": actor.full_name, "opened_at": now()}
    db.session.execute(update(Case).where(Case.id == case.id).values(reader))
    record(actor, "case.opened", f"enrolment_case:{case.id}", commune_id=case.commune_id)
    return other


def confirm(actor: StaffMember, case: Case, rev: int) -> PaymentMethod | None:
    """Take over what was captured: corrections, representative and payment method, all or nothing.

    Raises CaseIsElsewhere, CaseSentAgain, OwnCapture, NotInRegister and what methods.confirm raises.
    """
    _may_decide(actor, case, rev)
    if case.recipient_id is None:
        raise NotInRegister
    statement = select(Recipient).where(Recipient.id == case.recipient_id).with_for_update()
    recipient = db.session.scalars(statement.execution_options(populate_existing=True)).one()
    _correct(actor, case, recipient)
    lacks_capacity = bool(captured(case).representative.get("lacks_capacity"))
    method = methods.confirm(actor, case.id, lacks_capacity=lacks_capacity)
    _decide(actor, case, DecisionKind.CONFIRM)
    enrolment.confirm_case(actor, case)
    return method


def send_back(actor: StaffMember, case: Case, rev: int, reasons: Sequence[ReturnReason], text: str) -> None:
    """Return the case to the one who captured it. Raises NothingToRedo, and as `confirm`."""
    _may_decide(actor, case, rev)
    if not reasons:
        raise NothingToRedo
    _decide(actor, case, DecisionKind.RETURN, reasons, text)
    enrolment.return_case(actor, case, list(reasons), text)


def reject(actor: StaffMember, case: Case, rev: int, text: str) -> None:
    """End the case; what it proposed is refused and stays on record. Raises ReasonMissing, and as `confirm`."""
    _may_decide(actor, case, rev)
    if not text:
        raise ReasonMissing
    methods.refuse(case.id)
    _decide(actor, case, DecisionKind.REJECT, text=text)
    enrolment.reject_case(actor, case, text)


def link(actor: StaffMember, case: Case, rev: int, recipient: Recipient) -> None:
    """Say who of the register the case is about; what it proposes is then proposed for them."""
    _may_decide(actor, case, rev)
    if recipient.commune_id != case.commune_id:
        raise AnotherCommune
    case.recipient = recipient
    db.session.flush()
    told = captured(case)
    methods.propose(case.id, recipient, told.method, told.representative)
    subject = f"enrolment_case:{case.id}"
    record(actor, "case.linked", subject, commune_id=case.commune_id, recipient_id=recipient.id)


def _may_decide(actor: StaffMember, case: Case, rev: int) -> None:
    if case.state != CaseState.SUBMITTED:
        raise CaseIsElsewhere
    if case.rev != rev:
        raise CaseSentAgain
    if case.captured_by == actor.id:
        raise OwnCapture


def _decide(
    actor: StaffMember, case: Case, kind: DecisionKind, reasons: Sequence[ReturnReason] = (), text: str = ""
) -> None:
    decision = Decision(
        commune_id=case.commune_id,
        case_id=case.id,
        kind=kind,
        reasons=[reason.value for reason in reasons],
        text=text,
        by_id=actor.id,
        by_name=actor.full_name,
        captured_by=case.captured_by,
        at=now(),
    )
    db.session.add(decision)
    db.session.flush()


def _correct(actor: StaffMember, case: Case, recipient: Recipient) -> None:
    """Write the corrections and keep what stood before with each entitlement that they concern."""
    after = corrections(captured(case), recipient)
    if not after:
        return
    before = {name: getattr(recipient, name) for name in after}
    for name, value in after.items():
        setattr(recipient, name, value)
    recipient.search_key, recipient.sort_key = search_key(recipient.full_name), sort_key(recipient.full_name)
    held = select(Entitlement.id, Entitlement.status).where(Entitlement.recipient_id == recipient.id)
    theirs = db.session.execute(held.order_by(Entitlement.id)).all()
    # of someone who is not paid any more it is kept with what they were paid last
    concerned = [key for key, status in theirs if status != EntitlementStatus.ENDED] or [key for key, _ in theirs[-1:]]
    db.session.add_all(
        EntitlementChange(
            commune_id=recipient.commune_id,
            entitlement_id=entitlement_id,
            month=today().replace(day=1),
            kind=ChangeKind.DETAILS,
            before=_plain(before),
            after=_plain(after),
            source=f"case:{case.id}",
            at=now(),
            by_name=actor.full_name,
        )
        for entitlement_id in concerned
    )
    db.session.flush()
    subject, told = f"recipient:{recipient.id}", {"columns": sorted(after), "case": case.id}
    record(actor, "recipient.corrected", subject, commune_id=recipient.commune_id, **told)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """As JSON holds it: dates in ISO."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


def next_of(line: Sequence["uuid.UUID"], done: uuid.UUID, read_by_others: set[uuid.UUID]) -> uuid.UUID | None:
    """The case to open after `done`: the next that nobody else is reading, else the first such, else any."""
    at = line.index(done) if done in line else -1
    rest = [*line[at + 1 :], *line[: max(at, 0)]]
    return next((one for one in rest if one not in read_by_others), next(iter(rest), None))
