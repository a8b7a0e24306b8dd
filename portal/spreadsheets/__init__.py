"""Reads any spreadsheet that people bring and writes those that people take away."""

from portal.spreadsheets.reading import (
    MOST_CELLS,
    MOST_MEGABYTES,
    Book,
    BrokenFile,
    EmptyFile,
    FileTooLarge,
    NotASpreadsheet,
    PasswordProtected,
    UnreadableSpreadsheet,
    as_refusal,
    read_book,
)
from portal.spreadsheets.sheet import Sheet, Value, cell_name
from portal.spreadsheets.writing import Column, write_csv, write_table

__all__ = [
    "MOST_CELLS",
    "MOST_MEGABYTES",
    "Book",
    "BrokenFile",
    "Column",
    "EmptyFile",
    "FileTooLarge",
    "NotASpreadsheet",
    "PasswordProtected",
    "Sheet",
    "UnreadableSpreadsheet",
    "Value",
    "as_refusal",
    "cell_name",
    "read_book",
    "write_csv",
    "write_table",
]
