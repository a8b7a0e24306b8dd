"""Forms of the review and of the accounts to open."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.forms import Form, filled
from portal.review.labels import RETURN_LABELS
from portal.review.models import ReturnReason

LONGEST = Length(max=1000, message=_l("At most 1,000 characters."))


class CaseForm(Form):
    """`rev`: the version of the case that was read."""

    rev = HiddenField()

    @property
    def read(self) -> int:
        return int(self.rev.data) if (self.rev.data or "").isdigit() else 0


class ReturnForm(CaseForm):
    reasons = SelectMultipleField(
        _l("What is to be done again?"),
        coerce=ReturnReason,
        choices=[SelectChoice(reason.value, label) for reason, label in RETURN_LABELS.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    note = TextAreaField(_l("Message"), [LONGEST])


class RejectForm(CaseForm):
    reason = TextAreaField(_l("Reason for rejecting"), [LONGEST])


class FindForm(CaseForm):
    name = StringField(_l("Name, code or last digits of the identity number"))


class AccountForm(Form):
    """Typed twice, or read from the code in a photo."""

    provider_bin = SelectField(_l("Bank or wallet"))
    account_number = StringField(_l("Account number"))
    account_number_again = StringField(_l("Account number once more"))
    photo = FileField(_l("Photo of the QR code for receiving money"))
    holder_name = StringField(_l("Name on the account"), [filled(_l("Write the name as the bank writes it."))])
    checked = BooleanField(_l("I have checked this with the person: it is right"))
