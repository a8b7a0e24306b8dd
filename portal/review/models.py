"""Decisions on cases."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import InCommune
from portal.db import Base, Key, states


class DecisionKind(StrEnum):
    CONFIRM = "confirm"
    RETURN = "return"
    REJECT = "reject"


class ReturnReason(StrEnum):
    """What the clerk is to do again; each names a step of the capture."""

    ID_FRONT = "id_front"
    ID_BACK = "id_back"
    IDENTITY = "identity"
    PHONE = "phone"
    ACCOUNT = "account"
    REPRESENTATIVE = "representative"
    PAPER = "paper"
    CONSENT = "consent"


class Decision(InCommune, Base):
    """What an officer decided. The check repeats the rule of the service: nobody decides on her own capture."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("by_id <> captured_by", name="not_by_the_one_who_captured"),
        Index(None, "commune_id", "case_id", "id"),
    )
    id: Mapped[Key]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment_case.id"))
    kind: Mapped[DecisionKind] = mapped_column(states(DecisionKind))
    reasons: Mapped[list[Any]]
    text: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    by_name: Mapped[str]
    captured_by: Mapped[int]
    at: Mapped[datetime]
