"""Enter or correct a base rate."""

from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField, ValidationError

from portal.forms import Form, filled, text
from portal.recipients.forms.changes import amount_of, day_of


def _is_day(_form: Form, field: Field) -> None:
    if text(field) and day_of(field) is None:
        raise ValidationError(str(_l("“%(value)s” is no day. Write it as 17/11/2026.", value=text(field))))


def _is_amount(_form: Form, field: Field) -> None:
    if text(field) and amount_of(field) is None:
        raise ValidationError(str(_l("“%(value)s” is no amount. Write it as 810000 or 810.000.", value=text(field))))


class RateForm(Form):
    applies_from = StringField(_l("Applies from"), validators=[filled(_l("Write the day it applies from.")), _is_day])
    decided_on = StringField(_l("Decided on"), validators=[filled(_l("Write the day of the decision.")), _is_day])
    amount = StringField(_l("Base rate in đồng"), validators=[filled(_l("Write the base rate.")), _is_amount])
    decision = StringField(_l("Decree or decision"))
