"""References in bank memos."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.vietnam.references import check_character, find_all, make

REFERENCES = st.builds(
    make,
    st.from_regex(r"[A-Z]{2,4}", fullmatch=True),
    st.dates(date(2026, 1, 1), date(2099, 12, 31)),
    st.from_regex(r"[0-9]{5}", fullmatch=True),
    st.integers(0, 999_999),
)
SEPARATORS = st.text(" .,-/;:_\n", max_size=2)


def test_the_check_character_is_that_of_the_standard() -> None:
    assert check_character("A12425GABC1234002") == "M"


def test_a_reference_says_programme_month_commune_and_number() -> None:
    reference = make("BTXH", date(2026, 11, 1), "06112", 16)
    assert reference[:-1] == "BTXH112606112000016"
    assert make("NCC", date(2026, 11, 1), "06112", 16).startswith("NCCX1126")
    assert len(reference) == 20


@pytest.mark.parametrize(
    ("programme", "commune", "number"),
    [
        ("B", "06112", 1),
        ("BTXHX", "06112", 1),
        ("btxh", "06112", 1),
        ("BT1", "06112", 1),
        ("BTXH", "6112", 1),
        ("BTXH", "06112", 10**6),
        ("BTXH", "06112", -1),
    ],
)
def test_parts_that_do_not_fit_are_refused(programme: str, commune: str, number: int) -> None:
    with pytest.raises(ValueError, match=r"letters|digits"):
        make(programme, date(2026, 11, 1), commune, number)


@given(REFERENCES, st.text(max_size=30), st.text(max_size=30))
def test_a_reference_is_found_in_any_memo_around_it(reference: str, before: str, after: str) -> None:
    assert reference in find_all(before + reference + after)


@given(REFERENCES, st.data())
def test_a_reference_is_found_in_lower_case_and_with_signs_inside(reference: str, data: st.DataObject) -> None:
    spread = "".join(character + data.draw(SEPARATORS) for character in reference.lower())
    assert find_all("MBVCB.4821." + spread + "CT tu 8412") == [reference]


@given(REFERENCES, st.integers(0, 19), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_a_reference_with_one_changed_character_is_not_accepted(reference: str, at: int, character: str) -> None:
    assume(reference[at] != character)
    assert find_all(f"{reference[:at]}{character}{reference[at + 1 :]}") == []


@given(REFERENCES, st.integers(0, 19))
def test_a_reference_that_lost_a_character_is_not_accepted(reference: str, at: int) -> None:
    assert find_all(reference[:at] + reference[at + 1 :]) == []


@given(st.lists(REFERENCES, min_size=1, max_size=4))
def test_several_references_are_found_in_order_and_once_each(references: list[str]) -> None:
    assert find_all(" va ".join([*references, references[0]])) == list(dict.fromkeys(references))


@pytest.mark.parametrize(
    "memo", ["", "NGUYEN VAN A chuyen tien", "TCXH 112026 BG00016", "MB(366304)(tro cap thang 11)"]
)
def test_a_memo_without_a_reference_gives_none(memo: str) -> None:
    assert find_all(memo) == []
