"""How people of a list are paid: as it says, for those whom the register knows no way for. Nothing is overwritten."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, insert, literal, or_, select

from portal.recipients.fields import FROM_A_LIST, text_of
from portal.recipients.models import (
    MethodKind,
    MethodStatus,
    PaymentMethod,
    Recipient,
    Representative,
    RepresentativeKind,
    RepresentativeStatus,
    RosterFile,
    RosterRow,
)
from portal.recipients.services.rowsets import run

_LIVING = (MethodStatus.READY, MethodStatus.TO_OPEN)
_PAID_TO_ANOTHER = MethodKind.REPRESENTATIVE_ACCOUNT.value


def _has_no_way() -> Any:
    living = select(PaymentMethod.id).where(
        PaymentMethod.commune_id == RosterRow.commune_id,
        PaymentMethod.recipient_id == RosterRow.recipient_id,
        PaymentMethod.status.in_(_LIVING),
    )
    return ~living.exists()


def add_representatives(file: RosterFile, paid: ColumnElement[bool]) -> None:
    """Those whose account has been paid so far count as confirmed; the others wait for their papers."""
    theirs = text_of("method") == _PAID_TO_ANOTHER
    status = case(
        (and_(theirs, _has_no_way()), RepresentativeStatus.CONFIRMED.value), else_=RepresentativeStatus.PROPOSED.value
    )
    columns: dict[str, Any] = {
        "commune_id": literal(file.commune_id),
        "recipient_id": RosterRow.recipient_id,
        "kind": literal(RepresentativeKind.PROXY.value),
        "full_name": text_of("representative_name"),
        "citizen_id": text_of("representative_id"),
        "phone": text_of("representative_phone"),
        "relation": func.coalesce(text_of("representative_relation"), ""),
        "status": status,
    }
    known = select(Representative.id).where(
        Representative.commune_id == file.commune_id,
        Representative.recipient_id == RosterRow.recipient_id,
        or_(
            Representative.status == RepresentativeStatus.CONFIRMED,
            Representative.full_name == text_of("representative_name"),
        ),
    )
    told = select(*columns.values()).where(paid, text_of("representative_name").is_not(None), ~known.exists())
    run(insert(Representative).from_select(list(columns), told))


def add_ways_to_be_paid(file: RosterFile, paid: ColumnElement[bool]) -> None:
    """An account of the list is ready; the account of a representative only with the representative confirmed."""
    confirmed = and_(
        Representative.commune_id == file.commune_id,
        Representative.recipient_id == RosterRow.recipient_id,
        Representative.status == RepresentativeStatus.CONFIRMED,
        Representative.full_name == text_of("representative_name"),
        text_of("method") == _PAID_TO_ANOTHER,
    )
    told = text_of("method")
    unusable = and_(told == _PAID_TO_ANOTHER, Representative.id.is_(None))
    kind = case((unusable, MethodKind.CASH_POINT.value), else_=told)
    columns: dict[str, Any] = {
        "commune_id": literal(file.commune_id),
        "recipient_id": RosterRow.recipient_id,
        "kind": kind,
        "provider_bin": case((unusable, None), else_=text_of("provider_bin")),
        "account_number": case((unusable, None), else_=text_of("account_number")),
        "holder_name": case((unusable, ""), else_=func.coalesce(RosterRow.holder, "")),
        "representative_id": Representative.id,
        "reason": func.coalesce(text_of("method_reason"), ""),
        "status": literal(MethodStatus.READY.value),
        "since": literal(file.month),
        "source": literal(f"{FROM_A_LIST}{file.id}"),
    }
    new = (
        select(*columns.values())
        .join_from(RosterRow, Recipient, Recipient.id == RosterRow.recipient_id)
        .outerjoin(Representative, confirmed)
        .where(paid, _has_no_way())
    )
    run(insert(PaymentMethod).from_select(list(columns), new))
