"""Changes by hand: one form for all kinds; somebody who is on no list; the changes of a month."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portal.forms import Form, filled, text
from portal.recipients.models import Cause
from portal.recipients.queries.adjusting import STOPS, SUSPENDS, What
from portal.vietnam import citizen_id, dates, money, phone
from portal.vietnam.month import parse

_WORDS = {
    What.STOP: _l("Stop payments"),
    What.SUSPEND: _l("Suspend payments"),
    What.RESUME: _l("Pay again"),
    What.RATE: _l("Another amount, category or coefficient"),
    What.ARREARS: _l("Arrears for earlier months"),
    What.CLAWBACK: _l("Take back what was paid too much"),
    What.ONE_OFF: _l("One-off allowance, for example for a funeral"),
    What.START: _l("Begin another benefit"),
}
MOVE = "village"
_MOVE_WORDS = _l("Another village")


def kinds(names: list[str]) -> list[SelectChoice]:
    """Choices of the form for kinds of changes, in this order."""
    return [SelectChoice(name, _MOVE_WORDS if name == MOVE else _WORDS[What(name)]) for name in names]


def _a_day(_form: Form, field: Field) -> None:
    if text(field) and day_of(field) is None:
        raise ValidationError(str(_l("“%(value)s” is no day. Write it as 17/11/2026.", value=text(field))))


def _an_amount(_form: Form, field: Field) -> None:
    if text(field) and amount_of(field) is None:
        raise ValidationError(str(_l("“%(value)s” is no amount. Write it as 810000 or 810.000.", value=text(field))))


def _a_coefficient(_form: Form, field: Field) -> None:
    if text(field) and hundredths_of(field) is None:
        raise ValidationError(str(_l("“%(value)s” is no coefficient. Write it as 1,5.", value=text(field))))


def day_of(field: Field) -> date | None:
    """2026-11-17 as browsers send it, or 17/11/2026."""
    typed = text(field)
    try:
        return datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        read = dates.parse_birth(typed)
        return read.value if read and read.precision == "day" and not read.guessed else None


def amount_of(field: Field) -> int | None:
    read = money.parse_money(text(field)) if text(field) else None
    return read.value if read and read.value > 0 else None


def hundredths_of(field: Field) -> int | None:
    try:
        value = round(float(text(field).replace(",", ".")) * 100)
    except (ValueError, OverflowError):
        return None
    return value if 0 < value <= 4000 else None


class RateFields(Form):
    """What someone is entitled to."""

    category = SelectField(_l("Category"), validate_choice=False)
    coefficient = StringField(_l("Coefficient"), validators=[_a_coefficient])
    amount = StringField(_l("Amount each month, in đồng"), validators=[_an_amount])


class ChangeForm(RateFields):
    what = RadioField(_l("What changes"), validators=[filled(_l("Choose what changes."))])
    cause_stop = SelectField(_l("Why payments stop"), validate_choice=False)
    place = StringField(_l("Moved to"))
    cause_suspend = SelectField(_l("Why payments are suspended"), validate_choice=False)
    village = SelectField(_l("Village"), validate_choice=False)
    arrears_amount = StringField(_l("Arrears, in đồng"), validators=[_an_amount])
    arrears_from = SelectField(_l("For months from"), validate_choice=False)
    arrears_to = SelectField(_l("up to"), validate_choice=False)
    clawback_amount = StringField(_l("To take back, in đồng"), validators=[_an_amount])
    clawback_from = SelectField(_l("For months from"), validate_choice=False)
    clawback_to = SelectField(_l("up to"), validate_choice=False)
    one_off_amount = StringField(_l("Allowance, in đồng"), validators=[_an_amount])
    programme = SelectField(_l("Programme"), validate_choice=False)
    start_category = SelectField(_l("Category"), validate_choice=False)
    start_coefficient = StringField(_l("Coefficient"), validators=[_a_coefficient])
    start_amount = StringField(_l("Amount each month, in đồng"), validators=[_an_amount])
    on = StringField(_l("Day of the event or of the decision"), validators=[_a_day])
    month = SelectField(_l("From month"), validate_choice=False)
    decision_no = StringField(_l("Number of the decision"))
    reason = StringField(_l("Reason"))
    settle = StringField(_l("Amount, in đồng"))

    def chosen_month(self) -> date | None:
        return parse(self.month.data or "")

    def cause(self) -> Cause | None:
        told = {What.STOP: (self.cause_stop, STOPS), What.SUSPEND: (self.cause_suspend, SUSPENDS)}.get(self.what.data)
        return next((each for each in told[1] if each == told[0].data), None) if told else None

    def period(self) -> tuple[date | None, date | None]:
        names = {What.ARREARS: "arrears", What.CLAWBACK: "clawback"}
        name = names.get(self.what.data)
        ends = ("from", "to") if name else ()
        first, last = [parse(self[f"{name}_{end}"].data or "") for end in ends] or (None, None)
        return first, last

    def settled(self) -> int | None:
        """Đồng that the officer confirmed for closed months; None for what is no amount. 0 is one."""
        if text(self.settle).strip("0 .đ") == "":
            return 0 if text(self.settle) else None
        return amount_of(self.settle)


class NewPersonForm(RateFields):
    full_name = StringField(_l("Full name"), validators=[filled(_l("Give the full name."))])
    birth_date = StringField(_l("Birth date"))
    sex = RadioField(
        _l("Sex"),
        choices=[SelectChoice("male", _l("Male")), SelectChoice("female", _l("Female"))],
        validate_choice=False,
    )
    citizen_id = StringField(_l("Identity number"))
    phone = StringField(_l("Phone"))
    village = SelectField(_l("Village"), validate_choice=False)
    code = StringField(_l("Code"))
    programme = SelectField(_l("Programme"), coerce=int)
    on = StringField(_l("Day of the decision"), validators=[filled(_l("Give the day of the decision.")), _a_day])
    month = SelectField(_l("From month"), validate_choice=False)
    decision_no = StringField(_l("Number of the decision"), validators=[filled(_l("Give the number of the decision."))])
    reason = StringField(_l("Reason"))

    def validate_birth_date(self, field: Field) -> None:
        if text(field) and self.birth() is None:
            raise ValidationError(str(_l("“%(value)s” is not a birth date.", value=text(field))))

    def validate_citizen_id(self, field: Field) -> None:
        if text(field) and not citizen_id.parse(citizen_id.digits_of(text(field))):
            raise ValidationError(str(_l("“%(value)s” is not an identity number.", value=text(field))))

    def validate_phone(self, field: Field) -> None:
        if text(field) and not phone.parse(text(field)):
            raise ValidationError(str(_l("“%(value)s” is not a phone number.", value=text(field))))

    def birth(self) -> dates.ReadDate | None:
        typed = text(self.birth_date)
        return dates.parse_birth(typed) if typed else None

    def chosen_month(self) -> date | None:
        return parse(self.month.data or "")
