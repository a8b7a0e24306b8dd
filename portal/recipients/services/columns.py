"""Correct what the columns of a list mean, and remember it for the next list of that shape."""

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sqlalchemy import select

from portal.audit.services import record
from portal.db import db
from portal.documents.vault import Vault
from portal.recipients.models import ColumnMapping, RosterFile
from portal.recipients.parsing import read_roster
from portal.recipients.services.receiving import must_wait, store_rows
from portal.recipients.services.refusals import ChosenTwice, NotAList
from portal.staff.models import StaffMember

FIELDS = [
    "code",
    "full_name",
    "birth_date",
    "birth_male",
    "birth_female",
    "sex",
    "citizen_id",
    "old_id",
    "village",
    "address",
    "category",
    "coefficient",
    "decision_no",
    "amount",
    "allowance",
    "arrears",
    "total",
    "account_number",
    "account_holder",
    "bank",
    "representative",
    "representative_relation",
    "representative_id",
    "representative_phone",
    "phone",
    "note",
]


def correct(actor: StaffMember, vault: Vault, file: RosterFile, meanings: Mapping[str, str], month: date) -> None:
    """Read the kept file again; `meanings`: header to field, "" for a column that is not used.

    Raises `NotAList`, `ChosenTwice`, or what reading raises: then the preview stays as it was.
    """
    must_wait(file)
    mapping: dict[str, str | None] = dict.fromkeys(FIELDS)
    for header, field in meanings.items():
        if field and mapping[field] is not None:
            raise ChosenTwice(header=header)
        if field:
            mapping[field] = header
    if mapping["full_name"] is None:
        raise NotAList
    with tempfile.TemporaryDirectory(prefix="portal-list-") as folder:
        path = Path(folder) / "list"
        path.write_bytes(vault.get(file.commune_id, file.sha256, file.report["key_id"]))
        roster = read_roster(path, file.name, mapping)
    file.month = month
    store_rows(file, roster)
    _remember(file, mapping)
    record(actor, "roster.columns_corrected", f"roster_file:{file.id}", commune_id=file.commune_id, month=month)


def _remember(file: RosterFile, mapping: dict[str, str | None]) -> None:
    known = db.session.scalars(
        select(ColumnMapping).where(
            ColumnMapping.commune_id == file.commune_id, ColumnMapping.fingerprint == file.report["fingerprint"]
        )
    ).one_or_none()
    if known is None:
        known = ColumnMapping(commune_id=file.commune_id, fingerprint=file.report["fingerprint"], mapping=mapping)
        db.session.add(known)
    known.mapping = mapping
    file.report = file.report | {"remembered": True}
