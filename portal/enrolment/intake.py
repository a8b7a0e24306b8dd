"""Receiving a case that a phone sends in parts, in any order, any number of times; the last part hands it in."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select, text

from portal.areas.models import Commune
from portal.audit.services import record
from portal.db import db, now
from portal.documents import services as documents
from portal.documents.reading import Reading
from portal.documents.vault import Vault
from portal.enrolment import services
from portal.enrolment.completing import become, new_case, propose, ready
from portal.enrolment.faults import CommuneElsewhere, ManifestRefused
from portal.enrolment.labels import PHOTO_WARNINGS
from portal.enrolment.manifest import Manifest
from portal.enrolment.models import Case, CaseManifest, CaseState, FileRole, ReceivedFile, Verdict
from portal.enrolment.receipts import AWAITS, Status, hashes, photos, status
from portal.enrolment.understanding import Judge, understood
from portal.staff.models import StaffMember
from portal.staff.queries import in_communes_of

LOCK_WAIT = "5s"


@dataclass(frozen=True)
class Outcome:
    """`new`: it was not here before; `beside`: this version and the case that stands, when they are two."""

    status: Status
    new: bool
    beside: tuple[CaseManifest, Case] | None = None


@dataclass(frozen=True)
class Place:
    """Where a photo that is being sent belongs: its commune when the case is known, its size when the case names it.

    `warnings` of the phone that judged it; None when it did not, or when the case is not known yet. `told`: the places
    whose card the phone has read.
    """

    commune_id: int | None
    size: int | None
    role: FileRole | None
    had: bool
    warnings: list[str] | None = None
    told: frozenset[str] = frozenset()


def hold(case_id: uuid.UUID) -> None:
    """One transaction at a time works on a case; SQLite has one writer anyway. A busy case is an OperationalError.

    It waits some seconds: a photo that was sent over a poor network is not to be sent again for a collision.
    """
    if db.session.get_bind().dialect.name != "postgresql":
        return
    key = int.from_bytes(case_id.bytes[8:], "big", signed=True)
    db.session.execute(text(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'"))
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
    db.session.execute(text("SET LOCAL lock_timeout = 0"))


def receive_version(actor: StaffMember, manifest: Manifest, body: bytes, judge: Judge) -> Outcome:
    """Take in one sealed version; other bytes for a rev that is taken, or not wanted any more, are kept beside.

    Raises services.CaseOfAnother, ManifestRefused, AnswersRefused; then nothing is stored.
    """
    hold(manifest.id)
    case, versions = _case(actor, manifest.id), _versions(actor, manifest.id)
    digest = sha256(body).hexdigest()
    if known := next((version for version in versions if version.sha256 == digest), None):
        return _outcome(actor, manifest.id, case, known, new=False)
    communes = {commune.id for commune in actor.communes} if case is None else {case.commune_id}
    if manifest.commune not in communes:
        raise ManifestRefused(CommuneElsewhere())
    version = understood(manifest, body, judge)
    version.received_by = actor.id
    if case is None:
        case = new_case(actor, version)
    wanted = _wanted(case, version, versions)
    if not wanted:
        version.verdict = Verdict.BESIDE
    db.session.add(version)
    db.session.flush()
    waiting = None
    if wanted:
        propose(case, version)
        waiting = ready(actor, case, version)
    action = "case.version_received" if wanted else "case.version_kept_beside"
    told = {"rev": version.rev, "photos": len(hashes(version))}
    record(actor, action, f"enrolment_case:{case.id}", commune_id=case.commune_id, **told)
    if waiting is not None:
        become(actor, case, version, waiting)
    return _outcome(actor, case.id, case, version, new=True)


def receive_photo(
    actor: StaffMember,
    case_id: uuid.UUID,
    commune: Commune,
    vault: Vault,
    sent: tuple[str, int],
    seen: tuple[Reading, bytes],
) -> Outcome:
    """Take in one photo: `sent` is hash and size of the bytes as they came, `seen` what was read and the clean picture.

    It may come before its case, and is then held for a week. Raises services.CaseOfAnother.
    """
    hold(case_id)
    case, versions = _case(actor, case_id), _versions(actor, case_id)
    (digest, size), (reading, clear) = sent, seen
    naming = next((version for version in reversed(versions) if digest in hashes(version)), None)
    if digest in photos(actor, case_id, commune.id):
        return _outcome(actor, case_id, case, naming, new=False)
    version = _unfinished(case, versions)
    told = {"card": reading.citizen_id_qr}
    waiting = ready(actor, case, version, {digest: told}) if case and version else None
    photo = documents.keep(actor, commune, vault, reading, clear)
    file = ReceivedFile(
        commune_id=commune.id,
        case_id=case_id,
        sha256=digest,
        size=size,
        photo_id=photo.id,
        reading=told,
        received_at=now(),
        received_by=actor.id,
    )
    db.session.add(file)
    db.session.flush()
    record(actor, "case.photo_received", f"enrolment_case:{case_id}", commune_id=commune.id, photo=photo.id)
    if case and version and waiting is not None:
        become(actor, case, version, waiting)
    return _outcome(actor, case_id, case, naming, new=True)


def place_of(actor: StaffMember, case_id: uuid.UUID, digest: str) -> Place:
    """Look before the bytes are opened. Raises services.CaseOfAnother."""
    case = _case(actor, case_id, lock=False)
    versions = _versions(actor, case_id)
    named = [(version, file) for version in versions for file in version.files if file["sha256"] == digest]
    commune_id = case.commune_id if case else None
    had = digest in photos(actor, case_id, commune_id)
    if not named:
        return Place(commune_id, None, None, had)
    version, file = named[-1]
    known = None if file["warnings"] is None else [code for code in file["warnings"] if code in PHOTO_WARNINGS]
    told = frozenset(place for place, card in version.answers["read"].items() if card)
    return Place(commune_id, file["bytes"], FileRole(file["role"]), had, known, told)


def _unfinished(case: Case | None, versions: Sequence[CaseManifest]) -> CaseManifest | None:
    """The version that becomes the case when its last photo has come."""
    accepted = [version for version in versions if version.verdict == Verdict.ACCEPTED]
    last = max(accepted, key=lambda version: version.rev, default=None)
    return last if case and case.state in AWAITS and last and last.taken_at is None else None


def _case(actor: StaffMember, case_id: uuid.UUID, *, lock: bool = True) -> Case | None:
    statement = select(Case).where(Case.id == case_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    case = db.session.scalars(statement).one_or_none()
    if case and (case.captured_by != actor.id or case.commune_id not in {commune.id for commune in actor.communes}):
        raise services.CaseOfAnother
    return case


def _versions(actor: StaffMember, case_id: uuid.UUID) -> Sequence[CaseManifest]:
    """The actor's, oldest first."""
    statement = select(CaseManifest).where(
        in_communes_of(CaseManifest.commune_id, actor),
        CaseManifest.case_id == case_id,
        CaseManifest.received_by == actor.id,
    )
    return db.session.scalars(statement.order_by(CaseManifest.id)).all()


def _wanted(case: Case, version: CaseManifest, versions: Sequence[CaseManifest]) -> bool:
    """Whether the case waits for a version later than those that it has."""
    accepted = [other.rev for other in versions if other.verdict == Verdict.ACCEPTED]
    handed_in = [case.rev] if case.state != CaseState.RECEIVING else []
    return case.state in AWAITS and version.rev > max(accepted + handed_in, default=0)


def _outcome(
    actor: StaffMember, case_id: uuid.UUID, case: Case | None, version: CaseManifest | None, *, new: bool
) -> Outcome:
    told = status(actor, case_id, version)
    beside = (version, case) if case and version and told.state == "kept_beside" else None
    return Outcome(told, new, beside)
