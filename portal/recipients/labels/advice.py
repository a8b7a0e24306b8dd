"""What to do about each thing that is doubtful in a list, or that keeps a row from being applied."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

_TYPE_IT = _l("Type it on this row, or correct the file and load it again.")
_COMPARE = _l("Compare it with the paper; correct it on this row if it is wrong.")
_CONFIRM = _l("Compare it with the paper and save the row: then it no longer counts as a guess.")
_ONE_OF_THEM = _l("Keep one of the rows, give the other its own code or set it aside.")
_ASK_ACCOUNT = _l("Ask for the account number; until then the person is paid in cash.")
_NOTHING = _l("Nothing has to be done.")
_COLUMNS = _l("Look at the columns below and correct them if they were understood wrongly.")
_SUMS = _l("Look for a row that is missing or stands twice in this part of the file.")
_FILE = _l("If this is not the list that you meant, correct the file and load it again.")
_POLICE = _l("The police look it up; the person is on their list.")

PROBLEM_ADVICE: dict[str, LazyString] = {
    "account_format": _ASK_ACCOUNT,
    "account_scientific": _ASK_ACCOUNT,
    "account_was_number": _l("Compare the account number with the card or the bank's list."),
    "account_zero_restored": _CONFIRM,
    "account_of_representative": _l("Nothing has to be done when the account is theirs."),
    "account_zeros_guessed": _l("Compare the account number with the card or the bank's list."),
    "agribank_not_13_digits": _l("Compare the account number with the card or the bank's list."),
    "amount_missing": _TYPE_IT,
    "amount_of_one_month": _COLUMNS,
    "amount_off_rate": _l("Compare the amount with the decision; the list's amount is taken."),
    "bank_unknown": _l("Write the bank's usual name in the file; until then the person is paid in cash."),
    "birth_guessed": _CONFIRM,
    "birth_missing": _l("Type it on this row when it is known; a year is enough."),
    "birth_unreadable": _l("Type the day, the month and year, or only the year on this row."),
    "carried_down": _COLUMNS,
    "code_missing": _l("Nothing has to be done; with a code the person is found more surely."),
    "coefficient_unreadable": _TYPE_IT,
    "duplicate_code": _ONE_OF_THEM,
    "duplicate_id": _l("Look which of the people the number belongs to, and correct the other one."),
    "duplicate_old_id": _l("Look which of the people the number belongs to, and correct the other one."),
    "duplicate_person": _ONE_OF_THEM,
    "headings_missing": _COLUMNS,
    "hidden_columns": _COLUMNS,
    "hidden_sheet": _FILE,
    "id_birth_year_differs": _COMPARE,
    "id_missing": _POLICE,
    "id_place_unknown": _COMPARE,
    "id_sex_differs": _COMPARE,
    "id_unreadable": _l("Type the 12 digits of the card on this row; without them the person is paid all the same."),
    "id_wrong_length": _l("Type the 12 digits of the card on this row; without them the person is paid all the same."),
    "id_zero_restored": _CONFIRM,
    "legacy_encoding": _l("Read some names; if they are wrong, save the file with Unicode letters and load it again."),
    "money_guessed": _CONFIRM,
    "money_in_thousands": _l("Compare one amount with its decision."),
    "money_small": _l("If they are thousands, write them out in the file and load it again."),
    "money_unreadable": _TYPE_IT,
    "line_joined": _COMPARE,
    "name_guessed": _CONFIRM,
    "name_has_digits": _COMPARE,
    "name_missing": _TYPE_IT,
    "old_id_zero_restored": _CONFIRM,
    "one_representative": _l("Look whether each of them has an authorization."),
    "other_sheets": _l("To read another sheet, keep only that sheet in the file and load it again."),
    "phone_unreadable": _l("Ask for the number; the list is applied without it."),
    "same_name_and_birth": _l("Look whether they are two people; if not, set one of the rows aside."),
    "sex_two_columns": _COMPARE,
    "sex_unreadable": _COMPARE,
    "sheets_joined": _NOTHING,
    "subtotal_mismatch": _SUMS,
    "total_mismatch": _SUMS,
    "total_not_sum": _COMPARE,
    "two_rates": _l("Look which rate is due, and set the other row aside."),
    "two_rates_allowed": _NOTHING,
}

# Why a row is not applied although its cells can be read: the difference that says so.
REFUSAL_ADVICE: dict[str, LazyString] = {
    "recipient_status": _l(
        "The register says that this person has died or moved away. If that is wrong, correct the person; if not, set the row aside."
    ),
    "registered": _l(
        "The register pays nobody of this code or name. Correct the code on this row, or apply the list on which the person begins first."
    ),
    "status": _l(
        "The register does not pay this person any more. Load the list by which they are paid again first, or set the row aside."
    ),
}

# Why a row of an applied list is left over (`queries.KINDS`).
LEFT_OVER_KINDS: dict[str, LazyString] = {
    "likely": _l("Probably known"),
    "name": _l("No name"),
    "amount": _l("No amount"),
    "twice": _l("Stands twice in the list"),
    "gone": _l("Died, moved or ended in the register"),
    "nobody": _l("Nobody of this name in the register"),
}


def advice_words(problem: Mapping[str, Any]) -> str:
    """What to do about a problem."""
    return str(PROBLEM_ADVICE[problem["code"]])
