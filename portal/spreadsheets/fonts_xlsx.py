"""Runs in the sandbox: fonts of legacy Vietnamese encodings in .xlsx workbooks."""

from pathlib import Path
from typing import Any

import openpyxl

from portal.spreadsheets.sheet import Fonts

LEGACY = (".vn", "vni")


def read_layout(path: Path) -> dict[str, dict[str, Any]]:
    """By sheet name the fonts of texts in legacy fonts."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return {sheet.title: {"fonts": _fonts(sheet)} for sheet in book.worksheets}


def _fonts(sheet: Any) -> Fonts:
    places: dict[str, int] = {}
    rows: dict[int, str] = {}
    for row in sheet.iter_rows():
        for cell in row:
            name = cell.font.name or "" if isinstance(cell.value, str) else ""
            if name.lower().startswith(LEGACY):
                place = chr(places.setdefault(name, len(places) + 1))
                rows[cell.row - 1] = rows.get(cell.row - 1, "").ljust(cell.column - 1, "\0") + place
    return Fonts(list(places), rows.items())
