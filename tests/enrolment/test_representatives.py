"""Who receives for another, as it is captured: the rules of the law, the pages of the paper, one guardian of several."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from portal.areas.models import Commune
from portal.audit.models import AuditEvent
from portal.db import db, now
from portal.enrolment import pages, reuse, rules, services
from portal.enrolment.forms import RepresentativeForm
from portal.enrolment.identifiers import uuid7
from portal.enrolment.models import Case, CaseFile, CaseState, FileRole
from portal.enrolment.steps import Gap, Step, gaps
from portal.recipients.representation import birthday, one_year_after
from portal.vietnam.month import today
from tests import factories
from tests.enrolment.capturing import (
    ACCOUNT,
    ANSWERS,
    CASH,
    IDENTITY,
    NO_QR,
    PROXY,
    complete_draft,
    doan,
    photo,
    stored_photo,
)

TODAY = date(2026, 11, 20)
GUARDIAN = PROXY | {"kind": "guardian", "basis": "committee"}
MOTHER = PROXY | {"kind": "legal", "basis": "parent", "relation": "mẹ", "full_name": "Nông Thị Lan"}
CHILD = IDENTITY | {"birth_date": "2016-03-01", "document": "birth_certificate", "citizen_id": None}
NEW = CASH | {"kind": "new_account"}


@pytest.fixture
def clerk(app, commune):
    with app.app_context():
        yield factories.member("bank_staff")


@pytest.fixture
def place(clerk, commune):
    return db.session.get_one(Commune, commune)


def check(answers, *, identity=IDENTITY, method=CASH, on=TODAY):
    rules.check(Step.REPRESENTATIVE, answers, {"identity": identity, "method": method}, on)


@pytest.mark.parametrize(
    ("changed", "error", "field"),
    [
        ({"birth_date": "2026-11-21"}, rules.BornInFuture, "birth_date"),
        ({"certified_on": "2026-11-21"}, rules.CertifiedInFuture, "certified_on"),
        ({"certified_on": "1958-12-29"}, rules.CertifiedBeforeBirth, "certified_on"),
        ({"certified_on": "2026-11-10", "valid_from": "2026-11-09"}, rules.BeginsBeforeCertified, "valid_from"),
        ({"valid_from": "2027-11-21"}, rules.BeginsTooLate, "valid_from"),
        ({"valid_from": "2026-11-20", "valid_until": "2026-11-20"}, rules.EndsBeforeItBegins, "valid_until"),
        ({"valid_until": "2026-11-19"}, rules.AlreadyEnded, "valid_until"),
        ({"kind": "guardian", "basis": "parent"}, rules.BasisDoesNotFit, "basis"),
        ({"kind": "legal", "basis": "committee"}, rules.BasisDoesNotFit, "basis"),
        ({"kind": "legal", "basis": "parent"}, rules.ParentOfAdult, "basis"),
        ({"kind": "legal", "basis": "aunt"}, rules.AnswerRefused, None),
    ],
)
def test_what_cannot_be_is_told_at_its_field(changed, error, field):
    with pytest.raises(error) as refused:
        check(PROXY | changed)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "changed",
    [
        {"certified_on": "2026-11-20", "valid_from": "2026-11-20", "valid_until": "2026-11-21"},
        {"valid_until": "2026-11-20"},  # the last day is still good
        {"valid_from": "2027-11-20"},
        {"certified_on": "1958-12-30", "kind": "guardian"},
        {"kind": "guardian", "basis": "court", "certified_on": "2026-11-10", "valid_from": "2026-10-01"},
    ],
)
def test_dates_that_can_be_are_taken(changed):
    check(PROXY | changed)


@pytest.mark.parametrize("method", [NEW, ACCOUNT])
def test_an_account_of_a_child_asks_for_someone_who_may_use_it(method):
    with pytest.raises(rules.AccountNeedsRepresentative):
        check(None, identity=CHILD, method=method)
    with pytest.raises(rules.AccountNeedsScope):
        check(MOTHER, identity=CHILD, method=method)
    check(MOTHER | {"scope": "account"}, identity=CHILD, method=method)
    check(None, identity=CHILD)  # cash: the officer is told


def test_someone_of_fifteen_opens_an_account_alone():
    check(None, identity=CHILD | {"birth_date": "2011-11-20"}, method=NEW)
    with pytest.raises(rules.AccountNeedsRepresentative):
        check(None, identity=CHILD | {"birth_date": "2011-11-21"}, method=NEW)


DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))


@given(st.none() | DAYS, st.none() | DAYS, st.none() | DAYS, DAYS)
def test_a_paper_that_is_taken_holds_today_or_later_and_was_certified_before(certified, first, last, on):
    days = {"certified_on": certified, "valid_from": first, "valid_until": last}
    answers = PROXY | {name: day.isoformat() if day else None for name, day in days.items()}
    try:
        check(answers, on=on)
    except rules.AnswerRefused:
        return
    assert certified is None or (certified <= on and (first is None or certified <= first))
    assert last is None or (last >= on and (first is None or first < last))
    assert first is None or first <= one_year_after(on)


@given(DAYS, DAYS)
def test_a_form_without_an_end_makes_a_paper_of_one_year_that_is_in_order(certified, on):
    if certified > on or one_year_after(certified) < on:
        return
    last = one_year_after(certified).isoformat()
    days = {"certified_on": certified.isoformat(), "valid_from": certified.isoformat(), "valid_until": last}
    check(PROXY | days, on=on)


def form(case, **typed):
    answers = {
        "full_name": "Nông Thị Lan",
        "citizen_id": "020 185 000 456",
        "birth_date": "01/05/1985",
        "relation": "mẹ",
    }
    found = RepresentativeForm(formdata=MultiDict(answers | typed), meta={"csrf": False})
    found.prepare(case)
    return found


def test_the_right_of_a_parent_ends_the_day_before_the_child_is_eighteen(app, clerk, place):
    born = birthday(today(), -8)
    case = complete_draft(clerk, place, None, identity=CHILD | {"birth_date": born.isoformat()})
    with app.test_request_context():
        told = form(case, kind="legal", basis="parent")
        answers = told.answers(case)
        assert answers["valid_until"] == (birthday(born, 18) - timedelta(days=1)).isoformat()
        assert told.provenance(case, answers)["valid_until"] == "of_age"
        assert (
            form(case, kind="legal", basis="parent", valid_until="01/02/2030").answers(case)["valid_until"]
            == "2030-02-01"
        )
        assert form(case, kind="guardian", basis="court", lacks_capacity="y").answers(case)["valid_until"] is None


@pytest.mark.parametrize("kind", ["guardian", "legal"])
def test_who_receives_by_law_says_on_which_ground(app, clerk, place, kind):
    case = complete_draft(clerk, place, None)
    with app.test_request_context():
        refused = form(case, kind=kind)
        assert not refused.validate() and set(refused.errors) == {"basis"}
        assert form(case, kind="proxy", basis="parent").answers(case)["basis"] is None


def test_a_card_read_for_a_child_offers_father_or_mother(app, clerk, place):
    case = complete_draft(clerk, place, None, identity=CHILD)
    del case.payload["representative"]
    card = {"full_name": "Nông Thị Lan", "number": "020185000456", "birth_date": "1985-05-01"}
    case.payload = {**case.payload, "read": {"representative_front": card}}
    assert RepresentativeForm.initial(case) | {"kind": "legal", "basis": "parent"} == RepresentativeForm.initial(case)
    case.payload = {**case.payload, "identity": IDENTITY}
    assert RepresentativeForm.initial(case)["kind"] == "proxy"


def with_photos(clerk, case, paper=2):
    for role in (FileRole.REPRESENTATIVE_FRONT, FileRole.REPRESENTATIVE_BACK):
        services.attach(clerk, case, role, 0, stored_photo(clerk, case.commune_id, role))
    for at in range(paper):
        services.attach(clerk, case, FileRole.PAPER, at, stored_photo(clerk, case.commune_id, f"{case.id} {at}"))
    return case


def test_what_is_changed_later_is_looked_at_together_before_the_case_is_handed_in(clerk, place):
    case = with_photos(clerk, complete_draft(clerk, place, None, representative=PROXY))
    assert gaps(case) == []
    services.save_step(clerk, case, Step.IDENTITY, CHILD, {})
    assert gaps(case) == [Gap(Step.REPRESENTATIVE, "law")]
    with pytest.raises(services.CaseIncomplete):
        services.submit(clerk, case)


def test_a_child_that_chooses_an_account_later_needs_somebody(clerk, place):
    case = complete_draft(clerk, place, None, identity=CHILD)
    services.save_step(clerk, case, Step.METHOD, NEW, {})
    assert gaps(case) == [Gap(Step.REPRESENTATIVE, "representative")]


def test_a_birthday_between_the_capture_and_today_holds_no_case_up(clerk, place):
    fifteen_yesterday = birthday(today() - timedelta(days=1), -15).isoformat()
    case = complete_draft(clerk, place, None, identity=IDENTITY | {"birth_date": fifteen_yesterday})
    with_photos(clerk, case)
    case.captured_at = now() - timedelta(days=3)
    services.save_step(clerk, case, Step.REPRESENTATIVE, PROXY, {})
    assert gaps(case) == []


def order(case):
    return [file.photo_id for file in case.files if file.role == FileRole.PAPER]


def test_pages_of_a_paper_change_places_one_step_at_a_time(clerk, place):
    case = with_photos(clerk, complete_draft(clerk, place, None, representative=PROXY), paper=3)
    one, two, three = order(case)
    page = {file.photo_id: file for file in case.files}
    pages.move(clerk, case, page[three], -1)
    assert order(case) == [one, three, two]
    pages.move(clerk, case, page[one], -1)
    pages.move(clerk, case, page[two], 1)
    assert order(case) == [one, three, two]
    services.detach(clerk, case, FileRole.PAPER, page[three].position)
    pages.move(clerk, case, page[two], -1)
    assert order(case) == [two, one]


def test_only_the_one_who_captures_orders_pages(clerk, place):
    case = with_photos(clerk, complete_draft(clerk, place, None, representative=PROXY))
    other = factories.staff_member("thu.hai", "bank_staff", place)
    with pytest.raises(services.CaseOfAnother):
        pages.move(other, case, case.files[-1], -1)


def first_ward(clerk, place, **changed):
    return with_photos(clerk, complete_draft(clerk, place, None, representative=GUARDIAN | changed))


def test_a_guardian_of_two_is_offered_once_with_the_first_persons_name_masked(clerk, place):
    first = first_ward(clerk, place)
    second = complete_draft(clerk, place, None)
    (found,) = reuse.earlier(clerk, second)
    assert (found.case_id, found.full_name, found.ward, found.pages) == (first.id, "Đàm Viết Sằn", "B. V. Đoàn", 2)
    again = first_ward(clerk, place)
    assert [each.case_id for each in reuse.earlier(clerk, second)] == [again.id]


def test_nobody_elses_old_or_rejected_case_is_offered_nor_the_person_themselves(app, clerk, place, commune):
    first = first_ward(clerk, place)
    own = complete_draft(clerk, place, None, identity=IDENTITY | {"citizen_id": PROXY["citizen_id"]})
    other = factories.staff_member("thu.hai", "bank_staff", place)
    theirs = complete_draft(other, place, None)
    assert reuse.earlier(clerk, own) == [] and reuse.earlier(other, theirs) == []
    second = complete_draft(clerk, place, None)
    first.captured_at = now() - timedelta(days=31)
    assert reuse.earlier(clerk, second) == []
    first.captured_at, first.state, first.number = now(), CaseState.REJECTED, "BG-2611-00001"
    assert reuse.earlier(clerk, second) == [] and reuse.one_earlier(clerk, second, first.id) is None


def test_taking_over_copies_photos_and_answers_but_nothing_of_the_first_persons_life(clerk, place):
    first = first_ward(clerk, place, lacks_capacity=True, valid_until="2030-01-01")
    first.provenance = {"representative.valid_until": "of_age"}
    first.payload = {**first.payload, "read": {"representative_front": {"number": "1"}, "id_front": {"number": "2"}}}
    poor = stored_photo(clerk, place.id, "poor", ["blur"])
    services.attach(clerk, first, FileRole.PAPER, 2, poor)
    services.keep_photo(clerk, first, poor.id)
    second = complete_draft(clerk, place, None)
    services.attach(clerk, second, FileRole.PAPER, 0, stored_photo(clerk, place.id, "mine"))
    reuse.take_over(clerk, second, first, RepresentativeForm.for_another(first))

    def theirs(case):
        return [(f.role, f.position, f.photo_id) for f in case.files if f.role in reuse.ROLES]

    assert sorted(theirs(second)) == sorted(theirs(first)) and len(theirs(second)) == 5
    typed = second.payload["typed"]["representative"]
    assert typed["full_name"] == "Đàm Viết Sằn" and typed["basis"] == "committee"
    assert not typed.keys() & {"lacks_capacity", "valid_until"}
    assert second.payload["read"] == {"representative_front": {"number": "1"}}
    assert second.payload["kept_photos"] == [poor.id]
    told = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "case.representative_reused")).one()
    assert told.detail == {"from": str(first.id), "photos": 5}


def saved(app, commune, **representative):
    """The first ward's case and a draft for the second; returns the address of the second."""
    with app.app_context():
        clerk, place = factories.member("bank_staff"), db.session.get_one(Commune, commune)
        if representative:
            with_photos(clerk, complete_draft(clerk, place, None, representative=representative))
        case = services.start(clerk, place, uuid7(), doan(commune))
        for step in (Step.IDENTITY, Step.PHONE, Step.METHOD):
            services.save_step(clerk, case, step, ANSWERS[step], {})
        db.session.commit()
        return f"/enrolment/cases/{case.id}/representative"


def test_a_clerk_takes_over_the_guardian_of_a_brother_in_one_press(app, sign_in, commune):
    page = sign_in("bank_staff").open(saved(app, commune, **GUARDIAN))
    assert "Người nhận thay đã ghi gần đây" in page.words and "nhận thay cho B. V. Đoàn" in page.words
    assert PROXY["citizen_id"] not in page.text
    page = page.submit("Dùng lại")
    assert page.soup.select_one("#full_name")["value"] == "Đàm Viết Sằn" and "Trang 2" in page.words
    page = page.submit("Tiếp tục")
    assert page.h1 == "Đồng ý và chữ ký"


def test_the_representative_of_another_clerks_case_is_not_there(app, sign_in, commune):
    address = saved(app, commune, **GUARDIAN)
    with app.app_context():
        other = factories.staff_member("thu.hai", "bank_staff", db.session.get_one(Commune, commune))
        key = db.session.scalars(select(Case.id).order_by(Case.id)).first()
        db.session.get_one(Case, key).captured_by = other.id
        db.session.commit()
    browser = sign_in("bank_staff")
    page = browser.open(address)
    assert "Người nhận thay đã ghi gần đây" not in page.words
    for wrong in (str(key), "x", ""):
        page.soup.select_one("button.back")["value"] = f"again-{wrong}"
        assert page.submit("Để sau").status == 404


def test_pages_are_added_ordered_and_removed_without_script(app, sign_in, commune):
    page = sign_in("bank_staff").open(saved(app, commune))
    for name in (NO_QR, "cccd-front.jpg"):
        page = page.submit("Gửi các trang", pages=photo(name))

    def images():
        return [image["src"] for image in page.soup.select(".viewer img")]

    first, second = images()
    page = page.submit("Xuống :")
    assert images() == [second, first]
    page = page.submit("Lên :")
    assert images() == [first, second]
    page = page.submit("Bỏ trang 1")
    assert images() == [second]
    with app.app_context():
        assert len(db.session.scalars(select(CaseFile).where(CaseFile.role == FileRole.PAPER)).all()) == 1


def test_what_the_paper_cannot_say_stands_at_its_field(app, sign_in, commune):
    page = sign_in("bank_staff").open(saved(app, commune))
    answers = {"kind": "guardian", "basis": "parent", "full_name": "Đàm Viết Sằn", "relation": "bác"}
    page = page.submit("Tiếp tục", **answers, citizen_id=PROXY["citizen_id"], certified_on="31/12/2099")
    assert (
        page.status == 422
        and "Chọn lại" in page.soup.select_one("#basis-error, [id^=basis]").find_parent("fieldset").text
    )
    page = page.submit("Tiếp tục", basis="committee")
    assert page.status == 422 and "không thể sau hôm nay" in page.soup.select_one("#certified_on-error").text
