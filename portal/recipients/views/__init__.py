"""The register: lists in, people to find."""

from portal.recipients.views import changes, exports, likeness, people, progress, rosters, rows
from portal.recipients.views.blueprint import recipients

__all__ = ["changes", "exports", "likeness", "people", "progress", "recipients", "rosters", "rows"]
