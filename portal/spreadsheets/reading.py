"""A spreadsheet as plain values, read in the sandbox, or one sentence that says why it cannot be read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from portal import sandbox
from portal.errors import InputError
from portal.spreadsheets.sheet import Fonts, Sheet, Value

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
class Book:
    """The sheets of a file; a text table is one sheet without a name. `kind`: xlsx, xlsb, xls, ods, html, xml or text."""

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


def as_refusal(failure: sandbox.Unreadable, name: str) -> UnreadableSpreadsheet:
    """The sentence about the file `name` for what went wrong in the sandbox."""
    code = failure.code if isinstance(failure, sandbox.Refused) else failure.reason
    return _ERRORS.get(code, UnreadableSpreadsheet)(name=name)


def read_book(
    path: Path,
    name: str,
    *,
    most_megabytes: float = MOST_MEGABYTES,
    most_cells: int = MOST_CELLS,
    seconds: float = 20,
    memory_mb: int = 512,
) -> Book:
    """Read a workbook or text table; what it is shows in its bytes, `name` only names it in messages.

    Raises a subclass of `UnreadableSpreadsheet`.
    """
    limits: dict[str, Any] = {"seconds": seconds, "memory_mb": memory_mb, "limit_mb": most_megabytes}
    try:
        with sandbox.stream("portal.spreadsheets.opening:stream_book", path, **limits, most_cells=most_cells) as values:
            kind = next(values)
            return Book(name, kind, tuple(_sheets(values)))
    except sandbox.Unreadable as failure:
        raise as_refusal(failure, name) from None


def _sheets(values: Iterable[Any]) -> Iterator[Sheet]:
    """Each sheet comes as what it is, then its rows in parts, then null."""
    values = iter(values)
    for about in values:
        rows: list[tuple[Value, ...]] = []
        while (part := next(values)) is not None:
            for row, column in part["dates"]:
                part["rows"][row][column] = _date(part["rows"][row][column])
            rows.extend(map(tuple, part["rows"]))
        merged = tuple((top, left, bottom, right) for top, left, bottom, right in about["merged"])
        sheet = Sheet(about["name"], about["visible"], tuple(rows), frozenset(about["hidden"]), merged)
        fonts = about["fonts"]
        yield replace(sheet, legacy_fonts=Fonts(*fonts)) if fonts else sheet


def _date(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
