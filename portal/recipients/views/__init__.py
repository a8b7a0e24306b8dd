"""The register: lists in, people to find."""

from portal.recipients.views import exports, people, rosters
from portal.recipients.views.blueprint import recipients

__all__ = ["exports", "people", "recipients", "rosters"]
