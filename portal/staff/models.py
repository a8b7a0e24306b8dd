"""Staff members, the communes where they work, and tries to sign in."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.access import Role
from portal.areas.models import Commune
from portal.db import Base, Key, states


class StaffCommune(Base):
    __tablename__ = "staff_commune"
    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"), primary_key=True)
    commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"), primary_key=True)


class StaffMember(Base):
    """Someone who signs in. Raising `session_epoch` signs out every session."""

    __tablename__ = "staff_member"
    id: Mapped[Key]
    username: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    role: Mapped[Role] = mapped_column(states(Role))
    provider_bin: Mapped[str | None]
    password_hash: Mapped[str]
    session_epoch: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    communes: Mapped[list[Commune]] = relationship(secondary="staff_commune", order_by="Commune.code", lazy="selectin")

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.active

    def get_id(self) -> str:
        return f"{self.id}:{self.session_epoch}"


class SignInTry(Base):
    """A failed sign-in; keys are keyed hashes, so that the table holds neither names nor addresses."""

    __tablename__ = "sign_in_try"
    __table_args__ = (Index(None, "key", "at"),)
    id: Mapped[Key]
    key: Mapped[str]
    at: Mapped[datetime]
