"""Merged cells mean the same in workbooks of every office program."""

from pathlib import Path

import pytest

from portal.recipients.parsing import read_roster
from portal.spreadsheets import read_book
from tests.recipients import layout_files
from tests.recipients.layout_files import Page

WRITERS = {"ods": layout_files._ods, "xlsx": lambda pages, path: layout_files._xlsx(pages, path, None)}


def two_levels() -> Page:
    """Headings of two levels, a village merged over three people, repeated empty rows and equal lines."""
    page = Page("DS")
    page.put(0, 0, "DANH SÁCH CHI TRẢ", (0, 5))
    for column, text in enumerate(("STT", "Họ và tên")):
        page.put(6, column, text, (7, column))
    page.put(6, 2, "Ngày sinh", (6, 3))
    page.put(7, 2, "Nam")
    page.put(7, 3, "Nữ")
    page.put(6, 4, "Thôn", (7, 4))
    page.put(6, 5, "Số tiền", (7, 5))
    for number, (name, year) in enumerate((("Nông Văn Thử", 1950), ("Vi Văn Dụ", 1972), ("Lý Văn Mẫu", 1960))):
        for column, value in enumerate((number + 1, name, year, None, None, 540_000)):
            page.put(8 + number, column, value)
    page.put(8, 4, "Thôn Nà Pái", (10, 4))
    page.put(12, 0, "Tổng cộng", (12, 4))
    page.put(12, 5, 1_620_000)
    return page


@pytest.mark.parametrize("form", WRITERS)
def test_merged_headings_and_villages_are_understood(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{form}"
    WRITERS[form]([two_levels()], path)
    found = read_roster(path, path.name)
    assert found.header_rows == (7, 8)
    assert [(row.cell, row.full_name, row.sex, row.village) for row in found.rows] == [
        ("A9", "Nông Văn Thử", "male", "Thôn Nà Pái"),
        ("A10", "Vi Văn Dụ", "male", "Thôn Nà Pái"),
        ("A11", "Lý Văn Mẫu", "male", "Thôn Nà Pái"),
    ]
    assert found.totals.stated == {"amount": 1_620_000}
    assert found.problems == ()


def test_merged_ranges_of_both_kinds_of_workbooks_are_the_same(tmp_path: Path) -> None:
    second = Page("Hai")
    second.put(20, 3, "x", (25, 3))
    sheets = {}
    for form, write in WRITERS.items():
        write([two_levels(), second], tmp_path / f"a.{form}")
        book = read_book(tmp_path / f"a.{form}", f"a.{form}")
        sheets[form] = [(sheet.name, sorted(sheet.merged), [list(row) for row in sheet.rows]) for sheet in book.sheets]
    assert sheets["ods"] == sheets["xlsx"]
    assert [len(merged) for _, merged, _ in sheets["ods"]] == [8, 1]


def two_benefits() -> Page:
    """One person on two lines: number, name, birth and account are merged over both; another with one amount for two."""
    page = Page("DS")
    heads = ("STT", "Họ và tên", "Ngày sinh", "Số CCCD", "Đối tượng", "Số tiền", "Ghi chú")
    people = (
        (1, "Nông Văn Thử", "02/01/1950", "020050000456", "Người khuyết tật nặng", 810_000, "một"),
        (None, None, None, None, "Người đơn thân nghèo đang nuôi con", 540_000, "hai"),
        (2, "Vi Thị Dụ", "03/04/1972", "020172000789", "Người khuyết tật nặng", 810_000, None),
        (None, None, None, None, None, None, "chuyển nơi ở"),
    )
    for row, values in enumerate((heads, *people)):
        for column, value in enumerate(values):
            page.put(row, column, value)
    for column in range(4):
        page.put(1, column, people[0][column], (2, column))
        page.put(3, column, people[2][column], (4, column))
    return page


@pytest.mark.parametrize("form", WRITERS)
def test_lines_over_which_a_name_is_merged_are_of_that_person(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{form}"
    WRITERS[form]([two_benefits()], path)
    found = read_roster(path, path.name)
    assert [(row.full_name, row.citizen_id, row.category_key, row.amount, row.note) for row in found.rows] == [
        ("Nông Văn Thử", "020050000456", "K6C", 810_000, "một"),
        ("Nông Văn Thử", "020050000456", "K4", 540_000, "hai"),
        ("Vi Thị Dụ", "020172000789", "K6C", 810_000, "chuyển nơi ở"),
    ]
    assert found.rows[1].birth_date == found.rows[0].birth_date
    assert found.rows[1].raw["full_name"] == "Nông Văn Thử"
    assert "two_rates_allowed" in {problem.code for problem in found.rows[0].problems}
    assert found.totals.computed["amount"] == 2_160_000
