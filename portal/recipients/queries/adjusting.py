"""What the first open month pays on top of, or takes from, the payments of one person; what may change about them."""

from enum import StrEnum

from sqlalchemy import select

from portal.db import db
from portal.recipients.models import Adjustment, Category, Cause, Entitlement, EntitlementStatus


class What(StrEnum):
    START = "start"
    STOP = "stop"
    SUSPEND = "suspend"
    RESUME = "resume"
    RATE = "rate"
    ARREARS = "arrears"
    CLAWBACK = "clawback"
    ONE_OFF = "one_off"


STOPS = (Cause.DIED, Cause.MOVED, Cause.NOT_ENTITLED, Cause.REFUSED, Cause.HIGHER_RATE, Cause.OTHER)
SUSPENDS = (Cause.NOT_COLLECTED, Cause.NOT_REASSESSED, Cause.DETAINED)


def adjustments_of(entitlements: list[Entitlement]) -> list[Adjustment]:
    """Newest first."""
    ids = [each.id for each in entitlements]
    found = select(Adjustment).where(Adjustment.entitlement_id.in_(ids))
    return list(db.session.scalars(found.order_by(Adjustment.month.desc(), Adjustment.id.desc())))


def categories(programme_id: int | None = None) -> list[Category]:
    wanted = select(Category).order_by(Category.programme_id, Category.key)
    return list(db.session.scalars(wanted if programme_id is None else wanted.filter_by(programme_id=programme_id)))


def changes_for(entitlement: Entitlement | None) -> list[str]:
    """Names of the changes that an entitlement in its state can have."""
    if entitlement is None:
        return ["start", "village"]
    by_status = {
        EntitlementStatus.LIVE: ["stop", "suspend", "rate", "arrears", "clawback", "one_off"],
        EntitlementStatus.SUSPENDED: ["resume", "stop", "rate", "clawback"],
        EntitlementStatus.ENDED: ["resume", "clawback", "one_off"],
    }
    return [*by_status[entitlement.status], "village", "start"]
