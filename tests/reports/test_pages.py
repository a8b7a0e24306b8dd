"""The first page of each role, the table to take away and the page of further entries."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from portal.areas.models import Village
from portal.audit.models import AuditEvent
from portal.audit.services import record
from portal.db import db
from portal.formats import today
from portal.recipients.models import (
    EntitlementStatus,
    MethodKind,
    MethodStatus,
    RecipientStatus,
    Representative,
    RepresentativeKind,
    RepresentativeStatus,
)
from portal.reports import queries
from tests import factories
from tests.browser import Browser
from tests.visits.people import approved_run

ACCOUNT, CASH = MethodKind.BANK_ACCOUNT, MethodKind.CASH_POINT


@pytest.fixture
def people(app, commune):
    """Tòng Chu: 2 of 3 through an account; Nà Pái: 0 of 1. One died, one suspended, one account only to open."""
    with app.app_context():
        other = factories.village(commune, "Nà Pái").id
        factories.recipient(commune, "Hoàng Thị Vẻ", method=ACCOUNT, phone="0968000014")
        factories.recipient(commune, "Vi Ó", method=MethodKind.WALLET, citizen_id="020148000123")
        factories.recipient(commune, "Nông Văn Thử", method=CASH)
        factories.recipient(commune, "Lý Thị Nhình", method=None, village_id=other)
        opening = db.session.query(queries.Recipient).filter_by(full_name="Lý Thị Nhình").one()
        factories.payment_method(opening, ACCOUNT, MethodStatus.TO_OPEN, account_number=None)
        gone = factories.recipient(commune, "Hoàng Văn Lập", method=ACCOUNT)
        gone.status = RecipientStatus.DIED
        paused = factories.recipient(commune, "Vi Văn Ngoan", method=ACCOUNT)
        db.session.query(queries.Entitlement).filter_by(
            recipient_id=paused.id
        ).one().status = EntitlementStatus.SUSPENDED
        db.session.commit()


def test_the_share_counts_living_people_with_a_live_entitlement_and_a_ready_account(app, commune, people):
    with app.app_context():
        villages = queries.by_village(commune)
        assert [(v.name, v.accounts, v.people, v.to_open) for v in villages] == [
            ("Tòng Chu", 2, 3, 0),
            ("Nà Pái", 0, 1, 1),
        ]
        whole = queries.total(villages)
        assert (whole.people, whole.accounts, whole.missing) == (4, 2, 0)
        assert (whole.without_number, whole.without_phone, whole.without_account) == (3, 3, 2)
        assert [v.name for v in queries.by_village(commune, sort=queries.Sort.NAME)] == ["Nà Pái", "Tòng Chu"]
        assert queries.by_village(commune, factories.programme("NCC").id) == []


def test_the_goal_is_met_by_whole_people():
    assert queries.Coverage(people=3, accounts=1).missing == 1
    assert queries.Coverage(people=612, accounts=293).missing == 13
    assert queries.Coverage().missing == 0


@pytest.mark.parametrize("role", ["officer", "approver", "police"])
def test_the_office_sees_share_villages_and_deadlines(app, people, sign_in, role):
    page = sign_in(role).open("/")
    assert page.h1 == "Tình hình chi trả"
    assert "50,0 %" in page.words and "2 trên 4 người" in page.words and "Đạt mục tiêu" in page.words
    assert [a.text for a in page.soup.select(".bars li > a")] == ["Tòng Chu", "Nà Pái"]
    assert page.soup.select("ol.dates li")
    assert len(page.soup.select(".btn:not(.quiet)")) <= 1
    for link in page.soup.select("main a[href^='/']"):
        assert page.browser.open(link["href"]).status == 200, link


def test_order_and_programme_live_in_the_address(app, people, sign_in):
    officer = sign_in("officer")
    page = officer.open("/").submit("Lọc", sort="name")
    assert [a.text for a in page.soup.select(".bars li > a")] == ["Nà Pái", "Tòng Chu"]
    assert officer.open("/?sort=odd&programme=x").status == 200
    assert officer.open("/?programme=2").soup.select(".bars li") == []


def test_an_empty_register_says_what_to_do_first(app, sign_in):
    page = sign_in("officer").open("/")
    assert "Sổ đối tượng chưa có ai" in page.words
    assert page.click("Nhập danh sách đầu tiên").status == 200
    assert "Nhập danh sách đầu tiên" not in sign_in("approver").open("/").words


def test_the_leader_sees_the_list_that_waits_with_its_amount_first(app, commune, sign_in):
    with app.app_context():
        approved_run(commune, prepared_only=True)
    page = sign_in("approver").open("/")
    hero = page.soup.select_one(".btn.hero")
    assert "Xem và phê duyệt 3.240.000 đ" in " ".join(hero.text.replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Nguyễn Thị Hương lập" in hero.text and "4 người" in hero.text
    assert not sign_in("officer").open("/").soup.select(".btn.hero")


def test_months_come_from_approved_lists_only(app, commune):
    with app.app_context():
        approved_run(commune, prepared_only=True)
        assert queries.paid_by_month(commune, None, today()) == []
        done = queries.months_done(commune, today().replace(day=1))
        assert done == {today().replace(day=1): queries.MonthDone()}


def test_an_approved_list_counts_for_its_month(app, commune):
    with app.app_context():
        approved_run(commune)
        first = today().replace(day=1)
        assert queries.paid_by_month(commune, None, today()) == [(first, 4, 0)]
        assert queries.months_done(commune, first) == {first: queries.MonthDone(approved=True)}


def test_authorizations_that_end_soon_are_counted_and_a_death_told_at_the_door_is_shown(app, commune, sign_in):
    with app.app_context():
        lines = approved_run(commune)
        person = db.session.query(queries.Recipient).filter_by(full_name="Vi Ó").one()
        for number, days in enumerate((0, 30, 31, -1)):
            ill = factories.recipient(commune, f"Người {number}")
            db.session.add(
                Representative(
                    commune_id=commune,
                    recipient_id=ill.id,
                    kind=RepresentativeKind.PROXY,
                    full_name="Hoàng Văn Lập",
                    status=RepresentativeStatus.CONFIRMED,
                    valid_until=today() + timedelta(days=days),
                )
            )
        db.session.commit()
        assert queries.waiting(commune, today()).ending == 2
        assert person
    visitor = sign_in("visitor")
    visitor.open(f"/visits/lines/{lines['Vi Ó']}").submit("Ghi kết quả lần đến", identity_seen="not_seen", kind="died")
    page = sign_in("officer").open("/")
    assert "được báo 1 người hưởng đã mất" in page.words
    assert "Vi Ó" in page.click("Xem các lần đến").words
    with app.app_context():
        db.session.query(queries.Recipient).filter_by(full_name="Vi Ó").one().status = RecipientStatus.DIED
        db.session.commit()
        assert queries.waiting(commune, today()).died == 0


def test_the_clerk_begins_with_the_card_and_sees_the_work_of_the_bank(app, commune, sign_in):
    with app.app_context():
        approved_run(commune)
    page = sign_in("bank_staff").open("/")
    assert page.h1 == "Việc hôm nay"
    assert "Quét thẻ căn cước" in page.soup.select_one(".btn.hero").text
    assert "Tài khoản cần mở" in page.words


def test_the_visitor_sees_the_sum_to_carry_and_the_next_people(app, commune, sign_in):
    assert "Không có ai cần chi trả tại nhà" in sign_in("visitor").open("/").words
    with app.app_context():
        approved_run(commune)
    page = sign_in("visitor").open("/")
    assert "Đến nhà 3 người" in page.words and "Mang theo 2.430.000 đ" in page.words
    assert page.click("Vi Ó").h1.startswith("Trao tiền, dòng")


def test_the_supervisor_sees_figures_of_her_communes_and_no_person(app, commune, people, sign_in):
    with app.app_context():
        factories.commune(app, code="06115", name="Xã Tân Văn", prefix="TV", suffix="2")
    page = sign_in("supervisor").open("/")
    assert "Xã Bình Gia" in page.soup.table.text and "Xã Tân Văn" not in page.words
    assert "2 trên 4 người" in page.words and "Hoàng" not in page.soup.main.text
    other = Browser(app)
    other.sign_in("supervisor2")
    row = other.open("/").soup.select_one("tbody tr")
    assert "Xã Tân Văn" in row.text and "–" in row.text


def test_the_administrator_sees_staff_and_communes(app, sign_in):
    page = sign_in("admin").open("/")
    assert page.h1 == "Quản trị" and "Xã Bình Gia" in page.words
    assert page.click("Thêm cán bộ").status == 200


@pytest.mark.parametrize("role", ["officer", "supervisor"])
def test_the_table_ties_and_taking_it_is_an_event(app, people, sign_in, role):
    answer = sign_in(role).open("/").submit("Tải bảng xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    table = rows[next(at for at, row in enumerate(rows) if "Số người" in row) + 1 :]
    assert table[-1][:4] == ("Tổng cộng", 4, 2, "50,0\N{NO-BREAK SPACE}%")
    assert sum(row[1] for row in table[:-1]) == 4
    with app.app_context():
        assert db.session.query(AuditEvent).filter_by(action="coverage.downloaded").count() == 1


def test_the_table_is_not_for_everyone(app, people, sign_in):
    officer = sign_in("officer").open("/")
    token = officer.soup.select_one("[name=csrf_token]")["value"]
    assert officer.browser.open("/coverage", "post", data={"csrf_token": token}).status == 200
    assert "Tải bảng xlsx" not in sign_in("police").open("/").words


def test_a_village_with_no_name_keeps_its_people_in_the_sum(app, commune, people):
    with app.app_context():
        factories.recipient(commune, "Không Rõ", village_id=None)
        db.session.commit()
        last = queries.by_village(commune)[-1]
        assert (last.place_id, last.people) == (None, 1)
        assert db.session.query(Village).count() == 3


@pytest.mark.parametrize("role", ["officer", "approver", "police", "bank_staff", "visitor", "supervisor", "admin"])
def test_the_page_of_further_entries_opens_for_everyone(app, sign_in, role):
    page = sign_in(role).open("/more")
    assert page.h1 == "Khác"
    for link in page.soup.select("main a[href^='/']"):
        assert page.browser.open(link["href"]).status == 200, link


def test_the_figures_of_the_communes_follow_each_change(app, commune):
    with app.app_context():
        watcher = factories.member("supervisor")
        assert [place.people for place in queries.by_commune(watcher)] == [0]
        factories.recipient(commune)
        record(None, "test.changed", "test:1", commune_id=commune)
        db.session.commit()
        assert [place.people for place in queries.by_commune(watcher)] == [1]
