"""Huey's queue wakes workers up, its table of values holds what they tell while they work.

Both must be writable while one long transaction holds SQLite's only write lock: there they are a file of their own. What
is kept here may be lost at any time; the row of the job in the database is the truth.
"""

import contextlib
import json
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import psycopg
from flask import current_app
from huey.storage import EmptyData, PostgresStorage, SqliteStorage
from sqlalchemy.engine import make_url

log = logging.getLogger("portal")
FRESH = 30.0  # seconds without a sign of life after which a worker is taken for dead
_WORKER = "worker"
_MISSING = (sqlite3.OperationalError, psycopg.errors.UndefinedTable)
T = TypeVar("T")


@dataclass(frozen=True)
class Figures:
    """`done` of `total` units at `at` (Unix time), by the attempt of that number; `seconds_left` once it is known."""

    attempt: int
    done: int
    total: int
    at: float
    seconds_left: float | None = None


class Store:
    """One installation's store; each call opens it for itself, so that threads and forks share nothing."""

    def __init__(self, database_url: str) -> None:
        self._url = make_url(database_url)

    def start(self, job_id: int) -> None:
        """Wake a worker up for a new job. Perhaps none hears it: they also look by themselves from time to time."""
        try:
            self.forget(job_id)
            self._use(lambda storage: storage.enqueue(b"look"))
        except Exception as error:  # the job is there; it is only found a little later
            log.warning("no worker could be woken up: %s", type(error).__name__)

    @contextmanager
    def waits(self) -> Iterator[Callable[[], bool]]:
        """A function that waits a moment and says whether a job may be there."""
        storage = self._made()

        def woken() -> bool:
            if storage.dequeue() is not None:
                return True
            if not storage.blocking:
                time.sleep(0.3)
            return False

        try:
            yield woken
        finally:
            storage.close()

    def tell(self, job_id: int, figures: Figures) -> None:
        """Keep the figures of a running job; its worker is alive."""

        def put(storage: Any) -> None:
            storage.put_data(f"job:{job_id}", json.dumps(asdict(figures)).encode())
            storage.put_data(_WORKER, str(figures.at).encode())

        self._use(put)

    def told(self, job_id: int) -> Figures | None:
        kept = self._get(f"job:{job_id}")
        return Figures(**json.loads(kept)) if kept else None

    def here_i_am(self) -> None:
        """A worker that waits for jobs is alive."""
        self._use(lambda storage: storage.put_data(_WORKER, str(time.time()).encode()))

    def somebody_works(self) -> bool:
        """Whether any worker gave a sign of life within the last seconds."""
        kept = self._get(_WORKER)
        return kept is not None and time.time() - float(kept) < FRESH

    def ask_to_stop(self, job_id: int, staff_id: int) -> None:
        self._use(lambda storage: storage.put_data(f"stop:{job_id}", str(staff_id).encode()))

    def asked_to_stop(self, job_id: int) -> int | None:
        """Who asked for it: the id of a staff member."""
        kept = self._get(f"stop:{job_id}")
        return int(kept) if kept else None

    def forget(self, job_id: int) -> None:
        def pop(storage: Any) -> None:
            for name in ("job", "stop"):
                storage.pop_data(f"{name}:{job_id}")

        self._use(pop)

    def _get(self, key: str) -> bytes | None:
        kept = self._use(lambda storage: storage.peek_data(key))
        return None if kept is EmptyData else bytes(kept)

    def _use(self, act: Callable[[Any], T]) -> T:
        storage = self._storage()
        try:
            return act(storage)
        except _MISSING:
            storage.close()
            storage = self._made()
            return act(storage)
        finally:
            storage.close()

    def _made(self) -> Any:
        storage = self._storage()
        with contextlib.suppress(psycopg.errors.UniqueViolation, psycopg.errors.DuplicateTable):
            storage.initialize_schema()  # refused where another process makes the tables at this moment
        return storage

    def _storage(self) -> Any:
        if self._url.get_backend_name() == "postgresql":
            dsn = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
            return PostgresStorage("portal", dsn=dsn, table_prefix="huey", create_tables=False)
        return SqliteStorage("portal", filename=f"{self._url.database}-jobs", create_tables=False)


def store() -> Store:
    """The store of the application that runs."""
    found: Store = current_app.extensions["jobs"]
    return found
