"""Whatever a list says: applied twice it changes nothing, and the register ties to it."""

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.db import db
from portal.documents.vault import Vault
from portal.recipients.models import Adjustment, Entitlement, EntitlementChange, PaymentMethod, Recipient, RosterRow
from portal.recipients.services import apply_roster, receive
from tests import factories
from tests.conftest import PHOTO_KEY
from tests.recipients.test_services import HEADER, assert_history_adds_up

MONTH = date(2026, 11, 1)
ORDER = ("code", "name", "birth", "number", "village", "coefficient", "amount", "arrears", "account", "bank", "other")
people = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["", "A1", "A2", "A3", "A4", "A5", "A6"]),
        "name": st.sampled_from(["", "Vi Thị Ven", "Lý Văn Páo", "Hoàng Thị Vẻ", "HOÀNG THỊ VẸ"]),
        "birth": st.sampled_from(["", "1950", "01/02/1951", "30/02/1950"]),
        "number": st.sampled_from(["", "020150123456", "20150123456", "0201501234", "123456789"]),
        "village": st.sampled_from(["", "Nà Pái", "Thôn Nà Pái", "Khối phố 2"]),
        "coefficient": st.sampled_from(["", "1,5", "2"]),
        "amount": st.sampled_from(["", "0", "540000", "810.000", "1080000", "x"]),
        "arrears": st.sampled_from(["", "0", "60000", "240.000"]),
        "account": st.sampled_from(["", "8412205123456", "0968000014", "8.4E+12"]),
        "bank": st.sampled_from(["", "Agribank", "Viettel Money", "Ngân hàng lạ"]),
        "other": st.sampled_from(["", "Lý Thị Hoa (mẹ)", "Bế Văn Sao"]),
    }
)
lists = st.lists(people, min_size=1, max_size=7)


@pytest.fixture
def context(app, commune):
    with app.app_context():
        yield commune


def take(commune_id, rows, salt):
    text = HEADER + "".join(";".join(row[name] for name in ORDER) + "\n" for row in rows) + "\n" * salt
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_text(text, "utf-8")
        vault = Vault(Path(folder) / "vault", {"test": PHOTO_KEY}, "test")
        officer = factories.member("officer")
        return receive(officer, commune_id, vault, path, "list.csv", programme=factories.programme(), month=MONTH)


def apply(file):
    assert apply_roster(factories.member("officer"), file)
    db.session.expire_all()
    return file


def everything():
    """All that a list may change, as plain values."""
    tables = (Recipient, Entitlement, EntitlementChange, Adjustment, PaymentMethod)
    return [
        sorted(map(repr, db.session.execute(select(*model.__table__.c).order_by(model.id)).all())) for model in tables
    ]


def is_list(rows):
    """What reading finds: a line with a code, a name and an amount."""
    return any(row["code"] and row["name"] and row["amount"] == "540000" for row in rows)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=lists.filter(is_list), second=lists.filter(is_list))
def test_applying_any_lists_again_changes_nothing_and_sums_tie(context, first, second):
    try:
        apply(take(context, first, 1))
        file = apply(take(context, second, 2))
        assert_history_adds_up()
        assert_sums_tie(file)
        before = everything()
        again = take(context, second, 3)
        assert again.report["counts"]["new"] == again.report["counts"]["changed"] == 0
        apply(again)
        assert everything() == before
    finally:
        db.session.rollback()


def assert_sums_tie(file):
    """Of the rows that were applied: amounts and arrears of the month are those of the file, to the đồng."""
    usable = select(RosterRow).where(
        RosterRow.roster_file_id == file.id, RosterRow.verdict.in_(("new", "changed", "unchanged"))
    )
    applied = list(db.session.scalars(usable))
    theirs = [row.entitlement_id for row in applied]
    monthly = select(func.coalesce(func.sum(Entitlement.monthly_amount), 0)).where(Entitlement.id.in_(theirs))
    arrears = select(func.coalesce(func.sum(Adjustment.amount), 0)).where(
        Adjustment.entitlement_id.in_(theirs), Adjustment.month == file.month
    )
    assert db.session.scalar(monthly) == sum(row.monthly_amount for row in applied)
    assert db.session.scalar(arrears) == sum(row.arrears or 0 for row in applied)
