"""Banks, wallets and account numbers."""

import json
from pathlib import Path

import openpyxl
import pytest

from portal.vietnam import banks
from portal.vietnam.banks import account_problem, by_bin, find, is_wallet
from portal.vietnam.names import match_key, search_key
from tests.vietnam.shared_files import shared

TABLE = json.loads((Path(banks.__file__).parent / "data" / "banks.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("written", "bin"),
    [
        ("Agribank", "970405"),
        ("AGRIBANK CN Bình Gia", "970405"),
        ("NN&PTNT", "970405"),
        ("NHNo&PTNT Bình Gia", "970405"),
        ("NH Nông nghiệp và PTNT", "970405"),
        ("Ngân hàng Nông nghiệp", "970405"),
        ("VCB", "970436"),
        ("Vietcombank, CN Lạng Sơn", "970436"),
        ("Ngân hàng TMCP Công thương VN - CN Lạng Sơn", "970415"),
        ("Vietin", "970415"),
        ("NH BIDV", "970418"),
        ("LienVietPostBank", "970449"),
        ("MB", "970422"),
        ("Ngân hàng Quân đội", "970422"),
        ("Viettel Money", "971005"),
        ("ViettelPay", "971005"),
        ("Ví MoMo", "971025"),
        ("970416", "970416"),
        ("Ngân hàng Sài Gòn - Hà Nội", "970443"),
        ("Timo by Bản Việt Bank", "963388"),
        ("Bản Việt Bank", "970454"),
        ("Đông Nam Á Bank", "970440"),
    ],
)
def test_names_as_people_write_them_are_found(written: str, bin: str) -> None:
    assert find(written) == by_bin(bin)
    assert by_bin(bin) is not None


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Ngân hàng",
        "Tiền mặt",
        "Bưu điện",
        "An Bình",
        "Xã Đông Á",
        "Agribank hoặc VCB",
        "Ngân hàng Chính sách xã hội",
        "Ngân hàng Nhà nước",
        "Kookmin Bank",
        "Viettel",
        "8412205000001",
    ],
)
def test_a_name_that_means_none_or_two_is_not_guessed(written: str) -> None:
    assert find(written) is None


@pytest.mark.parametrize("bin", sorted(TABLE))
def test_every_bank_is_found_by_its_own_short_name_and_full_name(bin: str) -> None:
    bank = by_bin(bin)
    assert bank is not None
    assert find(bank.short) == bank
    assert find(bank.name) in {bank, None}


def test_no_name_is_written_for_two_banks() -> None:
    brands = [match_key(brand) for row in TABLE.values() for brand in row["brands"]]
    words = [search_key(name) for row in TABLE.values() for name in row["words"]]
    assert len(brands) == len(set(brands))
    assert len(words) == len(set(words))


def test_only_wallets_are_wallets() -> None:
    assert [bin for bin in TABLE if is_wallet(bin)] == ["971005", "971011", "971025"]
    assert not is_wallet("999999")
    assert by_bin("999999") is None


def test_numbers_often_copied_wrongly_are_right() -> None:
    assert [bank.short for bin in ("970415", "970422", "970426") if (bank := by_bin(bin))] == [
        "VietinBank",
        "MB Bank",
        "MSB",
    ]


@pytest.mark.parametrize(
    ("bin", "number", "problem"),
    [
        ("970405", "8412205000001", None),
        ("970405", "841220500000", "agribank_not_13_digits"),
        ("970405", "841220500000A", "agribank_not_13_digits"),
        ("970436", "0010000000", None),
        ("971025", "99MM24011M34875080", None),
        ("970436", "12345", "account_format"),
        ("970436", "1" * 20, "account_format"),
        ("970436", "0010 000 000", "account_format"),
        ("970405", "", "account_format"),
    ],
)
def test_account_numbers_are_checked_for_shape_only(bin: str, number: str, problem: str | None) -> None:
    assert account_problem(bin, number) == problem


def test_every_bank_in_the_november_list_is_found_and_cash_is_not() -> None:
    sheet = openpyxl.load_workbook(shared("samples", "roster-btxh-2026-11.xlsx"))["DS chi tra T11-2026"]
    written = {cell.value for cell in sheet["O"][11:692] if cell.value}
    assert len(written) > 10
    assert {name for name in written if find(name) is None} == {"Tiền mặt"}
