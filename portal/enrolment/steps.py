"""The steps of a case, and what is still missing before it can be handed in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.enrolment.models import Case, CaseFile, FileRole
from portal.enrolment.representing import breached
from portal.vietnam.month import LOCAL_TIME, today


class Step(StrEnum):
    IDENTITY = "identity"
    PHONE = "phone"
    METHOD = "method"
    REPRESENTATIVE = "representative"
    CONSENT = "consent"


STEPS = tuple(Step)
STEP_OF_ROLE = {
    FileRole.ID_FRONT: Step.IDENTITY,
    FileRole.ID_BACK: Step.IDENTITY,
    FileRole.REPRESENTATIVE_FRONT: Step.REPRESENTATIVE,
    FileRole.REPRESENTATIVE_BACK: Step.REPRESENTATIVE,
    FileRole.PAPER: Step.REPRESENTATIVE,
    FileRole.CONSENT: Step.CONSENT,
    FileRole.SIGNATURE: Step.CONSENT,
}
# what a return asks for, to the step where it is done again
STEP_OF_REASON = {
    "id_front": Step.IDENTITY,
    "id_back": Step.IDENTITY,
    "identity": Step.IDENTITY,
    "phone": Step.PHONE,
    "account": Step.METHOD,
    "representative": Step.REPRESENTATIVE,
    "paper": Step.REPRESENTATIVE,
    "consent": Step.CONSENT,
}
# photos without which a kind of paper proves nothing
PHOTOS_OF_DOCUMENT = {
    "citizen_card": (FileRole.ID_FRONT, FileRole.ID_BACK),
    "birth_certificate": (FileRole.ID_FRONT,),
    "other": (FileRole.ID_FRONT,),
    "none": (),
}


@dataclass(frozen=True)
class Gap:
    """Something missing: `what` is "answers", "representative", "law", "signature", "poor", "two_cards" or the role of a
    photo; "law": the representative no longer fits the person or the way to be paid."""

    step: Step
    what: str


def gaps(case: Case) -> list[Gap]:
    """Everything that keeps the case from being handed in, in the order of the steps."""
    found = [Gap(step, "answers") for step in STEPS if step not in case.payload]
    roles = {file.role for file in case.files}
    identity, representative = case.payload.get("identity"), case.payload.get("representative")
    if identity:
        wanted = PHOTOS_OF_DOCUMENT[identity["document"]]
        found += [Gap(Step.IDENTITY, role) for role in wanted if role not in roles]
    if representative:
        wanted = FileRole.REPRESENTATIVE_FRONT, FileRole.PAPER
        found += [Gap(Step.REPRESENTATIVE, role) for role in wanted if role not in roles]
        found += [Gap(Step.REPRESENTATIVE, "law")] if _unlawful(case) else []
    elif "representative" in case.payload and (_needs_representative(case.payload) or _unlawful(case)):
        found.append(Gap(Step.REPRESENTATIVE, "representative"))
    if two_cards(case):
        found.append(Gap(Step.IDENTITY, "two_cards"))
    consent = case.payload.get("consent")
    if consent and not consent.get("strokes") and FileRole.CONSENT not in roles:
        found.append(Gap(Step.CONSENT, "signature"))
    found += [Gap(STEP_OF_ROLE[file.role], "poor") for file in case.files if undecided(case, file)]
    return sorted(set(found), key=lambda gap: (STEPS.index(gap.step), gap.what))


def _needs_representative(payload: dict[str, Any]) -> bool:
    return bool((payload.get("method") or {}).get("kind") == "representative_account")


def _unlawful(case: Case) -> bool:
    """Both on the day of capture and today, so that a birthday between the two holds nobody up."""
    captured_on = case.captured_at.astimezone(LOCAL_TIME).date()
    return bool(breached(case.payload, captured_on) & breached(case.payload, today()))


def two_cards(case: Case) -> bool:
    """Front and back each have a QR code, of different people."""
    read = case.payload.get("read", {})
    cards = [read.get(role) for role in (FileRole.ID_FRONT, FileRole.ID_BACK)]
    return len({card["number"] for card in cards if card}) > 1


def undecided(case: Case, file: CaseFile) -> bool:
    """A poor photo that nobody has decided to keep."""
    poor = bool(file.photo.quality.get("warnings")) and file.role != FileRole.SIGNATURE  # a drawing is no photo
    return poor and file.photo_id not in case.payload.get("kept_photos", [])


def first_to_do(case: Case) -> Step | None:
    """Where to go on: the step to redo of a returned case, else the first with something missing; None: check."""
    reasons = (case.payload.get("returned") or {}).get("reasons", [])
    redo = [STEP_OF_REASON[reason] for reason in reasons if reason in STEP_OF_REASON]
    if redo:
        return min(redo, key=STEPS.index)
    found = gaps(case)
    return found[0].step if found else None
