"""Lists of other shapes than the samples, as offices draw them."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from portal.recipients.parsing import Roster, read_roster

PEOPLE = [("Nông Văn Thử", "020050000456", 810_000), ("Vi Thị Ví Dụ", "020172000789", 540_000)]
Read = Callable[..., Roster]


def page_of(book: openpyxl.Workbook) -> Worksheet:
    page = book.active
    assert isinstance(page, Worksheet)
    return page


def put(page: Worksheet, rows: Iterable[Sequence[Any]], at: tuple[int, int] = (1, 1)) -> None:
    for row, values in enumerate(rows, start=at[0]):
        for column, value in enumerate(values, start=at[1]):
            if value is not None:
                page[f"{get_column_letter(column)}{row}"] = value


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def save_and_read(book: openpyxl.Workbook, mapping: dict[str, str | None] | None = None) -> Roster:
        path = tmp_path / "danh sách.xlsx"
        book.save(path)
        return read_roster(path, path.name, mapping)

    return save_and_read


@pytest.fixture
def read_csv(tmp_path: Path) -> Callable[[str], Roster]:
    def write_and_read(text: str) -> Roster:
        path = tmp_path / "a.csv"
        path.write_text(text, encoding="utf-8")
        return read_roster(path, path.name)

    return write_and_read


def test_three_levels_of_merged_headings_are_one_header(read: Read) -> None:
    book = openpyxl.Workbook()
    page = page_of(book)
    put(
        page,
        [["DANH SÁCH CHI TRẢ"], [], ["STT", "Thông tin đối tượng", None, None, None, "Số tiền (đồng)", None, None]],
    )
    put(page, [[None, "Họ và tên", "Năm sinh", None, "Số CCCD", "Trợ cấp", "Truy lĩnh", None]], (4, 1))
    put(page, [[None, None, "Nam", "Nữ", None, None, "Số tháng", "Số tiền"]], (5, 1))
    put(page, [[f"({n})" for n in range(1, 9)]], (6, 1))
    put(page, [[1, "Nông Văn Thử", 1950, None, "020050000456", 810_000, 2, 100_000]], (7, 1))
    put(page, [[2, "Vi Thị Ví Dụ", None, "20/10/1972", "020172000789", 540_000, None, None]], (8, 1))
    for area in ("A1:H1", "A3:A5", "B3:E3", "F3:H3", "B4:B5", "C4:D4", "E4:E5", "F4:F5", "G4:H4"):
        page.merge_cells(area)
    found = read(book)
    assert found.header_rows == (3, 4, 5)
    assert [(row.full_name, row.sex, row.birth_precision, row.amount, row.arrears) for row in found.rows] == [
        ("Nông Văn Thử", "male", "year", 810_000, 100_000),
        ("Vi Thị Ví Dụ", "female", "day", 540_000, 0),
    ]
    assert found.columns["arrears"] == "Số tiền (đồng) / Truy lĩnh / Số tiền"


def test_table_far_down_and_right_is_found(read: Read) -> None:
    book = openpyxl.Workbook()
    page = page_of(book)
    put(page, [["ỦY BAN NHÂN DÂN XÃ MẪU"], ["Kính gửi: Phòng Văn hóa - Xã hội"]])
    put(page, [["TT", "Họ tên", "CCCD", "Số tiền"]], (20, 4))
    put(page, [[n, *person] for n, person in enumerate(PEOPLE, 1)], (21, 4))
    found = read(book)
    assert [(row.cell, row.full_name, row.citizen_id, row.amount) for row in found.rows] == [
        ("D21", *PEOPLE[0]),
        ("D22", *PEOPLE[1]),
    ]


def test_cells_of_a_table_below_empty_rows_and_columns_keep_their_names(read: Read) -> None:
    book = openpyxl.Workbook()
    page = page_of(book)
    put(page, [["TT", "Ngày sinh", None, "Họ tên"], [None, "Nam", "Nữ", None], [1, None, 1950, "Vi Thị Ví Dụ"]], (5, 3))
    for area in ("C5:C6", "D5:E5", "F5:F6"):
        page.merge_cells(area)
    found = read(book)
    assert found.header_rows == (5, 6)
    assert [(row.cell, row.full_name, row.sex) for row in found.rows] == [("C7", "Vi Thị Ví Dụ", "female")]


def test_columns_in_reverse_order_are_known_by_their_headings(read: Read) -> None:
    book = openpyxl.Workbook()
    put(page_of(book), [["Ghi chú", "Tổng tiền", "Thôn", "Số định danh cá nhân", "Họ và tên", "STT"]])
    put(page_of(book), [["x", 810_000, "Thôn Mẫu", "020050000456", "Nông Văn Thử", 1]], (2, 1))
    row = read(book).rows[0]
    assert (row.full_name, row.citizen_id, row.village, row.total, row.note) == (
        "Nông Văn Thử",
        "020050000456",
        "Thôn Mẫu",
        810_000,
        "x",
    )


def test_names_and_amounts_alone_are_a_list(read: Read) -> None:
    book = openpyxl.Workbook()
    put(page_of(book), [["Họ và tên", "Số tiền"], *[(name, amount) for name, _, amount in PEOPLE], ["Cộng", 1_350_000]])
    found = read(book)
    assert [(row.full_name, row.amount) for row in found.rows] == [(name, amount) for name, _, amount in PEOPLE]
    assert found.totals.stated == {"amount": 1_350_000}
    assert found.problems == ()


def test_family_names_that_look_like_sums_and_villages_are_people(read: Read) -> None:
    book = openpyxl.Workbook()
    names = ["Tống Văn Một", "Bàn Thị Hai", "Tô Văn Ba", "Lang Thị Bốn", "Công Văn Năm"]
    put(page_of(book), [["Họ và tên", "Số tiền"], *[(name, 540_000) for name in names], ["Tổng cộng", 2_700_000]])
    found = read(book)
    assert [row.full_name for row in found.rows] == names
    assert found.totals.stated == {"amount": 2_700_000}


def test_longer_list_of_two_sheets_is_chosen_and_the_other_named(read: Read) -> None:
    book = openpyxl.Workbook()
    put(page_of(book), [["Họ và tên", "Số tiền"], ["Nông Văn Thử", 1]])
    page_of(book).title = "Cũ"
    put(book.create_sheet("Tháng này"), [["STT", "Họ và tên", "CCCD", "Số tiền"], *[(1, *person) for person in PEOPLE]])
    hidden = book.create_sheet("Nháp")
    put(hidden, [["STT", "Họ và tên", "CCCD", "Số tiền"], *[(1, *person) for person in PEOPLE * 3]])
    hidden.sheet_state = "hidden"
    found = read(book)
    assert found.sheet == "Tháng này"
    assert [problem.detail for problem in found.problems if problem.code == "other_sheets"] == [
        {"sheet": "Tháng này", "others": "Cũ, Nháp"}
    ]


def test_header_repeated_on_every_page_is_no_person(read: Read) -> None:
    book = openpyxl.Workbook()
    header = ["STT", "Họ và tên", "CCCD", "Số tiền"]
    put(page_of(book), [header, [1, *PEOPLE[0]], [], header, ["(1)", "(2)", "(3)", "(4)"], [2, *PEOPLE[1]]])
    assert [row.full_name for row in read(book).rows] == [name for name, _, _ in PEOPLE]


def test_other_persons_columns_are_not_the_recipients(read: Read) -> None:
    book = openpyxl.Workbook()
    page = page_of(book)
    put(page, [["STT", "Họ và tên", "CCCD", "Số tiền", "Người nhận thay", None, None, None]])
    put(page, [[None, None, None, None, "Họ và tên", "Quan hệ", "CCCD", "Số điện thoại"]], (2, 1))
    put(page, [[1, *PEOPLE[0], "Nông Thị Mẫu", "con", "020180000123", "0912 345 678"]], (3, 1))
    for area in ("A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:H1"):
        page.merge_cells(area)
    row = read(book).rows[0]
    assert (row.full_name, row.citizen_id) == PEOPLE[0][:2]
    assert row.representative_name == "Nông Thị Mẫu"
    assert row.representative_relation == "con"
    assert (row.representative_id, row.representative_phone) == ("020180000123", "0912345678")


def test_groups_may_be_categories_and_state_their_sum_in_the_heading(read: Read) -> None:
    book = openpyxl.Workbook()
    page = page_of(book)
    put(page, [["STT", "Họ và tên", "CCCD", "Thôn", "Số tiền"], ["I", "Người khuyết tật nặng", None, None, 810_000]])
    put(
        page,
        [[1, "Nông Văn Thử", "020050000456", "Thôn Mẫu", 810_000], ["II", "Người đơn thân nghèo đang nuôi con"]],
        (3, 1),
    )
    put(
        page,
        [[1, "Vi Thị Ví Dụ", "020172000789", "T. Mẫu", 540_000], ["Tổng cộng", None, None, None, 1_400_000]],
        (5, 1),
    )
    found = read(book)
    assert [(row.category, row.category_key, row.village) for row in found.rows] == [
        ("Người khuyết tật nặng", "K6C", "Thôn Mẫu"),
        ("Người đơn thân nghèo đang nuôi con", "K4", "Thôn Mẫu"),
    ]
    assert [(group.label, group.totals.stated) for group in found.groups] == [
        ("Người khuyết tật nặng", {"amount": 810_000})
    ]
    assert [(problem.code, problem.cell, dict(problem.detail)) for problem in found.problems] == [
        ("total_mismatch", "E6", {"stated": 1_400_000, "computed": 1_350_000})
    ]


def test_mapping_of_the_officer_outweighs_the_words(read: Read) -> None:
    book = openpyxl.Workbook()
    put(page_of(book), [["STT", "Ai", "Số giấy", "Tiền A", "Tiền B", "Ghi chú"]])
    put(page_of(book), [[1, "Nông Văn Thử", "020050000456", 1, 810_000, "x"]], (2, 1))
    assert read(book).rows[0].amount == 1
    mapping = {"full_name": "Ai", "citizen_id": "C", "amount": "Tiền B", "note": None}
    found = read(book, mapping)
    row = found.rows[0]
    assert (row.full_name, row.citizen_id, row.amount, row.note) == ("Nông Văn Thử", "020050000456", 810_000, None)
    assert read(book, dict(found.columns) | {"note": None}).rows == found.rows


def test_two_level_header_of_a_text_file_has_no_merged_cells(read_csv: Callable[[str], Roster]) -> None:
    found = read_csv(
        "STT;Họ và tên;Ngày sinh;;Số tiền;;\n;;Nam;Nữ;Trợ cấp;Truy lĩnh;Tổng cộng\n"
        "1;Nông Văn Thử;01/02/1950;;540.000;160.000;700.000\n2;Vi Thị Ví Dụ;;1972;540.000;;540.000\n"
    )
    assert [(row.sex, row.amount, row.arrears, row.total) for row in found.rows] == [
        ("male", 540_000, 160_000, 700_000),
        ("female", 540_000, 0, 540_000),
    ]


def test_what_cannot_be_read_keeps_its_row_and_names_its_cell(read_csv: Callable[[str], Roster]) -> None:
    found = read_csv(
        "STT,Họ và tên,Ngày sinh,CCCD,Số tiền,Số tài khoản,Ngân hàng\n"
        "1,Nông Văn Thử,31/02/1950,12345,tám trăm,84122,Ngân hàng Sao Hỏa\n2,,1950,020050000456,540000,,\n"
    )
    first, second = found.rows
    assert {(problem.code, problem.cell) for problem in first.problems} == {
        ("birth_unreadable", "C2"),
        ("id_wrong_length", "D2"),
        ("money_unreadable", "E2"),
        ("bank_unknown", "G2"),
        ("account_format", "F2"),
    }
    assert first.raw["amount"] == "tám trăm"
    assert ("name_missing", "B3") in {(problem.code, problem.cell) for problem in second.problems}


def test_lost_zero_of_a_wallets_phone_number_is_restored_as_a_guess(read: Read) -> None:
    book = openpyxl.Workbook()
    put(
        page_of(book),
        [["Họ và tên", "Số tiền", "Số tài khoản", "Ngân hàng"], ["Nông Văn Thử", 1, 912345678, "Viettel Money"]],
    )
    row = read(book).rows[0]
    assert (row.account_number, row.guesses) == ("0912345678", {"account_number"})


def test_sum_that_differs_from_its_parts_is_told(read_csv: Callable[[str], Roster]) -> None:
    found = read_csv("Họ và tên,Trợ cấp,Truy lĩnh,Tổng cộng\nNông Văn Thử,540000,160000,600000\n")
    assert [dict(problem.detail) for problem in found.rows[0].problems if problem.code == "total_not_sum"] == [
        {"stated": 600_000, "computed": 700_000}
    ]
