"""Months of payment, each held as its first day."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")


def today() -> date:
    """The local date in Vietnam."""
    return datetime.now(LOCAL_TIME).date()


def first_of(day: date) -> date:
    return date(day.year, day.month, 1)


def add_months(month: date, count: int) -> date:
    """Return the first day of the month `count` months later, earlier if negative."""
    year, index = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(year, index + 1, 1)


def parse(text: str) -> date | None:
    """Read "2026-11" as in addresses of pages; None if it is no month."""
    found = re.fullmatch(r"(2[0-9]{3})-(0[1-9]|1[0-2])", text)
    return date(int(found[1]), int(found[2]), 1) if found else None


def span(first: date, last: date) -> list[date]:
    """Return all months from the month of `first` to that of `last`, both included; none if last is earlier."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first, i) for i in range(count)]
