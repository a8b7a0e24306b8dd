"""The comparison with last month ties to the đồng, and says why."""

from datetime import date

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from portal.db import db
from portal.payouts import queries, services
from portal.payouts.difference import Difference, Entry, Item, Sum
from portal.payouts.models import Line, Outcome
from portal.recipients.models import EntitlementStatus, MethodKind, MethodStatus, PaymentMethod, RecipientStatus
from tests import factories
from tests.payouts.register import (
    DECEMBER,
    JANUARY,
    NOVEMBER,
    adjust,
    all_paid,
    approved,
    draw,
    entitlement,
    line_of,
    officer,
    sent,
)

pytestmark = pytest.mark.usefixtures("commune")


@pytest.fixture(autouse=True)
def on_20_november():
    with time_machine.travel("2026-11-20T02:00:00Z", tick=False):
        yield


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield
        db.session.rollback()


def told(run):
    return {e.item: (e.people, e.amount) for e in queries.difference(run).entries if e.touched or e.amount}


def test_the_first_list_ever_counts_everybody_as_new(commune):
    adjust(factories.recipient(commune, amount=810_000), DECEMBER, "arrears", 200_000)
    run = draw(commune)
    found = queries.difference(run)
    assert found.before is None and found.ties and found.after == Sum(1, 1_010_000)
    assert told(run) == {Item.NEW: (1, 810_000), Item.ARREARS_NEW: (0, 200_000)}


def test_every_change_of_a_month_has_its_reason(commune):
    same, up, unpaid, died, moved, out, took = (
        factories.recipient(commune, name, amount=1_000_000)
        for name in ("Như Cũ", "Tăng Mức", "Chưa Nhận", "Đã Chết", "Chuyển Đi", "Thôi Hưởng", "Thu Hồi")
    )
    adjust(same, NOVEMBER, "arrears", 300_000)
    adjust(same, NOVEMBER, "clawback", 50_000)
    november = sent(commune, NOVEMBER)
    all_paid(november, except_for=[unpaid])
    services.record_outcome(officer(), line_of(november, unpaid), Outcome.UNCOLLECTED, NOVEMBER)
    died.status, moved.status = RecipientStatus.DIED, RecipientStatus.MOVED
    entitlement(out).status = EntitlementStatus.ENDED
    entitlement(up).monthly_amount = 1_270_000
    adjust(took, DECEMBER, "clawback", 540_000)
    adjust(up, DECEMBER, "arrears", 70_000)
    adjust(factories.recipient(commune, "Mới Hưởng", amount=800_000), DECEMBER, "arrears", 1_600_000)
    run = draw(commune)
    found = queries.difference(run)
    assert found.before == Sum(7, 7_250_000) and found.ties and found.gap == 0
    assert told(run) == {
        Item.NEW: (1, 800_000),
        Item.ARREARS_NEW: (0, 1_600_000),
        Item.ARREARS: (0, 70_000),
        Item.CARRIED: (0, 1_000_000),
        Item.CLAWBACK_GONE: (0, 50_000),
        Item.DIED: (-1, -1_000_000),
        Item.MOVED: (-1, -1_000_000),
        Item.ENDED: (-1, -1_000_000),
        Item.ONCE_GONE: (0, -300_000),
        Item.CLAWBACK: (0, -540_000),
        Item.AMOUNT: (0, 270_000),
    }


def test_what_is_paid_once_after_the_end_has_its_reason_and_goes_again(commune):
    factories.recipient(commune, "Ở Lại")
    person = factories.recipient(commune, "Thôi Hưởng")
    all_paid(sent(commune, NOVEMBER))
    entitlement(person).status, entitlement(person).last_month = EntitlementStatus.ENDED, NOVEMBER
    adjust(person, DECEMBER, "arrears", 200_000)
    adjust(person, JANUARY, "arrears", 300_000)
    december = sent(commune)
    assert told(december) == {Item.ENDED: (0, -810_000), Item.ARREARS: (0, 200_000)}
    january = sent(commune, JANUARY)
    assert told(january) == {Item.ARREARS: (0, 300_000), Item.ONCE_GONE: (0, -200_000)}
    february = draw(commune, date(2027, 2, 1))
    assert told(february) == {Item.ONCE_GONE: (-1, -300_000)}
    assert all(queries.difference(run).ties for run in (december, january, february))


def test_someone_who_was_left_out_a_month_comes_back_as_resumed(commune):
    stays, breaks = factories.recipient(commune, "Ở Lại"), factories.recipient(commune, "Nghỉ Tháng")
    all_paid(sent(commune, NOVEMBER))
    entitlement(breaks).status = EntitlementStatus.SUSPENDED
    db.session.flush()
    december = sent(commune)
    assert told(december)[Item.SUSPENDED] == (-1, -810_000)
    entitlement(breaks).status = EntitlementStatus.LIVE
    db.session.flush()
    assert told(draw(commune, JANUARY)) == {Item.RESUMED: (1, 810_000)}
    assert stays.id


def test_a_supplementary_list_is_compared_with_the_month_so_far(commune):
    factories.recipient(commune, "Có Dòng")
    late = factories.recipient(commune, "Đến Sau")
    all_paid(sent(commune, NOVEMBER))
    method = db.session.scalars(select(PaymentMethod).where(PaymentMethod.recipient_id == late.id)).one()
    method.status = MethodStatus.REPLACED
    db.session.flush()
    first = approved(commune)
    assert told(first) == {Item.LEFT_OUT: (-1, -810_000)}
    factories.payment_method(late, MethodKind.HOME_VISIT)
    second = draw(commune)
    found = queries.difference(second)
    assert told(second) == {} and found.ties and found.after == found.before == Sum(2, 1_620_000)
    assert told(first) == {Item.LEFT_OUT: (-1, -810_000)}


def test_what_the_approver_saw_stays_when_the_register_changes_later(commune):
    factories.recipient(commune, "Ở Lại")
    leaves = factories.recipient(commune, "Ra Đi")
    all_paid(sent(commune, NOVEMBER))
    entitlement(leaves).status = EntitlementStatus.SUSPENDED
    db.session.flush()
    run = approved(commune)
    leaves.status = RecipientStatus.DIED
    db.session.flush()
    assert told(run) == {Item.SUSPENDED: (-1, -810_000)}


def test_a_sum_that_does_not_tie_is_said_and_cannot_be_prepared(app, commune):
    person = factories.recipient(commune)
    run = draw(commune)
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("PRAGMA ignore_check_constraints = ON"))
    else:
        db.session.execute(text("ALTER TABLE line DROP CONSTRAINT ck_line_total_is_the_sum"))
    db.session.execute(text("UPDATE line SET amount_total = amount_total + 1"))
    db.session.expire_all()
    found = queries.difference(run)
    assert not found.ties and found.gap == 1
    with pytest.raises(services.ProblemsRemain):
        services.prepare(officer(), run)
    assert line_of(run, person).amount_total == 810_001


def test_people_have_to_tie_too():
    entry = Entry(Item.NEW, people=1, touched=1, amount=10)
    assert Difference(Sum(1, 5), (entry,), Sum(2, 15)).ties
    assert not Difference(Sum(1, 5), (entry,), Sum(3, 15)).ties
    assert not Difference(Sum(1, 5), (entry,), Sum(2, 16)).ties


OCTOBER = date(2026, 10, 1)
AMOUNT = st.integers(1, 3_000_000)
ONCE = st.one_of(st.just(0), AMOUNT)
PERSON = st.fixed_dictionaries(
    {
        "first": st.sampled_from([date(2025, 1, 1), DECEMBER, JANUARY]),
        "last": st.sampled_from([None, OCTOBER, NOVEMBER, DECEMBER]),
        "amounts": st.tuples(AMOUNT, AMOUNT),
        "arrears": st.tuples(ONCE, ONCE),
        "clawback": st.tuples(ONCE, ONCE),
        "outcome": st.sampled_from(Outcome),
        "status": st.sampled_from(RecipientStatus),
        "entitlement": st.sampled_from(EntitlementStatus),
        "method": st.sampled_from([None, MethodKind.CASH_POINT, MethodKind.BANK_ACCOUNT]),
    }
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(people=st.lists(PERSON, min_size=1, max_size=6))
def test_two_months_of_any_register_tie_to_the_dong(commune, people):
    with db.session.begin_nested() as saved:
        made = [(factories.recipient(commune, "Vi Ó", amount=p["amounts"][0], method=p["method"]), p) for p in people]
        made.append((factories.recipient(commune, "Luôn Có"), None))
        for person, p in made[:-1]:
            months = p["first"], p["last"] if p["last"] and p["last"] >= p["first"] else None
            entitlement(person).first_month, entitlement(person).last_month = months
            for month, arrears, clawback in zip((NOVEMBER, DECEMBER), p["arrears"], p["clawback"], strict=True):
                for kind, amount in (("arrears", arrears), ("clawback", clawback)):
                    if amount:
                        adjust(person, month, kind, amount)
        november = sent(commune, NOVEMBER)
        outcomes = {person.id: p["outcome"] for person, p in made[:-1]}
        for line in db.session.scalars(select(Line).where(Line.run_id == november.id)):
            line.outcome, line.outcome_on = outcomes.get(line.recipient_id, Outcome.PAID), NOVEMBER
        for person, p in made[:-1]:
            person.status, entitlement(person).status = p["status"], p["entitlement"]
            entitlement(person).monthly_amount = p["amounts"][1]
        db.session.flush()
        found = queries.difference(draw(commune))
        total = db.session.scalar(select(func.sum(Line.amount_total)).where(Line.month == DECEMBER))
        assert found.ties and found.gap == 0 and found.after.amount == total
        saved.rollback()
    db.session.expire_all()
