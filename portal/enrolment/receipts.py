"""What became of the cases that a phone sends: what is still missing, and the receipt by which it may let go."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from portal.db import db
from portal.enrolment.models import Case, CaseManifest, CaseState, ReceivedFile, Verdict
from portal.staff.models import StaffMember
from portal.staff.queries import in_communes_of

State = Literal["unknown", "held", "receiving", "received", "kept_beside"]
AWAITS = (CaseState.RECEIVING, CaseState.RETURNED)  # states in which a version that a phone sent becomes the case
AT_ONCE = 500  # databases take a limited number of parameters


@dataclass(frozen=True)
class Receipt:
    """All of this version is here: `manifest` is the hash of its text, `files` those of its photos as they were sent."""

    number: str | None
    rev: int
    manifest: str
    files: list[str]
    received_at: datetime | None


@dataclass(frozen=True)
class Status:
    """`missing`: hashes of photos that the version names and that have not come."""

    id: uuid.UUID
    rev: int | None
    state: State
    missing: list[str]
    receipt: Receipt | None

    def as_json(self) -> dict[str, Any]:
        told = asdict(self) | {"id": str(self.id)}
        if self.receipt and self.receipt.received_at:
            told["receipt"]["received_at"] = self.receipt.received_at.isoformat()
        return told


def hashes(version: CaseManifest) -> list[str]:
    """Of its photos, each once, in the order in which they stand."""
    return list(dict.fromkeys(file["sha256"] for file in version.files))


def status(actor: StaffMember, case_id: uuid.UUID, version: CaseManifest | None = None) -> Status:
    """Of this version; else of the one that came last."""
    return statuses(actor, [case_id], version)[case_id]


def statuses(
    actor: StaffMember, ids: Sequence[uuid.UUID], version: CaseManifest | None = None
) -> dict[uuid.UUID, Status]:
    """Of each of these cases; those of other clerks are unknown. A fixed number of queries for every 500."""
    found: dict[uuid.UUID, Status] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        cases = {case.id: case for case in _own(actor, Case, Case.captured_by, Case.id, some)}
        versions: dict[uuid.UUID, list[CaseManifest]] = defaultdict(list)
        for one in _own(actor, CaseManifest, CaseManifest.received_by, CaseManifest.case_id, some):
            versions[one.case_id].append(one)
        files: dict[uuid.UUID, list[ReceivedFile]] = defaultdict(list)
        for file in _own(actor, ReceivedFile, ReceivedFile.received_by, ReceivedFile.case_id, some):
            files[file.case_id].append(file)
        found |= {key: _status(key, cases.get(key), versions[key], files[key], version) for key in some}
    return found


def _own(actor: StaffMember, model: Any, by: Any, key: Any, ids: Iterable[uuid.UUID]) -> Sequence[Any]:
    """Rows of the actor, oldest first."""
    statement = select(model).where(in_communes_of(model.commune_id, actor), by == actor.id, key.in_(ids))
    return db.session.scalars(statement.order_by(model.id)).all()


def _status(
    case_id: uuid.UUID,
    case: Case | None,
    versions: Sequence[CaseManifest],
    files: Collection[ReceivedFile],
    asked: CaseManifest | None,
) -> Status:
    version = asked or (versions[-1] if versions else None)
    if version is None or case is None:
        return Status(case_id, None, "held" if files else "unknown", [], None)
    had = {file.sha256 for file in files if file.commune_id == case.commune_id}
    missing = [] if version.taken_at else [one for one in hashes(version) if one not in had]
    corrected = any(one.taken_at and one.rev > version.rev for one in versions)
    state: State = "receiving"
    if version.verdict == Verdict.BESIDE or (is_beside(case, version) and not corrected):
        state = "kept_beside"
    elif (version.taken_at or corrected) and not missing:
        state = "received"
    receipt = None
    if state != "receiving" and not missing and case.number:
        receipt = Receipt(case.number, version.rev, version.sha256, hashes(version), case.received_at)
    return Status(case_id, version.rev, state, missing, receipt)


def is_beside(case: Case, version: CaseManifest) -> bool:
    """Whether the version is not the case and will not become it: the case went on without it."""
    return version.verdict == Verdict.BESIDE or (version.taken_at is None and case.state not in AWAITS)


def photos(actor: StaffMember, case_id: uuid.UUID, commune_id: int | None) -> dict[str, ReceivedFile]:
    """What the actor has sent for the case, by hash; None: in any commune."""
    files = _own(actor, ReceivedFile, ReceivedFile.received_by, ReceivedFile.case_id, [case_id])
    return {file.sha256: file for file in files if commune_id in (None, file.commune_id)}
