"""Pages of statements, of what did not match, and of settlements."""

from portal.reconciliation.views import settlements, statements
from portal.reconciliation.views.blueprint import reconciliation

__all__ = ["reconciliation", "settlements", "statements"]
