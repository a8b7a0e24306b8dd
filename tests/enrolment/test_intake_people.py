"""Whom a case that a phone sent is about, and by which day and rules it is judged."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.db import db
from portal.enrolment.models import Case, CaseManifest, CaseState
from portal.recipients.models import MethodStatus, PaymentMethod, Recipient
from portal.vietnam import vietqr
from tests import factories
from tests.enrolment.capturing import NUMBER, PHOTOS, doan
from tests.enrolment.sending import (
    ANSWERS,
    SCAN,
    back,
    drawing,
    file_of,
    front,
    id_of,
    manifest_of,
    reviewed,
    small,
    the_case,
)


@pytest.fixture
def person(app, commune):
    with app.app_context():
        key = doan(commune).id
        db.session.commit()
    return key


# who it is about, what the codes say


def test_the_person_is_found_by_the_card_that_the_server_reads(app, commune, phone, person):
    body = manifest_of({"id_front": front(), "id_back": back()}, commune)
    phone.send_all(body, [front(), back()])
    with app.app_context():
        case = the_case()
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
        case = the_case()
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
        assert "vietqr" not in the_case().payload["read"]


def test_a_number_that_two_people_bear_names_nobody(app, commune, phone, person):
    with app.app_context():
        doan(commune)
        db.session.commit()
    body, photos = small(commune, read={"scan": SCAN})
    phone.send_all(body, photos)
    with app.app_context():
        assert the_case().recipient_id is None


def test_a_person_of_another_commune_is_not_taken_from_the_phone(app, commune, phone):
    with app.app_context():
        other = factories.commune(app, code="06115", name="Xã Tân Văn", prefix="TV", suffix=".tv")
        stranger = factories.recipient(other, "Lý Thị Xa").id
        db.session.commit()
    body, photos = small(commune, recipient=stranger)
    assert phone.send_all(body, photos).json["state"] == "received"
    with app.app_context():
        assert the_case().recipient_id is None


def test_a_person_whose_two_records_were_made_one_is_found_under_the_one(app, commune, phone, person):
    with app.app_context():
        old = doan(commune, citizen_id=None)
        old.merged_into_id, old.status = person, "ended"
        key = old.id
        db.session.commit()
    body, photos = small(commune, recipient=key)
    phone.send_all(body, photos)
    with app.app_context():
        assert the_case().recipient_id == person


def test_a_name_that_the_register_changed_meanwhile_is_left_to_the_reviewer(app, commune, phone, person):
    identity = {name: value for name, value in ANSWERS["identity"].items() if name != "name_from"}
    body, photos = small(commune, recipient=person, read={"scan": SCAN}, answers={"identity": identity})
    assert phone.send_all(body, photos).json["state"] == "received"
    with app.app_context():
        assert the_case().payload["identity"]["name_from"] == "unknown"


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
        case = the_case()
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
        version, case = db.session.scalars(select(CaseManifest)).one(), the_case()
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
