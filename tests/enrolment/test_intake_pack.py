"""The list of people that a phone takes along."""

import base64
import hmac

from sqlalchemy import event, func, select

from portal.audit.models import AuditEvent
from portal.db import db
from portal.enrolment.models import Case, CaseState
from portal.recipients.models import Recipient
from tests import factories
from tests.enrolment.capturing import doan
from tests.enrolment.sending import small


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
