"""Two records of one person: find the other one, say which stays and why."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField

from portal.forms import Form, filled


class FindForm(Form):
    """Posted, because it names somebody; it changes nothing."""

    q = StringField(_l("Name, code or last digits of a number"))


class MergeForm(Form):
    """`one` and `other`: the versions of the two records that were compared."""

    keep = RadioField(_l("Which record stays"), validators=[filled(_l("Choose the record that stays."))])
    reason = StringField(_l("How it is known that they are one person"))
    one = HiddenField()
    other = HiddenField()
