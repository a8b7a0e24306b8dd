"""The real application on SQLite, served on this machine behind the faults."""

import shutil
from contextlib import contextmanager

from sqlalchemy import select

from portal.areas.models import Commune
from portal.assets import STATIC
from portal.db import db
from tests import conftest, factories, watch
from tests.chaos.faults import Faults
from tests.serving import serving


@contextmanager
def served(app):
    """(address, Faults) of the application while the block runs."""
    faults = Faults(app)
    with serving(faults) as address:
        try:
            yield address, faults
        finally:
            faults.heal()


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
