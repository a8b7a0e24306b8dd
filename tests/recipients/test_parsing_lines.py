"""What each line of a list is: a person though half of it is missing, a heading, a sum, or more of the line above."""

from collections.abc import Callable
from pathlib import Path

import pytest

from portal.recipients.parsing import Roster, read_roster

ReadText = Callable[[str], Roster]
HEAD = "Mã đối tượng,Họ và tên,Ngày sinh,CCCD,Địa chỉ,Số tiền,Ghi chú"
FIRST = "BG001,Nông Văn Thử,02/01/1950,020050000456,Thôn Mẫu,810000,"
LAST = "BG009,Vi Thị Dụ,03/04/1972,020172000789,Thôn Mẫu,540000,"


@pytest.fixture
def read_csv(tmp_path: Path) -> ReadText:
    def write_and_read(text: str) -> Roster:
        path = tmp_path / "a.csv"
        path.write_text(text, encoding="utf-8")
        return read_roster(path, path.name)

    return write_and_read


@pytest.mark.parametrize(
    "line",
    [
        "BG002,,,,,540000,",
        "BG002,,03/04/1972,,Thôn Mẫu,,",
        ",,,020172000123,,540000,",
        ",,03/04/1972,,Thôn Mẫu,540.000đ,",
        ",,03/04/1972,020172000123,,,",
        "BG002,-,,,Thôn Mẫu,540000,nghỉ",
    ],
)
@pytest.mark.parametrize("end", ["", "Tổng cộng,,,,,1890000,\n"])
def test_line_of_a_person_without_name_is_a_row_that_says_so(line: str, end: str, read_csv: ReadText) -> None:
    found = read_csv(f"{HEAD}\n{FIRST}\n{end}{line}\n{LAST}\n")
    assert [row.row for row in found.rows] == [2, 3 + bool(end), 4 + bool(end)]
    assert ("name_missing", f"B{3 + bool(end)}") in {(each.code, each.cell) for each in found.rows[1].problems}
    assert found.notes == ()


@pytest.mark.parametrize(
    "line",
    [
        "Cộng,,,,,810000,",
        "Cộng: 12 người,,,,,810000,",
        ",,,,,810000,",
        "Tổng cộng,,12,,,810000,",
        ",Tổng cộng,12,,,810000,",
        "I,,,,,810000,",
        "(1),(2),(3),(4),(5),(6),(7)",
        ",,,,ngày 20 tháng 10 năm 2026,,",
        ",,,,,,Danh sách có 12 người",
        "Ghi chú: từ 01/07/2026 mức 540000,,,,,,",
    ],
)
def test_line_without_name_that_tells_of_no_single_person_is_none(line: str, read_csv: ReadText) -> None:
    found = read_csv(f"{HEAD}\n{FIRST}\n{line}\n{LAST}\n")
    assert [row.full_name for row in found.rows] == ["Nông Văn Thử", "Vi Thị Dụ"]


NUMBERED = "STT,Họ và tên,CCCD,Địa chỉ,Số tiền,Người nhận thay,Ghi chú"
# Lines under the first person, and what is true of the person then; with None they are no part of the row.
BELOW = {
    ',,,"xã Bình Gia, tỉnh Lạng Sơn",,,': {"village": "Thôn Mẫu", "note": "hộ nghèo"},
    ",,,Thôn Nà Pái,,,": None,
    ",,,,,,đã chuyển nơi ở": {"note": "hộ nghèo\nđã chuyển nơi ở"},
    ",,,,,,Nhận tiền mặt": {"note": "hộ nghèo\nNhận tiền mặt"},
    ",(đã chuyển về thôn 3),,,,,": {"full_name": "Nông Văn Thử", "note": "hộ nghèo\n(đã chuyển về thôn 3)"},
    ",,,,,(con gái),": {"representative_name": "Nông Thị Mẫu", "representative_relation": "con gái"},
    ",,,,,ĐT: 0912345678,": {"representative_name": "Nông Thị Mẫu", "representative_phone": "0912345678"},
    ",,,xã Bình Gia,,(con),": {"village": "Thôn Mẫu", "representative_relation": "con"},
    ",,,,,,Ghi chú: danh sách gồm 2 người": None,
    ",,,,,Vi Thị Khác,": None,
    "Người lập biểu,,,,,,": None,
}


@pytest.mark.parametrize("line", BELOW)
def test_second_line_of_a_person_is_joined_where_it_is_unmistakable_and_never_lost(
    line: str, read_csv: ReadText
) -> None:
    found = read_csv(
        f"{NUMBERED}\n1,Nông Văn Thử,020050000456,Thôn Mẫu,810000,Nông Thị Mẫu,hộ nghèo\n{line}\n"
        "2,Vi Thị Dụ,020172000789,Thôn Hai,540000,,\n"
    )
    assert [row.full_name for row in found.rows] == ["Nông Văn Thử", "Vi Thị Dụ"]
    row, expected = found.rows[0], BELOW[line]
    joined = [problem for problem in row.problems if problem.code == "line_joined"]
    if expected is None:
        assert joined == []
        assert [cell for cell, _ in found.notes] in (["A3"], ["D3"], ["F3"], ["G3"], [])
        return
    assert {field: getattr(row, field) for field in expected} == expected
    assert {(problem.cell or "")[1:] for problem in joined} == {"3"}
    assert row.guesses
    assert found.notes == ()
    assert not found.rows[1].guesses


def test_address_that_goes_on_below_a_comma_is_no_heading_of_a_village(read_csv: ReadText) -> None:
    found = read_csv(
        f'{NUMBERED}\n1,Nông Văn Thử,020050000456,"Số 5, đường Hùng Vương,",810000,,\n,,,Thôn Mẫu,,,\n'
        "2,Vi Thị Dụ,020172000789,,540000,,\n"
    )
    assert [row.village for row in found.rows] == ["Thôn Mẫu", None]


TITLED = ["Ông Nông Văn Thử", "Bà Vi Thị Dụ", "Cụ Lý Thị Mẫu", "Bà Hứa Thị Ba"]
# Names of a list, and how they are read.
NAMES: dict[str, tuple[list[str], list[str]]] = {
    "most with a title": (TITLED, ["Nông Văn Thử", "Vi Thị Dụ", "Lý Thị Mẫu", "Hứa Thị Ba"]),
    "capitals": (["ÔNG NÔNG VĂN THỬ", "BÀ VI THỊ DỤ"], ["Nông Văn Thử", "Vi Thị Dụ"]),
    "both words in one": (["Ông (Bà): Nông Văn Thử", "Ông/Bà: Vi Thị Dụ"], ["Nông Văn Thử", "Vi Thị Dụ"]),
    "without accents": (
        ["Ong Nong Van Thu", "Ba Vi Thi Du", "Cu Ly Thi Mau"],
        ["Nong Van Thu", "Vi Thi Du", "Ly Thi Mau"],
    ),
    "with a full stop": (["Ông. Nông Văn Thử", "Bà.Vi Thị Dụ"], ["Nông Văn Thử", "Vi Thị Dụ"]),
    "a few, of both kinds": (
        ["Nông Văn Thử", "Ông Lý Văn Mẫu", "Bà Vi Thị Dụ", "Hứa Thị Ba", "Tô Văn Tư", "Ông Thị Lan"],
        ["Nông Văn Thử", "Lý Văn Mẫu", "Vi Thị Dụ", "Hứa Thị Ba", "Tô Văn Tư", "Ông Thị Lan"],
    ),
    "family name Ông": (["Ông Văn Tú", "Nông Văn Thử", "Vi Thị Dụ"], ["Ông Văn Tú", "Nông Văn Thử", "Vi Thị Dụ"]),
    "family names Ong and Cụ": (
        ["Ong Thế Vinh", "Cụ Văn Ba", "Nông Văn Thử", "Vi Thị Dụ", "Bà Lý Thị Mẫu", "Hứa Thị Ba"],
        ["Ong Thế Vinh", "Cụ Văn Ba", "Nông Văn Thử", "Vi Thị Dụ", "Bà Lý Thị Mẫu", "Hứa Thị Ba"],
    ),
    "names of two words": (["Ông Thử", "Bà Dụ"], ["Ông Thử", "Bà Dụ"]),
}


@pytest.mark.parametrize("case", NAMES)
def test_title_before_a_name_is_taken_off_where_the_list_uses_titles(case: str, read_csv: ReadText) -> None:
    names, expected = NAMES[case]
    rows = "".join(f"{n},{name},02005000{n:04d},810000\n" for n, name in enumerate(names, 1))
    found = read_csv(f"STT,Họ và tên,CCCD,Số tiền\n{rows}")
    assert [row.full_name for row in found.rows] == expected
    for row, name, read in zip(found.rows, names, expected, strict=True):
        changed = name.casefold() != read.casefold()
        assert row.raw["full_name"] == name
        assert ("full_name" in row.guesses) is changed
        assert [problem.code for problem in row.problems if problem.field == "full_name"] == ["name_guessed"] * changed


ACCOUNTS = "STT,Họ và tên,Năm sinh,Mức hưởng,Số tài khoản,Ngân hàng\n"


def accounts(read_csv: ReadText, *numbers: str, bank: str = "LPBank") -> list[str | None]:
    lines = [f"{at},Vi Văn {at * 'A'},1950,540000,{number},{bank}\n" for at, number in enumerate(numbers, 1)]
    return [row.account_number for row in read_csv(ACCOUNTS + "".join(lines)).rows]


def test_zeros_that_a_number_has_lost_are_those_of_the_banks_other_accounts(read_csv: ReadText) -> None:
    found = accounts(read_csv, "069744474344", "010139582091", "94585620502", "8733083215", "145856205021")
    assert found == ["069744474344", "010139582091", "094585620502", "008733083215", "145856205021"]
    row = read_csv(
        f"{ACCOUNTS}1,Vi A,1950,540000,012345678,NCB\n2,Vi B,1950,540000,045678912,NCB\n3,Vi C,1950,540000,12345678,NCB\n"
    ).rows[2]
    (problem,) = [each for each in row.problems if each.code == "account_zeros_guessed"]
    assert row.guesses == {"account_number"} and row.raw["account_number"] == "12345678"
    assert problem.cell == "E4" and problem.severity == "warning" and problem.detail["read"] == "012345678"


@pytest.mark.parametrize(
    "numbers",
    [
        ("069744474344", "94585620502"),  # one account tells too little
        ("069744474344", "01013958209", "9458562050"),  # its accounts are not equally long
        ("069744474344", "010139582091", "1458562050213", "94585620502"),  # longer ones exist
        ("069744474344", "010139582091", "94585"),  # too much is missing
    ],
)
def test_no_zeros_are_put_before_a_number_that_may_be_whole(read_csv: ReadText, numbers: tuple[str, ...]) -> None:
    assert accounts(read_csv, *numbers) == list(numbers)
