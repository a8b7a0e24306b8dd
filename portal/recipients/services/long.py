"""Big lists are read and applied by a worker, small ones at once."""

import hashlib
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy import delete

from portal.db import db
from portal.documents.vault import Vault
from portal.errors import DomainError
from portal.jobs import Handler, Work
from portal.jobs.queries import living
from portal.jobs.services import call_off, start
from portal.recipients.models import ColumnMapping, Programme, RosterFile, RosterState
from portal.recipients.queries.rosters import still_read, subject_of
from portal.recipients.services.applying import apply_roster
from portal.recipients.services.receiving import clear_copy, discard, read_rows, receive, take_in
from portal.recipients.services.refusals import ChangedSincePreview, must_wait
from portal.staff.models import StaffMember

READ, APPLY = "roster.read", "roster.apply"
BIG_FILE = 1024 * 1024  # bytes
MANY_ROWS = 5_000


def load(
    actor: StaffMember,
    commune_id: int,
    vault: Vault,
    path: Path,
    name: str,
    *,
    programme: Programme,
    month: date | None = None,
) -> RosterFile:
    """The list of a file, read at once or to be read by a worker; the one under way, if this file is worked on.

    Raises what `receive` raises.
    """
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    for file in db.session.scalars(still_read(commune_id, sha256)):
        if living(subject_of(file)):
            return file
    if path.stat().st_size <= BIG_FILE:
        return receive(actor, commune_id, vault, path, name, programme=programme, month=month)
    file = take_in(actor, commune_id, vault, path, name, programme=programme, month=month)
    if file.state == RosterState.READING:
        start(READ, subject_of(file), commune_id, actor)
    return file


def read_again(actor: StaffMember, file: RosterFile, vault: Vault, rows: int) -> None:
    """Read a list whose columns were corrected; `rows`: how many it had. Raises what `read_rows` raises."""
    call_off(actor, subject_of(file))
    if rows <= MANY_ROWS:
        with clear_copy(file, vault) as path:
            read_rows(file, path)
    else:
        start(READ, subject_of(file), file.commune_id, actor)


def go_on_reading(actor: StaffMember, file: RosterFile) -> None:
    """Have a stopped reading done to its end."""
    if file.state == RosterState.READING:
        start(READ, subject_of(file), file.commune_id, actor)


def apply_or_start(actor: StaffMember, file: RosterFile) -> bool | None:
    """Apply a list at once and say what `apply_roster` says; None when a worker does it."""
    if file.rows <= MANY_ROWS:
        return apply_roster(actor, file)
    must_wait(file)
    start(APPLY, subject_of(file), file.commune_id, actor, total=2 * file.rows)
    return None


def give_up(actor: StaffMember, file: RosterFile) -> None:
    """Discard a list that no worker works on. Raises `StillWorking`."""
    call_off(actor, subject_of(file))
    discard(actor, file)


def reading(vault: Vault) -> Handler:
    return Handler(partial(_read, vault), _throw_away)


def applying() -> Handler:
    return Handler(_apply)


def _read(vault: Vault, work: Work) -> None:
    file = db.session.get_one(RosterFile, work.subject_id)
    if file.state != RosterState.READING:
        return
    people, work.second = 0, 0.3

    def save() -> None:
        nonlocal people
        people = file.rows  # before the commit: looking at it later would begin the next transaction too soon
        work.save()

    with clear_copy(file, vault) as path:
        read_rows(file, path, lambda done: work.tell(done, 2 * people), save)


def _throw_away(work: Work) -> None:
    """A file that is no list leaves no rows behind, nor the meaning of columns that made it none."""
    file = db.session.get_one(RosterFile, work.subject_id)
    shape = file.report.get("fingerprint")
    same = (ColumnMapping.commune_id == file.commune_id, ColumnMapping.fingerprint == shape)
    db.session.execute(delete(ColumnMapping).where(*same))
    discard(work.actor, file)


def _apply(work: Work) -> DomainError | None:
    file = db.session.get_one(RosterFile, work.subject_id, with_for_update=True, populate_existing=True)
    total, work.second = 2 * file.rows, 4.0
    applied = apply_roster(work.actor, file, lambda done: work.tell(done, total))
    return None if applied else ChangedSincePreview()
