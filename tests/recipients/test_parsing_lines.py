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
