"""Links only to pages that the reader may open."""

from typing import Any

from flask import current_app, url_for
from flask_login import current_user

from portal.access import PUBLIC, SIGNED_IN, Permission, may, rule_for


def reach(endpoint: str, **values: Any) -> str | None:
    """The address of a page, or None for a reader whose role does not include it."""
    if endpoint not in current_app.view_functions:
        return None
    rule = rule_for(current_app, endpoint)
    allowed = rule in (PUBLIC, SIGNED_IN) or (rule is not None and may(current_user.role, Permission(rule)))
    return url_for(endpoint, **values) if allowed else None
