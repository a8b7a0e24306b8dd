"""Everything that changes of a person stands in one history; what changes no money stands in the changes of the month."""

import io
import json
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from portal.db import db, transaction
from portal.recipients import methods
from portal.recipients.models import Entitlement, Merge, Recipient
from portal.recipients.services import merging
from portal.review import services as review
from portal.vietnam.month import today
from tests import factories
from tests.conftest import FIXTURES
from tests.recipients.test_pages import load

ROSTERS = FIXTURES / "rosters"
EXPECTED = json.loads((ROSTERS / "expected-2026-12.json").read_text("utf-8"))
FIRST = "BG00001;Hoàng Thị Vẻ;02/09/1948;;Tòng Chu;810000\n"


@pytest.fixture
def person_id(app, commune):
    with app.app_context(), transaction():
        return factories.recipient(commune, birth_date=datetime(1948, 9, 2, tzinfo=UTC).date()).id


def confirmed_case(app, person_id, **steps):
    """A case of the bank's clerk, confirmed by the officer; returns its number."""
    with app.app_context(), transaction():
        person = db.session.get(Recipient, person_id)
        case = factories.submitted_case(app, person, **steps)
        review.confirm(factories.member("officer"), case, case.rev)
        return case.number


def moved(officer, person_id, village):
    page = officer.open(f"/recipients/{person_id}/change")
    options = {option.text.strip(): option["value"] for option in page.soup.select("select[name=village] option")}
    return page.submit("Lưu thay đổi", what="village", village=options[village])


def history_of(page):
    """The entries as people read them, newest first."""
    found = page.soup.select("section[aria-labelledby=history] li")
    return [" ".join(each.get_text(" ").replace("\N{NO-BREAK SPACE}", " ").split()) for each in found]


def part(page, key):
    """The rows of a part of the month's changes: by name what its cells say."""
    table = page.soup.select(f"section[aria-labelledby={key}] tbody tr")
    return {row.a.text: " ".join(row.get_text(" ").replace("\N{NO-BREAK SPACE}", " ").split()) for row in table}


def this_month(browser):
    return browser.open(f"/recipients/changes/?month={today():%Y-%m}")


def test_a_village_changed_by_hand_says_who_from_where_and_to_where(app, commune, sign_in, person_id):
    with app.app_context(), transaction():
        factories.village(commune, "Nà Pái")
    officer = sign_in("officer")
    newest = history_of(moved(officer, person_id, "Nà Pái"))[0]
    assert newest.startswith("Thôn, khối phố Tòng Chu → Nà Pái Nguyễn Thị Hương") and "ghi bằng tay" in newest
    month = this_month(officer)
    assert "Tòng Chu → Nà Pái" in part(month, "moneyless")["Hoàng Thị Vẻ"] and "Khớp" in month.words
    assert "1 người, 1 không đổi tiền" in month.words


def test_who_moves_and_moves_back_in_one_month_has_not_changed_in_it(app, commune, sign_in, person_id):
    with app.app_context(), transaction():
        factories.village(commune, "Nà Pái")
    officer = sign_in("officer")
    moved(officer, person_id, "Nà Pái")
    page = moved(officer, person_id, "Tòng Chu")
    assert [each[:32] for each in history_of(page)[:2]] == [
        "Thôn, khối phố Nà Pái → Tòng Chu",
        "Thôn, khối phố Tòng Chu → Nà Pái",
    ]
    assert part(this_month(officer), "moneyless") == {}


def test_a_confirmed_case_shows_what_it_replaced_with_its_number_and_no_whole_account(app, sign_in, person_id):
    number = confirmed_case(app, person_id)
    officer = sign_in("officer")
    page = officer.open(f"/recipients/{person_id}")
    way = next(each for each in history_of(page) if each.startswith("Cách nhận tiền Tiền mặt tại điểm"))
    assert "→ Tài khoản ngân hàng, Agribank 8410••••0123, HOANG THI VE" in way and f"theo hồ sơ {number}" in way
    assert "8410205000123" not in page.text and "020148000123" not in page.text
    told = next(each for each in history_of(page) if each.startswith("Đổi thông tin"))
    assert "Số định danh: – → 0201••••0123" in told and "Điện thoại: – → 0968••••14" in told
    assert page.click(f"theo hồ sơ {number}").url.startswith("/review/cases/")
    month = this_month(officer)
    row = part(month, "moneyless")["Hoàng Thị Vẻ"]
    assert "Agribank 8410••••0123" in row and "– → 0201••••0123" in row and f"theo hồ sơ {number}" in row
    assert "Điện thoại" not in row and "8410205000123" not in month.text
    book = load_workbook(io.BytesIO(month.submit("Tải danh sách tăng, giảm").data))
    words = [str(cell.value) for row in book.active.iter_rows() for cell in row]
    assert any("→ Tài khoản ngân hàng, Agribank 8410205000123" in each for each in words)


def test_others_than_officers_read_the_number_of_a_case_but_are_not_sent_to_it(app, sign_in, person_id):
    number = confirmed_case(app, person_id)
    page = sign_in("approver").open(f"/recipients/{person_id}")
    assert f"theo hồ sơ {number}" in page.words and not page.soup.select("a[href^='/review/']")


def test_one_account_after_another_shows_each_time_what_it_was_before(app, sign_in, person_id):
    confirmed_case(app, person_id)
    confirmed_case(app, person_id, method={"account_number": "8410205000777"})
    ways = [each for each in history_of(sign_in("officer").open(f"/recipients/{person_id}")) if "Cách nhận" in each]
    assert "8410••••0123, HOANG THI VE → Tài khoản ngân hàng, Agribank 8410••••0777" in ways[0]
    assert "→ Tài khoản ngân hàng, Agribank 8410••••0123" in ways[1] and "– → Tiền mặt tại điểm" in ways[2]


def test_an_account_to_open_is_told_when_it_is_confirmed_and_again_when_the_bank_opened_it(app, sign_in, person_id):
    confirmed_case(app, person_id, method={"kind": "new_account", "account_number": None, "holder_name": ""})
    officer = sign_in("officer")
    page = officer.open(f"/recipients/{person_id}")
    assert any(each.startswith("Tài khoản chờ ngân hàng mở") for each in history_of(page))
    assert "Cách nhận tiền" not in part(this_month(officer), "moneyless")["Hoàng Thị Vẻ"], "still paid in cash"
    with app.app_context(), transaction():
        method = next(m for m in methods_of(person_id) if m.status == "to_open")
        opened = {"provider_bin": "970405", "account_number": "8410205000555", "holder_name": "HOANG THI VE"}
        methods.record_account(factories.member("bank_staff"), method, **opened)
    newest = history_of(officer.open(f"/recipients/{person_id}"))[0]
    assert newest.startswith("Cách nhận tiền Tiền mặt tại điểm") and "8410••••0555" in newest


def methods_of(person_id):
    return list(
        db.session.scalars(select(methods.PaymentMethod).where(methods.PaymentMethod.recipient_id == person_id))
    )


def test_a_representative_is_told_with_the_paper_with_who_came_before_and_when_it_ended(app, sign_in, person_id):
    confirmed_case(app, person_id, representative=factories.proxy())
    other = {"full_name": "Hoàng Thị Lan", "citizen_id": "020180000789", "relation": "cháu", "paper_no": "15/2026"}
    number = confirmed_case(app, person_id, representative=factories.proxy(**other))
    officer = sign_in("officer")
    told = [each for each in history_of(officer.open(f"/recipients/{person_id}")) if each.startswith("Người nhận thay")]
    assert told[0].startswith("Người nhận thay Hoàng Văn Lập (con) → Hoàng Thị Lan (cháu) Giấy số 15/2026")
    assert f"theo hồ sơ {number}" in told[0] and told[1].startswith("Người nhận thay – → Hoàng Văn Lập (con)")
    assert "– → Hoàng Thị Lan (cháu)" in part(this_month(officer), "moneyless")["Hoàng Thị Vẻ"]
    page = officer.open(f"/recipients/{person_id}/change")
    page.submit("Lưu thay đổi", what="stop", cause_stop="died", on="15/11/2026")
    told = history_of(officer.open(f"/recipients/{person_id}"))
    assert any(each.startswith("Người nhận thay Hoàng Thị Lan (cháu) → –") for each in told)


def test_lists_hands_and_cases_stand_in_one_order_of_time(app, commune, sign_in):
    officer = sign_in("officer")
    load(officer, FIRST).submit("Áp dụng")
    with app.app_context(), transaction():
        person = db.session.scalars(select(Recipient)).one().id
        factories.village(commune, "Nà Pái")
    moved(officer, person, "Nà Pái")
    confirmed_case(app, person)
    load(officer, FIRST.replace("Tòng Chu", "Nà Lùng"), "t12-2026.csv").submit("Áp dụng")
    page = officer.open(f"/recipients/{person}")
    told = [each for each in history_of(page) if "→" in each]
    assert "Nà Pái → Nà Lùng" in told[0] and "theo danh sách" in told[0]
    assert "8410••••0123" in told[1] and "Điện thoại" in told[2] and "Tòng Chu → Nà Pái" in told[3]
    assert len(page.soup.select("section[aria-labelledby=history]")) == 1


def test_what_a_case_corrects_of_a_person_with_two_entitlements_is_told_once(app, sign_in, person_id):
    with app.app_context(), transaction():
        first = db.session.scalars(select(Entitlement)).one()
        columns = {"recipient_id": person_id, "programme_id": first.programme_id, "code": "K4"}
        amounts = {"monthly_amount": 540_000, "first_month": first.first_month, "coefficient_hundredths": 100}
        db.session.add(Entitlement(commune_id=first.commune_id, **columns, **amounts))
    confirmed_case(app, person_id)
    officer = sign_in("officer")
    page = officer.open(f"/recipients/{person_id}")
    assert sum(each.startswith("Đổi thông tin") for each in history_of(page)) == 1
    month = this_month(officer)
    assert "1 người, 1 không đổi tiền" in month.words


def test_a_case_of_someone_who_is_not_paid_any_more_keeps_what_stood_before(app, sign_in, person_id):
    with app.app_context(), transaction():
        db.session.scalars(select(Entitlement)).one().status = "ended"
    confirmed_case(app, person_id)
    told = history_of(sign_in("officer").open(f"/recipients/{person_id}"))
    assert any("Số định danh: – → 0201••••0123" in each for each in told)


def test_a_change_by_hand_counts_for_the_local_month_in_which_it_was_made(
    app, commune, sign_in, person_id, monkeypatch
):
    last_evening = datetime(2026, 11, 30, 17, 5, tzinfo=UTC)  # five past midnight on 1 December in Vietnam
    with app.app_context(), transaction():
        factories.village(commune, "Nà Pái")
    officer = sign_in("officer")
    monkeypatch.setattr("portal.audit.services.now", lambda: last_evening)
    moved(officer, person_id, "Nà Pái")
    shown = {
        key: part(officer.open(f"/recipients/changes/?month={key}"), "moneyless") for key in ("2026-11", "2026-12")
    }
    assert not shown["2026-11"] and "Nà Pái" in shown["2026-12"]["Hoàng Thị Vẻ"]


def december(officer, name):
    for each in ("roster-btxh-2026-11.xlsx", name):
        load(officer, (ROSTERS / each).read_bytes(), each).submit("Áp dụng")
    return officer.open("/recipients/changes/?month=2026-12")


@pytest.mark.parametrize("name", ["tang-giam-2026-12.xlsx", "roster-btxh-2026-12.xlsx"])
def test_decembers_adjustments_are_exactly_those_that_are_expected(app, sign_in, name):
    page = december(sign_in("officer"), name)
    assert "23 người, 14 không đổi tiền" in page.words and "Khớp" in page.words
    with_money, without = part(page, "adjustment"), part(page, "moneyless")
    kinds = {
        code: "amount" if "monthly" in each["fields"] else each["kind"] for code, each in EXPECTED["changed"].items()
    }
    codes = {
        word for row in (*with_money.values(), *without.values()) for word in row.split() if word.startswith("BG0")
    }
    assert codes == kinds.keys() and len(without) == 14
    assert all(kinds[code] == "amount" for row in with_money.values() for code in kinds if code in row)
    row = without["Hoàng Viết Duy"]
    assert "Họ và tên: Hoàng Văn Duy → Hoàng Viết Duy" in row and "Sổ giữ nguyên" not in row
    changed = next(row for row in without.values() if "BG00876" in row)
    assert "Tài khoản: 8412••••5856 → 8412••••8253 Sổ giữ nguyên" in changed
    assert "Người nhận thay: Vi Bích Cói → Vi Công Phúng Sổ giữ nguyên" in changed
    assert "8412205068253" not in page.text and "020134675169" not in page.text


def test_the_downloaded_list_has_all_adjustments_with_before_and_after(app, sign_in):
    page = december(sign_in("officer"), "tang-giam-2026-12.xlsx")
    sheet = load_workbook(io.BytesIO(page.submit("Tải danh sách tăng, giảm").data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert any(row[0] == "III. ĐIỀU CHỈNH (23 đối tượng)" for row in rows)
    words = {row[1]: row[-1] for row in rows if str(row[1]).startswith("BG")}
    assert "Tài khoản: 8412205573707 → 8412205573770 (theo danh sách, sổ giữ nguyên)" in words["BG00912"]
    assert words["BG00835"].endswith("Số định danh: – → 020324951520")


def test_what_a_list_says_again_a_month_later_is_no_adjustment_of_that_month(app, sign_in):
    officer = sign_in("officer")
    december(officer, "tang-giam-2026-12.xlsx")
    january = "roster-btxh-2027-01.csv"
    header = "Mã đối tượng;Họ và tên;Ngày sinh;Thôn;Mức trợ cấp;Số tài khoản;Ngân hàng;Người nhận thay\n"
    lines = "BG00912;Lâm Công Tùng;;;810000;8412205573770;Agribank;\n"
    page = officer.open("/recipients/rosters/")
    page = page.submit("Đọc danh sách", file=(io.BytesIO((header + lines).encode()), january), month="2027-01")
    page.submit("Ghi nhận danh sách")
    assert part(officer.open("/recipients/changes/?month=2027-01"), "moneyless") == {}


def test_a_number_that_came_with_a_merged_record_is_an_adjustment_until_the_records_are_parted(app, commune, sign_in):
    with app.app_context(), transaction():
        kept = factories.recipient(commune)
        other = factories.recipient(commune, citizen_id="020148000123", method=None)
        row = merging.merge(factories.member("officer"), kept, other, "Xem cùng một thẻ căn cước")
        key = row.id
    officer = sign_in("officer")
    told = part(this_month(officer), "moneyless")["Hoàng Thị Vẻ"]
    assert "Số định danh: – → 0201••••0123" in told and "khi gộp hai hồ sơ" in told and "Xem cùng một thẻ" in told
    with app.app_context(), transaction():
        merging.undo(factories.member("officer"), db.session.get(Merge, key))
    assert part(this_month(officer), "moneyless") == {}
