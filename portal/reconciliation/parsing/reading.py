"""Tells what kind of file a statement is and hands it to the reader of that kind."""

import re
from collections.abc import Callable
from pathlib import Path

from portal.reconciliation.parsing.statement import NotReadYet, StatementFile
from portal.reconciliation.parsing.tables import read_table

_MESSAGE = re.compile(rb"(?:camt|pain|pacs)\.[0-9]{3}\.[0-9]{3}\.[0-9]{2}")
_SWIFT = re.compile(rb"\{1:F01|^:(?:20|60[FM]|61):", re.MULTILINE)
Reader = Callable[[Path, str], StatementFile]


def kind_of(start: bytes) -> str:
    """camt.053.001.08, pain.002.001.10, ... for a message of ISO 20022; mt940; table for everything else."""
    if start.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"<"):
        found = _MESSAGE.search(start)
        return found[0].decode() if found else "XML"
    return "mt940" if _SWIFT.search(start) else "table"


# One reader for each kind; the longest beginning of the kind's name decides.
READERS: dict[str, Reader] = {"table": read_table}


def read_statement(path: Path, name: str) -> StatementFile:
    """Read a statement; what it is shows in its bytes, `name` only names it in messages.

    Raises a subclass of `UnreadableStatement` or `UnreadableSpreadsheet`.
    """
    with path.open("rb") as file:
        kind = kind_of(file.read(4096))
    reader = next(
        (READERS[prefix] for prefix in sorted(READERS, key=len, reverse=True) if kind.startswith(prefix)), None
    )
    if reader is None:
        raise NotReadYet(name=name, kind=kind.upper() if kind == "mt940" else kind)
    return reader(path, name)
