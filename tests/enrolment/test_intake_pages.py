"""The addresses where phones send cases: what they answer, always as JSON."""

import base64
import hmac
import io
import json
import re

import pytest
from PIL import Image
from sqlalchemy import event, func, select

from portal.areas.models import Commune
from portal.audit.models import AuditEvent
from portal.db import db
from portal.documents import reading as photo_reading
from portal.enrolment.models import Case, CaseManifest, CaseState, ReceivedFile
from portal.recipients.models import Recipient
from tests import factories
from tests.browser import Browser
from tests.enrolment.capturing import doan
from tests.enrolment.sending import (
    ANSWERS,
    INTAKE,
    Phone,
    again,
    back,
    drawing,
    file_of,
    front,
    id_of,
    manifest_of,
    sha,
)


@pytest.fixture
def phone(app, commune):
    return Phone(app)


def small(commune, **changed):
    """A case with two small photos, and the photos."""
    photos = [drawing(), drawing()]
    return manifest_of({"id_front": photos[0], "id_back": photos[1]}, commune, **changed), photos


def stored(app):
    """How many rows there are of what phones send."""
    with app.app_context():
        return [
            db.session.scalar(select(func.count()).select_from(kind)) for kind in (Case, CaseManifest, ReceivedFile)
        ]


def test_a_case_is_handed_in_with_its_last_photo(app, commune, phone):
    body = manifest_of({"id_front": front(), "id_back": back()}, commune)
    answer = phone.send(body)
    assert (answer.status_code, answer.json["state"]) == (201, "receiving"), answer.json
    assert answer.json["missing"] == [sha(front()), sha(back())] and answer.json["receipt"] is None
    answer = phone.send_photo(id_of(body), front())
    assert (answer.status_code, answer.json["state"], answer.json["missing"]) == (201, "receiving", [sha(back())])
    answer = phone.send_photo(id_of(body), back())
    assert (answer.status_code, answer.json["state"], answer.json["missing"]) == (201, "received", [])
    receipt = answer.json["receipt"]
    assert receipt["number"].startswith("BG-") and receipt["manifest"] == sha(body) and receipt["rev"] == 1
    assert receipt["files"] == [sha(front()), sha(back())]
    with app.app_context():
        case = db.session.query(Case).one()
        assert case.state == CaseState.SUBMITTED and case.number == receipt["number"]
        assert {file.sent_sha256 for file in case.files} == set(receipt["files"])
        assert [file.sent_size for file in case.files] == [len(back()), len(front())]
    assert phone.get(f"cases/{id_of(body)}").json["receipt"] == receipt


def test_hello_tells_who_is_signed_in_and_gives_the_token(phone, commune):
    told = phone.get("hello?echo=a1b2").json
    assert told["echo"] == "a1b2" and told["schema"] == {"least": 1, "newest": 3}
    assert told["user"]["name"] == "Lê Thu Hà" and told["commune"] == {"id": commune, "name": "Xã Bình Gia"}
    assert told["csrf"] and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", told["now"])


def test_who_is_not_signed_in_is_told_so_with_the_echo(app, commune):
    stranger = app.test_client()
    for method, path in (("GET", "hello?echo=x"), ("GET", "people?echo=x"), ("PUT", "cases/1?echo=x")):
        answer = stranger.open(f"{INTAKE}/{path}", method=method)
        if path.startswith("cases"):
            assert answer.status_code == 404
        else:
            assert (answer.status_code, answer.json) == (401, {"portal": 1, "echo": "x", "reason": "sign_in"})
    page = Browser(app).open("/sign-in")
    assert "Đăng nhập để tiếp tục" not in page.words, "a program's question leaves no message for a person"


def test_a_role_that_captures_nothing_is_told_so(app, commune):
    browser = Browser(app)
    browser.sign_in("officer")
    answer = browser.client.get(f"{INTAKE}/hello")
    assert (answer.status_code, answer.json["reason"]) == (403, "forbidden")


def test_a_request_without_the_token_changes_nothing_and_says_why(app, commune, phone):
    body, photos = small(commune)
    phone.token = "old"
    assert (phone.send(body).status_code, phone.send(body).json["reason"]) == (403, "csrf")
    assert phone.send_photo(id_of(body), photos[0]).json["reason"] == "csrf"
    assert stored(app) == [0, 0, 0]
    phone.token = phone.hello()["csrf"]
    assert phone.send(body).status_code == 201


def test_addresses_and_methods_that_are_not_there_answer_in_json(phone, commune):
    body, _photos = small(commune)
    for method, path, status in (
        ("GET", "nothing", 404),
        ("GET", f"cases/{id_of(body)}", 404),
        ("POST", f"cases/{id_of(body)}", 405),
        ("DELETE", f"cases/{id_of(body)}", 405),
        ("PUT", "hello", 405),
        ("PUT", f"cases/{id_of(body)}/files/abc", 404),
    ):
        answer = phone._open(method, path)
        assert (answer.status_code, answer.json["portal"]) == (status, 1), (method, path)


def test_a_fault_of_ours_is_told_in_json_with_a_code(app, commune, phone, caplog):
    body, _photos = small(commune)
    with app.app_context():
        db.session.connection().exec_driver_sql("DROP TABLE received_file")
        db.session.commit()
    answer = phone.send(body)
    assert (answer.status_code, answer.json["reason"]) == (500, "fault")
    assert answer.json["code"] in caplog.text and str(id_of(body)) not in caplog.text


def test_the_same_bytes_again_change_nothing(app, commune, phone):
    body, photos = small(commune)
    first = phone.send(body)
    second = phone.send(body)
    assert (first.status_code, second.status_code) == (201, 200) and first.json == second.json
    assert phone.send_photo(id_of(body), photos[0]).status_code == 201
    assert phone.send_photo(id_of(body), photos[0]).status_code == 200
    receipt = phone.send_photo(id_of(body), photos[1]).json["receipt"]
    assert phone.send(body).json["receipt"] == receipt
    assert phone.send_photo(id_of(body), photos[1]).json["receipt"] == receipt
    assert stored(app) == [1, 1, 2]


def test_photos_may_come_before_their_case(app, commune, phone):
    body, photos = small(commune)
    for photo in photos:
        answer = phone.send_photo(id_of(body), photo)
        assert (answer.status_code, answer.json["state"]) == (201, "held")
    assert phone.get(f"cases/{id_of(body)}").json["state"] == "held"
    answer = phone.send(body)
    assert (answer.status_code, answer.json["state"]) == (201, "received")
    assert answer.json["receipt"]["files"] == [sha(photo) for photo in photos]


def test_every_request_leaves_its_event_and_no_number(app, commune, phone):
    body, photos = small(commune)
    phone.send_all(body, photos)
    with app.app_context():
        actions = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
        details = str(db.session.scalars(select(AuditEvent.detail)).all())
    wanted = ["case.version_received", "photo.stored", "case.photo_received", "photo.stored", "case.photo_received"]
    assert [a for a in actions if a in wanted or a == "case.submitted"] == [*wanted, "case.submitted"]
    assert ANSWERS["identity"]["citizen_id"] not in details and "0968" not in details


# what is no photo, or not the photo that was announced


def bomb():
    """200 million pixels in few bytes."""
    buffer = io.BytesIO()
    Image.new("1", (20_000, 10_000)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("photo", "code", "words"),
    [
        (b"", "empty", "không có nội dung"),
        (b"<html><script>alert(1)</script></html>", "not_a_photo", "không phải là ảnh"),
        (b"\xff\xd8\xff\xe0" + b"JFIF" * 50, "broken", "bị hỏng"),
        (bomb(), "too_many_pixels", "quá nhiều điểm ảnh"),
    ],
    ids=["empty", "html", "broken", "bomb"],
)
def test_what_is_no_photo_is_refused_in_a_sentence_and_nothing_is_stored(app, commune, phone, photo, code, words):
    body, _photos = small(commune)
    answer = phone.send_photo(id_of(body), photo)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert words in answer.json["message"], answer.json
    assert stored(app) == [0, 0, 0]


def test_changed_and_cut_off_bytes_are_not_opened(app, commune, phone, monkeypatch):
    body, photos = small(commune)
    phone.send(body)
    monkeypatch.setattr(photo_reading, "inspect", lambda *a, **k: pytest.fail("it was opened"))
    answer = phone.send_photo(id_of(body), photos[0][:-7], sha(photos[0]))
    assert (answer.status_code, answer.json["code"]) == (422, "wrong_length")
    changed = photos[0][:-1] + bytes([photos[0][-1] ^ 1])
    answer = phone.send_photo(id_of(body), changed, sha(photos[0]))
    assert (answer.status_code, answer.json["code"]) == (422, "wrong_hash")
    assert "tự gửi lại" in answer.json["message"]
    assert stored(app) == [1, 1, 0]


def test_a_connection_that_ends_early_is_told_as_incomplete(app, commune, phone):
    body, photos = small(commune)
    environ = {"CONTENT_LENGTH": str(len(photos[0]) + 100)}
    answer = phone.put(f"cases/{id_of(body)}/files/{sha(photos[0])}", photos[0], environ_overrides=environ)
    assert (answer.status_code, answer.json["code"]) == (422, "wrong_length")


class NeverRead(io.RawIOBase):
    def readable(self):
        return True

    def readinto(self, _buffer):
        raise AssertionError("the body was read")


@pytest.mark.parametrize("size", [16 * 1024 * 1024, 100 * 1024 * 1024])
def test_what_is_too_large_is_refused_unread(app, commune, phone, size):
    body, _photos = small(commune)
    environ = {"CONTENT_LENGTH": str(size), "wsgi.input": NeverRead()}
    for path in (f"cases/{id_of(body)}", f"cases/{id_of(body)}/files/{'0' * 64}"):
        answer = phone._open("PUT", path, environ_overrides=environ)
        assert (answer.status_code, answer.json["reason"]) == (413, "too_large")
    assert stored(app) == [0, 0, 0]


def test_a_case_of_more_than_half_a_megabyte_is_refused(commune, phone):
    body, _photos = small(commune, app="x")
    assert phone.put(f"cases/{id_of(body)}", body + b" " * 600_000).status_code == 413
    assert phone.send(body + b" " * 1000).status_code == 201


def test_what_is_no_case_is_refused_with_its_problems(app, commune, phone):
    body, _photos = small(commune)
    for sent in (b"", b"{", b"[]", again(body, schema=4), again(body, rev=0)):
        answer = phone.send(sent, id_of(body))
        assert answer.status_code == 422 and answer.json["reason"] == "refused"
        (problem,) = answer.json["problems"]
        assert problem["step"] is None and problem["message"].endswith("."), problem
    assert phone.send(again(body, id=str(id_of(small(commune)[0]))), id_of(body)).status_code == 422
    assert stored(app) == [0, 0, 0]


def test_answers_that_no_case_may_hold_name_their_step_and_field(app, commune, phone):
    answers = {
        "phone": {"owner": "recipient", "number": "12"},
        "method": {"kind": "bank_account", "own-bin": "970405", "own-number": "123456789", "own-again": "123456780",
                   "own-holder": "BE VAN DOAN"},
        "consent": {"purposes": ["keep_photo"], "strokes": ""},
    }  # fmt: skip
    body, _photos = small(commune, answers=answers)
    answer = phone.send(body)
    assert answer.status_code == 422
    places = {(problem["step"], problem["field"]) for problem in answer.json["problems"]}
    assert places == {("phone", "number"), ("method", "own-again"), ("consent", "purposes"), ("consent", "strokes")}
    assert stored(app) == [0, 0, 0]


def test_missing_steps_and_photos_are_told_before_anything_is_stored(app, commune, phone):
    told = json.loads(small(commune)[0])
    del told["answers"]["phone"]
    told["files"] = told["files"][:1]
    problems = phone.send(json.dumps(told)).json["problems"]
    assert [(problem["step"], problem["field"]) for problem in problems] == [("identity", None), ("phone", None)]
    assert problems[0]["message"] == "Thiếu ảnh mặt sau" and "Điện thoại" in problems[1]["message"]
    assert stored(app) == [0, 0, 0]


@pytest.mark.parametrize("junk", ["\u202e" * 40, "x" * 5000, "../../etc", "9" * 400, "[[1,2]", "-1", "٣"])
def test_no_answer_however_strange_is_a_fault(commune, phone, junk):
    for step, fields in ANSWERS.items():
        for field in fields:
            body, _photos = small(commune, answers={step: fields | {field: junk}})
            assert phone.send(body).status_code in (201, 422), (step, field)
    every = {
        step: {name: [junk, junk] for name in (*fields, "point", "reason", "own-bin", "kind")}
        for step, fields in ANSWERS.items()
    }
    assert phone.send(small(commune, answers=every)[0]).status_code in (201, 422)
    point = {"kind": "cash_point", "point": junk}
    assert phone.send(small(commune, answers={"method": point})[0]).status_code in (201, 422)


# whose case it is


def test_another_clerks_case_is_not_told_about(app, commune, phone):
    with app.app_context():
        factories.staff_member("thu.hai", "bank_staff", db.session.get_one(Commune, commune))
        db.session.commit()
    body, photos = small(commune)
    number = phone.send_all(body, photos).json["receipt"]["number"]
    before, other = stored(app), Phone(app, "thu.hai")
    answers = [
        other.send(body),
        other.send(again(body, rev=2)),
        other.send_photo(id_of(body), photos[0]),
        other.get(f"cases/{id_of(body)}"),
    ]
    assert [answer.status_code for answer in answers] == [409, 409, 409, 404]
    for answer in answers:
        assert set(answer.json) == {"portal", "reason", "message"} and number not in answer.text
        assert "Đoàn" not in answer.text and "Lê Thu Hà" not in answer.text
    assert stored(app) == before


def test_a_case_for_a_commune_where_the_clerk_does_not_work_is_refused(app, commune, phone):
    with app.app_context():
        other = factories.commune(app, code="06115", name="Xã Tân Văn", prefix="TV", suffix=".tv")
    body, _photos = small(other)
    answer = phone.send(body)
    assert answer.status_code == 422 and "không thuộc phạm vi" in answer.json["problems"][0]["message"]
    assert stored(app) == [0, 0, 0]


def test_photos_that_came_for_another_commune_are_asked_for_again(app, commune, phone):
    with app.app_context():
        other = factories.commune(app, code="06115", name="Xã Tân Văn", prefix="TV", suffix=".tv")
        clerk = factories.member("bank_staff")
        clerk.communes = [*clerk.communes, db.session.get_one(Commune, other)]
        db.session.commit()
    body, photos = small(other)
    assert phone.send_photo(id_of(body), photos[0]).json["state"] == "held"
    assert phone.send(body).json["missing"] == [sha(photo) for photo in photos]
    assert phone.send_all(body, photos).json["state"] == "received"
    with app.app_context():
        assert {file.photo.commune_id for file in db.session.query(Case).one().files} == {other}


# a busy case


def test_a_case_that_another_transaction_holds_is_busy_and_comes_again(app, commune, phone, monkeypatch):
    body, photos = small(commune)
    assert phone.send(body).status_code == 201
    with app.app_context():
        engine, lite = db.engine, db.engine.dialect.name == "sqlite"
        monkeypatch.setattr("portal.enrolment.intake.LOCK_WAIT", "100ms")
        if lite:
            engine.dispose()
            event.listen(engine, "connect", hurried)
        with engine.connect() as other:
            if lite:
                other.exec_driver_sql("UPDATE commune SET name = name")
            else:
                key = int.from_bytes(id_of(body).bytes[8:], "big", signed=True)
                other.exec_driver_sql(f"SELECT pg_advisory_xact_lock({key})")
            answers = [phone.send(again(body, rev=2)), phone.send_photo(id_of(body), photos[0])]
            other.rollback()
        if lite:
            event.remove(engine, "connect", hurried)
            engine.dispose()
    assert [(answer.status_code, answer.json["reason"]) for answer in answers] == [(423, "busy")] * 2
    assert phone.send_all(body, photos).json["state"] == "received"


def hurried(connection, _record):
    connection.execute("PRAGMA busy_timeout=100")


# the list of people


def test_people_are_taken_along_with_masked_numbers_only(app, commune, phone):
    with app.app_context():
        person = doan(commune)
        factories.recipient(commune, "Lý Thị An")
        factories.recipient(commune, "Vi Văn Mất", status="died")
        db.session.commit()
        told = [person.id, "Bế Văn Đoan", 1946, "0200••••1877", person.village_id, 0, person.code]
    answer = phone.get("people")
    pack = answer.json
    assert [row[1] for row in pack["people"]] == ["Lý Thị An", "Bế Văn Đoan"], "by given name"
    assert pack["people"][1] == told and pack["people"][0][2:4] == [None, ""]
    assert "020046241877" not in answer.text
    assert [name for _key, name in pack["villages"]] == ["Khối phố 1", "Nà Pái", "Tòng Chu"]


def test_the_phone_can_tell_a_number_of_the_register_by_its_prefix(app, commune, phone):
    with app.app_context():
        doan(commune)
        db.session.commit()
    first, second = phone.get("people").json, phone.get("people").json
    for pack in (first, second):
        prefix = hmac.digest(base64.b64decode(pack["salt"]), b"020046241877", "sha256")[:3]
        assert base64.b64decode(pack["known"]) == prefix
    assert first["salt"] != second["salt"]


def test_people_that_did_not_change_are_not_sent_again_and_leave_no_event(app, commune, phone):
    with app.app_context():
        key = doan(commune).id
        db.session.commit()
    tag = phone.get("people").headers["ETag"]
    answer = phone.get("people", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")
    with app.app_context():
        taken = select(func.count()).where(AuditEvent.action == "people.taken_along")
        assert db.session.scalar(taken) == 1
        db.session.get(Recipient, key).citizen_id = "020046241878"
        db.session.commit()
    assert phone.get("people", headers={"If-None-Match": tag}).status_code == 200


def test_people_say_whose_case_waits_and_whose_is_confirmed(app, commune, phone):
    with app.app_context():
        key = doan(commune).id
        db.session.commit()
    body, photos = small(commune, recipient=key)
    assert phone.send(body).status_code == 201
    assert phone.get("people").json["people"][0][5] == 1
    phone.send_all(body, photos)
    with app.app_context():
        db.session.query(Case).one().state = CaseState.CONFIRMED
        db.session.commit()
    assert phone.get("people").json["people"][0][5] == 2


def test_the_list_of_people_costs_the_same_few_queries_for_any_number_of_them(app, commune, phone):
    counts = []
    for _ in range(2):
        with app.app_context():
            for n in range(5):
                factories.recipient(commune, f"Lý Thị {n}", method=None)
            db.session.commit()
            engine = db.engine
        seen = []
        event.listen(engine, "before_cursor_execute", count := lambda *a, seen=seen: seen.append(a[2]))
        phone.get("people")
        event.remove(engine, "before_cursor_execute", count)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_signature_of_the_phone_is_a_picture_of_its_own(app, commune, phone):
    photos = [drawing(), drawing()]
    drawn = io.BytesIO()
    Image.new("RGBA", (600, 200), (0, 0, 0, 0)).save(drawn, "PNG")
    files = [file_of(photos[0], "id_front"), file_of(photos[1], "id_back"), file_of(drawn.getvalue(), "signature")]
    answer = phone.send_all(manifest_of(files, commune), [*photos, drawn.getvalue()])
    assert answer.json["state"] == "received"
    browser = Browser(app)
    browser.sign_in("officer")
    page = browser.open("/review/").click("Mở hồ sơ chờ lâu nhất")
    assert "Chữ ký vẽ trên máy" in page.words
