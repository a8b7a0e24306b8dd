"""A list of 100,000 people through preview and apply, against the plain SQL that stores the same rows; memory beside it."""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import date
from pathlib import Path

from sqlalchemy import func, select, text, update

from benchmarks.installations import both
from benchmarks.measuring import once, tell
from benchmarks.reading import workbook
from portal.areas.models import Village
from portal.db import db, insert_many
from portal.documents.vault import Vault
from portal.recipients import services
from portal.recipients.models import (
    Adjustment,
    Entitlement,
    EntitlementChange,
    PaymentMethod,
    Programme,
    Recipient,
    Representative,
    RosterFile,
    RosterRow,
)
from portal.staff.models import StaffMember

TABLES = (
    *(RosterFile, Village, Recipient, Entitlement, RosterRow, EntitlementChange, Adjustment, Representative),
    PaymentMethod,
)
TIMES_PLAIN = 3
SIZES = (10_000, 100_000)
MONTH = date(2026, 11, 1)


def measured(only=None, sizes=SIZES):
    """Print the figures of both databases; the names of those over their limit."""
    failed, peaks = [], {}
    for name in ("sqlite", "postgresql"):
        if only and name != only:
            continue
        for size in sizes:
            command = [sys.executable, "-m", "benchmarks.register", "--on", name, "--rows", str(size)]
            told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            found = json.loads(told.splitlines()[-1])
            peaks[name, size] = found["peak_mb"]
            parts = ", ".join(f"{part} {spent / 1000:.1f} s" for part, spent in found.items() if part != "peak_mb")
            print(f"({name}, {size:,} rows: {parts}; the server's memory {found['peak_mb']:.0f} MB at most)")
            ratio = (found["preview"] + found["apply"]) / found["plain"]
            failed += tell(f"{name}: preview + apply of {size:,} rows, x plain", ratio, TIMES_PLAIN, "x")
        failed += tell(
            f"{name}: memory, {sizes[-1]:,} rows on {sizes[0]:,}",
            peaks[name, sizes[-1]] / peaks[name, sizes[0]],
            1.25,
            "x",
        )
    return failed


def alone(name, size):
    """One size on one database in a process of its own, whose peak of memory is then that of this list."""
    path = workbook(size)
    with tempfile.TemporaryDirectory() as folder:
        for _, app in both(Path(folder), 1, 1, "mat khau do dac", name):
            with app.app_context():
                before = {table: db.session.scalar(select(func.max(table.id))) or 0 for table in TABLES}
                found, kept = _through(path, Path(folder), before)
                db.session.rollback()
                db.engine.dispose()
        plain = Path(folder) / "plain"
        plain.mkdir()
        for _, app in both(plain, 1, 1, "mat khau do dac", name):
            with app.app_context():
                found["plain"], _ = once(lambda: _insert(kept))
    return found


def _through(path, folder, before):
    """Milliseconds of each step of the list and of a second one, and the rows that the first stored."""
    officer = db.session.scalars(select(StaffMember).where(StaffMember.username == "vanhoa")).one()
    programme = db.session.scalars(select(Programme).where(Programme.code == "BTXH")).one()
    vault = Vault(folder / "photos", {"test": bytes(32)}, "test")
    commune = officer.communes[0].id

    def read(path):
        file = services.take_in(officer, commune, vault, path, path.name, programme=programme, month=MONTH)
        db.session.commit()
        services.read_rows(file, path, save=db.session.commit)
        db.session.commit()
        return file

    def apply(file):
        assert services.apply_roster(officer, file)
        db.session.commit()

    found = {}
    found["preview"], file = once(lambda: read(path))
    found["apply"], _ = once(lambda: apply(file))
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    kept = [_rows(table, before[table]) for table in TABLES]
    db.session.execute(update(Entitlement).where(Entitlement.id % 3 == 0).values(monthly_amount=1000))
    db.session.commit()
    found["preview again"], file = once(lambda: read(_another(path, folder)))
    found["apply again"], _ = once(lambda: apply(file))
    assert file.report["counts"]["changed"] in range(file.rows // 3 - 1, file.rows // 3 + 2), file.report["counts"]
    return found, kept


def _another(path, folder):
    """The same list as a file of its own: against it, a third of the register has another amount."""
    copy = folder / f"again-{path.name}"
    shutil.copy(path, copy)
    with zipfile.ZipFile(copy, "a") as archive:
        archive.comment = b"again"
    return copy


def _rows(table, before):
    columns = [column.name for column in table.__table__.columns]
    plain = select(*(text(f'"{name}"') for name in columns)).select_from(table).where(table.id > before)
    kept = [tuple(json.dumps(v) if isinstance(v, dict | list) else v for v in row) for row in db.session.execute(plain)]
    return table, columns, kept


def _insert(kept):
    for table, columns, rows in kept:
        insert_many(table, columns, rows)
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Recipient)) == len(kept[2][2]) + 1


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--on", required=True)
    arguments.add_argument("--rows", type=int, required=True)
    chosen = arguments.parse_args()
    print(json.dumps(alone(chosen.on, chosen.rows)))
