"""Runs in the sandbox: workbooks of the format "XML Spreadsheet 2003"."""

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from portal.sandbox import Refused
from portal.spreadsheets.sheet import Sheet, Value

NAMESPACE = b"urn:schemas-microsoft-com:office:spreadsheet"
_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
WIDEST, DEEPEST = 16_384, 1_048_576


def read_workbook(path: Path, most_cells: int) -> Iterator[Sheet]:
    """Its sheets. A document type is refused: only it could declare entities that grow or point elsewhere."""
    if b"<!DOCTYPE" in path.read_bytes().upper():
        raise Refused("broken")
    rows: list[list[Value]] = []
    merged: list[tuple[int, int, int, int]] = []
    try:
        for _event, element in ElementTree.iterparse(path, events=("end",)):  # noqa: S314 - in the sandbox, no entities
            if element.tag == f"{_SS}Row":
                most_cells -= _add_row(element, rows, merged)
                if most_cells < 0:
                    raise Refused("too_many_cells", sheet="")
                element.clear()
            elif element.tag == f"{_SS}Worksheet":
                visible = element.findtext(f"{_EXCEL}WorksheetOptions/{_EXCEL}Visible", "") == ""
                yield Sheet(element.get(f"{_SS}Name", ""), visible, rows, merged=tuple(merged[:20_000]))
                rows, merged = [], []
                element.clear()
    except (ElementTree.ParseError, ValueError) as error:
        raise Refused("broken") from error


def _add_row(element: Any, rows: list[list[Value]], merged: list[tuple[int, int, int, int]]) -> int:
    """Put the row in its place, which may lie further down; how many cells that took."""
    place = int(element.get(f"{_SS}Index", len(rows) + 1))
    if not len(rows) < place <= DEEPEST:
        raise Refused("broken")
    skipped = place - 1 - len(rows)
    rows.extend([] for _ in range(skipped))
    row: list[Value] = []
    for cell in element.iterfind(f"{_SS}Cell"):
        column = int(cell.get(f"{_SS}Index", len(row) + 1)) - 1
        across, down = int(cell.get(f"{_SS}MergeAcross", 0)), int(cell.get(f"{_SS}MergeDown", 0))
        if not len(row) <= column <= column + across < WIDEST or not 0 <= down < DEEPEST:
            raise Refused("broken")
        row.extend([None] * (column - len(row)))
        row.append(_value(cell.find(f"{_SS}Data")))
        row.extend([None] * across)
        if across or down:
            merged.append((place - 1, column, place - 1 + down, column + across))
    while row and row[-1] is None:
        row.pop()
    rows.append(row)
    return skipped + 1 + len(row)


def _value(data: Any) -> Value:
    text = "" if data is None else "".join(data.itertext())
    if not text.strip():
        return None
    kind = data.get(f"{_SS}Type")
    if kind == "Number":
        number = float(text)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number if abs(number) < 1e300 else None
    if kind == "DateTime":
        moment = datetime.fromisoformat(text).replace(microsecond=0, tzinfo=None)
        return date(moment.year, moment.month, moment.day) if moment.time() == time() else moment
    return text == "1" if kind == "Boolean" else text
