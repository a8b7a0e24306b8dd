"""Where phones send the cases that were captured without a network. Every answer is JSON, see docs/decisions/0025."""

import re
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import ClientDisconnected

from portal.access import Permission, allow
from portal.areas.models import Commune
from portal.db import commit_so_far, db, now, reading
from portal.documents import reading as photos
from portal.documents.views import vault
from portal.enrolment import intake as receiving
from portal.enrolment import labels, manifest, receipts
from portal.enrolment.codes import codes_on
from portal.enrolment.differences import differences
from portal.enrolment.faults import (
    BodyEmpty,
    BodyTooLarge,
    CaseBusy,
    HashDiffers,
    LengthDiffers,
    ManifestRefused,
)
from portal.enrolment.forms.sent import judge
from portal.enrolment.intake import Outcome
from portal.enrolment.services import CaseOfAnother
from portal.enrolment.understanding import AnswersRefused
from portal.errors import DomainError, failsafe, for_phone
from portal.formats import label
from portal.staff.session import current_commune, here, member

intake = Blueprint("intake", __name__, url_prefix="/enrolment/intake")
CHUNK = 64 * 1024
CODES: dict[type[DomainError], str] = {
    BodyEmpty: "empty",
    HashDiffers: "wrong_hash",
    LengthDiffers: "wrong_length",
    photos.NotAPhoto: "not_a_photo",
    photos.EmptyPhoto: "empty",
    photos.PhotoTooManyPixels: "too_many_pixels",
    photos.PhotoTooSlow: "too_slow",
    photos.PhotoBroken: "broken",
}
# as PostgreSQL tells it: a lock not had in time, a deadlock, a serialization failure
PASSING = {"55P03", "40P01", "40001"}


@intake.get("/hello")
@allow(Permission.CAPTURE)
def hello() -> ResponseReturnValue:
    """Whether this is the portal and who is signed in, asked before anything is sent."""
    commune, me = current_commune(), member()
    return for_phone(
        200,
        now=now().isoformat(timespec="milliseconds"),
        csrf=generate_csrf(),
        schema={"least": manifest.LEAST, "newest": manifest.NEWEST},
        user={"id": me.id, "name": me.full_name, "role": label(me.role)},
        commune={"id": commune.id, "name": commune.name} if commune else None,
    )


@intake.put("/cases/<uuid:case_id>")
@allow(Permission.CAPTURE)
def version(case_id: uuid.UUID) -> ResponseReturnValue:
    """One sealed version of a case. What is kept beside is committed, though the answer is a 409."""
    with laid_down(manifest.MOST_BYTES) as (path, _digest, _size):
        body = path.read_bytes()
    outcome = receiving.receive_version(member(), manifest.read(body, case_id), body, judge)
    answer = told(outcome)
    if outcome.beside is None:
        return for_phone(201 if outcome.new else 200, **answer)
    if outcome.new:
        commit_so_far()
    return for_phone(409, **answer)


@intake.put("/cases/<uuid:case_id>/files/<digest>")
@allow(Permission.CAPTURE)
def photo(case_id: uuid.UUID, digest: str) -> ResponseReturnValue:
    """One photo. It is opened only when it is the one that was announced, and outside of any transaction."""
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        abort(404)
    with laid_down(manifest.MOST_PHOTO_BYTES) as (path, found, size):
        with reading():
            place = receiving.place_of(member(), case_id, digest)
            commune = db.session.get_one(Commune, place.commune_id) if place.commune_id else here()
        check(digest, found, size, place.size)
        if place.had:
            return for_phone(200, **receipts.status(member(), case_id).as_json())
        name = str(labels.ROLE_LABELS[place.role]) if place.role else gettext("file %(code)s", code=digest[:8])
        clean = path.with_name("clean.jpg")
        codes = codes_on(place.role, place.told)
        seen = photos.inspect(path, name, out=clean, codes=codes, told=place.warnings)
        outcome = receiving.receive_photo(
            member(), case_id, commune, vault(), (digest, size), (seen, clean.read_bytes())
        )
    return for_phone(201 if outcome.new else 200, **outcome.status.as_json())


@intake.get("/cases/<uuid:case_id>")
@allow(Permission.CAPTURE)
def status(case_id: uuid.UUID) -> ResponseReturnValue:
    found = receipts.status(member(), case_id)
    if found.state == "unknown":
        abort(404)
    return for_phone(200, **found.as_json())


def told(outcome: Outcome) -> dict[str, Any]:
    """The status; of a version kept beside also the case that stands, and where the two differ."""
    answer = outcome.status.as_json()
    if outcome.beside:
        sent, stands = outcome.beside
        answer["server"] = {
            "number": stands.number,
            "state": stands.state.value,
            "differences": [asdict(one) for one in differences(sent, stands)],
        }
    return answer


@contextmanager
def laid_down(most: int) -> Iterator[tuple[Path, str, int]]:
    """The body as a file of its own, with its hash and size; never in memory as a whole, and refused before it is read."""
    if (request.content_length or 0) > most:
        raise BodyTooLarge(limit=most // 1024)
    digest, size = sha256(), 0
    with tempfile.TemporaryDirectory(prefix="portal-intake-") as folder:
        path = Path(folder) / "sent"
        with path.open("wb") as file:
            try:
                while chunk := request.stream.read(CHUNK):
                    size += len(chunk)
                    if size > most:
                        raise BodyTooLarge(limit=most // 1024)
                    digest.update(chunk)
                    file.write(chunk)
            except ClientDisconnected as error:
                raise LengthDiffers(got=size, wanted=request.content_length or 0) from error
        yield path, digest.hexdigest(), size


def check(digest: str, found: str, size: int, wanted: int | None) -> None:
    """Whether these are the bytes that were announced. Raises BodyEmpty, LengthDiffers, HashDiffers."""
    if not size:
        raise BodyEmpty
    if wanted is not None and size != wanted:
        raise LengthDiffers(got=size, wanted=wanted)
    if digest != found:
        raise HashDiffers


@intake.errorhandler(ManifestRefused)
def refused(error: ManifestRefused) -> ResponseReturnValue:
    problems = [{"step": None, "field": None, "message": problem.message} for problem in error.problems]
    return for_phone(422, "refused", problems=problems)


@intake.errorhandler(AnswersRefused)
def unanswered(error: AnswersRefused) -> ResponseReturnValue:
    problems = [{"step": one.step, "field": one.field, "message": one.message} for one in error.problems]
    problems += [{"step": gap.step, "field": None, "message": gap_label(gap.step, gap.what)} for gap in error.missing]
    return for_phone(422, "refused", problems=problems)


def gap_label(step: Any, what: str) -> str:
    return f"{label(step)}: {labels.MISSING_STEP}" if what == "answers" else str(labels.GAP_LABELS[what])


@intake.errorhandler(DomainError)
def domain_error(error: DomainError) -> ResponseReturnValue:
    if isinstance(error, photos.PhotosBusy):
        return for_phone(423, message=error.message)
    reason = "of_another" if isinstance(error, CaseOfAnother) else None
    code = next((CODES[kind] for kind in CODES if isinstance(error, kind)), None)
    return for_phone(error.status, reason, message=error.message, **({"code": code} if code else {}))


@intake.errorhandler(OperationalError)
@intake.errorhandler(StaleDataError)
@intake.errorhandler(IntegrityError)
def busy(error: Exception) -> ResponseReturnValue:
    """Two requests met; what they do is the same a second time, so the phone sends it again. Anything else is a fault."""
    orig = getattr(error, "orig", None)
    passing = isinstance(error, StaleDataError) or getattr(orig, "sqlstate", None) in {*PASSING, "23505"}
    if passing or "database is locked" in str(orig) or "UNIQUE constraint failed" in str(orig):
        return for_phone(423, message=CaseBusy().message)
    return failsafe(error)
