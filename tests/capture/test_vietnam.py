"""The phone reads what Vietnamese cards, banks and people write with the verdicts of the server."""

import dataclasses
import random
import sys
import unicodedata

import pytest

from portal.vietnam import citizen_id, identity_qr, names, phone, vietqr
from tests.capture.bundling import in_node

SURNAMES = ["Nguyễn", "Đặng", "Hoàng", "Vi", "Nông", "Lương", "Niê-Kđăm", "Y'", "H’", "Tô", "Ksor", "Đỗ"]
GIVEN = [
    "Thị Vẻ",
    "Văn Ớt",
    "Thuý",
    "Thúy",
    "hoà",
    "HÒA",
    "Ẩn",
    "Bế",
    "Đức Ðại",
    "ƯƠNG",
    "ă â ê ô ơ ư",
    "Blươn",
    "Ƀlôi",
]
NOISE = [
    "|",
    "\t",
    "\r\n",
    "\ufeff",
    "\u00a0",
    "\u200b",
    "0",
    "١",
    "x",
    "",
    "\u00ad",
    "é",
    "e\u0301",
    "ß",
    "ς",
    "İ",
    "😀",
]


def drawn(dice: random.Random) -> dict[str, list[str]]:
    return {
        "cards": [card(dice) for _ in range(4000)],
        "money": [money(dice) for _ in range(3000)],
        "numbers": [number(dice) for _ in range(3000)],
        "phones": [dialled(dice) for _ in range(3000)],
        "names": [name(dice) for _ in range(3000)],
    }


def name(dice: random.Random) -> str:
    text = f"{dice.choice(SURNAMES)}{dice.choice([' ', '  ', chr(160), ''])}{dice.choice(GIVEN)} {dice.choice(GIVEN)}"
    return unicodedata.normalize(dice.choice(["NFC", "NFD", "NFKC", "NFKD"]), spoilt(dice, text, 0.1))


def digits(dice: random.Random, least: int, most: int | None = None) -> str:
    return "".join(dice.choices("0123456789", k=dice.randint(least, most or least)))


def day(dice: random.Random) -> str:
    return f"{dice.randint(0, 32):02}{dice.randint(0, 13):02}{dice.choice([1899, 1900, 1946, 1972, 2000, 2024, 2099, 2100])}"


def card(dice: random.Random) -> str:
    fields = [
        dice.choice(["020", "001", "840"]) + digits(dice, 9),
        dice.choice(["", "", digits(dice, 9), digits(dice, 8)]),
        name(dice),
        dice.choice(["15021943", "29022000", "29021900", "31042001", day(dice)]),
        dice.choice(["Nam", "Nữ", "NU", " nữ ", "Nữ", "Nu\u031b\u0303", "female"]),
        f"Thôn Nà Tồng, {name(dice)}, Lạng Sơn",
        dice.choice(["", "30122021", "05112025", day(dice)]),
        *[""] * dice.choice([0, 0, 0, 4, 4, 1, 5, 6]),
    ]
    text = "|".join(fields[: dice.choice([len(fields)] * 9 + [6])])
    again = dice.choice([""] * 6 + [text, "\r\n" + text, "020146556122|x"])
    return unicodedata.normalize(dice.choice(["NFC", "NFD"]), spoilt(dice, text + again, 0.15))


def money(dice: random.Random) -> str:
    asked = dice.choice([None, dice.randint(1, 10**9)])
    purpose = dice.choice([None, "TCXH 112026 BG00059", "x" * 25])
    account = dice.choice([digits(dice, 1, 19), "99MM" + digits(dice, 6)])
    text = vietqr.build(digits(dice, 6), account, asked, purpose, dice.random() < 0.2)
    if (
        dice.random() < 0.3
    ):  # written by somebody else: other order, accents counted as bytes or as letters, odd amounts
        said = dice.choice(["trợ cấp", "tro cap", "\u00a0", ""])
        length = len(said.encode()) if dice.random() < 0.5 else len(said)
        inner = f"08{length:02}{said}"
        body = text[:-8] + f"62{length + 4:02}{inner}" + dice.choice(["", "54045e10", "5406540.00", "5303704"]) + "6304"
        text = body + vietqr._crc(body)
    if dice.random() < 0.3:
        text = text[:-4] + text[-4:].lower()
    return spoilt(dice, text, 0.4)


def number(dice: random.Random) -> str:
    text = dice.choice(
        [
            digits(dice, 12),
            digits(dice, 12),
            digits(dice, 9, 13),
            f"{digits(dice, 3)}.{digits(dice, 3)}.{digits(dice, 6)}",
        ]
    )
    return spoilt(dice, dice.choice([text, text + ".0", f" {text}\n", f"'{text}", text[:6] + "-" + text[6:]]), 0.1)


def dialled(dice: random.Random) -> str:
    national = dice.choice([f"0{dice.choice('35789')}{digits(dice, 8)}", f"02{digits(dice, 9)}", digits(dice, 8, 12)])
    text = dice.choice(["{}", "+84{}", "0084{}", "84{}", "{}.0"]).format(dice.choice([national, national.lstrip("0")]))
    return spoilt(dice, dice.choice([text, " ".join(text), f"({text[:4]}) {text[4:7]}.{text[7:]}"]), 0.1)


def spoilt(dice: random.Random, text: str, share: float) -> str:
    """Sometimes with something put in, taken out or doubled, at any place."""
    while dice.random() < share:
        at = dice.randint(0, len(text))
        text = text[:at] + dice.choice(NOISE) + text[at + dice.randint(0, 1) :]
    return text


@pytest.fixture(scope="module")
def inputs() -> dict[str, list[str]]:
    return drawn(random.Random(20261122))


@pytest.fixture(scope="module")
def on_the_phone(inputs: dict[str, list[str]]) -> dict[str, list[object]]:
    program = """
      import * as vietnam from "./vietnam.js";
      answer({
        cards: input.cards.map(vietnam.parseCard),
        told: input.cards.map((text) => (vietnam.parseCard(text) ? vietnam.disagreements(vietnam.parseCard(text)) : null)),
        money: input.money.map(vietnam.parseVietQr),
        numbers: input.numbers.map(vietnam.citizenId),
        phones: input.phones.map(vietnam.phoneNumber),
        keys: input.names.map(vietnam.searchKey),
        upper: input.names.map(vietnam.foldUpper),
        clean: input.names.map(vietnam.clean),
      });
    """
    return in_node(program, inputs)


def is_latin(letter: str) -> bool:
    return ord(letter) < 0x0345 or 0x1E00 <= ord(letter) < 0x1F00 or 0x2000 <= ord(letter) < 0x2100


def both_kinds(verdicts: list[object], least: int) -> bool:
    return min(sum(v is None for v in verdicts), sum(v is not None for v in verdicts)) >= least


def test_cards_are_parsed_as_on_the_server(inputs, on_the_phone):
    verdicts = [identity_qr.parse(text) for text in inputs["cards"]]
    assert both_kinds(verdicts, 700)
    for text, here, there in zip(inputs["cards"], verdicts, on_the_phone["cards"], strict=True):
        if here is None:
            assert there is None, text
            continue
        expected = dataclasses.asdict(here) | {
            "birth_date": here.birth_date.isoformat(),
            "issued_on": here.issued_on and here.issued_on.isoformat(),
            "extra": list(here.extra),
        }
        assert there == expected, text


def test_disagreements_of_a_card_are_those_of_the_server(inputs, on_the_phone):
    seen = set()
    for text, there in zip(inputs["cards"], on_the_phone["told"], strict=True):
        here = identity_qr.parse(text)
        expected = here and citizen_id.disagreements(here.number, here.sex, here.birth_date.year)
        seen.update(expected or ())
        assert there == expected, text
    assert seen == {"sex", "birth_year", "place"}


def test_bank_codes_are_parsed_as_on_the_server_check_sum_included(inputs, on_the_phone):
    verdicts = [vietqr.parse(text) for text in inputs["money"]]
    assert both_kinds(verdicts, 500)
    assert {v.crc_ok for v in verdicts if v} == {True, False}
    for text, here, there in zip(inputs["money"], verdicts, on_the_phone["money"], strict=True):
        assert there == (here and dataclasses.asdict(here)), text


def test_numbers_of_citizens_are_read_as_on_the_server(inputs, on_the_phone):
    verdicts = [citizen_id.parse(text) for text in inputs["numbers"]]
    assert both_kinds(verdicts, 500)
    for text, here, there in zip(inputs["numbers"], verdicts, on_the_phone["numbers"], strict=True):
        expected = here and {
            "number": here.number,
            "place_code": here.place_code,
            "known_place": here.place is not None,
            "sex": here.sex,
            "birth_year": here.birth_year,
        }
        assert there == expected, text


def test_phone_numbers_are_read_as_on_the_server(inputs, on_the_phone):
    verdicts = [phone.parse(text) for text in inputs["phones"]]
    assert both_kinds(verdicts, 500)
    assert on_the_phone["phones"] == [v and v.number for v in verdicts]


def test_keys_of_names_are_those_of_the_server(inputs, on_the_phone):
    for text, key, upper, clean in zip(
        inputs["names"], on_the_phone["keys"], on_the_phone["upper"], on_the_phone["clean"], strict=True
    ):
        assert (key, upper, clean) == (names.search_key(text), names.fold_upper(text), names.clean(text)), text


def test_every_letter_has_the_key_of_the_server():
    letters = [
        f"a{c}b" for c in map(chr, range(1, sys.maxunicode)) if unicodedata.category(c) not in ("Cn", "Cs", "Co")
    ]
    program = (
        'import { searchKey, foldUpper } from "./vietnam.js"; answer(input.map((n) => [searchKey(n), foldUpper(n)]));'
    )
    there = in_node(program, letters)
    here = [[names.search_key(text), names.fold_upper(text)] for text in letters]
    latin = [n for n, text in enumerate(letters) if is_latin(text[1])]
    assert [letters[n] for n in latin if there[n] != here[n]] == []
    # Scripts that no Vietnamese name is written in may fold otherwise: JavaScript has no case folding of its own.
    assert sum(a != b for a, b in zip(there, here, strict=True)) < 400
