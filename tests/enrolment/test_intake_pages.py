"""The addresses where phones send cases: what they answer, always as JSON."""

import pytest

from portal.db import db
from portal.enrolment.models import Case, CaseState
from tests.enrolment.sending import Phone, back, front, manifest_of, sha


@pytest.fixture
def phone(app, commune):
    return Phone(app)


def test_a_case_is_handed_in_with_its_last_photo(app, commune, phone):
    photos = {"id_front": front(), "id_back": back()}
    body = manifest_of(photos, commune)
    answer = phone.send(body)
    assert (answer.status_code, answer.json["state"]) == (201, "receiving"), answer.json
    assert answer.json["missing"] == [sha(front()), sha(back())] and answer.json["receipt"] is None
    case_id = answer.json["id"]
    answer = phone.send_photo(case_id, front())
    assert (answer.status_code, answer.json["state"], answer.json["missing"]) == (201, "receiving", [sha(back())])
    answer = phone.send_photo(case_id, back())
    assert (answer.status_code, answer.json["state"], answer.json["missing"]) == (201, "received", [])
    receipt = answer.json["receipt"]
    assert receipt["number"].startswith("BG-") and receipt["manifest"] == sha(body) and receipt["rev"] == 1
    assert receipt["files"] == [sha(front()), sha(back())]
    with app.app_context():
        case = db.session.query(Case).one()
        assert case.state == CaseState.SUBMITTED and case.number == receipt["number"]
        assert len(case.files) == 2


def test_hello_tells_who_is_signed_in_and_gives_the_token(phone, commune):
    told = phone.get("hello?echo=a1b2").json
    assert told["echo"] == "a1b2" and told["schema"] == {"least": 1, "newest": 3}
    assert told["user"]["name"] == "Lê Thu Hà" and told["commune"] == {"id": commune, "name": "Xã Bình Gia"}
    assert told["csrf"] and told["now"].endswith("+00:00")
