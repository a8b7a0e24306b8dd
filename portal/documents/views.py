"""Photos as staff see them: with what they may be used for drawn over them, and every look remembered."""

import textwrap
from datetime import datetime

from flask import Blueprint, Flask, Response, current_app
from flask_babel import gettext
from markupsafe import escape

from portal.access import Permission, allow
from portal.areas.models import Commune
from portal.config import Settings
from portal.db import commit_so_far, db, now, remembers
from portal.documents import services
from portal.documents.models import Photo
from portal.documents.vault import PhotoDamaged, PhotoKeyUnknown, PhotoMissing, Vault
from portal.documents.watermark import marked
from portal.formats import day
from portal.staff.session import find_or_404, member
from portal.vietnam.month import LOCAL_TIME

documents = Blueprint("documents", __name__, url_prefix="/photos")
SIGN = """<svg xmlns="http://www.w3.org/2000/svg" width="640" height="400" viewBox="0 0 640 400" role="img">
<rect width="640" height="400" fill="#eceff1"/>
<text font-family="sans-serif" font-size="24" fill="#37474f" text-anchor="middle">{}</text></svg>"""
SIGN_LETTERS, SIGN_LINE = 44, 36  # in a line; pixels from line to line


def init_app(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    current = next(iter(settings.photo_keys))
    app.extensions["vault"] = Vault(settings.instance / "photos", dict(settings.photo_keys), current)


def vault() -> Vault:
    found: Vault = current_app.extensions["vault"]
    return found


@documents.get("/<int:photo_id>")
@allow(Permission.SEE_PHOTOS)
@remembers
def show(photo_id: int) -> Response:
    photo = find_or_404(Photo, photo_id)
    if photo.deleted_on:
        return sign(gettext("This photo was deleted on %(day)s: its time was over.", day=day(photo.deleted_on)), 410)
    try:
        clear = services.look_at(member(), vault(), photo)
    except (PhotoMissing, PhotoDamaged, PhotoKeyUnknown) as error:
        return sign(error.message, error.status)
    mark = purpose_of(photo), member().full_name, now().astimezone(LOCAL_TIME)
    commit_so_far()  # that she looked; nobody waits with writing while the picture is drawn
    return Response(drawn(clear, *mark), mimetype="image/jpeg", headers={"Content-Disposition": "inline"})


def purpose_of(photo: Photo) -> str:
    name = db.session.get_one(Commune, photo.commune_id).name
    return str(gettext("For paying social assistance only – %(commune)s", commune=name[:1].lower() + name[1:]))


def drawn(clear: bytes, purpose: str, viewer: str, at: datetime) -> bytes:
    """The local day is part of a line whose letters are kept for the next look; the time of day is not."""
    return marked(clear, purpose, f"{viewer} · {at:%d/%m/%Y}", f"{at:%H:%M}")


def sign(message: str, status: int) -> Response:
    """In place of a photo: a picture that says why there is none."""
    lines = enumerate(textwrap.wrap(message, SIGN_LETTERS))
    text = "".join(f'<tspan x="320" y="{160 + at * SIGN_LINE}">{escape(line)}</tspan>' for at, line in lines)
    return Response(SIGN.format(text), status, mimetype="image/svg+xml")
