"""What the answers of each step must be, whoever sends them: a form, or a phone that was offline."""

from collections.abc import Callable
from datetime import date
from typing import Any

from portal.enrolment import representing
from portal.enrolment.refusals import (
    AccountMalformed,
    AccountNeedsRepresentative,
    AccountNeedsScope,
    AlreadyEnded,
    AnswerRefused,
    BasisDoesNotFit,
    BeginsBeforeCertified,
    BeginsTooLate,
    BornInFuture,
    CannotAuthorize,
    CertifiedBeforeBirth,
    CertifiedInFuture,
    EndsBeforeItBegins,
    LinesMalformed,
    LinesOfAnother,
    LinesWrong,
    NameMissing,
    NoticeNotAccepted,
    NumberMalformed,
    OwnerNameMissing,
    ParentOfAdult,
    PhoneMalformed,
    ProviderMissing,
    ReasonMissing,
    RepresentativeTooYoung,
    SelfAppointed,
    TextTooLong,
)
from portal.enrolment.steps import PHOTOS_OF_DOCUMENT, Step
from portal.recipients.models import PhoneOwner
from portal.vietnam import banks, citizen_id, mrz, phone

__all__ = [
    "AccountMalformed",
    "AccountNeedsRepresentative",
    "AccountNeedsScope",
    "AlreadyEnded",
    "AnswerRefused",
    "BasisDoesNotFit",
    "BeginsBeforeCertified",
    "BeginsTooLate",
    "BornInFuture",
    "CannotAuthorize",
    "CertifiedBeforeBirth",
    "CertifiedInFuture",
    "EndsBeforeItBegins",
    "NameMissing",
    "NoticeNotAccepted",
    "NumberMalformed",
    "OwnerNameMissing",
    "ParentOfAdult",
    "PhoneMalformed",
    "ProviderMissing",
    "ReasonMissing",
    "RepresentativeTooYoung",
    "SelfAppointed",
    "TextTooLong",
    "check",
    "is_signature",
]

METHODS = ("bank_account", "new_account", "wallet", "representative_account", "cash_point", "home_visit")
WITH_ACCOUNT = ("bank_account", "wallet", "representative_account")
PURPOSES = ("pay", "share_bank", "keep_photo", "messages")
MOST_POINTS = 20_000
LONGEST_TEXT = 500
# which answers a step has; all are text or nothing but those of OTHER_TYPES
FIELDS = {
    Step.IDENTITY: "full_name birth_date birth_precision sex citizen_id old_id address issued_on document name_from card mrz",
    Step.PHONE: "number owner owner_name",
    Step.METHOD: "kind provider_bin account_number holder_name reason reason_code payout_point_id",
    Step.REPRESENTATIVE: "kind full_name citizen_id birth_date phone relation scope paper_no certified_by certified_on"
    " valid_from valid_until lacks_capacity basis",
    Step.CONSENT: "purposes strokes",
}
OTHER_TYPES: dict[str, type] = {
    "card": dict,
    "payout_point_id": int,
    "lacks_capacity": bool,
    "purposes": list,
    "strokes": list,
}


def check(step: Step, answers: dict[str, Any] | None, payload: dict[str, Any], today: date) -> None:
    """Raise an AnswerRefused, whose `field` names the answer, for what no case may hold. `today` is the local date."""
    try:
        if answers is not None:
            _shape(step, answers)
        CHECKS[step](answers, payload, today)
    except (KeyError, TypeError, ValueError) as error:
        raise AnswerRefused from error


def _shape(step: Step, answers: dict[str, Any]) -> None:
    """Only the fields of the step, each of its type; a phone may send anything."""
    if not isinstance(answers, dict) or answers.keys() - set(FIELDS[step].split()):
        raise AnswerRefused
    for field, value in answers.items():
        if value is not None and not isinstance(value, OTHER_TYPES.get(field, str)):
            raise AnswerRefused
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            raise TextTooLong


def _identity(answers: dict[str, Any], _payload: dict[str, Any], _today: date) -> None:
    if answers["document"] not in PHOTOS_OF_DOCUMENT:
        raise AnswerRefused
    if not answers["full_name"]:
        raise NameMissing
    number = answers["citizen_id"]
    if (number or answers["document"] == "citizen_card") and citizen_id.parse(number or "") is None:
        raise NumberMalformed(digits=len(number or ""))
    _day(answers["birth_date"])
    _day(answers["issued_on"])
    if answers.get("mrz"):
        _lines(answers["mrz"], number)


def _lines(typed: str, number: str | None) -> None:
    """The machine-readable lines, which prove themselves and the number by their check digits (ICAO 9303)."""
    read = mrz.parse(typed)
    if read is None:
        raise LinesMalformed(signs=len("".join(typed.split())))
    if not read.ok:
        raise LinesWrong
    if read.number != number:
        raise LinesOfAnother


def _phone(answers: dict[str, Any], _payload: dict[str, Any], _today: date) -> None:
    if answers["number"] is None:
        return
    owner = PhoneOwner(answers["owner"])
    if phone.parse(answers["number"]) is None:
        raise PhoneMalformed
    if owner != PhoneOwner.RECIPIENT and not answers["owner_name"]:
        raise OwnerNameMissing


def _method(answers: dict[str, Any], _payload: dict[str, Any], _today: date) -> None:
    kind = answers["kind"]
    if kind not in METHODS:
        raise AnswerRefused
    if kind == "home_visit" and not answers["reason"]:
        raise ReasonMissing
    if kind in WITH_ACCOUNT:
        bank = banks.by_bin(answers["provider_bin"] or "")
        if bank is None or bank.wallet != (kind == "wallet"):
            raise ProviderMissing
        if banks.account_problem(bank.bin, answers["account_number"] or "") == "account_format":
            raise AccountMalformed


def _consent(answers: dict[str, Any], payload: dict[str, Any], _today: date) -> None:
    """Each purpose is agreed to separately (Law 91/2025 on personal data, Art. 9)."""
    if set(answers["purposes"]) - set(PURPOSES):
        raise AnswerRefused
    if "pay" not in answers["purposes"]:
        raise NoticeNotAccepted
    strokes = answers["strokes"]
    if strokes is not None and not is_signature(strokes):
        raise AnswerRefused


def is_signature(strokes: Any) -> bool:
    """[[[x, y], ...], ...] with whole numbers: lines drawn in a box of 600 x 200."""
    if not isinstance(strokes, list) or not strokes or not all(isinstance(line, list) for line in strokes):
        return False
    points = [point for line in strokes for point in line]
    return 0 < len(points) <= MOST_POINTS and all(
        isinstance(point, list) and len(point) == 2 and all(isinstance(value, int) for value in point)
        for point in points
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


CHECKS: dict[Step, Callable[[Any, dict[str, Any], date], None]] = {
    Step.IDENTITY: _identity,
    Step.PHONE: _phone,
    Step.METHOD: _method,
    Step.REPRESENTATIVE: representing.check,
    Step.CONSENT: _consent,
}
