"""People of the register: find them, look at one."""

from typing import Any

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields.choices import SelectChoice

from portal.access import Permission, allow
from portal.areas.queries import villages_of
from portal.db import only_reads
from portal.forms import text
from portal.recipients import labels, queries
from portal.recipients.forms import PeopleForm
from portal.recipients.models import Recipient
from portal.recipients.queries.adjusting import adjustments_of
from portal.recipients.queries.history import history
from portal.recipients.services.taking_back import may_be_taken_back
from portal.recipients.views.blueprint import recipients
from portal.recipients.views.checks import checks_of
from portal.staff.session import find_or_404, here, member
from portal.vietnam import banks


@recipients.route("/", methods=["GET", "POST"])
@allow(Permission.SEE_REGISTER)
@only_reads
def people() -> ResponseReturnValue:
    """A search names people, so it is posted; filters alone may stand in the address."""
    form, filters, wanted = looked_for()
    after, before = (request.values.get(name, 0, type=int) for name in ("after", "before"))
    page = queries.people(member(), here().id, wanted, after=after, before=max(0, before))
    html = render_template(
        "recipients/people.html",
        form=form,
        page=page,
        after=after,
        counts=queries.lacking(member(), here().id),
        filters=filters,
        entitlements=queries.entitlements_of(page.people),
        methods=queries.ready_methods_of(page.people),
    )
    return make_response(html, {"HX-Replace-Url": url_for("recipients.people", **filters)})


def looked_for() -> tuple[PeopleForm, dict[str, Any], queries.Wanted]:
    """The form as it came, what of it may stand in an address, and whom it asks for."""
    form = _people_form()
    filters = {name: form[name].data for name in ("village", "programme", "category", "lacks") if form[name].data}
    village, programme, category = (_number(form[name].data) for name in ("village", "programme", "category"))
    return form, filters, queries.Wanted(text(form.q), village, programme, form.lacks.data or "", category)


def _people_form() -> PeopleForm:
    form = PeopleForm(request.form if request.method == "POST" else request.args)
    if request.method != "POST":
        form.q.data = ""  # what someone wrote into the address is not taken up
    villages = (SelectChoice(str(each.id), each.name) for each in villages_of(here()))
    programmes = (SelectChoice(str(each.id), each.name) for each in queries.programmes())
    categories = (SelectChoice(str(each.id), f"{each.key} · {each.label}") for each in queries.categories())
    form.category.choices = [SelectChoice("", gettext("All categories")), *categories]
    form.village.choices = [SelectChoice("", gettext("All villages")), *villages]
    form.programme.choices = [SelectChoice("", gettext("All programmes")), *programmes]
    return form


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() and len(value) < 16 else None


@recipients.get("/<int:recipient_id>")
@allow(Permission.SEE_REGISTER)
def person(recipient_id: int) -> ResponseReturnValue:
    found = find_or_404(Recipient, recipient_id)
    entitlements, changes = queries.entitlements_of([found])[found.id], queries.changes_to(found)
    methods, representatives = queries.methods_of(found), queries.representatives_of(found)
    return render_template(
        "recipients/person.html",
        person=found,
        entitlements=entitlements,
        adjustments=adjustments_of(entitlements),
        undoable=may_be_taken_back(changes, entitlements),
        methods=methods,
        representatives=representatives,
        history=history(found, entitlements, changes, methods, representatives),
        checks=checks_of(found, entitlements),
        bank=banks.by_bin,
        labels=labels,
    )
