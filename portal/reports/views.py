"""The first page of each role, the table to take away, and the entries of the menu that a phone has no room for."""

from collections.abc import Callable

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.access import SIGNED_IN, Permission, Role, allow
from portal.areas.queries import all_communes
from portal.audit.services import record
from portal.enrolment import labels as case_labels
from portal.enrolment.queries import clerk_counts
from portal.enrolment.summary import name_of
from portal.formats import month as month_text
from portal.payouts.queries import totals_of
from portal.recipients.models import Programme
from portal.reports import export, queries
from portal.reports.charts import chart
from portal.reports.deadlines import deadlines, kept
from portal.reports.labels import SORT_LABELS
from portal.reports.links import reach
from portal.review.queries import accounts_waiting
from portal.staff.queries import all_staff
from portal.staff.session import current_commune, here, member
from portal.vietnam.month import add_months, first_of, today
from portal.visits import queries as visits

reports = Blueprint("reports", __name__)
reports.add_app_template_global(reach)


@reports.get("/")
@allow(SIGNED_IN)
def home() -> ResponseReturnValue:
    if member().role == Role.ADMIN:
        return _admin()
    if current_commune() is None:
        return render_template("reports/nowhere.html")
    return PAGES[member().role]()


def _dashboard() -> ResponseReturnValue:
    commune, programme, sort = here(), _programme(), _sort()
    villages = queries.by_village(commune.id, programme.id if programme else None, sort)
    prepared = queries.runs_waiting_for_approval(commune.id)
    done = queries.months_done(commune.id, add_months(first_of(today()), -1))
    return render_template(
        "reports/dashboard.html",
        villages=villages,
        whole=queries.total(villages),
        goal=queries.GOAL,
        programme=programme,
        programmes=queries.programmes(),
        sort=sort,
        sorts=SORT_LABELS,
        chart=chart(queries.paid_by_month(commune.id, programme.id if programme else None, today())),
        waiting=queries.waiting(commune.id, today()),
        due=deadlines(today(), done),
        kept=kept(today(), done),
        today=today(),
        empty=not villages and queries.is_empty(commune.id),
        prepared=prepared,
        totals=totals_of([run.id for run in prepared]),
    )


def _clerk() -> ResponseReturnValue:
    commune = here()
    return render_template(
        "reports/clerk.html",
        clerk=clerk_counts(member(), commune.id),
        case_name=name_of,
        case_labels=case_labels,
        accounts=accounts_waiting(commune.id),
        files=queries.files_to_fetch(commune.id),
    )


def _visitor() -> ResponseReturnValue:
    commune = here()
    return render_template(
        "reports/visitor.html",
        left=visits.still_to_pay(commune.id),
        done=visits.handed_over(commune.id, member().id, today()),
        page=visits.lines(commune.id, visits.Filter(show=visits.Show.PENDING), size=5),
    )


def _supervisor() -> ResponseReturnValue:
    communes = queries.by_commune(member())
    return render_template("reports/communes.html", communes=communes, whole=queries.total(communes), goal=queries.GOAL)


def _admin() -> ResponseReturnValue:
    return render_template("reports/admin.html", staff=all_staff(), communes=all_communes())


PAGES: dict[Role, Callable[[], ResponseReturnValue]] = {
    Role.OFFICER: _dashboard,
    Role.APPROVER: _dashboard,
    Role.POLICE: _dashboard,
    Role.BANK_STAFF: _clerk,
    Role.VISITOR: _visitor,
    Role.SUPERVISOR: _supervisor,
}


@reports.post("/coverage")
@allow(Permission.SEE_FIGURES)
def coverage() -> ResponseReturnValue:
    """The supervisor takes the communes, everyone else the villages of the current commune."""
    if member().role == Role.SUPERVISOR:
        record(member(), "coverage.downloaded", "commune:*")
        return _file(export.communes(queries.by_commune(member())))
    commune, programme = here(), _programme()
    record(member(), "coverage.downloaded", f"commune:{commune.id}", commune_id=commune.id)
    villages = queries.by_village(commune.id, programme.id if programme else None, _sort())
    name = programme.name if programme else gettext("All programmes")
    return _file(export.villages(villages, commune.name, name, month_text(first_of(today()))))


def _file(content: bytes) -> Response:
    name = f"ty-le-tai-khoan-{today():%Y-%m-%d}.xlsx"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _programme() -> Programme | None:
    wanted = request.values.get("programme", type=int)
    return next((p for p in queries.programmes() if p.id == wanted), None)


def _sort() -> queries.Sort:
    return request.values.get("sort", type=queries.Sort, default=queries.Sort.SHARE)


@reports.get("/more")
@allow(SIGNED_IN)
def more() -> ResponseReturnValue:
    return render_template("reports/more.html")
