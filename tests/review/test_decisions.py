"""Deciding on a case as an officer does it, from the queue to the register."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.access import Role
from portal.areas.models import Commune
from portal.audit.models import AuditEvent
from portal.db import db
from portal.enrolment.models import Case, CaseIsElsewhere, CaseState
from portal.recipients.models import (
    BirthPrecision,
    EntitlementChange,
    MethodStatus,
    PaymentMethod,
    Recipient,
    Representative,
)
from portal.review import services
from portal.review.models import Decision, DecisionKind, ReturnReason
from tests import factories
from tests.browser import Browser


@pytest.fixture
def three(app, commune):
    """Cases of three people, the oldest of Hoàng Thị Vẹ, whose name, birth date and phone the register lacks or has wrong."""
    with app.app_context():
        ve = factories.recipient(
            commune, "Hoàng Thị Vẹ", birth_date=date(1948, 1, 1), birth_precision=BirthPrecision.YEAR
        )
        first = factories.submitted_case(app, ve, days=3)
        others = {
            "identity": {
                "citizen_id": "020150000456",
                "full_name": "Nông Văn Páo",
                "birth_date": "1950-02-03",
                "sex": "male",
            },
            "phone": {"number": "0912000001"},
            "method": {"kind": "cash_point", "account_number": None, "provider_bin": None, "holder_name": ""},
        }
        pao = factories.recipient(
            commune, "Nông Văn Páo", sex="male", village_id=factories.village(commune, "Nà Pái").id
        )
        second = factories.submitted_case(app, pao, days=2, **others)
        stranger = {"identity": {"full_name": "Lý Thị Mẩy", "citizen_id": "020160000789", "birth_date": "1960-05-05"}}
        third = factories.submitted_case(
            app, None, commune_id=commune, days=1, **stranger, phone={"number": "0912000002"}
        )
        db.session.commit()
        return [first.id, second.id, third.id]


def address(case_id):
    return f"/review/cases/{case_id}"


def the(model, **columns):
    return db.session.scalars(select(model).filter_by(**columns)).one()


def test_the_queue_shows_the_longest_waiting_first_and_can_be_narrowed(app, three, sign_in, commune):
    page = sign_in("officer").open("/review/")
    names = [b.text for b in page.soup.select(".list.go b")]
    assert names == ["Hoàng Thị Vẹ", "Nông Văn Páo", "Lý Thị Mẩy"]
    assert "3 hồ sơ chờ duyệt" in page.words and "lâu nhất chờ 3 ngày" in page.words
    with app.app_context():
        village = factories.village(commune, "Nà Pái").id
    page = page.submit("Lọc danh sách", village=str(village))
    assert [b.text for b in page.soup.select(".list.go b")] == ["Nông Văn Páo"]
    page = page.submit("Lọc danh sách", village="", flag="not_in_register")
    assert [b.text for b in page.soup.select(".list.go b")] == ["Lý Thị Mẩy"]
    page = page.submit("Lọc danh sách", flag="", programme="2")
    assert "Không có hồ sơ chờ duyệt nào theo bộ lọc này" in page.words and "còn 3 hồ sơ" in page.words


def test_an_empty_queue_says_so(sign_in):
    assert "Không còn hồ sơ chờ duyệt" in sign_in("officer").open("/review/").words


def test_the_queue_goes_on_after_fifty(app, sign_in, commune):
    with app.app_context():
        person = factories.recipient(commune)
        for _ in range(52):
            factories.submitted_case(app, person, photos=0)
        db.session.commit()
    page = sign_in("officer").open("/review/")
    assert "Dòng 1–50 trên 52" in page.words
    page = page.click("Trang sau")
    assert len(page.soup.select(".list.go li")) == 2


def test_register_and_capture_stand_side_by_side_with_the_difference_marked(three, sign_in):
    page = sign_in("officer").open(address(three[0]))
    assert page.h1 == "BG-2611-00001 · Hoàng Thị Vẹ" and "Vẹ" not in page.soup.title.text
    row = page.soup.select_one("#row-full_name")
    assert [mark.text for mark in row.select("mark")] == ["Vẹ", "Vẻ"] and "differs" in row["class"]
    assert [mark.text for mark in page.soup.select("#row-birth mark")] == ["02/09/"]
    assert "020 148 000 123" in page.words and "8410 205 000 123" in page.words
    assert "Thẻ ghi “Hoàng Thị Vẻ”, sổ ghi “Hoàng Thị Vẹ”" in page.words
    assert "1 trên 3" in page.words and page.click("Sau").h1.startswith("BG-2611-00002")


def test_every_photo_can_be_shown_large_and_turned_without_script(three, sign_in):
    page = sign_in("officer").open(address(three[0]))
    front = page.soup.select_one(".viewer img")["src"]
    assert [tab.text for tab in page.soup.select(".tools a:not([aria-label])")] == ["Mặt trước", "Mặt sau", "Chữ ký"]
    page = page.click("Mặt sau")
    assert page.soup.select_one(".viewer img")["src"] != front
    page = page.browser.open(page.soup.select_one("[data-turn]")["href"])
    page = page.browser.open(page.soup.select_one("[data-big]")["href"])
    assert {"big", "turn-90"} <= set(page.soup.select_one(".viewer")["class"])
    assert page.browser.open(page.soup.select_one(".viewer img")["src"]).data.startswith(b"\xff\xd8")


def test_confirming_corrects_the_register_and_puts_the_method_in_force(app, three, sign_in):
    page = sign_in("officer").open(address(three[0])).submit("Xác nhận")
    assert "Đã xác nhận hồ sơ BG-2611-00001" in page.words
    assert page.h1.startswith("BG-2611-00002"), "the next case opens"
    with app.app_context():
        case, person = db.session.get(Case, three[0]), the(Recipient, code="BG00001")
        assert case.state == CaseState.CONFIRMED
        assert (person.full_name, person.search_key) == ("Hoàng Thị Vẻ", "hoang thi ve")
        assert (person.birth_date.isoformat(), person.birth_precision) == ("1948-09-02", BirthPrecision.DAY)
        assert (person.citizen_id, person.citizen_id_confirmed) == ("020148000123", True)
        assert (person.phone, person.phone_owner) == ("0968000214", "relative")
        method = the(PaymentMethod, recipient_id=person.id, status=MethodStatus.READY)
        assert method.account_number == "8410205000123"
        change = the(EntitlementChange)
        assert change.kind == "details" and change.before["full_name"] == "Hoàng Thị Vẹ"
        assert change.after["birth_date"] == "1948-09-02" and change.source == f"case:{case.id}"
        decision = the(Decision)
        assert (decision.kind, decision.by_name) == (DecisionKind.CONFIRM, "Nguyễn Thị Hương")
        actions = set(db.session.scalars(select(AuditEvent.action)))
        assert {"recipient.corrected", "method.confirmed", "case.confirmed", "case.opened"} <= actions
        details = " ".join(str(detail) for detail in db.session.scalars(select(AuditEvent.detail)))
        assert "Vẻ" not in details and "020148000123" not in details and "0968000214" not in details


def test_a_name_the_clerk_did_not_choose_from_the_card_leaves_the_register_as_it_is(app, commune, sign_in):
    with app.app_context():
        person = factories.recipient(commune, "Hoàng Thị Vẹ")
        case_id = factories.submitted_case(app, person, identity={"name_from": "register"}).id
        db.session.commit()
    page = sign_in("officer").open(address(case_id))
    assert "Xác nhận không sửa sổ" in page.words
    page.submit("Xác nhận")
    with app.app_context():
        assert the(Recipient).full_name == "Hoàng Thị Vẹ"


def test_a_birth_date_known_to_the_day_is_not_overwritten(app, commune, sign_in):
    with app.app_context():
        known = {"birth_date": date(1948, 9, 3), "birth_precision": BirthPrecision.DAY}
        case_id = factories.submitted_case(app, factories.recipient(commune, **known)).id
        db.session.commit()
    page = sign_in("officer").open(address(case_id))
    assert "Ngày sinh khác sổ quản lý" in page.words
    page.submit("Xác nhận")
    with app.app_context():
        assert the(Recipient).birth_date == date(1948, 9, 3)


def test_everything_is_rolled_back_when_the_representative_is_unlawful(app, commune, sign_in):
    with app.app_context():
        person = factories.recipient(commune, "Hoàng Thị Vẹ")
        unlawful = factories.proxy(citizen_id="020148000123")
        case_id = factories.submitted_case(app, person, representative=unlawful).id
        db.session.commit()
    page = sign_in("officer").open(address(case_id))
    assert "Người nhận thay chính là người hưởng" in page.words
    page = page.submit("Xác nhận")
    assert page.status == 409 and "Không ai tự nhận thay cho chính mình" in page.words
    with app.app_context():
        assert the(Recipient).full_name == "Hoàng Thị Vẹ" and the(Case).state == CaseState.SUBMITTED
        assert the(Representative).status == "proposed" and db.session.scalars(select(Decision)).all() == []


def test_an_identity_number_confirmed_for_another_is_refused_in_words(app, commune, sign_in):
    with app.app_context():
        factories.recipient(commune, "Người Khác", citizen_id="020148000123", citizen_id_confirmed=True)
        case_id = factories.submitted_case(app, factories.recipient(commune)).id
        db.session.commit()
    page = sign_in("officer").open(address(case_id))
    assert "Số định danh trùng người khác" in page.words
    page = page.submit("Xác nhận")
    assert page.status == 409 and "người khác" in page.words


def test_a_returned_case_names_what_to_do_again(app, three, sign_in):
    page = sign_in("officer").open(address(three[0]))
    refused = page.submit("Trả lại hồ sơ", note="Ảnh mờ")
    assert refused.status == 422 and "Chọn ít nhất một phần" in refused.words
    assert refused.soup.title.text.startswith("Lỗi:") and "Ảnh mờ" in refused.soup.textarea.text
    page = refused.submit("Trả lại hồ sơ", reasons=["id_front", "account"])
    assert "Đã trả lại hồ sơ BG-2611-00001 cho Lê Thu Hà" in page.words
    with app.app_context():
        assert db.session.get(Case, three[0]).state == CaseState.RETURNED
        decision = the(Decision)
        assert decision.reasons == ["id_front", "account"] and decision.text == "Ảnh mờ"
        assert the(PaymentMethod, status=MethodStatus.READY, recipient_id=1).kind == "cash_point"


def test_rejecting_needs_a_reason_and_keeps_what_was_proposed_as_refused(app, three, sign_in):
    page = sign_in("officer").open(address(three[0])).submit("Từ chối hồ sơ")
    assert page.status == 422 and "Ghi lý do từ chối" in page.words
    page = page.submit("Từ chối hồ sơ", reason="Trùng hồ sơ")
    assert "Đã từ chối hồ sơ" in page.words
    with app.app_context():
        assert the(PaymentMethod, case_id=three[0]).status == MethodStatus.REFUSED
    page = page.browser.open(address(three[0]))
    assert "Trùng hồ sơ" in page.words and not page.soup.select("#confirm")


def test_a_case_of_someone_unknown_is_linked_before_it_is_confirmed(app, three, sign_in, commune):
    with app.app_context():
        factories.recipient(commune, "Lý Thị Mây", citizen_id="020160000789")
        factories.recipient(commune, "Lý Văn Khé", code="BG99001")
        db.session.commit()
    page = sign_in("officer").open(address(three[2]))
    assert "Lý Thị Mây" in page.words and not page.soup.select("#confirm")
    page = page.submit("Tìm trong sổ", name="ly van khe")
    found = page.soup.select_one("#find").text
    assert "Lý Văn Khé" in found and "Lý Thị Mây" not in found and "khe" not in page.url
    page = page.browser.open(address(three[2])).submit("Gắn với BG00003")
    assert "Đã gắn với BG00003" in page.words
    page.submit("Xác nhận")
    with app.app_context():
        person = the(Recipient, code="BG00003")
        assert person.full_name == "Lý Thị Mẩy"
        assert the(PaymentMethod, recipient_id=person.id, status=MethodStatus.READY).kind == "bank_account"


def test_a_case_of_someone_unknown_cannot_be_confirmed(app, three, commune):
    with app.app_context(), pytest.raises(services.NotInRegister):
        services.confirm(factories.member("officer"), db.session.get(Case, three[2]), 1)


def test_whoever_captured_a_case_does_not_decide_on_it(app, commune, sign_in):
    with app.app_context():
        case = factories.submitted_case(app, factories.recipient(commune), by="officer")
        case_id = case.id
        db.session.commit()
        for decide in (
            lambda: services.confirm(factories.member("officer"), case, 1),
            lambda: services.send_back(factories.member("officer"), case, 1, [ReturnReason.PHONE], ""),
            lambda: services.reject(factories.member("officer"), case, 1, "không"),
        ):
            with pytest.raises(services.OwnCapture):
                decide()
    page = sign_in("officer").open(address(case_id))
    assert "do chính người đang xem thu nhận" in page.words and not page.soup.select(".actions")


def test_the_database_refuses_a_decision_by_the_one_who_captured(app, commune):
    with app.app_context():
        case = factories.submitted_case(app, factories.recipient(commune), by="officer")
        officer = factories.member("officer")
        with pytest.raises(IntegrityError, match="not_by_the_one_who_captured"):
            services._decide(officer, case, DecisionKind.CONFIRM)


def test_a_case_that_someone_else_decided_meanwhile_gives_409(app, three, sign_in):
    mine, theirs = sign_in("officer"), sign_in("officer")
    page = mine.open(address(three[0]))
    theirs.open(address(three[0])).submit("Từ chối hồ sơ", reason="Trùng")
    page = page.submit("Xác nhận")
    assert page.status == 409 and "không còn ở" in page.words
    with app.app_context():
        assert the(Recipient, code="BG00001").full_name == "Hoàng Thị Vẹ"


def test_a_case_that_was_sent_again_must_be_read_again(app, three, sign_in):
    page = sign_in("officer").open(address(three[0]))
    with app.app_context():
        db.session.get(Case, three[0]).rev = 2
        db.session.commit()
    page = page.submit("Xác nhận")
    assert page.status == 409 and "gửi lại trong lúc đang xem" in page.words


def test_others_see_who_is_reading_and_are_sent_to_another_case(app, three, sign_in, commune):
    with app.app_context():
        factories.staff_member("officer2", Role.OFFICER, db.session.get(Commune, commune)).full_name = "Lý Thị Hai"
        db.session.commit()
    second = Browser(app)
    second.sign_in("officer2")
    second.open(address(three[1]))
    page = sign_in("officer").open("/review/")
    assert "Lý Thị Hai đang đọc hồ sơ này" in page.words
    page = page.browser.open(address(three[0])).submit("Xác nhận")
    assert page.h1.startswith("BG-2611-00003")
    page = page.browser.open(address(three[1]))
    assert "Lý Thị Hai mở hồ sơ này" in page.words
    with app.app_context():
        case = db.session.get(Case, three[1])
        assert case.opened_by_name == "Nguyễn Thị Hương"
        case.opened_at -= timedelta(minutes=16)
        db.session.commit()
    shown = second.open("/review/").soup.select(".list.go li")
    assert ["đang đọc" in entry.text for entry in shown] == [False, True], "the third case is still being read"


def test_reading_a_case_is_one_event_in_a_quarter_of_an_hour(app, three, sign_in):
    browser = sign_in("officer")
    for _ in range(3):
        browser.open(address(three[0]))
    with app.app_context():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "case.opened")).all()
        assert len(events) == 1 and db.session.get(Case, three[0]).version == 1


def test_the_last_decision_leads_to_an_empty_queue(app, commune, sign_in):
    with app.app_context():
        case_id = factories.submitted_case(app, factories.recipient(commune)).id
        db.session.commit()
    page = sign_in("officer").open(address(case_id)).submit("Xác nhận")
    assert page.h1 == "Hàng chờ duyệt" and "Không còn hồ sơ chờ duyệt" in page.words
    assert "Đã xác nhận hồ sơ" in page.words


def test_decisions_keep_the_filter(app, three, sign_in):
    browser = sign_in("officer")
    page = browser.open(address(three[0]) + "?programme=1")
    assert "1 trên 2" in page.words
    page = page.submit("Xác nhận")
    assert "programme=1" in page.url and "1 trên 1" in page.words


@pytest.mark.parametrize("role", ["bank_staff", "approver", "police", "supervisor", "admin", "visitor"])
def test_only_officers_read_and_decide(three, sign_in, role):
    browser = sign_in(role)
    assert browser.open("/review/").status == 403
    assert browser.open(address(three[0])).status == 403


def test_a_case_of_another_commune_does_not_exist(app, three):
    with app.app_context():
        factories.commune(app, "06115", "Xã Tân Văn", "TV", suffix="2")
    browser = Browser(app)
    browser.sign_in("officer2")
    assert browser.open(address(three[0])).status == 404
    assert "Không còn hồ sơ chờ duyệt" in browser.open("/review/").words


def test_of_two_officers_confirming_at_once_one_wins(app, three):
    outcomes, start = [], threading.Barrier(2)

    def decide():
        with app.app_context():
            officer = factories.member("officer")
            db.session.rollback()
            start.wait(10)
            try:
                case = db.session.scalars(
                    select(Case).where(Case.id == three[0]).with_for_update().execution_options(populate_existing=True)
                ).one()
                services.confirm(officer, case, 1)
                db.session.commit()
                outcomes.append("confirmed")
            except CaseIsElsewhere:
                outcomes.append("late")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=decide) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["confirmed", "late"]
    with app.app_context():
        assert len(db.session.scalars(select(Decision)).all()) == 1
