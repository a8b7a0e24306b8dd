"""Words for the register: what is doubtful in a list, its fields, states, and how values are shown."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.formats import day, dong, label, mask_account, mask_id, mask_phone, money, month, register_labels
from portal.recipients.models import (
    BirthPrecision,
    Cause,
    ChangeKind,
    EntitlementStatus,
    MethodKind,
    MethodStatus,
    RecipientStatus,
    RepresentativeKind,
    RepresentativeStatus,
    RosterKind,
    RosterState,
    Section,
    Sex,
    Verdict,
)

# Code of a problem to its sentence; the problem's `detail` fills the placeholders, its cell stands before it.
ROSTER_PROBLEMS: dict[str, LazyString] = {
    "account_format": _l("%(value)s cannot be an account number."),
    "account_scientific": _l("Excel destroyed the account number: only %(value)s is left. Ask for the number again."),
    "account_was_number": _l("The account number was a number, not text: a zero at its start may be missing."),
    "account_zero_restored": _l("The wallet's phone number had lost its zero: %(value)s was read as %(read)s."),
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
FIELD_LABELS: dict[str, LazyString] = {
    "code": _l("Code"),
    "full_name": _l("Full name"),
    "birth_male": _l("Born (men)"),
    "birth_female": _l("Born (women)"),
    "birth_date": _l("Birth date"),
    "birth_precision": _l("Birth date is exact to"),
    "sex": _l("Sex"),
    "citizen_id": _l("Identity number"),
    "old_id": _l("Old identity card number"),
    "village": _l("Village"),
    "address": _l("Address"),
    "category": _l("Category"),
    "coefficient": _l("Coefficient"),
    "coefficient_hundredths": _l("Coefficient"),
    "decision_no": _l("Decision"),
    "amount": _l("Amount of the month"),
    "monthly_amount": _l("Amount of the month"),
    "allowance": _l("Allowance"),
    "arrears": _l("Arrears"),
    "total": _l("Total"),
    "status": _l("State"),
    "recipient_status": _l("State"),
    "account_number": _l("Account"),
    "account_holder": _l("Account holder"),
    "bank": _l("Bank"),
    "representative": _l("Representative"),
    "representative_relation": _l("Representative's relation"),
    "representative_id": _l("Representative's identity number"),
    "representative_phone": _l("Representative's phone"),
    "phone": _l("Phone"),
    "note": _l("Note"),
    "category_text": _l("Category"),
    "first_month": _l("First month"),
    "last_month": _l("Last month"),
}
STATE_KINDS = {
    RosterState.READING: "held",
    RosterState.PREVIEWED: "now",
    RosterState.APPLIED: "ok",
    RosterState.DISCARDED: "",
}
VERDICT_KINDS = {
    Verdict.NEW: "now",
    Verdict.CHANGED: "held",
    Verdict.UNCHANGED: "",
    Verdict.ENDS: "held",
    Verdict.LIKELY: "warn",
    Verdict.REFUSED: "bad",
}
register_labels(
    {
        RosterKind: {RosterKind.ROSTER: _l("Monthly list"), RosterKind.CHANGES: _l("List of changes")},
        RosterState: {
            RosterState.READING: _l("Being read"),
            RosterState.PREVIEWED: _l("Read, not applied"),
            RosterState.APPLIED: _l("Applied"),
            RosterState.DISCARDED: _l("Discarded"),
        },
        Verdict: {
            Verdict.NEW: _l("New"),
            Verdict.CHANGED: _l("Changed"),
            Verdict.UNCHANGED: _l("Unchanged"),
            Verdict.ENDS: _l("Ends"),
            Verdict.LIKELY: _l("Probably known"),
            Verdict.REFUSED: _l("Not applied"),
        },
        Section: {
            Section.INCREASE: _l("Increase"),
            Section.DECREASE: _l("Decrease"),
            Section.ADJUSTMENT: _l("Adjustment"),
        },
        Cause: {
            Cause.DIED: _l("Died"),
            Cause.MOVED: _l("Moved away"),
            Cause.NOT_ENTITLED: _l("No longer entitled"),
            Cause.REFUSED: _l("Does not want it any more"),
            Cause.HIGHER_RATE: _l("Paid at a higher rate elsewhere"),
            Cause.NOT_COLLECTED: _l("Not collected for three months"),
            Cause.NOT_REASSESSED: _l("Did not come to be assessed again"),
            Cause.DETAINED: _l("Detained for a month or longer"),
            Cause.NOT_LISTED: _l("Not on the month's list"),
            Cause.OTHER: _l("Another reason"),
        },
        ChangeKind: {
            ChangeKind.START: _l("Begins"),
            ChangeKind.STOP: _l("Ends"),
            ChangeKind.SUSPEND: _l("Suspended"),
            ChangeKind.RESUME: _l("Paid again"),
            ChangeKind.AMOUNT: _l("Amount changed"),
            ChangeKind.DETAILS: _l("Details changed"),
        },
        EntitlementStatus: {
            EntitlementStatus.LIVE: _l("Being paid"),
            EntitlementStatus.SUSPENDED: _l("Suspended"),
            EntitlementStatus.ENDED: _l("Ended"),
        },
        RecipientStatus: {
            RecipientStatus.LIVE: _l("In the register"),
            RecipientStatus.DIED: _l("Died"),
            RecipientStatus.MOVED: _l("Moved away"),
            RecipientStatus.ENDED: _l("Ended"),
        },
        Sex: {Sex.MALE: _l("Male"), Sex.FEMALE: _l("Female")},
        MethodKind: {
            MethodKind.BANK_ACCOUNT: _l("Bank account"),
            MethodKind.REPRESENTATIVE_ACCOUNT: _l("Representative's account"),
            MethodKind.WALLET: _l("E-wallet"),
            MethodKind.CASH_POINT: _l("Cash at a payout point"),
            MethodKind.HOME_VISIT: _l("Cash at home"),
        },
        MethodStatus: {
            MethodStatus.PROPOSED: _l("Waiting for review"),
            MethodStatus.TO_OPEN: _l("Waiting for the bank to open it"),
            MethodStatus.READY: _l("In use"),
            MethodStatus.REPLACED: _l("Replaced"),
            MethodStatus.REFUSED: _l("Refused"),
        },
        RepresentativeStatus: {
            RepresentativeStatus.PROPOSED: _l("Waiting for review"),
            RepresentativeStatus.CONFIRMED: _l("Confirmed"),
            RepresentativeStatus.REFUSED: _l("Refused"),
            RepresentativeStatus.ENDED: _l("Ended"),
        },
        RepresentativeKind: {
            RepresentativeKind.GUARDIAN: _l("Guardian"),
            RepresentativeKind.PROXY: _l("Authorized person"),
            RepresentativeKind.LEGAL: _l("Legal representative"),
        },
    }
)


def problem_words(problem: Mapping[str, Any]) -> str:
    """`F726: số định danh có 11 chữ số`: the cell and the sentence; amounts as on pages, a name as in the file."""
    amounts = problem["code"] in _WITH_AMOUNTS
    detail = {
        name: dong(value) if amounts and isinstance(value, int) else value for name, value in problem["detail"].items()
    }
    return str(ROSTER_PROBLEMS[problem["code"]]) % detail


def field_words(field: str) -> str:
    return str(FIELD_LABELS[field.removesuffix("_kept")])


def value_words(field: str, value: Any) -> str:
    """A value of a difference or change as people read it; numbers of people are masked."""
    field = field.removesuffix("_kept")
    if value is None or value == "":
        return "–"
    if field in _READERS:
        return str(_READERS[field](value))
    return str(value)


_PRECISIONS = {
    BirthPrecision.DAY: _l("the day"),
    BirthPrecision.MONTH: _l("the month"),
    BirthPrecision.YEAR: _l("the year"),
}
_WITH_AMOUNTS = {"amount_off_rate", "money_guessed", "subtotal_mismatch", "total_mismatch", "total_not_sum"}
_READERS: dict[str, Callable[[Any], Any]] = {
    "monthly_amount": money,
    "arrears": money,
    "citizen_id": mask_id,
    "old_id": mask_id,
    "account_number": mask_account,
    "phone": mask_phone,
    "birth_date": lambda text: day(date.fromisoformat(text)),
    "first_month": lambda text: month(date.fromisoformat(text)),
    "last_month": lambda text: month(date.fromisoformat(text)),
    "coefficient_hundredths": lambda hundredths: f"{hundredths / 100:g}".replace(".", ","),
    "sex": lambda text: label(Sex(text)),
    "status": lambda text: label(EntitlementStatus(text)),
    "recipient_status": lambda text: label(RecipientStatus(text)),
    "birth_precision": lambda text: _PRECISIONS[BirthPrecision(text)],
}
