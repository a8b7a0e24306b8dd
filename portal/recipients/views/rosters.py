"""Lists received: load one, see what it would change, apply it, end what is missing from it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from werkzeug.datastructures import FileStorage
from wtforms.fields.choices import SelectChoice

from portal.access import Permission, allow
from portal.db import db
from portal.documents.views import vault
from portal.errors import InputError
from portal.formats import month as month_words
from portal.forms import text
from portal.recipients import labels, queries, services
from portal.recipients.forms import ColumnsForm, MissingForm, RosterForm, months
from portal.recipients.models import Programme, RosterFile, RosterState
from portal.recipients.services import long
from portal.recipients.services.columns import FIELDS
from portal.recipients.views.blueprint import recipients
from portal.recipients.views.progress import (
    about_job,
    free_or_409,
    look_again,
    progress_page,
    under_way,
    watched_to_its_end,
)
from portal.recipients.views.rows import about_rows, wants_nothing_written
from portal.staff.session import find_or_404, here, member
from portal.vietnam.month import parse
from portal.vietnam.names import clean

MISSING_SHOWN = 200


@recipients.get("/rosters/")
@allow(Permission.SEE_REGISTER)
def rosters() -> ResponseReturnValue:
    return _rosters(RosterForm())


@recipients.post("/rosters/")
@allow(Permission.KEEP_REGISTER)
def load_roster() -> ResponseReturnValue:
    form = _with_choices(RosterForm())
    if form.validate_on_submit():
        programme = db.get_or_404(Programme, form.programme.data)
        try:
            with _saved(form.file.data) as (path, name):
                month = form.chosen_month()
                file = long.load(member(), here().id, vault(), path, name, programme=programme, month=month)
            if file.state == RosterState.APPLIED:
                flash(gettext("This file was applied before. There is nothing to change."))
            return redirect(url_for("recipients.roster", roster_id=file.id))
        except InputError as error:
            form.refuse(error, "file")
    return _rosters(form), 422


@contextmanager
def _saved(upload: FileStorage) -> Iterator[tuple[Path, str]]:
    """The upload as a file that is gone afterwards, and its name for messages."""
    with tempfile.TemporaryDirectory(prefix="portal-list-") as folder:
        path = Path(folder) / "list"
        upload.save(path)
        name = clean((upload.filename or "").replace("\\", "/").rsplit("/", 1)[-1])
        yield path, name[-120:] or gettext("the file")


def _with_choices(form: RosterForm) -> RosterForm:
    form.programme.choices = [SelectChoice(each.id, each.name) for each in queries.programmes()]
    form.month.choices = [SelectChoice("", gettext("As its sheet or file is named")), *months()]
    return form


def _rosters(form: RosterForm) -> str:
    before = request.args.get("before", type=int)
    files = queries.rosters(member(), here().id, before=before)
    jobs = queries.jobs_of([file for file in files if file.state in (RosterState.READING, RosterState.PREVIEWED)])
    return render_template(
        "recipients/rosters.html",
        form=_with_choices(form),
        files=files,
        before=before,
        kinds=labels.STATE_KINDS,
        jobs=jobs,
    )


@recipients.get("/rosters/<int:roster_id>")
@allow(Permission.SEE_REGISTER)
def roster(roster_id: int) -> ResponseReturnValue:
    file = find_or_404(RosterFile, roster_id)
    if watched_to_its_end(file):
        return look_again()
    return progress_page(file) if under_way(file) else _roster(file)


def _roster(file: RosterFile, columns: ColumnsForm | None = None, ending: MissingForm | None = None) -> str:
    show, after = request.args.get("show", ""), request.args.get("after", 0, type=int)
    rows, total = queries.rows_of(file, show, after=min(after, 10**9))
    columns = columns or ColumnsForm(data={"month": f"{file.month:%Y-%m}"})
    own = SelectChoice(f"{file.month:%Y-%m}", month_words(file.month))
    columns.month.choices = [own, *(each for each in months() if each.value != own.value)]
    absent = db.session.execute(queries.missing(file).limit(MISSING_SHOWN + 1)).all()
    return render_template(
        "recipients/roster.html",
        file=file,
        report=file.report,
        counts=file.report["counts"],
        show=show,
        rows=rows[: queries.PAGE],
        total=total,
        next_row=rows[queries.PAGE - 1].row if len(rows) > queries.PAGE else None,
        absent=absent if file.state != RosterState.DISCARDED else [],
        columns=columns,
        headers=_headers(file),
        ending=ending or MissingForm(formdata=None),
        ticked=set(request.form.getlist("ended")),
        fields=FIELDS,
        labels=labels,
        **about_job(file, queries.job_of(file)),
        **about_rows(file, rows[: queries.PAGE], show),
    )


def _headers(file: RosterFile) -> list[tuple[str, str]]:
    """Each header of the list with the field it is taken for; "" for none."""
    used = [(header, field) for field, header in file.report["columns"].items()]
    return [*used, *((header, "") for header in file.report["unused_columns"])]


@recipients.post("/rosters/<int:roster_id>/columns")
@allow(Permission.KEEP_REGISTER)
def correct_roster(roster_id: int) -> ResponseReturnValue:
    file = free_or_409(roster_id)
    form = ColumnsForm()
    chosen = {header: request.form.get(f"column-{at}", "") for at, (header, _) in enumerate(_headers(file))}
    meanings = {header: field for header, field in chosen.items() if field in FIELDS}
    rows = file.rows
    try:
        services.correct(member(), file, meanings, parse(form.month.data or "") or file.month)
        long.read_again(member(), file, vault(), rows)
    except InputError as error:
        form.refuse(error)
        return _roster(file, columns=form), 422
    if file.state == RosterState.PREVIEWED:
        flash(gettext("The list was read again with these columns. They are remembered for lists of this shape."), "ok")
    return redirect(url_for("recipients.roster", roster_id=file.id))


@recipients.post("/rosters/<int:roster_id>/apply")
@allow(Permission.KEEP_REGISTER)
def apply_roster(roster_id: int) -> ResponseReturnValue:
    file = free_or_409(roster_id)
    if wants_nothing_written():
        return redirect(url_for("recipients.roster", roster_id=file.id))
    applied = long.apply_or_start(member(), file)
    if applied:
        flash(gettext("The list was applied to the register."), "ok")
    elif applied is False:
        flash(services.ChangedSincePreview().message, "warn")
    return redirect(url_for("recipients.roster", roster_id=file.id))


@recipients.post("/rosters/<int:roster_id>/discard")
@allow(Permission.KEEP_REGISTER)
def discard_roster(roster_id: int) -> ResponseReturnValue:
    long.give_up(member(), free_or_409(roster_id))
    flash(gettext("The list was discarded. The register is as it was."), "ok")
    return redirect(url_for("recipients.rosters"))


@recipients.post("/rosters/<int:roster_id>/missing")
@allow(Permission.KEEP_REGISTER)
def end_missing(roster_id: int) -> ResponseReturnValue:
    file = free_or_409(roster_id)
    form = MissingForm()
    chosen = None if "all" in request.form else {int(i) for i in request.form.getlist("ended") if i.isdecimal()}
    try:
        count = services.end_missing(member(), file, chosen, text(form.reason))
    except InputError as error:
        form.refuse(error, "reason" if isinstance(error, services.ReasonMissing) else None)
        return _roster(file, ending=form), 422
    flash(
        ngettext(
            "%(num)s person is no longer paid from this month.",
            "%(num)s people are no longer paid from this month.",
            count,
        ),
        "ok",
    )
    return redirect(url_for("recipients.roster", roster_id=file.id))
