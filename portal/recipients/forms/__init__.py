"""Forms of the register."""

from portal.recipients.forms.people import PeopleForm
from portal.recipients.forms.rosters import ColumnsForm, MissingForm, RosterForm, months

__all__ = ["ColumnsForm", "MissingForm", "PeopleForm", "RosterForm", "months"]
