"""Months of payment."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vietnam.month import add_months, first_of, parse, span

DAYS = st.dates(date(2000, 1, 1), date(2900, 12, 31))


@given(DAYS, st.integers(-1000, 1000))
def test_adding_months_and_taking_them_away_comes_back(day: date, count: int) -> None:
    month = first_of(day)
    assert add_months(add_months(month, count), -count) == month
    assert add_months(month, count).day == 1


def test_months_go_over_the_end_of_the_year() -> None:
    assert add_months(date(2026, 11, 1), 2) == date(2027, 1, 1)
    assert add_months(date(2026, 1, 31), -1) == date(2025, 12, 1)


@given(DAYS)
def test_a_month_in_an_address_is_read_back(day: date) -> None:
    assert parse(f"{day:%Y-%m}") == first_of(day)


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-00", "2026-1", "26-11", "2026-11-01", "11-2026", "2026-11\n", "٢٠٢٦-١١"]
)
def test_anything_else_is_no_month(text: str) -> None:
    assert parse(text) is None


@given(DAYS, st.integers(0, 40))
def test_a_span_has_every_month_from_first_to_last(day: date, count: int) -> None:
    months = span(day, add_months(day, count))
    assert len(months) == count + 1
    assert [months[0], *(add_months(m, 1) for m in months[:-1])] == months


def test_a_span_that_ends_before_it_begins_is_empty() -> None:
    assert span(date(2026, 11, 1), date(2026, 9, 30)) == []
