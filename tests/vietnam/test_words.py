"""Amounts and dates in words."""

from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vietnam.words import amount_in_words, date_in_words
from tests.vietnam.shared_files import shared

VALUES = dict(
    zip(
        ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mốt", "tư", "lăm"],
        [*range(11), 1, 4, 5],
        strict=True,
    )
)
SCALES = {"nghìn": 1000, "triệu": 10**6}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (11, "Mười một đồng"),
        (14, "Mười bốn đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (25, "Hai mươi lăm đồng"),
        (105, "Một trăm linh năm đồng"),
        (1_001, "Một nghìn không trăm linh một đồng"),
        (2_021, "Hai nghìn không trăm hai mươi mốt đồng"),
        (500_000, "Năm trăm nghìn đồng"),
        (540_000, "Năm trăm bốn mươi nghìn đồng"),
        (1_000_005, "Một triệu không trăm linh năm đồng"),
        (1_001_000, "Một triệu không trăm linh một nghìn đồng"),
        (1_234_000, "Một triệu hai trăm ba mươi tư nghìn đồng"),
        (3_012_000, "Ba triệu không trăm mười hai nghìn đồng"),
        (726_240_000, "Bảy trăm hai mươi sáu triệu hai trăm bốn mươi nghìn đồng"),
        (1_000_000_001, "Một tỷ không trăm linh một đồng"),
        (12_000_500_000_000, "Mười hai nghìn tỷ năm trăm triệu đồng"),
        (-60_000, "Âm sáu mươi nghìn đồng"),
    ],
)
def test_amounts_are_said_as_papers_say_them(amount: int, words: str) -> None:
    assert amount_in_words(amount) == words


def _value(words: list[str]) -> int:
    """Read words back by another way: add up digits, multiply at tens, hundreds and scales."""
    if "tỷ" in words:
        at = len(words) - 1 - words[::-1].index("tỷ")
        return _value(words[:at]) * 10**9 + _value(words[at + 1 :])
    total = group = digit = 0
    for word in words:
        if word in SCALES:
            total, group, digit = total + (group + digit) * SCALES[word], 0, 0
        elif word in {"trăm", "mươi"}:
            group, digit = group + digit * {"trăm": 100, "mươi": 10}[word], 0
        elif word == "mười":
            group, digit = group + 10, 0
        elif word != "linh":
            digit = VALUES[word]
    return total + group + digit


@given(st.integers(0, 10**18 - 1) | st.integers(0, 20_000).map(lambda n: n * 1000))
def test_the_words_read_back_give_the_amount(amount: int) -> None:
    words = amount_in_words(amount).lower().split()
    assert words[-1] == "đồng"
    assert _value(words[:-1]) == amount


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 1, 5), "Bình Gia, ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 10), "Bình Gia, ngày 10 tháng 02 năm 2026"),
        (date(2026, 6, 9), "Bình Gia, ngày 09 tháng 6 năm 2026"),
        (date(2026, 10, 31), "Bình Gia, ngày 31 tháng 10 năm 2026"),
    ],
)
def test_only_days_under_ten_and_the_first_two_months_get_a_zero(day: date, words: str) -> None:
    assert date_in_words(day, "Bình Gia") == words


def test_without_a_place_the_date_stands_alone() -> None:
    assert date_in_words(date(2026, 6, 9), "") == "ngày 09 tháng 6 năm 2026"


def test_the_total_of_the_november_list_is_said_as_its_foot_says_it() -> None:
    book = openpyxl.load_workbook(shared("samples", "roster-btxh-2026-11.xlsx"))
    cells = [
        str(cell.value) for row in book["DS chi tra T11-2026"].iter_rows(min_row=690) for cell in row if cell.value
    ]
    said = [text for text in cells if "bằng chữ" in text.lower()]
    assert len(said) == 1
    assert amount_in_words(726_240_000).lower() in said[0].lower()
