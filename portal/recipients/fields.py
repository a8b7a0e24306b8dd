"""What a list may say of a person: each field, where the register keeps it, and what the row of a list says."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, func, null, or_, select, type_coerce

from portal.areas.models import Village
from portal.db import BigInt
from portal.recipients.models import (
    Adjustment,
    AdjustmentKind,
    Entitlement,
    PaymentMethod,
    Recipient,
    Representative,
    RepresentativeStatus,
    RosterRow,
)

FROM_A_LIST = "roster_file:"


def text_of(name: str) -> ColumnElement[Any]:
    """What the row of a list says; states as plain text, so that they compare with those of any table."""
    return type_coerce(getattr(RosterRow, name), String)


@dataclass(frozen=True)
class Field:
    """`kept`: the list never changes it in the register; a difference is only shown."""

    name: str
    register: Any
    file: Any
    kept: bool = False

    @property
    def differs(self) -> ColumnElement[bool]:
        """What a list does not say, it does not change."""
        return and_(self.file.is_not(None), self.file.is_distinct_from(self.register))


def _unconfirmed(file: Any) -> ColumnElement[Any]:
    """What was confirmed from a card, a list does not overwrite."""
    return case((Recipient.citizen_id_confirmed, null()), else_=file)


def _confirmed(file: Any) -> ColumnElement[Any]:
    return case((Recipient.citizen_id_confirmed, file), else_=null())


def _arrears(month: date, *where: ColumnElement[bool]) -> ColumnElement[int]:
    told = select(cast(func.coalesce(func.sum(Adjustment.amount), 0), BigInt)).where(
        Adjustment.entitlement_id == RosterRow.entitlement_id,
        Adjustment.month == month,
        Adjustment.kind == AdjustmentKind.ARREARS,
        *where,
    )
    return told.correlate(RosterRow).scalar_subquery()


def arrears_to_add(month: date) -> ColumnElement[int]:
    """What the row adds to arrears that officers or a new rate have put into this month: nobody is paid them twice.

    A monthly list says all that is paid; a list of changes what it adds: there, the same amount is the same money.
    """
    same = or_(RosterRow.section.is_(None), Adjustment.amount == RosterRow.arrears)
    others = _arrears(month, ~Adjustment.source.startswith(FROM_A_LIST), same)
    return case((RosterRow.arrears > others, RosterRow.arrears - others), else_=0)


def _arrears_fields(month: date) -> tuple[Field, Field]:
    """What lists have told is replaced; what others have put in stays, also where a list says less."""
    every, listed = _arrears(month), _arrears(month, Adjustment.source.startswith(FROM_A_LIST))
    told, added = RosterRow.arrears, arrears_to_add(month)
    other = told != every  # asked first: where the sums agree, as they mostly do, no other one is looked up
    less = and_(other, told > 0, added == 0, listed == 0)
    return (
        Field("arrears", every, case((and_(other, listed != added), told))),
        Field("arrears_kept", every, case((less, told)), kept=True),
    )


def _representative() -> ColumnElement[Any]:
    """The name of the last representative who has not ended."""
    living = (RepresentativeStatus.PROPOSED, RepresentativeStatus.CONFIRMED)
    names = select(Representative.full_name).where(
        Representative.commune_id == Recipient.commune_id,
        Representative.recipient_id == Recipient.id,
        Representative.status.in_(living),
    )
    return names.order_by(Representative.id.desc()).limit(1).correlate(Recipient).scalar_subquery()


_IDENTITY = (
    ("full_name", Recipient.full_name, text_of("full_name")),
    ("sex", type_coerce(Recipient.sex, String), text_of("sex")),
    ("birth_date", Recipient.birth_date, RosterRow.birth_date),
    ("birth_precision", type_coerce(Recipient.birth_precision, String), text_of("birth_precision")),
    ("citizen_id", Recipient.citizen_id, text_of("citizen_id")),
)


def _comes_back() -> ColumnElement[bool]:
    """Who had ended is paid again by being on a list; who is suspended only by being among its increases."""
    increase = and_(Entitlement.status == "suspended", RosterRow.section == "increase")
    return or_(Entitlement.status == "ended", increase)


def fields(month: date) -> tuple[Field, ...]:
    """All fields for a statement that joins recipient, entitlement, village and (outer) the ready payment method."""
    return (
        *(Field(name, column, _unconfirmed(file)) for name, column, file in _IDENTITY),
        *(Field(f"{name}_kept", column, _confirmed(file), kept=True) for name, column, file in _IDENTITY),
        Field("code", Entitlement.code, RosterRow.key),
        Field("old_id", Recipient.old_id, text_of("old_id")),
        Field(
            "village",
            Village.name,
            case((Village.search_key == text_of("village_key"), null()), else_=text_of("village")),
        ),
        Field("category", Entitlement.category_text, text_of("category")),
        Field("coefficient_hundredths", Entitlement.coefficient_hundredths, RosterRow.coefficient_hundredths),
        Field("decision_no", Entitlement.decision_no, text_of("decision_no")),
        Field("monthly_amount", Entitlement.monthly_amount, RosterRow.monthly_amount),
        *_arrears_fields(month),
        Field(
            "status",
            type_coerce(Entitlement.status, String),
            case((_comes_back(), "live"), else_=null()),
        ),
        Field("phone", Recipient.phone, case((Recipient.phone.is_(None), text_of("phone")), else_=null())),
        Field(
            "phone_kept", Recipient.phone, case((Recipient.phone.is_(None), null()), else_=text_of("phone")), kept=True
        ),
        Field("account_number", PaymentMethod.account_number, text_of("account_number"), kept=True),
        Field("representative", _representative(), text_of("representative_name"), kept=True),
    )
