"""Find people of the register; lists that wait; who is missing from one; who is paid in a month."""

from portal.recipients.queries.entitled import categories, entitled, programmes
from portal.recipients.queries.people import (
    LACKS,
    PAGE,
    PeoplePage,
    Wanted,
    by_ids,
    changes_to,
    entitlements_of,
    everyone,
    lacking,
    methods_of,
    people,
    ready_methods_of,
    representatives_of,
    search,
)
from portal.recipients.queries.rosters import job_of, jobs_of, missing, rosters, rows_of, subject_of, waiting

__all__ = [
    "LACKS",
    "PAGE",
    "PeoplePage",
    "Wanted",
    "by_ids",
    "categories",
    "changes_to",
    "entitled",
    "entitlements_of",
    "everyone",
    "job_of",
    "jobs_of",
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
    "subject_of",
    "waiting",
]
