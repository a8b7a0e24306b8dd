"""What a list holds: everybody once, the right amount, frozen as it was."""

from datetime import date

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Integer as Int
from sqlalchemy import column, func, or_, select, values

from portal.db import db
from portal.payouts import problems, queries, services
from portal.payouts.models import LeftOut, LeftOutReason, Line, Outcome, Payee, RunState
from portal.payouts.numbering import reference
from portal.recipients.models import (
    Adjustment,
    Entitlement,
    EntitlementStatus,
    MethodKind,
    MethodStatus,
    RecipientStatus,
    RepresentativeStatus,
)
from portal.vietnam.references import make
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
    lines,
    officer,
    represented,
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


def test_a_line_is_the_month_and_arrears_and_one_off_less_clawback(commune):
    person = factories.recipient(commune, amount=810_000)
    for kind, amount in (("arrears", 1_620_000), ("one_off", 500_000), ("clawback", 100_000)):
        adjust(person, DECEMBER, kind, amount)
    adjust(person, NOVEMBER, "arrears", 7)
    line = line_of(draw(commune), person)
    assert (line.amount_month, line.amount_arrears, line.amount_clawback) == (810_000, 2_120_000, 100_000)
    assert line.amount_total == 2_830_000


def test_numbers_run_by_village_and_given_name_and_references_have_a_check_character(commune):
    for name, village in (
        ("Vi Văn Đức", "Tòng Chu"),
        ("Vi Thị An", "Tòng Chu"),
        ("Vi Thị Ánh", "Tòng Chu"),
        ("Lý Y", "Nà Pái"),
    ):
        factories.recipient(commune, name, village_id=factories.village(commune, village).id)
    run = draw(commune)
    assert [line.recipient_name for line in lines(run)] == ["Lý Y", "Vi Thị An", "Vi Thị Ánh", "Vi Văn Đức"]
    assert [line.number for line in lines(run)] == [1, 2, 3, 4]
    assert [line.reference for line in lines(run)] == [make("BTXH", DECEMBER, "06112", n) for n in (1, 2, 3, 4)]


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    numbers=st.lists(st.integers(1, 999_999), min_size=1, max_size=50, unique=True),
    code=st.from_regex(r"\A[0-9]{5}\Z"),
    programme=st.sampled_from(["BTXH", "NCC", "HT"]),
)
def test_the_database_makes_the_same_references_as_the_portal(commune, numbers, code, programme):
    table = values(column("n", Int), name="numbers").data([(n,) for n in numbers]).cte()
    made = db.session.execute(select(table.c.n, reference(programme, DECEMBER, code, table.c.n))).all()
    assert [(n, make(programme, DECEMBER, code, n)) for n in numbers] == [tuple(row) for row in made]


def test_payee_account_and_name_are_frozen_as_they_were(commune):
    own = factories.recipient(commune, "Hoàng Văn Quẩy", method=MethodKind.BANK_ACCOUNT)
    other = factories.recipient(commune, "Vi Ó", method=None)
    represented(other, until=date(2027, 6, 1))
    cash = factories.recipient(commune, "Lý Thị Nhình")
    run = draw(commune)
    before = [(line.payee_name, line.account_number, line.recipient_name) for line in lines(run)]
    own.full_name, other.full_name = "Người Khác", "Người Khác Nữa"
    db.session.flush()
    assert [(line.payee_name, line.account_number, line.recipient_name) for line in lines(run)] == before
    assert line_of(run, own).payee_name == "NGUOI HUONG" and line_of(run, own).payee == Payee.RECIPIENT
    assert line_of(run, other).payee_name == "NONG THI LA" and line_of(run, other).payee == Payee.REPRESENTATIVE
    assert line_of(run, cash).payee_name == "Lý Thị Nhình" and line_of(run, cash).account_number is None


def test_cash_goes_to_the_proxy_while_the_paper_holds_and_to_the_recipient_after(commune):
    holds, ended = (factories.recipient(commune, name, method=None) for name in ("Vi Ó", "Vi Thị Ven"))
    represented(holds, until=date(2027, 6, 1), kind=MethodKind.CASH_POINT)
    represented(ended, until=date(2026, 11, 30), kind=MethodKind.CASH_POINT)
    run = draw(commune)
    assert line_of(run, holds).payee_name == "Nông Thị Lả"
    assert line_of(run, ended).payee_name == "Vi Thị Ven" and line_of(run, ended).payee == Payee.RECIPIENT


def test_who_gets_no_line_is_listed_with_the_reason(commune):
    factories.recipient(commune, "Có Dòng")
    nothing = factories.recipient(commune, "Không Còn", amount=500_000)
    adjust(nothing, DECEMBER, "clawback", 500_000)
    factories.recipient(commune, "Chưa Có", method=None)
    waiting = factories.recipient(commune, "Chờ Mở", method=None)
    factories.payment_method(waiting, status=MethodStatus.TO_OPEN)
    suspended, died = factories.recipient(commune, "Tạm Dừng"), factories.recipient(commune, "Đã Chết")
    entitlement(suspended).status = EntitlementStatus.SUSPENDED
    died.status = RecipientStatus.DIED
    ended = factories.recipient(commune, "Hết Hạn", method=None)
    represented(ended, until=date(2026, 11, 30))
    revoked = factories.recipient(commune, "Hủy Giấy", method=None)
    represented(revoked, until=date(2027, 6, 1)).representative.status = RepresentativeStatus.ENDED
    db.session.flush()
    run = draw(commune)
    assert [line.recipient_name for line in lines(run)] == ["Có Dòng"]
    assert {row.recipient_name: row.reason for row in queries.left_out(run)} == {
        "Không Còn": LeftOutReason.NOTHING_DUE,
        "Chưa Có": LeftOutReason.NO_METHOD,
        "Chờ Mở": LeftOutReason.NO_METHOD,
        "Tạm Dừng": LeftOutReason.SUSPENDED,
        "Đã Chết": LeftOutReason.NOT_LIVE,
        "Hết Hạn": LeftOutReason.AUTHORIZATION_ENDED,
        "Hủy Giấy": LeftOutReason.AUTHORIZATION_ENDED,
    }


def test_only_the_months_of_an_entitlement_are_paid(commune):
    for name, first, last in (
        ("Sau", JANUARY, None),
        ("Trước", date(2025, 1, 1), NOVEMBER),
        ("Đúng", DECEMBER, DECEMBER),
    ):
        chosen = entitlement(factories.recipient(commune, name))
        chosen.first_month, chosen.last_month = first, last
    db.session.flush()
    run = draw(commune)
    assert [line.recipient_name for line in lines(run)] == ["Đúng"] and queries.count_left_out(run) == 0


def ended(person, last=NOVEMBER):
    chosen = entitlement(person)
    chosen.status, chosen.last_month = EntitlementStatus.ENDED, last
    db.session.flush()


def test_who_is_paid_no_more_still_gets_what_is_due_once(commune):
    owed, owes, uncollected = (factories.recipient(commune, name) for name in ("Còn Nợ", "Phải Trả", "Chưa Nhận"))
    november = sent(commune, NOVEMBER)
    services.record_outcome(officer(), line_of(november, uncollected), Outcome.UNCOLLECTED, NOVEMBER)
    uncollected.status = RecipientStatus.MOVED
    for person in (owed, owes, uncollected):
        ended(person)
    adjust(owed, DECEMBER, "arrears", 200_000)
    adjust(owes, DECEMBER, "clawback", 200_000)
    run = draw(commune)
    line = line_of(run, owed)
    assert (line.amount_month, line.amount_arrears, line.amount_total) == (0, 200_000, 200_000)
    line = line_of(run, uncollected)
    assert (line.amount_month, line.amount_carried, line.amount_total) == (0, 810_000, 810_000)
    assert [(row.recipient_name, row.reason) for row in queries.left_out(run)] == [
        ("Phải Trả", LeftOutReason.NOTHING_DUE)
    ]
    assert {p.kind for p in problems.problems(run, NOVEMBER)} == {problems.Kind.LEFT_OUT}


def test_money_of_the_dead_goes_only_to_whom_it_was_given_since(commune):
    unclaimed, claimed = (factories.recipient(commune, name, method=None) for name in ("Chưa Ai", "Đã Có"))
    factories.payment_method(unclaimed)
    represented(claimed, until=date(2027, 6, 1), kind=MethodKind.CASH_POINT)
    for person in (unclaimed, claimed):
        person.status = RecipientStatus.DIED
        ended(person)
        adjust(person, DECEMBER, "one_off", 10_800_000)
    run = draw(commune)
    assert [(line.recipient_name, line.payee_name, line.amount_total) for line in lines(run)] == [
        ("Đã Có", "Nông Thị Lả", 10_800_000)
    ]
    assert [(row.recipient_name, row.reason, row.amount) for row in queries.left_out(run)] == [
        ("Chưa Ai", LeftOutReason.NOT_LIVE, 10_800_000)
    ]


FATES = st.lists(
    st.tuples(
        st.sampled_from(EntitlementStatus),
        st.sampled_from(RecipientStatus),
        st.sampled_from([None, MethodKind.CASH_POINT, MethodKind.BANK_ACCOUNT, "paper ended", "to open"]),
        st.sampled_from([0, 300_000, 900_000]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(fates=FATES)
def test_every_entitlement_of_the_month_has_one_line_or_is_left_out_once(commune, fates):
    with db.session.begin_nested() as saved:
        for status, life, method, clawback in fates:
            kind = method if isinstance(method, MethodKind) else None
            person = factories.recipient(commune, "Vi Ó", method=kind, status=life)
            if method == "paper ended":
                represented(person, until=date(2026, 10, 31))
            if method == "to open":
                factories.payment_method(person, status=MethodStatus.TO_OPEN)
            if clawback:
                adjust(person, DECEMBER, "clawback", clawback)
            entitlement(person).status = status
        db.session.flush()
        with_money = select(Adjustment.entitlement_id)
        concerned = or_(Entitlement.status != EntitlementStatus.ENDED, Entitlement.id.in_(with_money))
        wanted = db.session.scalars(select(Entitlement.id).where(concerned)).all()
        try:
            run = draw(commune)
        except services.NobodyMissing:
            assert not wanted
        else:
            paid = db.session.scalars(select(Line.entitlement_id).where(Line.run_id == run.id)).all()
            left = db.session.scalars(select(LeftOut.entitlement_id).where(LeftOut.run_id == run.id)).all()
            assert sorted([*paid, *left]) == sorted(wanted)
        saved.rollback()
    db.session.expire_all()


def test_a_supplementary_list_takes_only_those_who_are_on_none(commune):
    factories.recipient(commune, "Có Dòng")
    late = factories.recipient(commune, "Đến Sau", method=None)
    first = approved(commune)
    factories.payment_method(late, MethodKind.CASH_POINT)
    second = draw(commune)
    assert (second.sequence, second.month) == (2, DECEMBER)
    assert [(line.recipient_name, line.number) for line in lines(second)] == [("Đến Sau", 2)]
    assert len(lines(first)) == 1


def test_no_second_list_while_one_is_open_and_none_when_nobody_is_missing(commune):
    factories.recipient(commune)
    run = draw(commune)
    for month in (DECEMBER, JANUARY):
        with pytest.raises(services.ListStillOpen):
            draw(commune, month)
    services.prepare(officer(), run)
    services.approve(factories.member("approver"), run)
    with pytest.raises(services.NobodyMissing):
        draw(commune, DECEMBER)


def test_drawing_up_again_replaces_the_lines_by_what_the_register_says(commune):
    stays, goes = factories.recipient(commune, "Ở Lại"), factories.recipient(commune, "Ra Đi")
    run = draw(commune)
    goes.status = RecipientStatus.DIED
    entitlement(stays).monthly_amount = 900_000
    db.session.flush()
    services.redraw(officer(), run)
    assert [(line.recipient_name, line.amount_total, line.number) for line in lines(run)] == [("Ở Lại", 900_000, 1)]
    assert [row.reason for row in queries.left_out(run)] == [LeftOutReason.NOT_LIVE]


def test_a_discarded_draft_leaves_nothing_and_can_be_drawn_up_again(commune):
    factories.recipient(commune)
    services.discard(officer(), draw(commune))
    assert db.session.scalar(select(func.count()).select_from(Line)) == 0
    assert draw(commune).sequence == 1


def test_money_not_received_is_carried_once_and_whole(commune):
    person = factories.recipient(commune, amount=810_000)
    november = sent(commune, NOVEMBER)
    services.record_outcome(officer(), line_of(november, person), Outcome.UNCOLLECTED, NOVEMBER)
    december = sent(commune, DECEMBER)
    line = line_of(december, person)
    assert (line.amount_carried, line.amount_total) == (810_000, 1_620_000)
    assert line.carried_from_id == line_of(november, person).id
    with time_machine.travel("2026-12-16T02:00:00Z"):
        services.record_outcome(officer(), line, Outcome.RETURNED, DECEMBER)
        january = draw(commune, JANUARY)
        assert line_of(january, person).amount_carried == 1_620_000


def test_money_that_waited_while_somebody_was_left_out_is_not_lost(commune):
    person = factories.recipient(commune, amount=810_000)
    november = sent(commune, NOVEMBER)
    services.record_outcome(officer(), line_of(november, person), Outcome.UNCOLLECTED, NOVEMBER)
    other = factories.recipient(commune, "Người Khác")
    entitlement(person).status = EntitlementStatus.SUSPENDED
    db.session.flush()
    december = sent(commune, DECEMBER)
    assert [line.recipient_id for line in lines(december)] == [other.id]
    entitlement(person).status = EntitlementStatus.LIVE
    db.session.flush()
    with time_machine.travel("2026-12-20T02:00:00Z"):
        assert line_of(draw(commune, JANUARY), person).amount_carried == 810_000


def test_what_was_paid_or_is_still_open_is_not_carried(commune):
    paid, still_open = factories.recipient(commune, "Đã Trả"), factories.recipient(commune, "Còn Chờ")
    november = sent(commune, NOVEMBER)
    all_paid(november, except_for=[still_open])
    december = draw(commune)
    assert [line.amount_carried for line in lines(december)] == [0, 0]
    assert {line.recipient_id for line in lines(december)} == {paid.id, still_open.id}


def test_another_commune_and_another_programme_stay_out(app, commune):
    factories.recipient(commune, "Của Xã")
    elsewhere = factories.commune(app, "06115", "Xã Khác", "XK", suffix="2")
    factories.recipient(elsewhere, "Xã Khác")
    merit = entitlement(factories.recipient(commune, "Người Có Công"))
    merit.programme_id = factories.programme("NCC").id
    db.session.flush()
    run = draw(commune)
    assert [line.recipient_name for line in lines(run)] == ["Của Xã"] and queries.count_left_out(run) == 0
    assert run.state == RunState.DRAFT
