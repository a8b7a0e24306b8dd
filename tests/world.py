"""One object of every kind that an address can name, in one commune."""

import tempfile
from datetime import date
from pathlib import Path

from sqlalchemy import select

from portal.db import db, now
from portal.payouts.models import Line, Run, RunState
from portal.recipients.models import BaseRate, MethodKind, MethodStatus, Representative, RosterRow
from portal.recipients.services import receive
from portal.recipients.services.merging import merge
from portal.reconciliation.models import Entry, EntryProblem, Settlement, Statement
from tests import factories

MONTH = date(2026, 11, 1)


def objects(app, commune_id):
    """The value of each parameter of an address, by its name."""
    person = factories.recipient(commune_id)
    case = factories.submitted_case(app, person)
    to_open = factories.payment_method(
        factories.recipient(commune_id, "Lý Thị Nhình"),
        MethodKind.BANK_ACCOUNT,
        MethodStatus.TO_OPEN,
        account_number=None,
    )
    lines = [factories.payment_line(1), factories.payment_line(2, channel=MethodKind.HOME_VISIT, account_number=None)]
    run_id = factories.sent_run(commune_id, lines, state=RunState.SENT)
    line = db.session.scalars(select(Line).where(Line.run_id == run_id, Line.channel == MethodKind.HOME_VISIT)).one()
    statement = _statement(commune_id)
    found = {
        "recipient_id": person.id,
        "case_id": case.id,
        "digest": "0" * 64,
        "representative_id": _representative(person).id,
        "photo_id": case.files[0].photo_id,
        "method_id": to_open.id,
        "run_id": run_id,
        "line_id": line.id,
        "roster_id": (roster := _roster(app, commune_id)).id,
        "row_id": db.session.scalars(select(RosterRow.id).where(RosterRow.roster_file_id == roster.id)).one(),
        "statement_id": statement.id,
        "entry_id": _entry(statement).id,
        "settlement_id": _settlement(commune_id, run_id).id,
    }
    found |= {"rate_id": db.session.scalars(select(BaseRate.id)).first(), "merge_id": _merge(commune_id).id}
    db.session.commit()
    return found


def _representative(person):
    columns = {"kind": "guardian", "full_name": "Lý Thị Nhình", "status": "confirmed"}
    return _kept(Representative(commune_id=person.commune_id, recipient_id=person.id, **columns))


def _merge(commune_id):
    kept, merged = (factories.recipient(commune_id, "Vi Thị Ven") for _ in range(2))
    return merge(factories.member("officer"), kept, merged, "cùng thẻ")


def _kept(row):
    db.session.add(row)
    db.session.flush()
    return row


def _statement(commune_id):
    officer = factories.member("officer")
    return _kept(
        Statement(
            commune_id=commune_id, account="8412201000015", format="agribank-xlsx", file_name="sao-ke.xlsx", sha256="0" * 64,
            first_day=MONTH, last_day=MONTH, opening=0, closing=55_000, ties=True, imported_by=officer.id,
            imported_by_name=officer.full_name, imported_at=now(), credit_count=1, credit_sum=55_000,
            debit_count=0,
            debit_sum=0,
        )
    )  # fmt: skip


def _entry(statement):
    return _kept(
        Entry(
            commune_id=statement.commune_id, statement_id=statement.id, account=statement.account, fingerprint="1",
            position=1, booked_on=MONTH, amount=55_000, memo="khac", problem=EntryProblem.FOREIGN,
        )
    )  # fmt: skip


def _settlement(commune_id, run_id):
    run = db.session.get(Run, run_id)
    numbers = {c.name: 0 for c in Settlement.__table__.columns if c.name.endswith(("_people", "_amount", "_lines"))}
    return _kept(Settlement(commune_id=commune_id, programme_id=run.programme_id, month=MONTH, **numbers))


def _roster(app, commune_id):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "danh-sach.csv"
        path.write_text("Mã đối tượng,Họ và tên,Mức trợ cấp\nBG99999,Nông Thị Mới,810000\n", encoding="utf-8")
        vault, programme = app.extensions["vault"], factories.programme()
        return receive(
            factories.member("officer"), commune_id, vault, path, path.name, programme=programme, month=MONTH
        )
