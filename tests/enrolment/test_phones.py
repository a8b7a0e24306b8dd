"""What phones say that they hold, and what the officer sees of it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from portal.audit.models import AuditEvent
from portal.db import db, now
from portal.enrolment.identifiers import uuid7
from portal.enrolment.models import Device, DeviceCase, ReceivedFile
from tests import factories
from tests.enrolment.sending import DEVICE, Phone, again, drawing, id_of, manifest_of


def case(state="ready", *, key=None, hours=1, **changed):
    made = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    told = {"id": str(key or uuid7()), "rev": 1, "state": state, "created_at": made, "ready_at": made, "photos": 2}
    return told | changed


def ledger(*cases, **changed):
    keeps = {"safe": True, "why": "granted"}
    return {"device": DEVICE, "label": "Android · Chrome", "app": "1.0", "keeps": keeps, "cases": cases} | changed


def tell(phone, *cases, **changed):
    answer = phone.post("ledger", ledger(*cases, **changed))
    assert answer.status_code == 200, answer.json
    return answer.json["cases"]


def page(sign_in):
    return sign_in("officer").open("/enrolment/phones")


def test_a_commune_without_phones_is_told_what_would_appear(sign_in):
    shown = page(sign_in)
    assert shown.h1 == "Máy đi cơ sở" and "Chưa có máy nào báo về" in shown.words


def test_the_phone_learns_what_became_of_each_case_that_it_names(commune, phone):
    photos = [drawing(), drawing()]
    body = manifest_of({"id_front": photos[0], "id_back": photos[1]}, commune)
    phone.send_all(body, photos)
    held, unknown = uuid7(), uuid7()
    phone.send_photo(held, drawing())
    told = tell(phone, case(key=id_of(body)), case(key=held), case(key=unknown))
    assert [told[str(key)]["state"] for key in (id_of(body), held, unknown)] == ["received", "held", "unknown"]
    assert told[str(id_of(body))]["receipt"]["number"] and told[str(unknown)]["receipt"] is None


def test_the_officer_sees_what_is_still_out_and_how_old_it_is(phone, sign_in):
    tell(phone, case("draft", hours=2, ready_at=None), case(hours=72), case("discarded", hours=200))
    words = page(sign_in).words
    assert "Lê Thu Hà · Android · Chrome 2 hồ sơ chưa gửi" in words
    assert "lâu nhất: 3 ngày" in words and "trong đó 1 bản nháp" in words
    assert "tự xóa bộ nhớ" not in words


@pytest.mark.parametrize(("hours", "kind"), [(1, "held"), (25, "warn"), (73, "bad")])
def test_the_longer_a_case_waits_on_a_phone_the_louder_it_is_told(phone, sign_in, hours, kind):
    tell(phone, case(hours=hours))
    (tag,) = [tag for tag in page(sign_in).soup.select(".tag") if "chưa gửi" in tag.text]
    assert kind in tag["class"]


def test_a_phone_that_may_clear_its_memory_is_named(phone, sign_in):
    tell(phone, case(), keeps={"safe": False, "why": "denied"})
    assert "Máy này có thể tự xóa bộ nhớ" in page(sign_in).words


def test_what_arrived_is_not_out_any_more(commune, phone, sign_in):
    photos = [drawing(), drawing()]
    body = manifest_of({"id_front": photos[0], "id_back": photos[1]}, commune)
    tell(phone, case(key=id_of(body)))
    assert "1 hồ sơ chưa gửi" in page(sign_in).words
    phone.send_all(body, photos)
    assert "đã gửi hết" in page(sign_in).words
    tell(phone)
    assert "đã gửi hết" in page(sign_in).words and "chưa bao giờ nhận được" not in page(sign_in).words


def test_a_case_that_was_named_and_never_came_is_missing(phone, sign_in):
    lost, kept = case("draft"), case()
    tell(phone, lost, kept)
    tell(phone, kept)
    words = page(sign_in).words
    assert "Máy đã báo nhưng chưa bao giờ nhận được" in words and "thiếu 1 hồ sơ" in words
    tell(phone, lost, kept)
    assert "chưa bao giờ nhận được" not in page(sign_in).words, "the phone found it again"


def test_a_case_that_was_discarded_is_not_missing(phone, sign_in):
    draft = case("draft")
    tell(phone, draft)
    tell(phone, draft | {"state": "discarded"})
    tell(phone)
    assert "chưa bao giờ nhận được" not in page(sign_in).words


def test_a_missing_case_that_comes_from_a_backup_is_not_missing_any_more(commune, phone, sign_in):
    photos = [drawing(), drawing()]
    body = manifest_of({"id_front": photos[0], "id_back": photos[1]}, commune)
    tell(phone, case(key=id_of(body)))
    tell(phone)
    assert "thiếu 1 hồ sơ" in page(sign_in).words
    phone.send_all(body, photos)
    assert "thiếu" not in page(sign_in).words


def test_a_version_kept_beside_is_not_out_any_more(commune, phone, sign_in):
    photos = [drawing(), drawing()]
    body = manifest_of({"id_front": photos[0], "id_back": photos[1]}, commune)
    phone.send_all(body, photos)
    other = again(body, app="2.0")
    assert phone.send(other).status_code == 409
    assert tell(phone, case("beside", key=id_of(body)))[str(id_of(body))]["state"] == "kept_beside"
    assert "đã gửi hết" in page(sign_in).words


def test_two_clerks_on_one_phone_are_two_rows(app, commune, phone, sign_in):
    with app.app_context():
        other = factories.staff_member("thu.hai", "bank_staff", factories.member("officer").communes[0])
        other.full_name = "Trần Văn Hai"
        db.session.commit()
    tell(phone, case())
    tell(Phone(app, "thu.hai"))
    words = page(sign_in).words
    assert "Trần Văn Hai" in words and "đã gửi hết" in words and "1 hồ sơ chưa gửi" in words
    tell(phone, case())
    assert "1 hồ sơ chưa gửi" in words


def test_officers_of_another_commune_see_nothing_of_it(app, commune, phone, sign_in):
    with app.app_context():
        factories.commune(app, code="06115", name="Xã Tân Văn", prefix="TV", suffix=".tv")
    tell(phone, case())
    assert "Chưa có máy nào báo về" in sign_in("officer.tv").open("/enrolment/phones").words


def test_the_same_report_again_leaves_no_event(app, phone):
    told = case()
    for _ in range(3):
        tell(phone, told)
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(AuditEvent.action == "phone.reported")) == 1
        db.session.execute(update(Device).values(last_seen=now() - timedelta(hours=1)))
        db.session.commit()
    tell(phone, told)
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(AuditEvent.action == "phone.reported")) == 2


@pytest.mark.parametrize(
    "changed",
    [{"device": "x"}, {"label": "x" * 121}, {"keeps": None}, {"keeps": {"safe": "yes"}}, {"cases": None},
     {"cases": [{"id": 1}]}, {"cases": [case("lost")]}, {"cases": [case(photos=-1)]}, {"app": "\0"},
     {"cases": [case(key=uuid7())] * 2}],
)  # fmt: skip
def test_a_report_that_makes_no_sense_is_refused_in_words(app, phone, changed):
    answer = phone.post("ledger", ledger(**changed))
    assert answer.status_code == 422 and answer.json["problems"][0]["message"].endswith(".")
    with app.app_context():
        assert db.session.query(Device).count() == db.session.query(DeviceCase).count() == 0


def test_photos_whose_case_never_came_are_let_go_after_a_week(app, commune, phone):
    photo, other = drawing(), drawing()
    body = manifest_of({"id_front": photo, "id_back": drawing()}, commune)
    phone.send(body)
    phone.send_photo(id_of(body), photo)
    phone.send_photo(uuid7(), other)
    with app.app_context():
        db.session.execute(update(ReceivedFile).values(received_at=now() - timedelta(days=8)))
        db.session.commit()
    tell(phone, case())
    with app.app_context():
        assert db.session.scalars(select(ReceivedFile.case_id)).all() == [id_of(body)]


def test_more_phones_than_a_page_have_another_page(app, commune, phone, sign_in):
    with app.app_context():
        clerk, seen = factories.member("bank_staff"), now()
        for n in range(52):
            db.session.add(
                Device(commune_id=commune, key=uuid7(), staff_member_id=clerk.id, staff_name=clerk.full_name, label=f"Máy {n}",
                       app="1", keeps_safe=True, keeps_why="", first_seen=seen, last_seen=seen)
            )  # fmt: skip
        db.session.commit()
    first = page(sign_in)
    assert "Máy 49" in first.words and "Máy 50" not in first.words
    second = first.click("Xem thêm máy")
    assert "Máy 50" in second.words and "Máy 49" not in second.words


def test_the_queue_leads_to_the_phones(sign_in):
    assert sign_in("officer").open("/review/").click("Máy đi cơ sở").h1 == "Máy đi cơ sở"
