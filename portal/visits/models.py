"""What happened at the door."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.areas.models import InCommune
from portal.db import Base, states
from portal.documents.models import Photo
from portal.payouts.models import Line


class VisitKind(StrEnum):
    PAID_RECIPIENT = "paid_recipient"
    PAID_REPRESENTATIVE = "paid_representative"
    NOT_HOME = "not_home"
    DIED = "died"
    REFUSED = "refused"


PAID_KINDS = frozenset({VisitKind.PAID_RECIPIENT, VisitKind.PAID_REPRESENTATIVE})


class IdentitySeen(StrEnum):
    CARD = "card"
    KNOWN = "known"
    NOT_SEEN = "not_seen"


_PAID = text("kind IN ('paid_recipient', 'paid_representative')")


class Visit(InCommune, Base):
    """One visit for one line. A paid one has a signature or thumbprint photo; there is at most one per line."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("uq_visit_one_paid", "line_id", unique=True, postgresql_where=_PAID, sqlite_where=_PAID),
        Index(None, "commune_id", "line_id"),
        CheckConstraint(
            "kind NOT IN ('paid_recipient', 'paid_representative') OR photo_id IS NOT NULL", name="paid_has_a_proof"
        ),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"))
    line: Mapped[Line] = relationship()
    visitor_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    visitor_name: Mapped[str]
    kind: Mapped[VisitKind] = mapped_column(states(VisitKind))
    identity_seen: Mapped[IdentitySeen] = mapped_column(states(IdentitySeen))
    witness: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("photo.id"))
    photo: Mapped[Photo | None] = relationship()
    visited_on: Mapped[date]
    at: Mapped[datetime]
