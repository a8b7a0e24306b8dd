"""Several tables one below the other on a sheet: each by its own headings, each sum against its own rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from portal.recipients.parsing import Roster, read_roster

Read = Callable[..., Roster]
HEAD = ["STT", "Họ và tên", "CCCD", "Số tiền"]
ONE = [[1, "Nông Văn Thử", "020050000456", 810_000], [2, "Vi Thị Ví Dụ", "020172000789", 540_000]]
OTHER_HEAD = ["TT", "CCCD", "Họ tên", "Năm sinh", "Truy lĩnh", "Mức hưởng", "Tổng cộng"]
TWO = [[1, "020160000111", "Lý Thị Mẫu", 1960, 160_000, 540_000, 700_000]]
EXPECTED = [("Nông Văn Thử", 810_000, None), ("Vi Thị Ví Dụ", 540_000, None), ("Lý Thị Mẫu", 540_000, 160_000)]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def save_and_read(*sheets: list[list[Any]], mapping: dict[str, str | None] | None = None) -> Roster:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for number, rows in enumerate(sheets, 1):
            page = book.create_sheet(f"Thôn {number}")
            for row in rows:
                page.append(row)
        path = tmp_path / "a.xlsx"
        book.save(path)
        return read_roster(path, path.name, mapping)

    return save_and_read


def told(found: Roster) -> list[tuple[str, str | None, Any, Any]]:
    return [(each.code, each.cell, each.detail.get("stated"), each.detail.get("computed")) for each in found.problems]


def stacked(*, first: int = 1_350_000, second: int = 540_000, grand: int | None = None) -> list[list[Any]]:
    rows: list[list[Any]] = [
        ["UBND XÃ MẪU"],
        ["I. DANH SÁCH NGƯỜI KHUYẾT TẬT"],
        HEAD,
        *ONE,
        ["Tổng cộng", None, None, first],
        ["Người lập biểu"],
        ["Nông Văn Lập"],
        ["UBND XÃ MẪU"],
        ["II. DANH SÁCH NGƯỜI CAO TUỔI"],
        OTHER_HEAD,
        *TWO,
        ["Tổng cộng", None, None, None, 160_000, second, second + 160_000],
    ]
    return rows if grand is None else [*rows, ["Tổng cộng (I + II)", *[None] * 4, grand]]


def test_second_table_is_read_by_its_own_headings(read: Read) -> None:
    found = read(stacked())
    assert [(row.full_name, row.amount, row.arrears) for row in found.rows] == EXPECTED
    assert [row.citizen_id for row in found.rows] == ["020050000456", "020172000789", "020160000111"]
    assert (found.rows[2].total, found.rows[2].cell, found.rows[2].row) == (700_000, "A12", 12)
    assert [row.category for row in found.rows] == [None] * 3
    assert found.header_rows == (3,)
    assert {"arrears", "birth_date"} <= found.columns.keys()
    assert told(found) == []
    assert [text for _, text in found.notes if text in ("Nông Văn Lập", "II. DANH SÁCH NGƯỜI CAO TUỔI")] != []


def test_total_of_a_table_is_that_of_its_own_rows(read: Read) -> None:
    found = read(stacked(second=640_000))
    assert told(found) == [
        ("total_mismatch", "F13", 640_000, 540_000),
        ("total_mismatch", "G13", 800_000, 700_000),
    ]
    assert [(group.cell, group.totals.stated["amount"]) for group in found.groups] == [
        ("A6", 1_350_000),
        ("A13", 640_000),
    ]


@pytest.mark.parametrize("grand", [1_890_000, 1_990_000])
def test_last_total_is_that_of_all_tables(grand: int, read: Read) -> None:
    found = read(stacked(grand=grand))
    wrong = [("total_mismatch", "F14", grand, 1_890_000)] if grand != 1_890_000 else []
    assert [(code, stated, computed) for code, _, stated, computed in told(found)] == [
        (code, stated, computed) for code, _, stated, computed in wrong
    ]
    assert found.totals.stated["amount"] == grand
    assert found.totals.computed["amount"] == 1_890_000


def test_tables_of_one_shape_have_totals_of_their_own(read: Read) -> None:
    second = [[1, "Lý Thị Mẫu", "020160000111", 540_000]]
    rows = [HEAD, *ONE, ["Tổng cộng", None, None, 1_350_000], ["Thôn Hai"], HEAD, *second]
    found = read([*rows, ["Tổng cộng", None, None, 540_000]])
    assert told(found) == []
    assert [row.village for row in found.rows] == [None, None, "Thôn Hai"]
    assert found.totals.stated["amount"] == 1_890_000
    found = read([*rows, ["Tổng cộng", None, None, 550_000]])
    assert told(found) == [("total_mismatch", "D8", 550_000, 540_000)]
    assert told(read([*rows, ["Tổng cộng", None, None, 1_890_000]])) == []


def test_people_added_below_the_only_total_are_missed_by_it(read: Read) -> None:
    found = read([HEAD, ONE[0], ["Tổng cộng", None, None, 810_000], ONE[1]])
    assert told(found) == [("total_mismatch", "D3", 810_000, 1_350_000)]


def test_total_above_the_people_of_its_table_is_theirs(read: Read) -> None:
    rows = [HEAD, ["Tổng cộng", None, None, 1_350_000], *ONE, OTHER_HEAD]
    rows += [["Tổng cộng", None, None, None, 160_000, 540_000, 700_000], *TWO]
    assert told(read(rows)) == []


def test_table_with_fewer_columns_above_a_wider_one_is_not_lost(read: Read) -> None:
    found = read([["Họ và tên", "Số tiền"], ["Nông Văn Thử", 810_000], ["Cộng", 810_000], [], OTHER_HEAD, *TWO])
    assert [(row.full_name, row.amount) for row in found.rows] == [("Nông Văn Thử", 810_000), ("Lý Thị Mẫu", 540_000)]


def test_villages_and_categories_above_each_table_are_those_of_its_people(read: Read) -> None:
    found = read(
        [
            ["A. Người khuyết tật nặng"],
            HEAD,
            *ONE,
            ["Thôn Hai"],
            ["B. Người đơn thân nghèo đang nuôi con"],
            OTHER_HEAD,
            *TWO,
        ]
    )
    assert [(row.category_key, row.village) for row in found.rows] == [
        ("K6C", None),
        ("K6C", None),
        ("K4", "Thôn Hai"),
    ]


def test_list_of_others_below_is_no_part_of_it(read: Read) -> None:
    heads = [["STT", "Họ và tên trưởng thôn", "Số điện thoại"], [1, "Hứa Văn Trưởng", "0912345678"]]
    found = read([HEAD, *ONE, ["Tổng cộng", None, None, 1_350_000], *heads])
    assert [row.full_name for row in found.rows] == ["Nông Văn Thử", "Vi Thị Ví Dụ"]
    assert any("Hứa Văn Trưởng" in text for _, text in found.notes)


def test_sums_of_villages_below_a_list_are_no_people(read: Read) -> None:
    summary = [["STT", "Thôn", "Số người", "Số tiền"], [1, "Nà Pái", 2, 1_350_000], ["Cộng", None, 2, 1_350_000]]
    found = read([HEAD, *ONE, ["Tổng cộng", None, None, 1_350_000], [], ["TỔNG HỢP THEO THÔN"], *summary])
    assert [row.full_name for row in found.rows] == ["Nông Văn Thử", "Vi Thị Ví Dụ"]
    assert told(found) == []


def test_sheets_of_two_tables_each_are_one_list(read: Read) -> None:
    def sheet(number: int) -> list[list[Any]]:
        one = [[*each[:2], f"{each[2][:-1]}{number}", each[3]] for each in ONE]
        two = [[1, f"02016000011{number + 2}", f"Lý Thị {'Mẫu' if number == 1 else 'Ba'}", *TWO[0][3:]]]
        return [HEAD, *one, OTHER_HEAD, *two, ["Tổng cộng", None, None, None, 160_000, 540_000, 700_000]]

    found = read(sheet(1), sheet(2))
    assert [row.amount for row in found.rows] == [810_000, 540_000, 540_000] * 2
    assert [row.village for row in found.rows] == ["Thôn 1"] * 3 + ["Thôn 2"] * 3
    assert [row.cell for row in found.rows] == [f"Thôn {n}!A{row}" for n in (1, 2) for row in (2, 3, 5)]
    assert len({row.row for row in found.rows}) == 6


def test_mapping_of_the_officer_holds_in_each_table_that_has_its_headings(read: Read) -> None:
    mapping: dict[str, str | None] = {"full_name": "Họ và tên", "amount": "Số tiền", "citizen_id": "CCCD", "note": None}
    found = read(stacked(), mapping=mapping)
    assert [(row.full_name, row.amount, row.arrears) for row in found.rows] == EXPECTED
    again = read(stacked(), mapping=dict(found.columns) | {"note": None})
    assert again.rows == found.rows


def test_second_table_of_one_shape_may_alone_have_a_total(read: Read) -> None:
    second = [[1, "Lý Thị Mẫu", "020160000111", 540_000]]
    rows = [HEAD, *ONE, ["DANH SÁCH BỔ SUNG"], HEAD, *second]
    assert told(read([*rows, ["Tổng cộng", None, None, 540_000]])) == []
    assert told(read([*rows, ["Tổng cộng", None, None, 1_890_000]])) == []
    wrong = [("total_mismatch", "D7", 550_000, 1_890_000)]
    assert told(read([*rows, ["Tổng cộng", None, None, 550_000]])) == wrong


def test_last_line_of_a_table_is_no_heading_of_the_next_one(read: Read) -> None:
    found = read([HEAD, *ONE, ["Tổng cộng", None, None, 1_350_000], OTHER_HEAD, *TWO])
    assert [(row.full_name, row.amount) for row in found.rows][2:] == [("Lý Thị Mẫu", 540_000)]
    assert told(found) == []


@pytest.mark.parametrize("name", ["Thôn Nà Pái", "Sheet1"])
def test_sheet_named_as_a_village_says_whose_people_it_holds(name: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = name
    for row in (HEAD, *ONE):
        page.append(row)
    book.save(tmp_path / "a.xlsx")
    rows = read_roster(tmp_path / "a.xlsx", "a.xlsx").rows
    assert {row.village for row in rows} == {name if name.startswith("Thôn") else None}
