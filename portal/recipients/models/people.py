"""The people entitled."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.areas.models import InCommune, Village
from portal.db import Base, Key, states

# sort keys are compared byte by byte, whatever the language of the database
BYTEWISE = String().with_variant(String(collation="C"), "postgresql")


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


class BirthPrecision(StrEnum):
    """Many old people know only the year; `birth_date` then holds 1 January of it."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class RecipientStatus(StrEnum):
    LIVE = "live"
    DIED = "died"
    MOVED = "moved"
    ENDED = "ended"


class PhoneOwner(StrEnum):
    RECIPIENT = "recipient"
    RELATIVE = "relative"
    OTHER = "other"


_CONFIRMED = text("citizen_id_confirmed AND status = 'live'")


class Recipient(InCommune, Base):
    """One line of the register. `code` is the number that the ministry's software gave."""

    __tablename__ = "recipient"
    __table_args__ = (
        UniqueConstraint("commune_id", "code"),
        # a list may claim one number for two people; a confirmed number has one owner
        Index(
            "uq_recipient_confirmed_citizen_id",
            "citizen_id",
            unique=True,
            postgresql_where=_CONFIRMED,
            sqlite_where=_CONFIRMED,
        ),
        Index(None, "commune_id", "sort_key", "id"),
        Index(None, "commune_id", "search_key"),
        Index(None, "commune_id", "citizen_id"),
        CheckConstraint("length(citizen_id) = 12", name="citizen_id_has_12_digits"),
        CheckConstraint("NOT citizen_id_confirmed OR citizen_id IS NOT NULL", name="confirmed_needs_a_number"),
    )
    id: Mapped[Key]
    code: Mapped[str]
    full_name: Mapped[str]
    search_key: Mapped[str]
    sort_key: Mapped[str] = mapped_column(BYTEWISE)
    sex: Mapped[Sex | None] = mapped_column(states(Sex))
    birth_date: Mapped[date | None]
    birth_precision: Mapped[BirthPrecision | None] = mapped_column(states(BirthPrecision))
    citizen_id: Mapped[str | None]
    citizen_id_confirmed: Mapped[bool] = mapped_column(default=False)
    old_id: Mapped[str | None]
    phone: Mapped[str | None]
    phone_owner: Mapped[PhoneOwner | None] = mapped_column(states(PhoneOwner))
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))
    village: Mapped[Village | None] = relationship()
    status: Mapped[RecipientStatus] = mapped_column(states(RecipientStatus), default=RecipientStatus.LIVE)
    ended_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(server_default="1")
    __mapper_args__ = {"version_id_col": version}
