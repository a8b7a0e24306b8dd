"""Phones in the field: what they take along, what they say they hold, and what the officer sees of that."""

from datetime import timedelta

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal.access import Permission, allow
from portal.audit.services import record
from portal.db import now, reading, remembers
from portal.enrolment import ledger, pack
from portal.enrolment.views.blueprint import enrolment
from portal.enrolment.views.intake import intake, laid_down
from portal.errors import for_phone
from portal.staff.session import here, member

PAGE = 50
WARN, BAD = timedelta(hours=24), timedelta(hours=72)


@intake.get("/people")
@allow(Permission.CAPTURE)
@remembers
def people() -> ResponseReturnValue:
    """The commune's people, unless the phone has just these; that they were taken along is an event."""
    with reading():
        found = pack.people_of(here())
    if request.if_none_match.contains(found.tag):
        answer = Response(status=304)
    else:
        record(member(), "people.taken_along", f"commune:{here().id}", commune_id=here().id)
        answer = for_phone(200, made_at=now().isoformat(), **found.known(), **found.content)
    answer.set_etag(found.tag)
    return answer


@intake.post("/ledger")
@allow(Permission.CAPTURE)
def report() -> ResponseReturnValue:
    with laid_down(ledger.MOST_BYTES) as (path, _digest, _size):
        told = ledger.read(path.read_bytes())
    found = ledger.report(member(), here(), told)
    cases = {str(key): status.as_json() for key, status in found.items()}
    return for_phone(200, cases={key: {"state": c["state"], "receipt": c["receipt"]} for key, c in cases.items()})


@enrolment.get("/phones")
@allow(Permission.REVIEW)
def phones() -> ResponseReturnValue:
    """What is still out in the field, and what a phone named and lost."""
    found = ledger.phones(here().id, after=request.args.get("after", 0, type=int), most=PAGE)
    shown = found[:PAGE]
    return render_template(
        "enrolment/phones.html",
        phones=sorted(shown, key=lambda row: (row.oldest is None, row.oldest or now(), row.device.id)),
        more=shown[-1].device.id if len(found) > PAGE else None,
        missing=ledger.missing(here().id, PAGE),
        warn=now() - WARN,
        bad=now() - BAD,
    )
