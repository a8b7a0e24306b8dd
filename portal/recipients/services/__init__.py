"""Lists received, compared with the register, applied to it; people who are no longer on them."""

from portal.recipients.services.applying import apply_roster
from portal.recipients.services.columns import correct
from portal.recipients.services.comparing import compare
from portal.recipients.services.ending import end_missing
from portal.recipients.services.receiving import discard, receive
from portal.recipients.services.refusals import (
    AlreadyApplied,
    ChangedSincePreview,
    NotAList,
    NothingChosen,
    ReasonMissing,
)

__all__ = [
    "AlreadyApplied",
    "ChangedSincePreview",
    "NotAList",
    "NothingChosen",
    "ReasonMissing",
    "apply_roster",
    "compare",
    "correct",
    "discard",
    "end_missing",
    "receive",
]
