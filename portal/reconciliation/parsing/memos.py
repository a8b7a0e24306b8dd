"""What core systems of banks write into the memo: the other account, the name, the reason of a return."""

import re
from dataclasses import dataclass

from portal.vietnam.names import fold_upper

_ACCOUNT = r"[0-9A-Z]{6,19}"
# "941556-OCB;0947000111;text", "Vietcombank:0891000111:TRAN B text"
_INTERBANK = re.compile(rf"^(?:\d{{6}}-)?[A-Za-z0-9 ]{{2,24}}([;:])({_ACCOUNT})\1(.*)$", re.DOTALL)
# "1000A87202 - 037620-LE C text;MCC;20260101103736;0948487626;970448"
_NAPAS = re.compile(rf"^\w{{6,12}} ?- ?\d{{6}}-(.*);MCC;\d{{14}};({_ACCOUNT});\d{{6}}\s*$", re.DOTALL)
# "MBVCB.1.2.text.CT tu 001 NGUYEN A toi 002 TRAN B tai AGRIBANK"
_TRANSFER = re.compile(rf"CT tu ({_ACCOUNT}) (.*?) toi ({_ACCOUNT}) (.*?)(?: tai .*)?$", re.DOTALL)
# "HOAN TRA <reference> LY DO sai so tai khoan; 8410200000001 HOANG THI VE"
_RETURN = re.compile(r"\b(?:HOAN (?:TRA|TIEN|LAI)|CHUYEN TRA|TRA LAI LENH|RETURN(?:ED)?)\b")
_REASON = re.compile(r"\b(?:ly do|lí do|lý do|reason)\b[: ]*([^;]*)", re.IGNORECASE)
_RETURNED_TO = re.compile(rf";\s*({_ACCOUNT})\s+([A-Z][A-Z ]*)\s*$")
_NAME = re.compile(r"^([A-Z]+(?: [A-Z]+){1,6})(?= |$)")


@dataclass(frozen=True)
class Party:
    """The account and name on the other side, as the memo gives them; empty where it does not."""

    account: str = ""
    name: str = ""


def party(memo: str, credit: bool) -> Party:
    """Who is on the other side of a booking, read from its memo."""
    memo = memo.strip()
    if found := _TRANSFER.search(memo):
        return Party(*(found.group(1, 2) if credit else found.group(3, 4)))
    if found := _NAPAS.match(memo):
        return Party(found[2], _leading_name(found[1]))
    if found := _RETURNED_TO.search(memo):
        return Party(found[1], found[2].strip())
    if found := _INTERBANK.match(memo):
        return Party(found[2], _leading_name(found[3]))
    return Party()


def _leading_name(text: str) -> str:
    """The words in capitals at the beginning: banks write names so."""
    found = _NAME.match(text.strip())
    return found[1] if found else ""


def is_return(memo: str) -> bool:
    """Whether the bank says that it gives a payment back."""
    return bool(_RETURN.search(fold_upper(memo.replace(";", " ").replace(":", " "))))


def return_reason(memo: str) -> str:
    """Why a payment came back, in the bank's words; the whole memo when it names no reason."""
    found = _REASON.search(memo)
    return (found[1] if found else memo).strip()[:200]
