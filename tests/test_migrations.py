"""The migrations build what the models say, and guard what constraints cannot."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DatabaseError

from portal.db import db
from portal.payouts.models import Line, RunState
from portal.recipients.models import BaseRate, Category, Programme
from tests import factories


def test_the_migrated_database_is_the_one_of_the_models(app):
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False, "include_object": in_models})
        assert compare_metadata(context, db.metadata) == []


def in_models(_item, name, _kind, reflected, _other):
    """What finds people by words is spelled for each database in a migration."""
    return not (reflected and name.startswith(("recipient_words", "ix_recipient_words", "ix_recipient_code")))


def test_every_table_with_personal_data_carries_its_commune(app):
    """Tables of no commune are places, people who sign in, the law, and the log (whose chain is the commune)."""
    free = {
        "alembic_version", "audit_chain", "audit_event", "base_rate", "category", "commune", "programme", "province",
        "sign_in_try", "staff_member",
    }  # fmt: skip
    with app.app_context():
        tables = inspect(db.engine)
        without = {
            t
            for t in tables.get_table_names()
            if not t.startswith("recipient_words")  # rowids of words: the index of SQLite
            and "commune_id" not in {c["name"] for c in tables.get_columns(t)}
        }
    assert without == free


def test_the_law_comes_with_the_installation(app):
    with app.app_context():
        assert {p.code for p in db.session.scalars(select(Programme))} == {"BTXH", "NCC", "HTXH"}
        rate = db.session.scalars(
            select(BaseRate).join(Programme, Programme.id == BaseRate.programme_id).where(Programme.code == "BTXH")
            .order_by(BaseRate.applies_from.desc())
        ).first()  # fmt: skip
        assert rate.amount == 540_000 and rate.decided_on > rate.applies_from, "decided later than it applies: arrears"
        confidential = db.session.scalars(select(Category.label).where(Category.confidential)).all()
        assert confidential and all("HIV" in label for label in confidential)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE line SET amount_month = amount_month + 1, amount_total = amount_total + 1",
        "UPDATE line SET account_number = '1'",
        "UPDATE line SET payee_name = 'X'",
        "DELETE FROM line",
    ],
)
def test_the_database_refuses_to_change_a_sealed_line(app, commune, statement):
    with app.app_context():
        factories.sent_run(commune, [factories.payment_line(1)], state=RunState.APPROVED)
        with pytest.raises(DatabaseError, match="seal"):
            db.session.execute(text(statement))
        db.session.rollback()
        db.session.execute(text("UPDATE line SET outcome = 'paid', outcome_on = '2026-11-12'"))
        assert db.session.scalars(select(Line.outcome)).one() == "paid"
