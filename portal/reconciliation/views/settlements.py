"""Pages of the settlement: draw up, look, prepare, return, approve, print."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.access import Permission, allow, may
from portal.db import db
from portal.forms import text
from portal.recipients.models import Programme
from portal.reconciliation import figures, labels, services
from portal.reconciliation.forms import ReturnSettlementForm, SettleForm
from portal.reconciliation.models import Settlement, SettlementState
from portal.reconciliation.services.settling import differs
from portal.reconciliation.views.blueprint import reconciliation
from portal.staff.session import find_or_404, here, member
from portal.vietnam.month import parse, today


@reconciliation.route("/settlements/", methods=["GET"])
@allow(Permission.SEE_PAYOUTS)
def settlements() -> ResponseReturnValue:
    return _settlements(SettleForm())


@reconciliation.post("/settlements/")
@allow(Permission.RECONCILE)
def draw_up_settlement() -> ResponseReturnValue:
    form = SettleForm()
    form.offer(figures.to_settle(here().id))
    if form.validate_on_submit():
        programme_id, _, month = form.what.data.partition(":")
        programme = db.get_or_404(Programme, int(programme_id))
        drawn = services.draw_up_settlement(member(), here(), programme, parse(month) or abort(404))
        return redirect(url_for("reconciliation.settlement", settlement_id=drawn.id))
    return _settlements(form)


def _settlements(form: SettleForm) -> ResponseReturnValue:
    found = figures.to_settle(here().id)
    form.offer(found)
    page = render_template(
        "reconciliation/settlements.html",
        form=form,
        to_settle=found,
        settlements=figures.settlements(here().id),
        may_prepare=may(member().role, Permission.RECONCILE),
        words=labels,
    )
    return page, 422 if form.is_submitted() else 200


@reconciliation.get("/settlements/<int:settlement_id>")
@allow(Permission.SEE_PAYOUTS)
def settlement(settlement_id: int) -> ResponseReturnValue:
    return _settlement(find_or_404(Settlement, settlement_id), ReturnSettlementForm())


def _settlement(found: Settlement, form: ReturnSettlementForm) -> ResponseReturnValue:
    after = request.args.get("after", 0, type=int)
    carried = figures.carried(found, after=after)
    page = render_template(
        "reconciliation/settlement.html",
        form=form,
        carried=carried[: figures.PAGE],
        more=carried[figures.PAGE - 1][0].id if len(carried) > figures.PAGE else None,
        open_entries=figures.open_entries(found),
        may_prepare=may(member().role, Permission.RECONCILE),
        may_approve=may(member().role, Permission.APPROVE),
        **_told(found),
    )
    return page, 422 if form.is_submitted() else 200


def _told(found: Settlement) -> dict[str, Any]:
    """What the page and the print of a settlement say. The figures are those of the lines at this moment."""
    computed = figures.figures(found.commune_id, found.programme_id, found.month)
    return {
        "settlement": found,
        "figures": computed,
        "changed": found.state != SettlementState.DRAFT and differs(found, computed),
        "runs": figures.runs_of(found),
        "statements": figures.concerned_statements(found),
        "paid_parts": figures.PAID_PARTS,
        "not_paid_parts": figures.NOT_PAID_PARTS,
        "states": SettlementState,
        "words": labels,
        "today": today(),
    }


@reconciliation.post("/settlements/<int:settlement_id>/prepare")
@allow(Permission.RECONCILE)
def prepare_settlement(settlement_id: int) -> ResponseReturnValue:
    services.prepare_settlement(member(), find_or_404(Settlement, settlement_id, lock=True))
    flash(gettext("The settlement was prepared. Another person approves it."), "ok")
    return redirect(url_for("reconciliation.settlement", settlement_id=settlement_id))


@reconciliation.post("/settlements/<int:settlement_id>/return")
@allow(Permission.APPROVE)
def return_settlement(settlement_id: int) -> ResponseReturnValue:
    found, form = find_or_404(Settlement, settlement_id, lock=True), ReturnSettlementForm()
    if not form.validate_on_submit():
        return _settlement(found, form)
    services.return_settlement(member(), found, text(form.reason))
    flash(gettext("The settlement was returned."), "ok")
    return redirect(url_for("reconciliation.settlement", settlement_id=settlement_id))


@reconciliation.post("/settlements/<int:settlement_id>/approve")
@allow(Permission.APPROVE)
def approve_settlement(settlement_id: int) -> ResponseReturnValue:
    services.approve_settlement(member(), find_or_404(Settlement, settlement_id, lock=True))
    flash(gettext("The month is settled."), "ok")
    return redirect(url_for("reconciliation.settlement", settlement_id=settlement_id))


@reconciliation.get("/settlements/<int:settlement_id>/print")
@allow(Permission.SEE_PAYOUTS)
def settlement_print(settlement_id: int) -> ResponseReturnValue:
    return render_template("reconciliation/settlement_print.html", **_told(find_or_404(Settlement, settlement_id)))
