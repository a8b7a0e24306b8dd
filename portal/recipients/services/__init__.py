"""Lists received, compared with the register, applied to it; people who are no longer on them."""

from portal.recipients.services.applying import apply_roster
from portal.recipients.services.columns import correct
from portal.recipients.services.comparing import compare, compare_span
from portal.recipients.services.ending import end_missing
from portal.recipients.services.likeness import answer, answer_all, answered_rows, sure_pairs, take_back
from portal.recipients.services.receiving import clear_copy, discard, read_rows, receive, take_in
from portal.recipients.services.refusals import (
    AlreadyApplied,
    AlreadySolved,
    AsideWithoutReason,
    CannotBeApplied,
    ChangedSincePreview,
    NoSuchLikeness,
    NotAList,
    NothingChosen,
    ReasonMissing,
)
from portal.recipients.services.solving import (
    confirm_guesses,
    is_open,
    mend,
    say,
    say_all,
    set_aside,
    solve,
    solve_answered,
    take_up,
    unsay,
)

__all__ = [
    "AlreadyApplied",
    "AlreadySolved",
    "AsideWithoutReason",
    "CannotBeApplied",
    "ChangedSincePreview",
    "NoSuchLikeness",
    "NotAList",
    "NothingChosen",
    "ReasonMissing",
    "answer",
    "answer_all",
    "answered_rows",
    "apply_roster",
    "clear_copy",
    "compare",
    "compare_span",
    "confirm_guesses",
    "correct",
    "discard",
    "end_missing",
    "is_open",
    "mend",
    "read_rows",
    "receive",
    "say",
    "say_all",
    "set_aside",
    "solve",
    "solve_answered",
    "sure_pairs",
    "take_back",
    "take_in",
    "take_up",
    "unsay",
]
