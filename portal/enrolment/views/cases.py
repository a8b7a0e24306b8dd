"""The clerk's cases: the list, checking and handing in, the receipt."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission, allow
from portal.enrolment import labels, queries, services
from portal.enrolment.models import Case, CaseState
from portal.enrolment.steps import Gap, first_to_do, gaps
from portal.enrolment.summary import name_of, pronoun, summary
from portal.enrolment.views.blueprint import enrolment, own_or_404
from portal.enrolment.views.steps import step_names
from portal.staff.session import here, member

SENT = tuple(state for state in CaseState if state not in (CaseState.DRAFT, CaseState.RETURNED))


@enrolment.get("/cases/")
@allow(Permission.CAPTURE)
def cases() -> ResponseReturnValue:
    after = request.args.get("after", type=uuid.UUID)
    last = queries.own_case(member(), after) if after else None
    sent = queries.mine(member(), here().id, *SENT, before=last)
    return render_template(
        "enrolment/cases.html",
        returned=[] if last else queries.mine(member(), here().id, CaseState.RETURNED),
        drafts=[] if last else queries.mine(member(), here().id, CaseState.DRAFT),
        sent=sent[: queries.PAGE],
        more=sent[queries.PAGE - 1] if len(sent) > queries.PAGE else None,
        name_of=name_of,
        labels=labels,
    )


@enrolment.get("/cases/<uuid:case_id>")
@allow(Permission.CAPTURE)
def case(case_id: uuid.UUID) -> ResponseReturnValue:
    """Where to go on with the case: the step to redo, the first that is missing, the check, or the receipt."""
    found = own_or_404(case_id)
    if found.state not in services.OPEN:
        return redirect(url_for("enrolment.received", case_id=found.id))
    step = first_to_do(found)
    return redirect(url_for(f"enrolment.{step.value if step else 'check'}", case_id=found.id))


@enrolment.route("/cases/<uuid:case_id>/check", methods=["GET", "POST"])
@allow(Permission.CAPTURE)
def check(case_id: uuid.UUID) -> ResponseReturnValue:
    found = own_or_404(case_id)
    if request.method == "GET":
        if found.state not in services.OPEN:
            return redirect(url_for("enrolment.received", case_id=found.id))
        return show_check(found, gaps(found)), 200
    try:
        services.submit(member(), found)
    except services.CaseIncomplete as error:
        return show_check(found, error.missing, refused=True), 422
    return redirect(url_for("enrolment.received", case_id=found.id))


def show_check(found: Case, missing: list[Gap], *, refused: bool = False) -> str:
    return render_template(
        "enrolment/check.html",
        case=found,
        missing=missing,
        refused=refused,
        summary=summary(found),
        name=name_of(found),
        pronoun=pronoun(found),
        labels=labels,
        step_names=step_names(),
    )


@enrolment.get("/cases/<uuid:case_id>/received")
@allow(Permission.CAPTURE)
def received(case_id: uuid.UUID) -> ResponseReturnValue:
    found = own_or_404(case_id)
    if found.number is None or found.state == CaseState.RETURNED:
        return redirect(url_for("enrolment.case", case_id=found.id))
    return render_template(
        "enrolment/received.html", case=found, name=name_of(found), summary=summary(found), labels=labels
    )
