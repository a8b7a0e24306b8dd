"""Who the person is, how to reach them, and what they agree to."""

import json
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from portal.enrolment import labels
from portal.enrolment.comparison import same_name
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
    whole_date,
)
from portal.enrolment.models import Case, FileRole
from portal.enrolment.rules import PURPOSES, is_signature
from portal.enrolment.steps import Step
from portal.forms import filled, text
from portal.vietnam import dates, phone


def some_date(_form: Any, field: Field) -> None:
    """A birth date may be only a month or a year."""
    if (field.data or "").strip() and dates.parse_birth(field.data) is None:
        raise ValidationError(str(_l("Write the birth date as day/month/year, or only the year.")))


class IdentityForm(StepForm):
    STEP = Step.IDENTITY
    PHOTOS = {"front": FileRole.ID_FRONT, "back": FileRole.ID_BACK}
    CARDS = (FileRole.ID_FRONT, FileRole.ID_BACK, "scan")
    READ = frozenset({"full_name", "birth", "sex", "citizen_id", "old_id", "address", "issued", "name_from"})

    document = RadioField(_l("Which paper is there?"), choices=choices(labels.DOCUMENT_LABELS))
    front = FileField(_l("Front side"))
    back = FileField(_l("Back side"))
    name_from = RadioField(
        _l("Which name is right?"),
        choices=choices({"card": _l("Card"), "register": _l("Register"), "unknown": _l("Not clear")}),
        validate_choice=False,
    )
    full_name = StringField(_l("Full name"), [filled(_l("Enter the full name."))])
    birth = StringField(_l("Birth date"), [some_date])
    sex = RadioField(_l("Sex"), choices=choices(labels.SEXES), validate_choice=False)
    citizen_id = StringField(_l("Identity number"), [number_with_twelve_digits])
    old_id = StringField(_l("Old number with 9 digits"))
    address = StringField(_l("Permanent residence"))
    issued = StringField(_l("Day of issue"), [whole_date])
    mrz = TextAreaField(_l("The three lines at the foot of the back"))

    def validate_citizen_id(self, field: Field) -> None:
        if self.document.data == "citizen_card" and not digits(field.data):
            raise ValidationError(str(_l("Enter the 12 digits of the card.")))

    @classmethod
    def names_differ(cls, case: Case) -> bool:
        card = cls.card(case)
        return bool(card and case.recipient and not same_name(card["full_name"], case.recipient.full_name))

    @classmethod
    def initial(cls, case: Case) -> Typed:
        kept, person, card = case.payload.get("identity"), case.recipient, cls.card(case)
        if kept and (card == kept["card"] or card is None):
            born = kept["birth_date"] and dates.parse_birth(kept["birth_date"])
            birth = _birth_text(born and born.value, kept["birth_precision"])
            return {
                **{
                    name: kept[name] or ""
                    for name in ("document", "full_name", "sex", "citizen_id", "old_id", "address")
                },
                "birth": birth,
                "issued": shown(kept["issued_on"]),
                "name_from": kept["name_from"] or "",
                "mrz": kept.get("mrz") or "",
            }
        if card:
            return {
                "document": "citizen_card",
                "full_name": card["full_name"],
                "birth": shown(card["birth_date"]),
                "sex": card["sex"],
                "citizen_id": card["number"],
                "old_id": card["old_number"] or "",
                "address": card["address"],
                "issued": shown(card["issued_on"]),
                "name_from": "",
            }
        if person is None:
            return {"document": "citizen_card"}
        return {
            "document": "citizen_card",
            "full_name": person.full_name,
            "birth": _birth_text(person.birth_date, person.birth_precision),
            "sex": person.sex or "",
            "citizen_id": person.citizen_id or "",
            "old_id": person.old_id or "",
        }

    def validate_name_from(self, field: Field) -> None:
        if self.asks_for_name and field.data not in ("card", "register", "unknown"):
            raise ValidationError(str(_l("Ask the person, then choose the name.")))

    def prepare(self, case: Case) -> None:
        self.asks_for_name = self.names_differ(case)

    def answers(self, case: Case) -> Answers:
        card, person = self.card(case), case.recipient
        name = text(self.full_name)
        if self.asks_for_name and card and person and name in (card["full_name"], person.full_name):
            name = person.full_name if self.name_from.data == "register" else card["full_name"]
        born = dates.parse_birth(self.birth.data or "") if (self.birth.data or "").strip() else None
        issued = dates.parse_birth(self.issued.data or "") if (self.issued.data or "").strip() else None
        return {
            "full_name": name,
            "birth_date": iso(born.value if born else None),
            "birth_precision": born.precision if born else None,
            "sex": self.sex.data or None,
            "citizen_id": digits(self.citizen_id.data) or None,
            "old_id": digits(self.old_id.data) or None,
            "address": text(self.address),
            "issued_on": iso(issued.value if issued else None),
            "document": self.document.data,
            "name_from": self.name_from.data if self.asks_for_name else ("card" if card else "register"),
            "card": card,
            "mrz": "\n".join((self.mrz.data or "").split()) or None,
        }

    def provenance(self, case: Case, answers: Answers | None) -> dict[str, str]:
        card, person = self.card(case) or {}, case.recipient
        names = {"citizen_id": "number", "old_id": "old_number"}
        fields = ("full_name", "birth_date", "sex", "citizen_id", "old_id", "address", "issued_on")
        register = {
            "full_name": person.full_name,
            "birth_date": iso(person.birth_date),
            "sex": person.sex,
            "citizen_id": person.citizen_id,
            "old_id": person.old_id,
        } if person else {}  # fmt: skip
        told = answers or {}
        return {f: origin(told[f], card.get(names.get(f, f)), register.get(f)) for f in fields if told[f]}


def _birth_text(born: Any, precision: str | None) -> str:
    if born is None:
        return ""
    return {"year": f"{born:%Y}", "month": f"{born:%m/%Y}"}.get(precision or "day", f"{born:%d/%m/%Y}")


class PhoneForm(StepForm):
    STEP = Step.PHONE

    owner = RadioField(_l("Whose phone is it?"), choices=choices(labels.PHONE_OWNERS), validate_choice=False)
    number = StringField(_l("Phone number"))
    owner_name = StringField(_l("Name of the one whose phone it is"))

    @classmethod
    def initial(cls, case: Case) -> Typed:
        kept, person = case.payload.get("phone"), case.recipient
        if kept:
            return {"number": kept["number"] or "", "owner": kept["owner"] or "none", "owner_name": kept["owner_name"]}
        if person and person.phone:
            return {"number": person.phone, "owner": person.phone_owner or ""}
        return {}

    def validate_owner(self, field: Field) -> None:
        if field.data not in labels.PHONE_OWNERS:
            raise ValidationError(str(_l("Choose whose phone it is.")))

    def validate_number(self, field: Field) -> None:
        if self.owner.data != "none" and phone.parse(field.data or "") is None:
            raise ValidationError(
                str(_l("A phone number has 10 digits and begins with 0; a landline begins with 02 and has 11."))
            )

    def validate_owner_name(self, field: Field) -> None:
        if self.owner.data in ("relative", "other") and not text(field):
            raise ValidationError(str(_l("Enter the name of the one whose phone this is.")))

    def answers(self, case: Case) -> Answers:
        if self.owner.data == "none":
            return {"number": None, "owner": None, "owner_name": ""}
        read = phone.parse(self.number.data or "")
        name = "" if self.owner.data == "recipient" else text(self.owner_name)
        return {"number": read.number if read else None, "owner": self.owner.data, "owner_name": name}

    def provenance(self, case: Case, answers: Answers | None) -> dict[str, str]:
        number = (answers or {})["number"]
        return {"number": origin(number, None, case.recipient and case.recipient.phone)} if number else {}


class ConsentForm(StepForm):
    STEP = Step.CONSENT
    PHOTOS = {"sheet": FileRole.CONSENT}

    purposes = SelectMultipleField(
        _l("What the person agrees to"),
        choices=choices(labels.PURPOSE_LABELS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    strokes = HiddenField(_l("Signature"))
    sheet = FileField(_l("Or a photo of the signed or thumb-printed sheet"))

    @classmethod
    def initial(cls, case: Case) -> Typed:
        kept = case.payload.get("consent")
        if not kept:
            return {}
        return {"purposes": kept["purposes"], "strokes": json.dumps(kept["strokes"]) if kept["strokes"] else ""}

    def prepare(self, case: Case) -> None:
        self.has_sheet = any(file.role == FileRole.CONSENT for file in case.files)

    def validate_purposes(self, field: Field) -> None:
        if "pay" not in (field.data or []):
            raise ValidationError(
                str(_l("Without agreement to the first purpose the case cannot be made. Read it aloud and ask again."))
            )

    def validate_strokes(self, field: Field) -> None:
        if not self.has_sheet and not is_signature(self._drawn()):
            raise ValidationError(str(_l("Let the person sign, or photograph the signed or thumb-printed sheet.")))

    def _drawn(self) -> Any:
        try:
            return json.loads(self.strokes.data or "null")
        except ValueError:
            return None

    def answers(self, case: Case) -> Answers:
        drawn = self._drawn()
        agreed = self.purposes.data or []
        return {
            "purposes": [name for name in PURPOSES if name in agreed],
            "strokes": drawn if is_signature(drawn) else None,
        }
