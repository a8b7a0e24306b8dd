"""Lists received and applied to the register."""

from datetime import date

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.documents.vault import Vault
from portal.recipients.models import Adjustment, Entitlement, Recipient, RosterFile, Verdict
from portal.recipients.queries import missing, rows_of
from portal.recipients.services import apply_roster, receive
from tests import factories
from tests.conftest import FIXTURES, PHOTO_KEY

ROSTERS = FIXTURES / "rosters"
NOVEMBER, DECEMBER = ROSTERS / "roster-btxh-2026-11.xlsx", ROSTERS / "roster-btxh-2026-12.xlsx"


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "vault", {"test": PHOTO_KEY}, "test")


@pytest.fixture
def context(app, commune):
    with app.app_context():
        yield commune
        db.session.rollback()


def received(commune_id, vault, path, programme="BTXH", **options):
    return receive(
        factories.member("officer"),
        commune_id,
        vault,
        path,
        path.name,
        programme=factories.programme(programme),
        **options,
    )


def applied(file):
    assert apply_roster(factories.member("officer"), file)
    return file


def test_the_first_list_makes_everyone_new_and_the_next_month_tells_who_changed(context, vault):
    november = received(context, vault, NOVEMBER)
    print(november.report["counts"], november.month)
    applied(november)
    print(db.session.scalar(select(func.sum(Entitlement.monthly_amount))), db.session.scalar(select(func.sum(Adjustment.amount))))
    december = received(context, vault, DECEMBER)
    print(december.report["counts"])
    rows, total = rows_of(december, "changed")
    for r in rows: print(r.code, r.differences)
    assert 0
