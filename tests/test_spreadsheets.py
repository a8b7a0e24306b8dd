"""Any spreadsheet is read as it is seen in Excel or refused with one sentence; a written one holds no formula."""

import csv
import io
import os
import struct
import unicodedata
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font

from portal.spreadsheets import (
    BrokenFile,
    Column,
    EmptyFile,
    FileTooLarge,
    NotASpreadsheet,
    PasswordProtected,
    UnreadableSpreadsheet,
    cell_name,
    read_book,
    write_csv,
    write_table,
)

# Files that broke other readers; kept beside the project, not in it.
BESIDE = Path(__file__).parents[2] / "shared" / "corpora"
CORPUS = Path(os.environ.get("PORTAL_CORPORA", BESIDE)) / "sheets"


def _save(book: openpyxl.Workbook, path: Path) -> Path:
    book.save(path)
    return path


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_cells_keep_their_places_and_their_kinds(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Danh sách"
    page["C3"], page["D3"], page["E3"] = "Nông Văn Thử", 810000, 1.5
    page["C4"], page["D4"], page["E4"] = date(1950, 2, 1), datetime(2026, 11, 5, 8, 30), True
    page.column_dimensions["D"].hidden = True
    page.merge_cells("A1:E1")
    page["A1"] = "Tiêu đề"
    hidden = book.create_sheet("Ẩn")
    hidden["A1"] = "x"
    hidden.sheet_state = "hidden"
    read = read_book(_save(book, tmp_path / "a.xlsx"), "a.xlsx")
    sheet = read.sheets[0]
    assert (read.kind, sheet.name, sheet.visible, read.sheets[1].visible) == ("xlsx", "Danh sách", True, False)
    assert sheet.rows == (
        ("Tiêu đề",),
        (),
        (None, None, "Nông Văn Thử", 810000, 1.5),
        (None, None, date(1950, 2, 1), datetime(2026, 11, 5, 8, 30), True),
    )
    assert type(sheet.value(2, 3)) is int
    assert type(sheet.value(3, 2)) is date
    assert sheet.value(99, 99) is None
    assert sheet.hidden_columns == {3}
    assert sheet.merged == ((0, 0, 0, 4),)


def test_font_of_a_legacy_encoding_is_told_for_each_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["B2"] = "X· B×nh Gia"
    page["B2"].font = Font(name=".VnTime")
    page["B3"] = "Bình Gia"
    sheet = read_book(_save(book, tmp_path / "a.xlsx"), "a.xlsx").sheets[0]
    assert dict(sheet.legacy_fonts) == {(1, 1): ".VnTime"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1258"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_table_is_read_in_each_encoding_and_separator(tmp_path: Path, encoding: str, separator: str) -> None:
    rows = [["STT", "Họ và tên", "Ghi chú"], ["1", "Nông Văn Thử", "già yếu; nhận\ntại nhà"], ["2", "Đỗ Thị Ví Dụ"]]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=separator).writerows(rows)
    text = buffer.getvalue()
    if encoding == "cp1258":
        # Windows types Vietnamese as letters with a mark behind them.
        marks = {"ọ": "o\u0323", "ạ": "a\u0323", "ế": "ê\u0301", "ậ": "â\u0323", "ị": "i\u0323", "ử": "ư\u0309"}
        marks |= {"ỗ": "ô\u0303", "ụ": "u\u0323", "à": "a\u0300", "í": "i\u0301"}
        text = text.translate(str.maketrans({**marks}))
    read = read_book(_write(tmp_path / "a.txt", text.encode(encoding)), "a.txt")
    assert [list(row) for row in read.sheets[0].rows] == rows


def test_bytes_and_not_the_name_say_what_a_file_is(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"] = "x"
    assert read_book(_save(book, tmp_path / "a.xlsx").rename(tmp_path / "a.csv"), "a.csv").kind == "xlsx"


def _bomb(path: Path) -> Path:
    """A small workbook whose only cells lie in opposite corners of the largest possible sheet."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"] = 1
    page["XFD1048576"] = 1
    return _save(book, path)


def _zip_bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "spreadsheetml")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(500):
                part.write(b"\0" * 1024 * 1024)
    return path


def _ods(folder: Path) -> bytes:
    path = folder / "part.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>" * 1000)
    return path.read_bytes()


def _protected_xls() -> bytes:
    """A BIFF8 workbook whose stream begins as a protected one does: BOF, then FILEPASS."""
    stream = struct.pack("<HH4H2I", 0x809, 16, 0x600, 5, 0x1CC9, 0x7CD, 0, 6) + struct.pack("<HH3H", 0x2F, 6, 1, 1, 1)
    stream += struct.pack("<HH", 0x0A, 0)
    stream = stream.ljust(4096, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(10) + struct.pack("<5I", 1, 1, 0, 4096, 0xFFFFFFFE) + struct.pack("<3I", 0, 0xFFFFFFFE, 0)
    header = (header + struct.pack("<I", 0)).ljust(512, b"\xff")
    sectors = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 10), 0xFFFFFFFE]
    table = struct.pack(f"<{len(sectors)}I", *sectors).ljust(512, b"\xff")
    entries = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream))
    return header + table + entries.ljust(512, b"\0") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    links = struct.pack("<HBB3I", len(text) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


XML_2003 = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="T11"><Table>
<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">DANH SÁCH &amp; số tiền</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">Họ và tên</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">Số tiền</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">Nông Văn Thử</Data></Cell><Cell><Data ss:Type="DateTime">1950-02-01T00:00:00.000</Data></Cell><Cell><Data ss:Type="Number">810000</Data></Cell></Row>
</Table></Worksheet>
<Worksheet ss:Name="Ẩn"><Table><Row><Cell><Data ss:Type="Boolean">1</Data></Cell></Row></Table>
<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>
</Workbook>"""


def test_workbook_of_xml_2003_is_read(tmp_path: Path) -> None:
    read = read_book(_write(tmp_path / "a.xls", XML_2003.encode()), "a.xls")
    assert (read.kind, [(sheet.name, sheet.visible) for sheet in read.sheets]) == (
        "xml",
        [("T11", True), ("Ẩn", False)],
    )
    assert read.sheets[0].rows == (
        ("DANH SÁCH & số tiền",),
        (),
        ("Họ và tên", None, "Số tiền"),
        ("Nông Văn Thử", date(1950, 2, 1), 810000),
    )
    assert read.sheets[0].merged == ((0, 0, 0, 2),)


PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv=Content-Type content="text/html;
 charset={charset}"><title>x</title><style>td {{mso-number-format:"\\@"}}</style></head><body><table border=1>
<tr><td colspan=3>DANH S&Aacute;CH<br>th&#225;ng 11</td></tr>
<tr><th rowspan="2">Họ và tên</th><th colspan=2>Số tiền</th></tr><tr><th>Mức<th>Tổng
<tr><td>Nông Văn Thử</td><td x:num="810000">810.000</td><td>&nbsp;</td><td>020050000456<script>x()</script></td></tr>
</table><table><tr><td>ký tên</td></tr></table></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "windows-1258", "utf-16"])
def test_web_page_named_xls_is_read_with_its_merged_cells(tmp_path: Path, charset: str) -> None:
    marks = {
        "ọ": "o\u0323",
        "ế": "ê\u0301",
        "ề": "ê\u0300",
        "ứ": "ư\u0301",
        "ổ": "ô\u0309",
        "ử": "ư\u0309",
        "ố": "ô\u0301",
    }
    page = PAGE.format(charset=charset)
    page = page.translate(str.maketrans(marks | {"ý": "y\u0301"})) if charset == "windows-1258" else page
    read = read_book(_write(tmp_path / "a.xls", page.encode(charset)), "a.xls")
    assert (read.kind, len(read.sheets)) == ("html", 2)
    rows = [[unicodedata.normalize("NFC", v) if isinstance(v, str) else v for v in row] for row in read.sheets[0].rows]
    assert rows == [
        ["DANH SÁCH\ntháng 11"],
        ["Họ và tên", "Số tiền"],
        [None, "Mức", "Tổng"],
        ["Nông Văn Thử", 810000, None, "020050000456"],
    ]
    assert read.sheets[0].merged == ((0, 0, 0, 2), (1, 0, 2, 0), (1, 1, 1, 2))


def _ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + stream.encode("utf-16-le") + b"\0" * 1000


def test_unreadable_file_is_refused_with_its_name_and_what_to_do(tmp_path: Path) -> None:
    whole = _save(openpyxl.Workbook(), tmp_path / "whole.xlsx").read_bytes()
    cases: list[tuple[type[UnreadableSpreadsheet], Path]] = [
        (EmptyFile, _write(tmp_path / "0.xlsx", b"")),
        (EmptyFile, _write(tmp_path / "1.csv", b"\xef\xbb\xbf\r\n")),
        (EmptyFile, _write(tmp_path / "2.xlsx", whole)),
        (NotASpreadsheet, _write(tmp_path / "3.xlsx", b"%PDF-1.7\n...")),
        (NotASpreadsheet, _write(tmp_path / "4.xls", b"<html><body><p>Danh s\xc3\xa1ch</p></body></html>")),
        (NotASpreadsheet, _write(tmp_path / "5.csv", struct.pack("<8I", *range(8)) * 20)),
        (NotASpreadsheet, _write(tmp_path / "6.xls", _ole("WordDocument"))),
        (PasswordProtected, _write(tmp_path / "7.xlsx", _ole("EncryptedPackage"))),
        (BrokenFile, _write(tmp_path / "8.xlsx", whole[: len(whole) // 2])),
        (BrokenFile, _write(tmp_path / "9.xls", _ole("Workbook"))),
        (FileTooLarge, _write(tmp_path / "10.csv", b"a,b\n" * 6_000_000)),
        (NotASpreadsheet, _write(tmp_path / "13.xlsx", b"\xff\xd8\xff\xe0" + bytes(5000))),
        (PasswordProtected, _write(tmp_path / "14.xls", _protected_xls())),
        (FileTooLarge, _write(tmp_path / "15.xlsx", bytes(21 * 1024 * 1024))),
        (BrokenFile, _write(tmp_path / "16.xls", XML_2003.replace("<Workbook", "<!DOCTYPE x><Workbook").encode())),
        (BrokenFile, _write(tmp_path / "17.xls", XML_2003.encode()[:-60])),
        (BrokenFile, _write(tmp_path / "18.ods", _ods(tmp_path)[:-200])),
        (FileTooLarge, _write(tmp_path / "19.xls", b"<table><tr>" + b"<td colspan=1000>" * 1_000_000)),
        (FileTooLarge, _write(tmp_path / "20.xls", b"<table>" + b"<tr><td rowspan=60000 colspan=1000>1" * 9000)),
        (FileTooLarge, _bomb(tmp_path / "11.xlsx")),
        (FileTooLarge, _zip_bomb(tmp_path / "12.xlsx")),
    ]
    for expected, path in cases:
        with pytest.raises(UnreadableSpreadsheet) as failure:
            read_book(path, path.name)
        assert type(failure.value) is expected, path.name
        assert path.name in str(failure.value)
        assert any(verb in str(failure.value).partition(path.name)[2] for verb in ("choose", "save"))


def test_more_cells_than_allowed_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileTooLarge):
        read_book(_write(tmp_path / "a.csv", b"a,b\n" * 600), "a.csv", most_cells=1000)


def test_cells_are_named_as_in_excel() -> None:
    assert [cell_name(8, column) for column in (0, 25, 26, 701, 702, 16383)] == [
        "A9",
        "Z9",
        "AA9",
        "ZZ9",
        "AAA9",
        "XFD9",
    ]


COLUMNS = [Column("Họ và tên", width=28), Column("Số định danh"), Column("Số tiền", "integer"), Column("Ngày", "date")]
ROW = ("Nông Văn Thử", "020050000456", 810000, date(2026, 11, 5))


def test_written_table_keeps_digits_as_text_and_money_as_numbers(tmp_path: Path) -> None:
    data = write_table([ROW], COLUMNS, sheet="T11/2026", title=["DANH SÁCH"])
    page = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert page.title == "T11 2026"
    assert [cell.value for cell in page[2]] == [column.header for column in COLUMNS]
    assert [cell.value for cell in page[3]] == [*ROW[:3], datetime(2026, 11, 5)]
    assert [cell.number_format for cell in page[3]] == ["@", "@", "#,##0", "dd/mm/yyyy"]
    assert page.freeze_panes == "A3"
    assert page.column_dimensions["A"].width == 28
    assert page["A2"].font.bold
    assert read_book(_write(tmp_path / "a.xlsx", data), "a.xlsx").sheets[0].rows[2] == ROW


ATTACKS = ["=1+1", "+84912345678", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "=cmd|' /C calc'!A0", "#N/A", "\n=1"]


@given(st.sampled_from(ATTACKS) | st.text(max_size=20).map(lambda text: "=" + text))
def test_no_text_becomes_a_formula(text: str) -> None:
    columns = [Column("Ghi chú"), Column("Số tiền", "integer")]
    page = openpyxl.load_workbook(io.BytesIO(write_table([(text, -5)], columns))).worksheets[0]
    assert page["A2"].data_type == "s"
    assert page["A2"].number_format == "@"
    assert page["B2"].value == -5
    written = write_csv([(text, -5)], columns).decode("utf-8-sig")
    first, second = list(csv.reader(io.StringIO(written, newline="")))[1]
    assert second == "-5"
    assert first == text or first.startswith("'")
    assert not first.lstrip().startswith(("=", "+", "-", "@"))


def test_control_characters_do_not_break_a_written_table(tmp_path: Path) -> None:
    data = write_table([("Nông\x00 Văn\x1f", "1", None, None)], COLUMNS)
    assert read_book(_write(tmp_path / "a.xlsx", data), "a.xlsx").sheets[0].rows[1] == ("Nông Văn", "1")


def test_written_csv_is_read_back(tmp_path: Path) -> None:
    data = write_csv([ROW], COLUMNS, separator=";")
    assert read_book(_write(tmp_path / "a.csv", data), "a.csv").sheets[0].rows[1] == (
        "Nông Văn Thử",
        "020050000456",
        "810000",
        "2026-11-05",
    )


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of hostile sheets is not on this machine")
@pytest.mark.parametrize("part", range(4))
def test_hostile_sheet_gives_rows_or_one_clear_sentence(part: int) -> None:
    files = sorted(path for path in CORPUS.rglob("*") if path.is_file() and path.name != "LABELS.tsv")[part::4]

    def read(path: Path) -> str:
        try:
            return str(sum(map(len, read_book(path, path.name).sheets[0].rows)))
        except UnreadableSpreadsheet as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(files, pool.map(read, files), strict=True))
    for path, answer in answers.items():
        assert answer.isdecimal() or (path.name in answer and answer.endswith(".")), path
        if path.parent.name == "encrypted" and "rotection" not in path.name:
            assert "password" in answer, path
