"""Runs in the sandbox: tables of web pages, which much office software saves under the name .xls."""

import codecs
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from portal.sandbox import Refused
from portal.spreadsheets.sheet import Sheet, Value
from portal.spreadsheets.text import decode

WIDEST = 16_384
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_UNSEEN = ("script", "style", "title", "head")


def read_tables(path: Path, most_cells: int) -> Iterator[Sheet]:
    """Each table that has cells as a sheet; cells over several columns or rows are merged ranges."""
    reader = _Tables(most_cells)
    try:
        reader.feed(_text_of(path.read_bytes()))
        reader.close()
    except (AssertionError, ValueError, RecursionError) as error:
        raise Refused("broken") from error
    for number, table in enumerate(reader.done, start=1):
        yield Sheet(f"Table {number}" if len(reader.done) > 1 else "", True, table.rows, merged=tuple(table.merged))


def _text_of(data: bytes) -> str:
    """The page as text: in the encoding that it names, else as any text file."""
    named = _CHARSET.search(data, 0, 8192)
    if named and not data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode(named[1].decode("ascii"), "replace")
        except LookupError:
            pass
    return decode(data)


class _Table:
    def __init__(self) -> None:
        self.rows: list[list[Value]] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self.covered: dict[int, int] = {}  # column to the last row that a cell above it covers
        self.cell: list[str] | None = None
        self.number: float | None = None
        self.span = (1, 1)

    def begin_row(self) -> None:
        self.end_cell()
        self.rows.append([])

    def begin_cell(self, attributes: dict[str, str | None]) -> None:
        self.end_cell()
        if not self.rows:
            self.rows.append([])
        self.cell = []
        self.number = _number(attributes.get("x:num"))
        self.span = _count(attributes.get("rowspan"), 65_536), _count(attributes.get("colspan"), 1_000)

    def end_cell(self) -> None:
        if self.cell is None:
            return
        row, line = len(self.rows) - 1, self.rows[-1]
        while self.covered.get(len(line), -1) >= row:
            line.append(None)
        column, (down, across) = len(line), self.span
        text = "".join(self.cell)
        blank = not text.strip()
        line.append(None if blank else text.strip() if self.number is None else self.number)
        line.extend([None] * (across - 1))
        if len(line) > WIDEST:
            raise Refused("too_many_cells", sheet="")
        if down > 1:
            self.covered |= dict.fromkeys(range(column, column + across), row + down - 1)
        if (down > 1 or across > 1) and not blank:
            self.merged.append((row, column, row + down - 1, column + across - 1))
        self.cell = None


class _Tables(HTMLParser):
    """Tables inside of tables are tables of their own; what is never closed ends where the next one begins."""

    def __init__(self, most_cells: int) -> None:
        super().__init__()
        self.left = most_cells
        self.open: list[_Table] = []
        self.done: list[_Table] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self.unseen += 1
        elif tag == "table":
            self.unseen = 0
            self.open.append(_Table())
        elif self.open and tag == "tr":
            self._count_cells()
            self.open[-1].begin_row()
        elif self.open and tag in ("td", "th"):
            self.open[-1].begin_cell(dict(attrs))
        elif self.open and tag in ("br", "p", "div") and self.open[-1].cell:
            self.open[-1].cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif self.open and tag in ("td", "th", "tr"):
            self.open[-1].end_cell()
        elif self.open and tag == "table":
            self._finish()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1].cell is not None and not self.unseen:
            self.open[-1].cell.append(data)

    def close(self) -> None:
        super().close()
        while self.open:
            self._finish()

    def _finish(self) -> None:
        table = self.open[-1]
        table.end_cell()
        self._count_cells()
        self.open.pop()
        for row in table.rows:
            while row and row[-1] is None:
                row.pop()
        while table.rows and not table.rows[-1]:
            table.rows.pop()
        if table.rows:
            self.done.append(table)

    def _count_cells(self) -> None:
        table = self.open[-1]
        table.end_cell()
        # An empty row counts as well: it costs as much as a cell.
        self.left -= len(table.rows[-1]) + 1 if table.rows else 1
        if self.left < 0:
            raise Refused("too_many_cells", sheet="")


def _count(text: str | None, most: int) -> int:
    return min(max(int(text), 1), most) if text and re.fullmatch(r"\s*[0-9]{1,9}\s*", text) else 1


def _number(text: str | None) -> float | None:
    """The value behind what Excel shows, which it writes beside it."""
    if not text or not re.fullmatch(r"-?\d{1,15}(\.\d{1,10})?", text):
        return None
    return float(text) if "." in text else int(text)
