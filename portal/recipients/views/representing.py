"""Representatives whose paper needs work, and the end of one's right to receive."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.access import Permission, allow
from portal.errors import InputError
from portal.recipients.forms.changes import day_of
from portal.recipients.forms.representing import EndForm
from portal.recipients.models import Recipient, Representative, RepresentativeStatus
from portal.recipients.queries import representing
from portal.recipients.representation import Ending
from portal.recipients.representatives import end
from portal.recipients.views.blueprint import recipients
from portal.staff.session import find_or_404, here, member
from portal.vietnam.month import today


@recipients.get("/representatives/")
@allow(Permission.SEE_REGISTER)
def representatives() -> ResponseReturnValue:
    found = representing.to_settle(here().id, today())
    return render_template("recipients/representatives.html", found=found, most=representing.MOST)


@recipients.route("/<int:recipient_id>/representatives/<int:representative_id>/end", methods=["GET", "POST"])
@allow(Permission.KEEP_REGISTER)
def end_representative(recipient_id: int, representative_id: int) -> ResponseReturnValue:
    person = find_or_404(Recipient, recipient_id)
    representative = find_or_404(Representative, representative_id)
    if representative.recipient_id != person.id or representative.status == RepresentativeStatus.PROPOSED:
        abort(404)
    form = EndForm(on=f"{today():%d/%m/%Y}")
    if form.validate_on_submit() and (on := day_of(form.on)):
        try:
            end(member(), representative, on, Ending(form.reason.data))
        except InputError as error:
            form.refuse(error, "on")
        else:
            flash(_told(person), "ok")
            return redirect(url_for("recipients.person", recipient_id=person.id))
    status = 422 if request.method == "POST" else 200
    return render_template("recipients/end_representative.html", person=person, each=representative, form=form), status


def _told(person: Recipient) -> str:
    words = [gettext("The representative receives no more.")]
    if representing.unpaid_through(person, today()):
        words.append(gettext("The money went to their account: choose another way to be paid with a new case."))
    return " ".join(words)
