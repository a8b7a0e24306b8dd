"""What an officer is told to look at, each from one wrong thing in an otherwise good case."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from portal.audit.services import record
from portal.db import db
from portal.recipients.models import BirthPrecision, MethodKind, RecipientStatus
from portal.review import queries
from portal.review.comparison import marked
from portal.review.flags import FlagCode
from portal.review.labels import FLAG_SENTENCES, sentence
from portal.review.twins import flags_of
from portal.vietnam.month import today
from tests import factories

C = FlagCode
SOON = (today() + timedelta(days=10)).isoformat()
GONE = (today() - timedelta(days=1)).isoformat()
LONG_AGO = (today() - timedelta(days=400)).isoformat()
GOOD = {
    "birth_date": date(1948, 9, 2),
    "birth_precision": BirthPrecision.DAY,
    "citizen_id": "020148000123",
    "phone": "0968000214",
}


@pytest.fixture
def good(app, commune):
    """A recipient and the whole agreement of register and capture: no flag at all."""
    with app.app_context():
        yield factories.recipient(commune, **GOOD)


def flags(app, person, **steps):
    case = factories.submitted_case(app, person, **steps)
    return {flag.code: flag for flag in flags_of(queries.cases([case.id]))[case.id]}


def test_nothing_is_flagged_where_everything_agrees(app, good):
    assert flags(app, good) == {}


@pytest.mark.parametrize(
    ("code", "steps"),
    [
        (C.ID_MISSING, {"identity": {"citizen_id": None}}),
        (C.ID_MALFORMED, {"identity": {"citizen_id": "02014800012"}}),
        (C.ID_DIFFERS, {"identity": {"citizen_id": "020148000124"}}),
        (C.ID_SEX, {"identity": {"sex": "male"}}),
        (C.ID_BIRTH_YEAR, {"identity": {"birth_date": "1949-09-02"}}),
        (C.ID_PLACE, {"identity": {"citizen_id": "999148000123"}}),
        (C.NAME_DIFFERS, {"identity": {"full_name": "Hoàng Thị Vẹ"}}),
        (C.NAME_DIFFERS, {"identity": {"full_name": "Hoàng Thị Vẹ", "name_from": "unknown"}}),
        (C.BIRTH_DIFFERS, {"identity": {"birth_date": "1948-09-03"}}),
        (C.QR_DIFFERS, {"identity": {"card": {"number": "020148000321"}}}),
        (C.QR_DIFFERS, {"identity": {"card": {"full_name": "Hoàng Thị Vé"}}}),
        (C.QR_DIFFERS, {"read": {"id_front": {"birth_date": "1948-02-09"}}}),
        (C.METHOD_MISSING, {"method": None}),
        (C.HOLDER_DIFFERS, {"method": {"holder_name": "HOANG VAN LAP"}}),
        (C.REPRESENTATIVE_SELF, {"representative": factories.proxy(citizen_id="020148000123")}),
        (C.REPRESENTATIVE_TOO_YOUNG, {"representative": factories.proxy(birth_date=LONG_AGO)}),
        (C.AUTHORIZATION_ENDS_SOON, {"representative": factories.proxy(valid_from=LONG_AGO, valid_until=SOON)}),
        (C.AUTHORIZATION_ENDED, {"representative": factories.proxy(valid_from=LONG_AGO, valid_until=GONE)}),
        (C.AUTHORIZATION_NOT_CERTIFIED, {"representative": factories.proxy(certified_by="")}),
        (C.PHOTO_MISSING, {"photos": 0}),
    ],
)
def test_one_wrong_thing_is_flagged(app, good, code, steps):
    assert code in flags(app, good, **steps)


def test_a_card_issued_in_youth_has_expired_when_the_age_of_renewal_has_passed(app, commune):
    with app.app_context():
        born = date(today().year - 30, 1, 1)
        identity = {"birth_date": born.isoformat(), "issued_on": born.replace(year=born.year + 16).isoformat()}
        found = flags(app, factories.recipient(commune), identity=identity)
        assert found[C.CARD_EXPIRED].values == {"day": f"01/01/{born.year + 25}"}


def test_a_birth_year_alone_in_the_register_is_added_to_not_contradicted(app, commune):
    with app.app_context():
        year_only = {"birth_date": date(1948, 1, 1), "birth_precision": BirthPrecision.YEAR}
        found = flags(app, factories.recipient(commune, **(GOOD | year_only)))
        assert set(found) == {C.BIRTH_ADDED} and found[C.BIRTH_ADDED].values == {"birth": "02/09/1948"}


def test_another_year_than_the_registers_differs_although_the_card_knows_more(app, commune):
    with app.app_context():
        year_only = {"birth_date": date(1950, 1, 1), "birth_precision": BirthPrecision.YEAR}
        found = flags(app, factories.recipient(commune, **(GOOD | year_only)))
        assert found[C.BIRTH_DIFFERS].values == {"corrects": "yes"}


def test_someone_who_died_is_flagged(app, commune):
    with app.app_context():
        assert C.NOT_LIVE in flags(app, factories.recipient(commune, status=RecipientStatus.DIED, **GOOD))


def test_the_holder_is_compared_without_accents_and_with_the_owner_of_the_account(app, good):
    theirs = {"kind": "representative_account", "holder_name": "HOANG VAN LAP"}
    assert C.HOLDER_DIFFERS not in flags(app, good, method=theirs, representative=factories.proxy())


def test_number_account_and_phone_of_another_recipient_are_flagged_with_the_name(app, commune, good):
    other = factories.recipient(commune, "Hoàng Văn Lập", method=MethodKind.BANK_ACCOUNT, **GOOD)
    account = db.session.query(factories.PaymentMethod).filter_by(recipient_id=other.id).one().account_number
    found = flags(app, good, method={"account_number": account})
    assert {C.SAME_ID, C.SAME_PHONE, C.SAME_ACCOUNT} <= set(found)
    assert {found[code].values["others"] for code in (C.SAME_ID, C.SAME_PHONE, C.SAME_ACCOUNT)} == {"Hoàng Văn Lập"}


def test_two_open_cases_with_one_account_flag_each_other(app, commune, good):
    factories.submitted_case(app, factories.recipient(commune, "Nông Văn Páo"), identity={"full_name": "Nông Văn Páo"})
    found = flags(app, good)
    assert found[C.SAME_ACCOUNT].values["others"] == "Nông Văn Páo (BG-2611-00001)"


def test_an_earlier_case_of_the_same_person_is_not_someone_else(app, good):
    factories.submitted_case(app, good, seed=7)
    assert flags(app, good, seed=7) == {}


def test_another_communes_people_are_not_told(app, commune, good):
    elsewhere = factories.commune(app, "06115", "Xã Tân Văn", "TV", suffix="2")
    factories.recipient(elsewhere, "Người Xã Khác", **GOOD)
    assert flags(app, good) == {}


def test_the_same_photo_in_the_case_of_another_is_flagged(app, commune, good):
    other = factories.recipient(commune, "Nông Văn Páo")
    factories.submitted_case(app, other, seed=5, method={"account_number": "111111111"})
    assert flags(app, good, seed=5)[C.SAME_PHOTO].values == {"others": "BG-2611-00001"}


@pytest.mark.parametrize(("bits", "near"), [(0b111111, True), (0b11111111, False)])
def test_a_photo_that_differs_in_few_bits_is_the_same_photo(app, commune, good, bits, near):
    other = factories.recipient(commune, "Nông Văn Páo")
    case = factories.submitted_case(app, other, seed=5, photos=1, method={"account_number": "111111111"})
    mine = factories.submitted_case(app, good, seed=6, photos=1)
    print_ = int(case.files[0].photo.phash, 16)
    mine.files[0].photo.phash = f"{print_ ^ (bits << 29):016x}"
    db.session.flush()
    found = {flag.code for flag in flags_of(queries.cases([mine.id]))[mine.id]}
    assert (C.SAME_PHOTO in found) is near


def test_a_poor_photo_is_told_in_words(app, good):
    case = factories.submitted_case(app, good)
    case.files[0].photo.quality = {"warnings": ["blur", "glare"]}
    db.session.flush()
    (flag,) = flags_of(queries.cases([case.id]))[case.id]
    with app.test_request_context("/?lang=vi"):
        assert flag.code == C.POOR_PHOTO and "Không đọc được thì trả lại hồ sơ" in sentence(flag)


def test_the_number_of_queries_does_not_grow_with_the_cases(app, commune, good):
    def count_for(number):
        for _ in range(number):
            factories.submitted_case(
                app, factories.recipient(commune, "Nông Văn Páo"), representative=factories.proxy()
            )
        places = queries.line(commune, queries.Filters())
        db.session.flush()
        db.session.expire_all()
        statements = []
        listen = lambda *args: statements.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listen)
        flags_of(queries.cases([place.id for place in places]))
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(statements)

    assert count_for(2) == count_for(20) <= 9


def test_a_filter_by_flag_follows_what_changes(app, commune, good):
    case = factories.submitted_case(app, good, identity={"full_name": "Hoàng Thị Vé"})

    def with_flag(code):
        record(None, "test.changed", "test:1", commune_id=commune)
        db.session.commit()
        return [place.id for place in queries.line(commune, queries.Filters(flag=code))]

    assert with_flag(C.NAME_DIFFERS) == [case.id] and with_flag(C.SAME_PHONE) == []
    good.full_name = "Hoàng Thị Vé"
    factories.recipient(commune, "Nông Văn Páo", phone="0968000214")
    assert with_flag(C.NAME_DIFFERS) == [] and with_flag(C.SAME_PHONE) == [case.id]


def test_every_flag_has_its_sentence():
    special = {C.NAME_DIFFERS, C.BIRTH_DIFFERS}
    assert set(FLAG_SENTENCES) | special == set(FlagCode)


def test_only_the_words_that_differ_are_marked():
    assert marked("Hoàng Thị Vẹ", "Hoàng Thị Vẻ") == (
        [("Hoàng Thị", False), (" ", False), ("Vẹ", True)],
        [("Hoàng Thị", False), (" ", False), ("Vẻ", True)],
    )
    assert marked("1948", "02/09/1948")[1] == [("02/09/", True), ("1948", False)]


WORDS = st.lists(st.text("aăâbcđeêghi", min_size=1, max_size=5), min_size=1, max_size=6).map(" ".join)


@given(WORDS, WORDS)
def test_marking_loses_no_letter(one, other):
    left, right = marked(one, other)
    assert "".join(text for text, _ in left) == one and "".join(text for text, _ in right) == other
