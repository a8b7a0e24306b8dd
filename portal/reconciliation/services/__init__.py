"""Import statements, decide on what did not match, settle the month."""

from portal.reconciliation.services.importing import AlreadyImported, Imported, import_statement
from portal.reconciliation.services.resolving import reopen, resolve
from portal.reconciliation.services.settling import (
    approve_settlement,
    draw_up_settlement,
    prepare_settlement,
    return_settlement,
)

__all__ = [
    "AlreadyImported",
    "Imported",
    "approve_settlement",
    "draw_up_settlement",
    "import_statement",
    "prepare_settlement",
    "reopen",
    "resolve",
    "return_settlement",
]
