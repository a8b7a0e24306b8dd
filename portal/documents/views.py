"""Photos as staff see them: every look is remembered."""

from flask import Blueprint, Flask, Response, current_app

from portal.access import Permission, allow
from portal.config import Settings
from portal.db import remembers
from portal.documents import services
from portal.documents.models import Photo
from portal.documents.vault import Vault
from portal.staff.session import find_or_404, member

documents = Blueprint("documents", __name__, url_prefix="/photos")


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
    clear = services.look_at(member(), vault(), photo)
    return Response(clear, mimetype="image/jpeg", headers={"Content-Disposition": "inline"})
