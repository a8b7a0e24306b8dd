"""Finds the header of a statement's table and says which column holds what, whatever the bank calls it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from portal.reconciliation.parsing.values import as_text, fold
from portal.spreadsheets import Sheet

SEARCHED_ROWS = 80
# In this order: the first pattern that fits a heading decides, so what is narrower stands before what is wider.
_PATTERNS = {
    "account": r"^acctno$",
    "counter_name": r"\bten\b.*(doi ung|thu huong|nguoi nhan|nguoi chuyen|doi tac)|(partner|beneficiary|counterparty) name|nguoi thu huong$",
    "counter_account": r"(tai khoan|tk|account).*(doi ung|thu huong|nhan|doi tac|counter|beneficiary)|^(toacctno|tomgntno|bank account)$",
    "side": r"^(d c|no co|dau|debit credit|dr cr|cd dc)$",
    "balance": r"so du|balance|aftrbal",
    "debit": r"ghi no|phat sinh no|\bps no\b|^no$|debit|tien ra|tien chi|rut ra|withdraw",
    "credit": r"ghi co|phat sinh co|\bps co\b|^co$|credit|tien vao|tien thu|gui vao|deposit",
    "memo": r"noi dung|dien giai|mo ta|^rem$|descri|detail|remark|^label$|narrative|^note$|^memo$",
    "value_day": r"hieu luc|effective|value date|ngay gia tri",
    "day": r"^ngay|\bdate\b|^trdt$|thoi gian",
    "reference": r"tham chieu|ma giao dich|ma gd|so but toan|^thrref$|\bref\b|reference|so ct|so chung tu|trace|doc no",
    "currency": r"loai tien|currency|tien te",
    "amount": r"so tien|amount|^acctccyamt$|gia tri",
}
_COMPILED = {field: re.compile(pattern) for field, pattern in _PATTERNS.items()}


@dataclass(frozen=True)
class Header:
    """`columns`: field to its columns from left to right; rows and columns count from 0."""

    row: int
    columns: Mapping[str, tuple[int, ...]]
    text: str

    def first(self, field: str) -> int | None:
        return self.columns.get(field, (None,))[0]


def find_header(sheet: Sheet) -> Header | None:
    """The first row that names a day and an amount (one signed column, or money out and money in)."""
    for row in range(min(len(sheet.rows), SEARCHED_ROWS)):
        header = _header_at(sheet, row)
        if header:
            return header
    return None


def _header_at(sheet: Sheet, row: int) -> Header | None:
    columns: dict[str, tuple[int, ...]] = {}
    texts = []
    for column, value in enumerate(sheet.rows[row]):
        text = fold(as_text(value)) if isinstance(value, str) else ""
        if not text or len(text) > 60:
            continue
        texts.append(text)
        field = next((field for field, pattern in _COMPILED.items() if pattern.search(text)), None)
        if field:
            columns[field] = (*columns.get(field, ()), column)
    if "day" not in columns and "value_day" in columns:
        columns["day"] = columns["value_day"]
    has_amount = "amount" in columns or "debit" in columns or "credit" in columns
    if "day" not in columns or not has_amount or len(columns) < 3:
        return None
    return Header(row, columns, " | ".join(texts))
