"""`flask staff add`: the first administrator of an installation."""

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from portal.access import Role
from portal.areas.models import Commune
from portal.audit.services import record
from portal.config import Settings
from portal.db import db, transaction
from portal.staff.models import StaffMember
from portal.staff.services import hash_password

staff = AppGroup("staff", help="People who sign in.")


@staff.command("add")
@click.argument("username")
@click.option("--full-name", required=True)
@click.option("--role", type=click.Choice([r.value for r in Role]), default=Role.ADMIN.value)
@click.option("--commune", "codes", multiple=True, help="Code of a commune where they work; may be repeated.")
@click.password_option()
def add(username: str, full_name: str, role: str, codes: tuple[str, ...], password: str) -> None:
    """Add a staff member; the password is asked for, never given on the command line."""
    settings: Settings = current_app.config["SETTINGS"]
    with transaction():
        member = StaffMember(
            username=username.strip().lower(),
            full_name=full_name,
            role=Role(role),
            password_hash=hash_password(password, settings.password_cost),
            communes=list(db.session.scalars(select(Commune).where(Commune.code.in_(codes)))),
        )
        db.session.add(member)
        db.session.flush()
        record(None, "staff.added", f"staff_member:{member.id}", role=role, by="command line")
    click.echo(f"Added {member.username}.")
