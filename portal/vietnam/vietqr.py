"""VietQR: the EMVCo text by which people receive transfers, read and written."""

import binascii
import re
from dataclasses import dataclass

GUID = "A000000727"
TO_ACCOUNT = "QRIBFTTA"
TO_CARD = "QRIBFTTC"


@dataclass(frozen=True)
class VietQr:
    """Where the money goes: bank, account or card number, and what is asked. A code with `crc_ok` False is refused."""

    bin: str
    account: str
    service: str
    amount: int | None
    purpose: str | None
    crc_ok: bool


def parse(text: str) -> VietQr | None:
    """Read a VietQR text; None if it is malformed, another kind of code or in another currency."""
    text = text.strip("\ufeff \t\r\n")
    payload = _fields(text)
    if payload is None and not text.isascii():
        # Some writers count bytes, not characters, when the text has accents.
        by_bytes = _fields(text.encode("utf-8", "replace").decode("latin-1"))
        payload = by_bytes and {tag: v.encode("latin-1").decode("utf-8", "replace") for tag, v in by_bytes.items()}
    if not payload or payload.get("00") != "01" or payload.get("53", "704") != "704" or list(payload)[-1] != "63":
        return None
    receiver = _fields(payload.get("38", "")) or {}
    bank = _fields(receiver.get("01", "")) or {}
    further = _fields(payload.get("62", "")) or {}
    amount = re.fullmatch(r"([0-9]{1,13})(\.0*)?", payload.get("54", "0"))
    if receiver.get("00") != GUID or amount is None or not re.fullmatch(r"[0-9a-fA-F]{4}", payload["63"]):
        return None
    if not re.fullmatch(r"[0-9]{6}", bank.get("00", "")) or not re.fullmatch(r"[0-9A-Za-z]{1,19}", bank.get("01", "")):
        return None
    return VietQr(
        bin=bank["00"],
        account=bank["01"],
        service=receiver.get("02", TO_ACCOUNT),
        amount=int(amount[1]) or None,
        purpose=further.get("08", "").strip() or None,
        crc_ok=payload["63"].upper() == _crc(text[:-4]),
    )


def build(bin: str, account: str, amount: int | None = None, purpose: str | None = None, card: bool = False) -> str:
    """Return the text of a code to pay `amount` đồng; ValueError if the bank's app would refuse it."""
    if not re.fullmatch(r"[0-9]{6}", bin) or not re.fullmatch(r"[0-9A-Za-z]{1,19}", account):
        raise ValueError("bank number has 6 digits, account 1 to 19 letters and digits")
    if amount is not None and not 0 < amount < 10**13:
        raise ValueError("amount is 1 to 13 digits")
    if purpose is not None and not re.fullmatch(r"[ -~]{1,25}", purpose):
        raise ValueError("purpose is 1 to 25 ASCII characters")
    receiver = _tlv("00", GUID) + _tlv("01", _tlv("00", bin) + _tlv("01", account))
    text = _tlv("00", "01") + _tlv("01", "11" if amount is None else "12")
    text += _tlv("38", receiver + _tlv("02", TO_CARD if card else TO_ACCOUNT)) + _tlv("53", "704")
    text += (_tlv("54", str(amount)) if amount else "") + _tlv("58", "VN")
    text += (_tlv("62", _tlv("08", purpose)) if purpose else "") + "6304"
    return text + _crc(text)


def _crc(text: str) -> str:
    """Return CRC-16/CCITT-FALSE over the whole text including the tag and length of the check field itself."""
    return f"{binascii.crc_hqx(text.encode('utf-8', 'replace'), 0xFFFF):04X}"


def _tlv(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"


def _fields(text: str) -> dict[str, str] | None:
    """Return tags and values in their order; None if a length does not fit or a tag comes twice."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        head = re.match(r"([0-9]{2})([0-9]{2})", text[at : at + 4])
        if head is None or head[1] in found:
            return None
        value = text[at + 4 : at + 4 + int(head[2])]
        if len(value) != int(head[2]):
            return None
        found[head[1]] = value
        at += 4 + len(value)
    return found
