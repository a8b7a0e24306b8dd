"""Start long work, ask it to stop, call it off."""

from sqlalchemy import event, update

from portal.audit.services import record
from portal.db import db, now, transaction
from portal.jobs.models import Job, JobState
from portal.jobs.queries import is_lost, living
from portal.jobs.refusals import StillWorking
from portal.jobs.store import Store, store
from portal.staff.models import StaffMember


def start(kind: str, subject: str, commune_id: int, actor: StaffMember, *, total: int = 0) -> Job:
    """Have a worker do it after this transaction; the job that already lives for `subject`, if one does."""
    if job := living(subject):
        return job
    job = Job(kind=kind, subject=subject, commune_id=commune_id, actor_id=actor.id, total=total, created_at=now())
    db.session.add(job)
    db.session.flush()
    record(actor, "job.started", subject, commune_id=commune_id, kind=kind)
    _wake_after_commit(store(), job.id)
    return job


def _wake_after_commit(queue: Store, job_id: int) -> None:
    @event.listens_for(db.session(), "after_commit", once=True)
    def wake(_session: object) -> None:
        queue.start(job_id)


def request_stop(actor: StaffMember, job: Job) -> None:
    """Ask the worker to stop it. Takes no lock of the database while a worker has the job; else it is stopped here."""
    job_id, actor_id = job.id, actor.id
    store().ask_to_stop(job_id, actor_id)
    if job.state == JobState.WAITING or is_lost(job):
        with transaction():
            _end(db.session.get_one(StaffMember, actor_id), db.session.get_one(Job, job_id))


def call_off(actor: StaffMember, subject: str) -> None:
    """End a job that no worker has; raises `StillWorking` if one has it."""
    must_be_free(subject)
    if job := living(subject):
        _end(actor, job)


def must_be_free(subject: str) -> None:
    """Raise `StillWorking` while a worker is at it."""
    job = living(subject)
    if job and job.state == JobState.RUNNING and not is_lost(job):
        raise StillWorking


def _end(actor: StaffMember, job: Job) -> None:
    same = (Job.id == job.id, Job.state == job.state, Job.attempts == job.attempts)
    stopped = update(Job).where(*same).values(state=JobState.STOPPED, ended_at=now())
    if db.session.execute(stopped).rowcount:  # type: ignore[attr-defined]
        record(actor, "job.stopped", job.subject, commune_id=job.commune_id, kind=job.kind, done=job.done)
    db.session.expire(job)
