"""Pages of statements and of what did not match."""

import tempfile
from pathlib import Path

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from werkzeug.datastructures import FileStorage

from portal.access import Permission, allow
from portal.errors import DomainError
from portal.forms import text
from portal.payouts.models import Line
from portal.reconciliation import labels, queries, services
from portal.reconciliation.forms import DecisionForm, StatementForm
from portal.reconciliation.models import Entry, EntryProblem, EntryState, ResolutionKind, Statement
from portal.reconciliation.views.blueprint import reconciliation
from portal.staff.queries import one_visible
from portal.staff.session import find_or_404, here, member


@reconciliation.route("/", methods=["GET", "POST"])
@allow(Permission.RECONCILE)
def statements() -> ResponseReturnValue:
    form = StatementForm()
    if form.validate_on_submit():
        try:
            return redirect(url_for("reconciliation.statement", statement_id=_take(form.file.data)))
        except DomainError as error:
            form.refuse(error, "file")
    found = queries.statements(here().id, before=request.args.get("before", type=int))
    page = render_template(
        "reconciliation/statements.html",
        form=form,
        found=found[: queries.PAGE],
        more=found[queries.PAGE - 1][0].id if len(found) > queries.PAGE else None,
        waiting=queries.waiting(here().id),
        words=labels,
    )
    return page, 422 if form.is_submitted() else 200


def _take(upload: FileStorage) -> int:
    """Import an uploaded file; nothing of it stays on the disk. Returns the statement's id."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement"
        upload.save(path)
        done = services.import_statement(member(), here(), path, upload.filename or "?")
    flash(ngettext("%(num)s transaction was added.", "%(num)s transactions were added.", done.added), "ok")
    if done.known:
        one = ngettext("%(num)s transaction stood", "%(num)s transactions stood", done.known)
        flash(gettext("%(one)s in an earlier statement already and was not counted twice.", one=one))
    return done.statement.id


@reconciliation.get("/statements/<int:statement_id>")
@allow(Permission.RECONCILE)
def statement(statement_id: int) -> ResponseReturnValue:
    found = find_or_404(Statement, statement_id)
    problem = next((p for p in EntryProblem if p == request.args.get("problem")), None)
    state = next((s for s in EntryState if s == request.args.get("state")), EntryState.OPEN)
    after = request.args.get("after", 0, type=int)
    entries = queries.entries(found, state=state, problem=problem, after=after)
    return render_template(
        "reconciliation/statement.html",
        statement=found,
        summary=queries.summary(found),
        entries=entries[: queries.PAGE],
        more=entries[queries.PAGE - 1].entry.position if len(entries) > queries.PAGE else None,
        after=after,
        problem=problem,
        state=state,
        states=EntryState,
        words=labels,
    )


@reconciliation.route("/entries/<int:entry_id>", methods=["GET", "POST"])
@allow(Permission.RECONCILE)
def entry(entry_id: int) -> ResponseReturnValue:
    """What went wrong, and the decision; the search for a payment names people, so it is posted here, too."""
    found, searching = find_or_404(Entry, entry_id), "find" in request.form
    form = DecisionForm(formdata=None, kind=ResolutionKind.MATCH_TO_LINE) if searching else DecisionForm()
    form.offer(found)
    if not searching and form.validate_on_submit():
        try:
            return _decide(found, form)
        except DomainError as error:
            form.refuse(error)
    page = render_template(
        "reconciliation/entry.html",
        form=form,
        found=queries.Suggestion(found, found.line, queries.suggested(found)),
        statement=found.statement,
        possible=queries.possible_lines(found, request.form.get("q", "")) if found.state == EntryState.OPEN else [],
        resolution=queries.resolution_of(found),
        kinds=ResolutionKind,
        words=labels,
    )
    return page, 422 if form.is_submitted() and not searching else 200


def _decide(found: Entry, form: DecisionForm) -> ResponseReturnValue:
    line = one_visible(Line, member(), form.line.data) if form.line.data else None
    services.resolve(member(), found, form.kind.data, text(form.reason), line)
    flash(gettext("The decision was kept with its reason."), "ok")
    following = queries.next_open(found)
    if form.back.data or following is None:
        return redirect(url_for("reconciliation.statement", statement_id=found.statement_id))
    return redirect(url_for("reconciliation.entry", entry_id=following.id))


@reconciliation.post("/entries/<int:entry_id>/reopen")
@allow(Permission.RECONCILE)
def reopen(entry_id: int) -> ResponseReturnValue:
    found = find_or_404(Entry, entry_id)
    if found.state != EntryState.RESOLVED:
        abort(409)
    services.reopen(member(), found)
    flash(gettext("The decision was taken back."), "ok")
    return redirect(url_for("reconciliation.entry", entry_id=entry_id))
