"""End the right of a representative to receive."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portal.forms import Form, text
from portal.recipients.forms.changes import day_of
from portal.recipients.labels.states import ENDING_LABELS
from portal.recipients.representation import BY_HAND


class EndForm(Form):
    on = StringField(_l("From which day on"))
    reason = RadioField(
        _l("Why"), choices=[SelectChoice(each.value, ENDING_LABELS[each]) for each in BY_HAND], validate_choice=False
    )

    def validate_on(self, field: StringField) -> None:
        if day_of(field) is None:
            raise ValidationError(str(_l("“%(value)s” is no day. Write it as 17/11/2026.", value=text(field))))

    def validate_reason(self, field: RadioField) -> None:
        if field.data not in {each.value for each in BY_HAND}:
            raise ValidationError(str(_l("Choose why they receive no more.")))
