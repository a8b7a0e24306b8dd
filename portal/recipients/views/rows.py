"""One row of a list: what was received, what is wrong with it, mend it or set it aside; rows found by name."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from portal.access import Permission, allow
from portal.audit.services import record
from portal.db import only_reads
from portal.errors import InputError
from portal.forms import text
from portal.recipients import export, labels, problem_rows, queries, services
from portal.recipients.forms import AsideForm, FindForm, RowForm
from portal.recipients.models import RosterFile, RosterRow, RosterState, Section, Verdict
from portal.recipients.services.likeness import answered_rows, sure_pairs
from portal.recipients.views.blueprint import recipients
from portal.recipients.views.progress import free_or_409
from portal.recipients.views.questions import questions
from portal.staff.session import find_or_404, member


def about_rows(file: RosterFile, rows: list[RosterRow], show: str) -> dict[str, Any]:
    """What the preview of a list shows of its rows beyond the rows themselves."""
    likely = file.report["counts"].get("likely", 0)
    applied = file.state == RosterState.APPLIED
    return {
        "questions": questions(file, rows) if show == Verdict.LIKELY else {},
        "sure": len(sure_pairs(file)) if likely else 0,
        "answered": len(answered_rows(file)) if likely and applied else 0,
        "guessed": queries.number_of(file, queries.guessed()),
        "unsolved": queries.number_of(file, queries.unsolved()),
        "problem_rows": queries.number_of(file, queries.problem_clause()),
        "finding": FindForm(formdata=None),
    }


def wants_nothing_written() -> bool:
    """Whether the officer chose to correct the file first; says so."""
    if request.form.get("part") != "none":
        return False
    flash(gettext("Nothing was written. Download the problem rows, correct the file and load it again."))
    return True


def row_or_404(file: RosterFile, row_id: int) -> RosterRow:
    row = find_or_404(RosterRow, row_id)
    return row if row.roster_file_id == file.id else abort(404)


@recipients.route("/rosters/<int:roster_id>/rows/", methods=["GET", "POST"])
@allow(Permission.SEE_REGISTER)
@only_reads
def roster_rows(roster_id: int) -> ResponseReturnValue:
    """Rows by name or code: posted, so that no name stands in an address."""
    file, form = find_or_404(RosterFile, roster_id), FindForm()
    if request.method == "GET":
        return redirect(url_for("recipients.roster", roster_id=file.id, _anchor="rows"))
    rows, more = queries.found_in(file, text(form.q))
    return render_template("recipients/roster_rows.html", file=file, finding=form, rows=rows, more=more, labels=labels)


@recipients.get("/rosters/<int:roster_id>/rows/<int:row_id>")
@allow(Permission.SEE_REGISTER)
def roster_row(roster_id: int, row_id: int) -> ResponseReturnValue:
    file = find_or_404(RosterFile, roster_id)
    return _page(file, row_or_404(file, row_id))


def _page(file: RosterFile, row: RosterRow, form: RowForm | None = None, aside: AsideForm | None = None) -> str:
    before, after = queries.beside(row)
    return render_template(
        "recipients/roster_row.html",
        file=file,
        row=row,
        form=form or _form_of(row),
        aside=aside or AsideForm(formdata=None),
        question=questions(file, [row]).get(row.id),
        may_mend=services.is_open(file, row, waiting=True),
        may_set_aside=services.is_open(file, row),
        before=before,
        after=after,
        labels=labels,
    )


def _form_of(row: RosterRow) -> RowForm:
    fields = [name for name in RowForm(formdata=None).data if name != "csrf_token"]
    return RowForm(formdata=None, data={name: labels.whole_words(row, name) for name in fields})


@recipients.post("/rosters/<int:roster_id>/rows/<int:row_id>")
@allow(Permission.KEEP_REGISTER)
def mend_roster_row(roster_id: int, row_id: int) -> ResponseReturnValue:
    file = free_or_409(roster_id)
    row, form = row_or_404(file, row_id), RowForm()
    form.needs_amount = row.section not in (Section.DECREASE, Section.ADJUSTMENT)
    if not form.validate_on_submit():
        return _page(file, row, form=form), 422
    try:
        services.mend(member(), file, row, form.told())
    except InputError as error:
        form.refuse(error, "code")
        return _page(file, row, form=form), 422
    flash(*_said_of(file, row))
    return redirect(url_for("recipients.roster_row", roster_id=file.id, row_id=row.id))


def _said_of(file: RosterFile, row: RosterRow) -> tuple[str, str]:
    """What became of a row that was mended."""
    if row.resolution:
        return gettext("The row was corrected and written into the register."), "ok"
    if row.verdict == Verdict.LIKELY:
        return gettext("The row was corrected. Say now whether the person is known."), "warn"
    if row.verdict == Verdict.REFUSED:
        return gettext("The row was corrected, and still cannot be applied: see what is left below."), "warn"
    return gettext("The row was corrected. It will be written with the others when the list is applied."), "ok"


@recipients.post("/rosters/<int:roster_id>/rows/<int:row_id>/apply")
@allow(Permission.KEEP_REGISTER)
def apply_roster_row(roster_id: int, row_id: int) -> ResponseReturnValue:
    file = free_or_409(roster_id)
    services.solve(member(), file, row_or_404(file, row_id))
    flash(gettext("The row was written into the register."), "ok")
    return redirect(url_for("recipients.roster_row", roster_id=file.id, row_id=row_id))


@recipients.post("/rosters/<int:roster_id>/rows/<int:row_id>/aside")
@allow(Permission.KEEP_REGISTER)
def set_roster_row_aside(roster_id: int, row_id: int) -> ResponseReturnValue:
    file = free_or_409(roster_id)
    row, form = row_or_404(file, row_id), AsideForm()
    try:
        services.set_aside(member(), file, row, text(form.reason))
    except InputError as error:
        form.refuse(error, "reason")
        return _page(file, row, aside=form), 422
    flash(gettext("The row was set aside. It can be taken up again here."), "ok")
    return redirect(url_for("recipients.roster_row", roster_id=file.id, row_id=row.id))


@recipients.post("/rosters/<int:roster_id>/rows/<int:row_id>/take-up")
@allow(Permission.KEEP_REGISTER)
def take_roster_row_up(roster_id: int, row_id: int) -> ResponseReturnValue:
    file = free_or_409(roster_id)
    services.take_up(member(), file, row_or_404(file, row_id))
    flash(gettext("The row is work again."), "ok")
    return redirect(url_for("recipients.roster_row", roster_id=file.id, row_id=row_id))


@recipients.post("/rosters/<int:roster_id>/guesses")
@allow(Permission.KEEP_REGISTER)
def confirm_roster_guesses(roster_id: int) -> ResponseReturnValue:
    file = free_or_409(roster_id)
    rows = services.confirm_guesses(member(), file)
    flash(
        ngettext("The repairs in %(num)s row are confirmed.", "The repairs in %(num)s rows are confirmed.", rows),
        "ok",
    )
    return redirect(url_for("recipients.roster", roster_id=file.id, _anchor="rows"))


@recipients.post("/rosters/<int:roster_id>/problem-rows")
@allow(Permission.KEEP_REGISTER)
def export_roster_problems(roster_id: int) -> ResponseReturnValue:
    file = find_or_404(RosterFile, roster_id)
    content = problem_rows.workbook(file)
    record(member(), "roster.problems_exported", f"roster_file:{file.id}", commune_id=file.commune_id)
    name = f"dong-can-xem-{file.programme.code.lower()}-{file.month:%Y-%m}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=export.XLSX, headers=headers)
