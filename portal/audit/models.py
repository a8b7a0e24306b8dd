"""The event and the head of its chain."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Key

FIRST_HASH = "0" * 64


class AuditChain(Base):
    """Head of one chain: `chain` is a commune's id, or 0 for what belongs to no commune."""

    __tablename__ = "audit_chain"
    chain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str]


class AuditEvent(Base):
    """One thing that somebody did. Rows are never changed nor deleted: triggers refuse it."""

    __tablename__ = "audit_event"
    __table_args__ = (UniqueConstraint("chain", "seq"),)
    id: Mapped[Key]
    chain: Mapped[int]
    seq: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str]


def fingerprint(event: AuditEvent) -> str:
    """SHA-256 over the event and the hash before it, in one canonical spelling."""
    told = [
        event.previous_hash,
        event.chain,
        event.seq,
        event.at.isoformat(),
        event.actor_id,
        event.actor_name,
        event.action,
        event.subject,
        event.detail,
    ]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
