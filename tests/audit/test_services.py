"""The chain of events: in the transaction it tells of, and broken by one changed byte."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from portal.audit import labels, queries
from portal.audit.models import AuditEvent
from portal.audit.services import record
from portal.db import db
from tests import factories


@pytest.fixture
def chain(app, commune):
    """The app with five events in the commune's chain."""
    with app.app_context():
        for number in range(5):
            record(factories.member("officer"), "test.done", f"test:{number}", commune_id=commune, number=number)
        db.session.commit()
    return app


def without_guard(app, statement):
    """Do what the triggers refuse, as someone with the database's own password could."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            db.session.execute(text("DROP TRIGGER audit_event_no_update"))
            db.session.execute(text("DROP TRIGGER audit_event_no_delete"))
        else:
            db.session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER ALL"))
        db.session.execute(text(statement))
        db.session.commit()


def verify(app):
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    return result.exit_code, json.loads(result.stdout), result.stderr


def test_an_untouched_chain_holds(chain):
    code, report, _ = verify(chain)
    assert code == 0 and report["ok"] and report["events"] == 6


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET actor_name = actor_name || 'x' WHERE subject = 'test:2'",
        "UPDATE audit_event SET action = 'test.dome' WHERE subject = 'test:2'",
        "UPDATE audit_event SET seq = seq + 100 WHERE subject = 'test:2'",
        "UPDATE audit_event SET detail = '{\"number\": 3}' WHERE subject = 'test:2'",
    ],
)
def test_one_changed_byte_is_found_where_it_is(chain, change):
    without_guard(chain, change)
    code, report, stderr = verify(chain)
    assert code == 1 and not report["ok"]
    assert report["breaks"][0]["seq"] == 4
    assert "does not hold at event 4" in stderr


@pytest.mark.parametrize("subject", ["test:2", "test:4"])
def test_a_deleted_event_is_found_even_at_the_end(chain, subject):
    without_guard(chain, f"DELETE FROM audit_event WHERE subject = '{subject}'")
    code, report, _ = verify(chain)
    assert code == 1 and report["breaks"][0]["seq"] == {"test:2": 4, "test:4": 6}[subject]


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET actor_name = 'x'", "DELETE FROM audit_event"])
def test_the_database_refuses_to_change_or_delete_events(chain, statement):
    with chain.app_context(), pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text(statement))


def test_each_commune_has_its_own_chain(app, commune):
    with app.app_context():
        other = factories.commune(app, code="06115", name="Xã Tân Văn", prefix="TV", suffix=".tv")
        record(None, "test.done", "test:1", commune_id=other)
        record(None, "test.done", "test:2")
        db.session.commit()
        chains = {(e.chain, e.seq) for e in db.session.query(AuditEvent)}
        assert {(commune, 1), (other, 1), (other, 2), (0, 1)} <= chains
        assert queries.verify()[1] == []


def test_the_log_page_shows_only_the_communes_of_the_reader(app, sign_in, commune):
    with app.app_context():
        other = factories.commune(app, code="06115", name="Xã Tân Văn", prefix="TV", suffix=".tv")
        record(None, "secret.of_tan_van", "test:1", commune_id=other)
        db.session.commit()
    page = sign_in("officer").open("/audit/")
    assert "Thêm xã, phường" in page.words and "secret.of_tan_van" not in page.words


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("enrolment_case:4e38e28f-b8d7", "Hồ sơ 4e38e28f"),
        ("run:12", "Đợt chi trả 12"),
        ("commune:*", "Xã, phường"),
        ("test:1", "test:1"),
    ],
)
def test_the_log_names_a_record_by_its_kind_and_number(app, subject, words):
    with app.test_request_context():
        assert labels.subject_words(subject) == words


def test_the_log_has_words_for_every_action_in_the_code():
    code = "\n".join(p.read_text() for p in (Path(__file__).parents[2] / "portal").rglob("*.py"))
    recorded = set(re.findall(r"record\(\s*[\w.()]+,\s*\"(\w+\.\w+)\"", code))
    assert len(recorded) > 30 and recorded <= labels.ACTIONS.keys()
