"""Words for problems, rules, decisions and parts of a settlement, and how a page names a statement."""

import re
from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from portal.formats import dong, mask_account, register_labels
from portal.payouts.models import Line
from portal.reconciliation.models import (
    Entry,
    EntryProblem,
    EntryState,
    MatchRule,
    ResolutionKind,
    SettlementState,
    Statement,
)
from portal.reconciliation.queries import Suggestion

register_labels(
    {
        EntryProblem: {
            EntryProblem.WRONG_AMOUNT: _l("Wrong amount"),
            EntryProblem.PAID_TWICE: _l("Paid twice"),
            EntryProblem.OTHER_ACCOUNT: _l("Another account"),
            EntryProblem.UNKNOWN_REFERENCE: _l("Unknown reference"),
            EntryProblem.RETURN_WITHOUT_ORIGIN: _l("Return of unclear origin"),
            EntryProblem.AMBIGUOUS: _l("Several possibilities"),
            EntryProblem.AFTER_SETTLEMENT: _l("After the settlement"),
            EntryProblem.FOREIGN: _l("Not an assistance payment"),
        },
        EntryState: {
            EntryState.OPEN: _l("To be decided"),
            EntryState.MATCHED: _l("Matched by rule"),
            EntryState.RESOLVED: _l("Decided by a person"),
        },
        MatchRule: {
            MatchRule.REFERENCE: _l("By the commune's reference"),
            MatchRule.ACCOUNT_AMOUNT: _l("Account and amount"),
            MatchRule.NAME_AMOUNT: _l("Name and amount"),
            MatchRule.BY_HAND: _l("Matched by a person"),
        },
        ResolutionKind: {
            ResolutionKind.MATCH_TO_LINE: _l("It belongs to a payment on the list"),
            ResolutionKind.RECOVER: _l("Wrong or double: to be claimed back"),
            ResolutionKind.FUNDING: _l("Money from the State Treasury"),
            ResolutionKind.BANK_FEE: _l("Fee or interest of the bank"),
            ResolutionKind.NOT_OURS: _l("Not an assistance payment"),
        },
        SettlementState: {
            SettlementState.DRAFT: _l("Being drawn up"),
            SettlementState.PREPARED: _l("Prepared, waits for approval"),
            SettlementState.APPROVED: _l("Settled"),
        },
    }
)

PROBLEM_TAGS = dict.fromkeys(EntryProblem, "warn") | {
    EntryProblem.WRONG_AMOUNT: "bad",
    EntryProblem.PAID_TWICE: "bad",
    EntryProblem.OTHER_ACCOUNT: "bad",
    EntryProblem.FOREIGN: "",
}
SETTLEMENT_TAGS = {SettlementState.DRAFT: "", SettlementState.PREPARED: "now", SettlementState.APPROVED: "ok"}
BANKS = {"agribank-xlsx": "Agribank", "vietcombank-xlsx": "Vietcombank"}
PARTS = {
    "account": _l("Paid to an account"),
    "cash": _l("Paid in cash at a point"),
    "home": _l("Paid at home"),
    "exception": _l("In question: wrong amount, paid twice or another account"),
    "returned": _l("Returned by the bank"),
    "uncollected": _l("Not collected"),
    "unpaid": _l("Not paid"),
}


def bank(statement: Statement) -> str:
    """The bank that a file's form gives away; empty for forms that several banks use."""
    return BANKS.get(statement.format, "")


def days(first: date, last: date) -> str:
    """01–15/11/2026, or both days in full when the months differ."""
    if first == last:
        return f"{last:%d/%m/%Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%d}–{last:%d/%m/%Y}"
    return f"{first:%d/%m/%Y}–{last:%d/%m/%Y}"


def short_memo(entry: Entry) -> str:
    """The memo for a list: short, account numbers masked."""
    memo = re.sub(r"[0-9]{9,19}", lambda number: mask_account(number[0]), entry.memo)
    return memo if len(memo) <= 60 else f"{memo[:59].rstrip()}…"


def advice(found: Suggestion) -> str:
    """A sentence on what an open entry probably is; it proposes, a person decides."""
    entry, line = found.entry, found.line
    if found.kind == ResolutionKind.FUNDING:
        return str(gettext("Money from the State Treasury for the payments"))
    if found.kind == ResolutionKind.BANK_FEE:
        return str(gettext("Fee or interest of the bank, not part of the settlement"))
    if line is None:
        return _without_line(entry)
    return _about(entry, line)


def _without_line(entry: Entry) -> str:
    words = {
        EntryProblem.UNKNOWN_REFERENCE: gettext("No approved list has this reference"),
        EntryProblem.RETURN_WITHOUT_ORIGIN: gettext("No payment of this amount and account was booked before"),
        EntryProblem.AMBIGUOUS: gettext("Several payments fit: choose the right one"),
        EntryProblem.PAID_TWICE: gettext("The payments of this account and amount are all made already"),
    }
    return words.get(entry.problem, gettext("Not on any list: say what it is")) if entry.problem else ""


def _about(entry: Entry, line: Line) -> str:
    difference = abs(entry.amount) - line.amount_total
    if entry.problem == EntryProblem.WRONG_AMOUNT:
        values = {"approved": dong(line.amount_total), "difference": dong(abs(difference))}
        if difference < 0:
            return str(gettext("The list says %(approved)s; %(difference)s too little", **values))
        return str(gettext("The list says %(approved)s; %(difference)s too much", **values))
    words = {
        EntryProblem.PAID_TWICE: gettext("Another transaction has paid this already"),
        EntryProblem.OTHER_ACCOUNT: gettext("The list names another account"),
        EntryProblem.RETURN_WITHOUT_ORIGIN: gettext("The payment itself is not on a statement yet"),
        EntryProblem.AMBIGUOUS: gettext("Paid twice, and one of them came back: say which"),
        EntryProblem.AFTER_SETTLEMENT: gettext("The month of this payment is settled or carried to a later list"),
    }
    return words.get(entry.problem, "") if entry.problem else ""
