"""How hard the codes on a photo are looked for."""

from enum import StrEnum


class Codes(StrEnum):
    """Not at all (a paper), a glance (the other side of the card has told it), or in every way there is."""

    NONE = "none"
    GLANCE = "glance"
    ALL = "all"
