"""The seal of an approved list: one SHA-256 that anybody can compute again from the lines.

Canonical text, UTF-8: a first line with the list (JSON array of commune code, programme, month as YYYY-MM-DD, sequence),
then one line for each payment in the order of its number (JSON array of FIELDS), no spaces, every line ended by a newline.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.db import db
from portal.payouts.models import Line, Run

FIELDS = [
    "number",
    "reference",
    "entitlement_id",
    "recipient_id",
    "month",
    "amount_month",
    "amount_arrears",
    "amount_carried",
    "amount_clawback",
    "amount_total",
    "carried_from_id",
    "channel",
    "provider_bin",
    "account_number",
    "payee",
    "payee_name",
    "recipient_name",
    "recipient_code",
    "citizen_id",
    "village_name",
    "category_text",
]


def compute(run: Run) -> str:
    """The seal over the lines as they are in the database now, 64 hexadecimal digits."""
    lines = select(*(getattr(Line, name) for name in FIELDS)).where(Line.run_id == run.id).order_by(Line.number)
    rows = db.session.execute(lines, execution_options={"yield_per": 5000})
    head = (run.commune.code, run.programme.code, run.month, run.sequence)
    return _digest([head, *(tuple(row) for row in rows)])


def _digest(rows: Iterable[tuple[Any, ...]]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        text = json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_day)
        digest.update(f"{text}\n".encode())
    return digest.hexdigest()


def _day(value: date) -> str:
    return value.isoformat()


def unbroken(run: Run) -> bool:
    """Tell whether an approved list still has the lines that were approved."""
    return run.seal is not None and run.seal == compute(run)
