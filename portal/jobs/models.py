"""Long work: what it is about, how far it is, and where it goes on after it was interrupted."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Key, states


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


_LIVING = text("state IN ('waiting', 'running')")


class Job(Base):
    """`kind` names the handler, `subject` what it works on ("roster_file:12"): one job at a time lives for a subject.

    `done` of `total` counts rows. `checkpoint`: what the handler needs to go on. `error`: code and values of the
    sentence that says why it failed. `heartbeat`: a running job without a fresh one has lost its worker.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("uq_job_one_per_subject", "subject", unique=True, postgresql_where=_LIVING, sqlite_where=_LIVING),
        Index(None, "state", "id"),
        CheckConstraint("done >= 0 AND total >= 0", name="counts_not_negative"),
    )
    id: Mapped[Key]
    commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"))
    kind: Mapped[str]
    subject: Mapped[str]
    state: Mapped[JobState] = mapped_column(states(JobState), default=JobState.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    checkpoint: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[dict[str, Any] | None]
    attempts: Mapped[int] = mapped_column(default=0)
    actor_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    heartbeat: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
