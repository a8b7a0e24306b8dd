"""The log page: what was done in the communes where the reader works."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.access import Permission, Role, allow
from portal.audit import labels, queries

audit = Blueprint("audit", __name__, url_prefix="/audit")


@audit.get("/")
@allow(Permission.SEE_AUDIT)
def log() -> ResponseReturnValue:
    chains = [c.id for c in current_user.communes] + ([0] if current_user.role == Role.ADMIN else [])
    before = request.args.get("before", type=int)
    events = queries.latest(chains, before=before)
    return render_template("audit/log.html", events=events, before=before, labels=labels)
