"""The capture of a case as a clerk does it, without JavaScript."""

import io
import re

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from portal.areas.models import Commune
from portal.db import db
from portal.documents.models import Photo
from portal.enrolment.models import Case, CaseFile, CaseState
from portal.enrolment.services import return_case
from portal.recipients.models import PaymentMethod, Recipient, Representative
from tests import factories
from tests.browser import Browser, filled_in
from tests.enrolment.capturing import FRONT, NO_QR, NUMBER, OTHER_NUMBER, complete_draft, doan, photo

STROKES = "[[[10, 10], [200, 90], [300, 20]]]"


def register(app, commune, **columns):
    with app.app_context():
        person = doan(commune, **columns)
        db.session.commit()
        return person.id


def drafted(app, commune, **changed):
    """A complete draft of the clerk, ready to be handed in; returns its address."""
    with app.app_context():
        person = db.session.scalars(select(Recipient).where(Recipient.citizen_id == NUMBER)).one_or_none()
        clerk, place = factories.member("bank_staff"), db.session.get_one(Commune, commune)
        case = complete_draft(clerk, place, person or doan(commune), **changed)
        db.session.commit()
        return f"/enrolment/cases/{case.id}"


def only_case(app):
    return db.session.scalars(select(Case)).one()


def by_name(browser):
    page = browser.open("/enrolment/").submit("Tìm", q="be van doan")
    assert "Bế Văn Đoan" in page.words and "0200••••1877" in page.words and NUMBER not in page.text
    return page.submit("Lập hồ sơ")


def test_a_clerk_captures_a_case_from_the_search_to_the_receipt(app, sign_in, commune):
    register(app, commune)
    page = by_name(sign_in("bank_staff"))
    assert page.h1 == "Thẻ căn cước" and "Bước 2 trên 7: Giấy tờ" in page.words
    page = page.submit("Tiếp tục", front=photo(FRONT), back=photo(NO_QR))
    assert "Khác sổ" in page.words and "Sổ thiếu" in page.words and "2 chỗ khác sổ" in page.words
    assert [mark.text for mark in page.soup.select("mark")] == ["Đoàn", "Đoan", "21/12"]
    page = page.submit("Tiếp tục: số điện thoại")
    assert page.status == 422 and "Hỏi người hưởng rồi chọn tên đúng" in page.words
    page = page.submit("Tiếp tục: số điện thoại", name_from="card")
    assert page.h1 == "Số điện thoại"
    page = page.submit("Tiếp tục", number="0968 123 414", owner="recipient")
    assert page.h1 == "Ông muốn nhận tiền bằng cách nào?"
    page = page.submit("Tiếp tục", kind="cash_point")
    page = page.submit("Tiếp tục", kind="none")
    assert not page.soup.select("input[name=purposes][checked]")
    page = page.submit("Tiếp tục", purposes=["pay", "keep_photo"], strokes=STROKES)
    assert page.h1 == "Kiểm tra lại" and "đọc từ mã QR" in page.words and "Còn thiếu" not in page.words
    page = page.submit("Gửi hồ sơ")
    assert re.fullmatch(r"Đã nhận, số BG-\d{4}-00001", page.h1)
    assert page.click("Người tiếp theo").h1 == "Tìm người hưởng"
    with app.app_context():
        case = only_case(app)
        identity = case.payload["identity"]
        assert (identity["full_name"], identity["birth_date"]) == ("Bế Văn Đoàn", "1946-12-21")
        assert identity["card"]["number"] == NUMBER and "typed" not in case.payload
        assert case.provenance["identity.citizen_id"] == "scanned" and case.provenance["phone.number"] == "typed"
        method = db.session.scalars(select(PaymentMethod).where(PaymentMethod.case_id == case.id)).one()
        assert (method.kind, method.status) == ("cash_point", "proposed")


def test_the_photo_of_a_card_opens_the_person_and_becomes_its_front(app, sign_in, commune):
    register(app, commune)
    page = sign_in("bank_staff").open("/enrolment/").submit("Đọc thẻ", card=photo(FRONT))
    assert page.h1 == "Thẻ căn cước" and "2 chỗ khác sổ" in page.words
    with app.app_context():
        assert [file.role for file in only_case(app).files] == ["id_front"]


def test_a_card_that_is_not_in_the_register_is_said_so_and_may_go_on(app, sign_in, commune):
    browser = sign_in("bank_staff")
    for _ in range(2):
        page = browser.open("/enrolment/").submit("Đọc thẻ", card=photo("can-cuoc-back.jpg"))
        assert page.h1 == "Không có trong sổ" and "Đàm Viết Sằn" in page.words
        page = page.submit("Vẫn lập hồ sơ theo thẻ")
        assert page.h1 == "Thẻ căn cước" and "không có trong sổ" in page.words
    with app.app_context():
        case = only_case(app)
        assert case.recipient_id is None and case.payload["read"]["scan"]["number"] == OTHER_NUMBER


def test_a_number_claimed_for_two_people_asks_which_it_is(app, sign_in, commune):
    register(app, commune)
    with app.app_context():
        factories.recipient(commune, "Bế Văn Đoàn Em", citizen_id=NUMBER)
        db.session.commit()
    page = sign_in("bank_staff").open("/enrolment/").submit("Đọc thẻ", card=photo(FRONT))
    assert page.h1 == "Hai người trong sổ cùng có số này" and "Bế Văn Đoàn Em" in page.words
    assert page.submit("Lập hồ sơ").h1 == "Thẻ căn cước"


def test_a_card_typed_into_the_address_bar_of_the_next_page_is_not_believed(app, sign_in, commune):
    page = sign_in("bank_staff").open("/enrolment/").submit("Đọc thẻ", card=photo("can-cuoc-back.jpg"))
    page = page.submit("Vẫn lập hồ sơ theo thẻ", card="eyJudW1iZXIiOiIxIn0.forged.forged")
    assert page.status == 422 and "Thẻ đọc đã quá lâu" in page.words


def test_what_is_no_photo_is_told_at_its_field_and_other_answers_stay(app, sign_in, commune):
    register(app, commune)
    page = by_name(sign_in("bank_staff"))
    before = stored(app)
    html = io.BytesIO(b"<html><script>alert(1)</script></html>"), "the.jpg"
    page = page.submit("Tiếp tục", front=photo(FRONT), back=html, address="Thôn  Nà Tồng")
    assert page.status == 422 and page.soup.title.text.startswith("Lỗi:")
    assert "the.jpg không phải là ảnh" in page.soup.select_one("#back-error").text
    assert page.soup.select_one("#address")["value"] == "Thôn  Nà Tồng"
    page = page.submit("Tiếp tục", back=(io.BytesIO(b""), "trong.jpg"))
    assert page.status == 422 and "trong.jpg" in page.soup.select_one("#back-error").text
    fields = filled_in(page.soup.form)[0] | {"do": "next"}
    heavy = FileStorage(io.BytesIO(b"\xff\xd8\xff" + bytes(16 * 1024 * 1024)), "nang.jpg")
    boundary, body = encode_multipart(fields | {"back": heavy})
    kind = f"multipart/form-data; boundary={boundary}"
    page = page.browser.open(page.url, "post", input_stream=io.BytesIO(body), content_type=kind)
    assert page.status == 422 and "15 MB" in page.soup.select_one("#back-error").text
    assert stored(app) == before


def stored(app):
    with app.app_context():
        return db.session.query(Photo).count(), db.session.query(CaseFile).count()


def test_photos_are_kept_when_an_answer_beside_them_is_refused(app, sign_in, commune):
    address = drafted(app, commune)
    page = sign_in("bank_staff").open(f"{address}/consent")
    page = page.submit("Tiếp tục", sheet=photo(NO_QR), purposes=["messages"], strokes="")
    assert "chưa lập được hồ sơ" in page.words and page.soup.title.text.startswith("Lỗi:")
    assert page.soup.select_one("input[value=messages]").has_attr("checked")
    assert "Ảnh rõ" in page.words
    page = page.submit("Tiếp tục", purposes=["pay"])
    assert page.h1 == "Kiểm tra lại" and "ảnh tờ giấy đã ký" in page.words


def test_a_poor_photo_is_taken_again_or_kept_and_until_then_the_case_waits(app, sign_in, commune):
    address = drafted(app, commune)
    browser = sign_in("bank_staff")
    page = browser.open(f"{address}/identity").submit("Tiếp tục", back=photo("cccd-qr-strong-blur.jpg"))
    assert "Mặt sau: bị mờ, quá nhỏ." in page.words
    buttons = [b.text.strip() for b in page.soup.select(".notice button")]
    assert "Ảnh chụp lại" in page.soup.select_one(".notice label").text and buttons[-1] == "Giữ ảnh này"
    assert "Có ảnh chưa rõ" in browser.open(f"{address}/check").words
    page = page.submit("Giữ ảnh này")
    assert "Ảnh chưa rõ, đã giữ" in page.words
    assert "Có ảnh chưa rõ" not in browser.open(f"{address}/check").words


def test_the_two_sides_must_be_of_one_card(app, sign_in, commune):
    address = drafted(app, commune)
    page = sign_in("bank_staff").open(f"{address}/identity")
    page = page.submit("Tiếp tục", front=photo(FRONT), back=photo("can-cuoc-back.jpg"))
    assert "Hai ảnh là thẻ của hai người khác nhau" in page.words
    page = page.browser.open(f"{address}/check")
    assert "Hai ảnh là thẻ của hai người khác nhau" in page.words and "Gửi hồ sơ" not in page.words
    page = page.browser.open(f"{address}/identity").submit("Tiếp tục", back=photo(NO_QR))
    assert "hai người khác nhau" not in page.words


def test_a_case_that_lacks_something_says_exactly_what_and_is_not_received(app, sign_in, commune):
    register(app, commune)
    page = by_name(sign_in("bank_staff"))
    address = page.url.rsplit("/", 1)[0]
    page = page.browser.open(f"{address}/check")
    assert "Còn thiếu 5 việc" in page.words and "Giấy tờ: chưa ghi" in page.words
    token = page.soup.select_one("[name=csrf_token]")["value"]
    page = page.browser.open(f"{address}/check", "post", data={"csrf_token": token})
    assert page.status == 422
    with app.app_context():
        assert only_case(app).state == CaseState.DRAFT


def test_two_tabs_that_hand_in_get_one_number(app, sign_in, commune):
    address = drafted(app, commune)
    browser = sign_in("bank_staff")
    one, two = browser.open(f"{address}/check"), browser.open(f"{address}/check")
    first, second = one.submit("Gửi hồ sơ"), two.submit("Gửi hồ sơ")
    assert first.h1 == second.h1 and first.h1.endswith("-00001")
    assert browser.open(f"{address}/phone").h1 == first.h1


def test_the_draft_of_another_clerk_or_commune_does_not_exist(app, sign_in, commune):
    address = drafted(app, commune)
    with app.app_context():
        factories.staff_member("thu.hai", "bank_staff", db.session.get_one(Commune, commune))
        factories.commune(app, code="06100", name="Xã Khác", prefix="XK", suffix=".khac")
        db.session.commit()
    for username in ("thu.hai", "bank_staff.khac"):
        browser = Browser(app)
        browser.sign_in(username)
        for part in ("", "/identity", "/check", "/received"):
            assert browser.open(f"{address}{part}").status == 404
        assert browser.open(f"/enrolment/cases/?after={address.rsplit('/', 1)[1]}").status == 200


def test_only_bank_staff_capture(app, sign_in, commune):
    for role in ("officer", "approver", "visitor", "police", "supervisor", "admin"):
        browser = sign_in(role)
        assert browser.open("/enrolment/").status == 403 and browser.open("/enrolment/cases/").status == 403


def test_a_person_has_one_draft_however_often_she_is_opened(app, sign_in, commune):
    register(app, commune)
    browser = sign_in("bank_staff")
    first = by_name(browser)
    again = browser.open("/enrolment/").submit("Tìm", q="1877")
    assert "Bản nháp" in again.words
    assert again.submit("Làm tiếp bản nháp").url == first.url


def test_whom_a_clerk_looks_for_is_posted_and_never_stands_in_an_address(app, sign_in, commune):
    register(app, commune)
    browser = sign_in("bank_staff")
    page = browser.open("/enrolment/").submit("Tìm", q="be van doan")
    assert (page.status, page.url) == (200, "/enrolment/") and "Tìm thấy 1 người" in page.words
    assert page.soup.select_one("#q")["value"] == "be van doan"
    assert not [a for a in page.soup.select("a[href]") if "doan" in a["href"]]
    typed = browser.open("/enrolment/?q=be+van+doan")
    assert "Bế Văn Đoan" not in typed.words and "doan" not in typed.text


def test_a_village_in_the_address_lists_its_people(app, sign_in, commune):
    with app.app_context():
        village = factories.village(commune).id
        for number in range(51):
            factories.recipient(commune, f"Nông Thị Mẫu {number:02}", village_id=village)
        factories.recipient(commune, "Lý Văn Páo")
        db.session.commit()
    page = sign_in("bank_staff").open(f"/enrolment/?village={village}")
    assert "Chỉ hiện 50 người đầu" in page.words and len(page.soup.select("[name=recipient_id]")) == 50
    found = page.submit("Tìm", q="mau 07")
    assert "Tìm thấy 1 người" in found.words and "Chỉ hiện" not in found.words
    assert found.soup.select_one("#village option[selected]")["value"] == str(village)


def test_leaving_a_step_keeps_what_was_typed_spaces_and_all(app, sign_in, commune):
    address = drafted(app, commune)
    browser = sign_in("bank_staff")
    page = browser.open(f"{address}/phone").submit(
        "Để sau, giữ bản nháp", number="0968 12", owner="other", owner_name="Cô  Ba"
    )
    assert page.h1 == "Hồ sơ của tôi"
    page = browser.open(f"{address}/phone")
    assert page.soup.select_one("#number")["value"] == "0968 12" and not page.soup.title.text.startswith("Lỗi:")
    page = page.submit("Tiếp tục")
    assert page.status == 422 and "10 chữ số" in page.words
    assert page.submit("Quay lại").h1 == "Thẻ căn cước"
    assert browser.open(f"{address}/phone").submit("Tiếp tục", number="0968123414").h1.startswith("Ông muốn")


def test_an_account_is_typed_twice_the_same(app, sign_in, commune):
    page = sign_in("bank_staff").open(f"{drafted(app, commune)}/method")
    account = {"kind": "bank_account", "own-bin": "970405", "own-holder": "BE VAN DOAN"}
    page = page.submit("Tiếp tục", **account, **{"own-number": "8410 205 000 123", "own-again": "8410 205 00123"})
    assert page.status == 422 and "Lần đầu 13 chữ số, lần này 12 chữ số" in page.words
    assert page.soup.select_one("[name=own-number]")["value"] == "8410 205 000 123"
    assert page.submit("Tiếp tục", **{"own-again": "8410 205 000 123"}).h1 == "Ai nhận tiền?"
    with app.app_context():
        assert only_case(app).payload["method"]["account_number"] == "8410205000123"


def test_a_vietqr_fills_the_account_and_its_photo_is_not_stored(app, sign_in, commune):
    page = sign_in("bank_staff").open(f"{drafted(app, commune)}/method")
    before = stored(app)
    page = page.submit("Đọc mã QR nhận tiền", kind="bank_account", qr_own=photo("vietqr-account.jpg"))
    assert page.soup.select_one("[name=own-number]")["value"] == "8412205401076"
    page = page.submit("Tiếp tục", **{"own-holder": "BE VAN DOAN"})
    assert page.h1 == "Ai nhận tiền?" and stored(app) == before
    with app.app_context():
        assert only_case(app).provenance["method.account_number"] == "scanned"


def test_a_vietqr_with_a_wrong_check_sum_is_refused_in_words(app, sign_in, commune):
    page = sign_in("bank_staff").open(f"{drafted(app, commune)}/method")
    page = page.submit("Tiếp tục", kind="bank_account", qr_own=photo("vietqr-wrong-check-sum.jpg"))
    assert page.status == 422 and "mã kiểm tra trong đó sai" in page.soup.select_one("#qr_own-error").text
    assert page.soup.select_one("[name=own-number]").get("value", "") == ""
    page = page.submit("Tiếp tục", kind="bank_account", qr_own=photo(NO_QR))
    assert page.status == 422 and "Không đọc được mã QR nhận tiền" in page.words


def test_a_representative_is_read_from_the_card_and_the_paper_holds_one_year(app, sign_in, commune):
    address = drafted(app, commune)
    page = sign_in("bank_staff").open(f"{address}/representative")
    page = page.submit("Tiếp tục", kind="proxy", front=photo("can-cuoc-back.jpg"), pages=photo(NO_QR))
    assert page.soup.select_one("#citizen_id")["value"] == OTHER_NUMBER and "Trang 1" in page.words
    page = page.submit("Tiếp tục", relation="em trai", certified_on="20/11/2026")
    assert page.h1 == "Đồng ý và chữ ký"
    page = page.browser.open(f"{address}/check").submit("Gửi hồ sơ")
    assert page.h1.startswith("Đã nhận, số")
    with app.app_context():
        person = db.session.scalars(select(Representative)).one()
        assert (str(person.valid_from), str(person.valid_until)) == ("2026-11-20", "2027-11-20")
        assert only_case(app).provenance["representative.valid_until"] == "law"


def test_nobody_authorizes_himself(app, sign_in, commune):
    page = sign_in("bank_staff").open(f"{drafted(app, commune)}/representative")
    answers = {"kind": "proxy", "full_name": "Bế Văn Đoàn", "relation": "chính mình"}
    page = page.submit("Tiếp tục", **answers, citizen_id="020 046 241 877")
    assert page.status == 422 and "Không ai tự ủy quyền cho mình được" in page.soup.select_one("#citizen_id-error").text


def test_a_returned_case_opens_at_the_step_to_redo_and_keeps_its_number(app, sign_in, commune):
    address = drafted(app, commune)
    browser = sign_in("bank_staff")
    first = browser.open(f"{address}/check").submit("Gửi hồ sơ")
    with app.app_context():
        return_case(factories.member("officer"), only_case(app), ["phone"], "Số không liên lạc được")
        db.session.commit()
    page = browser.open("/enrolment/cases/")
    assert "Xã trả lại, cần làm lại" in page.words and "Số không liên lạc được" in page.words
    page = page.click("Bế Văn Đoàn")
    assert page.h1 == "Số điện thoại" and "Xem lại số điện thoại" in page.words
    page.submit("Tiếp tục", number="0968 555 414")
    assert browser.open(f"{address}/check").submit("Gửi hồ sơ").h1 == first.h1
    with app.app_context():
        assert only_case(app).rev == 2 and "returned" not in only_case(app).payload


def test_no_page_title_and_no_address_holds_a_name_or_number(app, sign_in, commune):
    address = drafted(app, commune)
    browser = sign_in("bank_staff")
    for part in ("identity", "phone", "method", "representative", "consent", "check"):
        page = browser.open(f"{address}/{part}")
        assert "Đoàn" not in page.soup.title.text and page.status == 200
        assert len(page.soup.select(".actions > button:not(.quiet), .actions > .btn:not(.quiet)")) == 1


def test_the_clerk_speaks_english_when_she_wants(app, sign_in, commune):
    address = drafted(app, commune)
    browser = sign_in("bank_staff")
    assert browser.open(f"{address}/method?lang=en").h1 == "How does the gentleman want to be paid?"


def test_a_person_of_another_commune_is_not_opened(app, sign_in, commune):
    with app.app_context():
        other = factories.commune(app, code="06100", name="Xã Khác", prefix="XK", suffix=".khac")
        stranger = factories.recipient(other, "Nông Văn Thử").id
        db.session.commit()
    page = sign_in("bank_staff").open("/enrolment/").submit("Tìm", q="khong co ai")
    assert "Không tìm thấy ai" in page.words
    token = page.soup.select_one("[name=csrf_token]")["value"]
    answer = page.browser.open("/enrolment/begin", "post", data={"csrf_token": token, "recipient_id": stranger})
    assert answer.status == 404


def test_a_waiting_case_is_shown_before_a_new_one_is_made(app, sign_in, commune):
    address = drafted(app, commune)
    browser = sign_in("bank_staff")
    browser.open(f"{address}/check").submit("Gửi hồ sơ")
    page = browser.open("/enrolment/").submit("Tìm", q="1877")
    assert "Chờ duyệt" in page.words and "hồ sơ đang chờ được thay" in page.words
    assert page.submit("Lập hồ sơ mới").url.rsplit("/", 1)[0] != address


def test_a_card_taken_by_mistake_leaves_nothing_of_its_person_behind(app, sign_in):
    page = sign_in("bank_staff").open("/enrolment/").submit("Đọc thẻ", card=photo("cccd-front.jpg"))
    page = page.submit("Vẫn lập hồ sơ theo thẻ").submit("Tiếp tục", back=photo("cccd-qr-strong-blur.jpg"))
    assert "hai người khác nhau" in page.words
    assert page.soup.select_one("#full_name")["value"] == "Nông Mạnh Lâm"
    page = page.submit("Tiếp tục", back=photo("cccd-back-no-qr.jpg"))
    assert page.soup.select_one("#full_name")["value"] == "Bế Văn Đoàn"
    assert "hai người khác nhau" not in page.words


def test_a_card_read_while_searching_needs_no_second_press_for_its_photos(app, sign_in):
    page = sign_in("bank_staff").open("/enrolment/").submit("Đọc thẻ", card=photo("cccd-front.jpg"))
    page = page.submit("Vẫn lập hồ sơ theo thẻ")
    page = page.submit("Tiếp tục", front=photo("cccd-front.jpg"), back=photo("cccd-back-no-qr.jpg"))
    assert page.h1 == "Số điện thoại"


def test_a_card_that_found_nobody_goes_along_with_the_search_by_name(app, sign_in, commune):
    with app.app_context():
        factories.recipient(commune, "Bế Văn Đoán")
        db.session.commit()
    page = sign_in("bank_staff").open("/enrolment/").submit("Đọc thẻ", card=photo("cccd-front.jpg"))
    page = page.submit("Tìm theo tên").submit("Tìm", q="be van").submit("Lập hồ sơ")
    assert "020 046 241 877" in page.words and "theo sổ quản lý" in page.words


LINES = "IDVNM0462418779020046241877<<5\n4612218M9912315VNM<<<<<<<<<<<2\nBE<<VAN<DOAN<<<<<<<<<<<<<<<<<<"


@pytest.mark.parametrize(
    ("lines", "number", "told"),
    [
        (LINES, NUMBER, None),
        (LINES.replace("\n", " ").lower(), NUMBER, None),
        (LINES[:80], NUMBER, "mỗi dòng 30 ký tự; đã nhập 78"),
        (LINES.replace("461221", "461222"), NUMBER, "số kiểm tra không khớp"),
        (LINES, OTHER_NUMBER, "ghi số định danh khác"),
    ],
)
def test_lines_typed_from_the_back_prove_themselves_and_the_number(app, sign_in, commune, lines, number, told):
    address = drafted(app, commune)
    page = sign_in("bank_staff").open(f"{address}/identity")
    page = page.submit("Tiếp tục", document="other", full_name="Bế Văn Đoàn", citizen_id=number, mrz=lines)
    assert (told in page.words) if told else page.h1 == "Số điện thoại"
