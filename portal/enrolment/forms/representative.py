"""Who receives for the person, and by which paper."""

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from wtforms import BooleanField, Field, RadioField, StringField, ValidationError

from portal.enrolment import labels
from portal.enrolment.forms.step import (
    Answers,
    StepForm,
    Typed,
    choices,
    digits,
    iso,
    number_with_twelve_digits,
    origin,
    shown,
    typed_date,
    whole_date,
)
from portal.enrolment.models import Case, FileRole
from portal.enrolment.representing import ward_of
from portal.enrolment.steps import Step
from portal.forms import text
from portal.recipients.representation import ADULT, birthday, cannot_act, one_year_after
from portal.vietnam import phone
from portal.vietnam.month import today

BY_LAW = ("guardian", "legal")


def _receives_alone(case: Case) -> bool:
    """An adult who is paid to an account or wallet of their own: hardly ever does another receive for them."""
    kind, ward = (case.payload.get("method") or {}).get("kind"), ward_of(case.payload, None)
    return kind in ("bank_account", "wallet") and ward.surely_adult(today())


def _of_age(case: Case) -> date | None:
    """The last day on which a child known to the day is represented by law (Civil Code, Art. 62, 140)."""
    ward = ward_of(case.payload, None)
    if ward.born is None or ward.precision != "day" or ward.surely_adult(today()):
        return None
    return birthday(ward.born, ADULT) - timedelta(days=1)


class RepresentativeForm(StepForm):
    STEP = Step.REPRESENTATIVE
    PHOTOS = {
        "front": FileRole.REPRESENTATIVE_FRONT,
        "back": FileRole.REPRESENTATIVE_BACK,
        "pages": FileRole.PAPER,
    }
    CARDS = (FileRole.REPRESENTATIVE_FRONT, FileRole.REPRESENTATIVE_BACK)
    READ = frozenset({"full_name", "citizen_id", "birth_date"})

    kind = RadioField(
        _l("Who receives for the person?"), choices=choices(labels.REPRESENTATIVE_KINDS), validate_choice=False
    )
    basis = RadioField(_l("What the right to receive rests on"), choices=choices(labels.BASES), validate_choice=False)
    lacks_capacity = BooleanField(_l("A court has found that the person has lost legal capacity"))
    front = FileField(_l("Front side of the representative's card"))
    back = FileField(_l("Back side of the representative's card"))
    full_name = StringField(_l("Full name"))
    citizen_id = StringField(_l("Identity number"), [number_with_twelve_digits])
    birth_date = StringField(_l("Birth date"), [whole_date])
    phone = StringField(_l("Phone number"))
    relation = StringField(_l("What they are to the person"))
    scope = RadioField(_l("What they may do"), choices=choices(labels.SCOPES), validate_choice=False)
    pages = MultipleFileField(_l("Photos of the authorization or decision, all pages"))
    paper_no = StringField(_l("Number of the paper"))
    certified_by = StringField(_l("Certified or issued by"))
    certified_on = StringField(_l("On the day"), [whole_date])
    valid_from = StringField(_l("Valid from"), [whole_date])
    valid_until = StringField(_l("Valid until"), [whole_date])

    DATES = ("birth_date", "certified_on", "valid_from", "valid_until")

    @classmethod
    def initial(cls, case: Case) -> Typed:
        kept = case.payload.get("representative")
        card = cls.card(case)
        typed: Typed = {"scope": "receive"}
        if kept:
            typed = {name: shown(kept[name]) if name in cls.DATES else kept[name] or "" for name in kept}
            if not typed.pop("lacks_capacity"):
                return typed
            return typed | {"lacks_capacity": "y"}
        if card:
            read = {
                "full_name": card["full_name"],
                "citizen_id": card["number"],
                "birth_date": shown(card["birth_date"]),
            }
            by_law = cannot_act(ward_of(case.payload, None), today())
            typed |= ({"kind": "legal", "basis": "parent"} if by_law else {"kind": "proxy"}) | read
        elif "representative" in case.payload or _receives_alone(case):
            typed |= {"kind": "none"}
        return typed

    @classmethod
    def for_another(cls, source: Case) -> Typed:
        """The representative of that case for another person: without what followed from the first person's own life."""
        told, computed = cls.initial(source), source.provenance.get("representative.valid_until") in ("law", "of_age")
        left_out = {"lacks_capacity", *(["valid_until"] if computed else [])}
        return {name: value for name, value in told.items() if value and name not in left_out}

    def prepare(self, case: Case) -> None:
        self.cannot_authorize = cannot_act(ward_of(case.payload, None), today())

    def validate_kind(self, field: Field) -> None:
        if field.data not in labels.REPRESENTATIVE_KINDS:
            raise ValidationError(str(_l("Choose who receives. Nobody is an answer, too.")))

    def validate_basis(self, field: Field) -> None:
        if self.kind.data in BY_LAW and field.data not in labels.BASES:
            raise ValidationError(str(_l("Choose what the right to receive rests on: look at the paper.")))

    def validate_full_name(self, field: Field) -> None:
        if self.kind.data != "none" and not text(field):
            raise ValidationError(str(_l("Enter the full name.")))

    def validate_citizen_id(self, field: Field) -> None:
        if self.kind.data != "none" and not digits(field.data):
            raise ValidationError(str(_l("Enter the 12 digits of the card.")))

    def validate_phone(self, field: Field) -> None:
        if self.kind.data != "none" and (field.data or "").strip() and phone.parse(field.data) is None:
            raise ValidationError(str(_l("A phone number has 10 digits and begins with 0.")))

    def validate_relation(self, field: Field) -> None:
        if self.kind.data != "none" and not text(field):
            raise ValidationError(str(_l("Say what they are to the person, for example daughter or neighbour.")))

    def answers(self, case: Case) -> Answers | None:
        if self.kind.data == "none":
            return None
        days = {name: typed_date(self[name].data) for name in self.DATES}
        if self.kind.data == "proxy":  # Civil Code, Art. 563: one year when the paper names no end
            days["valid_from"] = days["valid_from"] or days["certified_on"]
            if days["valid_from"] and not days["valid_until"]:
                days["valid_until"] = one_year_after(days["valid_from"])
        elif not self.lacks_capacity.data:
            days["valid_until"] = days["valid_until"] or _of_age(case)
        read = phone.parse(self.phone.data or "")
        names = ("full_name", "relation", "paper_no", "certified_by")
        return {
            "kind": self.kind.data,
            **{name: text(self[name]) for name in names},
            **{name: iso(day) for name, day in days.items()},
            "citizen_id": digits(self.citizen_id.data),
            "phone": read.number if read else None,
            "scope": self.scope.data or "receive",
            "lacks_capacity": bool(self.lacks_capacity.data),
            "basis": self.basis.data if self.kind.data in BY_LAW else None,
        }

    def provenance(self, case: Case, answers: Answers | None) -> dict[str, str]:
        card = self.card(case) or {}
        told = answers or {}
        names = {"full_name": "full_name", "citizen_id": "number", "birth_date": "birth_date"}
        found = {field: origin(told[field], card.get(name), None) for field, name in names.items() if told.get(field)}
        if told.get("valid_until"):
            by_law = "of_age" if told["kind"] in BY_LAW else "law"
            found["valid_until"] = "typed" if (self.valid_until.data or "").strip() else by_law
        return found
