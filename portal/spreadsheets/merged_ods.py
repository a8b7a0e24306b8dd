"""Runs in the sandbox: merged cells of OpenDocument workbooks."""

import zipfile
from typing import Any, BinaryIO
from xml.parsers import expat

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_PART = 1 << 20
# What a repeated cell or row may count to; offices fill a page to its last row and column.
_MOST = 1 << 20

Area = tuple[int, int, int, int]


def read_merged(archive: zipfile.ZipFile) -> dict[str, list[Area]]:
    """By name of a sheet its merged ranges as top, left, bottom, right; all from 0 and included.

    Of a part that is not well-formed those before its fault: its values may still be read.
    """
    with archive.open("content.xml") as content:
        spans = _count(content, b"-spanned=")
    reader = _Reader(spans)
    with archive.open("content.xml") as content:
        try:
            # What stands below the last merged cell, most often the whole list, is not looked at.
            while reader.left > 0 and (part := content.read(_PART)):
                reader.parser.Parse(part, False)
        except (expat.ExpatError, ValueError):
            pass
    return reader.found


def _count(content: BinaryIO | Any, word: bytes) -> int:
    found, tail = 0, b""
    while part := content.read(_PART):
        found += (tail + part).count(word)
        tail = (tail + part)[-len(word) + 1 :]
    return found


class _Reader:
    def __init__(self, spans: int) -> None:
        self.found: dict[str, list[Area]] = {}
        self.left = spans
        self.areas: list[Area] = []
        self.row = self.column = 0
        self.repeated = 1
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == f"{_TABLE} table":
            self.areas = self.found.setdefault(attributes.get(f"{_TABLE} name", ""), [])
            self.row = 0
        elif tag == f"{_TABLE} table-row":
            self.repeated, self.column = _number(attributes, "number-rows-repeated"), 0
        elif tag in (f"{_TABLE} table-cell", f"{_TABLE} covered-table-cell"):
            self._cell(attributes)

    def _cell(self, attributes: dict[str, str]) -> None:
        down, across = _number(attributes, "number-rows-spanned"), _number(attributes, "number-columns-spanned")
        self.left -= sum(name.endswith("-spanned") for name in attributes)
        if down > 1 or across > 1:
            self.areas.append((self.row, self.column, self.row + down - 1, self.column + across - 1))
        self.column += _number(attributes, "number-columns-repeated")

    def _end(self, tag: str) -> None:
        if tag == f"{_TABLE} table-row":
            self.row += self.repeated


def _number(attributes: dict[str, str], name: str) -> int:
    return min(max(int(attributes.get(f"{_TABLE} {name}", 1)), 1), _MOST)
