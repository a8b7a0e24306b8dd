"""The portal: cashless social-assistance payments at the commune."""

from datetime import timedelta
from pathlib import Path

from flask import Flask, Response, has_request_context, request, session
from flask_babel import Babel
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import access, assets, commands, config, db, errors, formats, htmx, jobs
from portal.blueprints import BLUEPRINTS
from portal.documents import views as documents
from portal.handlers import HANDLERS
from portal.reports import menu
from portal.staff import session as staff_session

CSP = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
LANGUAGES = ("vi", "en")


def create_app(settings: config.Settings | None = None) -> Flask:
    """Build the application. Order matters: blueprints, then access (sees every view), then transactions."""
    settings = settings or config.from_environment()
    app = Flask(__name__, instance_path=str(settings.instance))
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        SESSION_COOKIE_NAME="__Host-portal" if settings.production else "portal",
        SESSION_COOKIE_SECURE=settings.production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_DEFAULT_TIMEZONE="Asia/Ho_Chi_Minh",
    )
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, *[settings.trusted_proxies] * 3)  # type: ignore[method-assign]
    db.db.init_app(app)
    Migrate(app, db.db, directory=str(Path(__file__).parents[1] / "migrations"), render_as_batch=True)
    Babel(app, locale_selector=locale)
    CSRFProtect(app)
    for extension in (errors, formats, assets, htmx, staff_session, documents, menu, commands):
        extension.init_app(app)
    jobs.init_app(app, HANDLERS)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    access.init_app(app)
    db.wrap_views(app)
    app.after_request(secure)
    return app


def locale() -> str:
    """Vietnamese, unless the reader chose otherwise by `?lang=en`; the choice stays in the session."""
    if not has_request_context():
        return "vi"
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        session["locale"] = asked
    return str(session.get("locale", "vi"))


def secure(response: Response) -> Response:
    """Headers for every answer. Only built assets may be kept by a browser; a page may hold personal data."""
    response.headers["Content-Security-Policy"] = CSP
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=()"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return response
