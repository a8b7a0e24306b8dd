"""What the codes in a photo say: the card of a person, or an account to pay to."""

from typing import Any

from portal.documents.reading import Reading
from portal.errors import InputError


class CardNotReadable(InputError):
    """No QR code of an identity card can be read in this photo. Go closer and hold still, or search by name below."""


class AccountNotReadable(InputError):
    """No QR code for receiving money can be read in this photo. Take it again, or type the account number."""


class AccountCodeWrong(InputError):
    """The QR code was read, but its check sum is wrong: the account in it cannot be trusted. Type the account number."""


def card_in(reading: Reading) -> dict[str, Any]:
    if reading.citizen_id_qr is None:
        raise CardNotReadable
    return reading.citizen_id_qr


def account_in(reading: Reading) -> dict[str, Any]:
    """The fields of portal.vietnam.vietqr.VietQr."""
    if reading.vietqr is None:
        raise AccountNotReadable
    if not reading.vietqr["crc_ok"]:
        raise AccountCodeWrong
    return reading.vietqr
