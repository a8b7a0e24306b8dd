"""Deadlines and orders in words."""

from flask_babel import lazy_gettext as _l

from portal.formats import register_labels
from portal.reports.deadlines import Step
from portal.reports.queries import Sort

STEP_LABELS = {
    Step.LIST: _l("List and money for month %(month)s"),
    Step.PAY: _l("Month %(month)s paid to everyone"),
    Step.REPORT: _l("Report of the bank for month %(month)s"),
}
SORT_LABELS = {Sort.SHARE: _l("by share"), Sort.NAME: _l("by name")}
register_labels({Step: STEP_LABELS, Sort: SORT_LABELS})
