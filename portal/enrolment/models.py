"""A case captured in the field and the files that belong to it."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
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
    SIGNATURE = "signature"  # drawn on the phone: the picture of `consent.strokes`


class CaseFile(InCommune, Base):
    """A photo in its role; `position` orders the pages of one paper, from 0.

    `sent_sha256`, `sent_size`: of the bytes as the phone sealed them; None for a photo that came with a page.
    """

    __tablename__ = "case_file"
    __table_args__ = (UniqueConstraint("case_id", "role", "position"),)
    id: Mapped[Key]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment_case.id"))
    case: Mapped[Case] = relationship(back_populates="files")
    role: Mapped[FileRole] = mapped_column(states(FileRole))
    position: Mapped[int] = mapped_column(default=0)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photo.id"))
    photo: Mapped[Photo] = relationship()
    sent_sha256: Mapped[str | None]
    sent_size: Mapped[int | None]


class Verdict(StrEnum):
    """What became of a version that a phone sent: it is (or will be) the case, or it is kept beside the case."""

    ACCEPTED = "accepted"
    BESIDE = "beside"


ACCEPTED = text("verdict = 'accepted'")
UNFINISHED = text("verdict = 'accepted' AND taken_at IS NULL")


class CaseManifest(InCommune, Base):
    """One sealed version of a case as a phone sent it; nothing of it is ever changed or thrown away.

    `body`: the text as it came, `sha256` of its bytes. `answers`, `provenance`: what was understood, as in Case, with
    `read`, and `told`, the texts of codes as the phone read them. `files`: as portal.enrolment.manifest.SentFile.
    `captured_at` by the phone's clock, which was `clock_offset_ms` behind ours; `taken_at`: when the case became it.
    """

    __tablename__ = "case_manifest"
    __table_args__ = (
        UniqueConstraint("commune_id", "case_id", "sha256"),
        Index(
            "uq_case_manifest_one_accepted",
            "commune_id",
            "case_id",
            "rev",
            unique=True,
            postgresql_where=ACCEPTED,
            sqlite_where=ACCEPTED,
        ),
        Index(
            "ix_case_manifest_unfinished",
            "commune_id",
            "received_at",
            postgresql_where=UNFINISHED,
            sqlite_where=UNFINISHED,
        ),
        CheckConstraint("rev > 0", name="rev_positive"),
        CheckConstraint("taken_at IS NULL OR verdict = 'accepted'", name="taken_was_accepted"),
    )
    id: Mapped[Key]
    case_id: Mapped[uuid.UUID]
    rev: Mapped[int]
    schema: Mapped[int]
    sha256: Mapped[str]
    body: Mapped[str] = mapped_column(deferred=True)
    answers: Mapped[dict[str, Any]]
    provenance: Mapped[dict[str, Any]]
    files: Mapped[list[Any]]
    device_key: Mapped[uuid.UUID]
    captured_at: Mapped[datetime]
    clock_offset_ms: Mapped[int | None]
    received_at: Mapped[datetime]
    received_by: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    verdict: Mapped[Verdict] = mapped_column(states(Verdict))
    taken_at: Mapped[datetime | None]


class ReceivedFile(InCommune, Base):
    """A photo that a phone sent for a case, also before the case came; `sha256`, `size` of the bytes as they came.

    `reading`: the card and the machine-readable lines that were read from it, or None.
    """

    __tablename__ = "received_file"
    __table_args__ = (
        UniqueConstraint("commune_id", "case_id", "received_by", "sha256"),
        Index(None, "commune_id", "received_at"),
        Index(None, "photo_id"),
        CheckConstraint("size > 0", name="size_positive"),
    )
    id: Mapped[Key]
    case_id: Mapped[uuid.UUID]
    sha256: Mapped[str]
    size: Mapped[int]
    photo_id: Mapped[int] = mapped_column(ForeignKey("photo.id"))
    photo: Mapped[Photo] = relationship()
    reading: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    received_by: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))


class Device(InCommune, Base):
    """A phone as one member uses it in one commune. `key` is made by the phone; `keeps_why`: why its storage is not safe."""

    __tablename__ = "device"
    __table_args__ = (UniqueConstraint("commune_id", "staff_member_id", "key"),)
    id: Mapped[Key]
    key: Mapped[uuid.UUID]
    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    staff_name: Mapped[str]
    label: Mapped[str]
    app: Mapped[str]
    keeps_safe: Mapped[bool]
    keeps_why: Mapped[str]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]


class PhoneState(StrEnum):
    DRAFT = "draft"
    READY = "ready"
    ATTENTION = "attention"
    BESIDE = "beside"
    DISCARDED = "discarded"


class DeviceCase(InCommune, Base):
    """A case that a phone said it made. `missing_since`: when the phone first no longer named it, though it never came.

    `created_at`, `ready_at` by the phone's clock.
    """

    __tablename__ = "device_case"
    __table_args__ = (UniqueConstraint("commune_id", "device_id", "case_id"),)
    id: Mapped[Key]
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    device: Mapped[Device] = relationship()
    case_id: Mapped[uuid.UUID]
    rev: Mapped[int]
    state: Mapped[PhoneState] = mapped_column(states(PhoneState))
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    photos: Mapped[int]
    reported_at: Mapped[datetime]
    missing_since: Mapped[datetime | None]
