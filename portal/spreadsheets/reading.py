"""A spreadsheet as plain values, read in the sandbox, or one sentence that says why it cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from portal import sandbox
from portal.errors import InputError

Value = str | int | float | bool | date | None

MOST_MEGABYTES = 20
MOST_CELLS = 3_000_000


class UnreadableSpreadsheet(InputError):
    """The file %(name)s cannot be read. Save the list in Excel as .xlsx and choose it again."""


class EmptyFile(UnreadableSpreadsheet):
    """The file %(name)s is empty. Open it to see that the list is in it, save it and choose it again."""


class NotASpreadsheet(UnreadableSpreadsheet):
    """The file %(name)s is not a spreadsheet. Open it in Excel, save it as .xlsx and choose that file."""


class PasswordProtected(UnreadableSpreadsheet):
    """The file %(name)s is protected with a password. Open it in Excel, remove the password, save it and choose it again."""


class FileTooLarge(UnreadableSpreadsheet):
    """The file %(name)s is too large. Copy only the list into a new workbook, save it as .xlsx and choose that file."""


class BrokenFile(UnreadableSpreadsheet):
    """The file %(name)s is damaged. Open it in Excel, save it under a new name as .xlsx and choose that file, or ask the sender for it again."""


@dataclass(frozen=True)
class Sheet:
    """Rows and columns count from 0, at A1. Rows end at their last filled cell, so they differ in length."""

    name: str
    visible: bool
    rows: tuple[tuple[Value, ...], ...]
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()  # top, left, bottom, right; all included
    legacy_fonts: Mapping[tuple[int, int], str] = field(
        default_factory=dict
    )  # (row, column) of texts in .Vn..., VNI...

    def value(self, row: int, column: int) -> Value:
        """The value of a cell; None outside of the sheet."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return None


@dataclass(frozen=True)
class Book:
    """The sheets of a file; a text table is one sheet without a name. `kind`: xlsx, xlsb, xls, ods or text."""

    name: str
    kind: str
    sheets: tuple[Sheet, ...]


_ERRORS: dict[str, type[UnreadableSpreadsheet]] = {
    "empty": EmptyFile,
    "not_a_spreadsheet": NotASpreadsheet,
    "password": PasswordProtected,
    "broken": BrokenFile,
    "crash": BrokenFile,
    "too_large": FileTooLarge,
    "too_many_cells": FileTooLarge,
    "memory": FileTooLarge,
    "timeout": FileTooLarge,
}


def read_book(
    path: Path,
    name: str,
    *,
    most_megabytes: float = MOST_MEGABYTES,
    most_cells: int = MOST_CELLS,
    seconds: float = 20,
    memory_mb: int = 768,
) -> Book:
    """Read a workbook or text table; what it is shows in its bytes, `name` only names it in messages.

    Raises a subclass of `UnreadableSpreadsheet`.
    """
    try:
        found = sandbox.run(
            "portal.spreadsheets.opening:open_book",
            path,
            seconds=seconds,
            memory_mb=memory_mb,
            limit_mb=most_megabytes,
            most_cells=most_cells,
        )
    except sandbox.Refused as refusal:
        raise _ERRORS.get(refusal.code, UnreadableSpreadsheet)(name=name) from None
    except sandbox.Unreadable as failure:
        raise _ERRORS.get(failure.reason, UnreadableSpreadsheet)(name=name) from None
    sheets = tuple(_sheet(each) for each in found["sheets"])
    if not any(sheet.rows for sheet in sheets):
        raise EmptyFile(name=name)
    if found["legacy_fonts"]:
        layout = _layout(path, found["kind"], seconds, memory_mb)
        sheets = tuple(_with_layout(sheet, layout.get(sheet.name, {})) for sheet in sheets)
    return Book(name, found["kind"], sheets)


def _sheet(found: dict[str, Any]) -> Sheet:
    return Sheet(
        name=found["name"],
        visible=found["visible"],
        rows=tuple(
            tuple([_date(value[0]) if value.__class__ is list else value for value in row]) for row in found["rows"]
        ),
        hidden_columns=frozenset(found["hidden"]),
        merged=tuple((top, left, bottom, right) for top, left, bottom, right in found["merged"]),
    )


def _date(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _layout(path: Path, kind: str, seconds: float, memory_mb: int) -> dict[str, Any]:
    """Fonts and hidden columns; a workbook whose layout cannot be read still has its values."""
    try:
        found: dict[str, Any] = sandbox.run(
            f"portal.spreadsheets.fonts_{'xls' if kind == 'xls' else 'xlsx'}:read_layout",
            path,
            seconds=seconds,
            memory_mb=memory_mb,
        )
    except sandbox.Unreadable:
        return {}
    return found


def _with_layout(sheet: Sheet, layout: dict[str, Any]) -> Sheet:
    return replace(
        sheet,
        hidden_columns=sheet.hidden_columns | frozenset(layout.get("hidden", ())),
        legacy_fonts={(row, column): font for row, column, font in layout.get("fonts", ())},
    )


def cell_name(row: int, column: int) -> str:
    """What Excel calls the cell: (8, 0) is A9."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
