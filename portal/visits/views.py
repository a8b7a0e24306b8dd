"""Home visits: the list, the hand-over at the door, the sheet to sign and the log."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from portal.access import Permission, allow, may
from portal.documents.codes import Codes
from portal.documents.reading import Reading
from portal.documents.services import keep
from portal.documents.uploads import opened, opened_file
from portal.documents.views import vault
from portal.errors import DomainError
from portal.forms import text
from portal.payouts.models import Line, Outcome
from portal.recipients.models import MethodKind
from portal.staff.session import find_or_404, here, member
from portal.vietnam.month import add_months, first_of, parse, today
from portal.visits import proof, queries, services
from portal.visits.forms import VisitForm
from portal.visits.labels import IDENTITY_LABELS, KIND_LABELS, OUTCOME_TAGS
from portal.visits.models import PAID_KINDS, IdentitySeen, VisitKind

visits = Blueprint("visits", __name__, url_prefix="/visits")


@visits.get("/", endpoint="today")
@allow(Permission.VISIT)
def list_today() -> ResponseReturnValue:
    commune = here()
    show = request.args.get("show", type=queries.Show, default=queries.Show.ALL)
    chosen = queries.Filter(request.args.get("village") or None, show)
    return render_template(
        "visits/today.html",
        page=queries.lines(commune.id, chosen, after=request.args.get("after", type=int)),
        chosen=chosen,
        shows=queries.Show,
        villages=queries.villages(commune.id),
        left=queries.still_to_pay(commune.id),
        done=queries.handed_over(commune.id, member().id, today()),
        tags=OUTCOME_TAGS,
    )


@visits.get("/sheet")
@allow(Permission.VISIT)
def sheet() -> ResponseReturnValue:
    village = request.args.get("village") or None
    return render_template("visits/sheet.html", village=village, rows=queries.sheet(here().id, village))


@visits.route("/lines/<int:line_id>", methods=["GET", "POST"])
@allow(Permission.VISIT)
def visit(line_id: int) -> ResponseReturnValue:
    line = _line(line_id)
    form = VisitForm()
    form.offer(representative=queries.representative_of(line, today()) is not None)
    if form.validate_on_submit():
        try:
            told = _told(form)
            seen = _proof(form) if told.kind in PAID_KINDS else None
            line = _line(line_id, lock=True)
            photo = keep(member(), line.run.commune, vault(), *seen) if seen else None
            services.record_visit(member(), line, told, photo, today())
            flash(gettext("Recorded: %(what)s.", what=KIND_LABELS[told.kind]), "ok")
            return redirect(url_for("visits.today"))
        except DomainError as error:
            _refuse(form, error)
    return _page(form, line), 422 if form.is_submitted() else 200


def _line(line_id: int, *, lock: bool = False) -> Line:
    line = find_or_404(Line, line_id, lock=lock)
    if line.channel != MethodKind.HOME_VISIT or line.run.state not in queries.OPEN_STATES:
        abort(404)
    return line


def _told(form: VisitForm) -> services.Told:
    """A form whose hidden number was lost or changed is a new visit."""
    try:
        visit_id = uuid.UUID(form.visit_id.data)
    except (TypeError, ValueError):
        visit_id = uuid.uuid4()
    kind, seen = VisitKind(form.kind.data), _seen(form)
    return services.Told(visit_id, kind, seen, text(form.witness), text(form.note))


def _seen(form: VisitForm) -> IdentitySeen:
    """Where nobody was paid, nobody is asked."""
    told = form.identity_seen.data
    return IdentitySeen(told) if told in IDENTITY_LABELS else IdentitySeen.NOT_SEEN


def _refuse(form: VisitForm, error: DomainError) -> None:
    """What the visitor can mend is shown in the form; that someone else was faster is a page of its own."""
    if error.status != 422:
        raise error
    fields: dict[type[DomainError], str] = {
        services.WhoIsIt: "identity_seen",
        services.WitnessMissing: "witness",
        services.NobodyConfirmed: "kind",
    }
    form.refuse(error, fields.get(type(error), "photo"))


def _page(form: VisitForm, line: Line) -> str:
    form.visit_id.data = form.visit_id.data or str(uuid.uuid4())
    found: dict[str, Any] = {
        "recipient": queries.recipient_of(line),
        "representative": queries.representative_of(line, today()),
        "before": queries.visits_to(line),
    }
    done = line.outcome != Outcome.PENDING
    return render_template("visits/visit.html", form=form, line=line, done=done, tags=OUTCOME_TAGS, **found)


def _proof(form: VisitForm) -> tuple[Reading, bytes] | None:
    """A photo goes before a drawing: whoever took one meant it. It is opened before anything is locked."""
    upload: FileStorage | None = form.photo.data
    if upload and upload.filename:
        return opened(upload, Codes.NONE)
    if not form.strokes.data:
        return None
    with proof.picture(proof.read_strokes(form.strokes.data)) as path:
        return opened_file(path, gettext("signature"), Codes.NONE)


@visits.get("/log")
@allow(Permission.SEE_PAYOUTS)
def log() -> ResponseReturnValue:
    month = parse(request.args.get("month", "")) or first_of(today())
    kind = request.args.get("kind", type=VisitKind)
    before = request.args.get("before", type=uuid.UUID)
    rows, next_before = queries.log(here().id, month, kind, before=before)
    return render_template(
        "visits/log.html",
        rows=rows,
        month=month,
        months=[add_months(first_of(today()), -back) for back in range(12)],
        kind=kind,
        kinds=VisitKind,
        sums=queries.by_kind(here().id, month),
        next_before=next_before,
        can_see_photos=may(member().role, Permission.SEE_PHOTOS),
    )
