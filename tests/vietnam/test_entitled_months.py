"""From which month benefits are paid, changed and stopped, as Decree 20/2021 says it."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portal.vietnam import entitled_months as law
from portal.vietnam.month import add_months, first_of

DAYS = st.dates(date(2021, 7, 1), date(2099, 12, 31))


def test_payments_begin_with_the_month_of_the_decision_the_certificate_or_the_age():
    decided = date(2026, 12, 3)
    assert law.paid_from(decided) == date(2026, 12, 1)
    assert law.paid_from(decided, certified_on=date(2026, 10, 31)) == date(2026, 10, 1)
    assert law.paid_from(decided, old_enough_on=date(2026, 11, 1)) == date(2026, 11, 1)


def test_the_month_of_a_death_is_paid_and_the_next_is_not():
    assert law.last_month(date(2026, 11, 17)) == date(2026, 11, 1)
    assert law.stopped_from(date(2026, 11, 17)) == date(2026, 12, 1)
    assert law.stopped_from(date(2026, 12, 31)) == date(2027, 1, 1)


def test_after_a_move_the_new_place_pays_from_the_next_month():
    assert law.stopped_from(date(2026, 11, 30)) == date(2026, 12, 1)


@given(DAYS)
def test_whoever_stops_is_paid_up_to_the_month_before_and_may_go_on_without_a_gap(day):
    assert add_months(law.last_month(day), 1) == law.stopped_from(day) == law.suspended_from(day)
    assert law.resumed_from(day) == law.adjusted_from(day) == first_of(day)


@given(DAYS, st.integers(0, 40))
def test_past_months_are_those_from_the_effective_one_up_to_the_last_closed_one(day, count):
    effective = first_of(day)
    months = law.past_months(effective, add_months(effective, count))
    assert months == [add_months(effective, each) for each in range(count)]
    assert law.past_months(add_months(effective, count), effective) == []
