"""The form that is filled at the door."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, FileField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, StopValidation

from portal.forms import Form, Validator
from portal.visits.labels import IDENTITY_LABELS, KIND_LABELS
from portal.visits.models import PAID_KINDS, IdentitySeen, VisitKind


def chosen(message: Any) -> Validator:
    """One of the choices must be taken; says only that, not also that nothing is no valid choice."""

    def check(_form: Any, field: Field) -> None:
        if not field.raw_data:
            field.errors = []
            raise StopValidation(str(message))

    return check


def chosen_when_paid(message: Any) -> Validator:
    """Who it was matters when money changed hands."""
    check = chosen(message)

    def check_paid(form: Any, field: Field) -> None:
        if form.kind.data in PAID_KINDS:
            check(form, field)

    return check_paid


class VisitForm(Form):
    visit_id = HiddenField()
    identity_seen = RadioField(
        _l("Who is it?"),
        [chosen_when_paid(_l("Choose how you made sure who the person is."))],
        choices=[SelectChoice(i.value, IDENTITY_LABELS[i]) for i in IdentitySeen],
        validate_choice=False,
    )
    kind = RadioField(
        _l("What happened?"),
        [chosen(_l("Choose what happened at the door."))],
        choices=[SelectChoice(k.value, KIND_LABELS[k]) for k in VisitKind],
    )
    strokes = HiddenField(_l("Signature of the one who received the money"))
    photo = FileField(_l("Photo of the signed or thumb-printed sheet"))
    witness = StringField(_l("Witness"), [Length(max=100, message=_l("The name has more than 100 letters."))])
    note = TextAreaField(_l("Note"), [Length(max=500, message=_l("The note has more than 500 letters."))])

    def offer(self, *, representative: bool) -> None:
        """Without a confirmed representative nobody else may receive."""
        if not representative:
            self.kind.choices = [c for c in self.kind.choices if c.value != VisitKind.PAID_REPRESENTATIVE]
