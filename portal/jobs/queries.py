"""The job of a subject, and how far it is."""

import time
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from portal.db import db, now
from portal.jobs.models import Job, JobState
from portal.jobs.store import FRESH, Figures, store
from portal.staff.models import StaffMember

PICKED_UP_WITHIN = timedelta(seconds=15)
_LIVING = (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True)
class Progress:
    """What a page shows of a job. `asleep`: it waits, and no worker of the server runs; `lost`: its worker is gone."""

    state: JobState
    kind: str
    done: int
    total: int
    seconds_left: float | None
    stopping: bool
    asleep: bool
    lost: bool
    started_by: str

    @property
    def lives(self) -> bool:
        return self.state in _LIVING


def last(subject: str) -> Job | None:
    return db.session.scalars(select(Job).where(Job.subject == subject).order_by(Job.id.desc()).limit(1)).first()


def living(subject: str) -> Job | None:
    return db.session.scalars(select(Job).where(Job.subject == subject, Job.state.in_(_LIVING))).one_or_none()


def progress(job: Job) -> Progress:
    """From the job's row and what its worker told since."""
    told = _told(job) if job.state == JobState.RUNNING else None
    waits = job.state == JobState.WAITING
    late = waits and now() - job.created_at > PICKED_UP_WITHIN
    return Progress(
        state=job.state,
        kind=job.kind,
        done=told.done if told else job.done,
        total=told.total if told else job.total,
        seconds_left=told.seconds_left if told else None,
        stopping=job.state in _LIVING and store().asked_to_stop(job.id) is not None,
        asleep=late and not store().somebody_works(),
        lost=is_lost(job),
        started_by=db.session.get_one(StaffMember, job.actor_id).full_name,
    )


def is_lost(job: Job) -> bool:
    """Whether a running job has had no sign of life from its worker for too long."""
    if job.state != JobState.RUNNING:
        return False
    told = _told(job)
    row = job.heartbeat.timestamp() if job.heartbeat else 0.0
    return time.time() - max(row, told.at if told else 0.0) > FRESH


def _told(job: Job) -> Figures | None:
    """What this attempt told: an older one may have been left behind."""
    told = store().told(job.id)
    return told if told and told.attempt == job.attempts else None
