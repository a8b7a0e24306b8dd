"""Cases of which a part has come, and versions that are kept beside the case that stands."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased, joinedload

from portal.db import db
from portal.enrolment.differences import Difference, differences
from portal.enrolment.models import Case, CaseManifest, ReceivedFile, Verdict
from portal.enrolment.receipts import AWAITS, hashes, is_beside


@dataclass(frozen=True)
class Arriving:
    """`have` of `wanted` photos are here; `since`: when the first part that names them came."""

    case: Case
    since: datetime
    have: int
    wanted: int


@dataclass(frozen=True)
class Beside:
    """A version that is not the case: when it came, and where it says something else."""

    received_at: datetime
    differences: list[Difference]


def arriving(commune_id: int, most: int) -> list[Arriving]:
    """Cases whose photos are still coming, longest first."""
    later = aliased(CaseManifest)
    corrected = (
        select(later.id)
        .where(
            later.commune_id == CaseManifest.commune_id,
            later.case_id == CaseManifest.case_id,
            later.verdict == Verdict.ACCEPTED,
            later.rev > CaseManifest.rev,
        )
        .exists()
    )
    statement = (
        select(CaseManifest, Case)
        .join(Case, and_(Case.id == CaseManifest.case_id, Case.commune_id == CaseManifest.commune_id))
        .where(
            CaseManifest.commune_id == commune_id,
            CaseManifest.verdict == Verdict.ACCEPTED,
            CaseManifest.taken_at.is_(None),
            Case.state.in_(AWAITS),
            ~corrected,
        )
        .options(joinedload(Case.recipient))
        .order_by(CaseManifest.received_at, CaseManifest.id)
        .limit(most)
    )
    rows = db.session.execute(statement).all()
    came = _came(commune_id, [version.case_id for version, _ in rows])
    return [
        Arriving(case, version.received_at, len(came[case.id] & set(hashes(version))), len(hashes(version)))
        for version, case in rows
    ]


def _came(commune_id: int, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """Hashes of the photos that came, by case."""
    statement = select(ReceivedFile.case_id, ReceivedFile.sha256).where(
        ReceivedFile.commune_id == commune_id, ReceivedFile.case_id.in_(ids)
    )
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    for case_id, digest in db.session.execute(statement):
        found[case_id].add(digest)
    return found


def beside(case: Case) -> list[Beside]:
    """Versions that a phone sent and that are not the case, oldest first; corrected ones are not told of."""
    statement = select(CaseManifest).where(CaseManifest.commune_id == case.commune_id, CaseManifest.case_id == case.id)
    versions = db.session.scalars(statement.order_by(CaseManifest.id)).all()
    taken = max((version.rev for version in versions if version.taken_at), default=0)
    return [
        Beside(version.received_at, differences(version, case))
        for version in versions
        if is_beside(case, version) and (version.verdict == Verdict.BESIDE or version.rev > taken)
    ]
