"""Statements of banks as they come: what the reader takes from them and what it says of those it cannot take."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import DomainError
from portal.reconciliation.parsing import read_statement, to_json
from portal.reconciliation.parsing.balances import with_balances
from portal.reconciliation.parsing.memos import Party, is_return, party, return_reason
from portal.reconciliation.parsing.reading import kind_of
from portal.reconciliation.parsing.statement import StatementEntry
from portal.reconciliation.parsing.values import read_amount, read_day
from portal.spreadsheets import UnreadableSpreadsheet
from portal.vietnam.references import make
from tests.conftest import SHARED
from tests.reconciliation import bank

CORPUS = SHARED / "corpora" / "bank"


@pytest.fixture
def payments(tmp_path):
    lines = [
        {
            "reference": make("BTXH", date(2026, 11, 1), "06112", number),
            "payee_name": f"HOANG THI {chr(65 + number % 26)}",
            "account_number": f"0{8410205000000 + number}"[:13] if number % 3 else f"00{number:07d}",
            "provider_bin": "970405" if number % 3 else "970436",
            "amount_total": 540_000 + number % 4 * 270_000,
        }
        for number in range(1, 61)
    ]
    return bank.payment_file(tmp_path / "payments.csv", lines)


@pytest.mark.parametrize("form", bank.FORMATS)
@pytest.mark.parametrize("seed", range(6))
def test_every_statement_of_the_bank_ties_and_has_the_entries_and_sums_of_its_truth(tmp_path, payments, form, seed):
    more = {"lost_zeros": True} if seed % 2 else {"shuffle": True}
    path, truth = bank.play(
        tmp_path, payments, form, seed=seed, fail_rate=0.05, return_rate=0.08, wrong_amount=2, missing=2,
        duplicate=2, strip_reference=4, foreign=9, days=1 + seed % 3, **more,
    )  # fmt: skip
    read = read_statement(path, path.name)
    assert read.ties, read.gap
    assert (read.format, read.account, read.currency) == (form, truth["account"], "VND")
    assert (read.opening, read.closing, len(read.entries)) == (truth["opening"], truth["closing"], truth["entries"])
    assert sum(e.amount for e in read.entries if e.amount < 0) == -truth["debits"]
    assert sum(e.amount for e in read.entries if e.amount > 0) == truth["credits"]
    paid = [entry for fate in truth["references"].values() for entry in fate["entries"]]
    assert {e["date"] for e in paid} <= {e["booked_on"] for e in to_json(read)["entries"]}


@pytest.mark.parametrize("form", bank.FORMATS)
def test_the_other_account_is_read_from_its_column_or_the_memo(tmp_path, payments, form):
    path, truth = bank.play(tmp_path, payments, form, return_rate=0.2)
    read = read_statement(path, path.name)
    known = {fate["account"].lstrip("0") for fate in truth["references"].values()}
    debits = [entry for entry in read.entries if entry.amount < 0]
    assert len(debits) == 60 and {entry.counter_account.lstrip("0") for entry in debits} == known


def test_json_holds_positive_amounts_with_a_direction():
    read = read_statement(Path(__file__).parents[1] / "fixtures/statements/sao-ke.csv", "sao-ke.csv")
    told = to_json(read)
    assert (
        told["ties"]
        and told["opening"] + sum(e["amount"] * (1 if e["direction"] == "credit" else -1) for e in told["entries"])
        == told["closing"]
    )
    assert all(e["amount"] > 0 and e["direction"] in ("credit", "debit") for e in told["entries"])


def table(path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.active.title = "Sao kê"
    book.save(path)
    return read_statement(path, path.name)


HEAD = ["Ngày GD", "Diễn giải", "Phát sinh nợ", "Phát sinh có", "Số dư"]


def test_another_banks_table_is_read_by_its_headings(tmp_path):
    read = table(
        tmp_path / "bidv.xlsx",
        ["NGÂN HÀNG MINH HỌA"],
        ["Số tài khoản: 21510000123456"],
        ["Số dư đầu kỳ", None, None, None, "1.000.000"],
        HEAD,
        ["05/11/2026", "KBNN chuyen", None, "2.000.000", "3.000.000"],
        ["06/11/2026 09:15", "Tro cap", "810.000,00", None, "2.190.000"],
        [None, "thang 11", None, None, None],
        ["Cộng phát sinh", None, "810.000", "2.000.000", None],
        ["Số dư cuối kỳ", None, None, None, "2.190.000"],
    )
    assert read.ties and read.account == "21510000123456"
    assert [entry.amount for entry in read.entries] == [2_000_000, -810_000]
    assert read.entries[1].memo == "Tro cap thang 11" and read.entries[1].booked_on == date(2026, 11, 6)


def test_a_statement_with_the_newest_entry_first_ties_too(tmp_path):
    read = table(
        tmp_path / "moi-truoc.xlsx", HEAD, ["06/11/2026", "b", 300, None, 900], ["05/11/2026", "a", None, 200, 1200]
    )
    assert read.ties and (read.opening, read.closing) == (1000, 900)
    assert [entry.memo for entry in read.entries] == ["a", "b"]


def test_a_removed_row_breaks_the_chain_of_balances_and_the_cell_is_named(tmp_path):
    read = table(
        tmp_path / "thieu.xlsx", HEAD, ["05/11/2026", "a", 100, None, 900], ["05/11/2026", "c", 100, None, 700]
    )
    assert not read.ties
    assert (read.gap.cell, read.gap.expected, read.gap.found) == ("Sao kê!E3", 800, 700)


def test_totals_that_do_not_fit_the_rows_break_the_tie(tmp_path):
    rows = HEAD, ["05/11/2026", "a", 100, None, 900], ["Cộng phát sinh", None, 200, 0, None]
    assert not table(tmp_path / "tong.xlsx", *rows).ties


def test_a_table_without_balances_is_read_but_does_not_claim_to_tie(tmp_path):
    read = table(tmp_path / "khong-so-du.xlsx", ["Ngày", "Nội dung", "Số tiền"], ["05/11/2026", "a", -100])
    assert not read.ties and read.opening is None and read.gap is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["31/02/2026", "a", 100, None, 900], "Sao kê!A2"),
        (["05/11/2026", "a", "mười", None, 900], "Sao kê!C2"),
        (["05/11/2026", "a", 100.5, None, 900], "Sao kê!C2"),
        (["05/11/2026", "a", 100, 200, 900], "Sao kê!A2"),
        ([None, "khong co gi", None, None, None], "sai.xlsx"),
    ],
)
def test_an_unreadable_cell_is_named_with_file_sheet_and_row(tmp_path, row, said):
    with pytest.raises(DomainError, match=said):
        table(tmp_path / "sai.xlsx", HEAD, row)


def test_a_statement_in_another_currency_is_refused(tmp_path):
    with pytest.raises(DomainError, match="USD"):
        table(tmp_path / "usd.xlsx", ["Loại tiền", "USD"], HEAD, ["05/11/2026", "a", 100, None, 900])


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">', "camt.053.001.08"),
        (b'\xef\xbb\xbf<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">', "pain.002.001.10"),
        (b"{1:F01VBAAVNVXAXXX0000000000}{2:I940XXXXVNVXXXXXN}{4:\r\n:20:ST", "mt940"),
        (b":20:ST1\r\n:25:123\r\n", "mt940"),
        ("Ngày;Số tiền\n".encode(), "table"),
    ],
)
def test_the_kind_of_a_file_shows_in_its_bytes(start, kind):
    assert kind_of(start) == kind


@pytest.mark.parametrize(
    ("memo", "credit", "expected"),
    [
        ("941556-OCB;0947000111;chuyen tien", False, Party("0947000111", "")),
        ("Vietcombank:0891000111:TRAN THI B tro cap", False, Party("0891000111", "TRAN THI B")),
        ("MB(366304)(BTXH1126 tro cap)", False, Party()),
        ("1000A87202 - 037620-LE THI C chuyen;MCC;20260101103736;0948487626;970448", True, Party("0948487626", "LE THI C")),
        ("MBVCB.50.37.tro cap.CT tu 001122 UBND XA toi 00334455 VI THI MAY tai AGRIBANK", False, Party("00334455", "VI THI MAY")),
        ("HOAN TRA LY DO tai khoan da dong; 8410205000012 HOANG THI VE", True, Party("8410205000012", "HOANG THI VE")),
        ("Phi DV SMS Banking", False, Party()),
    ],
)  # fmt: skip
def test_memos_of_core_systems_name_the_other_side(memo, credit, expected):
    assert party(memo, credit) == expected


def test_a_return_is_recognised_with_the_banks_reason():
    memo = "HOAN TRA BTXH1126 LY DO tai khoan da dong; 8410205000012 HOANG THI VE"
    assert is_return(memo) and return_reason(memo) == "tai khoan da dong"
    assert is_return("Hoàn trả lệnh chi") and not is_return("tra lai tien gui khong ky han")


@pytest.mark.parametrize("cell", ["01/11/2026\nFT123", "2026-11-01", "1/11/26", "01.11.2026 08:00:01", 46327])
def test_days_are_read_day_before_month(cell):
    assert read_day(cell)[0] == date(2026, 11, 1)


@given(st.text(max_size=30) | st.floats() | st.integers() | st.booleans() | st.none())
def test_no_cell_makes_the_reader_stumble(value):
    assert read_day(value) is None or isinstance(read_day(value)[0], date)
    assert read_amount(value) is None or isinstance(read_amount(value), int)
    party(str(value), credit=True)


@given(st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=2, max_size=30), st.integers(0, 10**10), st.data())
def test_one_changed_amount_never_ties(amounts, opening, data):
    entries, running = [], opening
    for at, amount in enumerate(amounts):
        running += amount
        entries.append(StatementEntry(date(2026, 11, 1), amount, "", "", "", "", running, f"E{at}"))
    assert with_balances(entries, None, None, None)[3] is None
    at = data.draw(st.integers(1, len(amounts) - 1))
    changed = StatementEntry(date(2026, 11, 1), amounts[at] * 2, "", "", "", "", entries[at].balance, "X")
    gap = with_balances([*entries[:at], changed, *entries[at + 1 :]], opening, (running, "Z"), None)[3]
    assert gap is not None


def corpus_files():
    return sorted(path for path in CORPUS.rglob("*") if path.is_file()) if CORPUS.exists() else [None]


def test_every_file_of_the_corpus_gives_a_statement_or_one_clear_error():
    if not CORPUS.exists():
        pytest.skip("shared/corpora/bank is not here")
    read = 0
    for path in corpus_files():
        try:
            statement = read_statement(path, path.name)
        except UnreadableSpreadsheet as error:
            assert path.name in str(error)
        except DomainError as error:
            assert path.name in str(error) and len(str(error)) < 300
        else:
            read += 1
            assert statement.entries
    assert read >= 1
