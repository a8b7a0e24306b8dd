"""Answer who the rows of a list are, apply those answered on an applied list, and all rows that lists left over."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from portal.access import Permission, allow
from portal.recipients import labels, queries, services
from portal.recipients.models import RosterFile, RosterRow, Verdict
from portal.recipients.views.blueprint import recipients
from portal.recipients.views.progress import free_or_409
from portal.recipients.views.rows import row_or_404
from portal.staff.session import here, member


@recipients.post("/rosters/<int:roster_id>/rows/<int:row_id>/answer")
@allow(Permission.KEEP_REGISTER)
def answer_roster_row(roster_id: int, row_id: int) -> ResponseReturnValue:
    file = free_or_409(roster_id)
    row = row_or_404(file, row_id)
    same, person = request.form.get("same"), request.form.get("person", 0, type=int)
    if same in ("yes", "no"):
        services.say(member(), file, row, person, same=same == "yes")
    elif same:
        abort(400)
    else:
        services.unsay(member(), file, row)
    return _back(file, row)


def _back(file: RosterFile, row: RosterRow) -> ResponseReturnValue:
    """To the same row on the page where the question was asked."""
    if request.form.get("at") != "list":
        return redirect(url_for("recipients.roster_row", roster_id=file.id, row_id=row.id, _anchor="who"))
    after = request.form.get("after", 0, type=int) or None
    values: dict[str, Any] = {"roster_id": file.id, "show": Verdict.LIKELY.value, "after": after}
    return redirect(url_for("recipients.roster", **values, _anchor=f"row-{row.id}"))


@recipients.post("/rosters/<int:roster_id>/answers")
@allow(Permission.KEEP_REGISTER)
def answer_sure_roster_rows(roster_id: int) -> ResponseReturnValue:
    file = free_or_409(roster_id)
    rows = services.say_all(member(), file)
    flash(
        ngettext("%(num)s row was answered: the same person.", "%(num)s rows were answered: the same people.", rows),
        "ok",
    )
    return redirect(url_for("recipients.roster", roster_id=file.id, show=Verdict.LIKELY.value, _anchor="rows"))


@recipients.post("/rosters/<int:roster_id>/answered")
@allow(Permission.KEEP_REGISTER)
def apply_answered_roster_rows(roster_id: int) -> ResponseReturnValue:
    file = free_or_409(roster_id)
    rows = services.solve_answered(member(), file)
    flash(
        ngettext("%(num)s row was written into the register.", "%(num)s rows were written into the register.", rows),
        "ok",
    )
    return redirect(url_for("recipients.roster", roster_id=file.id, show=Verdict.LIKELY.value, _anchor="rows"))


@recipients.get("/left-over/")
@allow(Permission.SEE_REGISTER)
def left_over() -> ResponseReturnValue:
    """Rows of applied lists that are in no register yet; the filters stand in the address."""
    commune, kind = here(), request.args.get("kind", "")
    chosen = request.args.get("list", 0, type=int)
    lists = queries.left_over_by_list(member(), commune.id)
    rows = queries.left_over_rows(member(), commune.id, file_id=chosen, kind=kind, after=_after())
    shown = rows[: queries.PAGE]
    last = shown[-1] if len(rows) > queries.PAGE else None
    return render_template(
        "recipients/left_over.html",
        lists=lists,
        files={file.id: file for file, _ in lists},
        rows=shown,
        chosen=chosen,
        kind=kind,
        kinds=labels.LEFT_OVER_KINDS,
        next_rows=f"{last.roster_file_id}-{last.row}" if last else None,
        labels=labels,
        waiting=sum(number for _, number in lists),
    )


def _after() -> tuple[int, int] | None:
    file_id, _, row = request.args.get("after", "").partition("-")
    numbers = [int(part) for part in (file_id, row) if part.isascii() and part.isdecimal() and len(part) < 10]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None
