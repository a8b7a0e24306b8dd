"""Every reader against text that breaks programs."""

import json
from collections.abc import Callable

import pytest

from portal.vietnam import (
    banks,
    citizen_id,
    dates,
    identity_qr,
    legacy_text,
    money,
    month,
    mrz,
    names,
    phone,
    references,
    vietqr,
)
from tests.vietnam.shared_files import shared

ODD = [
    "",
    "\x00",
    "\ud800",
    "\u202e020168000123",
    "９８７",
    "½",
    "𝟘𝟙𝟚",
    "İı",
    "a" * 100_000,
    "1" * 100_000,
    "|" * 10_000,
    "0" * 90,
]
READERS: dict[str, Callable[[str], object]] = {
    "citizen_id": citizen_id.parse,
    "lost zero": citizen_id.restore_leading_zero,
    "identity_qr": identity_qr.parse,
    "mrz": mrz.parse,
    "vietqr": vietqr.parse,
    "phone": phone.parse,
    "bank": banks.find,
    "month": month.parse,
    "references": references.find_all,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_text_is_told_apart_from_good_text(reader: str, text: str) -> None:
    assert not READERS[reader](text)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_text_is_never_a_date_or_an_amount(text: str) -> None:
    assert dates.parse_birth(text) is None
    assert money.parse_money(text) in {None, money.ReadMoney(0, False)}


def test_naughty_strings_of_others_are_read_without_an_error_and_can_be_stored() -> None:
    naughty = json.loads(shared("corpora", "text", "blns", "blns.json").read_text(encoding="utf-8"))
    assert len(naughty) > 400
    for text in [*naughty, *ODD]:
        assert not [name for name, read in READERS.items() if name not in {"month", "bank"} and read(text)]
        kept = [names.clean(text), names.search_key(text), names.sort_key(text), names.fold_upper(text)]
        kept.append(names.clean(legacy_text.decode(text, None)[0]))
        assert all("\x00" not in each and each.encode() is not None for each in kept)
