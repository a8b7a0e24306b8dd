"""A case captured in the field and the files that belong to it."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.areas.models import InCommune
from portal.db import Base, Key, states
from portal.documents.models import Photo
from portal.errors import DomainError
from portal.recipients.models import Recipient


class CaseState(StrEnum):
    DRAFT = "draft"
    RECEIVING = "receiving"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


S = CaseState
TRANSITIONS: dict[CaseState, frozenset[CaseState]] = {
    S.DRAFT: frozenset({S.RECEIVING, S.SUBMITTED}),
    S.RECEIVING: frozenset({S.SUBMITTED}),
    S.SUBMITTED: frozenset({S.RETURNED, S.CONFIRMED, S.REJECTED, S.SUPERSEDED}),
    S.RETURNED: frozenset({S.SUBMITTED, S.SUPERSEDED}),
    S.CONFIRMED: frozenset({S.SUPERSEDED}),
    S.REJECTED: frozenset(),
    S.SUPERSEDED: frozenset(),
}


class CaseIsElsewhere(DomainError):
    """This case is no longer where it was: someone has dealt with it in the meantime."""


class Case(InCommune, Base):
    """One sitting with one person. The id (UUIDv7) is made with the draft and is the idempotency key.

    `payload`: answers by step (`identity`, `phone`, `method`, `representative`, `consent`); beside them `read` (what
    codes told, by photo), `typed` (unfinished steps), `kept_photos` (poor, but readable), `returned`, `rejected`.
    `provenance`: "step.field" to where it came from (scanned, register, typed, law). `captured_at` by the device's
    clock, `received_at` by ours; UTC.
    """

    __tablename__ = "enrolment_case"
    __table_args__ = (
        UniqueConstraint("commune_id", "number"),
        Index(None, "commune_id", "state", "received_at", "id"),
        Index(None, "commune_id", "recipient_id"),
        CheckConstraint("state IN ('draft', 'receiving') OR number IS NOT NULL", name="received_has_number"),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    rev: Mapped[int] = mapped_column(default=1)
    state: Mapped[CaseState] = mapped_column(states(CaseState), default=CaseState.DRAFT)
    number: Mapped[str | None]
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"))
    recipient: Mapped[Recipient | None] = relationship()
    captured_by: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    captured_by_name: Mapped[str]
    captured_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    payload: Mapped[dict[str, Any]]
    provenance: Mapped[dict[str, Any]]
    opened_by: Mapped[int | None]
    opened_by_name: Mapped[str | None]
    opened_at: Mapped[datetime | None]
    files: Mapped[list["CaseFile"]] = relationship(order_by="CaseFile.role, CaseFile.position", back_populates="case")
    version: Mapped[int] = mapped_column(server_default="1")
    __mapper_args__ = {"version_id_col": version}

    def move_to(self, state: CaseState) -> None:
        if state not in TRANSITIONS[self.state]:
            raise CaseIsElsewhere
        self.state = state


class FileRole(StrEnum):
    ID_FRONT = "id_front"
    ID_BACK = "id_back"
    REPRESENTATIVE_FRONT = "representative_front"
    REPRESENTATIVE_BACK = "representative_back"
    PAPER = "paper"
    CONSENT = "consent"


class CaseFile(InCommune, Base):
    """A photo in its role; `position` orders the pages of one paper, from 0."""

    __tablename__ = "case_file"
    __table_args__ = (UniqueConstraint("case_id", "role", "position"),)
    id: Mapped[Key]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment_case.id"))
    case: Mapped[Case] = relationship(back_populates="files")
    role: Mapped[FileRole] = mapped_column(states(FileRole))
    position: Mapped[int] = mapped_column(default=0)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photo.id"))
    photo: Mapped[Photo] = relationship()
