"""What is asked on the pages of payment lists."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.forms import Form, filled
from portal.payouts.labels import OUTCOMES
from portal.payouts.models import Outcome
from portal.recipients.models import Programme
from portal.vietnam.month import add_months, first_of, today

MARKS = (Outcome.PAID, Outcome.UNCOLLECTED)


class DrawUpForm(Form):
    """Next month is offered; up to six months back for those who were forgotten."""

    programme = SelectField(_l("Programme"), coerce=int)
    month = SelectField(_l("Month of payment"))

    def offer(self, programmes: list[Programme]) -> None:
        self.programme.choices = [SelectChoice(p.id, p.name) for p in programmes]
        this_month = first_of(today())
        months = [add_months(this_month, step) for step in (1, 0, -1, -2, -3, -4, -5, -6)]
        self.month.choices = [
            SelectChoice(f"{m:%Y-%m}", gettext("month %(month)s", month=f"{m.month}/{m.year}")) for m in months
        ]


class ReturnForm(Form):
    reason = TextAreaField(
        _l("What has to be mended?"), [filled(_l("Say what has to be mended, so that the officer need not guess."))]
    )


class CashForm(Form):
    """`who`: the lines ticked, or all others of the village. Ticks are read from the request by their number."""

    village = HiddenField()
    who = RadioField(
        _l("For whom?"),
        choices=[
            SelectChoice("ticked", _l("Those who are ticked")),
            SelectChoice("others", _l("The whole village, except those ticked")),
        ],
        default="ticked",
    )
    outcome = RadioField(
        _l("What happened?"), choices=[SelectChoice(o.value, OUTCOMES[o]) for o in MARKS], default=MARKS[0].value
    )
    on = DateField(_l("On which day?"), [InputRequired(_l("Give the day, for example 05/12/2026."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted() and not self.on.data:
            self.on.data = today()
