"""Rosters received: the file, its rows as read, and how its columns were understood."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.areas.models import InCommune
from portal.db import Base, Key, states
from portal.recipients.models.entitlements import Cause, Programme
from portal.recipients.models.payment import MethodKind
from portal.recipients.models.people import BYTEWISE, BirthPrecision, Sex


class RosterKind(StrEnum):
    """`changes`: a list of increases, decreases and adjustments; the people who are not on it stay as they are."""

    ROSTER = "roster"
    CHANGES = "changes"


class RosterState(StrEnum):
    """`reading`: a job reads a big file; its rows are not complete."""

    READING = "reading"
    PREVIEWED = "previewed"
    APPLIED = "applied"
    DISCARDED = "discarded"


class Verdict(StrEnum):
    """`likely`: probably someone whom the register knows; nothing is done before an officer has said so or not."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ENDS = "ends"
    LIKELY = "likely"
    REFUSED = "refused"


class Section(StrEnum):
    """Parts of a list of changes: TĂNG, GIẢM, ĐIỀU CHỈNH."""

    INCREASE = "increase"
    DECREASE = "decrease"
    ADJUSTMENT = "adjustment"


_APPLIED = text("state = 'applied'")
_CHANGED = text("verdict = 'changed'")
_UNSOLVED = text("verdict IN ('refused', 'likely') AND resolution IS NULL")


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
    kind: Mapped[RosterKind] = mapped_column(states(RosterKind), default=RosterKind.ROSTER)
    month: Mapped[date]
    name: Mapped[str]
    sha256: Mapped[str]
    state: Mapped[RosterState] = mapped_column(states(RosterState), default=RosterState.PREVIEWED)
    rows: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any]]
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    uploaded_by_name: Mapped[str]
    uploaded_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    applied_by_name: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")
    __mapper_args__ = {"version_id_col": version}


class RosterRow(InCommune, Base):
    """One person's row: as received (`raw`) beside as cleaned; `differences` field to [register, file].

    `key`: what names the row in the register: its code, or "=" and a hash of name, birth, village and number. `doubt`:
    the worst severity of its problems. `refused`: what the file says here cannot be applied, whatever the register
    holds. `section`, `reason`, `cause`, `from_month`: only in a list of changes. `resolution`: what became of a row
    that an applied list could not use, in an officer's words.
    """

    __tablename__ = "roster_row"
    __table_args__ = (
        UniqueConstraint("roster_file_id", "row"),
        Index(None, "roster_file_id", "verdict", "row"),
        Index(None, "roster_file_id", "key"),
        Index("ix_roster_row_of_person", "recipient_id", postgresql_where=_CHANGED, sqlite_where=_CHANGED),
        Index(
            "ix_roster_row_unsolved",
            "commune_id",
            "roster_file_id",
            postgresql_where=_UNSOLVED,
            sqlite_where=_UNSOLVED,
        ),
    )
    id: Mapped[Key]
    roster_file_id: Mapped[int] = mapped_column(ForeignKey("roster_file.id", ondelete="CASCADE"))
    row: Mapped[int]
    cell: Mapped[str]
    key: Mapped[str]
    code: Mapped[str]
    full_name: Mapped[str | None]
    search_key: Mapped[str | None]
    sort_key: Mapped[str | None] = mapped_column(BYTEWISE)
    sex: Mapped[Sex | None] = mapped_column(states(Sex))
    birth_date: Mapped[date | None]
    birth_precision: Mapped[BirthPrecision | None] = mapped_column(states(BirthPrecision))
    citizen_id: Mapped[str | None]
    old_id: Mapped[str | None]
    phone: Mapped[str | None]
    village: Mapped[str | None]
    village_key: Mapped[str | None]
    category: Mapped[str | None]
    category_key: Mapped[str | None]
    coefficient_hundredths: Mapped[int | None]
    monthly_amount: Mapped[int | None]
    arrears: Mapped[int | None]
    total: Mapped[int | None]
    decision_no: Mapped[str | None]
    note: Mapped[str | None]
    method: Mapped[MethodKind] = mapped_column(states(MethodKind), default=MethodKind.CASH_POINT)
    method_reason: Mapped[str | None]
    provider_bin: Mapped[str | None]
    account_number: Mapped[str | None]
    holder: Mapped[str | None]
    bank: Mapped[str | None]
    representative_name: Mapped[str | None]
    representative_relation: Mapped[str | None]
    representative_id: Mapped[str | None]
    representative_phone: Mapped[str | None]
    section: Mapped[Section | None] = mapped_column(states(Section))
    reason: Mapped[str | None]
    cause: Mapped[Cause | None] = mapped_column(states(Cause))
    from_month: Mapped[date | None]
    doubt: Mapped[str | None]
    refused: Mapped[bool] = mapped_column(default=False)
    raw: Mapped[dict[str, Any]]
    problems: Mapped[list[Any]]
    guesses: Mapped[list[Any] | None]
    verdict: Mapped[Verdict] = mapped_column(states(Verdict), default=Verdict.NEW)
    differences: Mapped[dict[str, Any]] = mapped_column(default=dict)
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"))
    entitlement_id: Mapped[int | None] = mapped_column(ForeignKey("entitlement.id"))
    resolution: Mapped[str | None]


class ColumnMapping(InCommune, Base):
    """The officer's correction of a mapping, remembered for the next file of the same shape."""

    __tablename__ = "column_mapping"
    __table_args__ = (UniqueConstraint("commune_id", "fingerprint"),)
    id: Mapped[Key]
    fingerprint: Mapped[str]
    mapping: Mapped[dict[str, Any]]
