"""A version that a phone sent, understood: codes read by our rules, answers judged by the day of capture."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from portal.db import db, now
from portal.documents.models import Photo
from portal.enrolment.manifest import Manifest
from portal.enrolment.models import Case, CaseFile, CaseManifest, FileRole, Verdict
from portal.enrolment.steps import Gap, Step, gaps
from portal.recipients.models import Recipient
from portal.vietnam import identity_qr, vietqr
from portal.vietnam.month import LOCAL_TIME

FOR_REVIEW = ("poor", "two_cards")  # gaps that only the server can see
OLDEST = timedelta(days=400)  # a clock that is wrong by more says nothing


@dataclass(frozen=True)
class Problem:
    """What keeps a version from being taken; `message` in the reader's language, None for a gap of the step."""

    step: Step | None
    field: str | None
    message: str


@dataclass(frozen=True)
class Judged:
    """Answers by step as Case.payload has them, and what is wrong with the others."""

    answers: dict[str, Any]
    provenance: dict[str, str]
    problems: list[Problem]


Judge = Callable[[Case, Mapping[Step, dict[str, list[str]]], date], Judged]


class AnswersRefused(Exception):
    """The answers cannot be taken as they are; nothing was stored."""

    def __init__(self, problems: Sequence[Problem] = (), missing: Sequence[Gap] = ()) -> None:
        super().__init__(f"{len(problems)} problems, {len(missing)} gaps")
        self.problems, self.missing = problems, missing


def understood(manifest: Manifest, body: bytes, judge: Judge) -> CaseManifest:
    """The version with its answers as the forms understand them, not stored yet. Raises AnswersRefused."""
    person, read, captured_at = _named(manifest), _read(manifest.read), captured(manifest)
    files = [CaseFile(role=FileRole(f.role), position=f.position, photo=Photo(quality={})) for f in manifest.files]
    draft = Case(
        id=manifest.id,
        commune_id=manifest.commune,
        recipient=person,
        captured_at=captured_at,
        payload={"read": read},
        provenance={},
        files=files,
    )
    judged = judge(draft, manifest.answers, captured_at.astimezone(LOCAL_TIME).date())
    draft.payload = draft.payload | judged.answers
    wrong = {problem.step for problem in judged.problems}
    missing = [gap for gap in gaps(draft) if gap.what not in FOR_REVIEW and gap.step not in wrong]
    if judged.problems or missing:
        raise AnswersRefused(judged.problems, missing)
    return CaseManifest(
        commune_id=manifest.commune,
        case_id=manifest.id,
        rev=manifest.rev,
        schema=manifest.schema,
        sha256=sha256(body).hexdigest(),
        body=body.decode(),
        answers=judged.answers | {"read": read, "told": manifest.read, "recipient": person.id if person else None},
        provenance=judged.provenance,
        files=[file.as_json() for file in manifest.files],
        device_key=manifest.device,
        captured_at=manifest.captured_at,
        clock_offset_ms=manifest.clock_offset,
        received_at=now(),
        verdict=Verdict.ACCEPTED,
        taken_at=None,
    )


def captured(manifest: Manifest) -> datetime:
    """When it was captured by our clock, never later than now; a clock that is wrong by more than a year says nothing."""
    instant = manifest.captured_at + timedelta(milliseconds=manifest.clock_offset or 0)
    return instant if now() - OLDEST < instant < now() else now()


def _named(manifest: Manifest) -> Recipient | None:
    """The person of the register whom the phone names, if the commune has them; of two records found to be one, that."""
    person = db.session.get(Recipient, manifest.recipient) if manifest.recipient else None
    while person and person.merged_into:
        person = person.merged_into
    return person if person and person.commune_id == manifest.commune else None


def _read(texts: Mapping[str, str]) -> dict[str, Any]:
    """What the texts of the codes mean, read by our own rules: cards by place, and the account of a VietQR."""
    read: dict[str, Any] = {}
    for place, told in texts.items():
        if place == "vietqr":
            code = vietqr.parse(told)
            if code and code.crc_ok:
                read[place] = {"bin": code.bin, "account": code.account}
        elif card := identity_qr.parse(told):
            values = asdict(card)
            read[place] = {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}
    return read
