"""Jobs: one at a time for a subject, one worker at a time for a job, and an end that its row tells."""

import itertools
import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from portal.areas.models import Village
from portal.audit.models import AuditEvent
from portal.db import db, now, reading, transaction
from portal.errors import DomainError
from portal.jobs import Handler, Job, JobState
from portal.jobs.labels import error_words, time_words
from portal.jobs.queries import is_lost, last, progress
from portal.jobs.refusals import StillWorking
from portal.jobs.services import call_off, must_be_free, request_stop, start
from portal.jobs.store import Figures, store
from portal.jobs.work import Work
from portal.jobs.worker import TRIES, run, sweep, work_once
from tests import factories

SUBJECT = "roster_file:7"
NUMBERS = itertools.count()


class TooLate(DomainError):
    """The shop closed at %(hour)s."""


@pytest.fixture
def does(app):
    """does(work) says what the next job does."""
    handlers = app.extensions["job_handlers"]

    def set_handler(work, refused=lambda _work: None):
        handlers["test"] = lambda: Handler(work, refused)

    yield set_handler
    handlers.pop("test", None)


def add_village(work):
    name = f"Nà Mới {next(NUMBERS)}"
    db.session.add(Village(commune_id=work.commune_id, name=name, search_key=name.lower()))
    db.session.flush()


def begin(commune, subject=SUBJECT):
    with transaction():
        return start("test", subject, commune, factories.member("officer"), total=10).id


def the_job(subject=SUBJECT):
    with reading():
        job = last(subject)
        db.session.refresh(job)
        db.session.expunge(job)
    return job


def villages():
    with reading():
        return db.session.scalar(select(func.count()).select_from(Village).where(Village.name.startswith("Nà Mới")))


def actions():
    with reading():
        return list(
            db.session.scalars(
                select(AuditEvent.action).where(AuditEvent.action.startswith("job.")).order_by(AuditEvent.seq)
            )
        )


def test_job_is_done_once_and_its_row_says_so(app, commune, does):
    does(add_village)
    with app.app_context():
        begin(commune)
        assert work_once() and not work_once()
        job = the_job()
        assert job.state == JobState.DONE and job.attempts == 1 and job.ended_at and villages() == 1


def test_second_start_for_the_same_subject_gives_the_job_that_lives(app, commune, does):
    does(add_village)
    with app.app_context():
        assert begin(commune) == begin(commune)
        assert begin(commune, "roster_file:8") != begin(commune)
        work_once(), work_once()
        assert villages() == 2 and actions() == ["job.started"] * 2
        assert begin(commune) == the_job().id and the_job().state == JobState.WAITING


def test_job_of_a_request_that_failed_never_was(app, commune):
    with app.app_context():
        with pytest.raises(ZeroDivisionError), transaction():
            start("test", SUBJECT, commune, factories.member("officer"))
            1 / 0  # noqa: B018
        assert not work_once() and actions() == []


def test_of_two_workers_one_does_the_job(app, commune, does):
    gate, done = threading.Barrier(2), []

    def slow(work):
        done.append(work.attempt)
        add_village(work)

    does(slow)

    def worker():
        gate.wait()
        with app.app_context():
            while work_once():
                pass

    with app.app_context():
        for number in range(5):
            begin(commune, f"roster_file:{number}")
    threads = [threading.Thread(target=worker) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    with app.app_context():
        assert done == [1] * 5 and villages() == 5
        assert all(the_job(f"roster_file:{number}").state == JobState.DONE for number in range(5))


def test_worker_that_was_taken_for_dead_but_lived_can_write_nothing(app, commune, does):
    calls = []

    def paused(work):
        calls.append(work.attempt)
        add_village(work)
        if work.attempt == 1:
            db.session.rollback()  # as if this process had slept: no lock is held, the other one works meanwhile
            with time_machine.travel(now() + timedelta(seconds=60), tick=True), app.app_context():
                sweep()
                assert work_once()
            add_village(work)

    does(paused)
    with app.app_context():
        begin(commune)
        store().tell = lambda *_: None
        try:
            assert work_once()
        finally:
            del store().tell
        assert calls == [1, 2] and villages() == 1 and the_job().state == JobState.DONE
        assert actions() == ["job.started", "job.resumed"]


def test_job_whose_worker_dies_each_time_is_given_up(app, commune):
    with app.app_context():
        begin(commune)
        for attempt in range(1, TRIES + 1):
            with transaction():
                job = db.session.scalars(select(Job)).one()
                job.state, job.attempts, job.heartbeat = JobState.RUNNING, attempt, now() - timedelta(seconds=60)
            sweep()
        assert the_job().state == JobState.FAILED and actions()[-1] == "job.failed"
        with app.test_request_context():
            assert f"Đã bắt đầu {TRIES} lần" in error_words(the_job())


def test_refusal_ends_the_job_with_its_sentence_and_keeps_nothing(app, commune, does):
    tidied = []

    def closed(work):
        add_village(work)
        raise TooLate(hour=17)

    does(closed, tidied.append)
    with app.app_context():
        begin(commune)
        assert work_once()
        job = the_job()
        assert job.state == JobState.FAILED and villages() == 0 and len(tidied) == 1
        with app.test_request_context():
            assert error_words(job) == "The shop closed at 17."


def test_sentence_that_is_returned_ends_the_job_and_keeps_what_it_did(app, commune, does):
    def almost(work):
        add_village(work)
        return TooLate(hour=17)

    does(almost)
    with app.app_context():
        begin(commune)
        assert work_once()
        assert the_job().state == JobState.FAILED and villages() == 1


def test_fault_ends_the_job_with_a_code_that_the_log_names_without_data(app, commune, does, caplog):
    def broken(work):
        add_village(work)
        raise KeyError("Nông Thị An 020148000123")

    does(broken)
    with app.app_context():
        begin(commune)
        assert work_once()
        job = the_job()
        code = job.error["values"]["code"]
        assert job.state == JobState.FAILED and villages() == 0
        assert code in caplog.text and "KeyError" in caplog.text and "broken:" in caplog.text
        assert "Nông" not in caplog.text and "0201" not in caplog.text


def test_running_job_is_stopped_by_its_worker_a_waiting_one_at_once(app, commune, does):
    def endless(work):
        add_village(work)
        request_stop_from_elsewhere(app, work)
        for _ in range(1000):
            work.tell(5, 10)
            threading.Event().wait(0.01)

    does(endless)
    with app.app_context():
        begin(commune)
        assert work_once()
        assert the_job().state == JobState.STOPPED and villages() == 0 and the_job().done == 5
        begin(commune)
        request_stop(factories.member("officer"), last(SUBJECT))
        assert the_job().state == JobState.STOPPED and not work_once()
        assert actions() == ["job.started", "job.stopped"] * 2


def request_stop_from_elsewhere(app, work):
    with app.app_context(), reading():
        job = db.session.get(Job, work.job_id)
        assert progress(job).state == JobState.RUNNING and not progress(job).stopping
        with pytest.raises(StillWorking):
            must_be_free(SUBJECT)
        request_stop(factories.member("approver"), job)
        assert progress(job).stopping


def test_job_stopped_after_its_worker_died_is_not_begun_again(app, commune):
    with app.app_context():
        job_id = begin(commune)
        with transaction():
            job = db.session.get(Job, job_id)
            job.state, job.attempts, job.heartbeat = JobState.RUNNING, 1, now() - timedelta(seconds=60)
        assert is_lost(db.session.get(Job, job_id))
        request_stop(factories.member("officer"), db.session.get(Job, job_id))
        assert the_job().state == JobState.STOPPED and not work_once()


def test_waiting_job_can_be_called_off(app, commune):
    with app.app_context():
        begin(commune)
        with transaction():
            call_off(factories.member("officer"), SUBJECT)
        assert the_job().state == JobState.STOPPED and actions() == ["job.started", "job.stopped"]


def test_worker_is_woken_up_at_once_and_leaves_when_it_is_asked_to(app, commune, does):
    finished = threading.Event()

    def work(work):
        add_village(work)
        finished.set()
        Work.leaving.set()

    does(work)
    thread = threading.Thread(target=run, args=(app,))
    thread.start()
    try:
        with app.app_context():
            begin(commune)
            assert finished.wait(5)
            thread.join(5)
            assert not thread.is_alive() and villages() == 1
    finally:
        Work.leaving.set()
        thread.join()
        Work.leaving.clear()


def test_job_that_must_leave_waits_again(app, commune, does):
    def long(work):
        Work.leaving.set()
        work.tell(1, 10)

    does(long)
    with app.app_context():
        begin(commune)
        try:
            assert work_once()
        finally:
            Work.leaving.clear()
        assert the_job().state == JobState.WAITING


def test_figures_that_were_lost_are_those_of_the_row(app, commune):
    with app.app_context():
        job_id = begin(commune)
        with transaction():
            job = db.session.get(Job, job_id)
            job.state, job.attempts, job.heartbeat, job.done = JobState.RUNNING, 2, now(), 4
        with reading():
            store().tell(job_id, Figures(attempt=1, done=9, total=10, at=0.0))
            shown = progress(db.session.get(Job, job_id))
            assert (shown.done, shown.total, shown.seconds_left, shown.lost) == (4, 10, None, False)


def test_job_waits_without_alarm_while_a_worker_lives(app, commune):
    with app.app_context():
        begin(commune)
        with time_machine.travel(now() + timedelta(seconds=16), tick=True), reading():
            assert progress(last(SUBJECT)).asleep
            store().here_i_am()
            assert not progress(last(SUBJECT)).asleep


def test_time_left_is_no_more_exact_than_it_can_be_known(app):
    with app.test_request_context():
        assert [time_words(seconds) for seconds in (0, 12, 61, 100, 3000)] == [
            "5 giây", "10 giây", "60 giây", "2 phút", "50 phút",
        ]  # fmt: skip


def test_command_lists_jobs_that_live(app, commune):
    with app.app_context():
        begin(commune)
    told = app.test_cli_runner().invoke(args=["jobs", "list"])
    assert told.exit_code == 0 and "roster_file:7  waiting  0/10  0x" in told.output
