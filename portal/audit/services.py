"""Record an event in the transaction that it tells of."""

import json
from typing import Any, Protocol

from sqlalchemy import select

from portal.audit.models import FIRST_HASH, AuditChain, AuditEvent, fingerprint
from portal.db import db, now


class Actor(Protocol):
    """Who acts. Id and name are stored as values, so that the event outlives the account."""

    @property
    def id(self) -> int: ...
    @property
    def full_name(self) -> str: ...


def record(
    actor: Actor | None, action: str, subject: str, *, commune_id: int | None = None, **detail: Any
) -> AuditEvent:
    """Append an event to the commune's chain; `subject` is "table:id"; `detail` holds no photo, number or full account."""
    chain = commune_id or 0
    head = db.session.execute(
        select(AuditChain).where(AuditChain.chain == chain).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if head is None:
        head = AuditChain(chain=chain, seq=0, hash=FIRST_HASH)
        db.session.add(head)
    event = AuditEvent(
        chain=chain,
        seq=head.seq + 1,
        at=now(),
        actor_id=actor.id if actor else None,
        actor_name=actor.full_name if actor else "",
        action=action,
        subject=subject,
        detail=json.loads(json.dumps(detail, default=str)),
        previous_hash=head.hash,
    )
    event.hash = fingerprint(event)
    head.seq, head.hash = event.seq, event.hash
    db.session.add(event)
    db.session.flush()
    return event
