"""Reads a statement from a table: DPTB18 of Agribank, Vietcombank, and any other with known headings."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from portal.reconciliation.parsing.balances import with_balances
from portal.reconciliation.parsing.columns import Header, find_header
from portal.reconciliation.parsing.memos import party
from portal.reconciliation.parsing.statement import (
    BothSides,
    NoEntries,
    NoTableFound,
    OtherCurrency,
    StatementEntry,
    StatementFile,
    UnreadableAmount,
    UnreadableDay,
)
from portal.reconciliation.parsing.values import as_number, as_text, fold, read_amount, read_day
from portal.spreadsheets import Book, Sheet, cell_name, read_book

_OPENING = re.compile(r"so du dau|opening balance|balance brought forward|du dau ky")
_CLOSING = re.compile(r"so du cuoi|closing balance|ending balance|balance at end|du cuoi ky")
_TOTAL = re.compile(r"cong phat sinh|tong phat sinh|tong cong|^cong$|^total\b|\btotal$")
_ACCOUNT = re.compile(r"so tai khoan|so tk|account no|account number|sao ke tai khoan|^tai khoan")
_CURRENCY = re.compile(r"loai tien|currency|tien te")
_DONG = {"", "vnd", "dong", "vn dong", "viet nam dong"}
_DEBIT = {"d", "dr", "no", "debit", "ghi no", "dbit"}


@dataclass
class Found:
    """What a sheet says besides its entries. `totals`: (out, in) that a footer states, with its cell."""

    account: str = ""
    currency: str = "VND"
    opening: int | None = None
    closing: tuple[int, str] | None = None
    totals: tuple[int, int, str] | None = None
    entries: list[StatementEntry] = field(default_factory=list)


def read_table(path: Path, name: str) -> StatementFile:
    """Read the sheet with the most entries; raises `UnreadableStatement` or `UnreadableSpreadsheet`."""
    book = read_book(path, name)
    tables = [(sheet, header) for sheet in book.sheets if (header := find_header(sheet))]
    if not tables:
        raise NoTableFound(name=name)
    sheet, header = max(tables, key=lambda each: (each[0].visible, len(each[0].rows) - each[1].row))
    found = _TableReader(name, sheet, header).read()
    if not found.entries:
        raise NoEntries(name=name)
    entries, opening, closing, gap = with_balances(found.entries, found.opening, found.closing, found.totals)
    return StatementFile(_format(book, header), found.account, "VND", opening, closing, tuple(entries), gap)


def _format(book: Book, header: Header) -> str:
    if "acctccyamt" in header.text:
        return "agribank-xlsx"
    if book.kind != "text" and "tnx date" in header.text:
        return "vietcombank-xlsx"
    return "csv" if book.kind == "text" else book.kind


class _TableReader:
    """One sheet with its header; `name` is the file's name for messages."""

    def __init__(self, name: str, sheet: Sheet, header: Header) -> None:
        self.name, self.sheet, self.header = name, sheet, header
        self.found = Found()
        self.ended = False

    def read(self) -> Found:
        for row in range(self.header.row):
            self._read_note(row)
        for row in range(self.header.row + 1, len(self.sheet.rows)):
            self._read_row(row)
        if fold(self.found.currency) not in _DONG:
            raise OtherCurrency(name=self.name, currency=self.found.currency)
        return self.found

    def _cell(self, row: int, column: int) -> str:
        cell = cell_name(row, column)
        return f"{self.sheet.name}!{cell}" if self.sheet.name else cell

    def _text(self, row: int, field: str) -> str:
        """The first filled column of this kind: DPTB18 has one for the payer and one for the payee."""
        texts = (as_text(self.sheet.value(row, column)) for column in self.header.columns.get(field, ()))
        return next((text for text in texts if text), "")

    def _read_note(self, row: int) -> None:
        """A row outside of the table: balances, the account, the currency. Each stands right of its label."""
        for column, value in enumerate(self.sheet.rows[row]):
            text = fold(value) if isinstance(value, str) else ""
            if not text:
                continue
            if _OPENING.search(text) and (amount := self._amount_right_of(row, column)):
                self.found.opening = amount[0]
            elif _CLOSING.search(text) and (amount := self._amount_right_of(row, column)):
                self.found.closing = amount
            elif _ACCOUNT.search(text) and not self.found.account:
                self.found.account = self._account_near(row, column)
            elif _CURRENCY.search(text) and (word := as_text(self.sheet.value(row, column + 1))):
                self.found.currency = word

    def _amount_right_of(self, row: int, column: int) -> tuple[int, str] | None:
        for at in range(column + 1, len(self.sheet.rows[row])):
            if as_text(self.sheet.value(row, at)):
                amount = read_amount(self.sheet.value(row, at))
                return None if amount is None else (amount, self._cell(row, at))
        return None

    def _account_near(self, row: int, column: int) -> str:
        for at in range(column, min(column + 4, len(self.sheet.rows[row]))):
            if number := re.search(r"(?<![0-9A-Za-z])[0-9]{6,19}(?![0-9A-Za-z])", as_number(self.sheet.value(row, at))):
                return number[0]
        return ""

    def _read_row(self, row: int) -> None:
        if not any(as_text(value) for value in self.sheet.rows[row]) or self._is_footer(row):
            return
        column = self.header.columns["day"][0]
        value = self.sheet.value(row, column)
        day = read_day(value)
        amount = self._amount(row, must=day is not None)
        if day is None:
            if amount and as_text(value) and not self.ended:
                raise UnreadableDay(name=self.name, cell=self._cell(row, column), value=as_text(value)[:40])
            self._continue_memo(row, amount)
        elif amount:
            self.found.entries.append(self._entry(row, day[0], day[1], amount))

    def _is_footer(self, row: int) -> bool:
        """Balances and totals that stand among or below the entries."""
        label = next((fold(v) for v in self.sheet.rows[row] if isinstance(v, str) and fold(v)), "")
        if read_day(self.sheet.value(row, self.header.columns["day"][0])) or len(label) > 60:
            return False
        if _OPENING.search(label) or _CLOSING.search(label):
            self._read_note(row)
        elif _TOTAL.search(label):
            out, into = self.header.first("debit"), self.header.first("credit")
            if out is not None and into is not None:
                sums = read_amount(self.sheet.value(row, out)), read_amount(self.sheet.value(row, into))
                if sums[0] is not None and sums[1] is not None and any(sums):
                    self.found.totals = abs(sums[0]), sums[1], self._cell(row, out)
        else:
            return False
        self.ended = True
        return True

    def _continue_memo(self, row: int, amount: int) -> None:
        """A row with nothing but text under the memo goes on with the memo above."""
        memo = self._text(row, "memo")
        filled = sum(bool(as_text(value)) for value in self.sheet.rows[row])
        if memo and filled == 1 and not amount and self.found.entries and not self.ended:
            last = self.found.entries[-1]
            self.found.entries[-1] = replace(last, memo=f"{last.memo} {memo}")

    def _number(self, row: int, column: int, must: bool) -> int:
        value = self.sheet.value(row, column)
        amount = read_amount(value)
        if amount is None and must:
            raise UnreadableAmount(name=self.name, cell=self._cell(row, column), value=as_text(value)[:40])
        return amount or 0

    def _amount(self, row: int, must: bool) -> int:
        """Credit +, debit −, whether written in one column or in two; banks write a debit with or without a minus."""
        out, into, signed = (self.header.first(name) for name in ("debit", "credit", "amount"))
        debit = abs(self._number(row, out, must)) if out is not None else 0
        credit = self._number(row, into, must) if into is not None else 0
        if debit and credit:
            raise BothSides(name=self.name, cell=self._cell(row, self.header.columns["day"][0]))
        if debit or credit or signed is None:
            return credit - debit
        amount = self._number(row, signed, must)
        side = fold(self._text(row, "side"))
        return amount if not side else -abs(amount) if side in _DEBIT else abs(amount)

    def _entry(self, row: int, day: date, beside: str, amount: int) -> StatementEntry:
        memo = self._text(row, "memo")
        read = party(memo, amount > 0)
        balance = self.header.first("balance")
        self.found.account = self.found.account or as_number(self._text(row, "account"))
        self.found.currency = self._text(row, "currency") or self.found.currency
        if fold(self.found.currency) not in _DONG:
            raise OtherCurrency(name=self.name, currency=self.found.currency)
        return StatementEntry(
            booked_on=day,
            amount=amount,
            counter_account=as_number(self._text(row, "counter_account")) or read.account,
            counter_name=self._text(row, "counter_name") or read.name,
            memo=memo,
            reference=self._text(row, "reference") or beside,
            balance=None if balance is None else self._balance(row, balance),
            cell=self._cell(row, balance if balance is not None else 0),
        )

    def _balance(self, row: int, column: int) -> int | None:
        if not as_text(self.sheet.value(row, column)):
            return None
        return self._number(row, column, must=True)
