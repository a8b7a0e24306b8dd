"""An intake that keeps the protocol and fails as asked: what it holds is compared with what the phone was given."""

import contextlib
import hashlib
import json
import re
import socket
import threading
import time
from datetime import UTC, datetime, timedelta

REASONS = {200: "OK", 201: "Created", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}
NOW = "%Y-%m-%dT%H:%M:%S.%f"


class Hangup(Exception):
    """The connection goes without an answer."""


class Intake:
    """WSGI application. `fault(step)` names what goes wrong with this request of step hello, text, file, status, ledger:
    500, 502 (a page of a proxy), 423, 429, 408 (statuses), "hang" (seconds in `slow`), "dropped" before and "lost" after
    the work was done, "captive", "redirect", "csrf", "signed_out", "cut" (half of the body arrives), 413, 422 or None."""

    def __init__(self):
        self.user, self.token, self.ahead, self.slow = 7, "token-1", timedelta(hours=31), 0.4
        self.texts, self.stands, self.files, self.numbers, self.ledger = {}, {}, {}, {}, []
        self.signed_in, self.seen, self.fault = True, [], lambda step: None
        self.withholds, self.guard = False, threading.Lock()

    def __call__(self, environ, start_response):
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix("/enrolment/intake/")
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        step = self.step_of(method, path)
        with self.guard:
            fault = self.fault(step)
            self.seen.append((step, path, fault))
        try:
            status, answer, extra = self.answered(step, path, body, environ, fault)
        except Hangup:
            with contextlib.suppress(OSError):
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            status, answer, extra = 500, "", {}
        kind, content = ("text/html", answer) if isinstance(answer, str) else ("application/json", json.dumps(answer))
        headers = {"Content-Type": kind, "Content-Length": str(len(content.encode())), **extra}
        start_response(f"{status} {REASONS.get(status, 'Other')}", list(headers.items()))
        return [content.encode()]

    @staticmethod
    def step_of(method, path):
        if path.startswith("cases/"):
            return "file" if "/files/" in path else "text" if method == "PUT" else "status"
        return "hello" if path.startswith("hello") else path

    def answered(self, step, path, body, environ, fault):
        if early := self.early(fault):
            return early
        if fault == "cut":
            body = body[: len(body) // 2]
        if fault == "signed_out":
            self.signed_in = False
        echo = environ["QUERY_STRING"].removeprefix("echo=")
        if not self.signed_in:
            return 401, {"portal": 1, "echo": echo, "reason": "sign_in"}, {}
        if step == "hello":
            return 200, self.hello(echo), {}
        if step != "status" and environ.get("HTTP_X_CSRFTOKEN") != self.token:
            return 403, {"portal": 1, "reason": "csrf"}, {}
        if fault == 422 and step == "text":
            problem = {"step": "identity", "field": "citizen_id", "message": "Số này thiếu một chữ số."}
            return 422, {"portal": 1, "problems": [problem]}, {}
        if fault == 422:
            return 422, {"portal": 1, "code": "broken", "message": "Không mở được ảnh này."}, {}
        with self.guard:
            status, answer = (self.take_ledger if step == "ledger" else getattr(self, step))(path, body)
        if fault == "lost":
            raise Hangup
        return status, answer, {}

    def early(self, fault):
        if fault == "dropped":
            raise Hangup
        if fault == "hang":
            time.sleep(self.slow)
            raise Hangup
        if fault == "csrf":
            self.token = f"token-{len(self.seen)}"
        if fault == "captive":
            return 200, "<title>Wifi</title>", {}
        if fault == "redirect":
            return 302, "", {"Location": "/test/"}
        if fault in (502, 413):
            return fault, "<h1>proxy</h1>", {}
        if fault in (500, 423, 429, 408):
            return fault, {"portal": 1, "reason": "busy"}, {"Retry-After": "1"} if fault == 429 else {}
        return None

    def hello(self, echo):
        now = (datetime.now(UTC) + self.ahead).strftime(NOW)[:-3] + "Z"
        user = {"id": self.user, "name": "Vân Hoà", "role": "Cán bộ"}
        return {
            "portal": 1,
            "echo": echo,
            "now": now,
            "csrf": self.token,
            "user": user,
            "commune": {"id": 3, "name": "X"},
        }

    def text(self, path, body):
        case = path.split("/")[1]
        manifest = json.loads(body)
        assert manifest["id"] == case
        versions = self.texts.setdefault(case, {})
        rev = manifest["rev"]
        other = (rev in versions and versions[rev] != body) or any(newer > rev for newer in versions)
        if case in self.stands or other:
            self.stands.setdefault(case, versions.get(rev))
            versions[rev] = body
            difference = {"label": "Số điện thoại", "phone": "0912", "server": "0968"}
            server = {"number": self.number(case), "state": "received", "differences": [difference]}
            return 409, self.answer(case, rev) | {"server": server}
        status = 200 if rev in versions else 201
        versions[rev] = body
        return status, self.answer(case, rev)

    def file(self, path, body):
        _, case, _, sha = path.split("/")
        if not body or hashlib.sha256(body).hexdigest() != sha:
            return 422, {"portal": 1, "code": "wrong_hash" if body else "empty", "message": "?"}
        status = 200 if sha in self.files else 201
        self.files[sha] = body
        return status, self.answer(case, max(self.texts.get(case, {0: b""})))

    def status(self, path, body):
        case = path.split("/")[1]
        return 200, self.answer(case, max(self.texts.get(case, {0: b""})))

    def take_ledger(self, path, body):
        told = json.loads(body)
        assert re.fullmatch(r"[0-9a-f-]{36}", told["device"])
        self.ledger.append(told)
        states = {c["id"]: {"state": self.answer(c["id"], c["rev"])["state"], "receipt": None} for c in told["cases"]}
        return 200, {"portal": 1, "cases": states}

    def number(self, case):
        return self.numbers.setdefault(case, f"BG-2611-{len(self.numbers) + 1:05}")

    def answer(self, case, rev):
        text = self.texts.get(case, {}).get(rev)
        if not text:
            return {"portal": 1, "id": case, "rev": rev, "state": "held", "missing": [], "receipt": None}
        wanted = [file["sha256"] for file in json.loads(text)["files"]]
        missing = [sha for sha in wanted if sha not in self.files]
        receipt = None
        if not missing and not self.withholds:
            manifest = hashlib.sha256(text).hexdigest()
            receipt = {
                "number": self.number(case),
                "rev": rev,
                "manifest": manifest,
                "files": wanted,
                "received_at": NOW,
            }
        state = "kept_beside" if case in self.stands else "received" if receipt else "receiving"
        return {"portal": 1, "id": case, "rev": rev, "state": state, "missing": missing, "receipt": receipt}

    def photos_of(self, case):
        """The bytes of every photo of the newest version, as the server holds them."""
        text = self.texts[case][max(self.texts[case])]
        return [self.files[file["sha256"]] for file in json.loads(text)["files"]]


def one_after_another(*faults):
    """A schedule: the first requests meet these (step, fault) in order, each waiting for its step."""
    left = list(faults)

    def fault(step):
        if left and left[0][0] == step:
            return left.pop(0)[1]
        return None

    return fault
