"""Names of fields, and values of differences and changes as people read them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.formats import day, label, mask_account, mask_id, mask_phone, money, month
from portal.recipients.models import (
    BirthPrecision,
    EntitlementStatus,
    PaymentMethod,
    RecipientStatus,
    Representative,
    Sex,
)
from portal.vietnam import banks

FIELD_LABELS: dict[str, LazyString] = {
    "code": _l("Code"),
    "full_name": _l("Full name"),
    "birth_male": _l("Born (men)"),
    "birth_female": _l("Born (women)"),
    "birth_date": _l("Birth date"),
    "birth_precision": _l("Birth date is exact to"),
    "sex": _l("Sex"),
    "citizen_id": _l("Identity number"),
    "old_id": _l("Old identity card number"),
    "village": _l("Village"),
    "address": _l("Address"),
    "category": _l("Category"),
    "coefficient": _l("Coefficient"),
    "coefficient_hundredths": _l("Coefficient"),
    "decision_no": _l("Decision"),
    "amount": _l("Amount of the month"),
    "monthly_amount": _l("Amount of the month"),
    "allowance": _l("Allowance"),
    "arrears": _l("Arrears"),
    "total": _l("Total"),
    "status": _l("State"),
    "recipient_status": _l("State"),
    "account_number": _l("Account"),
    "account_holder": _l("Account holder"),
    "bank": _l("Bank"),
    "representative": _l("Representative"),
    "representative_relation": _l("Representative's relation"),
    "representative_id": _l("Representative's identity number"),
    "representative_phone": _l("Representative's phone"),
    "phone": _l("Phone"),
    "note": _l("Note"),
    "category_text": _l("Category"),
    "first_month": _l("First month"),
    "last_month": _l("Last month"),
    "old_amount": _l("Amount so far"),
    "from_month": _l("From month"),
    "died_on": _l("Day of death"),
    "section": _l("Increase, decrease or adjustment"),
    "reason": _l("Reason"),
    "registered": _l("Being paid"),
    "method": _l("Way to be paid"),
    "method_to_open": _l("Account that the bank is to open"),
    "citizen_id_confirmed": _l("Compared with the card"),
}


def field_words(field: str) -> str:
    return str(FIELD_LABELS[field.removesuffix("_kept")])


def value_words(field: str, value: Any, *, plain: bool = False) -> str:
    """A value of a difference or change as people read it; numbers of people are masked, unless `plain`."""
    field = field.removesuffix("_kept")
    if value is None or value == "":
        return "–"
    if plain and field in _PLAIN:
        return _PLAIN[field](value)
    if field in _READERS:
        return str(_READERS[field](value))
    return str(value)


def _way(method: PaymentMethod, mask: Callable[[str | None], str] = mask_account) -> str:
    """ "Tài khoản ngân hàng, Agribank 8410••••0123, Vi Thị Ven"; of cash the payout point."""
    bank = banks.by_bin(method.provider_bin) if method.provider_bin else None
    number = f"{bank.short if bank else ''} {mask(method.account_number)}".strip()
    point = method.payout_point.name if method.payout_point else ""
    return ", ".join(part for part in (label(method.kind), number, method.holder_name, point) if part)


def _representative(value: str | Representative) -> str:
    if isinstance(value, str):
        return value
    return f"{value.full_name} ({value.relation})" if value.relation else value.full_name


_PRECISIONS = {
    BirthPrecision.DAY: _l("the day"),
    BirthPrecision.MONTH: _l("the month"),
    BirthPrecision.YEAR: _l("the year"),
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "monthly_amount": money,
    "arrears": money,
    "old_amount": money,
    "registered": lambda _nobody: _l("nobody under this code or name"),
    "citizen_id": mask_id,
    "old_id": mask_id,
    "account_number": mask_account,
    "phone": mask_phone,
    "birth_date": lambda text: day(date.fromisoformat(text)),
    "first_month": lambda text: month(date.fromisoformat(text)),
    "last_month": lambda text: month(date.fromisoformat(text)),
    "coefficient_hundredths": lambda hundredths: f"{hundredths / 100:g}".replace(".", ","),
    "code": lambda code: "–" if code.startswith("=") else code,
    "sex": lambda text: label(Sex(text)),
    "status": lambda text: label(EntitlementStatus(text)),
    "recipient_status": lambda text: label(RecipientStatus(text)),
    "birth_precision": lambda text: _PRECISIONS[BirthPrecision(text)],
    "representative": _representative,
    "method": _way,
    "method_to_open": _way,
    "citizen_id_confirmed": lambda confirmed: _l("compared") if confirmed else _l("not compared"),
}
_PLAIN: dict[str, Callable[[Any], str]] = dict.fromkeys(("citizen_id", "old_id", "account_number", "phone"), str)
_PLAIN["method"] = lambda method: _way(method, lambda number: number or "")
