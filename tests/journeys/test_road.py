"""The whole road once, without JavaScript, on both databases: from a roster file to a settled month."""

import io
import re

import pytest
from sqlalchemy import text

from portal.access import Role
from portal.areas.models import Commune
from portal.audit.queries import verify
from portal.db import db
from tests import bank, factories
from tests.conftest import FIXTURES

PHOTOS = FIXTURES / "photos"
SIGNATURE = "[[[10,10],[60,80],[120,40],[300,90],[420,60]]]"
TOTAL = 726_240_000


def upload(path):
    return io.BytesIO(path.read_bytes()), path.name


def dong(amount):
    return f"{amount:,}".replace(",", ".")


def load_the_register(officer):
    page = officer.open("/recipients/rosters/")
    page = page.submit("Đọc danh sách", file=upload(FIXTURES / "rosters/roster-btxh-2026-11.xlsx"))
    assert page.h1 == "Danh sách tháng 11/2026"
    assert "726.240.000 đ" in page.words
    assert "25.630.000" in page.words and "25.900.000" in page.words, "the wrong subtotal stands beside the right one"
    page = page.submit("Áp dụng: 635 mới")
    assert "Đã áp dụng danh sách vào sổ" in page.words
    again = officer.open("/recipients/rosters/").submit(
        "Đọc danh sách", file=upload(FIXTURES / "rosters/roster-btxh-2026-11.xlsx")
    )
    assert "Không có gì để thay đổi" in again.words


def capture(clerk, page, method, *, back=None, **answers):
    """Fill in a case from its identity step to the number that says it was received."""
    page = page.submit("Tiếp tục", **({"back": upload(back)} if back else {}))
    while page.soup.select("[name=document]"):
        page = page.submit("Tiếp tục", **({"name_from": "card"} if page.soup.select("[name=name_from]") else {}))
    page = page.submit("Tiếp tục", number="0968 000 214", owner="relative", owner_name="Bế Văn Con")
    page = page.submit("Tiếp tục", kind=method, **answers)
    page = page.submit("Tiếp tục", kind="none")
    page = page.submit("Tiếp tục", purposes=["pay", "keep_photo", "share_bank"], strokes=SIGNATURE)
    page = page.submit("Gửi hồ sơ")
    assert page.h1.startswith("Đã nhận, số BG-"), page.words[:800]
    return page.h1.removeprefix("Đã nhận, số ")


def enrol_two(clerk):
    """One who wants a new account, found by the card's QR; one who cannot walk, found by name."""
    page = clerk.open("/enrolment/").submit("Đọc thẻ", card=upload(PHOTOS / "cccd-front.jpg"))
    assert "Bế Văn Đoàn" in page.words and "020 046 241 877" in page.words, "the card is shown beside the register"
    first = capture(clerk, page, "new_account", back=PHOTOS / "cccd-back-no-qr.jpg")
    page = clerk.open("/enrolment/").submit("Tìm", q="bg00001").submit("Lập hồ sơ")
    page = page.submit("Tiếp tục", document="none", full_name="Nông Thị Nằm")
    second = capture(clerk, page, "home_visit", reason="bedridden")
    return first, second


def confirm_all(officer, numbers):
    for number in numbers:
        page = officer.open("/review/").click(number)
        assert number in page.h1
        page = page.submit("Xác nhận")
        assert f"Hồ sơ {number} đã được xác nhận" in page.words or "xác nhận" in page.words
    assert (
        "không còn hồ sơ" in officer.open("/review/").words.lower()
        or "Không có hồ sơ" in officer.open("/review/").words
    )


def record_the_account(clerk):
    page = clerk.open("/review/accounts/").click("Bế Văn Đoàn")
    number = "8412205999001"
    page = page.submit(
        "Ghi tài khoản",
        provider_bin="970405",
        account_number=number,
        account_number_again=number,
        holder_name="BE VAN DOAN",
    )
    assert "Đã ghi" in page.words or "đã được ghi" in page.words, page.words[:600]


def prepare_and_approve(officer, approver):
    page = officer.open("/payouts/").submit("Lập từ sổ", month="2026-11")
    assert page.h1 == "Đợt chi trả tháng 11/2026" and "635" in page.words
    assert dong(TOTAL) in page.words and "Khớp từng đồng" in page.words
    run = page.url
    page = page.submit(f"Trình phê duyệt {dong(TOTAL)} đ")
    assert "Đã lập, chờ phê duyệt" in page.words
    assert not officer.open(run).soup.find("button", string=re.compile("Phê duyệt")), "the preparer cannot approve"
    page = approver.open(run).submit(f"Phê duyệt {dong(TOTAL)} đ")
    assert "Đã phê duyệt" in page.words
    return run


def pay_through_the_bank(clerk, tmp_path):
    answer = clerk.open("/payouts/files/").submit("Tải tệp chi trả, xlsx")
    assert answer.status == 200 and not answer.html
    return bank.pay(
        tmp_path, answer.data, seed=7, fail_rate=0.02, return_rate=0.02, wrong_amount=2, missing=3, duplicate=1,
        strip_reference=5, foreign=10,
    )  # fmt: skip


def hand_out_cash(officer, run, villages):
    """In the first `villages` villages everybody collects but the first of the first; the others are not marked."""
    addresses = [a["href"] for a in officer.open(f"{run}/cash").soup.select("ul.list a")]
    assert len(addresses) > 20
    for at, address in enumerate(addresses[:villages]):
        page = officer.open(address)
        if at == 0:
            first = page.soup.select_one("input[name=line]")["value"]
            page = page.submit("Ghi kết quả", line=[first], who="ticked", outcome="uncollected", on="2026-11-12")
            page = officer.open(address)
        page = page.submit("Ghi kết quả", who="others", outcome="paid", on="2026-11-12")
        assert "Đã trả" in page.words


def visit_at_home(visitor):
    page = visitor.open("/visits/")
    page = page.click("đ, tháng 11/2026")
    page = page.submit("Ghi kết quả lần đến", identity_seen="known", kind="paid_recipient", strokes=SIGNATURE)
    assert page.status == 422, "someone known needs a witness"
    page = page.submit("Ghi kết quả lần đến", witness="Lý Văn Làng", strokes=SIGNATURE)
    assert "Đã ghi" in page.words


def import_and_decide(officer, second_officer, statement, truth):
    """Foreign transactions are named as such; wrong amounts and doubles stay in question."""
    page = officer.open("/reconciliation/").submit("Tải sao kê lên", file=upload(statement))
    assert "Khớp" in page.words and "Agribank" in page.h1
    address = page.url
    again = officer.open("/reconciliation/").submit("Tải sao kê lên", file=upload(statement))
    assert again.status == 422 and "không có gì bị tính hai lần" in again.words.lower()
    while button := officer.open(address).soup.find("button", string=re.compile("Nhận gợi ý")):
        assert officer.open(address).submit(button.text).status == 200
    counts = truth["counts"]
    words = officer.open(address).words
    assert "Sai số tiền (2)" in words and "Trả hai lần (1)" in words
    while links := second_officer.open(f"{address}?state=open&problem=foreign").soup.select("td.act a"):
        page = second_officer.open(links[0]["href"])
        page = page.submit("Ghi quyết định", kind="not_ours", reason="Giao dịch riêng của UBND xã")
        assert page.status == 200, page.words[:600]
    return counts


def settle(officer, approver):
    page = officer.open("/reconciliation/settlements/").submit("Lập quyết toán")
    assert page.h1 == "Quyết toán tháng 11/2026" and "Khớp từng đồng" in page.words
    page = page.submit("Lập xong, chuyển phê duyệt")
    address = page.url
    page = approver.open(address).submit("Phê duyệt quyết toán")
    assert "Đã phê duyệt" in page.words or "Đã quyết toán" in page.words
    return approver.open(address)


def parts_by_sql():
    """Approved, paid, in question, not paid: đồng by plain SQL over lines and entries, apart from the portal's code."""
    questioned = """EXISTS (SELECT 1 FROM entry WHERE entry.line_id = line.id AND entry.state = 'open')"""
    row = db.session.execute(
        text(
            f"""SELECT sum(amount_total),
                       sum(CASE WHEN NOT {questioned} AND outcome = 'paid' THEN amount_total ELSE 0 END),
                       sum(CASE WHEN {questioned} THEN amount_total ELSE 0 END),
                       sum(CASE WHEN NOT {questioned} AND outcome <> 'paid' THEN amount_total ELSE 0 END)
                FROM line JOIN run ON run.id = line.run_id WHERE run.state IN ('sent', 'reconciled', 'settled')"""
        )
    ).one()
    return [int(part) for part in row]


@pytest.fixture
def second_officer(app, sign_in, commune):
    """Whoever imported a statement does not decide where a recipient's money is concerned."""
    with app.app_context():
        factories.staff_member("officer.2", Role.OFFICER, db.session.get(Commune, commune))
        db.session.commit()
    return sign_in("officer.2")


def walk(app, officer, clerk, approver, visitor, second_officer, tmp_path, *, villages):
    """The road, and at its end: what the page says is what SQL says, and the chain of events holds."""
    load_the_register(officer)
    confirm_all(officer, enrol_two(clerk))
    record_the_account(clerk)
    run = prepare_and_approve(officer, approver)
    statement, truth = pay_through_the_bank(clerk, tmp_path)
    hand_out_cash(officer, run, villages)
    visit_at_home(visitor)
    counts = import_and_decide(officer, second_officer, statement, truth)
    page = settle(officer, approver)
    with app.app_context():
        approved, paid, questioned, unpaid = parts_by_sql()
        assert approved == TOTAL == paid + questioned + unpaid
        outcomes = dict(
            db.session.execute(
                text(
                    "SELECT outcome, count(*) FROM line"
                    " WHERE channel IN ('bank_account', 'representative_account', 'wallet') GROUP BY outcome"
                )
            ).all()
        )
        assert outcomes["returned"] == counts["returned"]
        assert outcomes["paid"] == counts["paid"] + counts["duplicate"]
        assert outcomes["uncollected"] == counts["failed"] + counts["missing"], "they go on to the next list"
        assert outcomes["pending"] == counts["wrong_amount"], "these are in question"
        assert verify()[1] == [] and verify()[0] > 60
    for part in (approved, paid, questioned, unpaid):
        assert dong(part) in page.words


def test_a_roster_file_becomes_a_settled_month(app, sign_in, second_officer, tmp_path):
    officer, clerk = sign_in("officer"), sign_in("bank_staff")
    walk(app, officer, clerk, sign_in("approver"), sign_in("visitor"), second_officer, tmp_path, villages=24)


@pytest.mark.chromium
def test_the_same_road_in_chromium(sqlite_app, chromium_window, tmp_path):
    """Officers at a desk, everyone else with a phone; every page is looked at by axe and may not scroll sideways."""
    app = sqlite_app
    with app.app_context():
        commune = factories.commune(app)
        factories.staff_member("officer.2", Role.OFFICER, db.session.get(Commune, commune))
        db.session.commit()
    officer, clerk = chromium_window("officer", width=1280), chromium_window("bank_staff")
    approver, visitor = chromium_window("approver"), chromium_window("visitor")
    walk(app, officer, clerk, approver, visitor, chromium_window("officer.2"), tmp_path, villages=2)
