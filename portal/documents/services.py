"""Store a photo that was read, and look at one."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from portal.areas.models import Commune
from portal.audit.services import record
from portal.db import db, now
from portal.documents.models import Photo
from portal.documents.reading import Reading
from portal.documents.vault import Stored, Vault
from portal.staff.models import StaffMember
from portal.vietnam.month import today


@dataclass(frozen=True)
class Taken:
    """A stored photo and what was read from it."""

    photo: Photo
    reading: Reading


def keep(member: StaffMember, commune: Commune, vault: Vault, reading: Reading, clear: bytes) -> Photo:
    """Encrypt and store a picture that was checked and cleaned before; one that was deleted comes back."""
    stored = vault.put(commune.id, clear)
    same = select(Photo).where(Photo.commune_id == commune.id, Photo.sha256 == stored.sha256).with_for_update()
    photo = db.session.scalars(same.execution_options(populate_existing=True)).one_or_none()
    if photo is not None:
        _use_again(photo, vault.put(commune.id, clear))  # a purge may have taken the file before the row was locked
    else:
        photo = Photo(
            commune_id=commune.id,
            sha256=stored.sha256,
            size=stored.size,
            width=reading.width,
            height=reading.height,
            phash=reading.phash,
            key_id=stored.key_id,
            quality=reading.quality,
            created_at=now(),
            created_by=member.id,
        )
        db.session.add(photo)
        db.session.flush()
    record(member, "photo.stored", f"photo:{photo.id}", commune_id=commune.id)
    return photo


def _use_again(photo: Photo, stored: Stored) -> None:
    """Whoever has just sent it is about to use it: until then no purge finds it."""
    soon = today() + timedelta(days=1)
    photo.keep_until = max(photo.keep_until or soon, soon)
    photo.key_id, photo.deleted_on = stored.key_id, None


def look_at(member: StaffMember, vault: Vault, photo: Photo) -> bytes:
    """The clear JPEG; that somebody looked is an event."""
    record(member, "photo.seen", f"photo:{photo.id}", commune_id=photo.commune_id)
    return vault.get(photo.commune_id, photo.sha256, photo.key_id)
