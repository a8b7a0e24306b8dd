"""Find the person: by name, number or card; then open the draft."""

from datetime import date
from typing import Any

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.access import Permission, allow
from portal.db import only_reads
from portal.documents import services as documents
from portal.documents.reading import Reading
from portal.documents.uploads import opened
from portal.documents.views import vault
from portal.enrolment import labels, queries, services
from portal.enrolment.codes import card_in
from portal.enrolment.forms import ScanForm
from portal.enrolment.identifiers import uuid7
from portal.enrolment.models import Case, FileRole
from portal.enrolment.views.blueprint import enrolment
from portal.enrolment.views.uploads import sent
from portal.errors import DomainError, InputError
from portal.recipients.models import Recipient
from portal.recipients.queries import PAGE, search
from portal.staff.session import find_or_404, here, member
from portal.vietnam.identity_qr import card_kind
from portal.vietnam.month import today

CARD_SECONDS = 3600


class PhotoMissing(InputError):
    """Choose or take a photo of the card first."""


class CardExpired(InputError):
    """The card was read too long ago. Take the photo again."""


@enrolment.route("/", methods=["GET", "POST"])
@allow(Permission.CAPTURE)
@only_reads
def start() -> ResponseReturnValue:
    """A search names people, so it is posted; the village alone may stand in the address."""
    return show_start(ScanForm(formdata=None), 200)


def show_start(form: ScanForm, status: int) -> ResponseReturnValue:
    text, village = request.form.get("q", "").strip(), request.values.get("village", type=int)
    asked = bool(text or village)
    people = search(member(), here().id, text, village_id=village, limit=PAGE + 1) if asked else []
    people, more = people[:PAGE], len(people) > PAGE
    page = render_template(
        "enrolment/start.html",
        form=form,
        text=text,
        token=request.form.get("card"),
        village_id=village,
        asked=asked,
        people=people,
        more=more,
        cases=queries.latest_cases(people),
        villages=queries.villages(here().id),
        member=member(),
        labels=labels,
    )
    return page, status


@enrolment.post("/scan")
@allow(Permission.CAPTURE)
def scan() -> ResponseReturnValue:
    """The photo of a card opens the person with its number; more than one, or nobody, is asked back."""
    form = ScanForm()
    try:
        uploads = sent("card")
        if not uploads:
            raise PhotoMissing
        seen = opened(uploads[0])
        card = card_in(seen[0])
    except DomainError as error:
        form.refuse(error, "card")
        return show_start(form, 422)
    people = queries.with_card_number(member(), here().id, card["number"], card["old_number"])
    if len(people) == 1:
        return open_case(people[0], card, seen)
    token = _signer().dumps(card)
    cases = queries.latest_cases(people)
    return render_template("enrolment/scan.html", card=card, people=people, cases=cases, token=token, labels=labels)


@enrolment.post("/begin")
@allow(Permission.CAPTURE)
def begin() -> ResponseReturnValue:
    """Open the draft for the person that was picked, or for someone who is not in the register."""
    key = request.form.get("recipient_id", type=int)
    person = find_or_404(Recipient, key) if key else None
    if person and person.commune_id != here().id:
        abort(404)
    return open_case(person, _scanned())


def open_case(
    person: Recipient | None, card: dict[str, Any] | None, seen: tuple[Reading, bytes] | None = None
) -> ResponseReturnValue:
    case = None
    if person is None and card:
        case = queries.own_draft_of_card(member(), here().id, card["number"])
    if case is None:
        case = services.start(member(), here(), uuid7(), person)
    if card:
        services.note_card(member(), case, card)
    if seen is not None and not case.files:
        _attach(case, *seen, card or {})
    return redirect(url_for("enrolment.case", case_id=case.id))


def _attach(case: Case, reading: Reading, clear: bytes, card: dict[str, Any]) -> None:
    """The photo that found the person is the side of the card that bears the QR: the back since July 2024."""
    issued = date.fromisoformat(card["issued_on"]) if card.get("issued_on") else today()
    role = FileRole.ID_BACK if card_kind(issued) == "can_cuoc" else FileRole.ID_FRONT
    photo = documents.keep(member(), here(), vault(), reading, clear)
    services.attach(member(), case, role, 0, photo, reading)


def _signer() -> URLSafeTimedSerializer:
    """What was read travels to the next page signed, so that it cannot be typed there."""
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="card")


def _scanned() -> dict[str, Any] | None:
    token = request.form.get("card")
    if not token:
        return None
    try:
        found: dict[str, Any] = _signer().loads(token, max_age=CARD_SECONDS)
    except BadData as error:
        raise CardExpired from error
    return found
