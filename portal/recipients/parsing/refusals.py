"""Why a spreadsheet is not taken as a list."""

from portal.errors import InputError


class NoListFound(InputError):
    """No list of people was found in %(name)s. The list needs a row of headings with the column "Họ và tên" and at least one more; add it and choose the file again."""


class ChangeListFound(InputError):
    """%(name)s is a list of increases, decreases and adjustments, not the list of everyone who is paid. Choose the file under “Changes of the month”."""
