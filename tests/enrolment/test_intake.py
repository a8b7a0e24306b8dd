"""Cases that phones send in parts: corrections, versions beside, who it is about, late arrivals, races."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.db import db
from portal.enrolment import services
from portal.enrolment.models import Case, CaseManifest, CaseState, ReceivedFile
from portal.recipients.models import MethodStatus, PaymentMethod, Recipient
from portal.vietnam import vietqr
from tests import factories
from tests.browser import Browser
from tests.enrolment.capturing import NUMBER, PHOTOS, doan
from tests.enrolment.sending import ANSWERS, SCAN, Phone, again, back, drawing, file_of, front, id_of, manifest_of, sha


@pytest.fixture
def phone(app, commune):
    return Phone(app)


@pytest.fixture
def person(app, commune):
    with app.app_context():
        key = doan(commune).id
        db.session.commit()
    return key


def small(commune, **changed):
    photos = [drawing(), drawing()]
    return manifest_of({"id_front": photos[0], "id_back": photos[1]}, commune, **changed), photos


def reviewed(app):
    """What the officer reads of the case that waits longest."""
    officer = Browser(app)
    officer.sign_in("officer")
    return officer.open("/review/").click("Mở hồ sơ chờ lâu nhất").words


def the_case(app):
    return db.session.scalars(select(Case)).one()


def return_it(app):
    with app.app_context():
        services.return_case(factories.member("officer"), the_case(app), ["phone"], "sai số")
        db.session.commit()


def phone_said(number):
    return ANSWERS | {"phone": {"owner": "recipient", "number": number}}


# corrections


def test_a_correction_replaces_what_is_still_being_received(app, commune, phone):
    body, photos = small(commune)
    phone.send(body)
    second = again(body, rev=2, answers=phone_said("0968123999"))
    answer = phone.send(second)
    assert (answer.status_code, answer.json["rev"], answer.json["state"]) == (201, 2, "receiving")
    receipt = phone.send_all(second, photos).json["receipt"]
    assert (receipt["rev"], receipt["manifest"]) == (2, sha(second))
    with app.app_context():
        case = the_case(app)
        assert (case.rev, case.payload["phone"]["number"]) == (2, "0968123999")
    assert phone.send(body).json["state"] == "received", "the first is settled by the second"


def test_the_photos_of_a_correction_that_were_here_already_are_not_asked_for_again(app, commune, phone):
    body, photos = small(commune)
    phone.send(body)
    phone.send_photo(id_of(body), photos[0])
    new = drawing()
    files = [file_of(photos[0], "id_front"), file_of(new, "id_back")]
    assert phone.send(again(body, rev=2, files=files)).json["missing"] == [sha(new)]


def test_a_returned_case_is_corrected_when_the_last_photo_of_the_correction_is_here(app, commune, phone):
    body, photos = small(commune)
    number = phone.send_all(body, photos).json["receipt"]["number"]
    return_it(app)
    new = drawing()
    files = [file_of(photos[0], "id_front"), file_of(new, "id_back")]
    second = again(body, rev=2, files=files, answers=phone_said("0968123999"))
    answer = phone.send(second)
    assert (answer.status_code, answer.json["state"], answer.json["missing"]) == (201, "receiving", [sha(new)])
    with app.app_context():
        case = the_case(app)
        assert (case.state, case.rev, case.payload["phone"]["number"]) == (CaseState.RETURNED, 1, "0968123414")
    receipt = phone.send_photo(id_of(body), new).json["receipt"]
    assert (receipt["number"], receipt["rev"]) == (number, 2)
    with app.app_context():
        case = the_case(app)
        assert (case.state, case.rev, case.payload["phone"]["number"]) == (CaseState.SUBMITTED, 2, "0968123999")
        assert "returned" not in case.payload
        assert {file.sent_sha256 for file in case.files} == {sha(photos[0]), sha(new)}
        assert db.session.query(CaseManifest).count() == 2 and db.session.query(ReceivedFile).count() == 3


def test_a_correction_may_be_the_first_that_arrives(app, commune, phone):
    body, photos = small(commune, rev=3)
    assert phone.send_all(body, photos).json["receipt"]["rev"] == 3
    assert phone.send(again(body, rev=2)).status_code == 409


# versions beside


def test_other_bytes_of_the_same_version_are_kept_beside_and_the_difference_told(app, commune, phone):
    body, photos = small(commune)
    number = phone.send_all(body, photos).json["receipt"]["number"]
    new = drawing()
    files = [file_of(photos[0], "id_front"), file_of(new, "id_back"), file_of(new, "consent")]
    other = again(body, files=files, answers=phone_said("0968123999") | {"method": {"kind": "new_account"}})
    answer = phone.send(other)
    assert (answer.status_code, answer.json["state"], answer.json["missing"]) == (409, "kept_beside", [sha(new)])
    assert answer.json["receipt"] is None, "its photos are not all here"
    assert answer.json["server"] == {
        "number": number,
        "state": "submitted",
        "differences": [
            {"label": "Số điện thoại", "phone": "09••••99", "server": "09••••14"},
            {"label": "Cách nhận tiền", "phone": "Mở tài khoản mới", "server": "Tiền mặt tại điểm chi trả"},
            {"label": "Ảnh", "phone": "3", "server": "2"},
        ],
    }
    answer = phone.send_photo(id_of(body), new)
    assert (answer.status_code, answer.json["state"], answer.json["missing"]) == (201, "kept_beside", [])
    receipt = answer.json["receipt"]
    assert (receipt["number"], receipt["manifest"]) == (number, sha(other))
    assert set(receipt["files"]) == {sha(photos[0]), sha(new)}
    assert phone.send(other).json["receipt"] == receipt and phone.send(other).status_code == 409
    with app.app_context():
        assert the_case(app).payload["phone"]["number"] == "0968123414", "nothing of it went into the case"


def test_numbers_that_differ_only_where_they_are_masked_are_told_apart(commune, phone):
    body, photos = small(commune)
    phone.send_all(body, photos)
    answer = phone.send(again(body, answers=phone_said("0968999414")))
    (one,) = answer.json["server"]["differences"]
    assert one["phone"] != one["server"] and "999" not in one["phone"] and "123" not in one["server"]


def test_the_reviewer_sees_what_is_kept_beside(app, commune, phone):
    body, photos = small(commune)
    phone.send_all(body, photos)
    phone.send(again(body, answers=phone_said("0968123999")))
    officer = Browser(app)
    officer.sign_in("officer")
    page = officer.open("/review/").click("Mở hồ sơ chờ lâu nhất")
    assert "Hồ sơ này còn một bản khác được giữ bên cạnh" in page.words
    assert "Số điện thoại: trên máy 09••••99, đã nhận 09••••14" in page.words


def test_a_correction_of_a_case_that_was_handed_in_meanwhile_is_kept_beside(app, commune, phone):
    body, photos = small(commune)
    phone.send_all(body, photos)
    answer = phone.send(again(body, rev=2, answers=phone_said("0968123999")))
    assert (answer.status_code, answer.json["state"], answer.json["server"]["state"]) == (
        409,
        "kept_beside",
        "submitted",
    )


def test_a_correction_overtaken_on_the_page_ends_beside_with_its_photos(app, commune, phone):
    photos = [drawing(), drawing()]
    files = [file_of(photos[0], "id_front", kept=True), file_of(photos[1], "id_back", kept=True)]
    body = manifest_of(files, commune)
    phone.send_all(body, photos)
    return_it(app)
    new = drawing()
    second = again(body, rev=2, files=[file_of(photos[0], "id_front"), file_of(new, "id_back")])
    assert phone.send(second).json["state"] == "receiving"
    with app.app_context():
        services.submit(factories.member("bank_staff"), the_case(app))
        db.session.commit()
    answer = phone.send_photo(id_of(body), new)
    assert (answer.status_code, answer.json["state"]) == (201, "kept_beside")
    assert answer.json["receipt"]["manifest"] == sha(second)
    with app.app_context():
        assert {file.sent_sha256 for file in the_case(app).files} == {sha(photo) for photo in photos}


# who it is about, what the codes say


def test_the_person_is_found_by_the_card_that_the_server_reads(app, commune, phone, person):
    body = manifest_of({"id_front": front(), "id_back": back()}, commune)
    phone.send_all(body, [front(), back()])
    with app.app_context():
        case = the_case(app)
        assert case.recipient_id == person and case.payload["read"]["id_front"]["number"] == NUMBER
        assert case.payload["read_by_phone"] == {}
        method = db.session.scalars(select(PaymentMethod).where(PaymentMethod.case_id == case.id)).one()
        assert (method.recipient_id, method.status) == (person, MethodStatus.PROPOSED)


def test_the_text_that_the_phone_read_is_read_again_by_the_rules_of_the_server(app, commune, phone, person):
    money = vietqr.build("970405", "8412205401076")
    read = {"scan": SCAN, "vietqr": money, "id_back": "not a card", "id_front": SCAN.replace("Đoàn", "Đoan")}
    body = manifest_of({"id_front": front(), "id_back": back()}, commune, read=read)
    phone.send_all(body, [front(), back()])
    with app.app_context():
        case = the_case(app)
        assert case.recipient_id == person
        assert case.payload["read"]["vietqr"] == {"bin": "970405", "account": "8412205401076"}
        assert case.payload["read"]["id_front"]["full_name"] == "Bế Văn Đoàn", "the photo decides"
        assert case.payload["read_by_phone"]["id_front"]["full_name"] == "Bế Văn Đoan", "and what differed is kept"
        assert "id_back" not in case.payload["read_by_phone"]
    assert "Mặt trước: máy đọc được “Bế Văn Đoan”, ảnh ghi “Bế Văn Đoàn”" in reviewed(app)


def test_a_wrong_check_sum_proves_no_account(app, commune, phone):
    money = vietqr.build("970405", "8412205401076")
    body, photos = small(commune, read={"vietqr": money[:-1] + ("0" if money[-1] != "0" else "1")})
    phone.send_all(body, photos)
    with app.app_context():
        assert "vietqr" not in the_case(app).payload["read"]


def test_a_number_that_two_people_bear_names_nobody(app, commune, phone, person):
    with app.app_context():
        doan(commune)
        db.session.commit()
    body, photos = small(commune, read={"scan": SCAN})
    phone.send_all(body, photos)
    with app.app_context():
        assert the_case(app).recipient_id is None


def test_a_person_of_another_commune_is_not_taken_from_the_phone(app, commune, phone):
    with app.app_context():
        other = factories.commune(app, code="06115", name="Xã Tân Văn", prefix="TV", suffix=".tv")
        stranger = factories.recipient(other, "Lý Thị Xa").id
        db.session.commit()
    body, photos = small(commune, recipient=stranger)
    assert phone.send_all(body, photos).json["state"] == "received"
    with app.app_context():
        assert the_case(app).recipient_id is None


def test_a_person_whose_two_records_were_made_one_is_found_under_the_one(app, commune, phone, person):
    with app.app_context():
        old = doan(commune, citizen_id=None)
        old.merged_into_id, old.status = person, "ended"
        key = old.id
        db.session.commit()
    body, photos = small(commune, recipient=key)
    phone.send_all(body, photos)
    with app.app_context():
        assert the_case(app).recipient_id == person


def test_a_name_that_the_register_changed_meanwhile_is_left_to_the_reviewer(app, commune, phone, person):
    identity = {name: value for name, value in ANSWERS["identity"].items() if name != "name_from"}
    body, photos = small(commune, recipient=person, read={"scan": SCAN}, answers={"identity": identity})
    assert phone.send_all(body, photos).json["state"] == "received"
    with app.app_context():
        assert the_case(app).payload["identity"]["name_from"] == "unknown"


def test_what_only_the_server_sees_never_holds_a_case_up(app, commune, phone):
    """Cards of two people, and a photo that is poor by the server's measure."""
    other = (PHOTOS / "can-cuoc-back.jpg").read_bytes()
    body = manifest_of({"id_front": front(), "id_back": other}, commune)
    assert phone.send_all(body, [front(), other]).json["state"] == "received"
    assert "Hai ảnh là thẻ của hai người" in reviewed(app)


def test_a_poor_photo_that_the_clerk_kept_is_remembered_as_kept(app, commune, phone):
    photos = [drawing(), drawing()]
    files = [file_of(photos[0], "id_front", kept=True, warnings=["small"]), file_of(photos[1], "id_back")]
    phone.send_all(manifest_of(files, commune), photos)
    with app.app_context():
        case = the_case(app)
        kept = [file.photo_id for file in case.files if file.role == "id_front"]
        assert case.payload["kept_photos"] == kept


def test_an_older_waiting_case_of_the_person_is_replaced_and_an_open_draft_stays(app, commune, phone, person):
    with app.app_context():
        who = db.session.get(Recipient, person)
        older = factories.submitted_case(app, who).id
        draft = factories.submitted_case(app, who)
        draft.state, draft.number = CaseState.DRAFT, None
        kept = draft.id
        db.session.commit()
    body, photos = small(commune, recipient=person)
    phone.send_all(body, photos)
    with app.app_context():
        states = {case.id: case.state for case in db.session.scalars(select(Case))}
    assert states == {
        older: CaseState.SUPERSEDED,
        kept: CaseState.DRAFT,
        id_of(body): CaseState.SUBMITTED,
    }


# clocks


def test_both_clocks_are_kept(app, commune, phone):
    captured = datetime(2020, 1, 1, 3, 4, 5, tzinfo=UTC)
    offset = int((datetime.now(UTC) - captured).total_seconds() * 1000) - 60_000
    body, photos = small(commune, captured_at=captured.isoformat(), clock_offset=offset)
    phone.send_all(body, photos)
    with app.app_context():
        version, case = db.session.scalars(select(CaseManifest)).one(), the_case(app)
        assert version.captured_at == case.captured_at == captured
        assert version.clock_offset_ms == offset
        assert datetime.now(UTC) - case.received_at < timedelta(minutes=1)


PROXY = {
    "kind": "proxy", "full_name": "Đàm Viết Sằn", "citizen_id": "008058642454", "birth_date": "30/12/1958",
    "relation": "em trai", "scope": "receive", "certified_by": "UBND xã Bình Gia",
}  # fmt: skip


def with_proxy(commune, until, **changed):
    """A case whose authorization ends on this day."""
    photos = [drawing() for _ in range(4)]
    roles = ("id_front", "id_back", "representative_front", "paper")
    certified = until - timedelta(days=300)
    paper = {"certified_on": f"{certified:%d/%m/%Y}", "valid_from": f"{certified:%d/%m/%Y}"}
    answers = {"representative": PROXY | paper | {"valid_until": f"{until:%d/%m/%Y}"}}
    return manifest_of(dict(zip(roles, photos, strict=True)), commune, answers=answers, **changed), photos


def test_a_late_arrival_is_judged_by_the_day_on_which_it_was_captured(app, commune, phone):
    yesterday, before = datetime.now(UTC).date() - timedelta(days=1), datetime.now(UTC) - timedelta(days=3)
    late, photos = with_proxy(commune, yesterday, captured_at=before.isoformat())
    assert phone.send_all(late, photos).json["state"] == "received"
    today, _photos = with_proxy(commune, yesterday)
    answer = phone.send(today)
    assert answer.status_code == 422
    assert [(p["step"], p["field"]) for p in answer.json["problems"]] == [("representative", "valid_until")]


def test_a_clock_that_is_ahead_is_not_believed(app, commune, phone):
    """Captured "in three days" by the phone: judged by today."""
    ahead = datetime.now(UTC) + timedelta(days=3)
    soon, photos = with_proxy(commune, datetime.now(UTC).date() + timedelta(days=1), captured_at=ahead.isoformat())
    assert phone.send_all(soon, photos).json["state"] == "received"


def test_an_account_that_cannot_be_proposed_is_refused_before_anything_is_stored(app, commune, phone, person):
    with app.app_context():
        other = factories.commune(app, code="06115", name="Xã Tân Văn", prefix="TV", suffix=".tv")
        point = factories.payout_point(other).id
        db.session.commit()
    body, _photos = small(commune, recipient=person, answers={"method": {"kind": "cash_point", "point": str(point)}})
    answer = phone.send(body)
    assert answer.status_code == 422 and answer.json["problems"]
    with app.app_context():
        assert db.session.query(Case).count() == 0


# what officers see of cases that are still coming


def test_the_queue_tells_how_many_photos_have_come_and_nobody_can_decide(app, commune, phone):
    photos = [drawing() for _ in range(3)]
    body = manifest_of(dict(zip(("id_front", "id_back", "consent"), photos, strict=True)), commune)
    phone.send(body)
    for photo in photos[:2]:
        phone.send_photo(id_of(body), photo)
    officer = Browser(app)
    officer.sign_in("officer")
    page = officer.open("/review/")
    assert "2 trên 3 ảnh đã nhận" in page.words and "Bế Văn Đoàn" in page.words
    assert officer.open(f"/review/cases/{id_of(body)}").status == 404
    phone.send_photo(id_of(body), photos[2])
    assert "ảnh đã nhận" not in officer.open("/review/").words


def test_the_clerk_sees_a_case_that_is_being_received_among_her_cases(app, commune, phone):
    body, _photos = small(commune)
    phone.send(body)
    assert "Đang nhận" in phone.browser.open("/enrolment/cases/").words
    for page in ("", "/identity", "/check", "/received"):
        assert phone.browser.open(f"/enrolment/cases/{id_of(body)}{page}").status == 200, page


# races: real threads, real connections


def in_parallel(*works):
    start, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(at, work):
        start.wait()
        answers[at] = work()

    threads = [threading.Thread(target=run, args=(at, work)) for at, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def crowd(postgres_app):
    """Six programs of one clerk's phone, as after a restart in the middle of sending."""
    with postgres_app.app_context():
        commune = factories.commune(postgres_app)
    return commune, [Phone(postgres_app) for _ in range(6)], postgres_app


def test_equal_versions_at_once_are_one_case(crowd):
    commune, phones, app = crowd
    body, _photos = small(commune)
    answers = in_parallel(*(lambda one=one: one.send(body) for one in phones))
    codes = sorted(answer.status_code for answer in answers)
    assert codes.count(201) == 1 and set(codes) <= {200, 201, 423}
    with app.app_context():
        assert db.session.query(Case).count() == db.session.query(CaseManifest).count() == 1


def sending(phone, case_id, photo):
    return lambda: phone.send_photo(case_id, photo)


def test_the_last_photos_at_once_give_one_number(crowd):
    commune, phones, app = crowd
    for _ in range(3):
        body, photos = small(commune)
        phones[0].send(body)
        in_parallel(*map(sending, phones, [id_of(body)] * 6, photos * 3))
        receipt = phones[0].send_all(body, photos).json["receipt"]
        assert receipt["number"]
    with app.app_context():
        cases = db.session.scalars(select(Case)).all()
        assert sorted(case.number[-5:] for case in cases) == ["00001", "00002", "00003"]
        assert all(len(case.files) == 2 and case.state == CaseState.SUBMITTED for case in cases)
        assert db.session.query(ReceivedFile).count() == 6


def test_different_versions_at_once_are_one_case_and_the_rest_beside(crowd):
    commune, phones, app = crowd
    body, photos = small(commune)
    versions = [again(body, answers=phone_said(f"096812340{n}")) for n in range(6)]
    answers = in_parallel(
        *(lambda one=one, sent=sent: one.send(sent) for one, sent in zip(phones, versions, strict=True))
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes.count(201) == 1 and set(codes) <= {201, 409, 423}
    for sent in versions:
        phones[0].send_all(sent, photos)
    with app.app_context():
        verdicts = sorted(db.session.scalars(select(CaseManifest.verdict)))
        assert verdicts == ["accepted"] + ["beside"] * 5 and db.session.query(Case).count() == 1
    receipts = [phones[0].send(sent).json["receipt"] for sent in versions]
    assert {receipt["manifest"] for receipt in receipts} == {sha(sent) for sent in versions}


def test_two_cases_of_one_person_at_once_leave_one_waiting(crowd):
    commune, phones, app = crowd
    with app.app_context():
        key = doan(commune).id
        db.session.commit()
    sent = [small(commune, recipient=key) for _ in range(2)]
    for body, photos in sent:
        phones[0].send(body)
        phones[0].send_photo(id_of(body), photos[0])
    in_parallel(*(sending(one, id_of(body), photos[1]) for one, (body, photos) in zip(phones, sent, strict=False)))
    for body, photos in sent:
        assert phones[0].send_all(body, photos).json["state"] == "received"
    with app.app_context():
        states = sorted(case.state for case in db.session.scalars(select(Case)))
        assert states == [CaseState.SUBMITTED, CaseState.SUPERSEDED]
