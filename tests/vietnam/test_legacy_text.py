"""Text of the fonts before Unicode."""

import csv
import json

import pytest
import xlrd
from hypothesis import given
from hypothesis import strategies as st

from portal.vietnam.legacy_text import decode, from_tcvn3, from_vni, looks_tcvn3, looks_vni
from portal.vietnam.names import clean
from tests.vietnam.shared_files import shared

TCVN3 = "X· B×nh Gia, huyÖn B×nh Gia, tØnh L¹ng S¬n"
UNICODE = "Xã Bình Gia, huyện Bình Gia, tỉnh Lạng Sơn"


def test_tcvn3_is_decoded() -> None:
    assert from_tcvn3(TCVN3) == UNICODE


def test_the_letter_that_looks_like_a_soft_hyphen_survives() -> None:
    assert from_tcvn3("L\u00ad¬ng") == "Lương"
    assert from_tcvn3(clean("  L\u00ad¬ng ", legacy=True)) == "Lương"


def test_fonts_of_capitals_give_capitals() -> None:
    assert from_tcvn3("hoµng v¨n thô", upper=True) == "HOÀNG VĂN THỤ"
    assert decode("hoµng v¨n thô", ".VnTimeH") == ("HOÀNG VĂN THỤ", "tcvn3")
    assert decode("lan", ".VnTimeH") == ("LAN", "tcvn3")
    assert decode("lan", ".VnTime") == ("lan", "tcvn3")


@pytest.mark.parametrize(
    ("vni", "text"),
    [
        ("Xin chaøo caùc baïn", "Xin chào các bạn"),
        ("Toâi ñi hoïc", "Tôi đi học"),
        ("Nguyeãn Thò Höông", "Nguyễn Thị Hương"),
        ("Traàn Vaên Lôïi, tænh Laïng Sôn", "Trần Văn Lợi, tỉnh Lạng Sơn"),
        ("ÑAËNG THÒ BÖÔÛI", "ĐẶNG THỊ BƯỞI"),
        ("ñöôøng, khuûy, nghó, kyõ, myõ, yù", "đường, khủy, nghĩ, kỹ, mỹ, ý"),
        ("aáaàaåaãaäaéaèaúaüaë", "ấầẩẫậắằẳẵặ"),
        ("eáeàeåeãeäoáoàoåoãoäôùôøôûôõôïöùöøöûöõöï", "ếềểễệốồổỗộớờởỡợứừửữự"),
    ],
)
def test_vni_is_decoded(vni: str, text: str) -> None:
    assert from_vni(vni) == text


@pytest.mark.parametrize("text", [TCVN3, "NguyÔn ThÞ Hoµ", "L\u00ad¬ng ThÞ V©n", "bÝch pham", "Hå QuyÕt Th¾ng"])
def test_tcvn3_without_its_font_is_recognised(text: str) -> None:
    assert looks_tcvn3(text)
    assert not looks_vni(text)
    assert decode(text, None) == (from_tcvn3(text), "tcvn3")


@pytest.mark.parametrize("text", ["Xin chaøo caùc baïn", "Nguyeãn Vaên Huøng", "Traàn Thò Höông"])
def test_vni_without_its_font_is_recognised(text: str) -> None:
    assert looks_vni(text)
    assert not looks_tcvn3(text)
    assert decode(text, None) == (from_vni(text), "vni")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Lan",
        UNICODE,
        "Hoàng Minh",
        "Bế Toán",
        "Ông Lê Khuê",
        "Müller",
        "Café",
        "José Muñoz",
        "A · B",
        "Nguyen Van A · Lang Son",
        "10 m² ®",
        "© 2026",
        "Hoà",
    ],
)
@pytest.mark.parametrize("font", [None, "Times New Roman"])
def test_text_that_is_not_legacy_is_left_alone(text: str, font: str | None) -> None:
    assert decode(text, font) == (text, None)


@pytest.mark.parametrize("font", [".VnTime", "VNI-Times"])
def test_unicode_typed_in_a_cell_with_an_old_font_is_left_alone(font: str) -> None:
    assert decode(UNICODE, font) == (UNICODE, None)
    assert decode("Hoàng Toán", ".VnTime") == ("Hoàng Toán", None)


def test_the_font_decides_where_words_alone_do_not() -> None:
    assert decode("Tó", None) == ("Tó", None)
    assert decode("Tó", ".VnTime") == ("Tú", "tcvn3")
    assert decode("Thò", "VNI-Times") == ("Thị", "vni")


@given(st.text())
def test_any_text_is_decoded_without_an_error_and_plain_letters_stay(text: str) -> None:
    assert from_tcvn3(text).isascii() == text.isascii()
    plain = "".join(c for c in text if c.isascii())
    assert decode(plain, None) == (plain, None)


def test_pairs_written_by_others_are_decoded_alike() -> None:
    with shared("corpora", "text", "vietnamese", "charset_pairs.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    pairs = [(from_vni(row["vni"]), row["unicode"]) for row in rows if row["vni"]]
    pairs += [(from_tcvn3(row["tcvn3_as_latin1"]), row["unicode"]) for row in rows if row["tcvn3_as_latin1"]]
    assert len(pairs) >= 4
    assert [pair for pair in pairs if pair[0] != pair[1]] == []


def test_a_long_text_converted_by_iconv_is_recognised_and_decoded() -> None:
    folder = shared("corpora", "text", "vietnamese")
    unicode = (folder / "sample-unicode.txt").read_text(encoding="utf-8")
    legacy = (folder / "sample-unicode.tcvn5712.txt").read_bytes().decode("latin-1")
    assert len(legacy.splitlines()) == len(unicode.splitlines())
    same = [from_tcvn3(a) == b for a, b in zip(legacy.splitlines(), unicode.splitlines(), strict=True)]
    assert sum(same) / len(same) > 0.8


def test_names_of_the_merit_list_are_decoded_by_the_font_of_their_cells() -> None:
    truth = json.loads(shared("samples", "truth-2026-11.json").read_text(encoding="utf-8"))
    rows = truth["rosters"]["roster-ncc-2026-11.xls"]["rows"]
    book = xlrd.open_workbook(str(shared("samples", "roster-ncc-2026-11.xls")), formatting_info=True)
    sheet = book.sheet_by_index(0)
    wrong, unrecognised, mistaken = [], [], []
    for row in rows:
        cell = sheet.cell(row["row"] - 1, 1)
        font = book.font_list[book.xf_list[cell.xf_index].font_index].name
        typed, right = clean(cell.value, legacy=True), row["name"].casefold()
        name, encoding = decode(typed, font)
        wrong += [name] if name.casefold() != right or encoding != "tcvn3" else []
        alone, guessed = decode(typed, None)
        unrecognised += [typed] if guessed is None and alone.casefold() != right else []
        mistaken += [alone] if guessed and alone.casefold() != right else []
    assert len(rows) == 180
    assert (wrong, mistaken) == ([], [])
    assert unrecognised == ["BÕ Quang Tý"]
