"""Changes by hand: what happens to someone's payments, said before it is saved, and taken back if it was a mistake."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from portal.access import Permission, allow
from portal.db import db, only_reads
from portal.errors import DomainError, InputError
from portal.forms import text
from portal.recipients import labels, queries
from portal.recipients.forms.changes import MOVE, ChangeForm, NewPersonForm
from portal.recipients.models import Adjustment, Entitlement, EntitlementChange, Recipient
from portal.recipients.queries.adjusting import What, changes_for
from portal.recipients.services import by_hand, hand_plans, taking_back
from portal.recipients.services.hand_refusals import AmountMissing, CauseMissing, DayMissing
from portal.recipients.services.hand_starts import add_person as add
from portal.recipients.views.asking import change_form, new_person_form, wanted_of, wanted_start
from portal.recipients.views.blueprint import recipients
from portal.recipients.views.meaning import meaning
from portal.staff.session import find_or_404, here, member

_AT = {DayMissing: "on", CauseMissing: None, AmountMissing: None}


@recipients.get("/<int:recipient_id>/change")
@allow(Permission.KEEP_REGISTER)
def change(recipient_id: int) -> ResponseReturnValue:
    person = find_or_404(Recipient, recipient_id)
    return _asked(person, _chosen(person))


@recipients.post("/<int:recipient_id>/change")
@allow(Permission.KEEP_REGISTER)
def make_change(recipient_id: int) -> ResponseReturnValue:
    person = find_or_404(Recipient, recipient_id)
    entitlement = _chosen(person)
    form = change_form(person, entitlement)
    if not form.validate():
        return _asked(person, entitlement, form), 422
    try:
        if form.what.data == MOVE:
            by_hand.move(member(), person, form.village.data or "")
            flash(gettext("The village was changed."), "ok")
            return redirect(url_for("recipients.person", recipient_id=person.id))
        return _made(person, entitlement, form)
    except InputError as error:
        form.refuse(error, "on" if isinstance(error, DayMissing) else None)
        return _asked(person, entitlement, form), 422


def _made(person: Recipient, entitlement: Entitlement | None, form: ChangeForm) -> ResponseReturnValue:
    """Saved, or first shown with what it means for closed months."""
    wanted = wanted_of(form, entitlement)
    mine = None if wanted.what == What.START else entitlement
    plan = hand_plans.plan(mine, wanted, person.commune_id)
    settle = form.settled() if "confirmed" in request.form else None
    if plan.past and settle is None:
        shown = {"form": form, "plan": plan, "wanted": wanted, "person": person, "entitlement": entitlement}
        return render_template("recipients/change_check.html", **shown, refused="confirmed" in request.form)
    said = meaning(wanted, plan, mine)
    by_hand.make(member(), person, mine, wanted, (settle or 0) * (1 if plan.owed > 0 else -1))
    flash(said, "ok")
    return redirect(url_for("recipients.person", recipient_id=person.id))


@recipients.post("/<int:recipient_id>/change/meaning")
@allow(Permission.KEEP_REGISTER)
@only_reads
def change_meaning(recipient_id: int) -> ResponseReturnValue:
    """The sentence below the form, while it is being filled in."""
    person = find_or_404(Recipient, recipient_id)
    entitlement = _chosen(person)
    form = change_form(person, entitlement)
    said = ""
    if form.what.data and form.what.data != MOVE:
        try:
            wanted = wanted_of(form, entitlement)
            mine = None if wanted.what == What.START else entitlement
            said = meaning(wanted, hand_plans.plan(mine, wanted, person.commune_id), mine)
        except DomainError:
            said = ""
    return render_template("recipients/_changes_meaning.html", said=said)


def _chosen(person: Recipient) -> Entitlement | None:
    """The entitlement of the address, or the person's first that is paid, or their first."""
    theirs = queries.entitlements_of([person])[person.id]
    wanted = request.values.get("entitlement", type=int)
    if wanted is not None:
        return next((each for each in theirs if each.id == wanted), None) or _none()
    return next((each for each in theirs if each.status != "ended"), theirs[0] if theirs else None)


def _none() -> Entitlement:
    raise NotFound


def _asked(person: Recipient, entitlement: Entitlement | None, form: ChangeForm | None = None) -> str:
    form = form or change_form(person, entitlement)
    kinds = changes_for(entitlement)
    if form.what.data is None:
        asked = request.args.get("what")
        form.what.data = asked if asked in kinds else None
    theirs = queries.entitlements_of([person])[person.id]
    shown = {"person": person, "entitlement": entitlement, "entitlements": theirs, "labels": labels}
    return render_template("recipients/change.html", form=form, kinds=What, **shown)


@recipients.post("/<int:recipient_id>/change/undo")
@allow(Permission.KEEP_REGISTER)
def undo_change(recipient_id: int) -> ResponseReturnValue:
    """Take back a change (field `change`), or money entered for a month (field `adjustment`)."""
    person = find_or_404(Recipient, recipient_id)
    table = Adjustment if "adjustment" in request.form else EntitlementChange
    key = request.form.get("adjustment", type=int) or request.form.get("change", type=int) or 0
    found: Any = find_or_404(table, key)
    entitlement = find_or_404(Entitlement, found.entitlement_id, lock=True)
    if entitlement.recipient_id != person.id:
        raise NotFound
    if isinstance(found, Adjustment):
        taking_back.take_back_adjustment(member(), found, entitlement)
    else:
        taking_back.take_back(member(), entitlement, found)
    flash(gettext("The change was taken back. The history shows both."), "ok")
    return redirect(url_for("recipients.person", recipient_id=person.id))


@recipients.route("/new", methods=["GET", "POST"])
@allow(Permission.KEEP_REGISTER)
def add_person() -> ResponseReturnValue:
    form = new_person_form()
    if not form.validate_on_submit():
        return render_template("recipients/change_new.html", form=form), 422 if form.errors else 200
    try:
        with db.session.begin_nested():
            person = _added(form)
    except InputError as error:
        form.refuse(error)
        return render_template("recipients/change_new.html", form=form), 422
    return redirect(url_for("recipients.person", recipient_id=person.id))


def _added(form: NewPersonForm) -> Recipient:
    wanted, columns = wanted_start(form)
    hand_plans.plan(None, wanted, here().id)
    person = add(member(), here().id, code=text(form.code), columns=columns)
    plan = hand_plans.plan(None, wanted, here().id)
    by_hand.make(member(), person, None, wanted, max(plan.owed, 0))
    flash(meaning(wanted, plan, None), "ok")
    return person
