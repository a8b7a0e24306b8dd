"""The words for runs, lines, differences and problems."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from portal.formats import money, register_labels
from portal.payouts.calendar import Step
from portal.payouts.difference import Item
from portal.payouts.models import LeftOutReason, Line, Outcome, RunState
from portal.payouts.problems import Kind
from portal.payouts.queries import Show
from portal.recipients.models import MethodKind
from portal.vietnam.banks import by_bin

RUN_STATES = {
    RunState.DRAFT: _l("Being drawn up"),
    RunState.PREPARED: _l("Prepared, waits for approval"),
    RunState.APPROVED: _l("Approved"),
    RunState.SENT: _l("Sent to the bank"),
    RunState.RECONCILED: _l("Reconciled"),
    RunState.SETTLED: _l("Settled"),
}
TAGS = {
    RunState.DRAFT: "",
    RunState.PREPARED: "now",
    RunState.APPROVED: "ok",
    RunState.SENT: "ok",
    RunState.RECONCILED: "ok",
    RunState.SETTLED: "ok",
}
OUTCOMES = {
    Outcome.PENDING: _l("Not paid yet"),
    Outcome.PAID: _l("Paid"),
    Outcome.UNCOLLECTED: _l("Not collected"),
    Outcome.RETURNED: _l("Sent back"),
}
OUTCOME_TAGS = {Outcome.PENDING: "", Outcome.PAID: "ok", Outcome.UNCOLLECTED: "warn", Outcome.RETURNED: "warn"}
ITEMS = {
    Item.NEW: _l("Newly entitled"),
    Item.RESUMED: _l("Paid again after a break"),
    Item.ARREARS_NEW: _l("Arrears and one-off allowances of those who are new"),
    Item.ARREARS: _l("Arrears and one-off allowances"),
    Item.CARRIED: _l("Not received before, carried over"),
    Item.CLAWBACK_GONE: _l("Clawback of %(month)s that has ended"),
    Item.DIED: _l("Died"),
    Item.MOVED: _l("Moved away"),
    Item.ENDED: _l("Entitlement ended"),
    Item.SUSPENDED: _l("Suspended"),
    Item.LEFT_OUT: _l("Not on this list"),
    Item.ONCE_GONE: _l("One-time amounts of %(month)s that are gone"),
    Item.CLAWBACK: _l("Clawback"),
    Item.AMOUNT: _l("Change of the monthly amount"),
}
LEFT_OUT = {
    LeftOutReason.NO_METHOD: _l("No confirmed payment method"),
    LeftOutReason.SUSPENDED: _l("Suspended"),
    LeftOutReason.NOT_LIVE: _l("Died, moved away or ended"),
    LeftOutReason.AUTHORIZATION_ENDED: _l("The authorization of the account's owner has ended"),
    LeftOutReason.NOTHING_DUE: _l("The clawback takes the whole amount"),
}
PROBLEMS = {
    Kind.EMPTY: _l("Nobody is on this list"),
    Kind.DOES_NOT_TIE: _l("The comparison with last month does not tie"),
    Kind.RECEIVED_AFTER_ALL: _l("Carries money that was received meanwhile"),
    Kind.OUT_OF_DATE: _l("The register has changed since the list was drawn up"),
    Kind.SHARED_ACCOUNT: _l("Several people share one account number"),
    Kind.SAME_IDENTITY: _l("Several people have the same identity number"),
    Kind.PAPER_ENDS: _l("Authorization ends within 30 days"),
    Kind.OTHER_AMOUNT: _l("Amount differs from coefficient × base rate"),
    Kind.SEVERAL_RATES: _l("Has a higher benefit beside this one"),
    Kind.LEFT_OUT: _l("Not on this list"),
}
HELP = {
    Kind.EMPTY: _l("Confirm payment methods first, then draw up the list again."),
    Kind.DOES_NOT_TIE: _l("Draw up the list again from the register; if it remains, call the province."),
    Kind.RECEIVED_AFTER_ALL: _l("It would be paid twice: return the list and draw it up again."),
    Kind.OUT_OF_DATE: _l("Draw up the list again, so that it says what the register says."),
    Kind.SHARED_ACCOUNT: _l("Check that each of them wants to be paid there."),
    Kind.SAME_IDENTITY: _l("One of the two numbers is wrong, or one person is paid twice."),
    Kind.PAPER_ENDS: _l("This month can still be paid; a new paper is needed."),
    Kind.OTHER_AMOUNT: _l("Compare with the decision of these people."),
    Kind.SEVERAL_RATES: _l("Only the highest may be paid: stop the lower one, or say what category it is."),
    Kind.LEFT_OUT: _l("They are not lost: once it is mended they get on a supplementary list."),
}
SHOWN = {
    Show.ALL: _l("All lines"),
    Show.CHANGED: _l("Only lines with changes"),
    Show.NOT_PAID: _l("Only lines not paid"),
    Show.SHARED_ACCOUNT: PROBLEMS[Kind.SHARED_ACCOUNT],
    Show.SAME_IDENTITY: PROBLEMS[Kind.SAME_IDENTITY],
    Show.PAPER_ENDS: PROBLEMS[Kind.PAPER_ENDS],
    Show.OTHER_AMOUNT: PROBLEMS[Kind.OTHER_AMOUNT],
    Show.SEVERAL_RATES: PROBLEMS[Kind.SEVERAL_RATES],
    Show.OUT_OF_DATE: PROBLEMS[Kind.OUT_OF_DATE],
}
CHANNELS = {
    MethodKind.BANK_ACCOUNT: _l("Account"),
    MethodKind.REPRESENTATIVE_ACCOUNT: _l("Account of the representative"),
    MethodKind.WALLET: _l("Electronic wallet"),
    MethodKind.CASH_POINT: _l("Cash at the payout point"),
    MethodKind.HOME_VISIT: _l("At home"),
}
STEPS = {
    Step.FUNDS: _l("List and funds of month %(month)s"),
    Step.PAID: _l("Everybody paid for month %(month)s"),
}
register_labels(
    {
        RunState: RUN_STATES,
        Outcome: OUTCOMES,
        Item: ITEMS,
        LeftOutReason: LEFT_OUT,
        Kind: PROBLEMS,
        Show: SHOWN,
        Step: STEPS,
    }
)


def provider(line: Line) -> str:
    """The bank or wallet of a line, by the name that people use; an unknown one by its number."""
    bank = by_bin(line.provider_bin) if line.provider_bin else None
    return bank.short if bank else line.provider_bin or ""


def changes(row: Any) -> list[str]:
    """What differs from last month in a row of `queries.lines`; empty when nothing does."""
    line, amount, channel, account, paid_earlier = row
    said = []
    if not line.amount_month:
        said += [gettext("no longer paid each month")] if amount else []
    elif not amount:
        said.append(str(ITEMS[Item.RESUMED] if paid_earlier else ITEMS[Item.NEW]))
    elif line.amount_month > amount:
        said.append(gettext("%(money)s more each month", money=money(line.amount_month - amount)))
    elif line.amount_month < amount:
        said.append(gettext("%(money)s less each month", money=money(amount - line.amount_month)))
    if line.amount_arrears:
        said.append(gettext("arrears or one-off %(money)s", money=money(line.amount_arrears)))
    if line.amount_carried:
        said.append(gettext("%(money)s not received before", money=money(line.amount_carried)))
    if line.amount_clawback:
        said.append(gettext("clawback %(money)s", money=money(line.amount_clawback)))
    if channel and channel != line.channel:
        said.append(gettext("before: %(channel)s", channel=CHANNELS[channel]))
    elif channel and account != line.account_number:
        said.append(gettext("another account number"))
    return said
