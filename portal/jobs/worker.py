"""The worker: takes jobs that wait, one at a time, and gives back those whose worker died."""

import json
import logging
import secrets
import time
from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from portal.audit.services import record
from portal.db import db, now, reading, transaction
from portal.errors import DomainError, places
from portal.jobs.models import Job, JobState
from portal.jobs.queries import is_lost
from portal.jobs.refusals import DiesEachTime, Fault
from portal.jobs.store import store
from portal.jobs.work import Handler, Leaving, Lost, Stopped, Work
from portal.staff.models import StaffMember

log = logging.getLogger("portal")
LOOK = 5.0  # seconds between two looks at the jobs themselves, woken up or not
TRIES = 5


def run(app: Flask) -> None:
    """Work until the process is asked to leave."""
    with app.app_context():
        queue = store()
    while not Work.leaving.is_set():
        try:
            with queue.waits() as woken:
                _serve(app, woken)
        except Exception as error:  # a database that restarts: the jobs are still there afterwards
            log.warning("the worker tries again: %s", type(error).__name__)
            Work.leaving.wait(LOOK)


def _serve(app: Flask, woken: Any) -> None:
    looked = 0.0
    while not Work.leaving.is_set():
        if woken() or time.monotonic() - looked > LOOK:
            with app.app_context():
                store().here_i_am()
                while not Work.leaving.is_set() and work_once():
                    pass
            looked = time.monotonic()


def work_once() -> bool:
    """Do one job that waits; False if there is none. Needs an application context."""
    sweep()
    work = _claim()
    if work is None:
        return False
    handlers: Mapping[str, Any] = current_app.extensions["job_handlers"]
    with work.beating():
        _do(work, handlers[work.kind]())
    store().forget(work.job_id)
    return True


def sweep() -> None:
    """Jobs whose worker gives no sign of life wait again, for whoever comes first."""
    with reading():
        running = db.session.scalars(select(Job).where(Job.state == JobState.RUNNING)).all()
        lost = [(job.id, job.attempts, store().asked_to_stop(job.id)) for job in running if is_lost(job)]
    for job_id, attempts, stopped_by in lost:
        with transaction():
            job = db.session.get_one(Job, job_id, with_for_update=True)
            if job.state == JobState.RUNNING and job.attempts == attempts:
                _bring_back(job, stopped_by)


def _bring_back(job: Job, stopped_by: int | None) -> None:
    detail = {"kind": job.kind, "done": job.done, "attempt": job.attempts}
    if stopped_by is not None:
        actor = db.session.get_one(StaffMember, stopped_by)
        job.state, job.ended_at = JobState.STOPPED, now()
        record(actor, "job.stopped", job.subject, commune_id=job.commune_id, **detail)
    elif job.attempts >= TRIES:
        job.state, job.ended_at, job.error = JobState.FAILED, now(), as_json(DiesEachTime(times=job.attempts))
        record(None, "job.failed", job.subject, commune_id=job.commune_id, **detail)
    else:
        job.state = JobState.WAITING
        record(None, "job.resumed", job.subject, commune_id=job.commune_id, **detail)


def _claim() -> Work | None:
    """The oldest job that waits; of two workers who see it, the database lets one have it."""
    with reading():
        waiting = db.session.scalars(select(Job.id).where(Job.state == JobState.WAITING).order_by(Job.id)).all()
    for job_id in waiting:
        mine = update(Job).where(Job.id == job_id, Job.state == JobState.WAITING)
        at = now()
        values = {"state": JobState.RUNNING, "attempts": Job.attempts + 1, "started_at": at, "heartbeat": at}
        with transaction():
            claimed: Any = db.session.execute(mine.values(values))
            if claimed.rowcount:
                return Work(db.session.get_one(Job, job_id, populate_existing=True), store())
    return None


def _do(work: Work, handler: Handler) -> None:
    """One attempt: whatever becomes of it, the job's row says so in the end, unless another worker has it now."""
    try:
        _attempt(work, handler)
    except Lost:
        log.warning("job %s went on elsewhere", work.job_id)
    except OperationalError as error:  # locked by others, or the server of the database restarts: not the job's fault
        log.warning("job %s is tried again: %s", work.job_id, type(error.orig).__name__)


def _attempt(work: Work, handler: Handler) -> None:
    try:
        with transaction():
            said = handler.work(work)
            _end(work, JobState.FAILED if said else JobState.DONE, said)
    except (Lost, OperationalError):
        raise
    except Stopped:
        with transaction():
            _end(work, JobState.STOPPED)
    except Leaving:
        with transaction():
            work.hold(state=JobState.WAITING)
    except DomainError as error:
        with transaction():
            handler.refused(work)
            _end(work, JobState.FAILED, error)
    except Exception as error:
        code = secrets.token_hex(3).upper()
        with transaction():
            _end(work, JobState.FAILED, Fault(code=code))
        log.error("fault %s %s at %s in %s", code, type(error).__name__, " > ".join(places(error)[-6:]), work.kind)


def _end(work: Work, state: JobState, error: DomainError | None = None) -> None:
    work.hold(state=state, ended_at=now(), error=as_json(error) if error else None)
    detail: dict[str, Any] = {"kind": work.kind, "done": work.done, "total": work.total}
    if state == JobState.STOPPED:
        actor = db.session.get(StaffMember, work.stopped_by)
        record(actor, "job.stopped", work.subject, commune_id=work.commune_id, **detail)
    if state == JobState.FAILED:
        detail["reason"] = type(error).__name__
        record(None, "job.failed", work.subject, commune_id=work.commune_id, **detail)


def as_json(error: DomainError) -> dict[str, Any]:
    """The sentence to be translated for whoever reads it, and its values."""
    return {"text": error.message_id, "values": json.loads(json.dumps(error.values, default=str))}
