"""The register as staff see it: lists received and their preview, people."""

import threading
from io import BytesIO

import pytest
from sqlalchemy import func, select

from portal.areas.models import Province
from portal.db import db, one_transaction, only_reads, writing
from portal.recipients.models import EntitlementChange, Recipient, RosterFile
from tests import factories
from tests.browser import Browser
from tests.conftest import FIXTURES

NOVEMBER = FIXTURES / "rosters" / "roster-btxh-2026-11.xlsx"
HEADER = "Mã đối tượng;Họ và tên;Ngày sinh;CCCD;Thôn;Mức trợ cấp\n"


def load(browser, content, name="danh-sach-2026-11.csv", **fields):
    content = (HEADER + content).encode() if isinstance(content, str) else content
    page = browser.open("/recipients/rosters/")
    _control, form = page.form("Đọc danh sách")
    token = form.select_one("[name=csrf_token]")["value"]
    programme = form.select_one("[name=programme] option")["value"]
    data = {"csrf_token": token, "programme": programme, "month": "", "file": (BytesIO(content), name)} | fields
    return browser.open(form["action"], "post", data=data, content_type="multipart/form-data")


def count(app, model):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def test_officer_loads_a_months_list_looks_at_it_and_applies_it(app, sign_in):
    officer = sign_in("officer")
    assert "Chưa nhận danh sách nào" in officer.open("/recipients/rosters/").words
    page = load(officer, NOVEMBER.read_bytes(), NOVEMBER.name)
    assert page.h1 == "Danh sách tháng 11/2026" and "726.240.000 đ" in page.words
    assert "M65 : cộng của Khối phố 2: tệp ghi 25.630.000, cộng các dòng được 25.900.000" in page.words
    assert "chênh −270.000" in page.words
    doubts = officer.open(page.url + "?show=doubts")
    assert "số định danh có 11 chữ số, phải là 12: 02021599862" in doubts.words
    assert count(app, Recipient) == 0
    page = page.submit("Áp dụng: 635 mới")
    assert "Đã áp dụng danh sách vào sổ" in page.words and count(app, Recipient) == 635
    again = load(officer, NOVEMBER.read_bytes(), NOVEMBER.name)
    assert "Không có gì để thay đổi" in again.words and count(app, RosterFile) == 1
    people = officer.open("/recipients/").submit("Tìm", q="hua minh bao")
    assert "Hứa Minh Bảo" in people.words and "Chưa có ai" not in people.words
    person = people.click("Hứa Minh Bảo")
    assert person.h1 == "BG00598 · Hứa Minh Bảo" and "Hứa Thị Kim Oanh" in person.words
    assert "020099399405" not in person.text and "0200••••9405" in person.words
    assert "Hứa" not in person.soup.title.text


def test_missing_people_are_ended_with_ticks_and_a_reason(app, sign_in):
    officer = sign_in("officer")
    two = "A1;Vi Thị Ven;1950;;Nà Pái;540000\nA2;Lý Văn Páo;1951;;Nà Pái;540000\n"
    load(officer, two).submit("Áp dụng")
    page = load(officer, "A1;Vi Thị Ven;1950;;Nà Pái;540000\n", "t12-2026.csv").submit("Ghi nhận danh sách")
    assert "Lý Văn Páo" in page.words
    refused = page.submit("Không còn hưởng từ tháng 12/2026", all="y")
    assert refused.status == 422 and "Ghi lý do thôi hưởng" in refused.words
    done = page.submit("Không còn hưởng từ tháng 12/2026", all="y", reason="đã mất")
    assert "1 người không còn hưởng" in done.words
    with app.app_context():
        assert (
            db.session.scalars(select(EntitlementChange.reason).order_by(EntitlementChange.id.desc())).first()
            == "đã mất"
        )


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "rong.xlsx", "rỗng"),
        (b"%PDF-1.7 not a sheet", "a.pdf", "không phải bảng tính"),
        (b"PK\x03\x04 broken", "a.xlsx", "bị hỏng"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "có mật khẩu"),
        (b"a;b\n1;2\n", "a.csv", "Không tìm thấy danh sách"),
    ],
)
def test_a_file_that_is_no_list_says_so_at_its_field_and_stores_nothing(app, sign_in, content, name, words):
    page = load(sign_in("officer"), content, name)
    assert page.status == 422 and words in page.words and name in page.words
    assert page.soup.title.text.startswith("Lỗi:") and page.soup.select_one("#file-error")
    assert count(app, RosterFile) == 0


def test_no_file_chosen_is_said_at_the_field(sign_in):
    page = sign_in("officer").open("/recipients/rosters/").submit("Đọc danh sách")
    assert page.status == 422 and "Chọn tệp danh sách" in page.words


def test_columns_and_month_can_be_corrected_before_applying(sign_in):
    officer = sign_in("officer")
    page = load(officer, "A1;Vi Thị Ven;1950;;Nà Pái;540000\n")
    again = page.submit("Đọc lại theo các cột này", month="2026-10")
    assert again.h1 == "Danh sách tháng 10/2026" and "Theo cột đã ghi nhớ" in again.words
    none = {c["name"]: "" for c in again.soup.select("select[name^=column-]")}
    refused = again.submit("Đọc lại theo các cột này", **none)
    assert refused.status == 422 and "Phải chọn cột" in refused.words


def test_police_and_leaders_see_the_register_and_change_nothing(sign_in):
    load(sign_in("officer"), "A1;Vi Thị Ven;1950;;Nà Pái;540000\n")
    for role in ("police", "approver"):
        browser = sign_in(role)
        page = browser.open("/recipients/rosters/").click("Bảo trợ xã hội")
        assert "Vi Thị Ven" in page.words and not page.soup.select("main form[method=post]:not([action$='/rows/'])")
        assert browser.open(page.url + "/apply", "post").status in (400, 403)
    assert sign_in("visitor").open("/recipients/").status == 403


def test_another_communes_lists_and_people_do_not_exist(app, sign_in):
    page = load(sign_in("officer"), "A1;Vi Thị Ven;1950;;Nà Pái;540000\n").submit("Áp dụng")
    with app.app_context():
        factories.commune(app, "06113", "Xã Tân Văn", "TV", suffix="2")
        person_id = db.session.scalars(select(Recipient.id)).one()
    stranger = Browser(app)
    stranger.sign_in("officer2")
    assert stranger.open(page.url).status == stranger.open(f"/recipients/{person_id}").status == 404
    with app.app_context():
        factories.recipient(factories.member("officer2").communes[0].id, "Lý Văn Páo")
        db.session.commit()
    found = stranger.open("/recipients/").submit("Tìm", q="ven")
    assert "Vi Thị Ven" not in found.words and found.soup.select_one("#found h2").text == "Không có ai khớp"


def test_whom_an_officer_looks_for_is_posted_and_never_stands_in_an_address(app, sign_in, commune):
    with app.app_context():
        for name in ("Hoàng Thị Vẻ", "Lý Văn Páo"):
            factories.recipient(commune, name)
        db.session.commit()
    officer = sign_in("officer")
    page = officer.open("/recipients/").submit("Tìm", q="ly van pao", lacks="phone")
    assert (page.status, page.url) == (200, "/recipients/")
    assert "Lý Văn Páo" in page.words and "Hoàng Thị Vẻ" not in page.words
    assert page.soup.select_one("#q")["value"] == "ly van pao"
    assert page.headers["HX-Replace-Url"] == "/recipients/?lacks=phone"
    assert not [a for a in page.soup.select("a[href]") if "pao" in a["href"]]
    typed = officer.open("/recipients/?q=ly+van+pao&lacks=phone")
    assert "Hoàng Thị Vẻ" in typed.words and "pao" not in typed.text
    assert typed.soup.select_one("a[hreflang]")["href"] == "/recipients/?lacks=phone&lang=en"


def test_a_long_search_goes_on_to_its_next_page_without_the_text_in_the_address(app, sign_in, commune):
    with app.app_context():
        for number in range(60):
            factories.recipient(commune, f"Nông Thị Mẫu {number:02}")
        factories.recipient(commune, "Lý Văn Páo")
        db.session.commit()
    first = sign_in("officer").open("/recipients/").submit("Tìm", q="nong thi mau")
    assert "Dòng 1–50 trên 60" in first.words
    second = first.submit("Trang sau")
    assert "Dòng 51–60 trên 60" in second.words and second.url == "/recipients/"
    assert "Dòng 1–50 trên 60" in second.submit("Về trang đầu").words
    everyone = second.click("Hiện tất cả").click("Trang sau")
    assert "Dòng 51–61 trên 61" in everyone.words and everyone.url.startswith("/recipients/?after=")


def test_a_search_takes_no_writers_lock_and_keeps_nothing(app):
    assert app.view_functions["recipients.people"].only_reads and app.view_functions["enrolment.start"].only_reads

    @only_reads
    def view():
        assert not writing.get()
        db.session.add(Province(code="99", name="tỉnh Thử"))
        db.session.flush()
        return "found"

    with app.test_request_context(method="POST"):
        assert one_transaction(view)().status_code == 200
        assert db.session.get(Province, "99") is None


def test_of_two_officers_who_apply_at_once_one_wins_and_the_other_sees_who(postgres_app):
    app = postgres_app
    with app.app_context():
        commune_id = factories.commune(app)
        factories.staff_member("officer-b", factories.Role.OFFICER, db.session.get(factories.Commune, commune_id))
        db.session.commit()
    browsers = [Browser(app), Browser(app)]
    browsers[0].sign_in("officer")
    browsers[1].sign_in("officer-b")
    page = load(browsers[0], NOVEMBER.read_bytes(), NOVEMBER.name)
    pages = [browser.open(page.url) for browser in browsers]
    barrier, answers = threading.Barrier(2), []

    def press(each):
        barrier.wait()
        answers.append(each.submit("Áp dụng"))

    threads = [threading.Thread(target=press, args=(each,)) for each in pages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [200, 409]
    loser = next(answer for answer in answers if answer.status == 409)
    assert "Nguyễn Thị Hương đã áp dụng danh sách này lúc" in loser.words
    assert count(app, Recipient) == 635
