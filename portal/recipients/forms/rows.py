"""Mend one row of a list, or set it aside."""

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField, TextAreaField, ValidationError

from portal.forms import Form, filled, text
from portal.recipients.parsing import categories, villages
from portal.vietnam import citizen_id, dates
from portal.vietnam.money import parse_money
from portal.vietnam.month import today

_COEFFICIENT = re.compile(r"\d{1,2}(?:[.,]\d{1,2})?")
_MOST = 20


def _money(field: Field) -> int | None:
    """Đồng as typed; None where nothing is."""
    typed = text(field)
    read = parse_money(typed) if typed else None
    if typed and (read is None or read.value < 0):
        raise ValidationError(gettext("“%(value)s” is not an amount in đồng. Write it like 810.000.", value=typed))
    return read.value if read else None


class RowForm(Form):
    """Each field is one of the list's; what is typed is cleaned as a cell would be."""

    code = StringField(_l("Code"))
    full_name = StringField(_l("Full name"), validators=[filled(_l("Write the name of the person."))])
    birth_date = StringField(_l("Birth date"))
    citizen_id = StringField(_l("Identity number"))
    village = StringField(_l("Village"))
    category = StringField(_l("Category"))
    coefficient_hundredths = StringField(_l("Coefficient"))
    monthly_amount = StringField(_l("Amount of the month"))
    arrears = StringField(_l("Arrears"))
    needs_amount = True

    def validate_birth_date(self, field: Field) -> None:
        read = dates.parse_birth(text(field)) if text(field) else None
        if text(field) and read is None:
            raise ValidationError(
                gettext("“%(value)s” is not a birth date. Write 02/09/1948, 9/1948 or only 1948.", value=text(field))
            )
        if read and read.value > today():
            raise ValidationError(gettext("%(value)s lies in the future.", value=text(field)))

    def validate_citizen_id(self, field: Field) -> None:
        digits = citizen_id.digits_of(text(field))
        if digits and not citizen_id.parse(digits) and not citizen_id.is_old_id(digits):
            sentence = gettext(
                "An identity number has 12 digits, an old one 9; here are %(digits)s. Leave it empty if it is not known.",
                digits=sum(map(str.isdecimal, digits)),
            )
            raise ValidationError(sentence)

    def validate_coefficient_hundredths(self, field: Field) -> None:
        typed = text(field)
        if typed and not (_COEFFICIENT.fullmatch(typed) and 0 < float(typed.replace(",", ".")) <= _MOST):
            raise ValidationError(gettext("“%(value)s” is not a coefficient. Write it like 1,5.", value=typed))

    def validate_monthly_amount(self, field: Field) -> None:
        amount = _money(field)
        if self.needs_amount and not amount:
            raise ValidationError(gettext("Write how much the person is paid each month, in đồng."))

    def validate_arrears(self, field: Field) -> None:
        _money(field)

    def told(self) -> dict[str, Any]:
        """Columns of the row, clean: what stands in the form of a row that passed."""
        number = citizen_id.digits_of(text(self.citizen_id))
        birth = dates.parse_birth(text(self.birth_date)) if text(self.birth_date) else None
        coefficient = text(self.coefficient_hundredths).replace(",", ".")
        village, category = text(self.village), text(self.category)
        return {
            "code": text(self.code),
            "full_name": text(self.full_name),
            "birth_date": birth.value if birth else None,
            "birth_precision": birth.precision if birth else None,
            "citizen_id": number if len(number) == 12 else None,
            "old_id": number if len(number) == 9 else None,
            "village": villages.plain_name(village) if village else None,
            "village_key": villages.key_of(village) if village else None,
            "category": category or None,
            "category_key": categories.key_of(category, float(coefficient) if coefficient else None),
            "coefficient_hundredths": round(float(coefficient) * 100) if coefficient else None,
            "monthly_amount": _money(self.monthly_amount),
            "arrears": _money(self.arrears),
        }


class AsideForm(Form):
    reason = TextAreaField(_l("Why it needs nothing more"))


class FindForm(Form):
    """Posted, since it names somebody; it changes nothing."""

    class Meta:
        csrf = False

    q = StringField(_l("Name, code, row or last digits of a number"))
