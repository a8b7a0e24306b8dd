"""A list arrives row by row, ready to be stored, and what only the whole of it tells comes last."""

import json
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from portal.recipients.parsing import (
    STORED,
    ChangeListFound,
    NoListFound,
    RosterStream,
    json_text,
    open_roster,
    read_roster,
)
from portal.recipients.parsing.months import month_told
from portal.spreadsheets import BrokenFile

ROSTERS = Path(__file__).parents[1] / "fixtures" / "rosters"
NOVEMBER, PENSION = "roster-btxh-2026-11.xlsx", "roster-huutri-2026-11.csv"


def rows_of(stream: RosterStream) -> list[dict[str, Any]]:
    return [dict(zip(STORED, row, strict=True)) for batch in stream.batches() for row in batch]


def written(path: Path, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def test_head_comes_before_the_rows_and_the_tail_after_them() -> None:
    with open_roster(ROSTERS / NOVEMBER, NOVEMBER) as stream:
        assert (stream.head.people, stream.head.month, stream.head.header_rows) == (635, date(2026, 11, 1), [8, 9])
        assert "Tháng 11 năm 2026" in stream.head.titles
        with pytest.raises(LookupError):
            _ = stream.tail
        assert len(rows_of(stream)) == 635
        late = {(row, problem["code"]): refuses for row, problem, refuses in chain.from_iterable(stream.late())}
        assert stream.tail.totals["computed"]["total"] == 726_240_000
    assert set(late.values()) == {False}
    assert {code for _, code in late} == {"two_rates", "two_rates_allowed", "same_name_and_birth", "one_representative"}


def test_stored_rows_say_the_same_as_the_whole_list() -> None:
    whole = read_roster(ROSTERS / NOVEMBER, NOVEMBER)
    with open_roster(ROSTERS / NOVEMBER, NOVEMBER) as stream:
        rows = rows_of(stream)
    for row, told in zip(rows, whole.rows, strict=True):
        assert (row["row"], row["code"], row["full_name"], row["citizen_id"]) == (
            told.row,
            told.code,
            told.full_name,
            told.citizen_id,
        )
        assert json.loads(row["raw"]) == told.raw
        assert row["key"] == row["code"]


@pytest.mark.parametrize(("month", "off"), [(date(2026, 11, 1), 0), (date(2026, 5, 1), 635), (None, 0)])
def test_amounts_are_compared_with_the_rate_of_the_month(month: date | None, off: int) -> None:
    rates = [(date(2024, 7, 1), 500_000), (date(2026, 7, 1), 540_000)]
    with open_roster(ROSTERS / NOVEMBER, NOVEMBER, month=month, rates=rates) as stream:
        told = [json.loads(row["problems"]) for row in rows_of(stream)]
    assert sum(any(p["code"] == "amount_off_rate" for p in problems) for problems in told) == off


def test_row_without_a_code_is_named_by_what_it_tells_of_the_person(tmp_path: Path) -> None:
    people = [["Nông Văn Thử", 1950, 810_000], ["Vi Thị Ví Dụ", 1972, 540_000], ["NÔNG VĂN THỬ ", 1950, 810_000]]
    path = written(tmp_path / "a.xlsx", [["Họ và tên", "Năm sinh", "Số tiền"], *people])
    with open_roster(path, path.name) as stream:
        rows = rows_of(stream)
        late = list(chain.from_iterable(stream.late()))
    assert [(row["code"], row["refused"], row["key"][0], len(row["key"])) for row in rows] == [("", False, "=", 25)] * 3
    assert rows[0]["key"] == rows[2]["key"] != rows[1]["key"]
    assert [(row, problem["code"], refuses) for row, problem, refuses in late if refuses] == [
        (2, "duplicate_person", True),
        (4, "duplicate_person", True),
    ]
    assert "code_missing" not in "".join(row["problems"] for row in rows)


def test_missing_code_in_a_list_of_codes_is_told_and_refuses_nothing(tmp_path: Path) -> None:
    rows = [["Mã đối tượng", "Họ và tên", "Số tiền"], ["A1", "Nông Văn Thử", 1000], [None, "Vi Thị Ví Dụ", 1000]]
    path = written(tmp_path / "a.xlsx", rows)
    with open_roster(path, path.name) as stream:
        found = rows_of(stream)
    assert [row["refused"] for row in found] == [False, False]
    assert [p["code"] for p in json.loads(found[1]["problems"])] == ["code_missing"]


def test_row_without_name_or_amount_cannot_be_applied(tmp_path: Path) -> None:
    rows = [["STT", "Mã số", "Họ và tên", "Số tiền"], [1, "A1", "Nông Văn Thử", None], [2, "A2", None, 1000]]
    path = written(tmp_path / "a.xlsx", rows)
    with open_roster(path, path.name) as stream:
        assert [(row["refused"], row["doubt"]) for row in rows_of(stream)] == [(True, "error"), (True, "error")]


SECTIONS = [["I. TĂNG (1 đối tượng)"], [1, "Nông Văn Thử", 1950, 1000], ["II. GIẢM"], [1, "Vi Thị Ví Dụ", 1972, 1000]]


@pytest.mark.parametrize("content", [SECTIONS, [["DANH SÁCH TĂNG, GIẢM"], *SECTIONS[:2]]])
def test_list_of_changes_is_no_list_of_everyone(tmp_path: Path, content: list[list[Any]]) -> None:
    header = ["STT", "Họ và tên", "Năm sinh", "Số tiền"]
    rows = [header, *content] if content is SECTIONS else [content[0], header, *content[1:]]
    path = written(tmp_path / "a.xlsx", rows)
    with pytest.raises(ChangeListFound, match=r"a\.xlsx"), open_roster(path, path.name):
        pass


def test_what_cannot_be_read_is_refused_where_the_list_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes((ROSTERS / NOVEMBER).read_bytes()[:5000])
    with pytest.raises(BrokenFile), open_roster(path, path.name):
        pass
    path.write_text("a,b\n1,2\n")
    with pytest.raises(NoListFound), open_roster(path, path.name):
        pass


def test_web_page_named_xls_is_a_list(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in SECTIONS[1::2])
    heading = "<tr><td rowspan=2>STT<td rowspan=2>H&#7885; v&#224; t&#234;n<td colspan=2>Chi trả</tr><tr><td>Năm sinh<td>Số tiền</tr>"
    path.write_text(
        f"<html><table><tr><td>menu</td></tr></table><table>{heading}{cells}</table></html>", encoding="utf-8"
    )
    rows = read_roster(path, path.name).rows
    assert [(row.full_name, row.amount) for row in rows] == [("Nông Văn Thử", 1000), ("Vi Thị Ví Dụ", 1000)]


@pytest.mark.parametrize(
    ("sheet", "titles", "name", "month"),
    [
        ("DS chi tra T11-2026", [], "x.xlsx", date(2026, 11, 1)),
        ("Tháng 3 năm 2026", [], "", date(2026, 3, 1)),
        ("", [], "roster-huutri-2026-11.csv", date(2026, 11, 1)),
        ("Sheet1", [], "DS_T09_2026.xlsx", date(2026, 9, 1)),
        ("Sheet1", [], "202612.xlsx", date(2026, 12, 1)),
        ("Sheet1", [], "danh sach.xlsx", None),
        ("DS 24 thôn", [], "ds.xlsx", None),
        ("Sheet1", ["DANH SÁCH CHI TRẢ", "THÁNG 11 NĂM 2026"], "", date(2026, 11, 1)),
        ("Sheet1", ["Tháng 12/2026"], "2026-11.xlsx", date(2026, 12, 1)),
        ("T11", ["Tháng 11 năm 2025"], "", date(2025, 11, 1)),
        ("Sheet1", ["(Kèm theo Quyết định số 411/QĐ-UBND ngày 23/10/2026 của Chủ tịch)"], "", None),
        ("Sheet1", ["Bình Gia, ngày 23 tháng 10 năm 2026"], "", None),
        ("Sheet1", ["Theo Nghị định 07/2025/NĐ-CP", "Truy lĩnh từ tháng 7/2026 đến tháng 10/2026"], "", None),
    ],
)
def test_month_is_told_by_sheet_title_or_file(sheet: str, titles: list[str], name: str, month: date | None) -> None:
    assert month_told(sheet, titles, name) == month


@pytest.mark.parametrize("value", ["a\0b", "a\\u0000b", "\ud800", {"a": ["\0", "\\u0000"]}, 2**70])
def test_stored_json_is_what_postgresql_can_hold(value: Any) -> None:
    text = json_text({"x": value})
    assert "\0" not in str(json.loads(text))
    assert text.encode()
    assert json.loads(json_text({"x": "a\\u0000b"})) == {"x": "a\\u0000b"}
