"""Find people."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice

from portal.forms import Form


class PeopleForm(Form):
    """Posted when it names somebody, read from the address otherwise: it changes nothing."""

    class Meta:
        csrf = False

    q = StringField(_l("Name, code or last digits of a number"))
    village = SelectField(_l("Village"), coerce=str)
    programme = SelectField(_l("Programme"), coerce=str)
    category = SelectField(_l("Category"), coerce=str)
    lacks = SelectField(
        _l("Lacks"),
        choices=[
            SelectChoice("", _l("Nothing chosen")),
            SelectChoice("number", _l("No identity number")),
            SelectChoice("phone", _l("No phone")),
            SelectChoice("account", _l("No account")),
        ],
    )
