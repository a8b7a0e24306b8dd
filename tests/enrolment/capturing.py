"""What several tests of the capture need: photos, a person of the register, complete answers."""

import io
from datetime import date
from pathlib import Path

from portal.db import db, now
from portal.documents.models import Photo
from portal.enrolment import services
from portal.enrolment.identifiers import uuid7
from portal.enrolment.models import FileRole
from portal.enrolment.steps import Step
from portal.recipients.models import BirthPrecision, Sex
from tests import factories

PHOTOS = Path(__file__).parents[1] / "fixtures" / "photos"
FRONT, BACK, NO_QR = "cccd-front.jpg", "can-cuoc-back.jpg", "cccd-back-no-qr.jpg"
NUMBER = "020046241877"  # on cccd-front.jpg, with Bế Văn Đoàn, 21/12/1946
OTHER_NUMBER = "008058642454"  # on can-cuoc-back.jpg, with Đàm Viết Sằn


def photo(name=FRONT):
    return io.BytesIO((PHOTOS / name).read_bytes()), name


def doan(commune_id, **columns):
    """The register writes his name with another vowel and knows only the year."""
    told = {
        "citizen_id": NUMBER,
        "sex": Sex.MALE,
        "birth_date": date(1946, 1, 1),
        "birth_precision": BirthPrecision.YEAR,
    }
    return factories.recipient(commune_id, "Bế Văn Đoan", **(told | columns))


IDENTITY = {
    "full_name": "Bế Văn Đoàn",
    "birth_date": "1946-12-21",
    "birth_precision": "day",
    "sex": "male",
    "citizen_id": NUMBER,
    "old_id": None,
    "address": "Thôn Nà Tồng",
    "issued_on": "2021-12-30",
    "document": "citizen_card",
    "name_from": "card",
    "card": None,
}
PHONE = {"number": "0968123414", "owner": "recipient", "owner_name": ""}
CASH = {
    "kind": "cash_point",
    "provider_bin": None,
    "account_number": None,
    "holder_name": "",
    "reason": "",
    "reason_code": None,
    "payout_point_id": None,
}
ACCOUNT = CASH | {
    "kind": "bank_account",
    "provider_bin": "970405",
    "account_number": "8412205401076",
    "holder_name": "BE VAN DOAN",
}
PROXY = {
    "kind": "proxy",
    "full_name": "Đàm Viết Sằn",
    "citizen_id": OTHER_NUMBER,
    "birth_date": "1958-12-30",
    "phone": None,
    "relation": "em trai",
    "scope": "receive",
    "paper_no": "12/UQ",
    "certified_by": "UBND xã Bình Gia",
    "certified_on": None,
    "valid_from": None,
    "valid_until": None,
    "lacks_capacity": False,
}
CONSENT = {"purposes": ["pay"], "strokes": [[[1, 2], [30, 40]]]}
ANSWERS = {
    Step.IDENTITY: IDENTITY,
    Step.PHONE: PHONE,
    Step.METHOD: CASH,
    Step.REPRESENTATIVE: None,
    Step.CONSENT: CONSENT,
}


def stored_photo(member, commune_id, name="a", warnings=()):
    row = Photo(
        commune_id=commune_id,
        sha256=f"{name}-{now().timestamp()}",
        size=10,
        width=100,
        height=60,
        phash="0" * 16,
        key_id="test",
        quality={"warnings": list(warnings)},
        created_at=now(),
        created_by=member.id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def complete_draft(member, commune, person, **changed):
    """A draft with every answer and photo; `changed` replaces the answers of steps."""
    case = services.start(member, commune, uuid7(), person)
    for step, answers in (ANSWERS | {Step(name): value for name, value in changed.items()}).items():
        services.save_step(member, case, step, answers, {})
    for role in (FileRole.ID_FRONT, FileRole.ID_BACK):
        services.attach(member, case, role, 0, stored_photo(member, commune.id, role))
    return case
