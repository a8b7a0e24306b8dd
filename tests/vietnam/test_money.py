"""Amounts as typed."""

import json

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vietnam.money import ReadMoney, parse_money
from tests.vietnam.shared_files import shared


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("810.000", 810_000),
        ("500,000", 500_000),
        ("1,234,000", 1_234_000),
        ("1.234.000 đ", 1_234_000),
        ("1.234.000đồng", 1_234_000),
        ("VND 1 234 000", 1_234_000),
        ("1\u00a0234\u00a0000 ₫", 1_234_000),
        ("1234000.00", 1_234_000),
        ("1.234.000,00", 1_234_000),
        ("1,234,000.0", 1_234_000),
        ("810000", 810_000),
        ("810.000đ/tháng", 810_000),
        ("540.000,-", 540_000),
        ("0", 0),
        (810000.0, 810_000),
        (810000, 810_000),
        ("-810.000", -810_000),
        ("− 810.000 đ", -810_000),
        ("(810.000)", -810_000),
        ("(810.000 đ)", -810_000),
        ("+540,000", 540_000),
        (-60000, -60_000),
    ],
)
def test_amounts_are_read_as_lists_and_banks_write_them(typed: str | int | float, value: int) -> None:
    assert parse_money(typed) == ReadMoney(value, False)


@pytest.mark.parametrize(
    ("typed", "value"), [("810.00", 810), ("1234000.000", 1_234_000), ("1.234,000", 1_234_000), ("0.000", 0)]
)
def test_what_can_be_read_in_two_ways_is_told_as_a_guess(typed: str, value: int) -> None:
    assert parse_money(typed) == ReadMoney(value, True)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "đ",
        "1,5",
        "1.5 triệu",
        "810.50",
        "1.234.00",
        "1.234.000.00",
        "12.34.567",
        "0.810",
        "(-5)",
        "--5",
        "1e6",
        "=SUM(K1:K2)",
        "٨١٠",
        1.5,
        float("nan"),
        float("inf"),
        1e18,
        True,
        "9" * 17,
    ],
)
def test_anything_else_is_no_amount(typed: str | float) -> None:
    assert parse_money(typed) is None


@given(
    st.integers(-(10**14), 10**14),
    st.sampled_from([",", ".", " ", "'"]),
    st.sampled_from(["", " đ", "đ", " VND", " đồng", ".-"]),
)
def test_every_grouped_amount_is_read_back_or_its_ending_refused(amount: int, separator: str, ending: str) -> None:
    read = parse_money(f"{amount:,}".replace(",", separator) + ending)
    assert read == (None if ending == ".-" else ReadMoney(amount, False))


@given(st.text("0123456789.,-() đ", max_size=20))
def test_any_text_is_an_amount_made_of_its_digits_or_none(text: str) -> None:
    read = parse_money(text)
    digits = "".join(c for c in text if c.isdigit())
    assert read is None or digits.lstrip("0").startswith(str(abs(read.value)).lstrip("0"))


def test_every_amount_in_the_november_list_is_read_as_the_truth_has_it() -> None:
    name = "roster-btxh-2026-11.xlsx"
    roster = json.loads(shared("samples", "truth-2026-11.json").read_text(encoding="utf-8"))["rosters"][name]
    sheet = openpyxl.load_workbook(shared("samples", name))[roster["sheet"]]
    read = {row["row"]: (parse_money(sheet[f"K{row['row']}"].value), row["monthly"]) for row in roster["rows"]}
    assert len(read) == 635
    assert [at for at, (amount, right) in read.items() if amount != ReadMoney(right, False)] == []
