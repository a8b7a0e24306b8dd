"""Lists too big for one request: read and applied by a worker that may be stopped, absent, or late."""

import contextlib
import re
import time
from datetime import timedelta

import time_machine
from sqlalchemy import select

from portal.audit.queries import verify
from portal.audit.services import record
from portal.db import db, now, reading, transaction
from portal.jobs import Job, JobState
from portal.jobs.services import request_stop
from portal.jobs.store import Figures, store
from portal.jobs.work import Work
from portal.recipients.models import Entitlement, Recipient, RosterFile, RosterRow, RosterState
from tests import factories
from tests.recipients.long_lists import BIG, ROWS, events, load_big, the_job, work
from tests.recipients.test_pages import count


def test_big_list_is_read_and_applied_by_a_worker_and_small_steps_stay_in_the_request(app, sign_in):
    officer = sign_in("officer")
    page = load_big(officer)
    assert "Đã nhận tệp, chờ đọc" in page.words and "Người bắt đầu: Nguyễn Thị Hương" in page.words
    assert count(app, RosterRow) == 0
    assert "Đang đọc" in officer.open("/recipients/rosters/").words
    assert work(app) and not work(app)
    page = officer.open(page.url)
    assert "6.000 mới" in page.words and count(app, RosterRow) == ROWS and count(app, Recipient) == 0
    page = page.submit("Áp dụng")
    assert "Danh sách chờ ghi vào sổ" in page.words and count(app, Recipient) == 0
    assert "Đang ghi vào sổ" in officer.open("/recipients/rosters/").words
    assert work(app)
    assert "Nguyễn Thị Hương áp dụng lúc" in officer.open(page.url).words
    assert count(app, Recipient) == count(app, Entitlement) == ROWS
    assert [event.subject for event in events(app, "job.started")] == ["roster_file:1"] * 2
    with app.app_context():
        assert verify()[1] == []
    again = load_big(officer)
    assert "Tệp này đã được áp dụng" in again.words or "Không có gì để thay đổi" in again.words
    assert count(app, RosterFile) == 1


def test_reading_that_is_stopped_goes_on_where_it_was_or_is_thrown_away(app, sign_in):
    officer = sign_in("officer")
    page = load_big(officer)
    with stopping_at(app, 3_000):
        assert work(app)
    assert 0 < count(app, RosterRow) < ROWS
    watched = officer.open(page.url + "?watch=1", headers={"HX-Request": "true"})
    assert watched.headers["HX-Refresh"] == "true", "the open page would go on asking for figures"
    page = officer.open(page.url)
    assert "Đã dừng ở dòng 3.000" in page.words and "Đã dừng đọc" in officer.open("/recipients/rosters/").words
    assert "Nguyễn Thị Hương" in [event.actor_name for event in events(app, "job.stopped")]
    page = page.submit("Đọc tiếp")
    assert "Đọc tiếp từ chỗ đã dừng" in page.words
    assert work(app)
    assert "6.000 mới" in officer.open(page.url).words and count(app, RosterRow) == ROWS
    other = load_big(officer, BIG + b"\n", "lan-hai.csv")
    with stopping_at(app, 2_000):
        assert work(app)
    other = officer.open(other.url).submit("Bỏ danh sách")
    assert "Đã bỏ danh sách" in other.words and count(app, RosterRow) == ROWS


@contextlib.contextmanager
def stopping_at(app, rows):
    """Someone presses the button when that many rows are done: the request is in the store, as the page puts it there."""
    told = Work.tell

    def tell(self, done, total):
        if done >= rows:
            with app.app_context(), reading():
                request_stop(factories.member("officer"), db.session.get(Job, self.job_id))
            self.stopped_by = store().asked_to_stop(self.job_id)
        told(self, done, total)

    Work.tell = tell
    try:
        yield
    finally:
        Work.tell = told


def test_applying_that_is_stopped_in_the_middle_leaves_the_register_untouched(app, sign_in):
    officer = sign_in("officer")
    page = load_big(officer)
    work(app)
    page = officer.open(page.url).submit("Áp dụng")
    with stopping_at(app, ROWS + 5_000):
        assert work(app)
    assert count(app, Recipient) == count(app, Entitlement) == 0
    page = officer.open(page.url)
    assert "Đã dừng ghi vào sổ" in page.words and "sổ vẫn như cũ" in page.words
    page.submit("Áp dụng")
    assert work(app) and count(app, Recipient) == ROWS


def test_file_that_is_no_list_says_so_on_its_page_and_leaves_nothing(app, sign_in):
    officer = sign_in("officer")
    page = load_big(officer, b"khong co gi o day;" * 70_000)
    assert work(app)
    page = officer.open(page.url)
    assert "Không nhận được danh sách" in page.words and "Họ và tên" in page.words
    assert count(app, RosterRow) == 0 and the_job(app).state == JobState.FAILED
    with app.app_context():
        assert db.session.scalars(select(RosterFile.state)).one() == RosterState.DISCARDED
    assert "Đã bỏ" in officer.open("/recipients/rosters/").words


def test_register_that_changed_since_the_preview_is_not_written_over(app, commune, sign_in):
    officer = sign_in("officer")
    page = load_big(officer)
    work(app)
    page = officer.open(page.url).submit("Áp dụng")
    with app.app_context(), transaction():
        factories.recipient(commune, "Nông Thị An", code="M1")
        record(None, "register.filled", "test:1", commune_id=commune)
    before = count(app, Recipient)
    assert work(app) and count(app, Recipient) == before
    assert "Sổ đã thay đổi" in officer.open(page.url).words


def test_without_a_worker_the_page_says_whom_to_tell_and_everything_can_be_called_off(app, sign_in):
    officer = sign_in("officer")
    page = load_big(officer)
    assert "chưa chạy" not in officer.open(page.url).words
    with time_machine.travel(now() + timedelta(seconds=16), tick=True):
        words = officer.open(page.url).words
        assert "Phần xử lý danh sách lớn của máy chủ chưa chạy" in words and "Báo người quản trị máy chủ" in words
        page = officer.open(page.url).submit("Dừng đọc")
        assert "Danh sách chưa được đọc" in page.words
        page.submit("Đọc tiếp")
    officer = sign_in("officer")  # the session of a later hour is none now
    assert work(app) and count(app, RosterRow) == ROWS
    page = officer.open(page.url).submit("Áp dụng").submit("Dừng ghi")
    assert "Đã dừng ghi vào sổ" in page.words and not work(app)
    page.submit("Áp dụng")
    assert work(app) and count(app, Recipient) == ROWS


def test_page_of_a_running_job_shows_rows_time_left_and_who_started_it(app, sign_in):
    officer, watcher = sign_in("officer"), sign_in("approver")
    page = load_big(officer)
    seen = {}

    def look(self, done, total):
        if done >= 3_000 and not seen:
            self.done, self.total, self._seconds_left = done, total, lambda: 35  # its own signs of life say so, too
            beat(self, 35)
            seen["officer"], seen["watcher"] = officer.open(page.url), watcher.open(page.url)
            seen["list"] = officer.open("/recipients/rosters/")
            seen["again"] = load_big(officer)
            seen["refused"] = officer.open(page.url.replace("?", "") + "/discard", "post", data=token(seen["officer"]))
        told(self, done, total)

    told, Work.tell = Work.tell, look
    try:
        work(app)
    finally:
        Work.tell = told
    for who in ("officer", "watcher"):
        words = seen[who].words
        assert re.search(r"Đang đọc: 3\.000 trên khoảng 6\.000 dòng, còn khoảng 3[5-9] giây", words), words
        assert "Người bắt đầu: Nguyễn Thị Hương" in words
        assert seen[who].soup.progress["value"] == "3000" and seen[who].soup.progress["max"] == "12000"
        assert seen[who].soup.select_one("noscript meta[http-equiv=refresh]")
        assert "Nguyễn" not in seen[who].soup.title.text
    assert "Dừng đọc" in seen["officer"].words and "Dừng đọc" not in seen["watcher"].words
    assert "Đang đọc" in seen["list"].words
    assert seen["again"].url == page.url and count(app, RosterFile) == 1
    assert seen["refused"].status == 409 and "Dừng lại trước" in seen["refused"].words


def beat(at, seconds_left):
    store().tell(at.job_id, Figures(at.attempt, at.done, at.total, time.time(), seconds_left))


def token(page):
    return {"csrf_token": page.soup.select_one("[name=csrf_token]")["value"]}
