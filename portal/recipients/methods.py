"""How a person's payment method and representative change: proposed by a case, confirmed or refused, account opened."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import delete, select, update

from portal.areas.models import PayoutPoint
from portal.audit.services import record
from portal.db import db
from portal.errors import DomainError, InputError
from portal.recipients.models import (
    ACCOUNT_KINDS,
    MethodKind,
    MethodStatus,
    PaymentMethod,
    Recipient,
    Representative,
    RepresentativeKind,
    RepresentativeScope,
    RepresentativeStatus,
)
from portal.recipients.representation import one_year_after
from portal.recipients.representatives import check_the_law, confirm_representative
from portal.staff.models import StaffMember
from portal.vietnam import banks
from portal.vietnam.month import today


class AuthorizationEndsBeforeItBegins(InputError):
    """The authorization ends before it begins. Correct its dates."""


class AccountOwnerMissing(InputError):
    """Money to a representative's account needs the representative. Fill in who it is."""


class AccountIncomplete(InputError):
    """An account number needs its bank or wallet. Choose it."""


class AccountNumberImpossible(InputError):
    """An account number has 6 to 19 digits or capital letters, without spaces."""


class ProviderUnknown(InputError):
    """This bank or wallet is not known. Choose one of the list."""


class PayoutPointElsewhere(InputError):
    """This payout point is not one of the commune."""


class AccountAlreadyRecorded(DomainError):
    """This account was recorded already, or the person chose another way meanwhile. Nothing was changed."""


def propose(
    case_id: uuid.UUID, recipient: Recipient, method: dict[str, Any], representative: dict[str, Any] | None
) -> None:
    """Write what a case asks for, in place of what it asked for before; nothing is paid by it.

    The shapes are those of `Case.payload`. The law is checked when it is confirmed, so that no case is lost on its
    way from the field; an InputError says what cannot be stored at all.
    """
    for model in (PaymentMethod, Representative):
        db.session.execute(delete(model).where(model.case_id == case_id, model.status == "proposed"))
    person = _representative(case_id, recipient, representative) if representative else None
    if person:
        db.session.add(person)
        db.session.flush()
    if method:
        db.session.add(_method(case_id, recipient, method, person))
    db.session.flush()


def _representative(case_id: uuid.UUID, recipient: Recipient, told: dict[str, Any]) -> Representative:
    kind = RepresentativeKind(told["kind"])
    certified_on, valid_from, valid_until = (
        _date(told.get(name)) for name in ("certified_on", "valid_from", "valid_until")
    )
    if kind == RepresentativeKind.PROXY:
        valid_from = valid_from or certified_on or today()
        valid_until = valid_until or one_year_after(valid_from)
    if valid_from and valid_until and valid_until <= valid_from:
        raise AuthorizationEndsBeforeItBegins
    return Representative(
        commune_id=recipient.commune_id,
        recipient_id=recipient.id,
        case_id=case_id,
        kind=kind,
        full_name=told["full_name"],
        citizen_id=told.get("citizen_id") or None,
        birth_date=_date(told.get("birth_date")),
        phone=told.get("phone") or None,
        relation=told.get("relation") or "",
        scope=RepresentativeScope(told.get("scope") or "receive"),
        paper_no=told.get("paper_no") or "",
        certified_by=told.get("certified_by") or "",
        certified_on=certified_on,
        valid_from=valid_from,
        valid_until=valid_until,
        status=RepresentativeStatus.PROPOSED,
    )


def _method(
    case_id: uuid.UUID, recipient: Recipient, told: dict[str, Any], person: Representative | None
) -> PaymentMethod:
    kind = MethodKind.BANK_ACCOUNT if told["kind"] == "new_account" else MethodKind(told["kind"])
    number = (told.get("account_number") or None) if told["kind"] != "new_account" and kind in ACCOUNT_KINDS else None
    if kind == MethodKind.REPRESENTATIVE_ACCOUNT and person is None:
        raise AccountOwnerMissing
    if number and not told.get("provider_bin"):
        raise AccountIncomplete
    return PaymentMethod(
        commune_id=recipient.commune_id,
        recipient_id=recipient.id,
        case_id=case_id,
        kind=kind,
        provider_bin=(told.get("provider_bin") or None) if kind in ACCOUNT_KINDS else None,
        account_number=number,
        holder_name=(told.get("holder_name") or "") if kind in ACCOUNT_KINDS else "",
        representative_id=person.id if person and kind == MethodKind.REPRESENTATIVE_ACCOUNT else None,
        payout_point_id=_point(recipient, told.get("payout_point_id")) if kind == MethodKind.CASH_POINT else None,
        reason=told.get("reason") or "",
        status=MethodStatus.PROPOSED,
        since=today(),
        source=f"case:{case_id}",
    )


def _point(recipient: Recipient, point_id: int | None) -> int | None:
    point = db.session.get(PayoutPoint, point_id) if point_id else None
    if point_id and (point is None or point.commune_id != recipient.commune_id):
        raise PayoutPointElsewhere
    return point_id or None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def confirm(actor: StaffMember, case_id: uuid.UUID, *, lacks_capacity: bool = False) -> PaymentMethod | None:
    """Put what the case proposed into force; returns the method, or None if the case proposed none.

    An account without a number waits for the bank (`to_open`) and the old method goes on until the number is there.
    `lacks_capacity`: a court has found so of the recipient. Raises what check_the_law
    raises.
    """
    person = db.session.scalars(
        select(Representative).where(Representative.case_id == case_id, Representative.status == "proposed")
    ).one_or_none()
    method = db.session.scalars(
        select(PaymentMethod).where(PaymentMethod.case_id == case_id, PaymentMethod.status == "proposed")
    ).one_or_none()
    if either := person or method:
        check_the_law(_lock(either.recipient_id), person, method, lacks_capacity=lacks_capacity)
    if person:
        confirm_representative(actor, person)
    if method:
        opened = method.kind not in ACCOUNT_KINDS or method.account_number is not None
        _put_in_force(actor, method, MethodStatus.READY if opened else MethodStatus.TO_OPEN)
    return method


def _lock(recipient_id: int) -> Recipient:
    """One change at a time of how a person is paid."""
    statement = select(Recipient).where(Recipient.id == recipient_id).with_for_update()
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def _put_in_force(actor: StaffMember, method: PaymentMethod, status: MethodStatus) -> None:
    """The newest choice counts: an account that was still to be opened is dropped, the ready one only for a ready one."""
    gone = [MethodStatus.TO_OPEN] if status == MethodStatus.TO_OPEN else [MethodStatus.TO_OPEN, MethodStatus.READY]
    others = select(PaymentMethod).where(
        PaymentMethod.recipient_id == method.recipient_id,
        PaymentMethod.id != method.id,
        PaymentMethod.status.in_(gone),
    )
    replaces: list[int] = []
    for other in db.session.scalars(others).all():
        if other.status == MethodStatus.READY:
            replaces.append(other.id)
        other.status = MethodStatus.REPLACED
    db.session.flush()  # the unique indexes know one ready and one to open, at every moment
    method.status, method.since = status, today()
    db.session.flush()
    target, told = f"payment_method:{method.id}", {"kind": method.kind, "status": status, "replaces": replaces}
    record(actor, "method.confirmed", target, commune_id=method.commune_id, **told)


def refuse(case_id: uuid.UUID) -> None:
    """What the case proposed is refused and stays on record; what was in force stays in force."""
    for model in (PaymentMethod, Representative):
        proposed = update(model).where(model.case_id == case_id, model.status == "proposed")
        db.session.execute(proposed.values(status="refused"))


def record_account(
    actor: StaffMember, method: PaymentMethod, *, provider_bin: str, account_number: str, holder_name: str
) -> None:
    """The bank has opened the account: the method becomes ready and replaces the one that was.

    Raises AccountAlreadyRecorded, ProviderUnknown, AccountNumberImpossible.
    """
    _lock(method.recipient_id)
    db.session.refresh(method)
    if method.status != MethodStatus.TO_OPEN:
        raise AccountAlreadyRecorded
    if banks.by_bin(provider_bin) is None:
        raise ProviderUnknown
    if banks.account_problem(provider_bin, account_number) == "account_format":
        raise AccountNumberImpossible
    method.provider_bin, method.account_number, method.holder_name = provider_bin, account_number, holder_name
    _put_in_force(actor, method, MethodStatus.READY)
