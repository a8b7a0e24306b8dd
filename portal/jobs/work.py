"""One attempt at one job, as its handler sees it: it tells how far it is, saves, and hears when it must stop."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from portal.db import commit_so_far, db, now
from portal.errors import DomainError
from portal.jobs.models import Job, JobState
from portal.jobs.store import Figures, Store
from portal.staff.models import StaffMember

log = logging.getLogger("portal")
BEAT = 1.0  # seconds between two signs of life
_SPAN = 20.0  # seconds that the time left is reckoned from
_KNOWN_AFTER = 3.0


class Stopped(Exception):
    """Someone asked for the work to stop."""


class Leaving(Exception):
    """The worker is told to end; the job waits for the next one."""


class Lost(Exception):
    """This worker was taken for dead, and the job given to another one."""


@dataclass(frozen=True)
class Handler:
    """What does one kind of work. `work` runs in one transaction, unless it saves; it may return a sentence to end with.

    `refused` is called when `work` raised a `DomainError`, in the transaction that ends the job: it tidies up.
    """

    work: Callable[["Work"], DomainError | None]
    refused: Callable[["Work"], None] = lambda _work: None


class Work:
    """`subject_id`: what it is about. `second`: how long the second half takes, compared with the first.

    The figures are told by a thread of their own, so that no statement delays them.
    """

    leaving = threading.Event()  # set for all when the process is asked to end

    def __init__(self, job: Job, store: Store) -> None:
        self.job_id, self.kind, self.subject, self.commune_id = job.id, job.kind, job.subject, job.commune_id
        self.subject_id = int(job.subject.partition(":")[2])
        self.actor_id, self.attempt = job.actor_id, job.attempts
        self.done, self.total, self.second = 0, job.total, 1.0
        self.stopped_by: int | None = None
        self._store = store
        self._past: deque[tuple[float, float]] = deque()

    @property
    def actor(self) -> StaffMember:
        """Who started it."""
        return db.session.get_one(StaffMember, self.actor_id)

    def tell(self, done: int, total: int) -> None:
        """How much is done; raises `Stopped` or `Leaving`."""
        self.done, self.total = min(done, total), total
        if self.stopped_by is not None:
            raise Stopped
        if self.leaving.is_set():
            raise Leaving

    def save(self) -> None:
        """Make what was done so far durable; raises `Lost` if another worker has the job now."""
        self.hold()
        commit_so_far()

    def hold(self, **values: Any) -> None:
        """Write the figures (and `values`) into the job's row, if this attempt still is the one that counts."""
        mine = (Job.id == self.job_id, Job.attempts == self.attempt, Job.state == JobState.RUNNING)
        told = {"done": self.done, "total": self.total, "heartbeat": now()}
        if db.session.execute(update(Job).where(*mine).values(told | values)).rowcount != 1:  # type: ignore[attr-defined]
            raise Lost

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Tell figures and hear of stop requests while the block runs."""
        ended = threading.Event()
        thread = threading.Thread(target=self._beat, args=(ended,), name=f"job-{self.job_id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _beat(self, ended: threading.Event) -> None:
        while True:
            try:
                figures = Figures(self.attempt, self.done, self.total, time.time(), self._seconds_left())
                self._store.tell(self.job_id, figures)
                self.stopped_by = self._store.asked_to_stop(self.job_id)
            except Exception as error:  # the work goes on without a sign of life; its row tells who has it
                log.warning("job %s cannot tell how far it is: %s", self.job_id, type(error).__name__)
            if ended.wait(BEAT):
                return

    def _seconds_left(self) -> float | None:
        """From the pace of the last seconds; None before there is one."""
        at, done = time.monotonic(), self._effort(self.done)
        self._past.append((at, done))
        while at - self._past[0][0] > _SPAN:
            self._past.popleft()
        since, before = next((mark for mark in self._past if mark[1]), (at, done))
        if at - since < _KNOWN_AFTER or done <= before:
            return None
        return (self._effort(self.total) - done) * (at - since) / (done - before)

    def _effort(self, done: int) -> float:
        half = self.total / 2
        return min(done, half) + max(0.0, done - half) * self.second
