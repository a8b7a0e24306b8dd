"""Load a list, correct its columns, end payments."""

from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField, TextAreaField
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
