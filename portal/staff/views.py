"""Signing in and out, the account page, and the list of staff."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf
from wtforms.fields.choices import SelectChoice

from portal.access import PUBLIC, SIGNED_IN, Permission, allow
from portal.areas.queries import all_communes
from portal.audit.services import record
from portal.config import Settings
from portal.db import db
from portal.errors import DomainError
from portal.forms import text
from portal.staff import queries, services
from portal.staff.forms import PasswordForm, SignInForm, StaffForm
from portal.staff.models import StaffMember
from portal.staff.session import member, settings

staff = Blueprint("staff", __name__)


def _settings() -> Settings:
    return settings(current_app)


@staff.route("/sign-in", methods=["GET", "POST"])
@allow(PUBLIC)
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if current_user.is_authenticated:
        return redirect(url_for("reports.home"))
    if form.validate_on_submit():
        try:
            return _try_to_sign_in(form)
        except DomainError as error:
            form.refuse(error)
    return render_template("staff/sign_in.html", form=form), 422 if form.is_submitted() else 200


def _try_to_sign_in(form: SignInForm) -> ResponseReturnValue:
    """A wrong pair answers with a redirect, so that the try is committed and counted."""
    found = services.sign_in(
        form.username.data or "",
        form.password.data or "",
        address=request.remote_addr or "",
        secret=_settings().secret_key,
        cost=_settings().password_cost,
        tries=_settings().sign_in_tries,
        window_minutes=_settings().sign_in_window_minutes,
    )
    target = _own_address(request.args.get("next"))
    if found is None:
        flash(services.WrongSignIn().message, "bad")
        return redirect(url_for("staff.sign_in", next=target))
    language = session.get("locale")
    session.clear()
    session.permanent = True
    session["locale"] = language or "vi"
    login_user(found)
    # the token now, not with the first form: an answer of the same moment would put back a session without it
    g.pop("csrf_token", None)
    generate_csrf()
    return redirect(target or url_for("reports.home"))


def _own_address(url: str | None) -> str | None:
    """Only a path of this portal: never a way to another site."""
    parts = urlsplit(url or "")
    own = url and url.startswith("/") and not url.startswith(("//", "/\\")) and not parts.netloc
    return url if own else None


@staff.post("/sign-out")
@allow(SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    record(member(), "staff.signed_out", f"staff_member:{member().id}")
    return _gone(gettext("You have signed out."))


@staff.post("/sign-out-everywhere")
@allow(SIGNED_IN)
def sign_out_everywhere() -> ResponseReturnValue:
    services.sign_out_everywhere(member(), member())
    return _gone(gettext("You have signed out on every device."))


def _gone(message: str) -> ResponseReturnValue:
    language = session.get("locale")
    logout_user()
    session.clear()
    session["locale"] = language or "vi"
    flash(message, "ok")
    response = redirect(url_for("staff.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@staff.route("/account", methods=["GET", "POST"])
@allow(SIGNED_IN)
def account() -> ResponseReturnValue:
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            services.change_password(member(), form.old.data or "", form.new.data or "", _settings().password_cost)
            login_user(member())
            flash(gettext("The password was changed. Other devices were signed out."), "ok")
            return redirect(url_for("staff.account"))
        except DomainError as error:
            form.refuse(error, "new" if isinstance(error, services.PasswordTooShort) else "old")
    return render_template("staff/account.html", form=form), 422 if form.is_submitted() else 200


@staff.post("/commune")
@allow(SIGNED_IN)
def choose_commune() -> ResponseReturnValue:
    chosen = request.form.get("commune_id", type=int)
    if any(c.id == chosen for c in member().communes):
        session["commune_id"] = chosen
    return redirect(url_for("reports.home"))


@staff.get("/staff/")
@allow(Permission.MANAGE_STAFF)
def members() -> ResponseReturnValue:
    return render_template("staff/members.html", members=queries.all_staff())


@staff.route("/staff/new", methods=["GET", "POST"])
@allow(Permission.MANAGE_STAFF)
def new_member() -> ResponseReturnValue:
    return _edit(None)


@staff.route("/staff/<int:member_id>", methods=["GET", "POST"])
@allow(Permission.MANAGE_STAFF)
def edit_member(member_id: int) -> ResponseReturnValue:
    return _edit(db.get_or_404(StaffMember, member_id))


def _edit(found: StaffMember | None) -> ResponseReturnValue:
    form = StaffForm(obj=found, data={"communes": [c.id for c in found.communes]} if found else None)
    communes = {c.id: c for c in all_communes()}
    form.communes.choices = [SelectChoice(c.id, f"{c.name} ({c.code})") for c in communes.values()]
    if form.validate_on_submit():
        try:
            services.save(
                member(),
                found,
                username=text(form.username),
                full_name=text(form.full_name),
                title=text(form.title),
                role=form.role.data,
                provider_bin=text(form.provider_bin) or None,
                communes=[communes[i] for i in form.communes.data or []],
                active=form.active.data,
                password=form.password.data or None,
                cost=_settings().password_cost,
            )
            flash(gettext("Saved."), "ok")
            return redirect(url_for("staff.members"))
        except DomainError as error:
            form.refuse(error, "password" if isinstance(error, services.PasswordTooShort) else None)
    return render_template("staff/member.html", form=form, found=found), 422 if form.is_submitted() else 200
