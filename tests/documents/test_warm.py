"""Children forked from a warm server are as alone as fresh ones, and never more than there are places."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal.documents import reading
from portal.documents.reading import PhotosBusy, inspect
from portal.documents.warm import Pool
from portal.sandbox import Refused, Unreadable

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux forks children for photos")
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


def test_every_file_has_a_process_of_its_own_and_a_server_that_is_used_again(pool: Pool, file: Path) -> None:
    pids = {pool.run(f"{TASKS}:own_number", file) for _ in range(5)}
    assert len(pids) == 5
    assert len(pool._servers) == 1
    assert pool._servers[0].process.pid not in pids


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        ("eat_memory", "memory"),
        ("eat_memory_slowly", "memory"),
        ("say_memory_and_abort", "memory"),
        ("loop", "timeout"),
        ("sleep", "timeout"),
        ("segfault", "crash"),
        ("panic", "crash"),
        ("leave", "crash"),
        ("not_json", "crash"),
    ],
)
def test_a_failing_child_is_told_apart_by_its_reason_and_the_next_one_lives(
    pool: Pool, file: Path, task: str, reason: str
) -> None:
    with pytest.raises(Unreadable) as failure:
        pool.run(f"{TASKS}:{task}", file, seconds=1 if reason == "timeout" else 20)
    assert failure.value.reason == reason
    assert pool.run(f"{TASKS}:echo", file, rows=1) == {"text": "Bình Gia", "rows": 1}


def test_a_child_may_say_why_it_refuses_and_a_large_file_is_not_opened(pool: Pool, file: Path) -> None:
    with pytest.raises(Refused) as failure:
        pool.run(f"{TASKS}:refuse", file)
    assert failure.value.code == "too_many_cells"
    file.write_bytes(b"x" * 2_000_000)
    with pytest.raises(Unreadable, match="too_large"):
        pool.run(f"{TASKS}:echo", file, limit_mb=1)


def test_what_a_child_leaves_behind_is_killed(pool: Pool, file: Path) -> None:
    assert gone(pool.run(f"{TASKS}:fork_and_stay", file, wait=False))


def test_a_server_that_was_killed_is_replaced(pool: Pool, file: Path) -> None:
    pool.run(f"{TASKS}:own_number", file)
    server = pool._servers[0].process.pid
    os.kill(server, signal.SIGKILL)
    assert pool.run(f"{TASKS}:echo", file) == {"text": "Bình Gia"}
    assert pool._servers[0].process.pid != server


def test_a_child_ends_with_the_channel(file: Path) -> None:
    pool = Pool(places=1, queue=0, patience=1)
    pool.run(f"{TASKS}:own_number", file)
    server = pool._servers[0]
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(pool.run, f"{TASKS}:sleep", file, seconds=3)
        time.sleep(0.5)
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        assert len(children) == 1
        start = time.monotonic()
        server.channel.shutdown(socket.SHUT_RDWR)
        assert gone(int(children[0]))
        assert time.monotonic() - start < 2
        with pytest.raises(Unreadable):
            asked.result(10)  # asked once more of another server: the first may have gone away by itself
    pool.close()


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
