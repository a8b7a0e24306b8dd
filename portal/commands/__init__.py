"""Commands for support and measuring: `flask roster|photo|statement read`, `flask demo|audit|commune|documents|jobs|staff`."""

from flask import Flask

from portal.commands.areas import commune
from portal.commands.audit import audit
from portal.commands.demo import demo
from portal.commands.documents import documents
from portal.commands.files import photo, roster, statement
from portal.commands.jobs import jobs
from portal.commands.staff import staff


def init_app(app: Flask) -> None:
    for group in (audit, commune, demo, documents, jobs, photo, roster, staff, statement):
        app.cli.add_command(group)
