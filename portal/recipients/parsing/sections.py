"""Lists of changes: what says that a list is one, which part of it a line, title or sheet begins, and why someone is on it."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal

from portal.recipients.parsing.grid import fold
from portal.vietnam.month import add_months

Section = Literal["increase", "decrease", "adjustment"]

_NUMBERING = r"(?:(?:phan |muc )?(?:[ivx]+|[a-d]|\d{1,2}) )?"
_WHOSE = r"(?:(?:danh sach|ds|so|phan|cac|doi tuong|nguoi|truong hop|ho so|bien dong|huong) )*"
_SECTIONS: tuple[tuple[Section, str], ...] = (
    # without accents these words are also names and offices: Tăng Thị Hoa, Giám đốc
    ("increase", r"tang\b(?! (?:giam|van|thi)\b)|moi huong\b|phat sinh (?:tang|moi)\b"),
    (
        "decrease",
        r"giam\b(?! (?:ho|doc|sat|dinh)\b)|thoi (?:huong|chi tra|tra)\b|cat (?:giam|tro cap|huong)\b"
        r"|tam (?:dung|ngung|dinh chi)\b|(?:dung|ngung) (?:chi|tra|huong|tro)\b",
    ),
    ("adjustment", r"(?:dieu chinh|thay doi)\b"),
)
_HEADING = tuple((name, re.compile(f"^{_NUMBERING}{_WHOSE}(?:{words})")) for name, words in _SECTIONS)
_CHANGES = re.compile(r"\btang\b.{0,12}\bgiam\b|\bbien dong\b")
_LONGEST_HEADING = 90
# Headings of columns that only lists of changes have, the leaf of a heading folded.
_COLUMNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(pattern))
    for field, pattern in (
        ("old_amount", r"\bcu$|^cu\b|dang huong$|truoc (?:khi )?(?:dieu chinh|day)|thang truoc$|da huong$"),
        ("amount", r"\bmoi$|^moi\b|sau (?:khi )?dieu chinh"),
        (
            "from_month",
            r"^(?:(?:thoi |duoc )?huong|thoi|tang|giam|dieu chinh|tam dung|chi tra|thuc hien|ap dung)? ?"
            r"(?:ke )?tu (?:thang|ngay)|^thoi (?:diem|gian)|^thang (?:huong|thoi|bat dau|ap dung|tang|giam|dieu chinh)"
            r"|^ngay (?:huong|thoi huong|ap dung|hieu luc)",
        ),
        ("died_on", r"^ngay (?:chet|mat|tu vong|tu tran)"),
        ("section", r"^(?:loai )?bien dong|^tang giam|^loai (?:thay doi|tang)"),
        ("reason", r"ly do|nguyen nhan|^noi dung|^can cu"),
    )
)
_AMOUNT = re.compile(r"^(?:muc|so tien|tro cap|tien|cu|moi|truoc|sau|dang huong|da huong)")
_OTHER_THINGS = re.compile(r"truy|phu cap")
_CAUSES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (cause, re.compile(pattern))
    for cause, pattern in (
        ("not_entitled", r"nguoi (?:duoc|dang duoc) (?:cham soc|nuoi duong)|\bcon (?:da )?(?:chet|mat)\b"),
        ("died", r"\b(?:chet|tu tran|tu vong|qua doi|bao tu|khai tu)\b|^(?:da |doi tuong )?mat\b|\bmat (?:ngay|thang|nam)\b"),
        ("not_collected", r"khong (?:den )?(?:nhan|linh) (?:tien |tro cap |tro cap xa hoi )*(?:lien tuc )?(?:tu |qua )?\d+ thang"
         r"|\d+ thang (?:lien tuc |lien |tro len )*khong (?:nhan|linh|den nhan)"),
        ("detained", r"\btam (?:giam|giu)\b"),
        ("not_reassessed", r"(?:xac dinh|giam dinh|danh gia) lai|khong chap hanh"),
        ("higher_rate", r"huong trung|trung (?:che do|doi tuong)|muc cao (?:hon|nhat)|che do (?:khac|cao hon)|luong huu"),
        ("refused", r"tu choi|tu nguyen thoi|xin thoi|khong (?:co )?nhu cau|don (?:xin )?thoi"),
        ("moved", r"\bchuyen (?:di|den|ve|khoi|ra|noi|khau|ho khau|cu tru|sang (?:xa|phuong|tinh|noi))\b|\bcat khau\b"),
        ("not_entitled", r"dieu kien|\bdu \d+ (?:tuoi|thang)|het (?:tuoi|han|thoi han)|thoat ngheo|khong con|tu giam|phat tu"
         r"|thoi hoc|ket hon|co viec lam|mat tich"),
    )
)  # fmt: skip
_SUSPENDED, _STOPPED = re.compile(r"\btam (?:dung|dinh chi|ngung|giam|giu)\b"), re.compile(r"\bthoi huong\b")
SUSPENDING = frozenset({"not_collected", "not_reassessed", "detained"})
_DAY = re.compile(r"(?<!\d)(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})(?!\d)")
_MONTH = re.compile(r"(?<!\d)(0?[1-9]|1[0-2])\s*(?:[/.\-]|nam|\s)\s*(20\d\d)(?!\d)")
_ISO = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_MONTH_ALONE = re.compile(r"^(?:t|thang)?\s*(0?[1-9]|1[0-2])$")


def section_of(text: str) -> Section | None:
    """The part of a list that a heading, title or name of a sheet begins: "I. TĂNG (12 đối tượng)" is increase."""
    folded = fold(text)
    if len(folded) > _LONGEST_HEADING:
        return None
    return next((name for name, words in _HEADING if words.match(folded)), None)


def of_changes(headings: Iterable[str], titles: Sequence[str], sheet: str, columns: dict[int, str]) -> bool:
    """Whether a list is of changes, by the texts between its people, the titles above, its sheet's name and columns."""
    sections = {section for text in (*headings, *titles) if (section := section_of(text))}
    named = any(_CHANGES.search(fold(title)) and len(title) < 2 * _LONGEST_HEADING for title in titles)
    telling = {"section", "old_amount"} & columns_of(columns).keys()
    several = sum((len(sections), named, bool(telling))) > 1
    return several or section_of_sheet(titles, sheet) is not None


def section_of_sheet(titles: Sequence[str], sheet: str) -> Section | None:
    """What all of a sheet is about: "DANH SÁCH ĐỐI TƯỢNG TĂNG THÁNG 12/2026", or a sheet named "Giảm T12"."""
    told = [title for title in titles if fold(title).startswith(("danh sach", "ds "))]
    return next((found for text in (*told, sheet) if (found := section_of(text))), None)


def columns_of(texts: dict[int, str]) -> dict[str, str]:
    """Field to heading, of the columns that only lists of changes have; headings of several levels by " / "."""
    found: dict[str, str] = {}
    for _, text in sorted(texts.items()):
        levels = [fold(level) for level in text.split(" / ")]
        for field, words in _COLUMNS:
            if field in found or not words.search(levels[-1]) or any(map(_OTHER_THINGS.search, levels)):
                continue
            if field in ("old_amount", "amount") and not any(map(_AMOUNT.search, levels)):
                continue
            found[field] = text
            break
    return found


def cause_of(reason: str) -> str:
    """The cause that a reason tells; "other" where it tells none of them."""
    folded = fold(reason)
    return next((cause for cause, words in _CAUSES if words.search(folded)), "other")


def suspends(cause: str | None, reason: str) -> bool:
    """A pause that the person can end (Circular 02/2021, Art. 2.3), not the end."""
    folded = fold(reason)
    return not _STOPPED.search(folded) and (cause in SUSPENDING or _SUSPENDED.search(folded) is not None)


def day_of(text: str) -> date | None:
    """The first day named in a text."""
    for found in _DAY.finditer(text):
        try:
            return date(int(found[3]), int(found[2]), int(found[1]))
        except ValueError:
            continue
    return None


def month_of(value: object, near: date | None) -> date | None:
    """A month as lists write it: 11/2026, T11/2026, 01/11/2026, a date; a month alone is that nearest to `near`."""
    if isinstance(value, date | datetime):
        return date(value.year, value.month, 1)
    text = fold(str(value)) if value is not None else ""
    plain = str(value or "")
    if day := day_of(plain):
        return date(day.year, day.month, 1)
    if found := _ISO.search(plain):
        return date(int(found[1]), int(found[2]), 1)
    if found := _MONTH.search(text):
        return date(int(found[2]), int(found[1]), 1)
    if near and (found := _MONTH_ALONE.match(text)):
        months = (add_months(near, distance) for distance in (0, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5, -6))
        return next((month for month in months if month.month == int(found[1])), None)
    return None
