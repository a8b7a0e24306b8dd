"""Rows of a list that need a person: who they are, what is wrong with them, what is left over."""

import ast
import threading
import zipfile
from io import BytesIO
from pathlib import Path
from typing import get_args

import openpyxl
import pytest
from sqlalchemy import select

from portal.access import Role
from portal.areas.models import Commune
from portal.audit.models import AuditEvent
from portal.db import db
from portal.recipients import labels, parsing, problem_rows
from portal.recipients.labels.advice import PROBLEM_ADVICE
from portal.recipients.models import Entitlement, Recipient, RosterRow
from portal.recipients.parsing.stored import REFUSING
from portal.vietnam.banks import AccountProblem
from tests import factories
from tests.browser import Browser
from tests.recipients.test_pages import count, load

VEN = "A1;Vi Thị Ven;12/03/1950;020150123456;Nà Pái;540000\n"
# the same Ven under a code that nobody has seen
VEN_AGAIN = "N1;Vi Thị Ven;12/03/1950;020150123456;Nà Pái;540000\n"
PAO = "A2;Lý Văn Páo;1951;;Nà Pái;540000\n"
NO_AMOUNT = "A3;Hà Thị Chanh;1952;;Nà Pái;\n"
APPLY, AS_CHOSEN, SAME, OTHER = "Áp dụng", "Làm như đã chọn", "Cùng một người", "Người khác"


@pytest.fixture
def officer(sign_in):
    return sign_in("officer")


@pytest.fixture
def with_ven(officer):
    """The register knows Ven as A1 of Tòng Chu, Nà Pái."""
    load(officer, VEN).submit(APPLY)
    return officer


def december(officer, content, name="t12-2026.csv"):
    return load(officer, content, name)


def row_page(officer, page, number):
    """The page of the row of this number in the file (the first row of people is 2)."""
    with officer.app.app_context():
        file_id = int(page.url.split("/")[3].split("?")[0])
        found = select(RosterRow.id).where(RosterRow.roster_file_id == file_id, RosterRow.row == number)
        return officer.open(f"/recipients/rosters/{file_id}/rows/{db.session.scalars(found).one()}")


def token_of(page):
    return page.soup.select_one("[name=csrf_token]")["value"]


def codes(app):
    with app.app_context():
        return sorted(db.session.scalars(select(Entitlement.code)))


def test_someone_probably_known_is_shown_beside_the_register_with_what_speaks_for_it(with_ven):
    page = december(with_ven, VEN_AGAIN)
    assert "Có thể đã có trong sổ" in page.words
    asked = with_ven.open(page.url + "?show=likely")
    assert "cùng số định danh, cùng họ tên, cùng ngày sinh, cùng thôn" in asked.words
    assert "cùng năm sinh" not in asked.words  # the birthday says it
    listed, known = (" ".join(dd.get_text(" ").split()) for dd in asked.soup.select("dl.compare .differs dd"))
    assert (listed, known) == ("Danh sách N1", "Sổ quản lý A1")
    assert "020150123456" not in asked.text and "0201••••3456" in asked.words


def test_the_same_person_is_continued_under_the_new_code_and_nobody_asks_again(app, with_ven):
    page = december(with_ven, VEN_AGAIN)
    answered = with_ven.open(page.url + "?show=likely").submit(SAME)
    assert answered.url == page.url + "?show=likely" and "Nguyễn Thị Hương đã trả lời" in answered.words
    again = answered.submit("Trả lời lại")
    assert again.form(SAME) and "đã trả lời" not in again.words
    with_ven.open(page.url + "?show=likely").submit(SAME)
    assert "Thay đổi" in with_ven.open(page.url).submit(APPLY).words
    assert codes(app) == ["N1"] and count(app, Recipient) == 1
    january = load(with_ven, VEN_AGAIN, "t1-2027.csv", month="")
    assert "Có thể đã có" not in january.words and "Không có gì để thay đổi" in january.words


def test_another_person_is_added_and_the_answer_is_remembered(app, with_ven):
    page = december(with_ven, VEN + VEN_AGAIN.replace("020150123456", "020150999999"))
    assert "Có thể đã có trong sổ" not in page.words  # Ven is on this list under her own code
    page = december(with_ven, VEN_AGAIN, "khac.csv")
    with_ven.open(page.url + "?show=likely").submit(OTHER)
    with_ven.open(page.url).submit(APPLY)
    assert codes(app) == ["A1", "N1"]
    january = load(with_ven, VEN_AGAIN.replace("Ven", "Vén"), "t1-2027.csv")
    assert "Có thể đã có trong sổ" not in january.words


def test_all_sure_rows_are_answered_at_once(app, with_ven):
    page = december(with_ven, VEN_AGAIN + "N2;Lý Văn Páo;1951;;Nà Pái;540000\n")
    asked = with_ven.open(page.url + "?show=likely")
    done = asked.submit("1 dòng cùng số định danh, tên và năm sinh")
    assert "Đã trả lời 1 dòng: cùng một người" in done.words
    token = done.soup.select_one("[name=csrf_token]")["value"]
    twice = with_ven.open(page.url.split("?")[0] + "/answers", "post", data={"csrf_token": token})
    assert twice.status == 409 and "đã có người trả lời" in twice.words


def test_a_question_answered_meanwhile_is_not_answered_twice(with_ven):
    page = december(with_ven, VEN_AGAIN)
    first = with_ven.open(page.url + "?show=likely")
    assert first.submit(OTHER).status == 200
    late = first.submit(SAME)
    assert late.status == 409 and "Câu hỏi này đã có người trả lời" in late.words


def test_after_applying_an_answer_waits_until_its_row_is_written(app, with_ven):
    page = december(with_ven, VEN_AGAIN + PAO)
    applied = page.submit(AS_CHOSEN, part="good")
    assert codes(app) == ["A1", "A2"] and "1 dòng chưa ghi được" in applied.words
    row = row_page(with_ven, page, 2)
    answered = row.submit(SAME)
    assert "Ghi dòng này vào sổ" in answered.words
    back = answered.submit("Trả lời lại")
    assert "Ghi dòng này vào sổ" not in back.words
    written = back.submit(SAME).submit("Ghi dòng này vào sổ")
    assert "Đã ghi dòng này vào sổ" in written.words and codes(app) == ["A2", "N1"]
    assert "đều đã xử lý xong" in with_ven.open("/recipients/left-over/").words
    late = answered.submit("Ghi dòng này vào sổ")
    assert late.status == 409 and "Không có gì thay đổi lần thứ hai" in late.words
    assert back.submit(OTHER).status == 409


def test_all_answered_rows_of_an_applied_list_are_written_at_once(app, with_ven):
    load(with_ven, PAO.replace(";;", ";020051000001;"), "p.csv").submit(APPLY)
    pao = "N2;Lý Văn Páo;1951;020051000001;Nà Pái;540000\n"
    page = december(with_ven, VEN_AGAIN + pao + "A7;Hà Thị Chanh;1952;;Nà Pái;540000\n")
    page.submit(AS_CHOSEN, part="good")
    asked = with_ven.open(page.url + "?show=likely").submit("2 dòng cùng số định danh, tên và năm sinh")
    done = asked.submit("Ghi 2 dòng đã trả lời vào sổ")
    assert "Đã ghi 2 dòng vào sổ" in done.words and codes(app) == ["A7", "N1", "N2"]


def test_the_officer_may_write_the_good_rows_or_none(app, officer):
    page = load(officer, VEN + NO_AMOUNT)
    assert "Ghi 1 dòng đọc được; 1 dòng còn lại thành việc cần làm" in page.words
    none = page.submit(AS_CHOSEN, part="none")
    assert "Chưa ghi gì vào sổ" in none.words and count(app, Recipient) == 0
    assert "Đã áp dụng" in none.submit(AS_CHOSEN).words and codes(app) == ["A1"]
    late = page.submit(AS_CHOSEN)
    assert late.status == 409 and count(app, Recipient) == 1


def test_a_row_is_corrected_before_the_list_is_applied(app, officer):
    page = load(officer, VEN + NO_AMOUNT)
    row = row_page(officer, page, 3)
    assert "F3 : không có số tiền" in row.words
    assert "Ghi vào dòng này, hoặc sửa tệp" in row.words
    refused = row.submit("Lưu", monthly_amount="nhiều", birth_date="31/02/1950", citizen_id="12345", full_name=" ")
    assert refused.status == 422 and refused.soup.title.text.startswith("Lỗi:")
    for field in ("monthly_amount", "birth_date", "citizen_id", "full_name"):
        assert refused.soup.select_one(f"#{field}-error"), field
    assert refused.soup.select_one("#citizen_id")["value"] == "12345"
    saved = row.submit("Lưu", monthly_amount="810.000 đ", village="Thôn Tòng Chu")
    assert "Đã sửa dòng này" in saved.words and "Mới" in saved.words
    applied = officer.open(page.url).submit("Áp dụng: 2 mới")
    assert "Đã áp dụng" in applied.words and codes(app) == ["A1", "A3"]
    with app.app_context():
        third = db.session.scalars(select(Entitlement).where(Entitlement.code == "A3")).one()
        assert third.monthly_amount == 810_000 and third.recipient.village.name == "Tòng Chu"


def test_a_row_left_over_is_corrected_and_written_in_one_step(app, officer):
    load(officer, VEN + NO_AMOUNT).submit(AS_CHOSEN)
    work = officer.open("/recipients/left-over/")
    assert "Hà Thị Chanh" in work.words and "Dòng chưa ghi được" in work.h1
    row = work.click("Sửa dòng này…")
    done = row.submit("Lưu và ghi vào sổ", monthly_amount="540000")
    assert "Đã sửa dòng này và ghi vào sổ" in done.words and codes(app) == ["A1", "A3"]
    assert not done.soup.select("form[action$=aside]")
    late = row.submit("Lưu và ghi vào sổ", monthly_amount="999000")
    assert late.status == 409 and "Không có gì thay đổi lần thứ hai" in late.words
    with app.app_context():
        assert db.session.scalars(select(Entitlement.monthly_amount).where(Entitlement.code == "A3")).one() == 540_000


def test_a_corrected_row_of_someone_known_is_asked_about_before_it_is_written(app, with_ven):
    page = december(with_ven, PAO + VEN_AGAIN.replace("540000", ""), "lai.csv")
    page.submit(AS_CHOSEN)
    row = row_page(with_ven, page, 3)
    asked = row.submit("Lưu và ghi vào sổ", monthly_amount="600000")
    assert "Giờ trả lời xem người này đã có trong sổ chưa" in asked.words and codes(app) == ["A1", "A2"]
    asked.submit(SAME).submit("Ghi dòng này vào sổ")
    assert codes(app) == ["A2", "N1"] and count(app, Recipient) == 2


def test_of_two_rows_with_one_code_one_is_kept_and_the_other_renamed(app, officer):
    page = load(officer, VEN + "A1;Hà Thị Chanh;1952;;Nà Pái;810000\n")
    first, second = row_page(officer, page, 2), row_page(officer, page, 3)
    assert "A3" in first.words and "Giữ một dòng; dòng kia ghi mã riêng" in first.words
    assert "Đã sửa dòng này. Dòng sẽ được ghi" in first.submit("Lưu").words
    still = second.submit("Lưu")
    assert still.status == 422 and "Dòng 2 của danh sách này có cùng mã" in still.soup.select_one("#code-error").text
    assert "Đã sửa dòng này" in still.submit("Lưu", code="A9").words
    officer.open(page.url).submit("Áp dụng: 2 mới")
    assert codes(app) == ["A1", "A9"]


def test_a_typed_code_never_turns_one_person_into_another(app, with_ven):
    page = december(with_ven, PAO + NO_AMOUNT)
    page.submit(AS_CHOSEN)
    row = row_page(with_ven, page, 3)
    refused = row.submit("Lưu và ghi vào sổ", code="A1", monthly_amount="540000")
    assert refused.status == 422 and "mã này là của Vi Thị Ven" in refused.soup.select_one("#code-error").text
    assert "Đã sửa dòng này" in row.submit("Lưu và ghi vào sổ", code="A4", monthly_amount="540000").words
    with app.app_context():
        assert db.session.scalars(select(Recipient.full_name).where(Recipient.code == "A1")).one() == "Vi Thị Ven"


def test_a_row_is_set_aside_with_a_reason_and_taken_up_again(officer):
    page = load(officer, VEN + NO_AMOUNT).submit(AS_CHOSEN)
    row = row_page(officer, page, 3)
    odd = officer.open(row.url + "/answer", "post", data={"csrf_token": token_of(row), "same": "maybe"})
    assert odd.status == 400
    refused = row.submit("Bỏ qua dòng này")
    assert refused.status == 422 and "Ghi vì sao dòng này không cần làm gì thêm" in refused.words
    aside = row.submit("Bỏ qua dòng này", reason="đã mất ngày 01/11")
    assert "đã mất ngày 01/11" in aside.words
    assert "đều đã xử lý xong" in officer.open("/recipients/left-over/").words
    assert "Lưu và ghi vào sổ" in aside.submit("Đưa lại thành việc cần làm").words
    assert row_page(officer, page, 3).form("Bỏ qua dòng này")


def test_a_list_whose_bad_rows_are_set_aside_is_applied_as_any_other(app, officer):
    page = load(officer, VEN + NO_AMOUNT)
    row_page(officer, page, 3).submit("Bỏ qua dòng này", reason="đã mất")
    officer.open(page.url).submit("Áp dụng: 1 mới")
    assert codes(app) == ["A1"] and "đều đã xử lý xong" in officer.open("/recipients/left-over/").words


def test_rows_that_wait_lead_to_each_other(officer):
    page = load(officer, NO_AMOUNT + VEN + NO_AMOUNT.replace("A3", "A4") + NO_AMOUNT.replace("A3", "A5"))
    first = row_page(officer, page, 2)
    assert "Dòng chưa ghi trước đó" not in first.words
    third = first.click("Dòng chưa ghi tiếp theo")
    assert third.h1.startswith("Dòng 4 ") and third.click("Dòng chưa ghi trước đó").h1 == first.h1


def test_a_row_of_a_list_of_changes_is_corrected_so_that_it_finds_whom_it_ends(app, with_ven):
    header = "STT;Mã đối tượng;Họ và tên;Ngày sinh;Lý do giảm;Mức trợ cấp\n"
    content = "DANH SÁCH GIẢM THÁNG 12/2026;;;;;\n" + header + "1;X9;Vi Thị Ven;1950;Chết ngày 20/11/2026;540000\n"
    load(with_ven, PAO, "p.csv").submit(APPLY)
    content += "2;A2;Lý Văn Páo;1951;Chuyển đi;540000\n"
    page = load(with_ven, content.encode(), "giam-12-2026.csv")
    assert page.h1 == "Tăng, giảm, điều chỉnh tháng 12/2026"
    page.submit(AS_CHOSEN)
    work = with_ven.open("/recipients/left-over/?kind=nobody")
    assert "Vi Thị Ven" in work.words
    row = work.click("Sửa dòng này…")
    assert "Trong sổ không có ai hưởng theo mã hoặc tên này" in row.words
    done = row.submit("Lưu và ghi vào sổ", code="A1", monthly_amount="")
    assert "Đã sửa dòng này và ghi vào sổ" in done.words
    with app.app_context():
        assert set(db.session.scalars(select(Entitlement.status))) == {"ended"}


def test_a_list_without_a_good_row_is_not_applied_before_one_is_corrected(app, officer):
    page = load(officer, NO_AMOUNT + NO_AMOUNT.replace("A3", "A4").replace("Chanh", "Bưởi"))
    assert "Chưa dòng nào ghi được" in page.words and AS_CHOSEN not in page.words
    row_page(officer, page, 2).submit("Lưu", monthly_amount="540000")
    officer.open(page.url).submit(AS_CHOSEN)
    assert codes(app) == ["A3"]


def test_work_is_filtered_by_list_and_by_reason_and_paged(app, officer):
    load(officer, VEN + NO_AMOUNT).submit(AS_CHOSEN)
    many = "".join(f"B{n};Vi Văn {chr(64 + n % 26)}{chr(96 + n // 26)};1950;;Nà Pái;\n" for n in range(1, 53))
    second = load(officer, PAO + many, "t12-2026.csv").submit(AS_CHOSEN)
    work = officer.open("/recipients/left-over/")
    assert "(53)" in work.words and work.words.index("12/2026")
    assert officer.open("/").click("Chưa ghi được").h1 == work.h1
    page_two = work.click("Trang sau")
    assert "Hà Thị Chanh" in page_two.words and len(page_two.soup.select("tbody tr")) == 3
    amount = work.submit("Lọc", kind="amount")
    assert len(amount.soup.select("tbody tr")) == 50
    list_id = second.url.split("/")[3].split("?")[0]
    assert "Hà Thị Chanh" not in work.submit("Lọc", list=list_id).words
    assert "Không có dòng nào loại này" in work.submit("Lọc", kind="gone").words
    for odd in ("?after=x", "?after=9-", "?kind=zzz&list=abc", "?after=99999999999-1"):
        assert officer.open("/recipients/left-over/" + odd).status == 200


def test_who_died_is_left_over_with_what_to_do(app, with_ven):
    with app.app_context():
        person = db.session.scalars(select(Recipient)).one()
        person.status = "died"
        db.session.commit()
    page = december(with_ven, VEN + PAO).submit(AS_CHOSEN)
    row = row_page(with_ven, page, 2)
    assert "Sổ ghi người này đã mất hoặc chuyển đi" in row.words
    assert "Vi Thị Ven" in with_ven.open("/recipients/left-over/?kind=gone").words


def test_guesses_are_marked_until_someone_confirms_them(app, officer):
    content = "A1;Vi Thị Ven;12/03/50;20150123456;Nà Pái;540000\n"
    page = load(officer, content)
    guessed = officer.open(page.url + "?show=guessed")
    assert guessed.words.count("đoán nhận được:") == 2 and "“12/03/50”" in guessed.words
    assert "20150123456”" not in guessed.words.replace("•", "")
    row = row_page(officer, page, 2).submit("Lưu")
    assert "đoán" not in row.soup.select_one("section[aria-labelledby=received]").text
    page = load(officer, content + PAO, "hai.csv")
    done = officer.open(page.url + "?show=guessed").submit("Các chỗ đoán ở 1 dòng đều đúng")
    assert "Đã xác nhận chỗ đoán ở 1 dòng" in done.words and "đoán nhận được" not in done.words


def test_rows_are_found_by_name_code_or_number_and_the_search_stays_out_of_the_address(officer):
    page = load(officer, VEN + PAO + NO_AMOUNT)
    for text, found in (("pao", "Lý Văn Páo"), ("a3", "Hà Thị Chanh"), ("3456", "Vi Thị Ven"), ("4", "Hà Thị Chanh")):
        result = page.submit("Tìm trong danh sách", q=text)
        assert [th.text.split("\n")[0].strip() for th in result.soup.select("tbody th")] == [found], text
        assert text not in result.url or result.url.endswith("/rows/")
    nothing = page.submit("Tìm trong danh sách", q="%_'")
    assert nothing.status == 200 and "Không có dòng nào khớp" in nothing.words
    assert officer.open(nothing.url).h1 == page.h1


def test_problem_rows_are_a_workbook_without_formulas(app, officer):
    bad = "A5;=cmd|'/C calc'!A0;12/03/50;0201501;Nà Pái;\n"
    page = load(officer, VEN + bad + PAO)
    page.submit(AS_CHOSEN)
    answer = officer.open(page.url).submit("Tải 1 dòng cần xem (Excel)")
    assert answer.headers["Content-Disposition"].endswith('2026-11.xlsx"')
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "Dòng cần xem: danh-sach-2026-11.csv" and "11/2026" in rows[1][0]
    heads, values = rows[2], dict(zip(rows[2], rows[3], strict=True))
    assert heads[:2] == ["Ô", "Dòng"] and heads[-2:] == ["Vấn đề", "Đã đọc thành"] and len(rows) == 4
    assert values["Dòng"] == "3" and values["CCCD"] == "0201501" and values["Ngày sinh"] == "12/03/50"
    assert "F3: " in values["Vấn đề"] and "12/03/1950" in values["Đã đọc thành"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert not any(b"<f>" in zipfile.ZipFile(BytesIO(answer.data)).read(n) for n in ("xl/worksheets/sheet1.xml",))
    with app.app_context():
        assert db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc())).first() == (
            "roster.problems_exported"
        )


def test_a_workbook_of_very_many_rows_says_that_it_is_cut(officer, monkeypatch):
    page = load(officer, VEN + NO_AMOUNT + PAO.replace("1951", "51"))
    monkeypatch.setattr(problem_rows, "MOST", 1)
    answer = page.submit("Tải 2 dòng cần xem (Excel)")
    rows = list(openpyxl.load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert "chỉ có 1 dòng đầu" in rows[2][0] and len(rows) == 5


def test_a_row_of_another_list_or_commune_does_not_exist(app, officer):
    page = load(officer, VEN + NO_AMOUNT)
    other = load(officer, PAO, "khac.csv")
    row = row_page(officer, page, 3)
    assert officer.open(row.url.replace(page.url, other.url.split("?")[0])).status == 404
    with app.app_context():
        factories.commune(app, "06113", "Xã Tân Văn", "TV", suffix="2")
    stranger = Browser(app)
    stranger.sign_in("officer2")
    token = stranger.open("/account").soup.select_one("[name=csrf_token]")["value"]
    for path in ("", "/apply", "/aside", "/take-up", "/answer"):
        assert stranger.open(row.url + path, "post", data={"csrf_token": token}).status == 404
    assert stranger.open(row.url).status == 404


def test_who_only_looks_sees_the_row_and_no_form(sign_in, officer):
    page = load(officer, VEN + NO_AMOUNT)
    row = row_page(officer, page, 3)
    leader = sign_in("approver")
    seen = leader.open(row.url)
    assert "Hà Thị Chanh" in seen.words and not seen.soup.select("main form")
    number = leader.open(row_page(officer, page, 2).url)
    assert "020150123456" not in number.text and "0201••••3456" in number.words
    assert "020150123456" in row_page(officer, page, 2).text
    assert leader.open(row.url, "post").status in (400, 403)
    assert leader.open("/recipients/left-over/").status == 200


def test_two_officers_write_one_row_once(app, officer, commune):
    with app.app_context():
        factories.staff_member("officer-b", Role.OFFICER, db.session.get_one(Commune, commune))
        db.session.commit()
    page = load(officer, VEN + NO_AMOUNT)
    page.submit(AS_CHOSEN)
    second = Browser(app)
    second.sign_in("officer-b")
    pages = [row_page(each, page, 3) for each in (officer, second)]
    barrier, answers = threading.Barrier(2), []

    def press(each, amount):
        barrier.wait()
        answers.append(each.submit("Lưu và ghi vào sổ", monthly_amount=amount))

    threads = [threading.Thread(target=press, args=pair) for pair in zip(pages, ("540000", "810000"), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [200, 409]
    assert codes(app) == ["A1", "A3"]


# where code of a problem stands among the arguments of what finds it
_FINDERS = {"Problem": 0, "doubt": 0, "differences": 0, "_tell": 1}


def _texts(node):
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def _codes_in(tree):
    """Codes of problems in the source of a module: written where they are found, or given to a name before."""
    found = set()
    given = [node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.NamedExpr)]
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        place = _FINDERS.get(name)
        if place is None or len(call.args) <= place:
            continue
        code = call.args[place]
        names = {code.id} if isinstance(code, ast.Name) else set()
        for node in given:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            value = node.value.body if isinstance(node.value, ast.IfExp) else node.value
            if isinstance(target, ast.Name) and target.id in names and isinstance(value, ast.Constant):
                found |= _texts(value) | (_texts(node.value.orelse) if isinstance(node.value, ast.IfExp) else set())
        found |= {code.value} if isinstance(code, ast.Constant) else set()
    return found


def test_every_problem_that_reading_can_find_has_a_sentence_and_says_what_to_do():
    found = set(get_args(AccountProblem))
    for path in Path(parsing.__file__).parent.glob("*.py"):
        found |= _codes_in(ast.parse(path.read_text("utf-8")))
    assert len(found) > 40 and found >= REFUSING
    assert found == set(labels.ROSTER_PROBLEMS) == set(PROBLEM_ADVICE)
