"""The card beside the register."""

from datetime import date

from portal.enrolment.comparison import compare, same_name
from portal.recipients.models import BirthPrecision, Recipient, Sex

CARD = {
    "number": "020148000123",
    "old_number": None,
    "full_name": "Hoàng Thị Vẻ",
    "birth_date": "1948-09-02",
    "sex": "female",
    "address": "Tòng Chu, Mông Ân, Bình Gia, Lạng Sơn",
    "issued_on": "2021-08-15",
}


def person(**columns):
    told = {
        "full_name": "Hoàng Thị Vẻ",
        "citizen_id": "020148000123",
        "birth_date": date(1948, 9, 2),
        "birth_precision": BirthPrecision.DAY,
        "sex": Sex.FEMALE,
    }
    return Recipient(**(told | columns))


def verdicts(**columns):
    return {row.field: row.verdict for row in compare(CARD, person(**columns))}


def test_the_same_person_agrees_in_every_field():
    assert verdicts() == {
        "citizen_id": "same",
        "full_name": "same",
        "birth_date": "same",
        "sex": "same",
        "address": "none",
        "issued": "none",
    }


def test_a_name_is_the_same_whatever_its_capitals_and_place_of_tone_but_not_without_its_tone():
    assert same_name("HOÀ THỊ VẺ", "Hòa Thị Vẻ") and not same_name("Hoàng Thị Vẻ", "Hoàng Thị Vẹ")
    row = compare(CARD, person(full_name="Hoàng Thị Vẹ"))[1]
    assert row.card == [("Hoàng", False), ("Thị", False), ("Vẻ", True)] and row.register[-1] == ("Vẹ", True)


def test_a_year_alone_is_completed_by_the_card_and_another_year_differs():
    year = {"birth_date": date(1948, 1, 1), "birth_precision": BirthPrecision.YEAR}
    row = compare(CARD, person(**year))[2]
    assert row.verdict == "register_lacks" and row.card == [("02/09", True), ("/1948", False)]
    assert row.register == [("1948", False)]
    assert verdicts(**year | {"birth_date": date(1949, 1, 1)})["birth_date"] == "differs"
    month = {"birth_date": date(1948, 8, 1), "birth_precision": BirthPrecision.MONTH}
    assert verdicts(**month)["birth_date"] == "differs"


def test_a_number_that_the_register_lacks_is_told_apart_from_another_number():
    assert verdicts(citizen_id=None)["citizen_id"] == "register_lacks"
    row = compare(CARD, person(citizen_id="020148000124"))[0]
    assert row.verdict == "differs" and row.card[-1] == ("123", True) and row.card[0] == ("020", False)


def test_without_a_person_nothing_differs_but_the_number_is_new():
    assert [row.register for row in compare(CARD, None)] == [[]] * 6
    assert compare(CARD, None)[5].card == [("-", False)]  # issued after 58: does not expire
