"""The payment file that the bank reads."""

from collections.abc import Iterator

from sqlalchemy import select

from portal.db import db
from portal.payouts.models import Line, Run
from portal.recipients.models import ACCOUNT_KINDS
from portal.spreadsheets import Column, write_csv, write_table
from portal.vietnam.names import fold_upper

# the names and their order are the bank's; numbers of accounts and banks are text
COLUMNS = (
    Column("reference", width=24),
    Column("beneficiary_name", width=34),
    Column("account_number", width=20),
    Column("bank_bin", width=10),
    Column("amount", "integer"),
    Column("currency", width=10),
    Column("purpose", width=40),
)
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def payment_file(run: Run, file_format: str) -> tuple[bytes, str, str]:
    """(content, media type, file name) of the account lines of a run in its order; format: xlsx or csv.

    Everything is ASCII, as banks carry it; a purpose has 32 characters and holds the reference whole.
    """
    name = f"chi-tra-{run.commune.code}-{run.programme.code}-{run.month:%Y-%m}-{run.sequence}.{file_format}"
    content = write_csv(_rows(run), COLUMNS) if file_format == "csv" else write_table(_rows(run), COLUMNS)
    return content, MEDIA_TYPES[file_format], name


def _rows(run: Run) -> Iterator[tuple[str | int | None, ...]]:
    columns = (Line.reference, Line.payee_name, Line.account_number, Line.provider_bin, Line.amount_total)
    lines = select(*columns).where(Line.run_id == run.id, Line.channel.in_(ACCOUNT_KINDS)).order_by(Line.number)
    for reference, payee, account, provider, amount in db.session.execute(lines):
        purpose = f"TCXH {run.month:%m%Y} {reference}"
        yield reference, fold_upper(payee), account, provider, amount, "VND", purpose
