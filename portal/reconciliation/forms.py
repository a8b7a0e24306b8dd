"""Forms: a statement file, a decision about an entry, which month to settle, why it is returned."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.formats import label, month
from portal.forms import Form, filled
from portal.reconciliation.models import Entry, ResolutionKind


class StatementForm(Form):
    file = FileField(_l("Statement file of the bank"), [FileRequired(_l("Choose the statement file."))])


class DecisionForm(Form):
    kind = RadioField(_l("What is this transaction?"), coerce=ResolutionKind)
    line = IntegerField(_l("Payment on the list"), [Optional()])
    reason = StringField(_l("Reason"), [filled(_l("Give the reason in a few words."))])
    back = HiddenField()

    def offer(self, entry: Entry) -> None:
        """Only decisions that fit the direction of the money."""
        kinds = [kind for kind in ResolutionKind if kind != ResolutionKind.FUNDING or entry.amount > 0]
        order = list(kinds[-2:]) + list(kinds[:-2])
        self.kind.choices = [SelectChoice(kind.value, label(kind)) for kind in order]


class SettleForm(Form):
    what = SelectField(_l("Programme and month"))

    def offer(self, found: Any) -> None:
        """`found`: pairs of programme and month that can be settled."""
        self.what.choices = [
            SelectChoice(f"{programme.id}:{first:%Y-%m}", f"{programme.name}, {month(first)}")
            for programme, first in found
        ]


class ReturnSettlementForm(Form):
    reason = StringField(_l("What has to be corrected?"), [filled(_l("Say what has to be corrected."))])
