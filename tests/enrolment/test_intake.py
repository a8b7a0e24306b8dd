"""Cases that phones send in parts: corrections, versions beside, what is seen while they come."""

from portal.db import db
from portal.enrolment import services
from portal.enrolment.models import CaseManifest, CaseState, ReceivedFile
from tests import factories
from tests.browser import Browser
from tests.enrolment.sending import again, drawing, file_of, id_of, manifest_of, phone_said, sha, small, the_case


def return_it(app):
    with app.app_context():
        services.return_case(factories.member("officer"), the_case(), ["phone"], "sai số")
        db.session.commit()


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
        case = the_case()
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
        case = the_case()
        assert (case.state, case.rev, case.payload["phone"]["number"]) == (CaseState.RETURNED, 1, "0968123414")
    receipt = phone.send_photo(id_of(body), new).json["receipt"]
    assert (receipt["number"], receipt["rev"]) == (number, 2)
    with app.app_context():
        case = the_case()
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
        assert the_case().payload["phone"]["number"] == "0968123414", "nothing of it went into the case"


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
        services.submit(factories.member("bank_staff"), the_case())
        db.session.commit()
    answer = phone.send_photo(id_of(body), new)
    assert (answer.status_code, answer.json["state"]) == (201, "kept_beside")
    assert answer.json["receipt"]["manifest"] == sha(second)
    with app.app_context():
        assert {file.sent_sha256 for file in the_case().files} == {sha(photo) for photo in photos}


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
