"""Alembic's environment: the portal's metadata, on whichever database the application has."""

from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy.dialects.postgresql import JSONB

from portal.db import Instant

engine = current_app.extensions["migrate"].db.engine
metadata = current_app.extensions["migrate"].db.metadata


def run():
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    with engine.connect() as connection, without_foreign_keys(connection):
        migrate(connection)
        connection.commit()


@contextmanager
def without_foreign_keys(connection):
    """SQLite builds a table anew to change it; dropping the old one must not take along what refers to it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    yield
    broken = driver.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"rows that refer to nothing: {broken[:5]}")
    driver.execute("PRAGMA foreign_keys=ON")


def migrate(connection):
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        include_object=in_models,
        compare_type=False,  # Boolean, Enum and JSON have another spelling on each database
        render_item=spelled_plainly,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def in_models(_item, name, _kind, reflected, _other):
    """No model has the index of words and that of codes, which migration 0004 spells for each database, nor the queue."""
    return not (reflected and name.startswith(("recipient_words", "ix_recipient_words", "ix_recipient_code", "huey_")))


def spelled_plainly(kind, item, autogen_context):
    """A migration names no module of the portal: it must still run when that module has changed."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSONB):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return "postgresql.JSONB()"
    return False


run()
