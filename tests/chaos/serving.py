"""The real application on SQLite, served on this machine behind the faults."""

import shutil
import threading
from contextlib import contextmanager

from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.areas.models import Commune
from portal.assets import STATIC
from portal.db import db
from tests import conftest, factories, watch
from tests.chaos.faults import Faults


class Quiet(WSGIRequestHandler):
    """Connections are cut on purpose here."""

    def log(self, type, message, *args):
        pass


@contextmanager
def served(app):
    """(address, Faults) of the application while the block runs."""
    faults = Faults(app)
    running = make_server("127.0.0.1", 0, faults, threaded=True, request_handler=Quiet)
    running.daemon_threads = True
    running.handle_error = lambda *about: None
    thread = threading.Thread(target=running.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://localhost:{running.server_port}", faults
    finally:
        faults.heal()
        running.shutdown()
        thread.join()
        running.server_close()


@contextmanager
def portal_in(folder):
    """An application of its own in the folder, with a commune; the browser's parts are those of this moment."""
    app = conftest.migrated(folder, f"sqlite:///{folder / 'portal.sqlite'}")
    conftest.with_commune(app)
    shutil.copytree(STATIC, folder / "static")
    app.static_folder = str(folder / "static")
    with watch.changes(app):
        yield app


def people_in(app, names):
    """Put these people into the register of the commune."""
    with app.app_context():
        commune = db.session.scalars(select(Commune.id)).one()
        for name in names:
            factories.recipient(commune, name, method=None)
        db.session.commit()
