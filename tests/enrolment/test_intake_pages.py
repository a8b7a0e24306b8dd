"""The addresses where phones send cases: what they answer, always as JSON."""

import io
import re

from PIL import Image
from sqlalchemy import event, select

from portal.areas.models import Commune
from portal.audit.models import AuditEvent
from portal.db import db
from portal.enrolment.models import Case, CaseState
from tests import factories
from tests.browser import Browser
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
    small,
    stored,
)


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
