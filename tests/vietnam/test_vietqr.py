"""VietQR texts."""

import csv
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vietnam.vietqr import VietQr, build, parse
from tests.vietnam.shared_files import shared

ACCOUNT = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F"
PAID = "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN62340107NPS68690819thanh toan don hang63042E2E"
CARD = "00020101021138600010A00000072701300006970403011697040311012345670208QRIBFTTC53037045802VN63044F52"
WALLET = "00020101021138540010A00000072701240006971005011003482784800208QRIBFTTA53037045802VN63049332"

ACCOUNTS = st.text("0123456789ABCXYZ", min_size=1, max_size=19)
PURPOSES = st.none() | st.text([chr(c) for c in range(33, 127)], min_size=1, max_size=25)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (ACCOUNT, VietQr("970403", "0011012345678", "QRIBFTTA", None, None, True)),
        (PAID, VietQr("970403", "0011012345678", "QRIBFTTA", 180000, "thanh toan don hang", True)),
        (CARD, VietQr("970403", "9704031101234567", "QRIBFTTC", None, None, True)),
        (WALLET, VietQr("971005", "0348278480", "QRIBFTTA", None, None, True)),
    ],
)
def test_codes_of_the_specification_are_read(text: str, read: VietQr) -> None:
    assert parse(text) == read


def test_the_check_value_printed_wrongly_in_the_specification_is_not_accepted() -> None:
    read = parse(ACCOUNT.replace("9E6F", "F4E5"))
    assert read is not None
    assert not read.crc_ok


def test_a_check_value_in_lower_case_is_accepted() -> None:
    read = parse(ACCOUNT.replace("9E6F", "9e6f"))
    assert read is not None
    assert read.crc_ok


@given(
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    ACCOUNTS,
    st.none() | st.integers(1, 10**13 - 1),
    PURPOSES,
    st.booleans(),
)
def test_what_is_built_is_read_back(
    bin: str, account: str, amount: int | None, purpose: str | None, card: bool
) -> None:
    read = parse(build(bin, account, amount, purpose, card))
    assert read == VietQr(bin, account, "QRIBFTTC" if card else "QRIBFTTA", amount, purpose, True)


@given(st.integers(0, len(PAID) - 5), st.sampled_from("0123456789ABCXYZ"))
def test_no_single_changed_character_is_accepted(at: int, character: str) -> None:
    changed = PAID[:at] + character + PAID[at + 1 :]
    read = parse(changed)
    assert changed == PAID or read is None or not read.crc_ok


@pytest.mark.parametrize(
    "text",
    [
        "",
        "000201",
        ACCOUNT[:-1],
        ACCOUNT[:40],
        ACCOUNT[:-8],
        ACCOUNT.replace("A000000727", "A000000775"),
        ACCOUNT.replace("5303704", "5303840"),
        ACCOUNT.replace("3857", "3899"),
        "https://example.vn",
        "020168000123||Nông Văn Thử|02011950|Nam|Xã Bình Gia|03092022",
    ],
)
def test_other_codes_and_cut_ones_are_refused(text: str) -> None:
    assert parse(text) is None


@given(st.text())
def test_any_text_is_refused_without_an_error(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("amount", "purpose"), [(0, None), (-1, None), (10**13, None), (1, "trợ cấp"), (1, "x" * 26), (1, "")]
)
def test_codes_that_a_bank_would_refuse_are_not_built(amount: int, purpose: str | None) -> None:
    with pytest.raises(ValueError, match=r"characters|digits"):
        build("970405", "8410205000001", amount, purpose)


def test_every_code_of_the_samples_is_read_as_the_phone_shows_it() -> None:
    with shared("samples", "vietqr", "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    for row in rows:
        read = parse(row["payload"])
        assert read is not None
        assert (read.bin, read.account, read.crc_ok) == (row["bin"], row["account"], row["crc_ok"] == "yes"), row[
            "file"
        ]
        assert (str(read.amount or ""), read.purpose or "") == (row["amount"], row["purpose"]), row["file"]


def test_codes_that_others_wrote_are_read_or_refused_without_an_error() -> None:
    sources = sorted(shared("corpora", "vietqr").rglob("*.ts"))
    texts = {text for source in sources for text in re.findall(r"'(000201[^']+)'", source.read_text(encoding="utf-8"))}
    read = [parse(text) for text in texts]
    accepted = [code for code in read if code and code.crc_ok]
    assert len(texts) > 20
    assert len(accepted) >= 10
    assert all(re.fullmatch(r"[0-9]{6}", code.bin) for code in accepted)
