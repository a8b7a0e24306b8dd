"""The answers of a case in words, step by step, for checking and for printing."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext

from portal.areas.models import PayoutPoint
from portal.db import db
from portal.enrolment import labels
from portal.enrolment.models import Case
from portal.enrolment.steps import STEPS, Step
from portal.formats import birth, day, grouped
from portal.recipients.representation import age
from portal.vietnam import banks
from portal.vietnam.month import today

CHILD_BEFORE = 16


@dataclass(frozen=True)
class Answer:
    """`source`: where the value came from, in words; "" when that says nothing."""

    label: str
    text: str
    source: str = ""


def pronoun(case: Case) -> str:
    """How the clerk speaks of the person."""
    identity = case.payload.get("identity") or {}
    born = _day(identity.get("birth_date")) or (case.recipient and case.recipient.birth_date)
    if born and age(born, today()) < CHILD_BEFORE:
        return str(labels.PRONOUNS["child"])
    return str(labels.PRONOUNS[identity.get("sex") or (case.recipient and case.recipient.sex) or ""])


def name_of(case: Case) -> str:
    """The person's name as the case knows it so far; "" at the very beginning."""
    identity = case.payload.get("identity")
    if identity:
        return str(identity["full_name"])
    cards = [card for card in case.payload.get("read", {}).values() if card and "full_name" in card]
    return case.recipient.full_name if case.recipient else str(cards[0]["full_name"]) if cards else ""


def summary(case: Case) -> list[tuple[Step, list[Answer]]]:
    """Every step with its answers; no answers for a step that is not there."""
    makers = {
        Step.IDENTITY: _identity,
        Step.PHONE: _phone,
        Step.METHOD: _method,
        Step.REPRESENTATIVE: _representative,
        Step.CONSENT: _consent,
    }
    found = []
    for step in STEPS:
        answers = makers[step](case, case.payload[step]) if step in case.payload else []
        found.append((step, [answer for answer in answers if answer.text]))
    return found


def _source(case: Case, field: str) -> str:
    return str(labels.SOURCE_LABELS.get(case.provenance.get(field, ""), ""))


def _identity(case: Case, told: dict[str, Any]) -> list[Answer]:
    def answer(field: str, label: str, text: str) -> Answer:
        return Answer(label, text, _source(case, f"identity.{field}"))

    born = birth(_day(told["birth_date"]), told["birth_precision"] or "day")
    return [
        Answer(gettext("Paper"), str(labels.DOCUMENT_LABELS[told["document"]])),
        answer("full_name", gettext("Full name"), told["full_name"]),
        Answer(gettext("Lines of the back"), gettext("typed, their check digits fit") if told.get("mrz") else ""),
        answer("birth_date", gettext("Birth date"), born),
        answer("sex", gettext("Sex"), str(labels.SEXES.get(told["sex"], ""))),
        answer("citizen_id", gettext("Identity number"), grouped(told["citizen_id"])),
        answer("address", gettext("Permanent residence"), told["address"]),
        answer("issued_on", gettext("Day of issue"), day(_day(told["issued_on"]))),
    ]


def _phone(case: Case, told: dict[str, Any]) -> list[Answer]:
    if not told["number"]:
        return [Answer(gettext("Phone number"), str(labels.PHONE_OWNERS["none"]))]
    owner = str(labels.PHONE_OWNERS[told["owner"]])
    whose = f"{owner}: {told['owner_name']}" if told["owner_name"] else owner
    return [
        Answer(gettext("Phone number"), told["number"], _source(case, "phone.number")),
        Answer(gettext("Whose phone"), whose),
    ]


def _method(case: Case, told: dict[str, Any]) -> list[Answer]:
    bank = banks.by_bin(told["provider_bin"] or "")
    point = db.session.get(PayoutPoint, told["payout_point_id"]) if told["payout_point_id"] else None
    return [
        Answer(gettext("Way to be paid"), str(labels.METHOD_LABELS[told["kind"]])),
        Answer(gettext("Bank or wallet"), bank.short if bank else ""),
        Answer(gettext("Account number"), grouped(told["account_number"]), _source(case, "method.account_number")),
        Answer(gettext("Account owner"), told["holder_name"]),
        Answer(gettext("Payout point"), point.name if point else ""),
        Answer(gettext("Reason"), told["reason"]),
    ]


def _representative(case: Case, told: dict[str, Any] | None) -> list[Answer]:
    if told is None:
        return [Answer(gettext("Who receives"), str(labels.REPRESENTATIVE_KINDS["none"]))]
    certified = ", ".join(filter(None, (told["paper_no"], told["certified_by"], day(_day(told["certified_on"])))))
    first, last = day(_day(told["valid_from"])), day(_day(told["valid_until"]))
    period = f"{first or '…'} – {last or '…'}" if first or last else ""
    return [
        Answer(gettext("Who receives"), str(labels.REPRESENTATIVE_KINDS[told["kind"]])),
        Answer(gettext("Right rests on"), str(labels.BASES.get(told.get("basis") or "", ""))),
        Answer(gettext("Full name"), told["full_name"], _source(case, "representative.full_name")),
        Answer(gettext("Identity number"), grouped(told["citizen_id"]), _source(case, "representative.citizen_id")),
        Answer(gettext("Birth date"), day(_day(told["birth_date"])), _source(case, "representative.birth_date")),
        Answer(gettext("Phone number"), told["phone"] or ""),
        Answer(gettext("Relation to the person"), told["relation"]),
        Answer(gettext("May do"), str(labels.SCOPES[told["scope"]])),
        Answer(gettext("Certification"), certified),
        Answer(gettext("Valid"), period, _source(case, "representative.valid_until")),
    ]


def _consent(case: Case, told: dict[str, Any]) -> list[Answer]:
    agreed = [
        Answer(gettext("Agreed") if name in told["purposes"] else gettext("Not agreed"), str(label))
        for name, label in labels.PURPOSE_LABELS.items()
    ]
    drawn = gettext("drawn on the screen") if told["strokes"] else gettext("photo of the signed sheet")
    return [*agreed, Answer(gettext("Signature"), drawn)]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
