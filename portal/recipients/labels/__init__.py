"""Words for the register: what is doubtful in a list, its fields, states, and how values are shown."""

from portal.recipients.labels.problems import ROSTER_PROBLEMS, problem_words
from portal.recipients.labels.states import STATE_KINDS, VERDICT_KINDS
from portal.recipients.labels.values import FIELD_LABELS, field_words, value_words

__all__ = [
    "FIELD_LABELS",
    "ROSTER_PROBLEMS",
    "STATE_KINDS",
    "VERDICT_KINDS",
    "field_words",
    "problem_words",
    "value_words",
]
