"""The people entitled."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

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

_LISTED = ("sort_key", "id", "search_key", "code", "status")
_NUMBER, _NO_NUMBER, _NO_PHONE = text("citizen_id IS NOT NULL"), text("citizen_id IS NULL"), text("phone IS NULL")
_MERGED = text("merged_into_id IS NOT NULL")
_OLD = text("old_id IS NOT NULL")
_SAME = text("same")
_STANDS = text("undone_at IS NULL")


class Recipient(InCommune, Base):
    """One person of the register. `code` is the number that the ministry's software gave.

    `merged_into`: the record that stands for this person since the two were found to be one; this one is then ended.
    """

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
        # people are listed by name; beside the order stands what a search compares, see queries/finding.py
        Index("ix_recipient_by_name", "commune_id", *_LISTED),
        Index("ix_recipient_by_village", "commune_id", "village_id", *_LISTED),
        Index("ix_recipient_no_number", "commune_id", *_LISTED, postgresql_where=_NO_NUMBER, sqlite_where=_NO_NUMBER),
        Index("ix_recipient_no_phone", "commune_id", *_LISTED, postgresql_where=_NO_PHONE, sqlite_where=_NO_PHONE),
        Index("ix_recipient_number", "commune_id", "citizen_id", postgresql_where=_NUMBER, sqlite_where=_NUMBER),
        Index(None, "commune_id", "old_id", postgresql_where=_OLD, sqlite_where=_OLD),
        Index(None, "merged_into_id", postgresql_where=_MERGED, sqlite_where=_MERGED),
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
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"))
    merged_into: Mapped["Recipient | None"] = relationship(remote_side="Recipient.id")
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(server_default="1")
    __mapper_args__ = {"version_id_col": version}


class SamePerson(InCommune, Base):
    """An officer's answer, remembered: is what lists call `key` (a code, or "=" and a hash) this person or another?"""

    __tablename__ = "same_person"
    __table_args__ = (
        UniqueConstraint("commune_id", "key", "recipient_id"),
        Index(
            "uq_same_person_one_answer",
            "commune_id",
            "key",
            unique=True,
            postgresql_where=_SAME,
            sqlite_where=_SAME,
        ),
        Index(None, "recipient_id"),
    )
    id: Mapped[Key]
    key: Mapped[str]
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    same: Mapped[bool]
    at: Mapped[datetime]
    by_name: Mapped[str]


class Merge(InCommune, Base):
    """Two records found to be one person. `moved`: table to the ids of the rows that went over, to undo it with.

    `final_at`: when a list that pays the person was approved; from then on it cannot be undone.
    """

    __tablename__ = "recipient_merge"
    __table_args__ = (
        Index(
            "uq_recipient_merge_once",
            "merged_id",
            unique=True,
            postgresql_where=_STANDS,
            sqlite_where=_STANDS,
        ),
        Index(None, "kept_id"),
        CheckConstraint("kept_id <> merged_id", name="two_records"),
        CheckConstraint("final_at IS NULL OR undone_at IS NULL", name="final_or_undone"),
    )
    id: Mapped[Key]
    kept_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    kept: Mapped[Recipient] = relationship(foreign_keys=[kept_id])
    merged_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    merged: Mapped[Recipient] = relationship(foreign_keys=[merged_id])
    moved: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    by_name: Mapped[str]
    undone_at: Mapped[datetime | None]
    undone_by_name: Mapped[str | None]
    final_at: Mapped[datetime | None]
