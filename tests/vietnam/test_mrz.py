"""The machine-readable lines of identity cards."""

import csv
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vietnam import mrz
from tests.vietnam.shared_files import shared

WOMAN = ["IDVNM1680001239020168000123<<5", "6812311F9912315VNM<<<<<<<<<<<8", "HOANG<<THI<MAU<<<<<<<<<<<<<<<<"]
MAN = ["IDVNM0500004564020050000456<<0", "5001024M9912315VNM<<<<<<<<<<<8", "NONG<<VAN<THU<<<<<<<<<<<<<<<<<"]


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        (WOMAN, mrz.Mrz("020168000123", "HOANG THI MAU", date(1968, 12, 31), "female", None, ())),
        (MAN, mrz.Mrz("020050000456", "NONG VAN THU", date(1950, 1, 2), "male", None, ())),
    ],
)
def test_good_lines_are_read_without_problems(lines: list[str], read: mrz.Mrz) -> None:
    assert mrz.parse(lines) == read
    assert read.ok


def test_spaces_lower_case_and_one_text_of_three_lines_are_read() -> None:
    assert mrz.parse(" \r\n".join(line.lower().replace("vnm", "vnm ") for line in WOMAN)) == mrz.parse(WOMAN)


@given(st.sampled_from([WOMAN, MAN]), st.integers(0, 1), st.integers(0, 29), st.integers(1, 9))
def test_no_single_wrong_digit_passes(lines: list[str], line: int, at: int, add: int) -> None:
    old = lines[line][at]
    if not old.isdigit():
        return
    changed = list(lines)
    changed[line] = lines[line][:at] + str((int(old) + add) % 10) + lines[line][at + 1 :]
    read = mrz.parse(changed)
    assert read is None or not read.ok


def test_problems_name_what_is_wrong() -> None:
    read = mrz.parse([WOMAN[0], WOMAN[1].replace("6812311", "6813311"), WOMAN[2]])
    assert read is not None
    assert read.birth_date is None
    assert {"birth_date", "composite"} <= set(read.problems)
    assert not read.ok


def test_lines_of_two_people_contradict_each_other() -> None:
    read = mrz.parse([WOMAN[0], MAN[1], MAN[2]])
    assert read is not None
    assert {"composite", "birth_year"} <= set(read.problems)


@pytest.mark.parametrize(
    "lines", [[], ["", "", ""], WOMAN[:2], [WOMAN[0][:-1], *WOMAN[1:]], ["P<VNM" + WOMAN[0][5:], *WOMAN[1:]]]
)
def test_other_shapes_are_refused(lines: list[str]) -> None:
    assert mrz.parse(lines) is None


@given(st.text("0123456789<ABVNMIDF", min_size=90, max_size=90))
def test_any_ninety_characters_are_read_or_refused_without_an_error(text: str) -> None:
    read = mrz.parse(text)
    assert read is None or len(read.number) == 12


def test_every_sample_card_with_lines_passes_and_tells_its_expiry() -> None:
    with shared("samples", "cards", "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["mrz"]]
    assert rows
    for row in rows:
        read = mrz.parse(row["mrz"].split("/"))
        assert read is not None, row["file"]
        assert read.problems == (), row["file"]
        assert (read.expires_on.isoformat() if read.expires_on else "") == row["expires"], row["file"]
