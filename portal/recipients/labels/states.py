"""Words for the states and kinds of the register."""

from flask_babel import lazy_gettext as _l

from portal.formats import register_labels
from portal.recipients.models import (
    AdjustmentKind,
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
from portal.recipients.queries.representing import Concern
from portal.recipients.representation import Ending

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
ENDING_LABELS = {
    Ending.REVOKED: _l("The person takes the authorization back"),
    Ending.GAVE_UP: _l("The representative does not want to go on"),
    Ending.GUARDIAN_CHANGED: _l("The commune or a court named another guardian"),
    Ending.ACTS_ALONE: _l("The person now acts alone"),
    Ending.REPRESENTATIVE_DIED: _l("The representative has died"),
    Ending.RECIPIENT_DIED: _l("The recipient has died"),
    Ending.OTHER: _l("Another reason"),
}
register_labels(
    {
        Ending: ENDING_LABELS,
        Concern: {
            Concern.UNPAID: _l("Nothing is paid"),
            Concern.ENDED: _l("The paper has ended"),
            Concern.ENDS_SOON: _l("The paper ends soon"),
        },
        AdjustmentKind: {
            AdjustmentKind.ARREARS: _l("Arrears"),
            AdjustmentKind.CLAWBACK: _l("Clawback"),
            AdjustmentKind.ONE_OFF: _l("One-off allowance"),
        },
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
