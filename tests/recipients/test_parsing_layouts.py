"""Lists of other shapes than the samples, as offices draw them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from portal.recipients.parsing import Roster, read_roster
from tests.recipients.layouts import FIELDS, draw

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


HEAD = "STT,Họ và tên,Số CCCD,Số tiền"
ROW = "1,Nông Văn Thử,020050000456,810000"
# What stands in a list, and what of its first person is true.
UNDERSTOOD = {
    "family and given name in two columns": (
        "STT,Họ và tên đệm,Tên,Số CCCD\n1,Nông Văn,Thử,020050000456\n",
        {"full_name": "Nông Văn Thử"},
    ),
    "one word as a name in the second of two columns": (
        "Họ đệm,Tên,CCCD,Số tiền\n,K'Brêu,020050000456,810000\n",
        {"full_name": "K'Brêu", "amount": 810_000},
    ),
    "one heading over both columns of the name": (
        "STT,Họ và tên,,Số CCCD\n1,Nông Văn,Thử,020050000456\n2,Vi Thị,Dụ,020172000789\n",
        {"full_name": "Nông Văn Thử"},
    ),
    "day, month and year in three columns": (
        "STT,Họ và tên,Ngày sinh,,,CCCD\n,,Ngày,Tháng,Năm,\n1,Nông Văn Thử,2,1,1950,020050000456\n",
        {"birth_date": date(1950, 1, 2), "birth_precision": "day", "sex": None},
    ),
    "year alone, its day and month left open": (
        "Họ và tên,Ngày sinh,CCCD\nNông Văn Thử,__/__/1950,020050000456\n",
        {"birth_date": date(1950, 1, 1), "birth_precision": "year"},
    ),
    "marks in the columns of men and women": (
        "Họ và tên,Năm sinh,Giới tính,,CCCD\n,,Nam,Nữ,\nVi Thị Dụ,1972,,x,020172000789\n",
        {"sex": "female", "birth_precision": "year"},
    ),
    "marks in a column of women alone": (
        "Họ và tên,Nữ,CCCD\nNông Văn Thử,,020050000456\nVi Thị Dụ,x,020172000789\n",
        {"sex": "male"},
    ),
    "account and bank in one cell": (
        "Họ và tên,CCCD,Số tài khoản\nNông Văn Thử,020050000456,8412205000001 - Agribank\n",
        {"account_number": "8412205000001", "bank": "Agribank", "bank_bin": "970405"},
    ),
    "bank in the heading of the accounts": (
        "Họ và tên,CCCD,Số TK Agribank\nNông Văn Thử,020050000456,8412205000001\n",
        {"account_number": "8412205000001", "bank": "Agribank"},
    ),
    "amounts in thousands": (
        f"Đơn vị tính: nghìn đồng\n{HEAD}\n1,Nông Văn Thử,020050000456,810\n",
        {"amount": 810_000},
    ),
    "amounts in đồng in spite of a title": (
        f"Đơn vị tính: nghìn đồng\n{HEAD}\n{ROW}\n",
        {"amount": 810_000},
    ),
    "village in an address": (
        'Họ và tên,CCCD,Địa chỉ\nNông Văn Thử,020050000456,"Thôn Nà Pái, xã Bình Gia, tỉnh Lạng Sơn"\n',
        {"village": "Thôn Nà Pái"},
    ),
    "village in the heading and the commune as address": (
        "STT,Họ và tên,CCCD,Địa chỉ\nI,THÔN NÀ PÁI: 5 người,,\n1,Nông Văn Thử,020050000456,xã Bình Gia\n",
        {"village": "Thôn Nà Pái"},
    ),
    "villages under categories": (
        f"{HEAD}\nI. Người khuyết tật nặng\n1. Thôn Nà Pái\n{ROW}\n",
        {"category_key": "K6C", "village": "Thôn Nà Pái"},
    ),
    "representative in columns whose headings name him": (
        "Họ và tên,CCCD,Họ tên người nhận thay,Quan hệ,CCCD người nhận thay,SĐT NNT\n"
        "Nông Văn Thử,020050000456,Nông Thị Mẫu,con,020180000123,0912345678\n",
        {
            "full_name": "Nông Văn Thử",
            "citizen_id": "020050000456",
            "representative_name": "Nông Thị Mẫu",
            "representative_relation": "con",
            "representative_id": "020180000123",
            "representative_phone": "0912345678",
            "phone": None,
        },
    ),
    "dates and places of issue, days of decisions and ages": (
        "Họ và tên,Tuổi,Ngày cấp,Nơi cấp,CCCD,Ngày QĐ,Số QĐ,Tên chủ hộ\n"
        "Nông Văn Thử,76,01/01/2021,Cục CS,020050000456,02/02/2025,12/QĐ,Vi Văn Chủ\n",
        {"full_name": "Nông Văn Thử", "birth_date": None, "decision_no": "12/QĐ", "citizen_id": "020050000456"},
    ),
    "headings in English": (
        "No,Full name,Date of birth,Gender,ID number,Village,Arrears,,Total\n,,,,,,Months,Amount,\n"
        "1,Nông Văn Thử,02/01/1950,Male,020050000456,Thôn Mẫu,2,100000,910000\n",
        {"full_name": "Nông Văn Thử", "sex": "male", "village": "Thôn Mẫu", "arrears": 100_000, "total": 910_000},
    ),
    "abbreviated headings without accents": (
        "TT,HT,NS,SDDCN,DC,STK,NH,T.Tien\n1,Nông Văn Thử,1950,020050000456,Thôn Mẫu,8412205000001,VCB,810000\n",
        {"citizen_id": "020050000456", "village": "Thôn Mẫu", "bank": "Vietcombank", "total": 810_000},
    ),
    "births of men and of women side by side": (
        "Họ và tên,Năm sinh (Nam),Năm sinh (Nữ),CCCD\nVi Thị Dụ,,1972,020172000789\n",
        {"sex": "female", "birth_date": date(1972, 1, 1)},
    ),
    "village above the header": (
        f"DANH SÁCH CHI TRẢ,,,\nThôn Nà Pái,,,\n{HEAD}\n{ROW}\n",
        {"village": "Thôn Nà Pái"},
    ),
    "title that begins like a village": (
        f"BẢNG KÊ CHI TRẢ,,,\n{HEAD}\n{ROW}\n",
        {"village": None},
    ),
    "number with its day of issue, amount for a month": (
        f'{HEAD}\n1,Nông Văn Thử,"020050000456, cấp ngày 01/02/2021","810.000đ/tháng"\n',
        {"citizen_id": "020050000456", "amount": 810_000},
    ),
    "number in groups with zeros at its end": (
        f"{HEAD}\n1,Nông Văn Thử,020.050.123.000,810000\n",
        {"citizen_id": "020050123000", "old_id": None},
    ),
    "way of payment and names of parents": (
        "Họ và tên,CCCD,Hình thức chi trả,Họ tên cha,Noi sinh,Tổng tiền\nNông Văn Thử,020050000456,Tiền mặt,Nông A,Bình Gia,810000\n",
        {"full_name": "Nông Văn Thử", "total": 810_000, "birth_date": None},
    ),
    "people under the heading of those entitled": (
        "STT,Đối tượng,Năm sinh,Thôn,Số tiền\n1,Khuất Văn Thử,1950,Nà Pái,810000\n",
        {"full_name": "Khuất Văn Thử", "category": None},
    ),
    "list of the household's head": (
        "STT,Tên chủ hộ (cá nhân),Ngày sinh,Địa chỉ,Đối tượng,Hệ số,Số tiền\n"
        '1,Nông Văn Thử,02/01/1950,Thôn Mẫu,Người khuyết tật nặng,"1,5",810000\n',
        {"full_name": "Nông Văn Thử", "category_key": "K6C", "coefficient": 1.5, "amount": 810_000},
    ),
    "pay list of a village's software": (
        "STT,Họ tên,Năm sinh,Số quyết định hưởng,Số sổ lĩnh tiền,Tiền trợ cấp tháng này,Chưa trả tháng trước,,Tổng số tiền trợ cấp,Người nhận,\n"
        ",,,,,,Số tháng,Số tiền,,Ký,Họ tên\n"
        "1,Nông Văn Thử,1950,12/QĐ,S01,810.000,2,1.620.000,2.430.000,,Vi Thị Dụ\n",
        {"code": "S01", "decision_no": "12/QĐ", "arrears": 1_620_000, "representative_name": "Vi Thị Dụ"},
    ),
}


@pytest.mark.parametrize("case", UNDERSTOOD)
def test_layout_is_understood(case: str, read_csv: Callable[[str], Roster]) -> None:
    text, expected = UNDERSTOOD[case]
    row = read_csv(text).rows[0]
    assert {field: getattr(row, field) for field in expected} == expected
    assert [problem.code for problem in row.problems if problem.severity == "error"] == []


# Lines among the people, with the heading of a list before them.
NO_PEOPLE = (
    "Cộng trang,,,810000",
    "Mang sang,,,810000",
    "Lũy kế,,,810000",
    "Cộng thôn Nà Pái,,,810000",
    "Tổng Thôn Nà Pái,,,810000",
    "II,Người cao tuổi,,810000",
    ",Thôn Nà Pái: 5 người,,",
    "A,B,1,2",
    "(1),(2),(3),(4)",
    HEAD,
    '"Bằng chữ: Tám trăm mười nghìn đồng",,,',
    ",NGƯỜI LẬP BIỂU,,CHỦ TỊCH",
)


@pytest.mark.parametrize("line", NO_PEOPLE)
def test_line_is_no_person_and_people_below_it_are(line: str, read_csv: Callable[[str], Roster]) -> None:
    found = read_csv(f"{HEAD}\n{ROW}\n{line}\n2,Vi Thị Dụ,020172000789,540000\n")
    assert [row.full_name for row in found.rows] == ["Nông Văn Thử", "Vi Thị Dụ"]
    assert found.totals.computed["amount"] == 1_350_000


@pytest.mark.parametrize(
    ("heading", "code"),
    [("Đơn vị tính: nghìn đồng", "money_in_thousands"), ("", "money_small")],
)
def test_unit_of_amounts_is_told(heading: str, code: str, read_csv: Callable[[str], Roster]) -> None:
    found = read_csv(f"{heading}\n{HEAD}\n1,Nông Văn Thử,020050000456,810\n")
    assert code in {problem.code for problem in found.problems}


def test_one_amount_in_đồng_among_thousands_is_left_out_and_said(read_csv: Callable[[str], Roster]) -> None:
    people = "".join(f"{n},Nông Văn Thử,02005000045{n},810\n" for n in range(1, 6))
    row = read_csv(f"ĐVT: 1.000 đồng\n{HEAD}\n{people}6,Vi Thị Dụ,020172000789,540000\n").rows[5]
    assert row.amount is None
    assert "money_unreadable" in {problem.code for problem in row.problems}


def test_amount_of_the_month_that_the_title_names_is_taken_and_said(read_csv: Callable[[str], Roster]) -> None:
    found = read_csv(
        "Tháng 11 năm 2026\nHọ và tên,CCCD,Tháng 10/2026,Tháng 11/2026\nNông Văn Thử,020050000456,500000,540000\n"
    )
    assert found.rows[0].amount == 540_000
    assert "amount_of_one_month" in {problem.code for problem in found.problems}


def test_list_without_headings_is_known_by_what_stands_in_it(read_csv: Callable[[str], Roster]) -> None:
    found = read_csv(
        "1,Nông Văn Thử,02/01/1950,020050000456,Thôn Mẫu,540000,160000,700000\n"
        "2,Vi Thị Dụ,1972,020172000789,Thôn Mẫu,540000,,540000\n"
    )
    assert found.header_rows == ()
    assert [(row.full_name, row.citizen_id, row.village, row.amount, row.arrears, row.total) for row in found.rows] == [
        ("Nông Văn Thử", "020050000456", "Thôn Mẫu", 540_000, 160_000, 700_000),
        ("Vi Thị Dụ", "020172000789", "Thôn Mẫu", 540_000, 0, 540_000),
    ]
    assert "headings_missing" in {problem.code for problem in found.problems}


def test_village_in_a_merged_cell_is_that_of_all_its_people(read: Read) -> None:
    book = openpyxl.Workbook()
    page = page_of(book)
    people = [[n, f"Nông Văn Thử {n}".rstrip("0123456789 "), f"02005000045{n}", None] for n in range(1, 5)]
    people[0][3], people[3][3] = "Thôn Mẫu", "Thôn Hai"
    put(page, [["STT", "Họ và tên", "CCCD", "Thôn"], *people])
    page.merge_cells("D2:D4")
    assert [row.village for row in read(book).rows] == ["Thôn Mẫu"] * 3 + ["Thôn Hai"]


def test_sheets_of_one_shape_for_each_village_are_one_list(read: Read) -> None:
    book = openpyxl.Workbook()
    head = ["STT", "Họ và tên", "CCCD", "Số tiền"]
    put(page_of(book), [head, [1, *PEOPLE[0]], ["Tổng cộng", None, None, 810_000]])
    page_of(book).title = "Nà Pái"
    put(book.create_sheet("THÔN HAI"), [head, [1, *PEOPLE[1]], ["Tổng cộng", None, None, 540_000]], (3, 2))
    put(book.create_sheet("Giảm"), [head, [1, "Lý Thị Bỏ", "020172000111", 1]])
    found = read(book)
    assert [(row.cell, row.full_name, row.village) for row in found.rows] == [
        ("Nà Pái!A2", PEOPLE[0][0], "Nà Pái"),
        ("THÔN HAI!B4", PEOPLE[1][0], "Thôn Hai"),
    ]
    assert {problem.code: dict(problem.detail) for problem in found.problems} == {
        "sheets_joined": {"sheets": "Nà Pái, THÔN HAI", "count": 2},
        "other_sheets": {"sheet": "Nà Pái, THÔN HAI", "others": "Giảm"},
    }


def test_sheets_of_two_months_are_not_one_list(read: Read) -> None:
    book = openpyxl.Workbook()
    head = ["STT", "Họ và tên", "CCCD", "Số tiền"]
    for month in (10, 11):
        put(book.create_sheet(f"T{month}"), [head, *([n, *person] for n, person in enumerate(PEOPLE, 1))])
    assert len(read(book).rows) == len(PEOPLE)


# Doubts that a layout may raise beside those that it draws on purpose.
CHANCE = {"same_name_and_birth", "duplicate_old_id", "agribank_not_13_digits", "one_representative", "duplicate_person"}


@pytest.mark.parametrize("more", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_every_field_of_a_drawn_list_is_true_or_said_to_be_in_doubt(seed: int, more: bool, tmp_path: Path) -> None:
    drawn = draw(seed, tmp_path, count=8, more=more)
    found = read_roster(drawn.path, drawn.path.name)
    rows = found.rows
    assert "total_mismatch" not in {problem.code for problem in found.problems if more}
    assert [row.full_name.casefold() for row in rows if row.full_name] == [
        truth["full_name"].casefold() for truth in drawn.expected
    ]
    for row, truth, doubts in zip(rows, drawn.expected, drawn.doubts, strict=True):
        told = {problem.code for problem in row.problems}
        assert told - doubts <= CHANCE, (row.cell, drawn.said)
        got = {field: getattr(row, field) for field in FIELDS}
        assert _comparable(got) == _comparable(truth), (row.cell, drawn.said)


def _comparable(row: dict[str, Any]) -> dict[str, Any]:
    """Capitals do not count, nothing owed is 0 or unknown."""
    plain = {field: value.casefold() if isinstance(value, str) else value for field, value in row.items()}
    return plain | {field: plain[field] or None for field in ("allowance", "arrears")}
