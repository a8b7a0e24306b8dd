"""Where a version that a phone sent and the case that stands say different things, in words, numbers masked."""

import re
from dataclasses import dataclass

from flask_babel import gettext

from portal.enrolment.models import Case, CaseManifest
from portal.enrolment.steps import STEPS
from portal.enrolment.summary import summary
from portal.formats import masked


@dataclass(frozen=True)
class Difference:
    label: str
    phone: str
    server: str


def differences(version: CaseManifest, case: Case) -> list[Difference]:
    """In the order of the steps; photos at the end, by how many there are."""
    told = {step.value: version.answers[step.value] for step in STEPS}
    phone = _texts(Case(payload=told, provenance={}))
    server = _texts(case)
    found = [
        Difference(label, *_shown(phone.get((step, label), ""), server.get((step, label), "")))
        for step, label in {**server, **phone}
        if phone.get((step, label)) != server.get((step, label))
    ]
    photos = str(len(version.files)), str(len(case.files))
    return found + ([Difference(gettext("Photos"), *photos)] if photos[0] != photos[1] else [])


def _texts(case: Case) -> dict[tuple[str, str], str]:
    """What the case says, by step and label; answers under one label stand in one text."""
    found: dict[tuple[str, str], str] = {}
    for step, answers in summary(case):
        for answer in answers:
            key = step.value, answer.label
            found[key] = f"{found[key]}; {answer.text}" if key in found else answer.text
    return found


def _shown(phone: str, server: str) -> tuple[str, str]:
    """Numbers without their middle; two that differ only there are told apart by a word."""
    hidden = _masked(phone), _masked(server)
    if hidden[0] == hidden[1]:
        return hidden[0], gettext("%(number)s, with other digits in the middle", number=hidden[1])
    return hidden


def _masked(text: str) -> str:
    plain = re.sub(r"\s", "", text)
    return masked(plain, 3) if re.fullmatch(r"[0-9A-Z]{6,}", plain) and re.search(r"[0-9]", plain) else text
