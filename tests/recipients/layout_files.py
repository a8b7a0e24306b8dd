"""Writes pages of cells as workbooks and text tables, also in the encodings and fonts of before Unicode."""

import csv
import io
import json
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from portal.vietnam import legacy_text

_TABLE = json.loads((Path(legacy_text.__file__).parent / "data" / "tcvn3.json").read_text(encoding="utf-8"))
TCVN3 = {ord(letter): typed for typed, letter in _TABLE.items()}
VNI = {letter: typed for typed, letter in ((t, unicodedata.normalize("NFC", u)) for t, u in legacy_text._VNI.items())}


@dataclass
class Page:
    name: str
    visible: bool = True
    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)

    def put(self, row: int, column: int, value: Any, to: tuple[int, int] | None = None) -> None:
        if value is not None:
            self.cells[row, column] = value
        if to and to != (row, column):
            self.merged.append((row, column, *to))


def write(layout: Any, pages: list[Page], form: str, path: Path) -> Path:
    text = layout.pick("unicode", "unicode", "unicode", "unicode", "nfd", "tcvn3", "tcvn3_font", "vni", "vni_font")
    values = [v for p in pages for v in p.cells.values() if isinstance(v, str)]
    if text.startswith(("tcvn3", "vni")) and (form == "ods" or (text.endswith("font") and form != "xlsx")):
        layout.said[-1] = text = "unicode"
    if text.startswith("tcvn3") and any(max(tcvn3(v), default="") > "\xff" for v in values):
        layout.said[-1] = text = "unicode"  # capitals with tones are not in that table
    encode = {"nfd": _nfd, "tcvn3": tcvn3, "tcvn3_font": tcvn3, "vni": vni, "vni_font": vni}.get(text, str)
    for page in pages:
        page.cells = {at: encode(v) if isinstance(v, str) else v for at, v in page.cells.items()}
    if form == "xlsx":
        _xlsx(pages, path.with_suffix(".xlsx"), {"tcvn3_font": ".VnTime", "vni_font": "VNI-Times"}.get(text))
        return path.with_suffix(".xlsx")
    if form == "ods":
        _ods(pages, path.with_suffix(".ods"))
        return path.with_suffix(".ods")
    legacy = text.startswith(("tcvn3", "vni"))
    encoding = (
        "latin-1" if text == "tcvn3" else "utf-8" if legacy else layout.pick("utf-8", "utf-8-sig", "utf-16", "cp1258")
    )
    _csv(pages[0], path.with_suffix(".csv"), form[3:], encoding)
    return path.with_suffix(".csv")


def _nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def tcvn3(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(TCVN3)


def vni(text: str) -> str:
    def letter(c: str) -> str:
        typed = VNI.get(c.lower(), c)
        return typed if c.islower() or typed == c else typed.upper()

    return "".join(letter(c) for c in unicodedata.normalize("NFC", text))


def _xlsx(pages: list[Page], path: Path, font: str | None) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for page in pages:
        sheet = book.create_sheet(page.name)
        for (row, column), value in page.cells.items():
            cell = sheet.cell(row + 1, column + 1, value)
            if isinstance(value, str):
                cell.data_type = "s"
                if font:
                    cell.font = Font(name=font)
            if isinstance(value, date):
                cell.number_format = "dd/mm/yyyy"
        for top, left, bottom, right in page.merged:
            if (top, left) != (bottom, right):
                sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
        for column in page.hidden:
            sheet.column_dimensions[get_column_letter(column + 1)].hidden = True
        sheet.sheet_state = "visible" if page.visible else "hidden"
    book.save(path)


def _csv(page: Page, path: Path, sign: str, encoding: str) -> None:
    rows = max(row for row, _ in page.cells) + 1
    width = max(column for _, column in page.cells) + 1
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sign)
    for row in range(rows):
        values = [page.cells.get((row, column)) for column in range(width)]
        writer.writerow([f"{v:%d/%m/%Y}" if isinstance(v, date) else "" if v is None else str(v) for v in values])
    text = out.getvalue()
    if encoding == "cp1258":
        try:
            path.write_bytes(_to_1258(text))
        except UnicodeEncodeError:
            path.write_text(text, encoding="utf-8", newline="")
        return
    path.write_text(text, encoding=encoding, newline="")


def _to_1258(text: str) -> bytes:
    """That page has â, ă, ê, ô, ơ and ư as letters and the tones as marks behind them."""
    out = ""
    for c in unicodedata.normalize("NFC", text):
        try:
            c.encode("cp1258")
            out += c
        except UnicodeEncodeError:
            marks = unicodedata.normalize("NFD", c)
            tone = next((m for m in marks if m in "\u0300\u0301\u0303\u0309\u0323"), "")
            out += unicodedata.normalize("NFC", marks.replace(tone, "")) + tone
    return out.encode("cp1258")


_ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    "<office:body><office:spreadsheet>%s</office:spreadsheet></office:body></office:document-content>"
)


_CELLS = re.compile(r"(<table:(?:covered-)?table-cell/>)\1*")


def _ods(pages: list[Page], path: Path) -> None:
    tables = "".join(f'<table:table table:name="{escape(page.name)}">{_table(page)}</table:table>' for page in pages)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS % tables)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")


def _table(page: Page) -> str:
    rows = max(row for row, _ in page.cells) + 1
    width = max(column for _, column in page.cells) + 1
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in page.merged}
    covered = {
        (row, column)
        for top, left, bottom, right in page.merged
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    } - set(spans)
    lines = [
        "".join(
            "<table:covered-table-cell/>"
            if (row, column) in covered and (row, column) not in page.cells
            else _cell(page.cells.get((row, column)), spans.get((row, column)))
            for column in range(width)
        )
        for row in range(rows)
    ]
    written = ""
    for line, same in groupby(lines):
        times = len(list(same))
        repeated = f' table:number-rows-repeated="{times}"' if times > 1 else ""
        written += f"<table:table-row{repeated}>{_CELLS.sub(_repeated, line)}</table:table-row>"
    return written


def _repeated(found: re.Match[str]) -> str:
    """Empty cells of one kind as office software counts them."""
    times = len(found[0]) // len(found[1])
    return found[0] if times == 1 else f'{found[1][:-2]} table:number-columns-repeated="{times}"/>'


def _cell(value: Any, span: tuple[int, int] | None) -> str:
    size = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    if value is None:
        return f"<table:table-cell{size}/>"
    if isinstance(value, date):
        return f'<table:table-cell{size} office:value-type="date" office:date-value="{value.isoformat()}"/>'
    if isinstance(value, int | float):
        return f'<table:table-cell{size} office:value-type="float" office:value="{value}"/>'
    text = escape(value).replace("\n", "</text:p><text:p>")
    return f'<table:table-cell{size} office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
