"""Every request that changes rows must record an event in the same transaction."""

import re
import threading
from collections import defaultdict
from contextlib import contextmanager

from flask import has_request_context
from sqlalchemy import event

from portal.db import db

WRITE = re.compile(r"^\s*(?:WITH .*?)?(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.I | re.S)
# what is no change of the work: the chain itself, and counting failed sign-ins
NOT_WATCHED = {"audit_event", "audit_chain", "sign_in_try"}


@contextmanager
def changes(app):
    """Fail a request that commits changes without an audit event."""
    written = defaultdict(set)  # by thread: a real server works on several requests at once

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if found := WRITE.match(statement):
            written[threading.get_ident()].add(found.group(2))

    def committed(_connection):
        tables = written.pop(threading.get_ident(), set())
        if has_request_context() and tables - NOT_WATCHED and "audit_event" not in tables:
            raise AssertionError(f"changed without an audit event: {sorted(tables)}")

    def rolled_back(_connection):
        written.pop(threading.get_ident(), None)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", committed)
    event.listen(engine, "rollback", rolled_back)
    yield
