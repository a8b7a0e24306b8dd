"""Children that go on to the next file: bounded for each, ended by the first bad one, never more than there are places."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal.documents import reading, warm
from portal.documents.reading import PhotosBusy, inspect
from portal.documents.warm import Pool
from portal.sandbox import Refused, Unreadable
from tests.sandbox_tasks import FAILURES

TASKS = "tests.sandbox_tasks"


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(places=2, queue=1, patience=5)
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tệp.txt"
    path.write_text("Bình Gia", encoding="utf-8")
    return path


def gone(pid: int) -> bool:
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


def test_a_child_has_no_surroundings_and_what_it_prints_is_not_its_answer(
    pool: Pool, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", "secret")
    for _ in range(2):
        found = pool.run(f"{TASKS}:surroundings", file)
        assert "PORTAL_SECRET_KEY" not in found.pop("environment")
        assert found == {"stdin": "", "core": 0, "files": 64, "leader": True, "web": []}


def test_good_files_are_read_by_one_child_one_after_the_other(pool: Pool, file: Path) -> None:
    assert len({pool.run(f"{TASKS}:own_number", file) for _ in range(5)}) == 1


def test_a_child_ends_after_so_many_files_and_when_it_has_grown(
    pool: Pool, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pool.run(f"{TASKS}:own_number", file)
    assert pool.run(f"{TASKS}:grow", file, megabytes=220) == first
    assert gone(first)
    used = [pool.run(f"{TASKS}:own_number", file) for _ in range(warm.MOST_PHOTOS + 1)]
    assert len(set(used)) == 2
    assert used[-1] != used[-2]


@pytest.mark.parametrize(("task", "reason"), FAILURES.items())
def test_a_failing_child_is_told_apart_by_its_reason_and_its_next_file_goes_to_another(
    pool: Pool, file: Path, task: str, reason: str
) -> None:
    before = pool.run(f"{TASKS}:own_number", file)
    start = time.monotonic()
    with pytest.raises(Unreadable) as failure:
        pool.run(f"{TASKS}:{task}", file, seconds=1 if reason == "timeout" else 20)
    assert failure.value.reason == reason
    assert gone(before)
    assert pool.run(f"{TASKS}:own_number", file) != before
    assert time.monotonic() - start < 15


def test_a_child_may_say_why_it_refuses_and_then_ends_and_a_large_file_is_not_opened(pool: Pool, file: Path) -> None:
    before = pool.run(f"{TASKS}:own_number", file)
    with pytest.raises(Refused) as failure:
        pool.run(f"{TASKS}:refuse", file)
    assert failure.value.code == "too_many_cells"
    assert gone(before)
    file.write_bytes(b"x" * 2_000_000)
    with pytest.raises(Unreadable, match="too_large"):
        pool.run(f"{TASKS}:echo", file, limit_mb=1)


def test_every_file_has_all_of_its_time(pool: Pool, file: Path) -> None:
    for _ in range(4):  # together longer than one of them may take
        pool.run(f"{TASKS}:work", file, seconds=1, cpu=0.7)


def test_what_a_failing_child_started_is_killed(pool: Pool, file: Path, tmp_path: Path) -> None:
    started = pool.run(f"{TASKS}:fork_and_stay", file, wait=False)
    with pytest.raises(Unreadable):
        pool.run(f"{TASKS}:segfault", file)
    assert gone(started)


def test_a_child_that_was_killed_is_replaced(pool: Pool, file: Path) -> None:
    first = pool.run(f"{TASKS}:own_number", file)
    os.kill(first, signal.SIGKILL)
    assert gone(first)
    assert pool.run(f"{TASKS}:echo", file) == {"text": "Bình Gia"}


def test_an_idle_child_ends_with_the_web_server(pool: Pool, file: Path) -> None:
    first = pool.run(f"{TASKS}:own_number", file)
    pool._children[0].channel.shutdown(socket.SHUT_RDWR)
    assert gone(first)


def test_no_more_children_than_places_and_whoever_would_wait_too_long_is_told_at_once(file: Path) -> None:
    pool = Pool(places=1, queue=1, patience=0.5)
    try:
        with ThreadPoolExecutor(6) as threads:
            barrier = threading.Barrier(6)

            def ask() -> str:
                barrier.wait()
                try:
                    pool.run(f"{TASKS}:sleep", file, seconds=2)
                except Unreadable as failure:
                    return failure.reason
                return "read"

            start = time.monotonic()
            outcomes = sorted(threads.map(lambda _: ask(), range(6)))
        assert outcomes == ["busy"] * 5 + ["timeout"]
        assert time.monotonic() - start < 6
        assert pool.run(f"{TASKS}:echo", file) == {"text": "Bình Gia"}
    finally:
        pool.close()


def test_busy_is_a_sentence_that_says_when_to_send_again(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    busy = Pool(places=1, queue=0, patience=0)
    monkeypatch.setattr(reading, "CHILDREN", busy)
    with busy._place(), pytest.raises(PhotosBusy, match=r"the\.jpg was not stored\. Send it again") as failure:
        inspect(file, "the.jpg")
    assert failure.value.status == 503
