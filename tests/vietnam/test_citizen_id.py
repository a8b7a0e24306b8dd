"""The personal identification number."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vietnam import citizen_id
from portal.vietnam.citizen_id import PLACES, disagreements, is_old_id, parse, restore_leading_zero, restore_old_id
from tests.vietnam.shared_files import shared

NUMBERS = st.builds(
    lambda place, rest: place + rest, st.sampled_from(sorted(PLACES)), st.text("0123456789", min_size=9, max_size=9)
)


def test_the_number_tells_place_sex_and_year_of_birth() -> None:
    assert parse("020168000123") == citizen_id.CitizenId("020168000123", "020", "Lạng Sơn", "female", 1968)


@pytest.mark.parametrize(
    ("number", "sex", "year"),
    [
        ("001099000001", "male", 1999),
        ("001200000001", "male", 2000),
        ("001326000001", "female", 2026),
        ("001900000001", "female", 2300),
    ],
)
def test_the_fourth_digit_tells_century_and_sex(number: str, sex: str, year: int) -> None:
    read = parse(number)
    assert read is not None
    assert (read.sex, read.birth_year) == (sex, year)


@pytest.mark.parametrize(
    "typed",
    ["'020168000123", "020 168 000123", "020.168.000.123", "'020168000123.00", " 020168000123\u00a0", "020168000123.0"],
)
def test_signs_around_the_digits_do_not_matter(typed: str) -> None:
    read = parse(typed)
    assert read is not None
    assert read.number == "020168000123"


@pytest.mark.parametrize("typed", ["", "02016800012", "0201680001234", "02016800012A", "٠٢٠١٦٨٠٠٠١٢٣", "1.2e+11"])
def test_anything_but_twelve_digits_is_no_number(typed: str) -> None:
    assert parse(typed) is None


def test_an_unknown_place_is_told_and_not_refused() -> None:
    read = parse("197068000123")
    assert read is not None
    assert read.place is None
    assert disagreements("197068000123", "male", 1968) == ["place"]


@given(NUMBERS)
def test_a_number_spoilt_by_a_spreadsheet_is_restored(number: str) -> None:
    assert restore_leading_zero(int(number)) == number
    assert restore_leading_zero(f"{int(number)}.0") == number
    assert restore_leading_zero(float(int(number))) == number


@given(st.text("0123456789", max_size=12))
def test_only_a_number_of_a_known_province_that_lost_its_leading_zeros_is_restored(digits: str) -> None:
    restored = restore_leading_zero(digits)
    assert restored is None or (restored[:3] in PLACES and str(int(restored)) == digits and len(restored) == 12)


@pytest.mark.parametrize("digits", ["02021599862", "0020215998", "99168000123", "3168000123", "168000123"])
def test_a_missing_digit_is_never_padded_with_a_zero(digits: str) -> None:
    assert restore_leading_zero(digits) is None


def test_what_contradicts_the_number_is_told_and_what_is_unknown_is_not() -> None:
    assert disagreements("020168000123", "female", 1968) == []
    assert disagreements("020168000123", "male", 1969) == ["sex", "birth_year"]
    assert disagreements("020168000123", None, None) == []
    assert disagreements("20168000123", "female", 1968) == ["number"]


def test_an_old_number_has_nine_digits() -> None:
    assert is_old_id("080 123 456")
    assert not is_old_id("80123456")
    assert not is_old_id("0801234567")
    assert restore_old_id(80123456) == "080123456"
    assert restore_old_id("08012345") is None


def test_numbers_of_the_november_lists_survive_a_spreadsheet_and_agree_with_their_rows() -> None:
    truth = json.loads(shared("samples", "truth-2026-11.json").read_text(encoding="utf-8"))
    rows = [row for roster in truth["rosters"].values() for row in roster["rows"] if row["id_number"]]
    assert len(rows) > 500
    assert [row["id_number"] for row in rows if restore_leading_zero(int(row["id_number"])) != row["id_number"]] == []
    sexes = {"Nam": "male", "Nữ": "female"}
    told = {row["code"]: disagreements(row["id_number"], sexes[row["sex"]], int(row["birth"][:4])) for row in rows}
    assert {code: codes for code, codes in told.items() if codes} == {"BG00182": ["sex"]}
