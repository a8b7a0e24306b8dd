"""Who has to wait too long for SQLite's one writer is told so, and sees what was typed."""

import contextlib
import sqlite3

from sqlalchemy import event

from portal.db import db
from tests import factories
from tests.browser import Browser


def test_writer_who_waited_in_vain_is_told_to_send_again_and_readers_go_on(sqlite_app):
    with sqlite_app.app_context():
        factories.commune(sqlite_app)
        engine = db.engine
    admin = Browser(sqlite_app)
    admin.sign_in("admin")
    page = admin.open("/staff/new")
    engine.dispose()

    def impatient(connection, _record):
        connection.execute("PRAGMA busy_timeout=50")

    event.listen(engine, "connect", impatient)
    try:
        with contextlib.closing(sqlite3.connect(engine.url.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            answer = page.submit("Lưu tài khoản", username="ven.vi", full_name="Vi Thị Ven")
            assert answer.status == 503 and answer.h1 == "Máy chủ đang bận"
            assert "Chờ một phút rồi gửi lại" in answer.words and "Vi Thị Ven" in answer.words
            assert admin.open("/staff/").status == 200
    finally:
        event.remove(engine, "connect", impatient)
        engine.dispose()
