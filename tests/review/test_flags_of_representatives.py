"""What an officer is told where someone receives for another, each from one thing in an otherwise good case."""

from datetime import date, timedelta

import pytest

from portal.db import db
from portal.enrolment.models import CaseFile, FileRole
from portal.recipients import methods
from portal.recipients.models import BirthPrecision, RecipientStatus
from portal.recipients.representation import birthday
from portal.review import queries
from portal.review.flag_codes import ORDER, FlagCode
from portal.review.labels import sentence
from portal.review.twins import flags_of
from portal.vietnam.month import today
from tests import factories
from tests.review.test_flags import GOOD

C = FlagCode
TODAY = today()
OF_WHO_RECEIVES = {code for code in C if ORDER[C.REPRESENTATIVE_SELF] <= ORDER[code] <= ORDER[C.DECISION_UNNAMED]}


def day(days):
    return (TODAY + timedelta(days=days)).isoformat()


def born(years, days=0):
    """Whoever is so many years old today; with `days` the birthday is so many days later."""
    return (birthday(TODAY, -years) + timedelta(days=days)).isoformat()


@pytest.fixture
def good(app, commune):
    with app.app_context():
        yield factories.recipient(commune, **GOOD)


def child(commune, years, days=0):
    told = {"birth_date": date.fromisoformat(born(years, days)), "birth_precision": BirthPrecision.DAY}
    return factories.recipient(commune, "Vi Văn Sáng", **told)


def flags(app, person, **steps):
    case = factories.submitted_case(app, person, **steps)
    return {flag.code: flag for flag in flags_of(queries.cases([case.id]))[case.id]}


def of_child(app, person, **steps):
    """What the child's case shows of who receives."""
    about = {"full_name": person.full_name, "birth_date": person.birth_date.isoformat(), "citizen_id": None}
    cash = {"kind": "cash_point", "account_number": None, "holder_name": "", "provider_bin": None}
    return set(flags(app, person, identity=about, **({"method": cash} | steps))) & OF_WHO_RECEIVES


def test_a_certified_proxy_of_an_adult_is_no_matter(app, good):
    assert flags(app, good, representative=factories.proxy(valid_until=day(300))) == {}


GUARDIAN = {"kind": "guardian", "basis": "committee", "lacks_capacity": True, "scope": "account"}


@pytest.mark.parametrize(
    ("code", "answers"),
    [
        (C.CANNOT_AUTHORIZE, {"lacks_capacity": True}),
        (C.REPRESENTATIVE_TOO_YOUNG, {"birth_date": born(15, 1)}),
        (C.REPRESENTATIVE_TOO_YOUNG, GUARDIAN | {"birth_date": born(18, 1)}),
        (C.PROXY_UNDER_18, {"birth_date": born(15)}),
        (C.PROXY_UNDER_18, {"birth_date": born(18, 1)}),
        (C.REPRESENTATIVE_MAYBE_SELF, {"full_name": "HOANG THI VE", "birth_date": "1948-09-02"}),
        (C.PARENT_OF_ADULT, {"kind": "legal", "basis": "parent"}),
        (C.NO_FINDING, {"kind": "guardian", "basis": "committee"}),
        (C.AUTHORIZATION_NOT_YET, {"valid_from": day(1)}),
        (C.AUTHORIZATION_ENDS_SOON, {"valid_until": day(30)}),
        (C.AUTHORIZATION_ENDED, {"valid_from": day(-300), "valid_until": day(-1)}),
        (C.AUTHORIZATION_NOT_CERTIFIED, {"certified_on": None}),
        (C.AUTHORIZATION_NOT_CERTIFIED, {"certified_by": ""}),
        (C.CERTIFIED_BY_OTHERS, {"certified_by": "Trưởng thôn Nà Pái"}),
        (C.CERTIFIED_BY_OTHERS, {"certified_by": "Công an xã Bình Gia"}),
        (C.CERTIFIED_BY_OTHERS, {"certified_by": "Bưu điện"}),
        (C.DECISION_UNNAMED, GUARDIAN | {"paper_no": ""}),
        (C.DECISION_UNNAMED, GUARDIAN | {"certified_by": ""}),
    ],
)
def test_one_wrong_thing_is_told(app, good, code, answers):
    found = flags(app, good, representative=factories.proxy(**answers))
    assert code in found
    with app.test_request_context("/?lang=vi"):
        assert "%(" not in sentence(found[code])


@pytest.mark.parametrize(
    ("code", "answers"),
    [
        (C.REPRESENTATIVE_TOO_YOUNG, {"birth_date": born(15)}),
        (C.REPRESENTATIVE_TOO_YOUNG, GUARDIAN | {"birth_date": born(18)}),
        (C.PROXY_UNDER_18, {"birth_date": born(18)}),
        (C.REPRESENTATIVE_MAYBE_SELF, {"full_name": "Hoàng Thị Vẻ", "birth_date": "1948-09-03"}),
        (C.NO_FINDING, GUARDIAN),
        (C.AUTHORIZATION_NOT_YET, {"valid_from": day(0)}),
        (C.AUTHORIZATION_ENDS_SOON, {"valid_until": day(31)}),
        (C.AUTHORIZATION_ENDED, {"valid_from": day(-300), "valid_until": day(0)}),
        (C.CERTIFIED_BY_OTHERS, {"certified_by": "Chủ tịch UBND xã Bình Gia"}),
        (C.CERTIFIED_BY_OTHERS, {"certified_by": "Văn phòng công chứng Hội An"}),
        (C.CERTIFIED_BY_OTHERS, {"certified_by": "Phó Chủ tịch"}),
        (C.DECISION_UNNAMED, GUARDIAN),
        (C.DECISION_UNNAMED, GUARDIAN | {"basis": "natural", "paper_no": ""}),
        (C.AUTHORIZATION_NOT_CERTIFIED, GUARDIAN | {"certified_by": "", "certified_on": None}),
    ],
)
def test_what_is_right_is_not_told(app, good, code, answers):
    assert code not in flags(app, good, representative=factories.proxy(**answers))


def test_a_child_that_receives_alone_is_told_until_it_is_fifteen(app, commune):
    with app.app_context():
        assert of_child(app, child(commune, 15, 1)) == {C.CHILD_ALONE}
        assert of_child(app, child(commune, 15)) == set()


def test_a_childs_account_needs_a_representative_who_may_use_it(app, commune):
    mother = factories.proxy(kind="legal", basis="parent", scope="account", full_name="Nông Thị Lan")
    account = {"kind": "new_account", "account_number": None, "holder_name": ""}
    with app.app_context():
        alone = of_child(app, child(commune, 8), method=account)
        assert alone == {C.ACCOUNT_NEEDS_REPRESENTATIVE, C.CHILD_ALONE}
        receives = of_child(app, child(commune, 8), method=account, representative=mother | {"scope": "receive"})
        assert receives == {C.ACCOUNT_NEEDS_REPRESENTATIVE}
        assert of_child(app, child(commune, 8), method=account, representative=mother) == set()


def test_a_birth_date_of_the_register_counts_where_the_case_has_none(app, commune):
    with app.app_context():
        found = flags(app, child(commune, 8), identity={"birth_date": None}, representative=factories.proxy())
        assert C.CANNOT_AUTHORIZE in found


def served(app, commune, count, **answers):
    """So many others for whom this representative is to receive."""
    for at in range(count):
        other = factories.recipient(commune, f"Nông Văn Páo {'ABCD'[at]}")
        number = {"account_number": f"11111111{at}"}
        factories.submitted_case(app, other, representative=factories.proxy(**answers), method=number)


@pytest.mark.parametrize(("count", "told"), [(1, False), (2, True), (4, True)])
def test_who_is_authorized_by_more_people_than_the_setting_says_is_told(app, commune, good, count, told):
    assert app.config["SETTINGS"].proxy_people == 2
    served(app, commune, count)
    found = flags(app, good, representative=factories.proxy())
    assert (C.REPRESENTATIVE_FOR_MANY in found) == told
    if count == 4:
        others = "Nông Văn Páo A, Nông Văn Páo B, Nông Văn Páo C (+1)"
        assert found[C.REPRESENTATIVE_FOR_MANY].values == {"others": others, "count": "4"}


def test_a_guardian_may_have_many_wards(app, commune, good):
    served(app, commune, 4, **GUARDIAN)
    assert C.REPRESENTATIVE_FOR_MANY not in flags(app, good, representative=factories.proxy(**GUARDIAN))
    assert C.REPRESENTATIVE_FOR_MANY not in flags(app, good, representative=factories.proxy())


def test_a_representative_whom_the_register_says_dead_is_told(app, commune, good):
    number = factories.proxy()["citizen_id"]
    factories.recipient(commune, "Hoàng Văn Lập", citizen_id=number, status=RecipientStatus.DIED)
    assert C.REPRESENTATIVE_DIED in flags(app, good, representative=factories.proxy())
    factories.recipient(commune, "Hoàng Văn Lạp", citizen_id=number)
    assert C.REPRESENTATIVE_DIED not in flags(app, good, representative=factories.proxy())


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        (GUARDIAN | {"citizen_id": "020078000999"}, C.OTHER_GUARDIAN),
        ({"citizen_id": "020078000999"}, C.PROXY_OF_A_WARD),
        (GUARDIAN, None),
    ],
)
def test_one_person_has_one_guardian(app, good, answers, code):
    before = factories.submitted_case(app, good, representative=factories.proxy(**GUARDIAN))
    methods.confirm(factories.member("officer"), before.id, lacks_capacity=True)
    found = flags(app, good, representative=factories.proxy(**answers))
    assert set(found) & {C.OTHER_GUARDIAN, C.PROXY_OF_A_WARD} == ({code} if code else set())
    if code:
        assert found[code].values == {"guardian": "Hoàng Văn Lập"}


def test_one_paper_of_a_guardian_may_name_two_but_not_that_of_two_representatives(app, commune, good):
    other = factories.recipient(commune, "Nông Văn Páo")
    paper = factories.tiny_photo(app, commune, 4711)

    def told(**answers):
        pair = [
            factories.submitted_case(app, person, representative=factories.proxy(**GUARDIAN, **more), seed=seed)
            for person, more, seed in ((other, {}, 100), (good, answers, 200))
        ]
        for case in pair:
            db.session.add(CaseFile(commune_id=commune, case_id=case.id, role=FileRole.PAPER, photo_id=paper.id))
        db.session.flush()
        db.session.expire_all()
        return {flag.code for flag in flags_of(queries.cases([pair[1].id]))[pair[1].id]}

    assert C.SAME_PHOTO not in told()
    assert C.SAME_PHOTO in told(citizen_id="020078000999")


def test_every_stage_of_life_is_told_in_the_words_of_the_law(app, good):
    with app.test_request_context("/?lang=vi"):
        found = flags(app, good, representative=factories.proxy(birth_date=born(15, 1)))
        assert "đủ 15 tuổi" in sentence(found[C.REPRESENTATIVE_TOO_YOUNG])
        found = flags(app, good, representative=factories.proxy(**GUARDIAN, birth_date=born(18, 1)))
        assert "đủ 18 tuổi" in sentence(found[C.REPRESENTATIVE_TOO_YOUNG])
