"""What people are entitled to: programmes, rates, entitlements and their changes. Money is whole đồng."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.areas.models import InCommune
from portal.db import Base, Key, states
from portal.recipients.models.people import Recipient


class Programme(Base):
    """`code`: BTXH, NCC, HTXH."""

    __tablename__ = "programme"
    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Category(Base):
    """`coefficient_hundredths`: 150 is hệ số 1,5. Confidential ones never appear on posted lists."""

    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("programme_id", "key"),)
    id: Mapped[Key]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    key: Mapped[str]
    label: Mapped[str]
    legal_basis: Mapped[str]
    coefficient_hundredths: Mapped[int | None]
    confidential: Mapped[bool] = mapped_column(default=False)


class BaseRate(Base):
    """A base rate applies from one date and may be decided on a later one: the months between are arrears."""

    __tablename__ = "base_rate"
    __table_args__ = (
        UniqueConstraint("programme_id", "applies_from"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )
    id: Mapped[Key]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    applies_from: Mapped[date]
    decided_on: Mapped[date]
    amount: Mapped[int]
    decision: Mapped[str]


class EntitlementStatus(StrEnum):
    LIVE = "live"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Entitlement(InCommune, Base):
    """What one recipient gets each month of one programme, from `first_month` to `last_month` (both paid).

    `code`: what lists call this entitlement. Most people have one; some may have two of one programme (Decree
    20/2021/NĐ-CP, Art. 6.2), each under a code of its own.
    """

    __tablename__ = "entitlement"
    __table_args__ = (
        UniqueConstraint("commune_id", "programme_id", "code"),
        Index(None, "commune_id", "programme_id", "status", "recipient_id"),
        Index(None, "commune_id", "category_id", "status", "recipient_id"),
        Index(None, "recipient_id"),
        CheckConstraint("monthly_amount > 0", name="monthly_amount_positive"),
        CheckConstraint("first_month <= last_month", name="months_in_order"),
    )
    id: Mapped[Key]
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    recipient: Mapped[Recipient] = relationship()
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    programme: Mapped[Programme] = relationship()
    code: Mapped[str]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    category: Mapped[Category | None] = relationship()
    category_text: Mapped[str] = mapped_column(default="")
    coefficient_hundredths: Mapped[int | None]
    monthly_amount: Mapped[int]
    decision_no: Mapped[str] = mapped_column(default="")
    first_month: Mapped[date]
    last_month: Mapped[date | None]
    status: Mapped[EntitlementStatus] = mapped_column(states(EntitlementStatus), default=EntitlementStatus.LIVE)
    version: Mapped[int] = mapped_column(server_default="1")
    __mapper_args__ = {"version_id_col": version}

    @property
    def coefficient(self) -> Decimal | None:
        return None if self.coefficient_hundredths is None else Decimal(self.coefficient_hundredths) / 100


class ChangeKind(StrEnum):
    START = "start"
    STOP = "stop"
    SUSPEND = "suspend"
    RESUME = "resume"
    AMOUNT = "amount"
    DETAILS = "details"


class Cause(StrEnum):
    """Why an entitlement stops or is suspended; the months that follow from it are in `vietnam.entitled_months`."""

    DIED = "died"
    MOVED = "moved"
    NOT_ENTITLED = "not_entitled"
    REFUSED = "refused"
    HIGHER_RATE = "higher_rate"
    NOT_COLLECTED = "not_collected"
    NOT_REASSESSED = "not_reassessed"
    DETAINED = "detained"
    NOT_LISTED = "not_listed"
    OTHER = "other"


class EntitlementChange(InCommune, Base):
    """Append-only: the entitlement is what its changes add up to.

    `month`: the first month that it holds for. `source`: "roster_file:12", "case:…", "rate:3", "staff".
    """

    __tablename__ = "entitlement_change"
    __table_args__ = (Index(None, "commune_id", "entitlement_id", "id"),)
    id: Mapped[Key]
    entitlement_id: Mapped[int] = mapped_column(ForeignKey("entitlement.id"))
    month: Mapped[date]
    kind: Mapped[ChangeKind] = mapped_column(states(ChangeKind))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any]]
    cause: Mapped[Cause | None] = mapped_column(states(Cause))
    reason: Mapped[str] = mapped_column(default="")
    decision_no: Mapped[str] = mapped_column(default="")
    source: Mapped[str]
    at: Mapped[datetime]
    by_name: Mapped[str]


class AdjustmentKind(StrEnum):
    ARREARS = "arrears"
    CLAWBACK = "clawback"
    ONE_OFF = "one_off"


class Adjustment(InCommune, Base):
    """An amount on top of, or (clawback) taken from, the payment of one month; always stored as a positive number."""

    __tablename__ = "adjustment"
    __table_args__ = (
        UniqueConstraint("entitlement_id", "month", "kind", "source"),
        Index(None, "commune_id", "month"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )
    id: Mapped[Key]
    entitlement_id: Mapped[int] = mapped_column(ForeignKey("entitlement.id"))
    month: Mapped[date]
    kind: Mapped[AdjustmentKind] = mapped_column(states(AdjustmentKind))
    amount: Mapped[int]
    from_month: Mapped[date | None]
    to_month: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    decision_no: Mapped[str] = mapped_column(default="")
    source: Mapped[str]


class ClosedMonth(InCommune, Base):
    """A list of this month was approved: what is found to be owed for it from now on is paid with a later month."""

    __tablename__ = "closed_month"
    __table_args__ = (UniqueConstraint("commune_id", "programme_id", "month"),)
    id: Mapped[Key]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    month: Mapped[date]
