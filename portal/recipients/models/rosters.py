"""Rosters received: the file, its rows as read, and how its columns were understood."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.areas.models import InCommune
from portal.db import Base, Key, states
from portal.recipients.models.entitlements import Programme


class RosterState(StrEnum):
    PREVIEWED = "previewed"
    APPLIED = "applied"
    DISCARDED = "discarded"


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


_APPLIED = text("state = 'applied'")


class RosterFile(InCommune, Base):
    """`report`: sheet, header rows, columns, totals and subtotals stated and computed, problems of the file."""

    __tablename__ = "roster_file"
    __table_args__ = (
        Index(
            "uq_roster_file_applied_once",
            "commune_id",
            "sha256",
            unique=True,
            postgresql_where=_APPLIED,
            sqlite_where=_APPLIED,
        ),
        Index(None, "commune_id", "id"),
    )
    id: Mapped[Key]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    programme: Mapped[Programme] = relationship()
    month: Mapped[date]
    name: Mapped[str]
    sha256: Mapped[str]
    state: Mapped[RosterState] = mapped_column(states(RosterState), default=RosterState.PREVIEWED)
    report: Mapped[dict[str, Any]]
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    uploaded_by_name: Mapped[str]
    uploaded_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    applied_by_name: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")
    __mapper_args__ = {"version_id_col": version}


class RosterRow(InCommune, Base):
    """One person's row: as received beside as cleaned; `differences` field to [register, file]."""

    __tablename__ = "roster_row"
    __table_args__ = (
        UniqueConstraint("roster_file_id", "row"),
        Index(None, "roster_file_id", "verdict", "row"),
        Index(None, "roster_file_id", "code"),
    )
    id: Mapped[Key]
    roster_file_id: Mapped[int] = mapped_column(ForeignKey("roster_file.id", ondelete="CASCADE"))
    row: Mapped[int]
    cell: Mapped[str]
    code: Mapped[str]
    raw: Mapped[dict[str, Any]]
    clean: Mapped[dict[str, Any]]
    problems: Mapped[list[Any]]
    verdict: Mapped[Verdict] = mapped_column(states(Verdict))
    differences: Mapped[dict[str, Any]]
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"))


class ColumnMapping(InCommune, Base):
    """The officer's correction of a mapping, remembered for the next file of the same shape."""

    __tablename__ = "column_mapping"
    __table_args__ = (UniqueConstraint("commune_id", "fingerprint"),)
    id: Mapped[Key]
    fingerprint: Mapped[str]
    mapping: Mapped[dict[str, Any]]
