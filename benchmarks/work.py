"""Work of one commune, of the size that a large one has: a list of everybody, cases that wait, what the bank sends back."""

import csv
import hashlib
import uuid
from datetime import timedelta
from random import Random

from sqlalchemy import insert, select, text, update

from portal.db import db, now
from portal.documents.models import Photo
from portal.enrolment.models import Case, CaseFile, CaseState, FileRole
from portal.payouts.models import Line
from portal.recipients.models import (
    ACCOUNT_KINDS,
    Category,
    Entitlement,
    MethodKind,
    MethodStatus,
    PaymentMethod,
    Programme,
    Recipient,
)
from tests.factories import payload

ROLES = (FileRole.ID_FRONT, FileRole.ID_BACK, FileRole.CONSENT)
HEAD = ("Ngày giao dịch", "Số tham chiếu", "Số tiền ghi nợ", "Số tiền ghi có", "Số dư", "Nội dung chi tiết")


def one_programme(commune_id):
    """Everybody of the commune is paid of one programme, and whoever fetched cash through an account."""
    programme = db.session.scalars(select(Programme).where(Programme.code == "BTXH")).one()
    category = db.session.scalars(select(Category).where(Category.programme_id == programme.id).limit(1)).one()
    theirs = Entitlement.commune_id == commune_id
    values = {"programme_id": programme.id, "category_id": category.id}
    db.session.execute(update(Entitlement).where(theirs).values(values))
    cash = (
        PaymentMethod.commune_id == commune_id,
        PaymentMethod.status == MethodStatus.READY,
        PaymentMethod.kind == MethodKind.CASH_POINT,
    )
    number = text("'9' || recipient_id")
    account = {"kind": MethodKind.BANK_ACCOUNT, "provider_bin": "970405", "account_number": number}
    db.session.execute(update(PaymentMethod).where(*cash).values(account))
    return programme


def waiting_cases(commune_id, clerk, count):
    """Cases handed in that wait for a decision, with three photos each (their records: nobody opens the photos here)."""
    people = db.session.execute(
        select(Recipient.id, Recipient.full_name, Recipient.citizen_id, Recipient.birth_date)
        .where(Recipient.commune_id == commune_id, Recipient.citizen_id.is_not(None))
        .order_by(Recipient.id)
        .limit(count)
    ).all()
    random = Random(count)
    cases = [_case(commune_id, clerk, number, person) for number, person in enumerate(people, 1)]
    db.session.execute(insert(Case), cases)
    photos = [_photo(commune_id, clerk, random) for _ in range(len(cases) * len(ROLES))]
    made = insert(Photo).returning(Photo.id, sort_by_parameter_order=True)
    keys = db.session.scalars(made, photos).all()
    places = [(case, role) for case in cases for role in ROLES]
    files = [
        {"commune_id": commune_id, "case_id": case["id"], "role": role, "photo_id": key, "position": 0}
        for (case, role), key in zip(places, keys, strict=True)
    ]
    db.session.execute(insert(CaseFile), files)


def _case(commune_id, clerk, number, person):
    at = now() - timedelta(days=3) + timedelta(seconds=number)
    identity = {"full_name": person.full_name, "citizen_id": person.citizen_id}
    if person.birth_date:
        identity["birth_date"] = person.birth_date.isoformat()
    accounts = {"account_number": f"8410299{number:06d}", "holder_name": person.full_name}
    return {
        "id": uuid.uuid4(),
        "commune_id": commune_id,
        "recipient_id": person.id,
        "state": CaseState.SUBMITTED,
        "number": f"DO-{number:06d}",
        "captured_by": clerk.id,
        "captured_by_name": clerk.full_name,
        "captured_at": at,
        "received_at": at,
        "payload": payload(identity=identity, phone={"number": f"0969{number:06d}"}, method=accounts),
        "provenance": {"identity.citizen_id": "scanned"},
    }


def _photo(commune_id, clerk, random):
    return {
        "commune_id": commune_id,
        "sha256": hashlib.sha256(random.randbytes(8)).hexdigest(),
        "size": 200_000,
        "width": 1600,
        "height": 1000,
        "phash": random.randbytes(8).hex(),
        "key_id": "test",
        "quality": {"warnings": []},
        "created_at": now(),
        "created_by": clerk.id,
    }


def statement(path, run, entries):
    """Write the bank's CSV of a list: one payment for each account line, and foreign money up to `entries`."""
    paid = db.session.execute(
        select(Line.reference, Line.amount_total, Line.account_number, Line.payee_name)
        .where(Line.run_id == run.id, Line.channel.in_(ACCOUNT_KINDS))
        .order_by(Line.number)
    ).all()
    day = f"{run.month:10/%m/%Y} 08:00:00"
    balance = sum(line.amount_total for line in paid)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(["SAO KÊ TÀI KHOẢN", "8412201000015", "UBND XÃ"])
        out.writerow(["Số dư đầu kỳ", balance])
        out.writerow([*HEAD, "Tên tài khoản đối ứng", "Số tài khoản đối ứng"])
        for at, line in enumerate(paid):
            balance -= line.amount_total
            memo = f"Tro cap {line.reference}"
            out.writerow(
                [day, f"FT{at:09d}", line.amount_total, "", balance, memo, line.payee_name, line.account_number]
            )
        for at in range(len(paid), entries):
            balance += 1000
            out.writerow([day, f"FT{at:09d}", "", 1000, balance, "Tra lai tien gui", "", ""])
