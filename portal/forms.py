"""What every form shares: the base class, validators with our words, and errors of the domain put at a field."""

from collections.abc import Callable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, ValidationError

from portal.errors import DomainError
from portal.vietnam.names import clean

Validator = Callable[[Any, Field], None]


class Form(FlaskForm):
    """Values keep what was typed; `text(field)` gives it cleaned (NFC, one space)."""

    def refuse(self, error: DomainError, field: str | None = None) -> None:
        """Show an error of the domain at `field`, or on top of the form."""
        target = self[field].errors if field else self.form_errors
        if field:
            self[field].errors = [*target, error.message]
        else:
            self.form_errors.append(error.message)


def filled(message: Any) -> Validator:
    """Something other than space must be given."""

    def check(_form: Any, field: Field) -> None:
        if not (field.data.strip() if isinstance(field.data, str) else field.data):
            raise ValidationError(str(message))

    return check


def text(field: Field) -> str:
    """What was typed, cleaned for storing."""
    return clean(field.data or "")
