"""Forms of the register: load a list, correct its columns, end payments, find people."""

from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.formats import month as month_words
from portal.forms import Form, filled
from portal.vietnam.month import add_months, first_of, parse, today


def months() -> list[SelectChoice]:
    """From two months ahead back over two years, as values of a select."""
    here = first_of(today())
    listed = [add_months(here, -distance) for distance in range(-2, 25)]
    return [SelectChoice(f"{each:%Y-%m}", month_words(each)) for each in listed]


class RosterForm(Form):
    file = FileField(_l("List file"), validators=[filled(_l("Choose the file of the list."))])
    programme = SelectField(_l("Programme"), coerce=int)
    month = SelectField(_l("Month of the list"), validate_choice=False)

    def chosen_month(self) -> date | None:
        return parse(self.month.data or "")


class ColumnsForm(Form):
    """The selects of the columns themselves are named column-0, column-1, ... and are read by the view."""

    month = SelectField(_l("Month of the list"), validate_choice=False)


class MissingForm(Form):
    reason = TextAreaField(_l("Reason"))


class PeopleForm(Form):
    """Posted when it names somebody, read from the address otherwise: it changes nothing."""

    class Meta:
        csrf = False

    q = StringField(_l("Name, code or last digits of a number"))
    village = SelectField(_l("Village"), coerce=str)
    programme = SelectField(_l("Programme"), coerce=str)
    lacks = SelectField(
        _l("Lacks"),
        choices=[
            SelectChoice("", _l("Nothing chosen")),
            SelectChoice("number", _l("No identity number")),
            SelectChoice("phone", _l("No phone")),
            SelectChoice("account", _l("No account")),
        ],
    )
