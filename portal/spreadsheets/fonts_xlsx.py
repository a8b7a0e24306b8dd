"""Runs in the sandbox: fonts of legacy Vietnamese encodings in .xlsx workbooks."""

from pathlib import Path
from typing import Any

import openpyxl

LEGACY = (".vn", "vni")


def read_layout(path: Path) -> dict[str, Any]:
    """By sheet name: [row, column, font name] of each text in a legacy font."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return {
        sheet.title: {
            "fonts": [
                [cell.row - 1, cell.column - 1, cell.font.name]
                for row in sheet.iter_rows()
                for cell in row
                if isinstance(cell.value, str) and (cell.font.name or "").lower().startswith(LEGACY)
            ]
        }
        for sheet in book.worksheets
    }
