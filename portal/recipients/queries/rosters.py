"""Lists received: those that wait, their rows, and who is missing from one."""

from sqlalchemy import ColumnElement, Select, String, and_, cast, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.jobs import Job
from portal.jobs.queries import last
from portal.recipients.models import (
    Entitlement,
    EntitlementStatus,
    Recipient,
    RosterFile,
    RosterKind,
    RosterRow,
    RosterState,
    SamePerson,
    Verdict,
)
from portal.recipients.queries.people import PAGE
from portal.staff.models import StaffMember
from portal.staff.queries import visible_to


def rosters(member: StaffMember, commune_id: int, *, before: int | None = None) -> list[RosterFile]:
    """The newest lists received."""
    statement = visible_to(RosterFile, member).where(RosterFile.commune_id == commune_id)
    if before:
        statement = statement.where(RosterFile.id < before)
    statement = statement.options(joinedload(RosterFile.programme)).order_by(RosterFile.id.desc())
    return list(db.session.scalars(statement.limit(PAGE)))


def waiting(commune_id: int) -> int:
    """Lists that were read and are not applied."""
    waits = and_(RosterFile.commune_id == commune_id, RosterFile.state == RosterState.PREVIEWED)
    return db.session.scalar(select(func.count()).select_from(RosterFile).where(waits)) or 0


def rows_of(file: RosterFile, show: str, *, after: int = 0) -> tuple[list[RosterRow], int]:
    """A page of rows and one more, and the number of all.

    `show`: a verdict, "doubts", "kept", "guessed", or anything else for all.
    """
    shown: list[ColumnElement[bool]] = [RosterRow.roster_file_id == file.id]
    if show == Verdict.LIKELY:
        shown.append(asked_about(file))
    elif show in set(Verdict):
        shown.append(RosterRow.verdict == Verdict(show))
    elif show == "kept":
        shown.append(says_otherwise())
    elif show == "doubts":
        shown.append(doubtful())
    elif show == "guessed":
        shown.append(guessed())
    total = db.session.scalar(select(func.count()).select_from(RosterRow).where(*shown)) or 0
    page = select(RosterRow).where(*shown, RosterRow.row > after).order_by(RosterRow.row).limit(PAGE + 1)
    return list(db.session.scalars(page)), total


def doubtful() -> ColumnElement[bool]:
    """Rows with something that an officer should look at."""
    return RosterRow.doubt.in_(("error", "warning"))


def guessed() -> ColumnElement[bool]:
    """Rows with repairs that nobody has confirmed."""
    return and_(RosterRow.guesses.is_not(None), cast(RosterRow.guesses, String).not_in(("null", "[]")))


def says_otherwise() -> ColumnElement[bool]:
    """Rows that differ from the register only in what a list never changes."""
    return and_(RosterRow.verdict == Verdict.UNCHANGED, cast(RosterRow.differences, String) != "{}")


def asked_about(file: RosterFile) -> ColumnElement[bool]:
    """Rows of the list that are probably someone known, and those of which that was said since it came."""
    answer = select(SamePerson.id).where(
        SamePerson.commune_id == file.commune_id,
        SamePerson.key == RosterRow.key,
        SamePerson.at >= file.uploaded_at,
    )
    return or_(RosterRow.verdict == Verdict.LIKELY, answer.correlate(RosterRow).exists())


def applied_before(commune_id: int, sha256: str) -> RosterFile | None:
    return db.session.scalars(
        select(RosterFile).where(
            RosterFile.commune_id == commune_id,
            RosterFile.sha256 == sha256,
            RosterFile.state == RosterState.APPLIED,
        )
    ).one_or_none()


def subject_of(file: RosterFile) -> str:
    """What long work on this list is about."""
    return f"roster_file:{file.id}"


def job_of(file: RosterFile) -> Job | None:
    """The last long work on this list: reading it or applying it."""
    return last(subject_of(file))


def jobs_of(files: list[RosterFile]) -> dict[int, Job]:
    """The last long work on each of these lists that had any, by the list's id."""
    subjects = {subject_of(file): file.id for file in files}
    jobs = db.session.scalars(select(Job).where(Job.subject.in_(subjects)).order_by(Job.id))
    return {subjects[job.subject]: job for job in jobs}


def still_read(commune_id: int, sha256: str) -> Select[RosterFile]:
    """Previews of this file that were not applied."""
    waiting = RosterFile.state.in_((RosterState.READING, RosterState.PREVIEWED))
    return select(RosterFile).where(RosterFile.commune_id == commune_id, RosterFile.sha256 == sha256, waiting)


def missing(file: RosterFile) -> Select[Entitlement, Recipient]:
    """Who is paid of this programme and began before the list's month, but is on no row, not even a refused one.

    Nobody is missing from a list of changes.
    """
    rows = select(RosterRow.id).where(RosterRow.roster_file_id == file.id)
    coded = rows.where(RosterRow.key == Entitlement.code).correlate(Entitlement)
    found = select(RosterRow.entitlement_id).where(
        RosterRow.roster_file_id == file.id, RosterRow.entitlement_id.is_not(None)
    )
    return (
        select(Entitlement, Recipient)
        .join(Recipient, Recipient.id == Entitlement.recipient_id)
        .where(Entitlement.commune_id == file.commune_id, Entitlement.programme_id == file.programme_id)
        .where(Entitlement.status == EntitlementStatus.LIVE, Entitlement.first_month < file.month)
        .where(true() if file.kind == RosterKind.ROSTER else false())
        .where(~coded.exists(), Entitlement.id.not_in(found))
        .order_by(Recipient.sort_key, Recipient.id)
    )
