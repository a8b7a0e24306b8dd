"""Records that may be of one person: found, compared, merged, told apart, parted again."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields.choices import SelectChoice

from portal.access import Permission, allow
from portal.db import only_reads
from portal.errors import DomainError
from portal.forms import text
from portal.recipients import queries
from portal.recipients.forms.merging import FindForm, MergeForm
from portal.recipients.labels import merging as words
from portal.recipients.models import Merge, Recipient
from portal.recipients.queries import duplicates as found
from portal.recipients.services import merging
from portal.recipients.views.blueprint import recipients
from portal.staff.session import find_or_404, here, member


@recipients.get("/duplicates/")
@allow(Permission.SEE_REGISTER)
def duplicates() -> ResponseReturnValue:
    """Pairs, the likeliest first."""
    pairs, total, more = found.pairs(here().id, _after())
    people = [person for pair in pairs for person in (pair.one, pair.other)]
    held, ready = queries.entitlements_of(people), queries.ready_methods_of(people)
    shown = [(pair, words.beside(pair.one, pair.other, held, ready)) for pair in pairs]
    return render_template(
        "recipients/duplicates.html",
        shown=shown,
        total=total,
        following=pairs[-1].place if more else None,
        words=words,
    )


def _after() -> tuple[int, int, int] | None:
    parts = request.args.get("after", "").split("-")
    numbers = [int(part) for part in parts if part.isascii() and part.isdecimal() and len(part) < 16]
    return (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None


@recipients.get("/<int:recipient_id>/merge")
@allow(Permission.KEEP_REGISTER)
def merge(recipient_id: int) -> ResponseReturnValue:
    """Two records side by side; without the other one (`with`) a search for it."""
    person = find_or_404(Recipient, recipient_id)
    if "with" not in request.args:
        return render_template("recipients/merge_find.html", person=person, form=FindForm(), people=None)
    return _compared(person, _other("with"))


@recipients.post("/<int:recipient_id>/merge/find")
@allow(Permission.KEEP_REGISTER)
@only_reads
def merge_find(recipient_id: int) -> ResponseReturnValue:
    person, form = find_or_404(Recipient, recipient_id), FindForm()
    people = [each for each in queries.search(member(), person.commune_id, text(form.q)) if each.id != person.id]
    return render_template("recipients/merge_find.html", person=person, form=form, people=people)


def _other(name: str) -> Recipient:
    return find_or_404(Recipient, request.values.get(name, 0, type=int))


def _compared(person: Recipient, other: Recipient, form: MergeForm | None = None) -> str:
    held, ready = queries.entitlements_of([person, other]), queries.ready_methods_of([person, other])
    form = form or MergeForm(formdata=None, data={"one": person.version, "other": other.version})
    form.keep.choices = _choices(person, other)
    goes: dict[int, Any] = {
        kept.id: (merging.moves(merged), words.taken_words(merging.taken(kept, merged)))
        for kept, merged in ((person, other), (other, person))
    }
    return render_template(
        "recipients/merge.html",
        person=person,
        other=other,
        rows=words.beside(person, other, held, ready),
        evidence=found.evidence(person, other),
        form=form,
        goes=goes,
        words=words,
    )


def _choices(person: Recipient, other: Recipient) -> list[SelectChoice]:
    return [SelectChoice(str(each.id), f"{each.code} · {each.full_name}") for each in (person, other)]


@recipients.post("/<int:recipient_id>/merge")
@allow(Permission.KEEP_REGISTER)
def merge_people(recipient_id: int) -> ResponseReturnValue:
    person = find_or_404(Recipient, recipient_id)
    other, form = _other("with"), MergeForm()
    form.keep.choices = _choices(person, other)
    if not form.validate():
        return _compared(person, other, form), 422
    swapped = form.keep.data == str(other.id)
    kept, merged = (other, person) if swapped else (person, other)
    seen = tuple(int(each.data) if (each.data or "").isdecimal() else 0 for each in (form.one, form.other))
    try:
        merging.merge(member(), kept, merged, text(form.reason), seen=(seen[swapped], seen[not swapped]))
    except DomainError as error:
        form.refuse(error, "reason" if isinstance(error, merging.MergeReasonMissing) else None)
        return _compared(person, other, form), error.status
    flash(gettext("The two records are one now. Until the next list is approved they can be parted again."), "ok")
    return redirect(url_for("recipients.person", recipient_id=kept.id))


@recipients.post("/<int:recipient_id>/merge/apart")
@allow(Permission.KEEP_REGISTER)
def merge_apart(recipient_id: int) -> ResponseReturnValue:
    """Two people after all."""
    merging.tell_apart(member(), find_or_404(Recipient, recipient_id), _other("with"))
    flash(gettext("Remembered: these are two people. They are not shown as possible doubles any more."), "ok")
    return redirect(url_for("recipients.duplicates"))


@recipients.post("/<int:recipient_id>/merge/ask-again")
@allow(Permission.KEEP_REGISTER)
def merge_ask_again(recipient_id: int) -> ResponseReturnValue:
    person = find_or_404(Recipient, recipient_id)
    merging.ask_again(member(), person, _other("with"))
    flash(gettext("Forgotten: the two may be shown as possible doubles again."), "ok")
    return redirect(url_for("recipients.person", recipient_id=person.id))


@recipients.post("/merges/<int:merge_id>/undo")
@allow(Permission.KEEP_REGISTER)
def merge_undo(merge_id: int) -> ResponseReturnValue:
    row = find_or_404(Merge, merge_id)
    kept_id = row.kept_id
    merging.undo(member(), row)
    flash(gettext("The two records are parted again, each with what it had."), "ok")
    return redirect(url_for("recipients.person", recipient_id=kept_id))
