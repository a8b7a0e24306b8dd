"""Who is signed in here, and in which commune they are working."""

from typing import Any, TypeVar, cast

from flask import Flask, abort, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import LoginManager, current_user

from portal.areas.models import Commune, InCommune
from portal.config import Settings
from portal.db import db
from portal.errors import asked_by_phone, for_phone
from portal.staff.models import StaffMember
from portal.staff.queries import one_visible

Row = TypeVar("Row", bound=InCommune)
login_manager = LoginManager()


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    app.context_processor(lambda: {"current_commune": current_commune(), "help_phone": settings(app).help_phone})


def settings(app: Flask) -> Settings:
    return cast(Settings, app.config["SETTINGS"])


@login_manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login carries no types
def load(session_id: str) -> StaffMember | None:
    """The member of this session, unless the sessions were ended or the account blocked since."""
    member_id, _, epoch = session_id.partition(":")
    member = db.session.get(StaffMember, int(member_id)) if member_id.isdigit() else None
    return member if member and member.active and str(member.session_epoch) == epoch else None


@login_manager.unauthorized_handler  # type: ignore[untyped-decorator]
def ask_to_sign_in() -> ResponseReturnValue:
    if asked_by_phone():
        return for_phone(401)
    flash(gettext("Sign in to go on."))
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("staff.sign_in", next=here if here != "/" else None))


def member() -> StaffMember:
    """The signed-in staff member (access has made sure that there is one)."""
    return cast(StaffMember, current_user._get_current_object())


def current_commune() -> Commune | None:
    """The commune that pages of lists and totals speak of: the one chosen, else the first of the member's."""
    if not current_user.is_authenticated:
        return None
    mine = current_user.communes
    chosen = session.get("commune_id")
    return next((c for c in mine if c.id == chosen), mine[0] if mine else None)


def here() -> Commune:
    """The current commune; 404 for a member who works in none."""
    return current_commune() or abort(404)


def find_or_404(model: type[Row], key: Any, *, lock: bool = False) -> Row:
    """A row of the member's communes; another commune's row does not exist for them."""
    return one_visible(model, member(), key, lock=lock) or abort(404)
