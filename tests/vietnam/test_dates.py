"""Dates of birth in lists."""

import json
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vietnam.dates import ReadDate, parse_birth
from tests.vietnam.shared_files import shared


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("21/02/1950", ReadDate(date(1950, 2, 21), "day", False)),
        ("1-3-1992", ReadDate(date(1992, 3, 1), "day", False)),
        (" 28 / 4 / 1997 ", ReadDate(date(1997, 4, 28), "day", False)),
        ("05.11.1960", ReadDate(date(1960, 11, 5), "day", False)),
        ("05.11.60", ReadDate(date(1960, 11, 5), "day", True)),
        ("05/11/21", ReadDate(date(2021, 11, 5), "day", True)),
        ("07/1949", ReadDate(date(1949, 7, 1), "month", False)),
        ("00/07/1949", ReadDate(date(1949, 7, 1), "month", False)),
        ("00/00/1949", ReadDate(date(1949, 1, 1), "year", False)),
        ("1949", ReadDate(date(1949, 1, 1), "year", False)),
        ("__/__/1949", ReadDate(date(1949, 1, 1), "year", False)),
        ("năm 1949", ReadDate(date(1949, 1, 1), "year", False)),
        ("(1949)", ReadDate(date(1949, 1, 1), "year", False)),
        ("tháng 7/1949", ReadDate(date(1949, 7, 1), "month", False)),
        ("ngày 13 tháng 7 năm 1949", ReadDate(date(1949, 7, 13), "day", False)),
        (1949, ReadDate(date(1949, 1, 1), "year", False)),
        (1949.0, ReadDate(date(1949, 1, 1), "year", False)),
        ("1949.0", ReadDate(date(1949, 1, 1), "year", False)),
        ("1949-07-13", ReadDate(date(1949, 7, 13), "day", False)),
        ("1949-07-13T00:00:00", ReadDate(date(1949, 7, 13), "day", False)),
        ("1949-07-13 00:00:00", ReadDate(date(1949, 7, 13), "day", False)),
        (date(1949, 7, 13), ReadDate(date(1949, 7, 13), "day", False)),
        (datetime(1949, 7, 13, 0, 0), ReadDate(date(1949, 7, 13), "day", False)),
        (18457, ReadDate(date(1950, 7, 13), "day", True)),
        (18457.0, ReadDate(date(1950, 7, 13), "day", True)),
        ("18457", ReadDate(date(1950, 7, 13), "day", True)),
    ],
)
def test_dates_are_read_as_lists_write_them(typed: str | int | float | date, read: ReadDate) -> None:
    assert parse_birth(typed) == read


def test_a_two_digit_year_after_the_last_possible_day_is_of_the_last_century() -> None:
    assert parse_birth("01/12/26", not_after=date(2026, 11, 21)) == ReadDate(date(1926, 12, 1), "day", True)
    assert parse_birth("01/11/26", not_after=date(2026, 11, 21)) == ReadDate(date(2026, 11, 1), "day", True)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "31/02/1950",
        "12/31/1950",
        "13/1950",
        "5/00/1950",
        "1850",
        "01/01/1850",
        "1950?",
        "tháng 7",
        0,
        12,
        1899,
        -5,
        1e300,
        float("nan"),
        float("inf"),
        True,
        "1950/07/13/1",
        date(1850, 1, 1),
    ],
)
def test_anything_else_is_no_date_of_birth(typed: str | int | float | date) -> None:
    assert parse_birth(typed) is None


@given(
    st.dates(date(1900, 1, 1), date(2026, 12, 31)), st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"])
)
def test_every_whole_date_is_read_back_and_not_guessed(day: date, form: str) -> None:
    assert parse_birth(day.strftime(form)) == ReadDate(day, "day", False)


@given(st.dates(date(1905, 10, 2), date(2026, 12, 31)))
def test_every_day_number_of_a_spreadsheet_is_read_back_as_a_guess(day: date) -> None:
    assert parse_birth((day - date(1899, 12, 30)).days) == ReadDate(day, "day", True)


@given(st.text("0123456789/-. T:", max_size=12))
def test_any_text_is_a_date_in_reach_or_none(text: str) -> None:
    read = parse_birth(text)
    assert read is None or 1900 <= read.value.year <= 2100


def test_every_date_in_the_november_list_is_read_as_the_truth_has_it() -> None:
    truth = json.loads(shared("samples", "truth-2026-11.json").read_text(encoding="utf-8"))
    name = "roster-btxh-2026-11.xlsx"
    book = openpyxl.load_workbook(shared("samples", name))
    sheet = book[truth["rosters"][name]["sheet"]]
    for row in truth["rosters"][name]["rows"]:
        typed = sheet[f"{'E' if row['sex'] == 'Nữ' else 'D'}{row['row']}"].value
        year, month, day = (int(part) for part in f"{row['birth']}-1-1".split("-")[:3])
        assert parse_birth(typed) == ReadDate(date(year, month, day), row["birth_precision"], False), row["row"]
