"""How people are paid, and who receives for them. What a case proposes is a row here with a status."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.areas.models import InCommune, PayoutPoint
from portal.db import Base, Key, states
from portal.recipients.models.people import Recipient


class RepresentativeKind(StrEnum):
    GUARDIAN = "guardian"
    PROXY = "proxy"
    LEGAL = "legal"


class RepresentativeScope(StrEnum):
    RECEIVE = "receive"
    ACCOUNT = "account"


class RepresentativeStatus(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    ENDED = "ended"


_CONFIRMED = text("status = 'confirmed'")


class Representative(InCommune, Base):
    """Who receives for a recipient. A proxy's paper that names no end holds one year (Civil Code, Art. 563)."""

    __tablename__ = "representative"
    __table_args__ = (
        Index(
            "uq_representative_one_confirmed",
            "recipient_id",
            unique=True,
            postgresql_where=_CONFIRMED,
            sqlite_where=_CONFIRMED,
        ),
        Index(None, "commune_id", "recipient_id"),
        Index(None, "commune_id", "citizen_id"),
        CheckConstraint("valid_from < valid_until", name="valid_in_order"),
    )
    id: Mapped[Key]
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    recipient: Mapped[Recipient] = relationship()
    case_id: Mapped[uuid.UUID | None]
    kind: Mapped[RepresentativeKind] = mapped_column(states(RepresentativeKind))
    full_name: Mapped[str]
    citizen_id: Mapped[str | None]
    birth_date: Mapped[date | None]
    phone: Mapped[str | None]
    relation: Mapped[str] = mapped_column(default="")
    scope: Mapped[RepresentativeScope] = mapped_column(states(RepresentativeScope), default=RepresentativeScope.RECEIVE)
    paper_no: Mapped[str] = mapped_column(default="")
    certified_by: Mapped[str] = mapped_column(default="")
    certified_on: Mapped[date | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    status: Mapped[RepresentativeStatus] = mapped_column(
        states(RepresentativeStatus), default=RepresentativeStatus.PROPOSED
    )


class MethodKind(StrEnum):
    """`representative_account` is a bank account in the representative's name."""

    BANK_ACCOUNT = "bank_account"
    REPRESENTATIVE_ACCOUNT = "representative_account"
    WALLET = "wallet"
    CASH_POINT = "cash_point"
    HOME_VISIT = "home_visit"


ACCOUNT_KINDS = frozenset({MethodKind.BANK_ACCOUNT, MethodKind.REPRESENTATIVE_ACCOUNT, MethodKind.WALLET})


class MethodStatus(StrEnum):
    """`to_open`: confirmed by the commune, the bank has still to give the number. Only `ready` is paid through."""

    PROPOSED = "proposed"
    TO_OPEN = "to_open"
    READY = "ready"
    REPLACED = "replaced"
    REFUSED = "refused"


_READY, _TO_OPEN = text("status = 'ready'"), text("status = 'to_open'")
_ACCOUNT = text("status = 'ready' AND kind IN ('bank_account', 'representative_account', 'wallet')")


class PaymentMethod(InCommune, Base):
    """One way to be paid. The old one stays ready until the new one is, so that nobody falls between two."""

    __tablename__ = "payment_method"
    __table_args__ = (
        Index("uq_payment_method_one_ready", "recipient_id", unique=True, postgresql_where=_READY, sqlite_where=_READY),
        Index(
            "uq_payment_method_one_to_open",
            "recipient_id",
            unique=True,
            postgresql_where=_TO_OPEN,
            sqlite_where=_TO_OPEN,
        ),
        Index(None, "commune_id", "recipient_id", "status"),
        Index(
            "ix_payment_method_account", "commune_id", "recipient_id", postgresql_where=_ACCOUNT, sqlite_where=_ACCOUNT
        ),
        Index(None, "commune_id", "account_number"),
        CheckConstraint(
            "status <> 'ready' OR kind IN ('cash_point', 'home_visit')"
            " OR (provider_bin IS NOT NULL AND account_number IS NOT NULL)",
            name="ready_account_needs_a_number",
        ),
        CheckConstraint("kind <> 'representative_account' OR representative_id IS NOT NULL", name="whose_account"),
    )
    id: Mapped[Key]
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    recipient: Mapped[Recipient] = relationship()
    case_id: Mapped[uuid.UUID | None]
    kind: Mapped[MethodKind] = mapped_column(states(MethodKind))
    provider_bin: Mapped[str | None]
    account_number: Mapped[str | None]
    holder_name: Mapped[str] = mapped_column(default="")
    representative_id: Mapped[int | None] = mapped_column(ForeignKey("representative.id"))
    representative: Mapped[Representative | None] = relationship()
    payout_point_id: Mapped[int | None] = mapped_column(ForeignKey("payout_point.id"))
    payout_point: Mapped[PayoutPoint | None] = relationship()
    reason: Mapped[str] = mapped_column(default="")
    status: Mapped[MethodStatus] = mapped_column(states(MethodStatus), default=MethodStatus.PROPOSED)
    since: Mapped[date]
    source: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    __mapper_args__ = {"version_id_col": version}
