"""Phone numbers."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vietnam.phone import Phone, parse
from tests.vietnam.shared_files import shared

MOBILES = st.from_regex(r"0[35789][0-9]{8}", fullmatch=True)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("0984937417", Phone("0984937417", "Viettel", True, False)),
        ("0912.345.678", Phone("0912345678", "VinaPhone", True, False)),
        ("(090) 123-4567", Phone("0901234567", "MobiFone", True, False)),
        ("+84 87 123 4567", Phone("0871234567", "Itel", True, False)),
        ("+84 (0) 87 123 4567", Phone("0871234567", "Itel", True, False)),
        (984937417, Phone("0984937417", "Viettel", True, True)),
        (984937417.0, Phone("0984937417", "Viettel", True, True)),
        ("984937417.0", Phone("0984937417", "Viettel", True, True)),
        ("841234567", Phone("0841234567", "VinaPhone", True, True)),
        ("0501234567", Phone("0501234567", None, True, False)),
        ("0205 3834 567", Phone("02053834567", None, False, False)),
        ("+84 205 3834567", Phone("02053834567", None, False, False)),
        (2053834567, Phone("02053834567", None, False, True)),
    ],
)
def test_numbers_are_read_as_people_and_spreadsheets_write_them(typed: str | int | float, read: Phone) -> None:
    assert parse(typed) == read


@given(MOBILES, st.sampled_from(["+84", "0084", "84", "+84 "]))
def test_the_country_code_stands_for_the_zero(number: str, code: str) -> None:
    assert parse(code + number[1:]) == parse(number)


@given(MOBILES)
def test_a_lost_zero_is_put_back_and_told(number: str) -> None:
    whole, lost = parse(number), parse(int(number))
    assert whole is not None
    assert lost is not None
    assert (lost.number, lost.guessed, whole.guessed) == (number, True, False)


@pytest.mark.parametrize(
    "typed",
    ["", "0", "098493741", "09849374170", "01649374170", "0412345678", "gọi trước", "098493741A", 0.5],
)
def test_anything_else_is_no_number(typed: str | float) -> None:
    assert parse(typed) is None


@given(st.text("0123456789+-. ()84"))
def test_any_text_is_a_well_formed_number_or_none(text: str) -> None:
    read = parse(text)
    assert read is None or re.fullmatch(r"0[35789]\d{8}" if read.mobile else r"02\d{9}", read.number)


def test_phones_of_the_november_lists_are_read() -> None:
    truth = json.loads(shared("samples", "truth-2026-11.json").read_text(encoding="utf-8"))
    rows = [row for roster in truth["rosters"].values() for row in roster["rows"]]
    phones = [row["phone"] for row in rows if row.get("phone")]
    assert phones
    assert [phone for phone in phones if (read := parse(phone)) is None or read.number != phone] == []
