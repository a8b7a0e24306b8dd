"""What a new base rate means for everybody of a commune, to take away: for the decision and for the funds."""

from collections.abc import Iterator

from flask_babel import gettext

from portal.areas.models import Commune
from portal.formats import label, money
from portal.formats import month as month_words
from portal.recipients.export import XLSX
from portal.recipients.queries.raises import Part, Raise
from portal.recipients.queries.rates import people_of
from portal.spreadsheets import Column, write_table
from portal.spreadsheets.writing import Written

__all__ = ["XLSX", "workbook"]


def workbook(commune: Commune, raised: Raise) -> bytes:
    """One row for each entitlement, part by part; đồng as numbers."""
    columns = [
        Column(gettext("Code")),
        Column(gettext("Full name"), width=28),
        Column(gettext("Coefficient"), "decimal", 10),
        Column(gettext("Amount so far"), "integer", 16),
        Column(gettext("New amount"), "integer", 16),
        Column(gettext("Months owed"), "integer", 10),
        Column(gettext("From month"), width=12),
        Column(gettext("To month"), width=12),
        Column(gettext("Arrears"), "integer", 16),
        Column(gettext("Arrears are paid"), width=14),
        Column(gettext("What happens"), width=44),
    ]
    rate = raised.rate
    title = (
        gettext("New base rate of %(amount)s, %(commune)s", amount=money(rate.amount), commune=commune.name),
        gettext("%(decision)s, paid from month %(month)s", decision=rate.decision, month=month_words(raised.month)),
    )
    return write_table(_rows(raised), columns, sheet=gettext("New base rate"), title=title)


def _rows(raised: Raise) -> Iterator[list[Written]]:
    for part in Part:
        for row in people_of(raised, part, limit=None)[0]:
            yield [
                row.code,
                row.name,
                None if row.coefficient is None else row.coefficient / 100,
                row.before,
                row.after,
                row.months or None,
                month_words(row.from_month),
                month_words(row.to_month),
                row.owed or None,
                gettext("yes") if row.pays else "",
                label(part),
            ]
