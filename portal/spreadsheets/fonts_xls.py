"""Runs in the sandbox: fonts of legacy Vietnamese encodings and hidden columns of .xls workbooks."""

import os
from pathlib import Path
from typing import Any

import xlrd

from portal.spreadsheets.sheet import Fonts

LEGACY = (".vn", "vni")


def read_layout(path: Path) -> dict[str, dict[str, Any]]:
    """By sheet name: hidden columns, and the fonts of texts in legacy fonts."""
    with Path(os.devnull).open("w") as nowhere:
        book = xlrd.open_workbook(str(path), formatting_info=True, logfile=nowhere)
    names = [font.name for font in book.font_list]
    legacy = {
        number: chr(style.font_index + 1)
        for number, style in enumerate(book.xf_list)
        if names[style.font_index].lower().startswith(LEGACY)
    }
    found: dict[str, Any] = {}
    for sheet in book.sheets():
        rows = {
            row: "".join(
                legacy.get(style, "\0") if kind == xlrd.XL_CELL_TEXT else "\0"
                for style, kind in zip(styles, sheet._cell_types[row], strict=True)
            ).rstrip("\0")
            for row, styles in enumerate(sheet._cell_xf_indexes)
        }
        hidden = {column for column, about in sheet.colinfo_map.items() if about.hidden and column < 512}
        fonts = Fonts(names, ((row, places) for row, places in rows.items() if places))
        found[sheet.name] = {"fonts": fonts, "hidden": hidden}
    return found
