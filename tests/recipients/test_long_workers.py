"""Workers of big lists in a process of their own: killed, or asked to leave."""

import base64
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select

from portal.audit.queries import verify
from portal.db import db, now, reading
from portal.jobs import JobState
from portal.recipients.models import Entitlement, Recipient, RosterRow
from tests.conftest import PHOTO_KEY
from tests.recipients.long_lists import big_list, events, load_big, the_job, work
from tests.recipients.test_pages import count

ROOT = Path(__file__).parents[2]
KILLED = 20_000


@pytest.fixture
def start_worker(app):
    """start_worker() starts a worker in a process of its own, as an installation runs it."""
    chosen, started = app.config["SETTINGS"], []
    settings = {
        "PORTAL_INSTANCE": str(chosen.instance),
        "PORTAL_DATABASE_URL": chosen.database_url,
        "PORTAL_SECRET_KEY": chosen.secret_key,
        "PORTAL_PHOTO_KEYS": f"test:{base64.b64encode(PHOTO_KEY).decode()}",
    }

    def start():
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "work"]
        started.append(subprocess.Popen(command, cwd=ROOT, env=os.environ | settings))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def rows_stored(app):
    """Looks without the write lock, for which it would wait until the worker has ended."""
    with app.app_context(), reading():
        return db.session.scalar(select(func.count()).select_from(RosterRow))


def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def after_the_worker_is_taken_for_dead():
    return time_machine.travel(now() + timedelta(seconds=31), tick=True)


def test_worker_killed_while_it_reads_and_while_it_applies_loses_nothing_and_doubles_nothing(
    app, sign_in, start_worker
):
    officer = sign_in("officer")
    page = load_big(officer, big_list(KILLED).encode())
    worker = start_worker()
    until(lambda: rows_stored(app) >= 1_000)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    kept = count(app, RosterRow)
    assert the_job(app).state == JobState.RUNNING and 1_000 <= kept < KILLED
    assert not work(app), "its worker may still be alive"
    with after_the_worker_is_taken_for_dead():
        assert "Máy chủ vừa bị ngắt" in sign_in("officer").open(page.url).words
        assert work(app)
    with app.app_context():
        numbers = select(func.count(), func.count(RosterRow.row.distinct()), func.count(RosterRow.key.distinct()))
        assert tuple(db.session.execute(numbers).one()) == (KILLED,) * 3
    officer.open(page.url).submit("Áp dụng: 20.000 mới")
    worker = start_worker()
    until(lambda: the_job(app).state == JobState.RUNNING)
    time.sleep(0.7)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert the_job(app).state == JobState.RUNNING and count(app, Recipient) == 0
    with after_the_worker_is_taken_for_dead():
        assert work(app)
    assert count(app, Recipient) == count(app, Entitlement) == KILLED and the_job(app).attempts == 2
    assert len(events(app, "job.resumed")) == 2 and len(events(app, "roster.applied")) == 1
    with app.app_context():
        assert verify()[1] == []


def test_worker_that_is_asked_to_leave_gives_its_job_to_the_next_one_at_once(app, sign_in, start_worker):
    page = load_big(sign_in("officer"), big_list(KILLED).encode())
    worker = start_worker()
    until(lambda: rows_stored(app) >= 1_000)
    worker.terminate()
    assert worker.wait(30) == 0
    assert the_job(app).state == JobState.WAITING and count(app, RosterRow) < KILLED
    start_worker()
    until(lambda: the_job(app).state == JobState.DONE)
    assert "20.000 mới" in sign_in("officer").open(page.url).words
