"""What the forms of changes ask, filled with what the register knows, and what was answered."""

from typing import Any

from flask import request
from flask_babel import gettext
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from portal.areas.models import Village
from portal.areas.queries import villages_of
from portal.db import db
from portal.formats import dong, label
from portal.forms import text
from portal.recipients import queries
from portal.recipients.forms import months
from portal.recipients.forms.changes import ChangeForm, NewPersonForm, amount_of, day_of, hundredths_of, kinds
from portal.recipients.models import BirthPrecision, Category, Entitlement, PhoneOwner, Programme, Recipient, Sex
from portal.recipients.queries.adjusting import STOPS, SUSPENDS, What, categories, changes_for
from portal.recipients.services.hand_plans import FUNERAL_RATES, LAW, Wanted
from portal.recipients.services.hand_refusals import NoSuchVillage
from portal.recipients.services.past import proposed_amount, rate_in
from portal.staff.session import here
from portal.vietnam import citizen_id, phone
from portal.vietnam.month import first_of, today


def change_form(person: Recipient, entitlement: Entitlement | None) -> ChangeForm:
    form = ChangeForm(request.form if request.method == "POST" else None)
    form.what.choices = kinds(changes_for(entitlement))
    form.cause_stop.choices = [SelectChoice("", gettext("Choose")), *(SelectChoice(c, label(c)) for c in STOPS)]
    form.cause_suspend.choices = [SelectChoice("", gettext("Choose")), *(SelectChoice(c, label(c)) for c in SUSPENDS)]
    _choices(form.category, entitlement.programme_id if entitlement else None, gettext("As before"))
    _choices(form.start_category, None, gettext("Choose"))
    form.programme.choices = [SelectChoice(str(each.id), each.name) for each in queries.programmes()]
    form.village.choices = [SelectChoice(str(each.id), each.name) for each in villages_of(here())]
    _month_choices(form.month)
    for name in ("arrears_from", "arrears_to", "clawback_from", "clawback_to"):
        form[name].choices = [SelectChoice("", gettext("Choose")), *months()]
    if request.method != "POST":
        form.village.data = str(person.village_id or "")
        rate = rate_in(entitlement.programme_id, first_of(today())) if entitlement else None
        form.one_off_amount.data = dong(rate.amount * FUNERAL_RATES) if rate else ""
    return form


def _choices(field: SelectField, programme_id: int | None, nothing: str) -> None:
    """Categories with their key; those of all programmes where none is given."""
    found = [SelectChoice(str(each.id), f"{each.label} ({each.key})") for each in categories(programme_id)]
    field.choices = [SelectChoice("", nothing), *found]


def _month_choices(field: SelectField) -> None:
    field.choices = [SelectChoice("", gettext("As the law says")), *months()]


def wanted_of(form: ChangeForm, entitlement: Entitlement | None) -> Wanted:
    """What was asked for. Without an amount it is base rate × coefficient."""
    what = What(form.what.data)
    on, month = day_of(form.on), form.chosen_month()
    first, last = form.period()
    reason = text(form.reason)
    if what == What.STOP and text(form.place):
        reason = ". ".join(part for part in (gettext("Moved to %(place)s", place=text(form.place)), reason) if part)
    told: dict[str, Any] = {"on": on, "month": month, "cause": form.cause(), "reason": reason}
    told |= {"decision_no": text(form.decision_no), "from_month": first, "to_month": last}
    if what in (What.ARREARS, What.CLAWBACK, What.ONE_OFF):
        told["amount"] = amount_of(form[f"{what}_amount"])
    elif what == What.RATE and entitlement:
        told |= _rate(form, "", entitlement.programme_id, told, entitlement)
    elif what == What.START:
        told["programme"] = _found(Programme, form.programme.data)
        told |= _rate(form, "start_", told["programme"].id if told["programme"] else 0, told, None)
    return Wanted(what, **told)


def _rate(
    form: Any, prefix: str, programme_id: int, told: dict[str, Any], before: Entitlement | None
) -> dict[str, Any]:
    category = _found(Category, form[f"{prefix}category"].data)
    if category is not None and category.programme_id != programme_id:
        category = None
    coefficient = hundredths_of(form[f"{prefix}coefficient"])
    if coefficient is None:
        known = before.coefficient_hundredths if before else None
        coefficient = category.coefficient_hundredths if category and category.coefficient_hundredths else known
    on = told["on"] or today()
    month = told["month"] or LAW[What.START](on)
    amount = amount_of(form[f"{prefix}amount"])
    if amount is None and (before is None or category or text(form[f"{prefix}coefficient"])):
        amount = proposed_amount(programme_id, coefficient, month)
    amount = amount or (before.monthly_amount if before else None)
    return {"category": category, "coefficient_hundredths": coefficient, "amount": amount}


def _found(table: Any, key: str | int | None) -> Any:
    return db.session.get(table, int(key)) if key and str(key).isdecimal() and len(str(key)) < 16 else None


def new_person_form() -> NewPersonForm:
    form = NewPersonForm()
    form.programme.choices = [SelectChoice(each.id, each.name) for each in queries.programmes()]
    form.village.choices = [
        SelectChoice("", gettext("Choose")),
        *(SelectChoice(str(each.id), each.name) for each in villages_of(here())),
    ]
    _choices(form.category, None, gettext("Choose"))
    _month_choices(form.month)
    return form


def wanted_start(form: NewPersonForm) -> tuple[Wanted, dict[str, Any]]:
    """What the new person is entitled to, and the columns of their record. Raises `NoSuchVillage`."""
    told: dict[str, Any] = {"on": day_of(form.on), "month": form.chosen_month(), "reason": text(form.reason)}
    programme = _found(Programme, form.programme.data)
    told |= {"decision_no": text(form.decision_no), "code": text(form.code), "programme": programme}
    told |= _rate(form, "", programme.id, told, None)
    village = _found(Village, form.village.data)
    if village is not None and village.commune_id != here().id:
        raise NoSuchVillage
    birth, number = form.birth(), phone.parse(text(form.phone)) if text(form.phone) else None
    columns = {
        "full_name": text(form.full_name),
        "birth_date": birth.value if birth else None,
        "birth_precision": BirthPrecision(birth.precision) if birth else None,
        "sex": Sex(form.sex.data) if form.sex.data in set(Sex) else None,
        "citizen_id": citizen_id.digits_of(text(form.citizen_id)) or None,
        "phone": number.number if number else None,
        "phone_owner": PhoneOwner.RECIPIENT if number else None,
        "village_id": village.id if village else None,
    }
    return Wanted(What.START, **told), columns
