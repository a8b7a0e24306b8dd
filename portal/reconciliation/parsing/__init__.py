"""Reads bank statements in the forms that Vietnamese banks give out."""

from portal.reconciliation.parsing.reading import read_statement
from portal.reconciliation.parsing.statement import StatementEntry, StatementFile, to_json

__all__ = ["StatementEntry", "StatementFile", "read_statement", "to_json"]
