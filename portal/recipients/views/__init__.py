"""The register: lists in, people to find."""

from portal.recipients.views import people, rosters
from portal.recipients.views.blueprint import recipients

__all__ = ["people", "recipients", "rosters"]
