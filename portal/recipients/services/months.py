"""Months whose list of payments is approved: nothing that is owed can be put into them any more."""

from datetime import date

from sqlalchemy import insert, select

from portal.db import db
from portal.recipients.models import ClosedMonth
from portal.vietnam.month import add_months


def close(commune_id: int, programme_id: int, month: date) -> None:
    """A list of the month was approved; a supplementary one finds it closed already."""
    if month not in closed_months(commune_id, programme_id, month):
        values = {"commune_id": commune_id, "programme_id": programme_id, "month": month}
        db.session.execute(insert(ClosedMonth).values(values))


def closed_months(commune_id: int, programme_id: int, since: date) -> set[date]:
    """The closed months from `since` on."""
    closed = select(ClosedMonth.month).where(
        ClosedMonth.commune_id == commune_id, ClosedMonth.programme_id == programme_id, ClosedMonth.month >= since
    )
    return set(db.session.scalars(closed))


def first_open(commune_id: int, programme_id: int, wanted: date) -> date:
    """The wanted month, or the first after it that can still pay something."""
    closed = closed_months(commune_id, programme_id, wanted)
    while wanted in closed:
        wanted = add_months(wanted, 1)
    return wanted
