"""Forms of the register."""

from portal.recipients.forms.people import PeopleForm
from portal.recipients.forms.rosters import ColumnsForm, MissingForm, RosterForm, months
from portal.recipients.forms.rows import AsideForm, FindForm, RowForm

__all__ = ["AsideForm", "ColumnsForm", "FindForm", "MissingForm", "PeopleForm", "RosterForm", "RowForm", "months"]
