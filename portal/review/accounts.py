"""An account that the bank has opened: the number typed twice or read from its QR code, the name compared."""

import re
from dataclasses import dataclass
from typing import Any

from portal.errors import InputError
from portal.recipients import methods
from portal.recipients.models import MethodKind, PaymentMethod
from portal.review import queries
from portal.review.captured import same_name
from portal.staff.models import StaffMember
from portal.vietnam import banks, vietqr


class AccountNumberMissing(InputError):
    """Type the account number, or take a photo of its QR code."""


class NumbersDiffer(InputError):
    """The two entries are not the same. The first has %(first)s characters, the second %(second)s."""


class NoAccountCode(InputError):
    """No QR code for receiving money was found in the photo. Take it again, closer, or type the number."""


class CodeDamaged(InputError):
    """The check sum of the QR code does not hold: it was misread or altered. Take the photo again, or type the number."""


class CodeOfACard(InputError):
    """This QR code belongs to a bank card, not to an account. Ask for the code of the account."""


class CodeOfAnotherBank(InputError):
    """This QR code belongs to %(found)s, the account is to be opened at %(wanted)s."""


class TypedDiffersFromCode(InputError):
    """The typed number is not the one of the QR code (%(digits)s characters). Clear one of them."""


@dataclass(frozen=True)
class Account:
    provider_bin: str
    number: str


def typed(provider_bin: str, first: str, second: str) -> Account:
    """Spaces, dots and dashes are how people group digits. Raises AccountNumberMissing, NumbersDiffer."""
    one, two = (re.sub(r"[\s.\-]", "", text).upper() for text in (first, second))
    if not one:
        raise AccountNumberMissing
    if one != two:
        raise NumbersDiffer(first=len(one), second=len(two))
    return Account(provider_bin, one)


def from_code(code: dict[str, Any] | None, provider_bin: str, also_typed: str) -> Account:
    """`code` as documents reads it from a photo; it must be whole and of the right bank."""
    if code is None:
        raise NoAccountCode
    if not code["crc_ok"]:
        raise CodeDamaged
    if code["service"] == vietqr.TO_CARD:
        raise CodeOfACard
    if provider_bin and code["bin"] != provider_bin:
        raise CodeOfAnotherBank(found=_bank(code["bin"]), wanted=_bank(provider_bin))
    if also_typed and re.sub(r"[\s.\-]", "", also_typed).upper() != code["account"].upper():
        raise TypedDiffersFromCode(digits=len(code["account"]))
    return Account(code["bin"], code["account"])


def _bank(bin_: str) -> str:
    bank = banks.by_bin(bin_)
    return bank.short if bank else bin_


def owner_name(method: PaymentMethod) -> str:
    """In whose name the account is."""
    if method.kind == MethodKind.REPRESENTATIVE_ACCOUNT and method.representative:
        return method.representative.full_name
    return method.recipient.full_name


def doubts(method: PaymentMethod, account: Account, holder_name: str) -> list[str]:
    """What must be ticked before the account is recorded: "holder", "shared", "length"."""
    found = {
        "holder": not same_name(holder_name, owner_name(method)),
        "shared": queries.holders_of(method.commune_id, account.number, method.recipient_id) > 0,
        "length": banks.account_problem(account.provider_bin, account.number) == "agribank_not_13_digits",
    }
    return [code for code, is_so in found.items() if is_so]


def record(actor: StaffMember, method: PaymentMethod, account: Account, holder_name: str) -> None:
    methods.record_account(
        actor,
        method,
        provider_bin=account.provider_bin,
        account_number=account.number,
        holder_name=holder_name.upper(),
    )
