"""The QR code of identity cards."""

import csv
import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vietnam.identity_qr import card_kind, expires_on, parse
from tests.vietnam.shared_files import shared

OLD = "020168000123|080123456|Hoàng Thị Mẫu|31121968|Nữ|Thôn Mẫu, Xã Bình Gia, Lạng Sơn|15082021"
NO_OLD_NUMBER = "020050000456||Nông Văn Thử|02011950|Nam|Khối phố 1, Thị trấn Bình Gia, Bình Gia, Lạng Sơn|03092022"
NEW = "020172000789||Vi Thị Ví Dụ|20101972|Nữ|Xã Bình Gia, Lạng Sơn|12112025||||"


def test_a_card_with_seven_fields_is_read() -> None:
    card = parse(OLD)
    assert card is not None
    assert (card.number, card.old_number, card.full_name) == ("020168000123", "080123456", "Hoàng Thị Mẫu")
    assert (card.birth_date, card.sex, card.issued_on) == (date(1968, 12, 31), "female", date(2021, 8, 15))
    assert card.address == "Thôn Mẫu, Xã Bình Gia, Lạng Sơn"
    assert (card.extra, card.raw) == ((), OLD)


def test_an_empty_old_number_does_not_move_the_other_fields() -> None:
    card = parse(NO_OLD_NUMBER)
    assert card is not None
    assert (card.old_number, card.full_name, card.sex) == (None, "Nông Văn Thử", "male")


def test_a_new_card_has_four_more_fields_that_are_kept_in_order() -> None:
    card, with_parents = parse(NEW), parse(NEW[:-3] + "020172000111||Nông Văn Cha")
    assert card is not None
    assert with_parents is not None
    assert card.extra == ("", "", "", "")
    assert with_parents.extra == ("020172000111", "", "Nông Văn Cha")


@pytest.mark.parametrize("wrapped", ["\ufeff" + OLD, OLD + "\r\n", unicodedata.normalize("NFD", OLD), "  " + OLD])
def test_byte_order_mark_line_ends_and_decomposed_letters_do_not_matter(wrapped: str) -> None:
    card, plain = parse(wrapped), parse(OLD)
    assert card is not None
    assert plain is not None
    assert (card.full_name, card.address, card.issued_on) == (plain.full_name, plain.address, plain.issued_on)


@pytest.mark.parametrize("text", [OLD, NO_OLD_NUMBER, NEW])
@pytest.mark.parametrize("between", ["", "\r\n", "\n"])
def test_a_scanner_that_sends_the_card_twice_gives_it_once(text: str, between: str) -> None:
    assert parse(text + between + text) == parse(text)
    assert parse(text + between + text[:40]) == parse(text)


def test_two_different_cards_in_one_scan_are_refused() -> None:
    assert parse(OLD + NO_OLD_NUMBER) is None
    assert parse(OLD + "\n" + NEW) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "|" * 6,
        OLD.replace("020168000123", "02016800012"),
        OLD.replace("080123456", "08012345"),
        OLD.replace("31121968", "31021968"),
        OLD.replace("31121968", "00000000"),
        OLD.replace("15082021", "15132021"),
        OLD.replace("|Nữ|", "|X|"),
        OLD.replace("Hoàng Thị Mẫu", " "),
        OLD.rsplit("|", 1)[0],
        OLD + "|" * 6,
        "00020101021138570010A00000072701270006970403",
    ],
)
def test_a_text_that_is_no_card_is_refused(text: str) -> None:
    assert parse(text) is None


@given(st.text("0123456789|NamữĐ \n\r", max_size=120))
def test_any_text_is_read_or_refused_without_an_error(text: str) -> None:
    card = parse(text)
    assert card is None or (len(card.number) == 12 and card.full_name)


def test_the_day_of_issue_tells_the_kind_of_card() -> None:
    assert card_kind(date(2024, 6, 30)) == "cccd"
    assert card_kind(date(2024, 7, 1)) == "can_cuoc"


@pytest.mark.parametrize(
    ("born", "issued", "expires"),
    [
        (date(1997, 1, 6), date(2023, 1, 20), date(2037, 1, 6)),
        (date(1966, 5, 10), date(2024, 5, 9), date(2026, 5, 10)),
        (date(1966, 5, 10), date(2024, 5, 10), None),
        (date(2004, 2, 29), date(2021, 5, 1), date(2029, 2, 28)),
        (date(2015, 3, 1), date(2024, 8, 1), date(2029, 3, 1)),
    ],
)
def test_a_card_runs_to_the_next_age_of_renewal_two_years_away(born: date, issued: date, expires: date | None) -> None:
    assert expires_on(born, issued) == expires


@given(st.dates(date(1900, 1, 1), date(2010, 1, 1)), st.integers(14 * 366, 110 * 365))
def test_only_cards_issued_from_58_on_never_end_and_no_card_ends_within_two_years(born: date, age_in_days: int) -> None:
    issued = born + timedelta(days=age_in_days)
    turns_58 = date(born.year + 58, born.month, min(born.day, 28))
    expires = expires_on(born, issued)
    assert expires is None or (expires - issued).days > 728
    if abs((issued - turns_58).days) > 3:
        assert (expires is None) == (issued > turns_58)


def test_every_card_of_the_samples_is_read_and_expires_when_it_says() -> None:
    with shared("samples", "cards", "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["card_payload"]]
    assert len(rows) >= 37
    for row in rows:
        card = parse(row["card_payload"])
        assert card is not None, row["file"]
        assert card.full_name.casefold() == row["person_name"].casefold(), row["file"]
        assert card.issued_on is not None, row["file"]
        if row["card"] in {"cccd", "new"}:
            assert row["card"] != "new" or card_kind(card.issued_on) == "can_cuoc", row["file"]
            expires = expires_on(card.birth_date, card.issued_on)
            assert (expires.isoformat() if expires else "") == row["expires"], row["file"]
