"""The people of a commune as a phone takes them along: enough to find one without a network, no full number."""

import base64
import hmac
import json
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import case, func, select

from portal.areas.models import Commune
from portal.db import db
from portal.enrolment import queries
from portal.enrolment.models import Case, CaseState
from portal.formats import mask_id
from portal.recipients.models import Recipient, RecipientStatus

WAITING = (CaseState.RECEIVING, CaseState.SUBMITTED, CaseState.RETURNED)
SALT_BYTES, PREFIX_BYTES = 16, 3


@dataclass(frozen=True)
class Pack:
    """`content` as it is sent; `numbers`: the full ones, of which only salted prefixes are sent."""

    content: dict[str, Any]
    numbers: list[str]

    @property
    def tag(self) -> str:
        """Changes with whatever the phone would learn."""
        return sha256(json.dumps([self.content, self.numbers], ensure_ascii=False).encode()).hexdigest()[:32]

    def known(self) -> dict[str, str]:
        """`known`: sorted first 24 bits of HMAC-SHA256(salt, number), so that the phone can say "in the register".

        In a country of 10^8 numbers each prefix fits six: less than what the masks, which show eight digits, tell.
        """
        salt = secrets.token_bytes(SALT_BYTES)
        prefixes = sorted(hmac.digest(salt, number.encode(), "sha256")[:PREFIX_BYTES] for number in self.numbers)
        return {
            "salt": base64.b64encode(salt).decode(),
            "known": base64.b64encode(b"".join(prefixes)).decode(),
        }


def people_of(commune: Commune) -> Pack:
    """Live people in the order of given names: id, name, birth year, masked number, village, enrolled, code.

    `enrolled`: 0 no case, 1 a case waits, 2 a case is confirmed.
    """
    state = case((Case.state == CaseState.CONFIRMED, 2), (Case.state.in_(WAITING), 1), else_=0)
    made = (
        select(Case.recipient_id, func.max(state).label("enrolled"))
        .where(Case.commune_id == commune.id, Case.recipient_id.is_not(None))
        .group_by(Case.recipient_id)
        .subquery()
    )
    columns = (Recipient.id, Recipient.full_name, Recipient.birth_date, Recipient.citizen_id, Recipient.village_id)
    statement = (
        select(*columns, func.coalesce(made.c.enrolled, 0), Recipient.code)
        .outerjoin(made, made.c.recipient_id == Recipient.id)
        .where(Recipient.commune_id == commune.id, Recipient.status == RecipientStatus.LIVE)
        .order_by(Recipient.sort_key, Recipient.id)
    )
    rows = db.session.execute(statement).all()
    people = [
        [key, name, born.year if born else None, mask_id(number), village_id, enrolled, code]
        for key, name, born, number, village_id, enrolled, code in rows
    ]
    content = {
        "commune": {"id": commune.id, "name": commune.name},
        "villages": [[village.id, village.name] for village in queries.villages(commune.id)],
        "points": [[point.id, point.name] for point in queries.payout_points(commune.id)],
        "people": people,
    }
    return Pack(content, [row.citizen_id for row in rows if row.citizen_id])
