"""Typed domain errors, constraint names turned into messages, and the error pages in the shell of the portal."""

import logging
import re
import secrets
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy import UniqueConstraint
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from portal.db import Base

log = logging.getLogger("portal")


class DomainError(Exception):
    """Something that the rules of the work do not allow.

    The docstring of a subclass is its message: an English message id with `%(name)s` placeholders, filled from the
    keyword arguments and translated where it is shown.
    """

    status = 409

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.message_id % values)

    @property
    def message_id(self) -> str:
        return " ".join((type(self).__doc__ or "").split())

    @property
    def message(self) -> str:
        """The sentence in the reader's language."""
        return str(gettext(self.message_id) % self.values)


class InputError(DomainError):
    """A form or file that cannot be taken as it is."""

    status = 422


# what the database refuses, in words: the last guard speaks, too
CONSTRAINTS = {
    "uq_recipient_confirmed_citizen_id": _l("This identity number is already confirmed for another recipient."),
    "uq_roster_file_applied_once": _l("This file has been applied already. Nothing was changed a second time."),
    "uq_run_commune_id_programme_id_month_sequence": _l("There is already a payout run for this month."),
    "uq_line_one_per_entitlement_and_month": _l("Someone is already on a list for this month: nobody is paid twice."),
    "uq_visit_one_paid": _l("This payment has already been recorded as handed over."),
    "uq_statement_commune_id_sha256": _l("This statement was imported before. Nothing was counted twice."),
    "uq_settlement_commune_id_programme_id_month": _l("This month has a settlement already."),
    "adjustment_month_closed": _l(
        "The list of payments of this month is approved already. Choose the month of the next list; nothing was changed."
    ),
    "uq_entitlement_commune_id_programme_id_code": _l("Another entitlement of this programme has this code already."),
    "uq_staff_member_username": _l("This user name is taken."),
    "uq_payment_method_one_ready": _l("Someone has just recorded another payment method for this person."),
    "ck_run_approved_by_another": _l("Whoever prepared a run cannot approve it."),
    "ck_decision_not_by_the_one_who_captured": _l("Whoever captured a case cannot decide on it."),
}

PAGES = {
    400: (_l("This request could not be understood"), _l("Go back, load the page again and repeat the step.")),
    403: (_l("This page is for other staff"), _l("Your role does not include this work. Nothing was changed.")),
    404: (_l("There is nothing here"), _l("The address is wrong, or the record belongs to another commune.")),
    405: (_l("This address takes no direct visit"), _l("Go back and use the button on the page.")),
    409: (_l("This step was not taken"), ""),
    413: (
        _l("The file is too large"),
        _l("A photo may have 15 MB, a list 20 MB. Choose a smaller file. Nothing was stored."),
    ),
    422: (_l("This could not be stored"), ""),
    429: (_l("Too many tries"), _l("Wait a quarter of an hour, then try again.")),
    503: (_l("The server is busy"), ""),
    500: (
        _l("This page could not be opened"),
        _l("The server has a fault. What you just did was not stored on the server."),
    ),
}


# where the program of a phone asks: every answer is JSON, also a refusal
PHONES = "/enrolment/intake/"
REASONS = {
    400: "not_understood",
    401: "sign_in",
    403: "forbidden",
    404: "unknown",
    405: "method",
    409: "elsewhere",
    413: "too_large",
    422: "refused",
    423: "busy",
    503: "busy",
}


def asked_by_phone() -> bool:
    return request.path.startswith(PHONES)


def for_phone(status: int, reason: str | None = None, **told: Any) -> Response:
    """An answer that proves by `portal` and the echo that it is ours, not a page of the network in between."""
    echo = {"echo": request.args["echo"][:100]} if "echo" in request.args else {}
    why = {"reason": reason or REASONS.get(status, "fault")} if status >= 400 else {}
    answer = jsonify({"portal": 1} | echo | why | told)
    answer.status_code = status
    return answer


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, domain_error)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(IntegrityError, refused_by_the_database)
    app.register_error_handler(StaleDataError, late_writer)
    app.register_error_handler(OperationalError, waited_in_vain)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, failsafe)


def page(status: int, message: str = "", *, keep: bool = False, code: str = "") -> ResponseReturnValue:
    """An error page; `keep` shows what was typed, so that nothing is lost."""
    title, help_text = PAGES.get(status, PAGES[500 if status >= 500 else 400])
    if asked_by_phone():
        return for_phone(status, message=str(message or help_text or title), **({"code": code} if code else {}))
    typed = {}
    if keep:
        hidden = {"csrf_token", "password", "version"}
        typed = {name: value for name, value in request.form.items() if value and name not in hidden}
    html = render_template(
        "error.html", heading=title, message=message or help_text, status=status, typed=typed, code=code
    )
    return html, status


def domain_error(error: DomainError) -> ResponseReturnValue:
    return page(error.status, error.message, keep=True)


def stale_form(_error: CSRFError) -> ResponseReturnValue:
    if asked_by_phone():
        return for_phone(403, "csrf")
    return page(400, gettext("The form is too old, or you signed out in another tab. Load the page again."), keep=True)


def refused_by_the_database(error: IntegrityError) -> ResponseReturnValue:
    name = constraint_name(error)
    if name not in CONSTRAINTS:
        return failsafe(error)
    return page(409, str(CONSTRAINTS[name]), keep=True)


def late_writer(_error: StaleDataError) -> ResponseReturnValue:
    text = gettext("Someone changed this record while you were working on it. Open it again and look at both.")
    return page(409, text, keep=True)


def waited_in_vain(error: OperationalError) -> ResponseReturnValue:
    """SQLite has one writer at a time, and a long list may be it; anything else is a fault."""
    if "database is locked" not in str(error.orig):
        return failsafe(error)
    text = gettext("A large list is being written into the register. Wait a minute, then send this again.")
    return page(503, text, keep=True)


def http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:
        return error
    if error.code == 413 and not asked_by_phone() and (name := sent_file_name()):
        limits = gettext("A photo may have 15 MB, a list 20 MB. Choose a smaller file. Nothing was stored.")
        return page(413, gettext("The file %(name)s is too large.", name=name) + " " + limits)
    return page(error.code or 500)


def sent_file_name() -> str | None:
    """The name of the first file of a form whose body was refused unread: only its first bytes are looked at."""
    start = request.environ["wsgi.input"].read(16384).decode("utf-8", "replace")
    found = re.search(r'filename="([^"\r\n]{1,200})"', start)
    return found.group(1) if found else None


def failsafe(error: Exception) -> ResponseReturnValue:
    """A fault of ours. The code on the page finds the line in the log; the log holds no personal data."""
    code = secrets.token_hex(3).upper()
    code = f"{code[:4]}-{code[4:]}"
    log.error("fault %s %s at %s in %s", code, type(error).__name__, " > ".join(places(error)[-6:]), request.endpoint)
    return page(500, code=code)


def places(error: BaseException) -> list[str]:
    """Where in the code it happened, function and line, from the outermost in; no values."""
    found, tb = [], error.__traceback__
    while tb:
        found.append(f"{tb.tb_frame.f_code.co_name}:{tb.tb_lineno}")
        tb = tb.tb_next
    return found


def constraint_name(error: IntegrityError) -> str | None:
    """The constraint that refused: PostgreSQL tells its name, SQLite the columns of a unique one."""
    text = str(error.orig)
    if found := re.match(r"\w+_closed\b", text):  # raised by a trigger
        return found.group(0)
    diag = getattr(error.orig, "diag", None)
    if diag is not None:
        return str(diag.constraint_name)
    if found := re.search(r"CHECK constraint failed: (\w+)", text):
        return found.group(1)
    if found := re.search(r"UNIQUE constraint failed: (.+)", text):
        columns = {c.strip() for c in found.group(1).split(",")}
        return _unique_by_columns(columns)
    return None


def _unique_by_columns(columns: set[str]) -> str | None:
    table = Base.metadata.tables[next(iter(columns)).split(".")[0]]
    unique: list[Any] = [
        *(c for c in table.constraints if isinstance(c, UniqueConstraint)),
        *(i for i in table.indexes if i.unique),
    ]
    names = {str(r.name) for r in unique if {f"{table.name}.{c.name}" for c in r.columns} == columns}
    return next(iter(names & CONSTRAINTS.keys()), None)
