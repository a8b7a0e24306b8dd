"""Faults between a phone and the real application: what networks, proxies, servers and sessions do at bad moments."""

import contextlib
import io
import json
import re
import socket
import threading
import time
from hashlib import sha256

REASONS = {
    200: "OK",
    302: "Found",
    408: "Request Timeout",
    413: "Content Too Large",
    422: "Unprocessable Content",
    423: "Locked",
    425: "Too Early",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    511: "Network Authentication Required",
}
PAGE = "<!doctype html><title>Wi-Fi</title><p>Sign in to the network.</p>"
LONGEST = 90  # seconds a hanging answer is held back when nobody frees it
INTAKE = "/enrolment/intake/"


class Hangup(Exception):
    """The connection goes without an answer, or with half of one."""


class Faults:
    """WSGI application in front of another.

    `plan(step, what, times)`: the next `times` requests of that step meet `what`:
    "dropped" before the work, "lost" after it (nothing comes back), "half" (half of the answer comes back), "hang" (no
    answer until the end), "slow", "truncated" (half of the body arrives), "captive", "redirect", 511, "signed_out",
    "csrf", or a status of a proxy (500, 502, 503, 413) or of the portal (408, 423, 425, 429).
    422 answers with `refuse`. `after[step]` is called once, when a request of that step has been answered.
    Steps: hello, text, file, status, ledger, people, page, worker, part, other. `down`: nothing gets through at all.
    """

    def __init__(self, app):
        self.app, self.rules, self.seen, self.bodies = app, [], [], {}
        self.down, self.edition, self.refuse, self.after = False, "", {}, {}
        self.guard, self.free = threading.Lock(), threading.Event()

    def plan(self, step, what, times=1):
        with self.guard:
            self.rules.append([step, what, times])

    def heal(self):
        """From here on all is well; whatever hangs ends now."""
        with self.guard:
            self.rules, self.down = [], False
        self.let_go()

    def let_go(self):
        """Whatever hangs ends now."""
        self.free.set()
        self.free = threading.Event()

    def count(self, step, what=None):
        """Requests of this step so far that met this fault; None: all of them."""
        with self.guard:
            return sum(1 for met, _path, fault in self.seen if met == step and what in (None, fault))

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        step = step_of(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        fault = self._next(step, environ["PATH_INFO"])
        if step == "file":
            self.bodies[sha256(body).hexdigest()] = body
        try:
            status, headers, content = self._answered(environ, body, step, fault)
        except Hangup as cut:
            (half,) = cut.args or (b"",)
            with contextlib.suppress(OSError):
                connection = environ["werkzeug.socket"]
                connection.sendall(half)
                connection.shutdown(socket.SHUT_RDWR)
            status, headers, content = "500 Cut", [], b""
        start_response(status, [*headers, ("Connection", "close")])
        return [content]

    def _next(self, step, path):
        with self.guard:
            fault = "dropped" if self.down else None
            for rule in self.rules:
                if not fault and rule[0] == step and rule[2]:
                    rule[2] -= 1
                    fault = rule[1]
            self.seen.append((step, path, fault))
            return fault

    def _answered(self, environ, body, step, fault):
        if fault == "dropped":
            raise Hangup
        if fault == "hang":
            self.free.wait(LONGEST)
            raise Hangup
        if fault == "slow":
            time.sleep(0.4)
        if fault == 422:
            return answer_of(422, "application/json", json.dumps(self.refuse))
        if found := early(fault):
            return found
        if fault == "signed_out":
            environ.pop("HTTP_COOKIE", None)
        if self.edition:
            environ.pop("HTTP_IF_NONE_MATCH", None)
        if fault == "csrf":
            environ["HTTP_X_CSRFTOKEN"] = "stale"
        environ["wsgi.input"] = io.BytesIO(body[: len(body) // 2] if fault == "truncated" else body)
        answer = self._as_edition(step, called(self.app, environ))
        if then := self.after.pop(step, None):
            then()
        if fault == "lost":
            raise Hangup
        if fault == "half":
            raise Hangup(half_of(*answer))
        return answer

    def _as_edition(self, step, answer):
        """The next edition of the page: another version, so another service worker."""
        status, headers, content = answer
        if not self.edition or step not in ("page", "worker"):
            return answer
        content = re.sub(rb'(data-version="|"capture-)(\w+)', rb"\1\2" + self.edition.encode(), content)
        changed = {"content-length": str(len(content)), "etag": f'"{sha256(content).hexdigest()[:8]}"'}
        return status, [(name, changed.get(name.lower(), value)) for name, value in headers], content


def step_of(method, path):
    if not path.startswith(INTAKE):
        kinds = {"/enrolment/field/": "page", "/enrolment/field/worker.js": "worker"}
        return kinds.get(path, "part" if path.startswith("/static/") else "other")
    path = path.removeprefix(INTAKE)
    if path.startswith("cases/"):
        return "file" if "/files/" in path else "text" if method == "PUT" else "status"
    return path


def called(app, environ):
    """(status line, headers, content) of the application behind."""
    told, parts = [], []

    def start_response(status, headers, _error=None):
        told[:] = [status, headers]
        return parts.append

    answer = app(environ, start_response)
    try:
        parts.extend(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    return told[0], told[1], b"".join(parts)


def early(fault):
    """The answer of somebody who is not the application, or of one that cannot work now."""
    if fault == "captive":
        return answer_of(200, "text/html", PAGE)
    if fault == "redirect":
        return answer_of(302, "text/html", PAGE, ("Location", "/sign-in"))
    if fault in (500, 502, 503, 511, 413):
        return answer_of(fault, "text/html", PAGE)
    if fault in (408, 423, 425, 429):
        wait = [("Retry-After", "1")] if fault == 429 else []
        return answer_of(fault, "application/json", json.dumps({"portal": 1, "reason": "busy"}), *wait)
    return None


def answer_of(status, kind, text, *more):
    content = text.encode()
    headers = [("Content-Type", kind), ("Content-Length", str(len(content))), *more]
    return f"{status} {REASONS[status]}", headers, content


def half_of(status, headers, content):
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + content[: len(content) // 2]
