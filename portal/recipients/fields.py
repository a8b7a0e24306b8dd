"""What a list may say of a person: each field, where the register keeps it, and what the row of a list says."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, String, and_, case, cast, func, null, select, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

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


class AsDate(FunctionElement[date]):
    """An ISO text as a date: SQLite keeps dates as such texts, and would cast one to a number."""

    type = Date()
    inherit_cache = True


@compiles(AsDate)
def _cast_to_date(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS DATE)"


@compiles(AsDate, "sqlite")
def _text_is_a_date(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


def text_of(name: str) -> ColumnElement[Any]:
    text: ColumnElement[Any] = RosterRow.clean[name].as_string()
    return text


def number_of(name: str) -> ColumnElement[Any]:
    return cast(RosterRow.clean[name].as_string(), BigInt)


def day_of(name: str) -> ColumnElement[Any]:
    return AsDate(text_of(name))


@dataclass(frozen=True)
class Field:
    """`kept`: the list never changes it in the register; a difference is only shown."""

    name: str
    register: Any
    file: ColumnElement[Any]
    kept: bool = False

    @property
    def differs(self) -> ColumnElement[bool]:
        """What a list does not say, it does not change."""
        return and_(self.file.is_not(None), self.file.is_distinct_from(self.register))


def _unconfirmed(file: ColumnElement[Any]) -> ColumnElement[Any]:
    """What was confirmed from a card, a list does not overwrite."""
    return case((Recipient.citizen_id_confirmed, null()), else_=file)


def _confirmed(file: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((Recipient.citizen_id_confirmed, file), else_=null())


def arrears(month: date) -> ColumnElement[Any]:
    """What a list has told of arrears that this month pays; 0 when none did."""
    told = select(cast(func.coalesce(func.sum(Adjustment.amount), 0), BigInt)).where(
        Adjustment.entitlement_id == Entitlement.id,
        Adjustment.month == month,
        Adjustment.kind == AdjustmentKind.ARREARS,
        Adjustment.source.startswith(FROM_A_LIST),
    )
    return told.correlate(Entitlement).scalar_subquery()


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
    ("birth_date", Recipient.birth_date, day_of("birth_date")),
    ("birth_precision", type_coerce(Recipient.birth_precision, String), text_of("birth_precision")),
    ("citizen_id", Recipient.citizen_id, text_of("citizen_id")),
)


def fields(month: date) -> tuple[Field, ...]:
    """All fields for a statement that joins recipient, entitlement, village and (outer) the ready payment method."""
    return (
        *(Field(name, column, _unconfirmed(file)) for name, column, file in _IDENTITY),
        *(Field(f"{name}_kept", column, _confirmed(file), kept=True) for name, column, file in _IDENTITY),
        Field("old_id", Recipient.old_id, text_of("old_id")),
        Field(
            "village",
            Village.name,
            case((Village.search_key == text_of("village_key"), null()), else_=text_of("village")),
        ),
        Field("category", Entitlement.category_text, text_of("category")),
        Field("coefficient_hundredths", Entitlement.coefficient_hundredths, number_of("coefficient_hundredths")),
        Field("decision_no", Entitlement.decision_no, text_of("decision_no")),
        Field("monthly_amount", Entitlement.monthly_amount, number_of("monthly_amount")),
        Field("arrears", arrears(month), number_of("arrears")),
        Field(
            "status",
            type_coerce(Entitlement.status, String),
            case((Entitlement.status == "ended", "live"), else_=null()),
        ),
        Field("phone", Recipient.phone, case((Recipient.phone.is_(None), text_of("phone")), else_=null())),
        Field(
            "phone_kept", Recipient.phone, case((Recipient.phone.is_(None), null()), else_=text_of("phone")), kept=True
        ),
        Field("account_number", PaymentMethod.account_number, text_of("account_number"), kept=True),
        Field("representative", _representative(), text_of("representative_name"), kept=True),
    )
