"""A photo's record; its bytes are encrypted in the vault and it names no person."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import InCommune
from portal.db import Base, Key


class Photo(InCommune, Base):
    """`sha256` of the clear, cleaned bytes; width and height in pixels; size in bytes.

    `keep_until`: agreed for this photo alone, it is not deleted before. `deleted_on`: the bytes are gone, or will be as
    soon as the purge is through; the row stays as a trace, and so that the same photo is still recognized.
    """

    __tablename__ = "photo"
    __table_args__ = (UniqueConstraint("commune_id", "sha256"), CheckConstraint("size > 0", name="size_positive"))
    id: Mapped[Key]
    sha256: Mapped[str]
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    phash: Mapped[str]
    key_id: Mapped[str]
    quality: Mapped[dict[str, Any]]
    keep_until: Mapped[date | None]
    deleted_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
