"""Programmes, and who is paid of one in a month."""

from datetime import date

from sqlalchemy import Select, or_, select

from portal.db import db
from portal.recipients.models import Category, Entitlement, EntitlementStatus, Programme


def entitled(commune_id: int, programme_id: int, month: date) -> Select[Entitlement]:
    """Live entitlements that this month is paid of."""
    return select(Entitlement).where(
        Entitlement.commune_id == commune_id,
        Entitlement.programme_id == programme_id,
        Entitlement.status == EntitlementStatus.LIVE,
        Entitlement.first_month <= month,
        or_(Entitlement.last_month.is_(None), Entitlement.last_month >= month),
    )


def programmes() -> list[Programme]:
    return list(db.session.scalars(select(Programme).order_by(Programme.id)))


def categories() -> list[Category]:
    return list(db.session.scalars(select(Category).order_by(Category.programme_id, Category.key)))
