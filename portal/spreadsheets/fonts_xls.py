"""Runs in the sandbox: fonts of legacy Vietnamese encodings and hidden columns of .xls workbooks."""

import os
from pathlib import Path
from typing import Any

import xlrd

LEGACY = (".vn", "vni")


def read_layout(path: Path) -> dict[str, Any]:
    """By sheet name: hidden columns, and [row, column, font name] of each text in a legacy font."""
    with Path(os.devnull).open("w") as nowhere:
        book = xlrd.open_workbook(str(path), formatting_info=True, logfile=nowhere)
    legacy = {
        number: book.font_list[style.font_index].name
        for number, style in enumerate(book.xf_list)
        if book.font_list[style.font_index].name.lower().startswith(LEGACY)
    }
    found: dict[str, Any] = {}
    for sheet in book.sheets():
        cells = [
            [row, column, legacy[style]]
            for row in range(sheet.nrows)
            for column, style in enumerate(sheet._cell_xf_indexes[row])
            if style in legacy and sheet._cell_types[row][column] == xlrd.XL_CELL_TEXT
        ]
        hidden = sorted(column for column, about in sheet.colinfo_map.items() if about.hidden and column < 512)
        found[sheet.name] = {"fonts": cells, "hidden": hidden}
    return found
