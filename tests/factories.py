"""People, places and work for tests: plain functions that write rows. Everybody is invented."""

import io
import uuid
from datetime import UTC, date, datetime, timedelta
from random import Random

from PIL import Image, ImageDraw
from sqlalchemy import insert, select

from portal.access import Role
from portal.areas.models import Commune, PayoutPoint, Province, Village
from portal.audit.services import record
from portal.db import db, now
from portal.documents.models import Photo
from portal.documents.quality import fingerprint
from portal.enrolment.models import Case, CaseFile, CaseState, FileRole
from portal.payouts import seal
from portal.payouts.models import Line, Run, RunState
from portal.recipients import methods
from portal.recipients.models import (
    Entitlement,
    MethodKind,
    MethodStatus,
    PaymentMethod,
    Programme,
    Recipient,
    Sex,
)
from portal.staff.models import StaffMember
from portal.staff.services import hash_password
from portal.vietnam.names import clean, search_key, sort_key
from portal.vietnam.references import make

PASSWORD = "mat khau thu nghiem"
NAMES = {
    Role.BANK_STAFF: "Lê Thu Hà",
    Role.VISITOR: "Nông Văn Thử",
    Role.OFFICER: "Nguyễn Thị Hương",
    Role.APPROVER: "Hoàng Văn Bằng",
    Role.POLICE: "Lý Văn Páo",
    Role.SUPERVISOR: "Vi Thị Ven",
    Role.ADMIN: "Đặng Quản Trị",
}


def commune(app, code="06112", name="Xã Bình Gia", prefix="BG", suffix=""):
    """A commune with one staff member of each role; returns its id. `suffix` keeps a second one's usernames apart."""
    if db.session.get(Province, "20") is None:
        db.session.add(Province(code="20", name="tỉnh Lạng Sơn"))
    place = Commune(code=code, name=name, prefix=prefix, province_code="20")
    db.session.add(place)
    db.session.flush()
    for role in Role:
        staff_member(role.value + suffix, role, place)
    for village_name in ("Khối phố 1", "Nà Pái", "Tòng Chu"):
        db.session.add(Village(commune_id=place.id, name=village_name, search_key=search_key(village_name)))
    record(None, "commune.added", f"commune:{place.id}", commune_id=place.id)
    db.session.commit()
    return place.id


def staff_member(username, role, *communes):
    member = StaffMember(
        username=username,
        full_name=NAMES[role],
        role=role,
        provider_bin="970405" if role == Role.BANK_STAFF else None,
        password_hash=hash_password(PASSWORD, 1),
        communes=list(communes),
    )
    db.session.add(member)
    db.session.flush()
    return member


def member(username):
    return db.session.scalars(select(StaffMember).where(StaffMember.username == username)).one()


def programme(code="BTXH"):
    """Programmes come with the migrations."""
    return db.session.scalars(select(Programme).where(Programme.code == code)).one()


def village(commune_id, name="Tòng Chu"):
    return db.session.scalars(
        select(Village).where(Village.commune_id == commune_id, Village.search_key == search_key(name))
    ).one()


def recipient(commune_id, name="Hoàng Thị Vẻ", *, code=None, amount=810_000, method=MethodKind.CASH_POINT, **columns):
    """A live recipient with one live entitlement (BTXH, from 01/2025) and one ready payment method (None: none)."""
    count = db.session.query(Recipient).filter_by(commune_id=commune_id).count()
    person = Recipient(
        commune_id=commune_id,
        code=code or f"BG{count + 1:05d}",
        full_name=clean(name),
        search_key=search_key(name),
        sort_key=sort_key(name),
        **({"sex": Sex.FEMALE, "village_id": village(commune_id).id} | columns),
    )
    db.session.add(person)
    db.session.flush()
    db.session.add(
        Entitlement(
            commune_id=commune_id,
            recipient_id=person.id,
            programme_id=programme().id,
            code=person.code,
            category_text="Người khuyết tật nặng",
            coefficient_hundredths=150,
            monthly_amount=amount,
            first_month=date(2025, 1, 1),
        )
    )
    if method:
        payment_method(person, method)
    db.session.flush()
    return person


def payment_method(person, kind=MethodKind.BANK_ACCOUNT, status=MethodStatus.READY, **columns):
    account = {"provider_bin": "970405", "account_number": f"8410205{person.id:06d}", "holder_name": "NGUOI HUONG"}
    method = PaymentMethod(
        commune_id=person.commune_id,
        recipient_id=person.id,
        kind=kind,
        status=status,
        since=now().date(),
        source="test",
        **((account if kind in (MethodKind.BANK_ACCOUNT, MethodKind.WALLET) else {}) | columns),
    )
    db.session.add(method)
    db.session.flush()
    return method


def tiny_photo(app, commune_id, seed=0, *, taken_by="bank_staff", **columns):
    """A photo of some lines drawn at random by `seed`, stored in the vault; returns its row."""
    random = Random(seed)
    image = Image.new("RGB", (320, 200), "white")
    for _ in range(12):
        line = [(random.randrange(320), random.randrange(200)) for _ in range(2)]
        ImageDraw.Draw(image).line(
            line, fill=random.choice(("black", "navy", "darkred")), width=random.randrange(4, 30)
        )
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=60)
    stored = app.extensions["vault"].put(commune_id, buffer.getvalue())
    known = db.session.scalars(select(Photo).where(Photo.commune_id == commune_id, Photo.sha256 == stored.sha256))
    if found := known.one_or_none():
        return found
    values = {
        "sha256": stored.sha256,
        "size": stored.size,
        "width": 320,
        "height": 200,
        "phash": fingerprint(image),
        "key_id": stored.key_id,
        "quality": {"warnings": []},
        "created_at": now(),
        "created_by": member(taken_by).id,
    }
    photo = Photo(commune_id=commune_id, **(values | columns))
    db.session.add(photo)
    db.session.flush()
    return photo


def payload(**steps):
    """The answers of a whole case about Hoàng Thị Vẻ; `identity`, `phone` and so on change single answers, None drops a step."""
    whole = {
        "identity": {
            "full_name": "Hoàng Thị Vẻ",
            "birth_date": "1948-09-02",
            "birth_precision": "day",
            "sex": "female",
            "citizen_id": "020148000123",
            "old_id": None,
            "address": "Tòng Chu, xã Mông Ân, huyện Bình Gia, Lạng Sơn",
            "issued_on": "2021-08-10",
            "document": "citizen_card",
            "name_from": "card",
            "card": None,
        },
        "phone": {"number": "0968000214", "owner": "relative", "owner_name": "Hoàng Văn Lập"},
        "method": {
            "kind": "bank_account",
            "provider_bin": "970405",
            "account_number": "8410205000123",
            "holder_name": "HOANG THI VE",
            "reason": "",
            "payout_point_id": None,
        },
        "representative": None,
        "consent": {"purposes": ["pay", "keep_photo"], "strokes": None},
    }
    for step, answers in steps.items():
        whole[step] = answers and (whole.get(step) or {}) | answers
    return {step: answers for step, answers in whole.items() if answers is not None or step == "representative"}


def proxy(**answers):
    """A representative by a certified paper, for `payload(representative=...)`."""
    born = {"full_name": "Hoàng Văn Lập", "citizen_id": "020078000456", "birth_date": "1978-05-01"}
    paper = {"paper_no": "12/2026", "certified_by": "UBND xã Bình Gia", "certified_on": now().date().isoformat()}
    dates = {"valid_from": None, "valid_until": None}
    return {"kind": "proxy", "relation": "con", "scope": "receive", "phone": None} | born | paper | dates | answers


def submitted_case(app, person=None, *, commune_id=None, by="bank_staff", photos=3, seed=None, days=0, **steps):
    """A case handed in `days` ago with photos of both card sides and the signed sheet, proposed for `person` if known.

    `steps` change the answers (see `payload`).
    """
    commune_id = commune_id or person.commune_id
    clerk, count = member(by), db.session.query(Case).filter_by(commune_id=commune_id).count() + 1
    at = now() - timedelta(days=days) + timedelta(seconds=count)
    case = Case(
        id=uuid.uuid4(),
        commune_id=commune_id,
        recipient_id=person.id if person else None,
        state=CaseState.SUBMITTED,
        number=f"BG-2611-{count:05d}",
        captured_by=clerk.id,
        captured_by_name=clerk.full_name,
        captured_at=at,
        received_at=at,
        payload=payload(**steps),
        provenance={"identity.citizen_id": "scanned", "identity.full_name": "scanned", "phone.number": "typed"},
    )
    db.session.add(case)
    db.session.flush()
    roles = (FileRole.ID_FRONT, FileRole.ID_BACK, FileRole.CONSENT)[:photos]
    for place, role in enumerate(roles):
        photo = tiny_photo(app, commune_id, (seed or count) * 10 + place, taken_by=by)
        db.session.add(CaseFile(commune_id=commune_id, case_id=case.id, role=role, photo_id=photo.id))
    if person:
        methods.propose(case.id, person, case.payload.get("method") or {}, case.payload.get("representative"))
    db.session.flush()
    return case


def payout_point(commune_id, name="Nhà văn hóa Tòng Chu"):
    point = PayoutPoint(commune_id=commune_id, name=name)
    db.session.add(point)
    db.session.flush()
    return point


def payment_line(number, **columns):
    """What `sent_run` needs of one line; every account and name is another's unless told otherwise."""
    letters = "".join(chr(65 + number // 26**power % 26) for power in (2, 1, 0))
    return {
        "payee_name": f"Hoàng Thị {letters.title()}",
        "amount_total": 540_000 + number % 4 * 270_000,
        "channel": MethodKind.BANK_ACCOUNT,
        "provider_bin": "970405" if number % 3 else "970436",
        "account_number": f"8410205{number:06d}" if number % 3 else f"0071000{number:06d}",
        "village_name": ("Tòng Chu", "Nà Pái")[number % 2],
    } | columns


def sent_run(commune_id, lines, month=date(2026, 11, 1), programme_code="BTXH", state=RunState.SENT, sequence=1):
    """An approved list in this state with these lines (see `payment_line`), written set-based; returns its id."""
    place, plan = db.session.get(Commune, commune_id), programme(programme_code)
    run = Run(
        commune_id=commune_id, programme_id=plan.id, month=month, sequence=sequence, state=RunState.DRAFT,
        created_by_name=NAMES[Role.OFFICER], created_at=now(),
    )  # fmt: skip
    db.session.add(run)
    db.session.flush()
    first = db.session.query(Recipient).filter_by(commune_id=commune_id).count() + 1
    home = village(commune_id).id
    people = [
        {
            "commune_id": commune_id, "code": f"BG{first + at:05d}", "full_name": line["payee_name"], "village_id": home,
            "search_key": search_key(line["payee_name"]), "sort_key": sort_key(line["payee_name"]), "sex": Sex.FEMALE,
        }
        for at, line in enumerate(lines)
    ]  # fmt: skip
    people_ids = db.session.scalars(
        insert(Recipient).returning(Recipient.id, sort_by_parameter_order=True), people
    ).all()
    entitled = [
        {
            "commune_id": commune_id, "recipient_id": recipient_id, "programme_id": plan.id, "category_text": "KTN",
            "coefficient_hundredths": 150, "monthly_amount": line["amount_total"], "first_month": date(2025, 1, 1),
            "code": person["code"],
        }
        for recipient_id, line, person in zip(people_ids, lines, people, strict=True)
    ]  # fmt: skip
    given = insert(Entitlement).returning(Entitlement.id, sort_by_parameter_order=True)
    entitlement_ids = db.session.scalars(given, entitled).all()
    rows = [
        {
            "commune_id": commune_id, "run_id": run.id, "entitlement_id": entitlement_ids[at], "recipient_id": people_ids[at],
            "month": month, "number": at + 1, "reference": make(programme_code, month, place.code, first + at),
            "amount_month": line["amount_total"], "recipient_name": line["payee_name"], "recipient_code": people[at]["code"],
            "sort_key": people[at]["sort_key"], "category_text": "KTN", **line,
        }
        for at, line in enumerate(lines)
    ]  # fmt: skip
    db.session.execute(insert(Line), rows)
    officer, approver = member("officer"), member("approver")
    run.prepared_by, run.prepared_by_name = officer.id, officer.full_name
    run.approved_by, run.approved_by_name = approver.id, approver.full_name
    run.approved_at = run.prepared_at = datetime(2026, 11, 6, 3, tzinfo=UTC)
    run.sent_at = datetime(2026, 11, 9, 3, tzinfo=UTC)
    run.seal, run.state = seal.compute(run), state
    record(None, "run.drawn_up", f"run:{run.id}", commune_id=commune_id)
    db.session.commit()
    return run.id
