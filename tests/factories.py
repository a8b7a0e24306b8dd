"""People, places and work for tests: plain functions that write rows. Everybody is invented."""

from datetime import date

from sqlalchemy import select

from portal.access import Role
from portal.areas.models import Commune, Province, Village
from portal.audit.services import record
from portal.db import db, now
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
