"""The capture that opens without a network: its page, its service worker, and the whole page posted without script."""

import hashlib
from contextlib import suppress
from functools import cache
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from werkzeug.datastructures import MultiDict

from portal.access import PUBLIC, Permission, allow
from portal.areas.models import PayoutPoint
from portal.assets import asset
from portal.db import commit_so_far
from portal.enrolment import labels, queries, services
from portal.enrolment.field_words import WORDS
from portal.enrolment.forms import FORMS, MethodForm, StepForm
from portal.enrolment.identifiers import uuid7
from portal.enrolment.models import Case
from portal.enrolment.steps import STEPS, Step
from portal.enrolment.views.blueprint import enrolment
from portal.enrolment.views.steps import judge, step_names
from portal.enrolment.views.uploads import UploadRefused, receive
from portal.staff.session import here, member

PARTS = ("pico.min.css", "portal.css", "capture.js", "icons.svg", "favicon.svg")
LATER = ("viewfinder.js", "scan_worker.js", "zxing_reader.wasm", "rescue.js")


@enrolment.get("/field/")
@allow(PUBLIC)
def field() -> ResponseReturnValue:
    """For everybody the same page, which names nobody: a phone keeps it, and asks whether it is still the newest."""
    page = Response(shell(str(get_locale())))
    page.set_etag(version(str(get_locale())))
    page.headers["Cache-Control"] = "no-cache"
    return page.make_conditional(request)


@enrolment.get("/field/worker.js")
@allow(PUBLIC)
def field_worker() -> Response:
    """The service worker: another shell or another part is another version of it."""
    text = render_template(
        "enrolment/field/worker.js",
        version=version(str(get_locale())),
        shell=url_for("enrolment.field"),
        parts=[asset(name) for name in PARTS],
        later=[asset(name) for name in LATER],
    )
    return Response(text, mimetype="text/javascript", headers={"Service-Worker-Allowed": "/"})


@enrolment.route("/field/whole", methods=["GET", "POST"])
@allow(Permission.CAPTURE)
def field_whole() -> ResponseReturnValue:
    """The whole page for a browser without script; what it sends goes on at the first step that lacks something."""
    if request.method == "GET":
        return render(queries.payout_points(here().id), whole=True, version="")
    case = services.start(member(), here(), uuid7(), None)
    commit_so_far()  # photos are opened outside of a transaction
    forms = {step: kind(prefix=step.value, meta={"csrf": False}) for step, kind in FORMS.items()}
    for step in STEPS:
        with suppress(UploadRefused):  # its step asks for the photo again
            receive(case, forms[step])
            commit_so_far()
    link(case)
    for step in STEPS:
        keep(case, forms[step])
    return redirect(url_for("enrolment.case", case_id=case.id))


def render(points: list[PayoutPoint], **told: Any) -> str:
    """The page with the empty form of each step; names begin with the step, so that all stand on one page."""
    forms = {step.value: kind(formdata=None, prefix=step.value, meta={"csrf": False}) for step, kind in FORMS.items()}
    method = forms[Step.METHOD]
    assert isinstance(method, MethodForm)
    method.offer(points)
    told |= {"labels": labels, "words": WORDS, "step_names": step_names()}
    return render_template("enrolment/field/shell.html", forms=forms, **told)


@cache
def shell(language: str) -> str:
    return render([], whole=False, version=version(language))


@cache
def version(_language: str) -> str:
    """Changes with whatever a phone keeps: the parts, which the page names, the words and the page itself."""
    page = render([], whole=False, version="")
    later = [asset(name) for name in LATER]
    return hashlib.sha256("|".join([page, *later]).encode()).hexdigest()[:12]


def link(case: Case) -> None:
    """The one person of the register who bears the number of the photographed card."""
    card = FORMS[Step.IDENTITY].card(case)
    people = queries.with_card_number(member(), case.commune_id, card["number"], card["old_number"]) if card else []
    if len(people) == 1:
        services.link(member(), case, people[0])


def keep(case: Case, form: StepForm) -> None:
    """Store the answers of a step when they are right, else as they were typed."""
    start = f"{form.STEP}-"
    typed = {name.removeprefix(start): request.form.getlist(name) for name in request.form if name.startswith(start)}
    if not any(value for values in typed.values() for value in values):
        return
    plain = FORMS[form.STEP](formdata=MultiDict(typed), meta={"csrf": False})
    plain.prepare(case)
    if judge(case, plain):
        answers = plain.answers(case)
        services.save_step(member(), case, form.STEP, answers, plain.provenance(case, answers))
    else:
        values = {name: found if len(found) > 1 else found[0] for name, found in typed.items()}
        services.keep_typed(member(), case, form.STEP, values)
