"""The changes of a month and programme: on a page, in print, as a workbook."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal.access import Permission, allow
from portal.audit.services import record
from portal.formats import month as month_words
from portal.recipients import change_export, export, labels, queries
from portal.recipients.forms import months
from portal.recipients.models import Programme, Section
from portal.recipients.queries.monthly import Monthly, monthly
from portal.recipients.queries.monthly_people import ChangedPerson, people_of
from portal.recipients.services.past import paying_month
from portal.recipients.views.blueprint import recipients
from portal.staff.session import here, member
from portal.vietnam.month import first_of, parse, today

MOST_SHOWN = 200


@recipients.get("/changes/")
@allow(Permission.SEE_REGISTER)
def changes() -> ResponseReturnValue:
    programme, told = _wanted()
    shown = {section: people_of(told.with_money(section)[:MOST_SHOWN]) for section in Section}
    choices = [(each.value, each.label) for each in months()]
    own = f"{told.month:%Y-%m}"
    return render_template(
        "recipients/changes.html",
        programme=programme,
        programmes=queries.programmes(),
        told=told,
        own=own,
        months=choices if any(value == own for value, _ in choices) else [(own, month_words(told.month)), *choices],
        shown=shown,
        moneyless=people_of(told.moneyless[:MOST_SHOWN]),
        reason_words=change_export.reason_words,
        labels=labels,
    )


def _wanted() -> tuple[Programme, Monthly]:
    """The programme and month of the address, else the first programme and the month that is being prepared."""
    known = queries.programmes()
    asked = request.values.get("programme", type=int)
    programme = next((each for each in known if each.id == asked), known[0])
    month = parse(request.values.get("month", "")) or paying_month(here().id, programme.id, first_of(today()))
    return programme, monthly(here().id, programme.id, month)


@recipients.post("/changes/")
@allow(Permission.KEEP_REGISTER)
def export_changes() -> ResponseReturnValue:
    programme, told = _wanted()
    people: list[ChangedPerson] = people_of(told.changed)
    content = change_export.workbook(here(), programme, told, people)
    detail = {"programme": programme.code, "month": told.month, "people": len(people)}
    record(member(), "changes.downloaded", f"commune:{here().id}", commune_id=here().id, **detail)
    name = f"tang-giam-{here().code}-{programme.code}-{told.month:%Y-%m}.xlsx"
    return Response(content, mimetype=export.XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
