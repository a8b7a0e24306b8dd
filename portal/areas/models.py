"""Provinces, communes, their villages and payout points."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from portal.db import Base, Key


class Province(Base):
    __tablename__ = "province"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Commune(Base):
    """`code`: five digits of the national list; `prefix`: letters that begin its case numbers."""

    __tablename__ = "commune"
    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    prefix: Mapped[str]
    province_code: Mapped[str] = mapped_column(ForeignKey("province.code"))
    province: Mapped[Province] = relationship(lazy="joined", innerjoin=True)

    @property
    def province_name(self) -> str:
        return self.province.name


class InCommune:
    """A row with personal data: the commune bounds who may see it and which audit chain it belongs to."""

    @declared_attr
    def commune_id(self) -> Mapped[int]:
        return mapped_column(ForeignKey("commune.id"))


class Village(InCommune, Base):
    __tablename__ = "village"
    __table_args__ = (UniqueConstraint("commune_id", "search_key"),)
    id: Mapped[Key]
    name: Mapped[str]
    search_key: Mapped[str]


class PayoutPoint(InCommune, Base):
    __tablename__ = "payout_point"
    __table_args__ = (UniqueConstraint("commune_id", "name"),)
    id: Mapped[Key]
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    hours: Mapped[str] = mapped_column(default="")
