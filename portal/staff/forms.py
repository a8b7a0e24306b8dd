"""Forms for signing in and for keeping staff."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from portal.access import Role
from portal.forms import Form, filled
from portal.staff.labels import ROLE_LABELS


class SignInForm(Form):
    username = StringField(_l("User name"), [filled(_l("Enter the user name."))])
    password = PasswordField(_l("Password"), [filled(_l("Enter the password."))])


class PasswordForm(Form):
    old = PasswordField(_l("Present password"), [filled(_l("Enter the present password."))])
    new = PasswordField(_l("New password"), [filled(_l("Enter a new password."))])


class StaffForm(Form):
    username = StringField(_l("User name"), [filled(_l("Enter the user name."))])
    full_name = StringField(_l("Full name"), [filled(_l("Enter the full name."))])
    title = StringField(_l("Position"))
    role = SelectField(_l("Role"), choices=[SelectChoice(r.value, ROLE_LABELS[r]) for r in Role], coerce=Role)
    provider_bin = StringField(_l("Bank (BIN, for bank staff)"))
    communes = SelectMultipleField(
        _l("Communes where they work"),
        coerce=int,
        choices=(),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    password = PasswordField(_l("New password"))
    active = BooleanField(_l("May sign in"), default=True)
