"""Delete photos that nothing needs any longer: first the rows say so, for good, then the files go."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from time import time
from typing import Any

from sqlalchemy import Select, or_, select, union_all

from portal.audit.services import record
from portal.db import db, transaction
from portal.documents.models import Photo
from portal.documents.vault import Vault

AT_ONCE = 500  # the write lock is held for so many photos at most
AGAIN_DAYS = 40  # so long a run tries again to erase what an earlier one could not
STRAY_SECONDS = 24 * 3600  # a file without a row may be a photo whose transaction has not ended


def due(needed: Sequence[Select[Any]], loose: int, today: date, now: datetime) -> Select[Photo]:
    """Photos that none of the queries `needed` (of ids) names, that are `loose` days old and kept by no agreement."""
    return select(Photo).where(
        Photo.deleted_on.is_(None),
        Photo.created_at < now - timedelta(days=loose),
        or_(Photo.keep_until.is_(None), Photo.keep_until < today),
        Photo.id.not_in(union_all(*needed)),
    )


def mark(wanted: Select[Photo], today: date) -> int:
    """Say in the rows that they are deleted, some at a time, each time with an event for a commune; how many."""
    count = 0
    while True:
        with transaction():
            rows = db.session.scalars(
                wanted.order_by(Photo.commune_id, Photo.id).limit(AT_ONCE).with_for_update(of=Photo)
            ).all()
            for commune_id, photos in groupby(rows, attrgetter("commune_id")):
                ids = [_gone(photo, today) for photo in photos]
                record(None, "photos.deleted", f"commune:{commune_id}", commune_id=commune_id, photos=ids)
            count += len(rows)
        if len(rows) < AT_ONCE:
            return count


def _gone(photo: Photo, today: date) -> int:
    photo.deleted_on = today
    return photo.id


def erase(vault: Vault, today: date) -> None:
    """Remove the files of deleted photos, also of those that an interrupted run has marked.

    Each row is locked meanwhile: whoever sends the same photo at this moment stores it after that.
    """
    recent = select(Photo.id).where(Photo.deleted_on >= today - timedelta(days=AGAIN_DAYS)).order_by(Photo.id)
    with transaction():
        ids = db.session.scalars(recent).all()
    for start in range(0, len(ids), AT_ONCE):
        with transaction():
            wanted = Photo.id.in_(ids[start : start + AT_ONCE]) & Photo.deleted_on.is_not(None)
            for photo in db.session.scalars(select(Photo).where(wanted).order_by(Photo.id).with_for_update()):
                vault.delete(photo.commune_id, photo.sha256, photo.key_id)


def strays(vault: Vault, others: Iterable[tuple[int, str, str]]) -> Iterator[str]:
    """Files of the vault, a day old, that belong to no photo and to none of the `others` (commune, sha256, key)."""
    live = select(Photo.commune_id, Photo.sha256, Photo.key_id).where(Photo.deleted_on.is_(None))
    files = list(vault.files())
    known = {vault.place(*row) for row in (*db.session.execute(live), *others)}
    return (name for name, changed in sorted(files) if name not in known and changed < time() - STRAY_SECONDS)
