"""What the codes in a photo say: the card of a person, or an account to pay to."""

from collections.abc import Collection
from typing import Any

from portal.documents.codes import Codes
from portal.documents.reading import Reading
from portal.enrolment.models import FileRole
from portal.errors import InputError


class CardNotReadable(InputError):
    """No QR code of an identity card can be read in this photo. Go closer and hold still, or search by name below."""


class AccountNotReadable(InputError):
    """No QR code for receiving money can be read in this photo. Take it again, or type the account number."""


class AccountCodeWrong(InputError):
    """The QR code was read, but its check sum is wrong: the account in it cannot be trusted. Type the account number."""


OTHER_SIDE = {
    FileRole.ID_FRONT: FileRole.ID_BACK,
    FileRole.ID_BACK: FileRole.ID_FRONT,
    FileRole.REPRESENTATIVE_FRONT: FileRole.REPRESENTATIVE_BACK,
    FileRole.REPRESENTATIVE_BACK: FileRole.REPRESENTATIVE_FRONT,
}
CARD_ROLES = frozenset(OTHER_SIDE)


def codes_on(role: FileRole | None, told: Collection[str]) -> Codes:
    """How hard to look; `told`: the places whose card was read before. A card bears its code on one side only.

    A photo that nobody has named yet may be of a card.
    """
    if role is None or role in told:
        return Codes.ALL
    if role not in CARD_ROLES:
        return Codes.NONE
    return Codes.GLANCE if OTHER_SIDE[role] in told else Codes.ALL


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
