"""Take a list in: keep the file, read its rows, compare them. Nothing in the register changes yet."""

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select

from portal.audit.services import record
from portal.db import analyze, db, insert_many, now
from portal.documents.vault import Vault
from portal.recipients.models import (
    BaseRate,
    ColumnMapping,
    Programme,
    RosterFile,
    RosterKind,
    RosterRow,
    RosterState,
    Verdict,
)
from portal.recipients.parsing import (
    STORED,
    TOLD_OF_CHANGES,
    ChangeListFound,
    Late,
    RosterStream,
    json_text,
    open_roster,
)
from portal.recipients.queries.rosters import applied_before, still_read
from portal.recipients.services.comparing import compare
from portal.recipients.services.refusals import must_wait
from portal.recipients.services.rowsets import MANY, Tell, nobody, set_each
from portal.staff.models import StaffMember
from portal.vietnam.month import first_of
from portal.vietnam.month import today as local_today

COLUMNS = ("commune_id", "roster_file_id", "verdict", "differences", *STORED)
COLUMNS_OF_CHANGES = (*COLUMNS, *TOLD_OF_CHANGES)
_COPY = "portal-list-"
_REFUSED = STORED.index("refused")
_MOST_NOTES, _MOST_TEXT = 100, 300  # lines that are no people, kept to be shown


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
    """The list with its rows and verdicts, read at once; `month` None: what the file says, else the current one.

    A list of changes is taken as such. Raises `UnreadableSpreadsheet` or `NoListFound`; then nothing is stored. A preview of the same
    file that waits is replaced by this one; a file that was applied before is answered with what it was then.
    """
    with db.session.begin_nested():
        file = _begun(actor, commune_id, path, name, programme=programme, month=month)
        if file.state == RosterState.READING:
            read_rows(file, path)
            _keep(file, vault, path)
    return file


def take_in(
    actor: StaffMember,
    commune_id: int,
    vault: Vault,
    path: Path,
    name: str,
    *,
    programme: Programme,
    month: date | None = None,
) -> RosterFile:
    """Keep the file, to be read by `read_rows`; or the list as it was, if this file was applied before."""
    file = _begun(actor, commune_id, path, name, programme=programme, month=month)
    if file.state == RosterState.READING:
        _keep(file, vault, path)
    return file


def _keep(file: RosterFile, vault: Vault, path: Path) -> None:
    file.report = file.report | {"key_id": vault.put(file.commune_id, path.read_bytes()).key_id}


def _begun(
    actor: StaffMember, commune_id: int, path: Path, name: str, *, programme: Programme, month: date | None
) -> RosterFile:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    if applied := applied_before(commune_id, sha256):
        return applied
    for waiting in db.session.scalars(still_read(commune_id, sha256)):
        discard(actor, waiting)
    file = RosterFile(
        commune_id=commune_id,
        programme_id=programme.id,
        month=month or first_of(local_today()),
        name=name,
        sha256=sha256,
        state=RosterState.READING,
        report={"month_chosen": month is not None},
        uploaded_by=actor.id,
        uploaded_by_name=actor.full_name,
        uploaded_at=now(),
    )
    db.session.add(file)
    db.session.flush()
    detail = {"month": file.month, "programme": programme.code, "sha256": sha256[:12]}
    record(actor, "roster.received", f"roster_file:{file.id}", commune_id=commune_id, **detail)
    return file


@contextmanager
def clear_copy(file: RosterFile, vault: Vault) -> Iterator[Path]:
    """The kept file in clear, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=_COPY) as folder:
        path = Path(folder) / "list"
        path.write_bytes(vault.get(file.commune_id, file.sha256, file.report["key_id"]))
        yield path


def forget_copies() -> None:
    """Remove the clear copies that a killed process left behind: none that is still read is an hour old."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_COPY}*"):
        if folder.stat().st_mtime < time.time() - 3600:
            shutil.rmtree(folder, ignore_errors=True)


def read_rows(file: RosterFile, path: Path, tell: Tell = nobody, save: Callable[[], None] | None = None) -> None:
    """Store the rows of a list that is being read, and compare them: then it waits for the officer.

    `save` makes what is stored durable after each batch; rows that are there already are not stored again, so that an
    interrupted reading goes on where it was. `tell` hears of rows read, then of rows compared: twice the list.
    """
    try:
        _read_rows(file, path, tell, save)
    except ChangeListFound:
        file.kind = RosterKind.CHANGES
        _read_rows(file, path, tell, save)


def _read_rows(file: RosterFile, path: Path, tell: Tell, save: Callable[[], None] | None) -> None:
    stored = db.session.scalar(select(func.count()).where(RosterRow.roster_file_id == file.id)) or 0
    columns = COLUMNS_OF_CHANGES if file.kind == RosterKind.CHANGES else COLUMNS
    with _opened(file, path, save) as stream:
        head, seen = stream.head, 0
        file.rows = head.people
        for batch in stream.batches():
            fresh = batch[max(0, stored - seen) :]
            seen += len(batch)
            same = [file.commune_id, file.id]
            insert_many(RosterRow, columns, [[*same, _verdict(values), "{}", *values] for values in fresh])
            if save:
                save()
            tell(seen)
        if seen > MANY:
            analyze(RosterRow)
        for late in stream.late():
            _add_late(file, late)
        tail = stream.tail
    file.rows = seen
    if not file.report["month_chosen"] and head.month:
        file.month = head.month
    found = {name: getattr(head, name) for name in ("sheet", "header_rows", "columns", "unused_columns", "fingerprint")}
    sums = {name: getattr(tail, name) for name in ("groups", "totals", "problems")}
    notes = {"notes": [(cell, text[:_MOST_TEXT]) for cell, text in tail.notes[:_MOST_NOTES]]}
    file.report = file.report | storable(found | sums | notes)
    compare(file, lambda done: tell(seen + done))
    file.state = RosterState.PREVIEWED


@contextmanager
def _opened(file: RosterFile, path: Path, save: Callable[[], None] | None) -> Iterator[RosterStream]:
    """The list with its columns as an officer has corrected them for lists of this shape."""
    rates = select(BaseRate.applies_from, BaseRate.amount).where(BaseRate.programme_id == file.programme_id)
    options: dict[str, Any] = {
        "month": file.month if file.report["month_chosen"] else None,
        "default_month": file.month,
        "rates": [(day, amount) for day, amount in db.session.execute(rates)],
        "changes": file.kind == RosterKind.CHANGES,
    }
    name, let_go = file.name, save or (lambda: None)  # a file is opened for seconds: nobody waits for a lock meanwhile
    let_go()
    with open_roster(path, name, **options) as stream:
        mapping = remembered(file.commune_id, stream.head.fingerprint)
        file.report = file.report | {"remembered": mapping is not None}
        if mapping is None:
            yield stream
            return
    let_go()
    with open_roster(path, name, mapping, **options) as stream:
        yield stream


def remembered(commune_id: int, fingerprint: str) -> Mapping[str, str | None] | None:
    """What an officer said that the columns of a list of this shape mean."""
    known = select(ColumnMapping.mapping).where(
        ColumnMapping.commune_id == commune_id, ColumnMapping.fingerprint == fingerprint
    )
    return db.session.scalars(known).one_or_none()


def _verdict(values: list[Any]) -> str:
    return (Verdict.REFUSED if values[_REFUSED] else Verdict.NEW).value


def _add_late(file: RosterFile, told: Late) -> None:
    """Put what only the whole list could tell to the rows that it is about."""
    late: dict[int, list[tuple[dict[str, Any], bool]]] = {}
    for number, problem, refuses in told:
        late.setdefault(number, []).append((problem, refuses))
    columns = (RosterRow.id, RosterRow.row, RosterRow.problems, RosterRow.refused)
    rows = select(*columns).where(RosterRow.roster_file_id == file.id, RosterRow.row.in_(late))
    changes = [
        {"id": key, "problems": (both := storable([*problems, *(p for p, _ in late[row])])), "doubt": worst(both)}
        | {"refused": refused or any(refuses for _, refuses in late[row])}
        for key, row, problems, refused in db.session.execute(rows)
    ]
    set_each(changes)


def worst(problems: list[dict[str, Any]]) -> str | None:
    """The worst severity of problems."""
    return next((s for s in ("error", "warning", "info") if any(p["severity"] == s for p in problems)), None)


def storable(value: Any) -> Any:
    """The value without what PostgreSQL cannot hold in JSON."""
    return json.loads(json_text(value))


def discard(actor: StaffMember, file: RosterFile) -> None:
    """Throw a preview away; that it was received stays known."""
    if file.state != RosterState.READING:
        must_wait(file)
    forget_rows(file)
    file.state = RosterState.DISCARDED
    record(actor, "roster.discarded", f"roster_file:{file.id}", commune_id=file.commune_id)


def forget_rows(file: RosterFile) -> None:
    db.session.execute(delete(RosterRow).where(RosterRow.roster_file_id == file.id))
    file.rows = 0
