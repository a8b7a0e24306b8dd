"""Pages of the payment lists: draw up, look, prepare, approve, print, and the file for the bank."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.access import Permission, allow, may
from portal.db import db
from portal.errors import DomainError
from portal.forms import text
from portal.payouts import calendar, export, labels, queries, services
from portal.payouts.difference import DECREASES, INCREASES, Item
from portal.payouts.forms import CashForm, DrawUpForm, ReturnForm
from portal.payouts.models import BEFORE_APPROVAL, SEALED_STATES, Line, Outcome, Run, RunState
from portal.payouts.problems import checked
from portal.recipients.models import MethodKind, Programme
from portal.staff.session import find_or_404, here, member
from portal.vietnam.month import parse, today

payouts = Blueprint("payouts", __name__, url_prefix="/payouts")


@payouts.get("/")
@allow(Permission.SEE_PAYOUTS)
def runs() -> ResponseReturnValue:
    return _runs(DrawUpForm())


def _runs(form: DrawUpForm) -> ResponseReturnValue:
    commune, before = here(), parse(request.args.get("before", ""))
    found = queries.runs_of(commune.id, before=before)
    active = queries.programmes_with_people(commune.id)
    form.offer(active or queries.programmes())
    page = render_template(
        "payouts/runs.html",
        form=form,
        runs=found,
        totals=queries.totals_of([run.id for run in found]),
        due=calendar.due(active, found, today()) if before is None else [],
        older=found[-1].month if found and queries.has_older(commune.id, found[-1].month) else None,
        before=before,
        today=today(),
        may_prepare=may(member().role, Permission.PREPARE_PAYOUTS),
        words=labels,
    )
    return page, 422 if form.is_submitted() else 200


@payouts.post("/runs")
@allow(Permission.PREPARE_PAYOUTS)
def draw_up() -> ResponseReturnValue:
    form = DrawUpForm()
    form.offer(queries.programmes())
    if form.validate_on_submit():
        try:
            programme = db.get_or_404(Programme, form.programme.data)
            with db.session.begin_nested():
                run = services.draw_up(member(), here(), programme, parse(form.month.data) or abort(404))
            return redirect(url_for("payouts.run", run_id=run.id))
        except (services.NobodyMissing, services.ListStillOpen) as error:
            form.refuse(error)
    return _runs(form)


@payouts.get("/runs/<int:run_id>")
@allow(Permission.SEE_PAYOUTS)
def run(run_id: int) -> ResponseReturnValue:
    found, chosen = find_or_404(Run, run_id), _filter()
    return render_template(
        "payouts/run.html",
        run=found,
        chosen=chosen,
        page=queries.lines(found, chosen, today(), after=request.args.get("after", 0, type=int)),
        left_out=queries.left_out(found, limit=3),
        left_out_count=queries.count_left_out(found),
        villages=queries.villages(found),
        funds_due=calendar.funds_due(found.month),
        **_told(found),
    )


def _told(run: Run) -> dict[str, Any]:
    """What every page and print of a run says about it."""
    role, (difference, problems) = member().role, checked(run, today())
    return {
        "difference": difference,
        "problems": problems,
        "totals": queries.totals(run),
        "sealed": run.state in SEALED_STATES,
        "open": run.state in BEFORE_APPROVAL,
        "may_prepare": may(role, Permission.PREPARE_PAYOUTS),
        "may_approve": may(role, Permission.APPROVE),
        "cash_point": MethodKind.CASH_POINT,
        "home_visit": MethodKind.HOME_VISIT,
        "increases": INCREASES,
        "decreases": DECREASES,
        "amounts": (Item.AMOUNT,),
        "words": labels,
    }


def _unbroken(run: Run) -> Run:
    """A paper that people sign is printed only from the lines that were approved."""
    if run.state in SEALED_STATES:
        services.must_be_unbroken(run)
    return run


def _filter() -> queries.Filter:
    return queries.Filter(
        show=request.args.get("show", queries.Show.ALL, type=queries.Show),
        village=request.args.get("village") or None,
        channel=request.args.get("channel", type=MethodKind),
    )


@payouts.post("/runs/<int:run_id>/check-seal")
@allow(Permission.SEE_PAYOUTS)
def check_seal(run_id: int) -> ResponseReturnValue:
    if services.check_seal(member(), find_or_404(Run, run_id)):
        return _back(run_id, gettext("The seal is whole: the lines are those that were approved."))
    return _back(
        run_id,
        gettext(
            "The seal is broken: the lines are no longer those that were approved. Do not pay by this list; call the province."
        ),
        "bad",
    )


@payouts.get("/runs/<int:run_id>/left-out")
@allow(Permission.SEE_PAYOUTS)
def left_out(run_id: int) -> ResponseReturnValue:
    found = find_or_404(Run, run_id)
    return render_template("payouts/left_out.html", run=found, left_out=queries.left_out(found), words=labels)


@payouts.get("/runs/<int:run_id>/list")
@allow(Permission.SEE_PAYOUTS)
def full_list(run_id: int) -> ResponseReturnValue:
    found = _unbroken(find_or_404(Run, run_id))
    lines = queries.all_lines(found)
    return render_template("payouts/full_list.html", run=found, lines=lines, today=today(), **_told(found))


@payouts.post("/runs/<int:run_id>/redraw")
@allow(Permission.PREPARE_PAYOUTS)
def redraw(run_id: int) -> ResponseReturnValue:
    services.redraw(member(), find_or_404(Run, run_id, lock=True))
    return _back(run_id, gettext("The list was drawn up again from the register."))


@payouts.post("/runs/<int:run_id>/discard")
@allow(Permission.PREPARE_PAYOUTS)
def discard(run_id: int) -> ResponseReturnValue:
    services.discard(member(), find_or_404(Run, run_id, lock=True))
    flash(gettext("The draft was removed. Nobody was paid by it."), "ok")
    return redirect(url_for("payouts.runs"))


@payouts.post("/runs/<int:run_id>/prepare")
@allow(Permission.PREPARE_PAYOUTS)
def prepare(run_id: int) -> ResponseReturnValue:
    services.prepare(member(), find_or_404(Run, run_id, lock=True))
    return _back(run_id, gettext("The list now waits for the leader's approval."))


@payouts.post("/runs/<int:run_id>/approve")
@allow(Permission.APPROVE)
def approve(run_id: int) -> ResponseReturnValue:
    services.approve(member(), find_or_404(Run, run_id, lock=True))
    return _back(run_id, gettext("Approved. The list is locked, and its seal stands on every print."))


@payouts.route("/runs/<int:run_id>/return", methods=["GET", "POST"])
@allow(Permission.APPROVE)
def return_run(run_id: int) -> ResponseReturnValue:
    form, found = ReturnForm(), find_or_404(Run, run_id, lock=request.method == "POST")
    if form.validate_on_submit():
        services.return_run(member(), found, text(form.reason))
        return _back(run_id, gettext("The list went back to the officer with your reason."))
    return render_template("payouts/return_run.html", form=form, run=found), 422 if form.is_submitted() else 200


def _back(run_id: int, message: str, kind: str = "ok") -> ResponseReturnValue:
    flash(message, kind)
    return redirect(url_for("payouts.run", run_id=run_id))


# ---- the bank -------------------------------------------------------------------------------------------------------


@payouts.get("/files/")
@allow(Permission.FETCH_PAYMENT_FILE)
def files() -> ResponseReturnValue:
    found = queries.files_for(member())
    totals = queries.totals_of([run.id for run in found])
    return render_template("payouts/files.html", runs=found, totals=totals, words=labels)


@payouts.post("/runs/<int:run_id>/payment-file")
@allow(Permission.FETCH_PAYMENT_FILE)
def payment_file(run_id: int) -> ResponseReturnValue:
    """The first download sends the list; each is an event."""
    found = find_or_404(Run, run_id, lock=True)
    file_format = "csv" if request.form.get("format") == "csv" else "xlsx"
    services.send(member(), found, file_format)
    content, media_type, name = export.payment_file(found, file_format)
    return Response(content, mimetype=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


# ---- cash -----------------------------------------------------------------------------------------------------------


@payouts.get("/runs/<int:run_id>/cash")
@allow(Permission.SEE_PAYOUTS)
def cash(run_id: int) -> ResponseReturnValue:
    found, village = find_or_404(Run, run_id), request.args.get("village")
    return _cash(found, village, CashForm(village=village))


def _cash(run: Run, village: str | None, form: CashForm) -> ResponseReturnValue:
    page = render_template(
        "payouts/cash.html" if village is None else "payouts/cash_village.html",
        run=run,
        village=village,
        villages=queries.cash_villages(run),
        lines=[] if village is None else queries.cash_lines(run, village),
        form=form,
        ticked=request.form.getlist("line"),
        may_mark=may(member().role, Permission.PREPARE_PAYOUTS) and run.state in SEALED_STATES - {RunState.SETTLED},
        words=labels,
    )
    return page, 422 if form.is_submitted() else 200


@payouts.post("/runs/<int:run_id>/cash")
@allow(Permission.PREPARE_PAYOUTS)
def mark_cash(run_id: int) -> ResponseReturnValue:
    found, form = find_or_404(Run, run_id, lock=True), CashForm()
    village = form.village.data or ""
    if form.validate_on_submit():
        ticked = [int(line_id) for line_id in request.form.getlist("line") if line_id.isdecimal()]
        outcome, others = Outcome(form.outcome.data), form.who.data == "others"
        try:
            day = form.on.data or today()
            marked = services.mark_cash(member(), found, village, ticked, outcome, day, others=others)
            flash(gettext("Recorded for %(count)s people.", count=marked), "ok")
            return redirect(url_for("payouts.cash", run_id=run_id, village=village))
        except DomainError as error:
            form.refuse(error)
    return _cash(found, village, form)


@payouts.post("/lines/<int:line_id>/undo")
@allow(Permission.PREPARE_PAYOUTS)
def undo(line_id: int) -> ResponseReturnValue:
    line = find_or_404(Line, line_id, lock=True)
    if line.channel != MethodKind.CASH_POINT:
        abort(404)
    services.record_outcome(member(), line, Outcome.PENDING, None)
    flash(gettext("The mark was taken back."), "ok")
    return redirect(url_for("payouts.cash", run_id=line.run_id, village=line.village_name))


@payouts.get("/runs/<int:run_id>/cash-list")
@allow(Permission.SEE_PAYOUTS)
def cash_list(run_id: int) -> ResponseReturnValue:
    found, village = _unbroken(find_or_404(Run, run_id)), request.args.get("village")
    lines = queries.cash_lines(found, village)
    return render_template(
        "payouts/cash_list.html", run=found, lines=lines, village=village, today=today(), words=labels
    )
