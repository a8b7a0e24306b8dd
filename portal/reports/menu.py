"""The menu of each role, with the work that waits behind each entry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal.access import Permission, may
from portal.db import now
from portal.staff.session import current_commune


@dataclass(frozen=True)
class Entry:
    """`permission` decides who sees it; `wide` entries appear only from 64em, so that a phone has at most five."""

    endpoint: str
    icon: str
    label: Any
    permission: Permission | None
    wide: bool = False
    count: Callable[[int], int] | None = None


ENTRIES = (Entry("reports.home", "chart", _l("Overview"), None),)


def init_app(app: Flask) -> None:
    app.context_processor(
        lambda: {"menu": entries(), "now": now(), "locale": get_locale(), "language_url": language_url()}
    )


def language_url() -> str:
    """This page in the other language."""
    other = "vi" if str(get_locale()) == "en" else "en"
    kept: dict[str, Any] = {k: v for k, v in request.args.items() if k != "lang"}
    if request.method != "GET" or request.endpoint is None:
        return url_for("reports.home", lang=other)
    return url_for(request.endpoint, **(request.view_args or {}), **kept, lang=other)


def entries() -> list[dict[str, Any]]:
    if not current_user.is_authenticated:
        return []
    commune = current_commune()
    package = (request.endpoint or "").split(".")[0]
    return [
        {
            "url": url_for(e.endpoint),
            "icon": e.icon,
            "label": e.label,
            "wide": e.wide,
            "current": request.endpoint == e.endpoint
            or (package != "reports" and e.endpoint.startswith(f"{package}.")),
            "count": e.count(commune.id) if e.count and commune else None,
        }
        for e in ENTRIES
        if e.permission is None or may(current_user.role, e.permission)
    ]
