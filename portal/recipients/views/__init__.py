"""The register: lists in, people to find."""

from portal.recipients.views import exports, people, progress, rosters
from portal.recipients.views.blueprint import recipients

__all__ = ["exports", "people", "progress", "recipients", "rosters"]
