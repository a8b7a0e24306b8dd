"""The steps of the capture: each shows its form, keeps what came and goes on."""

import re
import uuid
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.access import Permission, allow
from portal.documents.services import Taken
from portal.enrolment import labels, pages, reuse, rules, services
from portal.enrolment.codes import CARD_ROLES
from portal.enrolment.comparison import compare
from portal.enrolment.forms import ConsentForm, IdentityForm, MethodForm, PhoneForm, RepresentativeForm, StepForm
from portal.enrolment.models import Case, CaseFile, FileRole
from portal.enrolment.steps import STEPS, Step, two_cards, undecided
from portal.enrolment.summary import name_of, pronoun
from portal.enrolment.views.blueprint import enrolment, own_or_404
from portal.enrolment.views.uploads import UploadRefused, receive, receive_account
from portal.staff.session import member
from portal.vietnam.month import today

NOT_KEPT = {"csrf_token", "do"}
MOVES = {"up": -1, "down": 1}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@enrolment.route("/cases/<uuid:case_id>/identity", methods=["GET", "POST"])
@allow(Permission.CAPTURE)
def identity(case_id: uuid.UUID) -> ResponseReturnValue:
    return walk(case_id, IdentityForm)


@enrolment.route("/cases/<uuid:case_id>/phone", methods=["GET", "POST"])
@allow(Permission.CAPTURE)
def phone(case_id: uuid.UUID) -> ResponseReturnValue:
    return walk(case_id, PhoneForm)


@enrolment.route("/cases/<uuid:case_id>/method", methods=["GET", "POST"])
@allow(Permission.CAPTURE)
def method(case_id: uuid.UUID) -> ResponseReturnValue:
    return walk(case_id, MethodForm)


@enrolment.route("/cases/<uuid:case_id>/representative", methods=["GET", "POST"])
@allow(Permission.CAPTURE)
def representative(case_id: uuid.UUID) -> ResponseReturnValue:
    return walk(case_id, RepresentativeForm)


@enrolment.route("/cases/<uuid:case_id>/consent", methods=["GET", "POST"])
@allow(Permission.CAPTURE)
def consent(case_id: uuid.UUID) -> ResponseReturnValue:
    return walk(case_id, ConsentForm)


def walk(case_id: uuid.UUID, kind: type[StepForm]) -> ResponseReturnValue:
    """Show the step, or take in what was sent; a case that was handed in is shown as received."""
    case = own_or_404(case_id, lock=request.method == "POST")
    if case.state not in services.OPEN:
        return redirect(url_for("enrolment.received", case_id=case.id))
    if request.method == "POST":
        return take_in(case, kind())
    return show(case, first_look(case, kind), 200)


def first_look(case: Case, kind: type[StepForm]) -> StepForm:
    """The form as it was left, else as stored. `?check` also shows what is wrong with it."""
    typed, initial = case.payload.get("typed", {}).get(kind.STEP), kind.initial(case)
    if typed is not None:
        initial = {name: value for name, value in initial.items() if name in kind.READ} | typed
    form = kind(formdata=MultiDict(initial), meta={"csrf": False})
    form.prepare(case)
    if "check" in request.args:
        judge(case, form)
    return form


def judge(case: Case, form: StepForm) -> bool:
    """Whether the answers may be stored; what is wrong stands at its field."""
    if not form.validate():
        return False
    try:
        rules.check(form.STEP, form.answers(case), case.payload, today())
    except rules.AnswerRefused as error:
        form.refuse(error, form.place_of(error.field))
        return False
    return True


def take_in(case: Case, form: StepForm) -> ResponseReturnValue:
    """Photos are kept even when an answer beside them is refused; an unusable photo refuses the whole form."""
    form.prepare(case)
    card = form.card(case)
    try:
        taken = receive(case, form)
        account = receive_account(case, form)
    except UploadRefused as refused:
        form.refuse(refused.error, refused.field)
        return show(case, form, 422)
    read = form.card(case) != card
    look_again = read or any(to_be_seen(case, form, role, one) for role, one in taken)
    button = request.form.get("do", "next")
    if button == "next" and not look_again and not account:
        form.prepare(case)
        if judge(case, form):
            return go_on(case, form)
        if not taken:
            return show(case, form, 422)
    services.keep_typed(member(), case, form.STEP, as_typed(form, drop=form.READ if read else frozenset()) | account)
    place = aside(case, form.STEP, button, wrong=button == "next" and not look_again and not account)
    return redirect(f"{place}#{next(name for name in account if name.endswith('-bin'))}" if account else place)


def to_be_seen(case: Case, form: StepForm, role: FileRole, taken: Taken) -> bool:
    """A poor photo, a card that nothing could be read from and the cards of two people are shown before going on."""
    doubtful = role in CARD_ROLES and (form.card(case) is None or two_cards(case))
    return doubtful or bool(taken.reading.quality["warnings"])


def go_on(case: Case, form: StepForm) -> ResponseReturnValue:
    answers = form.answers(case)
    services.save_step(member(), case, form.STEP, answers, form.provenance(case, answers))
    following = STEPS.index(form.STEP) + 1
    name = STEPS[following].value if following < len(STEPS) else "check"
    return redirect(url_for(f"enrolment.{name}", case_id=case.id))


def as_typed(form: StepForm, drop: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What stands in the fields of the form, to be shown again just so."""
    names = [n for n in request.form if n.split("-")[0] in form and n not in NOT_KEPT | drop]
    values = {name: request.form.getlist(name) for name in names}
    return {name: found if len(found) > 1 else found[0] for name, found in values.items()}


def aside(case: Case, step: Step, button: str, *, wrong: bool) -> str:
    """Do what another button than the main one asks for, and return where to go then."""
    word, _, which = button.partition("-")
    if word == "later":
        return url_for("enrolment.cases")
    if word == "back" and step != STEPS[0]:
        return url_for(f"enrolment.{STEPS[STEPS.index(step) - 1].value}", case_id=case.id)
    if word == "keep":
        services.keep_photo(member(), case, _file(case, which).photo_id)
    if word == "remove":
        file = _file(case, which)
        services.detach(member(), case, file.role, file.position)
    if word in MOVES:
        pages.move(member(), case, _file(case, which), MOVES[word])
    if word == "again" and step == Step.REPRESENTATIVE:
        take_over(case, which)
    anchor = "paper" if word in MOVES else None
    return url_for(f"enrolment.{step.value}", case_id=case.id, check=1 if wrong else None, _anchor=anchor)


def take_over(case: Case, key: str) -> None:
    """The representative of an earlier case of this clerk, whose id is `key`."""
    source = reuse.one_earlier(member(), case, uuid.UUID(key)) if UUID.fullmatch(key) else None
    if source is None:
        abort(404)
    reuse.take_over(member(), case, source, RepresentativeForm.for_another(source))


def _file(case: Case, key: str) -> CaseFile:
    return next((file for file in case.files if str(file.id) == key), None) or abort(404)


def show(case: Case, form: StepForm, status: int) -> ResponseReturnValue:
    files: dict[str, list[CaseFile]] = {role.value: [f for f in case.files if f.role == role] for role in FileRole}
    card = IdentityForm.card(case)
    page = render_template(
        f"enrolment/{form.STEP.value}.html",
        case=case,
        form=form,
        step=form.STEP,
        files=files,
        undecided=[file.id for file in case.files if undecided(case, file)],
        card=card,
        two_cards=two_cards(case),
        earlier=reuse.earlier(member(), case) if form.STEP == Step.REPRESENTATIVE else [],
        comparison=compare(card, case.recipient) if card and form.STEP == Step.IDENTITY else [],
        name=name_of(case),
        pronoun=pronoun(case),
        labels=labels,
        step_names=step_names(),
    )
    return page, status


def step_names() -> list[Any]:
    """The names of the seven steps: finding the person comes before, checking after."""
    return [labels.FIRST_STEP, *labels.STEP_LABELS.values(), labels.LAST_STEP]
