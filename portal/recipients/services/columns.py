"""Correct what the columns of a list mean, and remember it for the next list of that shape."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from portal.audit.services import record
from portal.db import db
from portal.recipients.models import ColumnMapping, RosterFile, RosterState
from portal.recipients.services.receiving import forget_rows
from portal.recipients.services.refusals import ChosenTwice, NotAList, must_wait
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
    # only in lists of changes
    "old_amount",
    "from_month",
    "died_on",
    "section",
    "reason",
]


def correct(actor: StaffMember, file: RosterFile, meanings: Mapping[str, str], month: date) -> None:
    """Remember what the columns mean and have the list read again by `read_rows`.

    `meanings`: header to field, "" for a column that is not used. Raises `NotAList` or `ChosenTwice`; then nothing
    changes.
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
    _remember(file, mapping)
    forget_rows(file)
    file.month, file.state = month, RosterState.READING
    file.report = file.report | {"month_chosen": True}
    record(actor, "roster.columns_corrected", f"roster_file:{file.id}", commune_id=file.commune_id, month=month)


def _remember(file: RosterFile, mapping: dict[str, str | None]) -> None:
    same = {"commune_id": file.commune_id, "fingerprint": file.report["fingerprint"]}
    known = db.session.scalars(select(ColumnMapping).filter_by(**same)).one_or_none()
    if known is None:
        db.session.add(ColumnMapping(**same, mapping=mapping))
    else:
        known.mapping = mapping
