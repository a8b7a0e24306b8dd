"""Finds the list of people in whatever spreadsheet an office keeps and reads it with its doubts."""

from portal.recipients.parsing.refusals import ChangeListFound, NoListFound
from portal.recipients.parsing.roster import Group, Problem, Roster, RosterRow, Totals, to_json
from portal.recipients.parsing.stored import STORED, TOLD_OF_CHANGES, json_text
from portal.recipients.parsing.streaming import Head, Late, RosterStream, Tail, open_roster, read_roster

__all__ = [
    "STORED",
    "TOLD_OF_CHANGES",
    "ChangeListFound",
    "Group",
    "Head",
    "Late",
    "NoListFound",
    "Problem",
    "Roster",
    "RosterRow",
    "RosterStream",
    "Tail",
    "Totals",
    "json_text",
    "open_roster",
    "read_roster",
    "to_json",
]
