"""Who may do what. The whole access policy is this file."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

View = TypeVar("View", bound=Callable[..., Any])


class Role(StrEnum):
    BANK_STAFF = "bank_staff"
    VISITOR = "visitor"
    OFFICER = "officer"
    APPROVER = "approver"
    POLICE = "police"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Permission(StrEnum):
    KEEP_REGISTER = "keep_register"
    SEE_REGISTER = "see_register"
    CAPTURE = "capture"
    REVIEW = "review"
    OPEN_ACCOUNTS = "open_accounts"
    SEE_PAYOUTS = "see_payouts"
    PREPARE_PAYOUTS = "prepare_payouts"
    APPROVE = "approve"
    FETCH_PAYMENT_FILE = "fetch_payment_file"
    VISIT = "visit"
    RECONCILE = "reconcile"
    SEE_FIGURES = "see_figures"
    SEE_PHOTOS = "see_photos"
    MANAGE_STAFF = "manage_staff"
    SEE_AUDIT = "see_audit"
    SEE_RATES = "see_rates"
    KEEP_RATES = "keep_rates"


P = Permission
ROLE_PERMISSIONS: dict[Role, set[Permission]] = {
    Role.BANK_STAFF: {P.CAPTURE, P.OPEN_ACCOUNTS, P.FETCH_PAYMENT_FILE, P.SEE_PHOTOS},
    Role.VISITOR: {P.VISIT},
    Role.OFFICER: {
        P.KEEP_REGISTER,
        P.SEE_REGISTER,
        P.REVIEW,
        P.SEE_PAYOUTS,
        P.PREPARE_PAYOUTS,
        P.FETCH_PAYMENT_FILE,
        P.RECONCILE,
        P.SEE_FIGURES,
        P.SEE_PHOTOS,
        P.SEE_AUDIT,
        P.SEE_RATES,
    },
    Role.APPROVER: {P.SEE_REGISTER, P.SEE_PAYOUTS, P.APPROVE, P.SEE_FIGURES, P.SEE_AUDIT, P.SEE_RATES},
    Role.POLICE: {P.SEE_REGISTER},
    Role.SUPERVISOR: {P.SEE_FIGURES, P.SEE_RATES},
    Role.ADMIN: {P.MANAGE_STAFF, P.SEE_AUDIT, P.SEE_RATES, P.KEEP_RATES},
}
PUBLIC = "public"
SIGNED_IN = "signed-in"


def may(role: Role, permission: Permission) -> bool:
    return permission in ROLE_PERMISSIONS[role]


def allow(rule: Permission | str) -> Callable[[View], View]:
    """Declare who may call a view. Every view must carry exactly one declaration."""

    def mark(view: View) -> View:
        view.access = rule  # type: ignore[attr-defined]
        return view

    return mark


def rule_for(app: Flask, endpoint: str) -> Permission | str | None:
    if endpoint == "static":
        return PUBLIC
    return getattr(app.view_functions[endpoint], "access", None)


def init_app(app: Flask) -> None:
    """Refuse to start while any route has no declared rule, then enforce the rules."""
    undeclared = sorted(e for e in app.view_functions if rule_for(app, e) is None)
    if undeclared:
        raise RuntimeError(f"No @allow(...) on: {', '.join(undeclared)}")
    # first of all: before the form token is checked, so that what a role may not do is always a 403
    app.before_request_funcs.setdefault(None, []).insert(0, enforce)


def enforce() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    rule = rule_for(current_app, request.endpoint)
    if rule == PUBLIC:
        return None
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined,no-any-return]
    if rule != SIGNED_IN and rule not in ROLE_PERMISSIONS[current_user.role]:
        abort(403)
    return None
