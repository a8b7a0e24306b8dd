"""The register: lists in, people to find."""

from portal.recipients.views import (
    changes,
    exports,
    likeness,
    merging,
    monthly,
    people,
    progress,
    rates,
    representing,
    rosters,
    rows,
)
from portal.recipients.views.blueprint import recipients

__all__ = [
    "changes",
    "exports",
    "likeness",
    "merging",
    "monthly",
    "people",
    "progress",
    "rates",
    "recipients",
    "representing",
    "rosters",
    "rows",
]
