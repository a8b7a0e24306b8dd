"""Finds the list of people in whatever spreadsheet an office keeps and reads it with its doubts."""

from portal.recipients.parsing.reading import read_roster
from portal.recipients.parsing.roster import Group, NoListFound, Problem, Roster, RosterRow, Totals, to_json

__all__ = ["Group", "NoListFound", "Problem", "Roster", "RosterRow", "Totals", "read_roster", "to_json"]
