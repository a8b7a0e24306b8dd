"""The people found, as a file: each download is an event."""

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import pdf
from portal.access import Permission, allow
from portal.audit.services import record
from portal.errors import DomainError
from portal.formats import today
from portal.recipients import export, queries
from portal.recipients.views.blueprint import recipients
from portal.recipients.views.people import looked_for
from portal.staff.session import here, member


@recipients.post("/export")
@allow(Permission.SEE_REGISTER)
def export_people() -> ResponseReturnValue:
    """Whom the filters of the page of people find; the field `kind` is xlsx or pdf."""
    kind = request.form.get("kind")
    if kind not in ("xlsx", "pdf"):
        abort(400)
    _form, filters, wanted = looked_for()
    commune = here()
    ids = queries.everyone(member(), commune.id, wanted, most=pdf.MOST + 1 if kind == "pdf" else export.MOST)
    try:
        content = export.paper(commune, ids, member().full_name) if kind == "pdf" else export.workbook(commune, ids)
    except DomainError as error:
        flash(error.message, "warn")
        return redirect(url_for("recipients.people", **filters))
    record(member(), "register.exported", f"commune:{commune.id}", commune_id=commune.id, people=len(ids), kind=kind)
    name = f"nguoi-huong-{commune.code}-{today():%Y-%m-%d}.{kind}"
    media = export.XLSX if kind == "xlsx" else "application/pdf"
    return Response(content, mimetype=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})
