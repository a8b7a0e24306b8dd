"""Find people of the register; lists that wait; who is missing from one; who is paid in a month."""

from portal.recipients.queries.entitled import categories, entitled, programmes
from portal.recipients.queries.people import (
    LACKS,
    PAGE,
    PeoplePage,
    Wanted,
    changes_to,
    entitlements_of,
    lacking,
    methods_of,
    people,
    ready_methods_of,
    representatives_of,
    search,
)
from portal.recipients.queries.rosters import job_of, missing, rosters, rows_of, waiting

__all__ = [
    "LACKS",
    "PAGE",
    "PeoplePage",
    "Wanted",
    "categories",
    "changes_to",
    "entitled",
    "entitlements_of",
    "job_of",
    "lacking",
    "methods_of",
    "missing",
    "people",
    "programmes",
    "ready_methods_of",
    "representatives_of",
    "rosters",
    "rows_of",
    "search",
    "waiting",
]
