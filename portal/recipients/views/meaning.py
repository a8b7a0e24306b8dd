"""What a change by hand means, in one or two sentences: the month that the law says, and what closed months owe."""

from flask_babel import gettext

from portal.formats import money, month
from portal.recipients.models import Cause, Entitlement
from portal.recipients.queries.adjusting import What
from portal.recipients.services.hand_plans import Plan, Wanted
from portal.vietnam.month import add_months


def meaning(wanted: Wanted, plan: Plan, entitlement: Entitlement | None) -> str:
    """The sentences that are read before a change is saved, and once it is."""
    from_month, last = month(plan.effective), month(add_months(plan.effective, -1))
    said = {
        What.STOP: gettext("Last month paid: %(last)s. Payments stop from %(month)s.", last=last, month=from_month),
        What.SUSPEND: gettext("Last month paid: %(last)s. Suspended from %(month)s.", last=last, month=from_month),
        What.RESUME: gettext("Paid again from %(month)s.", month=from_month),
        What.START: gettext("Paid from %(month)s: %(new)s each month.", month=from_month, new=money(wanted.amount)),
        What.RATE: _rate(wanted, from_month, entitlement),
        What.CLAWBACK: gettext("Taken from %(month)s: %(new)s.", month=month(plan.pays), new=money(wanted.amount)),
    }.get(wanted.what) or gettext("Paid with %(month)s: %(new)s.", month=month(plan.pays), new=money(wanted.amount))
    return " ".join([said, *_consequences(wanted, plan)])


def _rate(wanted: Wanted, from_month: str, entitlement: Entitlement | None) -> str:
    old = money(entitlement.monthly_amount) if entitlement else ""
    if entitlement and wanted.amount == entitlement.monthly_amount:
        return str(gettext("From %(month)s, with the same amount of %(old)s.", month=from_month, old=old))
    new = money(wanted.amount)
    return str(gettext("From %(month)s: %(new)s instead of %(old)s.", month=from_month, new=new, old=old))


def _consequences(wanted: Wanted, plan: Plan) -> list[str]:
    found = []
    if wanted.what == What.STOP and wanted.cause in (Cause.DIED, Cause.MOVED):
        found.append(gettext("Everything else that this person is paid stops with it."))
    if plan.past and plan.owed > 0:
        found.append(
            gettext("Arrears of %(money)s come with %(month)s.", money=money(plan.owed), month=month(plan.pays))
        )
    elif plan.past and plan.owed < 0:
        found.append(gettext("%(money)s were paid too much for months that are approved.", money=money(-plan.owed)))
    return found
