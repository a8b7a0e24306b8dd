"""What the page of a person warns of: several rates, an amount off the rate, records merged, a representative gone."""

from typing import Any

from portal.recipients.labels.raises import RULING_KINDS
from portal.recipients.models import Entitlement, Recipient
from portal.recipients.queries import one_rate
from portal.recipients.queries.duplicates import merges_of, told_apart_from
from portal.recipients.queries.rates import computed_amounts
from portal.recipients.queries.representing import unpaid_through
from portal.vietnam.month import first_of, today


def checks_of(person: Recipient, entitlements: list[Entitlement]) -> dict[str, Any]:
    """For the template of these notes."""
    return {
        "rulings": one_rate.of_person(entitlements),
        "kinds": RULING_KINDS,
        "merit": one_rate.merit_beside(entitlements),
        "computed": computed_amounts(entitlements, first_of(today())),
        "merges": merges_of(person),
        "apart": told_apart_from(person),
        "unpaid_through": unpaid_through(person, today()),
    }
