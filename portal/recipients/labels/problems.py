"""Sentences for what is doubtful in a list."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.formats import dong

# Code of a problem to its sentence; the problem's `detail` fills the placeholders, its cell stands before it.
ROSTER_PROBLEMS: dict[str, LazyString] = {
    "account_format": _l("%(value)s cannot be an account number."),
    "account_scientific": _l("Excel destroyed the account number: only %(value)s is left. Ask for the number again."),
    "account_was_number": _l("The account number was a number, not text: a zero at its start may be missing."),
    "account_zero_restored": _l("The wallet's phone number had lost its zero: %(value)s was read as %(read)s."),
    "account_zeros_guessed": _l(
        "The other accounts of %(bank)s in this list begin with 0 and are longer: %(value)s was read as %(read)s."
    ),
    "agribank_not_13_digits": _l("Account numbers of Agribank have 13 digits; this one is %(value)s."),
    "amount_missing": _l("There is no amount."),
    "bank_unknown": _l("The bank “%(value)s” is not known."),
    "birth_guessed": _l("The birth date %(value)s was read as %(read)s."),
    "birth_missing": _l("There is no birth date."),
    "birth_unreadable": _l("“%(value)s” is not a birth date."),
    "coefficient_unreadable": _l("“%(value)s” is not a coefficient."),
    "duplicate_code": _l("The same code stands in %(others)s."),
    "duplicate_id": _l("The same identity number stands in %(others)s."),
    "duplicate_old_id": _l("The same old identity card number stands in %(others)s."),
    "hidden_columns": _l("The sheet has hidden columns, which were read too: %(columns)s."),
    "hidden_sheet": _l("The list was found in the hidden sheet %(sheet)s."),
    "id_birth_year_differs": _l("The identity number says %(number_year)s, the list says born in %(list_year)s."),
    "id_missing": _l("There is no identity number."),
    "id_place_unknown": _l("No province has the code %(value)s with which the identity number begins."),
    "id_sex_differs": _l("The sex does not agree with the identity number."),
    "id_unreadable": _l("“%(value)s” is not an identity number."),
    "id_wrong_length": _l("The identity number has %(digits)s digits instead of 12: %(value)s."),
    "id_zero_restored": _l("The identity number had lost its zero: %(value)s was read as %(read)s."),
    "legacy_encoding": _l("The list was typed in an old font (%(encoding)s) and was turned into Unicode."),
    "money_guessed": _l("The amount %(value)s was read as %(read)s đồng."),
    "money_unreadable": _l("“%(value)s” is not an amount."),
    "name_has_digits": _l("The name “%(value)s” has digits in it."),
    "line_joined": _l("The line below, “%(value)s”, was read as part of this row."),
    "name_guessed": _l("The name “%(value)s” was read as %(read)s, without the word of address before it."),
    "name_missing": _l("There is no name."),
    "old_id_zero_restored": _l("The old identity card number had lost its zero: %(value)s was read as %(read)s."),
    "other_sheets": _l("The list was read from sheet %(sheet)s; other sheets hold lists too: %(others)s."),
    "phone_unreadable": _l("“%(value)s” is not a phone number."),
    "same_name_and_birth": _l("Someone with the same name, birth year and village stands in %(others)s."),
    "sex_two_columns": _l("Both the column for men and the one for women are filled."),
    "sex_unreadable": _l("“%(value)s” is neither Nam nor Nữ."),
    "subtotal_mismatch": _l("Subtotal of %(label)s: the file says %(stated)s, the rows make %(computed)s."),
    "total_mismatch": _l("Total: the file says %(stated)s, the rows make %(computed)s."),
    "total_not_sum": _l("The row's total is %(stated)s, its parts make %(computed)s."),
}

# Found when a list is stored, on top of what reading finds.
ROSTER_PROBLEMS |= {
    "code_missing": _l("There is no code of the recipient: the person is found by name, birth date and village."),
    "amount_off_rate": _l("The list says %(stated)s; base rate times coefficient make %(computed)s."),
    "account_of_representative": _l("%(name)s receives for this person: the account is taken for theirs."),
}

# How the columns of a list were understood.
ROSTER_PROBLEMS |= {
    "amount_of_one_month": _l("The list has amounts of several months; those of “%(column)s” were taken."),
    "headings_missing": _l(
        "The list has no row of headings; its columns were recognised by what stands in them. Compare them with the list."
    ),
    "carried_down": _l("Empty cells of the column “%(column)s” were read as the filled one above them."),
    "sheets_joined": _l("The list was put together from %(count)s sheets: %(sheets)s."),
    "money_in_thousands": _l("The list gives amounts in thousands of đồng; they were multiplied by 1,000."),
    "money_small": _l(
        "Amounts like %(value)s are very small and the list does not say that they are thousands of đồng: they were left as they are."
    ),
}

# What only the whole list tells.
ROSTER_PROBLEMS |= {
    "duplicate_person": _l("The same person without a code stands in %(others)s too: only one of the rows may stay."),
    "two_rates": _l(
        "The same identity number stands in %(others)s under another category (%(categories)s): only the higher rate may be paid."
    ),
    "two_rates_allowed": _l(
        "The same identity number stands in %(others)s under another category (%(categories)s): a poor lone parent is paid both."
    ),
    "one_representative": _l("%(name)s receives for %(people)s people of this list."),
}

_WITH_AMOUNTS = {"amount_off_rate", "money_guessed", "subtotal_mismatch", "total_mismatch", "total_not_sum"}


def problem_words(problem: Mapping[str, Any]) -> str:
    """`F726: số định danh có 11 chữ số`: the cell and the sentence; amounts as on pages, a name as in the file."""
    amounts = problem["code"] in _WITH_AMOUNTS
    detail = {
        name: dong(value) if amounts and isinstance(value, int) else value for name, value in problem["detail"].items()
    }
    return str(ROSTER_PROBLEMS[problem["code"]]) % detail
