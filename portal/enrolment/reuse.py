"""One representative for several people: what was written down and photographed for the first serves the next.

A guardian may have several wards (Civil Code, Art. 47), and one paper may name them all.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from portal.audit.services import record
from portal.db import db, now
from portal.enrolment.models import Case, CaseFile, CaseState, FileRole
from portal.enrolment.services import open_to
from portal.enrolment.steps import STEP_OF_ROLE, Step
from portal.staff.models import StaffMember
from portal.staff.queries import visible_to

WITHIN = timedelta(days=30)
MOST = 12
ROLES = tuple(role for role, step in STEP_OF_ROLE.items() if step == Step.REPRESENTATIVE)


@dataclass(frozen=True)
class Earlier:
    """A representative of one of the clerk's cases; `ward`: the name of that person, but for the given name initials."""

    case_id: uuid.UUID
    full_name: str
    citizen_id: str
    kind: str
    ward: str
    pages: int


def earlier(member: StaffMember, case: Case) -> list[Earlier]:
    """Whom this clerk has written down in this commune in the last 30 days, each once, the newest first.

    Not the person of this case: nobody receives for themselves.
    """
    number = (case.payload.get("identity") or {}).get("citizen_id")
    found: dict[str, Earlier] = {}
    for other in db.session.scalars(_cases(member, case).limit(200)):
        told = other.payload["representative"]
        key = told["citizen_id"]
        if key not in found and key != number:
            pages = sum(file.role == FileRole.PAPER for file in other.files)
            found[key] = Earlier(other.id, told["full_name"], key, told["kind"], masked_name(_name(other)), pages)
    return list(found.values())[:MOST]


def one_earlier(member: StaffMember, case: Case, case_id: uuid.UUID) -> Case | None:
    """The case to take over from, if it is one that `earlier` may show."""
    return db.session.scalars(_cases(member, case).where(Case.id == case_id)).one_or_none()


def _cases(member: StaffMember, case: Case) -> Any:
    receives = Case.payload["representative"]["citizen_id"].as_string()
    return (
        visible_to(Case, member)
        .where(
            Case.commune_id == case.commune_id,
            Case.captured_by == member.id,
            Case.id != case.id,
            Case.state != CaseState.REJECTED,
            Case.captured_at >= now() - WITHIN,
            receives.is_not(None),
        )
        .order_by(Case.captured_at.desc(), Case.id.desc())
    )


def take_over(actor: StaffMember, case: Case, source: Case, typed: dict[str, Any]) -> None:
    """Put the earlier case's photos of the representative and the paper into this one, in place of its own.

    `typed`: the answers as the form shows them; they wait in the step, to be looked at before going on.
    """
    open_to(actor, case)
    for file in [each for each in case.files if each.role in ROLES]:
        case.files.remove(file)
        db.session.delete(file)
    db.session.flush()
    theirs = [each for each in source.files if each.role in ROLES]
    case.files += [
        CaseFile(commune_id=case.commune_id, role=each.role, position=each.position, photo=each.photo)
        for each in theirs
    ]
    kept = {each.photo_id for each in theirs} & set(source.payload.get("kept_photos", []))
    case.payload = {
        **case.payload,
        "read": {**_read(case, keep=False), **_read(source, keep=True)},
        "kept_photos": sorted(kept | set(case.payload.get("kept_photos", []))),
        "typed": {**case.payload.get("typed", {}), Step.REPRESENTATIVE.value: typed},
    }
    db.session.flush()
    detail = {"from": str(source.id), "photos": len(theirs)}
    record(actor, "case.representative_reused", f"enrolment_case:{case.id}", commune_id=case.commune_id, **detail)


def _read(case: Case, *, keep: bool) -> dict[str, Any]:
    """What the codes told: of the representative's card, or of everything else."""
    return {role: told for role, told in case.payload.get("read", {}).items() if (role in ROLES) == keep}


def _name(case: Case) -> str:
    identity = case.payload.get("identity") or {}
    return identity.get("full_name") or (case.recipient.full_name if case.recipient else "")


def masked_name(name: str) -> str:
    """H. T. Vẻ: enough to know again whom one has just seen."""
    return " ".join(_masked(name.split()))


def _masked(words: list[str]) -> Iterator[str]:
    yield from (f"{word[0]}." for word in words[:-1])
    yield from words[-1:]
