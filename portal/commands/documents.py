"""`flask documents purge`: photos whose time is over."""

import json

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import Select, func, select

from portal.areas.models import Commune
from portal.config import Settings
from portal.db import db, now, reading, transaction
from portal.documents import purge
from portal.documents.models import Photo
from portal.documents.views import vault
from portal.enrolment.ledger import forget
from portal.enrolment.retention import needed
from portal.recipients.models import RosterFile
from portal.review.models import Decision
from portal.vietnam.month import today
from portal.visits.models import Visit

documents = AppGroup("documents", help="Photos in the vault.")


@documents.command("purge")
@click.option("--really", is_flag=True, help="Delete; without it only tell what would go.")
def purge_photos(really: bool) -> None:
    """Delete photos that nothing needs any longer; tell of files that belong to nothing. See PORTAL_PHOTO_DAYS."""
    with reading():
        count, size = _figures()
    deleted = 0
    if really:
        with transaction():
            for commune_id in db.session.scalars(select(Commune.id)).all():
                forget(commune_id)
        deleted = purge.mark(_due(), today())
        purge.erase(vault(), today())
    with reading():
        strays = list(purge.strays(vault(), _lists()))
    click.echo(json.dumps({"due": count, "bytes": size, "deleted": deleted, "strays": strays}, indent=1))


def _due() -> Select[Photo]:
    settings: Settings = current_app.config["SETTINGS"]
    decided = select(Decision.case_id, func.max(Decision.at).label("at")).group_by(Decision.case_id).subquery()
    proofs = select(Visit.photo_id).where(Visit.photo_id.is_not(None))
    uses = [*needed(settings.photo_days, decided, now()), proofs]
    return purge.due(uses, settings.photo_days.loose, today(), now())


def _figures() -> tuple[int, int]:
    """How many photos are due, and their bytes."""
    found = _due().with_only_columns(func.count(), func.coalesce(func.sum(Photo.size), 0))
    count, size = db.session.execute(found).one()
    return count, int(size)


def _lists() -> list[tuple[int, str, str]]:
    """Lists of recipients lie in the vault, too."""
    key = RosterFile.report["key_id"].as_string()
    rows = db.session.execute(select(RosterFile.commune_id, RosterFile.sha256, key).where(key.is_not(None)))
    return [(commune_id, sha256, key_id) for commune_id, sha256, key_id in rows]
