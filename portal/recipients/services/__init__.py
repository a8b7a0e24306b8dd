"""Lists received, compared with the register, applied to it; people who are no longer on them."""

from portal.recipients.services.applying import apply_roster
from portal.recipients.services.columns import correct
from portal.recipients.services.comparing import compare, compare_row
from portal.recipients.services.ending import end_missing
from portal.recipients.services.likeness import answer, answer_all, take_back
from portal.recipients.services.receiving import clear_copy, discard, read_rows, receive, take_in
from portal.recipients.services.refusals import (
    AlreadyApplied,
    AlreadySolved,
    CannotBeApplied,
    ChangedSincePreview,
    NoSuchLikeness,
    NotAList,
    NothingChosen,
    ReasonMissing,
)
from portal.recipients.services.solving import mend, set_aside, solve, take_up

__all__ = [
    "AlreadyApplied",
    "AlreadySolved",
    "CannotBeApplied",
    "ChangedSincePreview",
    "NoSuchLikeness",
    "NotAList",
    "NothingChosen",
    "ReasonMissing",
    "answer",
    "answer_all",
    "apply_roster",
    "clear_copy",
    "compare",
    "compare_row",
    "correct",
    "discard",
    "end_missing",
    "mend",
    "read_rows",
    "receive",
    "set_aside",
    "solve",
    "take_back",
    "take_in",
    "take_up",
]
