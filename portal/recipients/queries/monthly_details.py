"""What a month changes about people without changing their money, for the list of its increases and decreases."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime

from portal.audit.queries import told_between
from portal.recipients.models import Entitlement, EntitlementChange, Merge, RosterFile
from portal.recipients.queries.tellings import ACTIONS, Telling, by_cases, by_events, by_lists, by_merges, sum_up
from portal.vietnam.month import LOCAL_TIME, add_months

# what such a list is kept for; a phone number is not paid to
_LISTED = {"full_name", "sex", "birth_date", "citizen_id", "old_id", "village"}
_LISTED |= {"account_number", "method", "representative"}


def of_people(commune_id: int, programme_id: int, month: date) -> dict[int, list[Telling]]:
    """By recipient, oldest first; without those who are in the end as they were before.

    Lists count for their month; a case or a change by hand for the local month in which it was confirmed or made.
    """
    since, before = _instant(month), _instant(add_months(month, 1))
    tellings = [
        *by_lists(commune_id, RosterFile.programme_id == programme_id, RosterFile.month == month),
        *by_cases(commune_id, EntitlementChange.month == month, Entitlement.programme_id == programme_id),
        *by_events(told_between(commune_id, ACTIONS, since, before)),
        *by_merges(Merge.commune_id == commune_id, Merge.at >= since, Merge.at < before),
    ]
    found: dict[int, list[Telling]] = defaultdict(list)
    for each in sorted(tellings, key=lambda each: each.at):
        details = tuple(detail for detail in each.details if detail.field in _LISTED)
        if details:
            found[each.recipient_id].append(replace(each, details=details))
    return {key: said for key, said in found.items() if sum_up(detail for each in said for detail in each.details)}


def _instant(month: date) -> datetime:
    """When it begins in Vietnam."""
    return datetime(month.year, month.month, 1, tzinfo=LOCAL_TIME).astimezone(UTC)
