"""A phone that sends cases, as its program does: hello first, then the token with every request."""

import hashlib
import io
import json
import secrets
import uuid
from datetime import UTC, datetime, timedelta

from PIL import Image, ImageDraw
from sqlalchemy import func, select

from portal.db import db
from portal.enrolment.identifiers import uuid7
from portal.enrolment.models import Case, CaseManifest, ReceivedFile
from tests.browser import Browser
from tests.enrolment.capturing import NUMBER, PHOTOS

INTAKE = "/enrolment/intake"
DEVICE = "6f1e7a52-4d0f-4a31-9a57-000000000001"
SCAN = f"{NUMBER}||Bế Văn Đoàn|21121946|Nam|Thôn Nà Tồng, Bình Gia, Lạng Sơn|30122021"
ANSWERS = {
    "identity": {
        "document": "citizen_card",
        "full_name": "Bế Văn Đoàn",
        "birth": "21/12/1946",
        "sex": "male",
        "citizen_id": NUMBER,
        "address": "Thôn Nà Tồng",
        "issued": "30/12/2021",
        "name_from": "card",
    },
    "phone": {"owner": "recipient", "number": "0968 123 414"},
    "method": {"kind": "cash_point"},
    "representative": {"kind": "none"},
    "consent": {"purposes": ["pay", "keep_photo"], "strokes": "[[[1,2],[30,40]]]"},
}


class Phone:
    def __init__(self, app, username="bank_staff"):
        self.browser = Browser(app)
        self.browser.sign_in(username)
        self.client, self.app = self.browser.client, app
        self.token = self.hello()["csrf"]

    def hello(self):
        return self.get("hello").json

    def _open(self, method, path, **kwargs):
        headers = {"Accept": "application/json"} | kwargs.pop("headers", {})
        if method != "GET":
            headers = {"X-CSRFToken": self.token} | headers
        with self.app.app_context():
            answer = self.client.open(f"{INTAKE}/{path}", method=method, headers=headers, **kwargs)
        if answer.status_code != 304:
            assert answer.mimetype == "application/json", (answer.status_code, answer.text[:300])
            assert answer.json["portal"] == 1
        return answer

    def get(self, path, **kwargs):
        return self._open("GET", path, **kwargs)

    def put(self, path, data=b"", **kwargs):
        return self._open("PUT", path, data=data, **kwargs)

    def post(self, path, told):
        return self._open("POST", path, json=told)

    def send(self, body, case_id=None):
        return self.put(f"cases/{case_id or json.loads(body)['id']}", body)

    def send_photo(self, case_id, photo, digest=None):
        return self.put(f"cases/{case_id}/files/{digest or sha(photo)}", photo)

    def send_all(self, body, photos):
        """The whole case; returns the last answer."""
        answer = self.send(body)
        case_id = json.loads(body)["id"]
        for photo in photos:
            if sha(photo) in answer.json["missing"]:
                answer = self.send_photo(case_id, photo)
        return answer


def sha(data):
    return hashlib.sha256(data).hexdigest()


def front():
    return (PHOTOS / "cccd-front.jpg").read_bytes()


def back():
    return (PHOTOS / "cccd-back-no-qr.jpg").read_bytes()


def drawing(seed=None):
    """A small photo of its own each time, or for each seed."""
    seed = secrets.token_hex(4) if seed is None else f"{seed:08x}"
    image = Image.new("RGB", (120, 80), f"#{seed[:6]}")
    ImageDraw.Draw(image).text((5, 30), seed, fill="white")
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=60)
    return buffer.getvalue()


def file_of(photo, role="id_front", position=0, **more):
    told = {"sha256": sha(photo), "bytes": len(photo), "role": role, "position": position}
    return told | {"taken_at": None, "kept": False, "warnings": []} | more


def manifest_of(photos, commune, *, answers=None, schema=3, **changed):
    """The bytes of a version; `photos`: role to bytes, or a list of files as file_of makes them."""
    files = photos if isinstance(photos, list) else [file_of(photo, role) for role, photo in photos.items()]
    made = datetime.now(UTC) - timedelta(hours=1)
    told = {
        "schema": schema,
        "id": str(uuid7()),
        "rev": 1,
        "device": DEVICE,
        "commune": commune,
        "recipient": None,
        "created_at": made.isoformat(),
        "captured_at": made.isoformat(),
        "clock_offset": 0,
        "answers": ANSWERS | (answers or {}),
        "read": {},
        "files": files,
        "app": "1.0",
    }
    return json.dumps(told | changed, ensure_ascii=False).encode()


def small(commune, **changed):
    """A case with two small photos, and the photos."""
    photos = [drawing(), drawing()]
    return manifest_of({"id_front": photos[0], "id_back": photos[1]}, commune, **changed), photos


def again(body, **changed):
    """Another version of the same case."""
    return json.dumps(json.loads(body) | changed, ensure_ascii=False).encode()


def id_of(body):
    return uuid.UUID(json.loads(body)["id"])


def phone_said(number):
    """Answers with this telephone number."""
    return ANSWERS | {"phone": {"owner": "recipient", "number": number}}


def the_case():
    """The only case there is."""
    return db.session.scalars(select(Case)).one()


def stored(app):
    """How many rows there are of what phones send."""
    with app.app_context():
        return [
            db.session.scalar(select(func.count()).select_from(kind)) for kind in (Case, CaseManifest, ReceivedFile)
        ]


def reviewed(app):
    """What the officer reads of the case that waits longest."""
    officer = Browser(app)
    officer.sign_in("officer")
    return officer.open("/review/").click("Mở hồ sơ chờ lâu nhất").words
