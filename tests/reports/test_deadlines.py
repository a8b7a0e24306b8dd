"""The calendar: the 25th before, the 15th and the 20th."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portal.reports.charts import chart
from portal.reports.deadlines import SHOWN, Step, deadlines, kept
from portal.reports.queries import MonthDone

TODAY = date(2026, 11, 20)
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
ALL_DONE = MonthDone(approved=True, paid=True, reported=True)


def told(today, months):
    return [(d.step, d.month, d.due) for d in deadlines(today, months)]


def test_the_next_deadlines_come_in_the_order_of_their_days():
    assert told(TODAY, {NOVEMBER: MonthDone(approved=True, paid=True)}) == [
        (Step.REPORT, NOVEMBER, date(2026, 11, 20)),
        (Step.LIST, DECEMBER, date(2026, 11, 25)),
        (Step.PAY, DECEMBER, date(2026, 12, 15)),
    ]


def test_what_was_started_and_is_late_comes_first():
    assert told(TODAY, {NOVEMBER: MonthDone(approved=True)})[0] == (Step.PAY, NOVEMBER, date(2026, 11, 15))


def test_a_commune_that_begins_is_not_late_for_months_before_the_portal():
    assert told(date(2026, 11, 26), {})[0] == (Step.PAY, DECEMBER, date(2026, 12, 15))


def test_what_is_done_of_this_month_is_said_and_not_asked_again():
    months = {NOVEMBER: MonthDone(approved=True, paid=True)}
    assert [d.step for d in kept(TODAY, months)] == [Step.LIST, Step.PAY]
    assert NOVEMBER not in [month for _, month, _ in told(TODAY, {NOVEMBER: ALL_DONE})]


def test_the_list_of_january_is_due_in_december():
    assert (Step.LIST, date(2027, 1, 1), date(2026, 12, 25)) in told(date(2026, 12, 24), {DECEMBER: ALL_DONE})


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.dictionaries(st.just(DECEMBER), st.just(ALL_DONE)))
def test_there_is_always_a_next_step(today, months):
    found = deadlines(today, months)
    assert 1 <= len(found) <= SHOWN
    assert [d.due for d in found] == sorted(d.due for d in found)


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), max_size=6))
def test_every_column_and_the_goal_stay_inside_the_chart(counts):
    months = [(DECEMBER, max(a, b), min(a, b)) for a, b in counts]
    drawn = chart(months)
    assert 20 <= drawn.goal < 140
    assert all(29 <= c.top <= 140 and 0 <= c.height <= 111 for c in drawn.columns)
