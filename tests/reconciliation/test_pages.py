"""Statements and settlements as the officer and the leader use them."""

import io
import re
from datetime import date

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from portal.areas.models import Commune
from portal.db import db, transaction
from portal.payouts.models import Line, Outcome, Run, RunState
from portal.payouts.services import draw_up
from portal.recipients.models import MethodKind, Recipient
from portal.reconciliation import queries, services
from portal.reconciliation.models import Entry, EntryProblem, EntryState, Settlement
from portal.reconciliation.services import settling
from tests import factories
from tests.browser import Browser
from tests.conftest import FIXTURES

FILES = FIXTURES / "statements"
FIXED = {"amount_total": 810_000, "channel": MethodKind.BANK_ACCOUNT}


def six_lines():
    """The list that the fixture statements pay: six people, 810.000 đồng each."""
    return [
        factories.payment_line(n, **FIXED, payee_name=f"Hoàng Thị {chr(65 + n)}", account_number=f"84102050000{n:02d}")
        for n in range(1, 7)
    ]


def upload(browser, name="dptb18.xlsx", content=None):
    content = content or (FILES / name).read_bytes()
    return browser.open("/reconciliation/").submit("Tải sao kê lên", file=(io.BytesIO(content), name))


@pytest.fixture
def officers(app, commune, sign_in):
    """Two officers of the commune, and the list of six people sent to the bank."""
    with app.app_context():
        factories.staff_member("officer2", factories.Role.OFFICER, db.session.get(Commune, commune))
        db.session.commit()
        factories.sent_run(commune, six_lines())
    return sign_in("officer"), sign_in("officer2")


def test_a_statement_shows_its_balance_the_rules_and_what_is_left(officers):
    page = upload(officers[0])
    assert page.status == 200 and page.h1 == "Sao kê Agribank 10/11/2026"
    assert "Số dư của tệp Khớp" in page.words and "Theo mã của xã 6" in page.words
    assert "Đã rõ 6 trên 9 dòng" in page.words and "Đã thêm 9 giao dịch" in page.words
    assert "Còn 3 dòng cần xử lý" in officers[0].open("/reconciliation/").words
    opening, into, out, closing = (
        int(re.sub(r"\D", "", row.select("td")[-1].text)) for row in page.soup.select("table.ledger tr")[1:]
    )
    assert opening + into - out == closing


def test_the_same_file_again_is_refused_on_the_form_with_who_and_when(officers):
    upload(officers[0])
    page = upload(officers[1])
    assert page.status == 422 and page.soup.title.text.startswith("Lỗi:")
    assert "Nguyễn Thị Hương đã tải tệp này lên lúc" in page.words


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("anh.png", b"\x89PNG\r\n\x1a\n" + b"0" * 50, "không phải"),
        ("trong.xlsx", b"", "rỗng"),
        ("sao-ke.xml", b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>', "camt.053.001.08"),
        ("sao-ke.sta", b":20:1\r\n:25:1\r\n:60F:C261101VND1,\r\n", "MT940"),
        ("danh-sach.csv", "Họ tên;Thôn\nA;B\n".encode(), "không phải sao kê"),
    ],
)
def test_a_file_that_is_no_statement_gives_one_sentence_and_nothing_is_kept(app, officers, name, content, said):
    page = upload(officers[0], name, content or b" ")
    assert page.status == 422 and name in page.words and said in page.words
    with app.app_context():
        assert db.session.query(Entry).count() == 0


def test_money_from_the_treasury_is_accepted_by_one_click(app, officers):
    page = upload(officers[0])
    before = page.words.count("Nhận gợi ý")
    page = page.submit("Nhận gợi ý")
    assert page.h1.startswith("Sao kê") and page.words.count("Nhận gợi ý") < before
    assert "Kinh phí từ Kho bạc 1" in page.words


def test_a_decision_needs_a_kind_and_a_reason_and_leads_to_the_next(app, officers):
    page = upload(officers[0]).click("Xử lý lần lượt")
    refused = page.submit("Ghi quyết định", kind="not_ours")
    assert refused.status == 422 and "Ghi lý do bằng vài từ" in refused.words
    following = refused.submit("Ghi quyết định", kind="not_ours", reason="Khoản của văn phòng")
    assert following.status == 200 and following.h1 != page.h1
    with app.app_context():
        done = db.session.scalars(select(Entry).where(Entry.state == EntryState.RESOLVED)).one()
    back = officers[0].open(f"/reconciliation/entries/{done.id}")
    assert "Khoản của văn phòng" in back.words
    assert "Ghi quyết định" in back.submit("Rút lại quyết định").words


def stripped():
    """The csv statement without our references: six debits whose accounts are not told either."""
    rows = (FILES / "sao-ke.csv").read_text("utf-8-sig")
    return re.sub(r"BTXH[0-9A-Z]{16}", "", re.sub(r"84102050000\d\d", "", rows)).replace("HOANG THI", "NGUOI").encode()


def test_an_entry_is_matched_by_hand_to_a_payment_found_by_name(app, officers):
    page = upload(officers[1], "sao-ke.csv", stripped())
    with app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.amount == -810_000).order_by(Entry.id)).first()
    page = officers[0].open(f"/reconciliation/entries/{entry.id}").submit("Tìm", q="hoang thi c")
    assert (page.status, page.url) == (200, f"/reconciliation/entries/{entry.id}")
    assert not page.soup.title.text.startswith("Lỗi") and not page.soup.select(".errors, .wrong")
    assert page.soup.select_one("[name=kind][value=match_to_line]").has_attr("checked")
    refused = page.submit("Ghi quyết định", kind="match_to_line", reason="")
    assert refused.status == 422 and len(refused.soup.select("select[name=line] option")) == 2
    options = page.soup.select("select[name=line] option")
    assert len(options) == 2 and "Hoàng Thị C" in options[1].text
    chosen = options[1]["value"]
    with app.app_context():
        assert db.session.get(Entry, entry.id).state == EntryState.OPEN
    own = (
        officers[1]
        .open(page.url)
        .submit("Tìm", q="hoang thi c")
        .submit("Ghi quyết định", kind="match_to_line", line=chosen, reason="gọi điện hỏi")
    )
    assert own.status == 422 and "phải do người khác quyết" in own.words
    page.submit("Ghi quyết định", kind="match_to_line", line=chosen, reason="gọi điện hỏi")
    with app.app_context():
        line = db.session.get(Line, int(chosen))
        assert (line.outcome, line.outcome_on) == (Outcome.PAID, entry.booked_on)


def test_problems_are_filtered_by_the_address(app, officers):
    page = upload(officers[0])
    assert "Không có giao dịch loại này" in officers[0].open(f"{page.url}?problem=paid_twice").words
    assert "Đã khớp theo quy tắc" in officers[0].open(f"{page.url}?state=matched").words


def test_what_waits_is_counted_for_the_menu(app, commune, officers):
    upload(officers[0])
    with app.app_context():
        assert queries.waiting(commune) == 3


def test_another_communes_statement_does_not_exist(app, officers):
    upload(officers[0])
    with app.app_context():
        factories.commune(app, "07001", "Xã Khác", "KH", suffix="_khac")
        entry_id = db.session.scalars(select(Entry.id)).first()
    stranger = browser_of(app, "officer_khac")
    assert stranger.open("/reconciliation/statements/1").status == 404
    assert stranger.open(f"/reconciliation/entries/{entry_id}").status == 404


def browser_of(app, username):
    browser = Browser(app)
    browser.sign_in(username)
    return browser


# ---- settlement -----------------------------------------------------------------------------------------------------


@pytest.fixture
def month(app, commune, sign_in):
    """A month with every outcome: by account, cash and home, in question, returned, uncollected, not paid."""
    kinds = [MethodKind.CASH_POINT] * 3 + [MethodKind.HOME_VISIT] * 2
    lines = six_lines() + [factories.payment_line(n, channel=k, account_number=None) for n, k in enumerate(kinds, 7)]
    ends = [
        "paid",
        "paid",
        "paid",
        "returned",
        "pending",
        "pending",
        "paid",
        "paid",
        "uncollected",
        "paid",
        "uncollected",
    ]
    with app.app_context():
        factories.staff_member("officer2", factories.Role.OFFICER, db.session.get(Commune, commune))
        run_id = factories.sent_run(commune, lines)
        with transaction():
            services.import_statement(
                factories.member("officer2"), db.session.get(Commune, commune), FILES / "vietcombank.xlsx", "s.xlsx"
            )
            for line, end in zip(db.session.scalars(select(Line).order_by(Line.id)), ends, strict=True):
                line.outcome, line.outcome_on = Outcome(end), None if end == "pending" else date(2026, 11, 10)
            doubtful = db.session.scalars(select(Entry).where(Entry.state == EntryState.OPEN)).first()
            doubtful.problem, doubtful.line_id = EntryProblem.WRONG_AMOUNT, line_ids(run_id)[5]
            factories.record(None, "test.filled", "run:1", commune_id=commune)
    return sign_in("officer"), sign_in("approver")


def line_ids(run_id):
    return list(db.session.scalars(select(Line.id).where(Line.run_id == run_id).order_by(Line.id)))


RAW = """
select
  (select sum(amount_total) from line) as approved,
  (select sum(amount_total) from line where outcome = 'paid' and channel = 'bank_account') as account,
  (select sum(amount_total) from line where outcome = 'paid' and channel = 'cash_point') as cash,
  (select sum(amount_total) from line where outcome = 'paid' and channel = 'home_visit') as home,
  (select sum(amount_total) from line where id in (select line_id from entry where state = 'open')) as exception,
  (select sum(amount_total) from line where outcome = 'returned') as returned,
  (select sum(amount_total) from line where outcome = 'uncollected') as uncollected,
  (select sum(amount_total) from line where outcome = 'pending'
     and id not in (select line_id from entry where state = 'open' and line_id is not null)) as unpaid
"""


def ledger_of(page):
    rows = page.soup.select("table.ledger tr")[1:]
    return [int(re.sub(r"\D", "", row.select("td")[-1].text) or 0) for row in rows]


def test_the_settlement_ties_to_the_dong_and_says_what_plain_sql_says(app, month):
    page = month[0].open("/reconciliation/settlements/").submit("Lập quyết toán")
    assert page.h1 == "Quyết toán tháng 11/2026" and "Khớp từng đồng" in page.words
    with app.app_context():
        raw = db.session.execute(text(RAW)).one()
        settlement = db.session.scalars(select(Settlement)).one()
        assert settlement.approved_amount == raw.approved
    *parts, approved = ledger_of(page)
    assert parts == [int(part) for part in raw[1:]] and approved == raw.approved == sum(parts)
    assert all(parts), "every part is tried"
    assert "1 giao dịch của tháng này chưa có người quyết" in page.words
    print_page = page.click("In")
    assert ledger_of(print_page) == [*parts, approved] and "đồng." in print_page.words
    assert "BẢNG TỔNG HỢP QUYẾT TOÁN" in print_page.words


def test_an_officer_prepares_and_the_leader_settles_and_then_nothing_changes(app, commune, month):
    officer, leader = month
    page = officer.open("/reconciliation/settlements/").submit("Lập quyết toán").submit("Lập xong")
    assert "Đã lập, chờ phê duyệt" in page.words and "Phê duyệt quyết toán" not in page.words
    done = leader.open(page.url).submit("Phê duyệt quyết toán")
    assert "Đã quyết toán" in done.words
    with app.app_context():
        assert db.session.scalars(select(Run.state)).all() == [RunState.SETTLED]
        with pytest.raises(settling.SettlementIsElsewhere):
            services.draw_up_settlement(
                factories.member("officer"), db.session.get(Commune, commune), factories.programme(), date(2026, 11, 1)
            )


def test_the_leader_returns_a_settlement_with_a_reason(month):
    officer, leader = month
    page = officer.open("/reconciliation/settlements/").submit("Lập quyết toán").submit("Lập xong")
    refused = leader.open(page.url).submit("Trả lại quyết toán")
    assert refused.status == 422 and "Ghi rõ cần sửa gì" in refused.words
    refused.submit("Trả lại quyết toán", reason="Thiếu sao kê ngày 15")
    assert "Thiếu sao kê ngày 15" in officer.open(page.url).words


def test_a_settlement_whose_figures_changed_is_not_approved(app, month):
    officer, leader = month
    page = officer.open("/reconciliation/settlements/").submit("Lập quyết toán").submit("Lập xong")
    with app.app_context():
        line = db.session.scalars(select(Line).where(Line.outcome == Outcome.PENDING)).first()
        line.outcome, line.outcome_on = Outcome.PAID, date(2026, 11, 12)
        db.session.commit()
    page = leader.open(page.url)
    assert "Số liệu đã thay đổi sau khi lập" in page.words
    assert "Trả lại để lập lại" in page.submit("Phê duyệt quyết toán").words
    with app.app_context():
        assert db.session.scalars(select(Run.state)).all() == [RunState.SENT]


@pytest.mark.parametrize(
    ("who", "error"), [("officer", settling.PreparedByYourself), ("officer2", settling.ImportedByYourself)]
)
def test_neither_the_preparer_nor_an_importer_approves(app, month, who, error):
    month[0].open("/reconciliation/settlements/").submit("Lập quyết toán").submit("Lập xong")
    with app.app_context(), pytest.raises(error):
        services.approve_settlement(factories.member(who), db.session.scalars(select(Settlement)).one())


def test_a_month_with_a_list_that_was_never_sent_is_not_prepared(app, commune, sign_in):
    with app.app_context():
        factories.sent_run(commune, six_lines(), state=RunState.APPROVED)
    page = sign_in("officer").open("/reconciliation/settlements/").submit("Lập quyết toán").submit("Lập xong")
    assert page.status == 409 and "Làm xong danh sách đó" in page.words


def test_a_late_transaction_about_a_settled_month_is_work_and_changes_nothing(app, officers, sign_in):
    page = officers[0].open("/reconciliation/settlements/").submit("Lập quyết toán").submit("Lập xong")
    sign_in("approver").open(page.url).submit("Phê duyệt quyết toán")
    page = upload(officers[0])
    assert "Sau quyết toán" in page.words
    with app.app_context():
        assert set(db.session.scalars(select(Line.outcome))) == {Outcome.UNCOLLECTED}


def test_what_nobody_paid_by_the_settlement_goes_on_to_the_next_list_but_not_what_is_in_question(app, commune, month):
    officer, leader = month
    with app.app_context():
        pending = db.session.scalars(select(Line.id).where(Line.outcome == Outcome.PENDING).order_by(Line.id)).all()
        unpaid, questioned = pending
        for person in db.session.scalars(select(Recipient)):
            factories.payment_method(person, MethodKind.CASH_POINT)
        db.session.commit()
    page = officer.open("/reconciliation/settlements/").submit("Lập quyết toán").submit("Lập xong")
    leader.open(page.url).submit("Phê duyệt quyết toán")
    with app.app_context():
        chosen = factories.member("officer"), db.session.get(Commune, commune), factories.programme(), date(2026, 12, 1)
        draw_up(*chosen)
        carried = set(db.session.scalars(select(Line.carried_from_id).where(Line.carried_from_id.is_not(None))))
        not_received = select(Line.id).where(Line.month < chosen[-1], Line.outcome.in_(("uncollected", "returned")))
        assert unpaid in carried and questioned not in carried
        assert carried == set(db.session.scalars(not_received)), "nobody is left out"


def test_the_database_itself_refuses_an_approval_by_the_preparer_and_a_sum_that_does_not_tie(app, month):
    month[0].open("/reconciliation/settlements/").submit("Lập quyết toán").submit("Lập xong")
    for wrong in ({"approved_by": Settlement.prepared_by}, {"account_amount": Settlement.account_amount + 1}):
        with app.app_context():
            with pytest.raises(IntegrityError, match=r"ck_settlement_(approved_by_another|amounts_tie)"):
                db.session.execute(update(Settlement).values(wrong))
            db.session.rollback()
