"""Words for the register: what is doubtful in a list, its fields, states, and how values are shown."""

from portal.recipients.labels.advice import LEFT_OVER_KINDS, PROBLEM_ADVICE, REFUSAL_ADVICE, advice_words
from portal.recipients.labels.likeness import Side, evidence_words, side_by_side
from portal.recipients.labels.merging import taken_words
from portal.recipients.labels.problems import ROSTER_PROBLEMS, problem_words
from portal.recipients.labels.received import cell_words, clean_words, doubts, raw_words, read_differently, whole_words
from portal.recipients.labels.states import STATE_KINDS, VERDICT_KINDS
from portal.recipients.labels.values import FIELD_LABELS, field_words, value_words

__all__ = [
    "FIELD_LABELS",
    "LEFT_OVER_KINDS",
    "PROBLEM_ADVICE",
    "REFUSAL_ADVICE",
    "ROSTER_PROBLEMS",
    "STATE_KINDS",
    "VERDICT_KINDS",
    "Side",
    "advice_words",
    "cell_words",
    "clean_words",
    "doubts",
    "evidence_words",
    "field_words",
    "problem_words",
    "raw_words",
    "read_differently",
    "side_by_side",
    "taken_words",
    "value_words",
    "whole_words",
]
