"""What the forms of all steps share: typed values, dates as people write them, where a value came from."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import Field, ValidationError
from wtforms.fields.choices import SelectChoice

from portal.enrolment.models import Case, FileRole
from portal.enrolment.steps import Step
from portal.forms import Form
from portal.vietnam import citizen_id, dates

Answers = dict[str, Any]
Typed = dict[str, Any]


class StepForm(Form):
    """Fields hold text as typed; `initial` gives it for stored answers and `answers` reads it.

    `PHOTOS`: file fields and the role of what they send; `READ`: fields that a newly read card fills anew;
    `CARDS`: where that card may have been read, see `card_of`.
    """

    STEP: ClassVar[Step]
    PHOTOS: ClassVar[dict[str, FileRole]] = {}
    READ: ClassVar[frozenset[str]] = frozenset()
    CARDS: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def initial(cls, case: Case) -> Typed:
        raise NotImplementedError

    @classmethod
    def card(cls, case: Case) -> dict[str, Any] | None:
        """The card that was read and fills this form."""
        return card_of(case, *cls.CARDS)

    def prepare(self, case: Case) -> None:
        """Fill in the choices that depend on the case."""

    def answers(self, case: Case) -> Answers | None:
        raise NotImplementedError

    def provenance(self, case: Case, answers: Answers | None) -> dict[str, str]:
        return dict.fromkeys(answers or {}, "typed")

    def place_of(self, field: str | None) -> str | None:
        """The field of this form where an error about this answer is shown."""
        return field if field in self else None


def choices(labels: Mapping[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in labels.items()]


def card_of(case: Case, *roles: str) -> dict[str, Any] | None:
    """What the QR on one of these photos told; "scan" is the photo that found the person."""
    read = case.payload.get("read", {})
    return next((read[role] for role in roles if read.get(role)), None)


def typed_date(text: str | None) -> date | None:
    """A whole date, day first; None for nothing. Raises ValidationError."""
    if not (text or "").strip():
        return None
    found = dates.parse_birth(text or "")
    if found is None or found.precision != "day":
        raise ValidationError(str(_l("Write the date as day/month/year, for example 02/09/1948.")))
    return found.value


def whole_date(_form: Any, field: Field) -> None:
    typed_date(field.data)


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def shown(text: str | None) -> str:
    """A stored ISO date as people write it."""
    return f"{date.fromisoformat(text):%d/%m/%Y}" if text else ""


def digits(text: str | None) -> str:
    return re.sub(r"\s|[.\-]", "", text or "")


def number_with_twelve_digits(_form: Any, field: Field) -> None:
    """The card's number, when one was given."""
    number = digits(field.data)
    if number and citizen_id.parse(number) is None:
        raise ValidationError(
            str(_l("An identity number has 12 digits; this one has %(digits)s.", digits=sum(map(str.isdigit, number))))
        )


def origin(value: Any, scanned: Any, register: Any) -> str:
    if value and value == scanned:
        return "scanned"
    return "register" if value and value == register else "typed"
