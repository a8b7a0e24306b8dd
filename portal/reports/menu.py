"""The menu of each role, with the work that waits behind each entry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request, url_for
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal.access import Role
from portal.db import now
from portal.enrolment.queries import waiting as cases_to_go_on_with
from portal.payouts.queries import waiting as runs_waiting
from portal.recipients.queries import left_over
from portal.recipients.queries import waiting as rosters_waiting
from portal.reconciliation.queries import waiting as transactions_waiting
from portal.review.queries import accounts_waiting
from portal.review.queries import waiting as cases_waiting
from portal.staff.session import current_commune, member
from portal.visits.queries import waiting as visits_waiting


@dataclass(frozen=True)
class Entry:
    """`wide` entries appear only from 64em, so that a phone has at most five; `count` gets the commune's id."""

    endpoint: str
    icon: str
    label: Any
    count: Callable[[int], int] | None = None
    wide: bool = False


HOME = Entry("reports.home", "chart", _l("Overview"))
PEOPLE = Entry("recipients.people", "people", _l("Entitled people"), wide=True)
VISITS = Entry("visits.log", "home-visit", _l("Paying at home"), wide=True)
LOG = Entry("audit.log", "log", _l("Log"), wide=True)
RATES = Entry("recipients.rates", "table", _l("Base rates"))
MORE = Entry("reports.more", "more", _l("More"))
MENUS: dict[Role, tuple[Entry, ...]] = {
    Role.BANK_STAFF: (
        Entry("reports.home", "home", _l("Today")),
        Entry("enrolment.start", "search", _l("Find a person")),
        Entry("enrolment.cases", "case", _l("Cases I made"), lambda _: cases_to_go_on_with(member())),
        Entry("review.accounts", "bank", _l("Accounts"), accounts_waiting),
        Entry("payouts.files", "download", _l("Files"), lambda commune_id: runs_waiting(commune_id, Role.BANK_STAFF)),
    ),
    Role.VISITOR: (
        Entry("reports.home", "home", _l("Today")),
        Entry("visits.today", "home-visit", _l("Paying at home"), visits_waiting),
    ),
    Role.OFFICER: (
        HOME,
        PEOPLE,
        Entry("recipients.rosters", "table", _l("Lists"), rosters_waiting, wide=True),
        Entry("recipients.left_over", "pen", _l("Not written yet"), left_over, wide=True),
        Entry("review.queue", "case", _l("Cases"), cases_waiting),
        Entry("payouts.runs", "payout", _l("Payouts"), lambda commune_id: runs_waiting(commune_id, Role.OFFICER)),
        Entry("reconciliation.statements", "reconcile", _l("Reconcile"), transactions_waiting),
        Entry("reconciliation.settlements", "calendar", _l("Settlements"), wide=True),
        VISITS,
        LOG,
        MORE,
    ),
    Role.APPROVER: (
        HOME,
        PEOPLE,
        Entry("payouts.runs", "payout", _l("Payouts"), lambda commune_id: runs_waiting(commune_id, Role.APPROVER)),
        Entry("reconciliation.settlements", "calendar", _l("Settlements")),
        VISITS,
        LOG,
        MORE,
    ),
    Role.POLICE: (HOME, Entry("recipients.people", "people", _l("Entitled people"))),
    Role.SUPERVISOR: (HOME, RATES),
    Role.ADMIN: (HOME, Entry("staff.members", "people", _l("Staff")), RATES, Entry("audit.log", "log", _l("Log"))),
}


# what names a person never stands in an address: no field of a GET form is called so
PERSONAL = {"q", "name", "full_name", "holder_name", "number", "citizen_id", "account", "account_number", "phone"}


def init_app(app: Flask) -> None:
    app.context_processor(
        lambda: {"menu": entries(), "now": now(), "locale": get_locale(), "language_url": language_url()}
    )


def language_url() -> str:
    """This page in the other language, with its filters: nothing that was posted, nothing that names a person."""
    other = "vi" if str(get_locale()) == "en" else "en"
    if request.url_rule is None or "GET" not in (request.url_rule.methods or ()):
        return url_for("reports.home", lang=other)
    kept = [(name, value) for name, value in request.args.items() if name != "lang" and name not in PERSONAL]
    return f"{request.script_root}{request.path}?{urlencode([*kept, ('lang', other)])}"


def entries() -> list[dict[str, Any]]:
    if not current_user.is_authenticated:
        return []
    commune = current_commune()
    menu = MENUS[current_user.role]
    here = _entry_of(request.endpoint or "", menu)
    return [
        {
            "url": url_for(e.endpoint),
            "icon": e.icon,
            "label": e.label,
            "wide": e.wide,
            "current": e.endpoint == here,
            "count": e.count(commune.id) if e.count and commune else None,
        }
        for e in menu
    ]


def _entry_of(endpoint: str, menu: tuple[Entry, ...]) -> str | None:
    """The entry that a page belongs to: itself, else the last one of its package."""
    own = [e.endpoint for e in menu]
    package = endpoint.partition(".")[0]
    near = [e for e in own if e.startswith(f"{package}.") and package != "reports"]
    special = {"settlement": "reconciliation.settlements", "roster": "recipients.rosters", "account": "review.accounts"}
    wanted = next((e for word, e in special.items() if word in endpoint and e in own and package != "staff"), None)
    return endpoint if endpoint in own else wanted or (near[0] if near else None)
