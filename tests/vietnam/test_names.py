"""Names and free text: cleaning and the keys made from them."""

import json
import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vietnam.names import clean, fold_upper, match_key, search_key, sort_key
from tests.vietnam.shared_files import shared

VIETNAMESE = st.text(
    alphabet="aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ ĐẶÊƯ'’-"
)


@pytest.mark.parametrize(
    "messy", ["Nguyễn\u00a0Văn  Tú", " Nguyễn Văn\tTú\n", "Nguyễn\u200b Văn Tú\ufeff", "Nguyễn Văn T\u200bú"]
)
def test_clean_folds_spaces_and_removes_what_cannot_be_seen(messy: str) -> None:
    assert clean(messy) == "Nguyễn Văn Tú"


def test_clean_composes_letters_typed_on_a_mac() -> None:
    assert clean(unicodedata.normalize("NFD", "Nguyễn Thị Ước")) == "Nguyễn Thị Ước"


def test_clean_keeps_case_and_the_place_of_the_tone_mark() -> None:
    assert clean("HOÀ hòa") == "HOÀ hòa"


def test_clean_keeps_the_soft_hyphen_only_in_legacy_text_where_it_is_a_letter() -> None:
    assert clean("L\u00ad¬ng", legacy=True) == "L\u00ad¬ng"
    assert clean("Lương\u00ad") == "Lương"


@given(st.text())
def test_cleaning_twice_changes_nothing_and_leaves_no_hidden_character(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not [c for c in once if unicodedata.category(c) in {"Cc", "Cf", "Cs"}]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Y'H’Lăn Niê-Kđăm", "yhlan niekdam"),
        ("Đặng  Thị Ðào", "dang thi dao"),
        ("K.phố 1", "kpho 1"),
        ("NGUYỄN\u00a0Ước", "nguyen uoc"),
        ("H'Ƀia ƀlang", "hbia blang"),
    ],
)
def test_search_key_has_no_accents_marks_or_case(text: str, key: str) -> None:
    assert search_key(text) == key


@given(VIETNAMESE)
def test_search_key_is_plain_ascii_and_the_same_for_every_way_of_typing(text: str) -> None:
    key = search_key(text)
    assert key.isascii()
    assert key == search_key(unicodedata.normalize("NFD", text)) == search_key(text.upper()) == search_key(key)


def test_match_key_is_one_for_both_places_of_the_tone_mark_and_both_ways_to_join_names() -> None:
    assert match_key("Hoà Thuý Uỷ") == match_key("Hòa Thúy Ủy")
    assert match_key("H'Lăn Niê-Kđăm") == match_key("HLăn Niê Kđăm")
    assert match_key("Nông Văn Thử") != match_key("Nông Văn Thủ ý")


def test_fold_upper_writes_as_banks_do() -> None:
    assert fold_upper("Nguyễn  Thị Đào") == "NGUYEN THI DAO"
    assert fold_upper("H'Lăn Niê-Kđăm ж") == "HLAN NIEKDAM"


@given(st.text())
def test_fold_upper_gives_only_capitals_digits_and_single_spaces(text: str) -> None:
    folded = fold_upper(text)
    assert folded.isascii()
    assert all(c.isalnum() or c == " " for c in folded)
    assert folded == folded.upper() == " ".join(folded.split())


@pytest.mark.parametrize(
    "in_order",
    [
        [
            "a",
            "à",
            "ả",
            "ã",
            "á",
            "ạ",
            "an",
            "ang",
            "ă",
            "ằ",
            "ẳ",
            "ẵ",
            "ắ",
            "ặ",
            "ăn",
            "â",
            "ầ",
            "ẩ",
            "ẫ",
            "ấ",
            "ậ",
            "âm",
            "b",
        ],
        ["da", "dy", "đa", "đi", "e", "ê", "gi", "i", "o", "ô", "ơ", "p", "u", "ư", "v", "y"],
        [
            "Vi Văn An",
            "Hoàng Thị Ánh",
            "Đàm Văn Ân",
            "Lý Bảo",
            "Bế Thị Dung",
            "Ngô Đạt",
            "Ngô Điệp",
            "Lê Ước",
            "Lê Yến",
        ],
        ["Dương An", "Đào An", "Hoàng An", "Hoàng Thị An", "Hoàng Văn An", "Hoàng Vân An"],
        ["Bế Hoa", "Bế Hòa", "Bế Hoá", "Bế Hoàng"],
    ],
)
def test_names_sort_by_given_name_in_vietnamese_order(in_order: list[str]) -> None:
    shuffled = random.Random(7).sample(in_order, len(in_order))
    assert sorted(shuffled, key=lambda name: sort_key(name).encode()) == in_order


@given(VIETNAMESE)
def test_sort_key_is_ascii_and_blind_to_case_and_decomposition(name: str) -> None:
    key = sort_key(name)
    assert key.isascii()
    assert key == sort_key(unicodedata.normalize("NFD", name)) == sort_key(name.upper())


def test_every_name_of_the_november_lists_is_found_from_its_capitals_without_accents() -> None:
    truth = json.loads(shared("samples", "truth-2026-11.json").read_text(encoding="utf-8"))
    names = [row["name"] for roster in truth["rosters"].values() for row in roster["rows"]]
    assert len(names) > 1000
    assert [n for n in names if search_key(n) != search_key(fold_upper(n)) or clean(n) != n] == []
