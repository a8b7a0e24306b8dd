"""Take a list in: read it, keep the file and its rows, compare it. Nothing in the register changes yet."""

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

from portal.audit.services import record
from portal.db import db, now
from portal.documents.vault import Vault
from portal.recipients.models import BaseRate, ColumnMapping, Programme, RosterFile, RosterRow, RosterState
from portal.recipients.parsing import Roster, read_roster, to_json
from portal.recipients.queries import applied_before
from portal.recipients.services.comparing import compare
from portal.recipients.services.refusals import AlreadyApplied, Discarded
from portal.recipients.services.rows import in_force, storable, stored
from portal.staff.models import StaffMember
from portal.vietnam.month import LOCAL_TIME, add_months, first_of
from portal.vietnam.month import today as local_today
from portal.vietnam.names import search_key

_BATCH = 5000
_MONTH_AND_YEAR = re.compile(r"(?<!\d)(?:t|thang|t\.)?\s*(0?[1-9]|1[0-2])\s*(?:[-./_ ]|nam)\s*(20\d\d)(?!\d)")
_YEAR_AND_MONTH = re.compile(r"(?<!\d)(20\d\d)[-._]?(0[1-9]|1[0-2])(?!\d)")
_MONTH = re.compile(r"(?<![a-z\d])(?:t|thang)\s?\.?(0?[1-9]|1[0-2])(?![\d.])")


def receive(
    actor: StaffMember,
    commune_id: int,
    vault: Vault,
    path: Path,
    name: str,
    *,
    programme: Programme,
    month: date | None = None,
) -> RosterFile:
    """The list with its rows and verdicts; `month` None: what the file says, else the current one.

    Raises `UnreadableSpreadsheet` or `NoListFound`; then nothing is stored. A preview of the same file that waits
    is replaced by this one; a file that was applied before is answered with what it was then.
    """
    clear = path.read_bytes()
    sha256 = hashlib.sha256(clear).hexdigest()
    if applied := applied_before(commune_id, sha256):
        return applied
    roster = read_roster(path, name)
    known = db.session.scalars(
        select(ColumnMapping.mapping).where(
            ColumnMapping.commune_id == commune_id, ColumnMapping.fingerprint == roster.fingerprint
        )
    ).one_or_none()
    if known:
        roster = read_roster(path, name, known)
    for waiting in db.session.scalars(_waiting(commune_id, sha256)):
        discard(actor, waiting)
    file = RosterFile(
        commune_id=commune_id,
        programme_id=programme.id,
        month=month or month_of(roster.sheet, name) or first_of(local_today()),
        name=name,
        sha256=sha256,
        report={"key_id": vault.put(commune_id, clear).key_id, "remembered": bool(known)},
        uploaded_by=actor.id,
        uploaded_by_name=actor.full_name,
        uploaded_at=now(),
    )
    db.session.add(file)
    db.session.flush()
    store_rows(file, roster)
    detail = {"month": file.month, "programme": programme.code, "rows": len(roster.rows)}
    record(actor, "roster.received", f"roster_file:{file.id}", commune_id=commune_id, **detail)
    return file


def _waiting(commune_id: int, sha256: str) -> Any:
    return select(RosterFile).where(
        RosterFile.commune_id == commune_id, RosterFile.sha256 == sha256, RosterFile.state == RosterState.PREVIEWED
    )


def store_rows(file: RosterFile, roster: Roster) -> None:
    """Replace the rows of a list that is not applied by those of `roster`, and compare them."""
    db.session.execute(delete(RosterRow).where(RosterRow.roster_file_id == file.id))
    told = to_json(roster)
    rates = list(db.session.scalars(select(BaseRate).where(BaseRate.programme_id == file.programme_id)))
    for batch in _batches(told["rows"]):
        same = {"commune_id": file.commune_id, "roster_file_id": file.id}
        rate = in_force(rates, file.month)
        db.session.execute(insert(RosterRow), [same | stored(row, rate) for row in batch])
    kept = {name: file.report[name] for name in ("key_id", "remembered") if name in file.report}
    file.report = kept | storable(
        {
            **{name: told[name] for name in ("sheet", "header_rows", "columns", "groups", "totals", "problems")},
            "unused_columns": list(roster.unused_columns),
            "fingerprint": roster.fingerprint,
        }
    )
    compare(file)


def _batches(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    return (rows[at : at + _BATCH] for at in range(0, len(rows), _BATCH))


def month_of(*texts: str) -> date | None:
    """The month that the name of a sheet or file tells: T11-2026, tháng 11 năm 2026, 2026-11, or T11 of the nearest year."""
    for text in map(_plain, texts):
        if found := _MONTH_AND_YEAR.search(text):
            return date(int(found[2]), int(found[1]), 1)
        if found := _YEAR_AND_MONTH.search(text):
            return date(int(found[1]), int(found[2]), 1)
    for text in map(_plain, texts):
        if found := _MONTH.search(text):
            here = first_of(local_today())
            near = (add_months(here, distance) for distance in range(-6, 6))
            return next(month for month in near if month.month == int(found[1]))
    return None


def _plain(text: str) -> str:
    """Without accents, with its signs: search_key drops the signs between digits."""
    return "".join(c if c in "-./_" else search_key(c) or " " for c in text)


def must_wait(file: RosterFile) -> None:
    """Refuse what only a list that waits can have done to it."""
    if file.state == RosterState.APPLIED and file.applied_at:
        at = file.applied_at.astimezone(LOCAL_TIME)
        raise AlreadyApplied(name=file.applied_by_name, time=f"{at:%H:%M %d/%m/%Y}")
    if file.state == RosterState.DISCARDED:
        raise Discarded


def discard(actor: StaffMember, file: RosterFile) -> None:
    """Throw a preview away; that it was received stays known."""
    must_wait(file)
    db.session.execute(delete(RosterRow).where(RosterRow.roster_file_id == file.id))
    file.state = RosterState.DISCARDED
    record(actor, "roster.discarded", f"roster_file:{file.id}", commune_id=file.commune_id)
