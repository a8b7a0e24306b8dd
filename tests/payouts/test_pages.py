"""The pages of payment lists as officer, leader and bank use them."""

import csv
import io
import json
import subprocess
import sys

import pytest
import time_machine
from openpyxl import load_workbook
from sqlalchemy import select, text, update

from portal.audit.models import AuditEvent
from portal.db import db
from portal.payouts import services
from portal.payouts.models import Line, Outcome, Run, RunState
from portal.recipients.models import Entitlement, MethodKind
from portal.vietnam.references import find_all
from tests import factories
from tests.conftest import SHARED
from tests.payouts.register import DECEMBER, NOVEMBER, adjust, approved, approver, draw, officer, save

SIMULATOR = SHARED / "tools" / "bank_simulator.py"
COLUMNS = ["reference", "beneficiary_name", "account_number", "bank_bin", "amount", "currency", "purpose"]


@pytest.fixture(autouse=True)
def on_20_november():
    with time_machine.travel("2026-11-20T02:00:00Z"):
        yield


def people(commune):
    """Three of the village Tòng Chu: cash, bank account, at home."""
    factories.recipient(commune, "Vi Thị Ẩn", amount=810_000, citizen_id="020148000123")
    factories.recipient(commune, "Hoàng Văn Quẩy", amount=1_080_000, method=MethodKind.BANK_ACCOUNT)
    factories.recipient(commune, "Lý Thị Nhình", amount=540_000, method=MethodKind.HOME_VISIT)


@pytest.fixture
def filled(app, commune):
    with app.app_context():
        people(commune)
        save(commune)
    return commune


@pytest.fixture
def approved_run(app, filled):
    with app.app_context():
        run = approved(filled)
        save(filled)
        return run.id


def actions(app):
    with app.app_context():
        return [e.action for e in db.session.scalars(select(AuditEvent).order_by(AuditEvent.id))]


def test_a_list_goes_from_the_officer_to_the_leader_to_the_bank(app, filled, sign_in):
    officers, leader, bank = sign_in("officer"), sign_in("approver"), sign_in("bank_staff")
    page = officers.open("/payouts/")
    assert "Chưa lập đợt nào trên cổng" in page.words and "Danh sách và kinh phí tháng 12/2026" in page.words
    page = page.submit("Lập từ sổ", month="2026-12")
    assert page.h1 == "Đợt chi trả tháng 12/2026" and "Đang lập" in page.words
    assert "Tháng trước chưa có đợt nào trên cổng" in page.words and "Khớp từng đồng" in page.words
    assert "2.430.000 đ" in page.words and "Hai triệu bốn trăm ba mươi nghìn đồng" in page.words
    assert "còn 5 ngày" in page.words
    page = page.submit("Trình phê duyệt 2.430.000 đ")
    assert "Đã lập, chờ phê duyệt" in page.words and "Phê duyệt 2.430.000" not in page.words
    page = leader.open(page.url).click("Trả lại…")
    assert page.submit("Trả lại danh sách").status == 422
    page = page.submit("Trả lại danh sách", reason="Thiếu bà Lả")
    assert "Thiếu bà Lả" in officers.open(page.url).words
    officers.open(page.url).submit("Lập lại từ sổ").submit("Trình phê duyệt")
    page = leader.open(page.url).submit("Phê duyệt 2.430.000 đ")
    assert "Đã phê duyệt" in page.words and "Mã niêm phong" in page.words
    page = bank.open("/payouts/files/")
    assert "1.080.000 đ" in page.words and "Quẩy" not in page.words
    answer = page.submit("Tải tệp chi trả, xlsx")
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    assert "Đã gửi ngân hàng" in bank.open("/payouts/files/").words
    wanted = ["run.drawn_up", "run.prepared", "run.returned", "run.redrawn", "run.prepared", "run.approved"]
    assert [a for a in actions(app) if a.startswith("run.")] == [*wanted, "run.payment_file_fetched"]


def test_the_payment_file_has_text_accounts_and_whole_amounts_in_the_order_of_the_list(
    app, filled, approved_run, sign_in
):
    answer = sign_in("bank_staff").open("/payouts/files/").submit("xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows())
    assert [cell.value for cell in rows[0]] == COLUMNS and len(rows) == 2
    found = dict(zip(COLUMNS, rows[1], strict=True))
    assert found["account_number"].data_type == found["bank_bin"].data_type == "s"
    assert found["account_number"].value.startswith("8410205") and found["amount"].value == 1_080_000
    assert found["purpose"].value == f"TCXH 122026 {found['reference'].value}" and found["purpose"].value.isascii()
    assert find_all(found["purpose"].value) == [found["reference"].value]
    answer = sign_in("officer").open(f"/payouts/runs/{approved_run}").submit("csv")
    table = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert table[0] == COLUMNS and [str(cell.value) for cell in rows[1]] == table[1]
    assert actions(app).count("run.payment_file_fetched") == 2
    with app.app_context():
        assert db.session.get(Run, approved_run).state == RunState.SENT


@pytest.mark.skipif(not SIMULATOR.exists(), reason="the bank simulator is not here: ../shared/tools/bank_simulator.py")
@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
def test_the_bank_reads_the_payment_file(app, filled, approved_run, sign_in, tmp_path, file_format):
    with app.app_context():
        for number in range(40):
            name = '=HYPERLINK("x")' if number == 7 else f"Nông Văn Thử {'ABCDEFGH'[number % 8]}"
            factories.recipient(filled, name, method=MethodKind.BANK_ACCOUNT)
        run = approved(filled)
        total, run_id = sum(x.amount_total for x in lines_through_accounts(run)), run.id
        save(filled)
    page = sign_in("officer").open(f"/payouts/runs/{run_id}")
    source = tmp_path / f"payments.{file_format}"
    source.write_bytes(page.submit("csv" if file_format == "csv" else "xlsx").data)
    truth = tmp_path / "truth.json"
    command = [
        sys.executable,
        SIMULATOR,
        source,
        "--format",
        "camt053",
        "--out",
        tmp_path / "out.xml",
        "--truth",
        truth,
    ]
    done = subprocess.run(
        [*command, "--fail-rate", "0", "--return-rate", "0"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.dumps(json.loads(truth.read_text()))
    with app.app_context():
        references = [x.reference for x in lines_through_accounts(db.session.get(Run, run_id))]
    assert len(references) == 40 and all(reference in told for reference in references) and str(total) in told


def lines_through_accounts(run):
    chosen = select(Line).where(Line.run_id == run.id, Line.channel == MethodKind.BANK_ACCOUNT)
    return list(db.session.scalars(chosen.order_by(Line.number)))


def test_no_file_before_approval_and_none_without_accounts(app, commune, sign_in):
    with app.app_context():
        factories.recipient(commune)
        run_id = draw(commune).id
        save(commune)
    bank = sign_in("bank_staff")
    assert "Không có đợt đã phê duyệt" in bank.open("/payouts/files/").words
    assert post(bank, f"/payouts/runs/{run_id}/payment-file").status == 409
    with app.app_context():
        run = db.session.get(Run, run_id)
        services.prepare(officer(), run)
        services.approve(approver(), run)
        save(commune)
    assert post(bank, f"/payouts/runs/{run_id}/payment-file").status == 409


def post(browser, url, **data):
    token = browser.open("/account").soup.select_one("[name=csrf_token]")["value"]
    return browser.open(url, "post", data={"csrf_token": token, **data})


def test_only_the_right_role_takes_a_step_and_another_commune_sees_nothing(app, filled, sign_in):
    with app.app_context():
        factories.commune(app, "06115", "Xã Khác", "XK", suffix="2")
        run_id = draw(filled).id
        save(filled)
    officers, leader = sign_in("officer"), sign_in("approver")
    for step in ("prepare", "redraw", "discard", "cash"):
        assert post(leader, f"/payouts/runs/{run_id}/{step}").status == 403
    for step in ("approve", "return"):
        assert post(officers, f"/payouts/runs/{run_id}/{step}").status == 403
    assert sign_in("bank_staff").open(f"/payouts/runs/{run_id}").status == 403
    stranger = sign_in("officer2")
    for page in ("", "/left-out", "/list", "/cash", "/cash-list"):
        assert stranger.open(f"/payouts/runs/{run_id}{page}").status == 404
    assert post(stranger, f"/payouts/runs/{run_id}/prepare").status == 404
    assert post(sign_in("bank_staff2"), f"/payouts/runs/{run_id}/payment-file").status == 404


def test_lines_are_masked_filtered_in_the_address_and_paged(app, commune, sign_in):
    with app.app_context():
        for number in range(60):
            factories.recipient(commune, f"Vi Thị {number:02d}", citizen_id=f"0201480001{number:02d}")
        save(commune)
        services.draw_up(officer(), officer().communes[0], factories.programme(), NOVEMBER)
        run = db.session.scalars(select(Run)).one()
        services.prepare(officer(), run)
        services.approve(approver(), run)
        changed = factories.recipient(commune, "Lý Mới", method=MethodKind.BANK_ACCOUNT)
        adjust(changed, DECEMBER, "arrears", 5)
        run_id = draw(commune).id
        save(commune)
    page = sign_in("officer").open(f"/payouts/runs/{run_id}")
    assert "0201••••0100" in page.words and "020148000100" not in page.text
    assert "Dòng 1–50 trên 61" in page.words and "Như tháng 11/2026" in page.words
    page = page.click("Trang sau")
    assert "Dòng 51–61 trên 61" in page.words
    page = page.submit("Lọc", show="changed")
    assert "1 dòng chi trả" in page.words and "Mới hưởng" in page.words and "show=changed" in page.url
    assert "Không có dòng nào" in page.submit("Lọc", channel="home_visit").words


def test_cash_is_marked_by_ticks_or_all_but_these_and_taken_back(app, filled, approved_run, sign_in):
    with app.app_context():
        run = db.session.get(Run, approved_run)
        ids = {line.recipient_name: line.id for line in db.session.scalars(select(Line))}
        assert run.state == RunState.APPROVED
    browser = sign_in("officer")
    page = browser.open(f"/payouts/runs/{approved_run}").click("Điểm chi trả tiền mặt").click("Tòng Chu")
    assert "Vi Thị Ẩn" in page.words and "Quẩy" not in page.words
    page = page.submit("Ghi kết quả", on="2026-11-20")
    assert page.status == 422 and page.soup.title.text.startswith("Lỗi:") and "Chưa có ai để ghi" in page.words
    page = page.submit("Ghi kết quả", line=str(ids["Vi Thị Ẩn"]), on="2026-11-25")
    assert page.status == 422 and "Ngày 25/11/2026 chưa đến" in page.words
    assert page.soup.select_one("[name=line]").has_attr("checked")
    page = page.submit("Ghi kết quả", line=str(ids["Vi Thị Ẩn"]), outcome="uncollected", on="2026-11-20")
    assert "Đã ghi cho 1 người" in page.words and "Chưa nhận 20/11/2026" in page.words
    page = page.submit("Bỏ ghi")
    assert "Đã bỏ ghi kết quả" in page.words
    page = page.submit("Ghi kết quả", who="others", on="2026-11-20")
    assert "Đã trả 20/11/2026" in page.words
    with app.app_context():
        outcomes = {line.recipient_name: line.outcome for line in db.session.scalars(select(Line))}
    assert outcomes["Vi Thị Ẩn"] == Outcome.PAID and outcomes["Hoàng Văn Quẩy"] == Outcome.PENDING
    bank_line = ids["Hoàng Văn Quẩy"]
    assert post(browser, f"/payouts/lines/{bank_line}/undo").status == 404


def test_the_seal_is_checked_when_somebody_asks(app, approved_run, sign_in):
    page = sign_in("approver").open(f"/payouts/runs/{approved_run}").submit("Kiểm tra niêm phong")
    assert "Niêm phong còn nguyên" in page.words
    assert actions(app)[-1] == "run.seal_checked"


def test_a_list_with_a_broken_seal_is_neither_sent_nor_printed(app, approved_run, sign_in):
    with app.app_context():
        name = "line_sealed_no_update" if db.engine.dialect.name == "sqlite" else "line_sealed_update ON line"
        db.session.execute(text(f"DROP TRIGGER {name}"))
        db.session.execute(text("UPDATE line SET payee_name = 'Vi'"))
        db.session.commit()
    browser = sign_in("officer")
    address = f"/payouts/runs/{approved_run}"
    for paper in (f"{address}/list", f"{address}/cash-list"):
        assert "Niêm phong không còn đúng" in browser.open(paper).words
    page = browser.open(address).submit("Kiểm tra niêm phong")
    assert "Niêm phong không còn đúng" in page.words
    refused = page.submit("csv")
    assert refused.status == 409 and "Niêm phong không còn đúng" in refused.words


def test_a_list_looked_at_before_tells_what_changed_in_the_register_since(app, filled, sign_in):
    with app.app_context():
        run_id = draw(filled).id
        save(filled)
    browser = sign_in("officer")
    page = browser.open(f"/payouts/runs/{run_id}")
    assert page.soup.select_one("form[action$='/prepare']")
    with app.app_context():
        db.session.execute(update(Entitlement).values(monthly_amount=999_000))
        save(filled)
    assert not browser.open(f"/payouts/runs/{run_id}").soup.select_one("form[action$='/prepare']")


def test_papers_have_the_heading_of_the_state_words_and_the_seal(app, filled, approved_run, sign_in):
    browser = sign_in("approver")
    with app.app_context():
        seal = db.session.get(Run, approved_run).seal.upper()
    page = browser.open(f"/payouts/runs/{approved_run}").click("In danh sách")
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "ỦY BAN NHÂN DÂN XÃ BÌNH GIA",
        "ngày 20 tháng 11 năm 2026",
        seal,
    ):
        assert words in page.words
    assert "Hai triệu bốn trăm ba mươi nghìn đồng" in page.words and "020148000123" not in page.text
    page = browser.open(f"/payouts/runs/{approved_run}/cash-list")
    assert "Tám trăm mười nghìn đồng" in page.words and "Ký hoặc điểm chỉ" in page.words and seal in page.words
    assert "Vi Thị Ẩn" in page.words and "Quẩy" not in page.words


def test_who_is_left_out_is_listed_with_the_reason_and_a_draft_can_be_removed(app, filled, sign_in):
    with app.app_context():
        for name in ("Nông Thị Lả", "Lý Văn Páo", "Vi Ó", "Hoàng Văn Sình"):
            factories.recipient(filled, name, method=None)
        run_id = draw(filled).id
        save(filled)
    browser = sign_in("officer")
    page = browser.open(f"/payouts/runs/{run_id}").click("Xem cả 4 người")
    assert "Chưa có hình thức nhận được xác nhận" in page.words and "Hoàng Văn Sình" in page.words
    page = browser.open(f"/payouts/runs/{run_id}").submit("Bỏ bản đang lập")
    assert "Đã bỏ bản đang lập" in page.words and page.h1 == "Chi trả"


def test_a_second_list_of_an_open_month_is_refused_in_words(app, filled, sign_in):
    browser = sign_in("officer")
    browser.open("/payouts/").submit("Lập từ sổ", month="2026-12")
    page = browser.open("/payouts/").submit("Lập từ sổ", month="2026-12")
    assert page.status == 422 and "Bảo trợ xã hội tháng 12/2026 chưa được phê duyệt" in page.words
