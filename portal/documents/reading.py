"""Uploaded photos seen from the server: the sandbox reads them, and what goes wrong becomes one clear sentence."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from portal.documents.codes import Codes
from portal.documents.quality import Quality
from portal.documents.warm import Pool
from portal.errors import DomainError
from portal.sandbox import Refused, Unreadable

MAX_MEGABYTES = 15
SAFE_MEGAPIXELS = 12  # what any kind of picture may have, told to those whose photo broke the memory limit
SECONDS = 15
MEMORY_MB = 512
# A child for each core, and as many callers again that wait up to this many seconds; more would only take threads
# of the web server from those who open pages.
CORES = os.cpu_count() or 1
CHILDREN = Pool(places=CORES, queue=CORES, patience=8)


class PhotoRefused(DomainError):
    """The photo %(name)s cannot be used. Take the photo again."""

    status = 422


class NotAPhoto(PhotoRefused):
    """%(name)s is not a photo (JPEG, PNG, WEBP or HEIC). Choose a photo, or take the photo again."""


class EmptyPhoto(PhotoRefused):
    """The file %(name)s is empty. Take the photo again."""


class PhotoTooHeavy(PhotoRefused):
    """The photo %(name)s is larger than %(limit)s MB. Take the photo again with a smaller size."""


class PhotoTooManyPixels(PhotoRefused):
    """The photo %(name)s has too many pixels (at most %(limit)s million). Take the photo again with a smaller size."""


class PhotoBroken(PhotoRefused):
    """The photo %(name)s is damaged or incomplete and cannot be opened. Take the photo again."""


class PhotoTooSlow(PhotoRefused):
    """The photo %(name)s took too long to open. Take the photo again."""


class PhotosBusy(PhotoRefused):
    """Many photos are being checked at this moment, and %(name)s was not stored. Send it again in half a minute."""

    status = 503


@dataclass(frozen=True, slots=True)
class Reading:
    """What the sandbox found (portal.documents.photo.read says what each part holds; dates are ISO text)."""

    kind: str
    width: int
    height: int
    bytes: int
    sha256: str
    phash: str
    qr: str | None
    citizen_id_qr: dict[str, Any] | None
    vietqr: dict[str, Any] | None
    mrz: dict[str, Any] | None
    quality: Quality

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def inspect(
    path: Path,
    name: str,
    *,
    out: Path | None = None,
    codes: Codes = Codes.ALL,
    told: Sequence[str] | None = None,
    max_megabytes: int = MAX_MEGABYTES,
    seconds: float = SECONDS,
) -> Reading:
    """Read the upload in `path`, called `name` by its sender; the clean JPEG goes to `out`, whose folder exists.

    `told`: warnings of the phone that judged the photo when it was taken; without them it is judged here.
    Raises a PhotoRefused that names the file and what to do; PhotosBusy when too many are being read. `out` is used
    only when no error is raised.
    """
    size = path.stat().st_size
    if size == 0:
        raise EmptyPhoto(name=name)
    if size > max_megabytes * 1024 * 1024:
        raise PhotoTooHeavy(name=name, limit=max_megabytes)
    try:
        found = CHILDREN.run(
            "portal.documents.photo:read",
            path,
            seconds=seconds,
            memory_mb=MEMORY_MB,
            limit_mb=max_megabytes,
            out=None if out is None else str(out.resolve()),
            codes=codes.value,
            told=None if told is None else list(told),
        )
    except Unreadable as failure:
        raise _explained(failure, name, max_megabytes) from failure
    return Reading(**found)


def _explained(failure: Unreadable, name: str, max_megabytes: int) -> PhotoRefused:
    code, details = (failure.code, failure.details) if isinstance(failure, Refused) else (failure.reason, {})
    match code:
        case "not_a_photo":
            return NotAPhoto(name=name)
        case "empty":
            return EmptyPhoto(name=name)
        case "too_large":
            return PhotoTooHeavy(name=name, limit=max_megabytes)
        case "too_many_pixels" | "memory":
            return PhotoTooManyPixels(name=name, limit=details.get("limit", SAFE_MEGAPIXELS))
        case "timeout":
            return PhotoTooSlow(name=name)
        case "busy":
            return PhotosBusy(name=name)
        case _:
            return PhotoBroken(name=name)
