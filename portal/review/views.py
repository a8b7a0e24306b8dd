"""The queue of cases, one case with its decisions, and the accounts to open."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.access import Permission, allow
from portal.areas.queries import villages_of
from portal.audit.services import record
from portal.db import now, remembers
from portal.documents.reading import PhotoRefused, inspect
from portal.documents.uploads import laid_down
from portal.enrolment.arriving import arriving, beside
from portal.enrolment.labels import SEXES, STATE_KINDS
from portal.enrolment.models import Case, CaseState
from portal.errors import InputError
from portal.forms import text
from portal.recipients.models import MethodStatus, PaymentMethod, Recipient
from portal.review import accounts as opening
from portal.review import comparison, queries, services
from portal.review.captured import captured
from portal.review.flags import FlagCode
from portal.review.forms import AccountForm, CaseForm, FindForm, RejectForm, ReturnForm
from portal.review.labels import RETURN_LABELS, TAB_LABELS, sentence
from portal.review.queries import Filters
from portal.review.twins import flags_of
from portal.staff.session import find_or_404, here, member
from portal.vietnam import banks

review = Blueprint("review", __name__, url_prefix="/review")


@review.app_template_filter("flag_sentence")
def flag_sentence(flag: Any) -> str:
    return sentence(flag)


def _filters() -> Filters:
    """From the address; what makes no sense filters nothing."""
    flag = request.args.get("flag")
    return Filters(
        request.args.get("village", type=int),
        request.args.get("programme", type=int),
        FlagCode(flag) if flag in set(FlagCode) else None,
    )


@review.get("/")
@allow(Permission.REVIEW)
def queue() -> ResponseReturnValue:
    filters = _filters()
    line = queries.line(here().id, filters)
    start = next((at for at, p in enumerate(line) if p.id.hex == request.args.get("from")), 0)
    shown = queries.cases([place.id for place in line[start : start + queries.PAGE]])
    return render_template(
        "review/queue.html",
        filters=filters,
        line=line,
        first=start + 1,
        cases=shown,
        flags=flags_of(shown),
        following=line[start + queries.PAGE].id.hex if len(line) > start + queries.PAGE else None,
        reading_since=now() - services.READING,
        villages=villages_of(here()),
        programmes=queries.programmes(),
        flag_codes=list(FlagCode),
        others=queries.line(here().id, Filters()) if not line else [],
        last=queries.last_decision(here().id),
        arriving=arriving(here().id, queries.PAGE),
    )


@review.get("/cases/<uuid:case_id>")
@allow(Permission.REVIEW)
@remembers
def case(case_id: uuid.UUID) -> ResponseReturnValue:
    found = find_or_404(Case, case_id)
    if found.number is None:
        abort(404)  # still with the clerk
    return _show(found, other_reader=services.note_reading(member(), found))


def _show(found: Case, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """The page of one case; `forms` that were refused keep what was typed."""
    filters, told = _filters(), captured(found)
    flags = flags_of(queries.cases([found.id]))[found.id]
    person = found.recipient
    method = queries.method_in_force(person.id) if person else None
    representative = queries.representative_of(person.id) if person else None
    page = {
        "return_form": ReturnForm(rev=str(found.rev)),
        "reject_form": RejectForm(rev=str(found.rev)),
        "find_form": FindForm(rev=str(found.rev)),
        "errors": None,
        "other_reader": None,
        "candidates": [] if person else queries.likely(found.commune_id, told.number, told.full_name),
    } | forms
    html = render_template(
        "review/case.html",
        case=found,
        told=told,
        flags=flags,
        rows=comparison.rows(found, method, representative, flags),
        entitlements=queries.entitlements([person.id])[person.id] if person else [],
        decisions=queries.decisions(found.id),
        beside=beside(found),
        filters=filters,
        **_photos(found),
        state_kinds=STATE_KINDS,
        return_labels=RETURN_LABELS,
        can_decide=found.state == CaseState.SUBMITTED and found.captured_by != member().id,
        **_neighbours(found, filters),
        **page,
    )
    return html, status


def _photos(found: Case) -> dict[str, Any]:
    """The case's photos, the card first, and how one of them is shown: its place, turned by, large."""
    order = {role: at for at, role in enumerate(TAB_LABELS)}
    files = sorted(found.files, key=lambda file: (order[file.role], file.position))
    asked, turn = request.args.get("photo", type=int), request.args.get("turn", 0, type=int)
    ids = [file.photo_id for file in files]
    photo = {
        "at": ids.index(asked) if asked in ids else 0,
        "turn": turn if turn in (90, 180, 270) else 0,
        "big": request.args.get("big") == "1",
    }
    return {"files": files, "photo": photo, "tab_labels": TAB_LABELS}


def _neighbours(found: Case, filters: Filters) -> dict[str, Any]:
    ids = [place.id for place in queries.line(found.commune_id, filters)]
    if found.id not in ids:
        return {"position": None, "total": len(ids), "before": None, "after": None}
    at = ids.index(found.id)
    before, after = ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None
    return {"position": at + 1, "total": len(ids), "before": before, "after": after}


@review.post("/cases/<uuid:case_id>/confirm")
@allow(Permission.REVIEW)
def confirm(case_id: uuid.UUID) -> ResponseReturnValue:
    found, form = find_or_404(Case, case_id, lock=True), CaseForm()
    following = _following(found)
    method = services.confirm(member(), found, form.read)
    words = gettext("Case %(number)s was confirmed.", number=found.number)
    if method and method.status == MethodStatus.TO_OPEN:
        words += " " + gettext("The account is now on the list of accounts to open.")
    return _go_on(following, words)


@review.post("/cases/<uuid:case_id>/return")
@allow(Permission.REVIEW)
def send_back(case_id: uuid.UUID) -> ResponseReturnValue:
    found, form = find_or_404(Case, case_id, lock=True), ReturnForm()
    following = _following(found)
    if not form.validate():
        return _show(found, 422, return_form=form, errors=form)
    try:
        services.send_back(member(), found, form.read, form.reasons.data or [], text(form.note))
    except services.NothingToRedo as error:
        form.refuse(error, "reasons")
        return _show(found, 422, return_form=form, errors=form)
    to = found.captured_by_name
    return _go_on(following, gettext("Case %(number)s was returned to %(name)s.", number=found.number, name=to))


@review.post("/cases/<uuid:case_id>/reject")
@allow(Permission.REVIEW)
def reject(case_id: uuid.UUID) -> ResponseReturnValue:
    found, form = find_or_404(Case, case_id, lock=True), RejectForm()
    following = _following(found)
    if not form.validate():
        return _show(found, 422, reject_form=form, errors=form)
    try:
        services.reject(member(), found, form.read, text(form.reason))
    except services.ReasonMissing as error:
        form.refuse(error, "reason")
        return _show(found, 422, reject_form=form, errors=form)
    return _go_on(following, gettext("Case %(number)s was rejected.", number=found.number))


def _following(found: Case) -> uuid.UUID | None:
    """The case to open next, looked up while this one still has its place."""
    line, recent = queries.line(found.commune_id, _filters()), now() - services.READING
    busy = {p.id for p in line if p.opened_by not in (None, member().id) and p.opened_at and p.opened_at > recent}
    return services.next_of([place.id for place in line], found.id, busy)


def _go_on(following: uuid.UUID | None, words: str) -> ResponseReturnValue:
    flash(words, "ok")
    if following is None:
        return redirect(url_for("review.queue", **_filters().as_args()))
    return redirect(url_for("review.case", case_id=following, **_filters().as_args()))


@review.post("/cases/<uuid:case_id>/find")
@allow(Permission.REVIEW)
def find(case_id: uuid.UUID) -> ResponseReturnValue:
    """A search that names people is posted: an address would stay in the browser and in logs."""
    found, form = find_or_404(Case, case_id), FindForm()
    return _show(found, find_form=form, candidates=queries.candidates(found.commune_id, text(form.name)))


@review.post("/cases/<uuid:case_id>/link")
@allow(Permission.REVIEW)
def link(case_id: uuid.UUID) -> ResponseReturnValue:
    found, form = find_or_404(Case, case_id, lock=True), CaseForm()
    recipient = find_or_404(Recipient, request.form.get("recipient_id", type=int))
    services.link(member(), found, form.read, recipient)
    flash(gettext("Linked to %(code)s of the register. Compare, then decide.", code=recipient.code), "ok")
    return redirect(url_for("review.case", case_id=found.id, **_filters().as_args()))


@review.get("/accounts/")
@allow(Permission.OPEN_ACCOUNTS)
def accounts() -> ResponseReturnValue:
    found = queries.accounts(here().id, member(), request.args.get("after", type=int))
    more = found[queries.PAGE - 1].id if len(found) > queries.PAGE else None
    return render_template("review/accounts.html", methods=found[: queries.PAGE], more=more)


@review.route("/accounts/<int:method_id>", methods=["GET", "POST"])
@allow(Permission.OPEN_ACCOUNTS)
@remembers
def account(method_id: int) -> ResponseReturnValue:
    method = find_or_404(PaymentMethod, method_id, lock=request.method == "POST")
    form = AccountForm(provider_bin=method.provider_bin or member().provider_bin)
    _offer_banks(form)
    doubts: list[str] = []
    if form.validate_on_submit():
        try:
            doubts = _record(method, form)
        except (InputError, PhotoRefused) as error:
            form.refuse(error)
        if not doubts and not form.errors:
            flash(gettext("The account was recorded. Money goes there from the next list on."), "ok")
            return redirect(url_for("review.accounts"))
    if request.method == "GET":
        record(member(), "account.opened", f"payment_method:{method.id}", commune_id=method.commune_id)
    page = render_template(
        "review/account.html", method=method, form=form, doubts=doubts, owner=opening.owner_name(method), sexes=SEXES
    )
    return page, 422 if form.is_submitted() else 200


def _offer_banks(form: AccountForm) -> None:
    """Bank staff record accounts of their own bank only."""
    mine = member().provider_bin
    offered = [bank] if mine and (bank := banks.by_bin(mine)) else banks.every()
    form.provider_bin.choices = [(bank.bin, bank.short) for bank in offered]


def _record(method: PaymentMethod, form: AccountForm) -> list[str]:
    """Record the account, or tell the doubts that are to be ticked first."""
    holder, first = text(form.holder_name), text(form.account_number)
    if form.photo.data and form.photo.data.filename:
        account = opening.from_code(_code_in(form.photo.data), member().provider_bin or "", first)
    else:
        account = opening.typed(form.provider_bin.data, first, text(form.account_number_again))
    found = opening.doubts(method, account, holder)
    if not found or form.checked.data:
        opening.record(member(), method, account, holder)
        return []
    return found


def _code_in(upload: Any) -> dict[str, Any] | None:
    with laid_down(upload) as path:
        return inspect(path, upload.filename or "").vietqr  # not stored: a screen may show more than the code
