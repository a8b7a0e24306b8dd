"""Runs in the sandbox: tells what a file is and takes the cells out of workbooks."""

import importlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree import ElementTree

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from portal.sandbox import Refused
from portal.spreadsheets import merged_ods, web_pages, xml_2003
from portal.spreadsheets.sheet import Fonts, Sheet, Value
from portal.spreadsheets.text import read_text

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
# Begins like these: a PDF, a picture, an archive, RTF, SQLite.
OTHERS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"{\\rtf",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x1f\x8b",
    b"SQLite",
)
LEGACY_FONT = re.compile(rb'name\s[^>]*val="(\.Vn|VNI|vni)', re.IGNORECASE)
MOST_UNPACKED = 400 * 1024 * 1024

LEGACY_NAMES = tuple(name.encode(encoding) for name in (".Vn", "VNI-", "VNI ") for encoding in ("ascii", "utf-16-le"))
SMALL = 4 * 1024 * 1024
ROWS_AT_ONCE = 2000
MOST_KEPT = 50_000
MOST_MERGED = 20_000


def stream_book(path: Path, *, most_cells: int) -> Iterator[Any]:
    """The kind of the file; for each sheet what it is, its rows in parts, then None. `dates`: where ISO texts are dates."""
    kind, sheets = open_sheets(path, most_cells)
    yield kind
    empty = True
    for sheet in sheets:
        fonts = sheet.legacy_fonts
        yield {
            "name": sheet.name,
            "visible": sheet.visible,
            "merged": sheet.merged,
            "hidden": sorted(sheet.hidden_columns),
            "fonts": [fonts.names, list(fonts.rows.items())] if isinstance(fonts, Fonts) and fonts else None,
        }
        for at in range(0, len(sheet.rows), ROWS_AT_ONCE):
            empty = False
            rows = sheet.rows[at : at + ROWS_AT_ONCE]
            dates = [
                (row, column)
                for row, values in enumerate(rows)
                for column, value in enumerate(values)
                if isinstance(value, date)
            ]
            yield {"rows": rows, "dates": dates}
        yield None
    if empty:
        raise Refused("empty")


def open_sheets(path: Path, most_cells: int) -> tuple[str, Iterator[Sheet]]:
    """What a workbook or text table is, and its sheets one after the other."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise Refused("empty")
    if start.startswith(ZIP):
        return _open_zip(path, most_cells)
    if start.startswith(OLE):
        return _open_ole(path, most_cells)
    if start.startswith(OTHERS):
        raise Refused("not_a_spreadsheet")
    if start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\r\n\t ").startswith(b"<"):
        return _open_markup(path, most_cells)
    return "text", iter([read_text(path, most_cells)])


def _open_markup(path: Path, most_cells: int) -> tuple[str, Iterator[Sheet]]:
    whole = path.read_bytes().replace(b"\0", b"")
    if xml_2003.NAMESPACE in whole[:65_536] and b"<html" not in whole[:4096].lower():
        return "xml", xml_2003.read_workbook(path, most_cells)
    if re.search(rb"<table[\s>]", whole, re.IGNORECASE):
        return "html", web_pages.read_tables(path, most_cells)
    raise Refused("not_a_spreadsheet")


def _open_zip(path: Path, most_cells: int) -> tuple[str, Iterator[Sheet]]:
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            if sum(sizes.values()) > MOST_UNPACKED:
                raise Refused("too_large")
            kind = _kind_of_zip(archive, sizes)
            hidden = _hidden_columns(archive) if kind == "xlsx" else {}
            merged = merged_ods.read_merged(archive) if kind == "ods" else {}
            legacy = "xl/styles.xml" in sizes and bool(LEGACY_FONT.search(archive.read("xl/styles.xml")))
    except (zipfile.BadZipFile, EOFError, KeyError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise Refused("broken") from error
    layout: dict[str, dict[str, Any]] = {name: {"hidden": columns} for name, columns in hidden.items()}
    layout |= {name: {"merged": tuple(areas[:MOST_MERGED])} for name, areas in merged.items()}
    for name, found in (_layout("fonts_xlsx", path) if legacy else {}).items():
        layout[name] = layout.get(name, {}) | found
    return kind, _sheets(path, most_cells, layout)


def _kind_of_zip(archive: zipfile.ZipFile, names: dict[str, int]) -> str:
    if "mimetype" in names and b"opendocument" in archive.read("mimetype"):
        return "ods"
    types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    if b"spreadsheetml" in types or "xl/workbook.xml" in names:
        return "xlsx"
    if b"vnd.ms-excel" in types or "xl/workbook.bin" in names:
        return "xlsb"
    raise Refused("not_a_spreadsheet")


def _open_ole(path: Path, most_cells: int) -> tuple[str, Iterator[Sheet]]:
    whole = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in whole:
        raise Refused("password")
    if not any(name.encode("utf-16-le") in whole for name in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        raise Refused("not_a_spreadsheet")
    # Telling hidden columns of a large workbook is not worth its second, slow reading; an old encoding is.
    worth = len(whole) < SMALL or any(name in whole for name in LEGACY_NAMES)
    return "xls", _sheets(path, most_cells, _layout("fonts_xls", path) if worth else {})


def _layout(module: str, path: Path) -> dict[str, dict[str, Any]]:
    """Fonts and hidden columns; a workbook whose layout cannot be read still has its values.

    The library behind it takes longer to load than most lists to read, so it is loaded when it is needed.
    """
    try:
        found: dict[str, dict[str, Any]] = importlib.import_module(f"portal.spreadsheets.{module}").read_layout(path)
        return found
    except Exception:
        return {}


def _sheets(path: Path, most_cells: int, layout: dict[str, dict[str, Any]]) -> Iterator[Sheet]:
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            for about in book.sheets_metadata:
                if about.typ == SheetTypeEnum.WorkSheet:
                    found = _sheet(book.get_sheet_by_name(about.name), about.name, most_cells)
                    most_cells -= sum(map(len, found.rows))
                    here = layout.get(about.name, {})
                    yield replace(
                        found,
                        visible=about.visible == SheetVisibleEnum.Visible,
                        hidden_columns=frozenset(here.get("hidden", ())),
                        merged=here.get("merged", found.merged),
                        legacy_fonts=here.get("fonts", {}),
                    )
    except PasswordError as error:
        raise Refused("password") from error
    except (CalamineError, XmlError, ZipError, OSError, ValueError) as error:
        raise Refused("broken") from error


def _sheet(sheet: CalamineSheet, name: str, most_cells: int) -> Sheet:
    """Rows from A1 without what is empty at their right and below; merged ranges as top, left, bottom, right."""
    if sheet.start is None:
        return Sheet(name, True, ())
    left = sheet.start[1]
    rows: list[list[Value]] = []
    texts: dict[str, str] = {}
    keep = texts.setdefault
    seen = filled = 0
    for values in sheet.iter_rows():
        # The same text again is the same object: half of a list's cells.
        row = [
            (keep(value, value) or None)
            if value.__class__ is str
            # Excel knows only floating numbers; an integer is what the cell shows.
            else int(value)
            if value.__class__ is float and value.is_integer() and abs(value) < 1e15
            else _value(value)
            for value in values
        ]
        while row and row[-1] is None:
            row.pop()
        # calamine gives rows from the first one, but each from the first used column of all; cells keep their letters.
        rows.append([None] * left + row if row and left else row)
        seen += len(row)
        filled = len(rows) if row else filled
        if seen > most_cells:
            raise Refused("too_many_cells", sheet=name)
        if len(texts) > MOST_KEPT:
            keep = texts.get
    del rows[filled:]
    ranges = [(*first, *last) for first, last in sheet.merged_cell_ranges or [] if first != last]
    return Sheet(name, True, rows, merged=tuple(ranges[:MOST_MERGED]))


def _value(value: Any) -> Value:
    if value.__class__ is float:
        return value if abs(value) < 1e300 else None
    if value.__class__ is datetime:
        return value.date() if value.time() == time() else value.replace(microsecond=0)
    if isinstance(value, time | timedelta):
        return str(value)
    return value  # type: ignore[no-any-return]


def _hidden_columns(archive: zipfile.ZipFile) -> dict[str, list[int]]:
    """Hidden columns of each sheet by its name; they stand before the rows, so no row is read for them."""
    try:
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - in the sandbox
        targets = {each.get("Id"): each.get("Target", "") for each in relations}
        workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
        hidden = {}
        for sheet in (each for each in workbook.iter() if each.tag.endswith("}sheet")):
            key = next((value for name, value in sheet.items() if name.endswith("}id")), None)
            target = targets.get(key, "").removeprefix("/xl/").removeprefix("xl/")
            with archive.open(f"xl/{target}") as part:
                hidden[sheet.get("name", "")] = _hidden_in_part(part)
    except (KeyError, ElementTree.ParseError, LookupError):
        return {}
    return hidden


def _hidden_in_part(part: Any) -> list[int]:
    source: BinaryIO = part
    columns: set[int] = set()
    for _event, element in ElementTree.iterparse(source, events=("start",)):  # noqa: S314
        tag = element.tag.rpartition("}")[2]
        if tag == "col" and element.get("hidden") in ("1", "true"):
            first, last = int(element.get("min", "1")), int(element.get("max", "1"))
            # "All columns to the right" is how people tidy a page; only what can hold a table matters.
            columns.update(range(first - 1, min(last, 512)))
        if tag == "sheetData":
            break
    return sorted(columns)
