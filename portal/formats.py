"""How money, dates, numbers and states are written on pages; each function is a Jinja filter of the same name.

The figures look the same in both languages; only the words change. None is shown as nothing.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import gettext, ngettext

from portal.vietnam.words import amount_in_words, date_in_words

LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
HIDDEN = "••••"


def dong(amount: int | None) -> str:
    """544.590.000, with a true minus sign."""
    return "" if amount is None else f"{amount:,}".replace(",", ".").replace("-", MINUS)


def money(amount: int | None) -> str:
    """544.590.000 đ, which never breaks before the đ."""
    return "" if amount is None else f"{dong(amount)}{NO_BREAK_SPACE}đ"


def signed(amount: int | None) -> str:
    """A line of a sum that must tie: +12.150.000, −7.020.000, 0."""
    return f"+{dong(amount)}" if amount and amount > 0 else dong(amount)


def count(number: int | None) -> str:
    """4.000"""
    return dong(number)


def in_words(amount: int | None) -> str:
    """Năm trăm nghìn đồng: Vietnamese in both languages, since the papers are."""
    return "" if amount is None else amount_in_words(amount)


def percent(part: int, whole: int) -> float:
    """0-100, not rounded, for the width of a bar; 0 of 0 is 0."""
    return 100 * part / whole if whole else 0.0


def share(part: int, whole: int) -> str:
    """47,9 %, half rounded up; a share of nothing is nothing."""
    if not whole:
        return ""
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{dong(tenths // 10)},{tenths % 10}{NO_BREAK_SPACE}%"


def local_day(when: date | datetime) -> date:
    """The day in Vietnam. An instant without a zone is UTC, as SQLite gives it back."""
    if not isinstance(when, datetime):
        return when
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(LOCAL_TIME).date()


def today() -> date:
    return datetime.now(LOCAL_TIME).date()


def day(when: date | datetime | None) -> str:
    """20/11/2026"""
    return "" if when is None else f"{local_day(when):%d/%m/%Y}"


def month(first_day: date | None) -> str:
    """12/2026, from the first day of the month"""
    return "" if first_day is None else f"{first_day.month}/{first_day.year}"


def instant(when: datetime | None) -> str:
    """10:24 ngày 20/11/2026, from UTC"""
    if when is None:
        return ""
    local = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(LOCAL_TIME)
    return str(gettext("%(time)s on %(day)s", time=f"{local:%H:%M}", day=f"{local:%d/%m/%Y}"))


def ago(when: date | datetime | None) -> str:
    """hôm nay, hôm qua, 2 ngày: how long something has waited, in days of Vietnam"""
    if when is None:
        return ""
    days = (today() - local_day(when)).days
    if days <= 0:
        return str(gettext("today"))
    return str(gettext("yesterday") if days == 1 else ngettext("%(num)s day", "%(num)s days", days))


def left(due: date | None) -> str:
    """còn 5 ngày, hạn hôm nay, quá hạn 2 ngày"""
    if due is None:
        return ""
    days = (due - today()).days
    if days == 0:
        return str(gettext("due today"))
    if days < 0:
        return str(ngettext("%(num)s day late", "%(num)s days late", -days))
    return str(ngettext("%(num)s day left", "%(num)s days left", days))


def birth(born: date | None, precision: str = "day") -> str:
    """02/09/1948, 9/1948 or 1948: no more than what is known (precision: day, month, year)."""
    if born is None:
        return ""
    return {"day": day(born), "month": month(born), "year": str(born.year)}[precision]


def masked(number: str | None, tail: int) -> str:
    """First four and last `tail` characters, at least four hidden; a shorter number shows half of itself."""
    if not number:
        return ""
    if len(number) >= 8 + tail:
        return f"{number[:4]}{HIDDEN}{number[-tail:]}"
    shown = len(number) // 4
    return f"{number[:shown]}{HIDDEN}{number[len(number) - shown :]}"


def mask_id(number: str | None) -> str:
    """0201••••0123"""
    return masked(number, 4)


def mask_account(number: str | None) -> str:
    """8410••••0123"""
    return masked(number, 4)


def mask_phone(number: str | None) -> str:
    """0968••••14, also of a number kept as +84968…"""
    return masked(number and number.replace("+84", "0", 1), 2)


def grouped(number: str | None) -> str:
    """020 148 000 123; only while capturing and reviewing that one case"""
    return " ".join(number[at : at + 3] for at in range(0, len(number), 3)) if number else ""


_labels: dict[type[Enum], Mapping[Any, Any]] = {}


def register_labels(labels: Mapping[type[Enum], Mapping[Any, Any]]) -> None:
    """Give the words for the members of enumerations: {Enum: {member: lazy_gettext(...)}}.

    Raises LookupError when a member has no words, so that a new state cannot reach a page without them.
    """
    for enumeration, words in labels.items():
        missing = [member.name for member in enumeration if member not in words]
        if missing:
            raise LookupError(f"No label for {enumeration.__name__}: {', '.join(missing)}")
        _labels[enumeration] = words


def label(member: Enum | None) -> str:
    """The words for a member of an enumeration that was given to register_labels."""
    return "" if member is None else str(_labels[type(member)][member])


FILTERS: list[Callable[..., Any]] = [
    dong, money, signed, count, in_words, percent, share, day, month, instant, ago, left, birth,
    mask_id, mask_account, mask_phone, grouped, label, date_in_words,
]  # fmt: skip


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update({function.__name__: function for function in FILTERS})
