"""A file that attacks the reader harms nothing but its own process, and the reader says what happened."""

import time
from pathlib import Path

import pytest

from portal.sandbox import Refused, Unreadable, run, stream
from tests.sandbox_tasks import FAILURES


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tệp.txt"
    path.write_text("Bình Gia", encoding="utf-8")
    return path


def _gone(pid: int) -> bool:
    for _ in range(100):
        try:
            status = Path(f"/proc/{pid}/stat").read_text()
        except FileNotFoundError:
            return True
        if status.rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


def test_task_gets_the_file_and_its_options_and_its_answer_comes_back(file: Path) -> None:
    assert run("tests.sandbox_tasks:echo", file, sheet="T11", rows=[1, None, 2.5]) == {
        "text": "Bình Gia",
        "sheet": "T11",
        "rows": [1, None, 2.5],
    }


def test_child_has_no_surroundings_and_what_it_prints_is_not_its_answer(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid")
    monkeypatch.setenv("PORTAL_SECRET_KEY", "secret")
    found = run("tests.sandbox_tasks:surroundings", file)
    assert set(found.pop("environment")) <= {"LD_LIBRARY_PATH", "LC_CTYPE", "__CF_USER_TEXT_ENCODING"}
    assert found == {"stdin": "", "core": 0, "files": 64, "leader": True, "web": []}


@pytest.mark.parametrize(("task", "reason"), FAILURES.items())
def test_failing_child_is_told_apart_by_its_reason(file: Path, task: str, reason: str) -> None:
    started = time.monotonic()
    with pytest.raises(Unreadable) as failure:
        run(f"tests.sandbox_tasks:{task}", file, seconds=1 if reason == "timeout" else 20)
    assert failure.value.reason == reason
    assert time.monotonic() - started < 10


def test_child_may_say_why_it_refuses(file: Path) -> None:
    with pytest.raises(Refused) as failure:
        run("tests.sandbox_tasks:refuse", file)
    assert failure.value.reason == "refused"
    assert failure.value.code == "too_many_cells"
    assert failure.value.details == {"cells": 17_000_000_000}


def test_file_above_the_limit_is_not_even_opened(file: Path) -> None:
    file.write_bytes(b"x" * 2_000_000)
    with pytest.raises(Unreadable, match="too_large"):
        run("tests.sandbox_tasks:echo", file, limit_mb=1)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="looks for processes in /proc")
def test_process_that_the_child_left_behind_is_killed(file: Path) -> None:
    assert _gone(run("tests.sandbox_tasks:fork_and_stay", file, wait=False))


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="looks for processes in /proc")
def test_timeout_kills_the_whole_group(file: Path, tmp_path: Path) -> None:
    before = {entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    with pytest.raises(Unreadable, match="timeout"):
        run("tests.sandbox_tasks:fork_and_stay", file, seconds=0.5, wait=True)
    after = {entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit()} - before
    for pid in after:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        assert b"/bin/sleep\x0060" not in command or _gone(int(pid))


def test_large_result_goes_through_a_file_of_the_parent(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.bin"
    assert run("tests.sandbox_tasks:write", file, target=str(target)) == 1000
    assert target.stat().st_size == 1000
    assert target.stat().st_mode & 0o077 == 0


def test_values_arrive_while_the_child_works_on(file: Path) -> None:
    with stream("tests.sandbox_tasks:count", file, most=3, nap=60) as values:
        started = time.monotonic()
        assert next(values) == {"number": 0, "text": "Bình Gia"}
    assert time.monotonic() - started < 10


def test_all_values_of_a_stream_arrive_in_order(file: Path) -> None:
    with stream("tests.sandbox_tasks:count", file, most=5000) as values:
        assert [value["number"] for value in values] == list(range(5000))


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="looks for processes in /proc")
def test_child_whose_stream_is_left_early_is_killed(file: Path) -> None:
    with stream("tests.sandbox_tasks:count_and", file, then="own_number") as values:
        assert next(values) == 1
        pid = next(values)
    assert _gone(pid)


@pytest.mark.parametrize(
    ("then", "reason"),
    [
        ("eat_memory", "memory"),
        ("eat_memory_slowly", "memory"),
        ("loop", "timeout"),
        ("sleep", "timeout"),
        ("segfault", "crash"),
        ("leave", "crash"),
        ("not_json", "crash"),
    ],
)
def test_stream_that_fails_half_way_says_why(file: Path, then: str, reason: str) -> None:
    seconds = 1 if reason == "timeout" else 20
    with stream("tests.sandbox_tasks:count_and", file, seconds=seconds, then=then) as values:
        assert next(values) == 1
        with pytest.raises(Unreadable) as failure:
            next(values)
    assert failure.value.reason == reason


@pytest.mark.parametrize(
    ("task", "reason"), [("long_lines", "too_large"), ("endless", "too_large"), ("half_a_line", "crash")]
)
def test_stream_is_bounded_and_whole(file: Path, task: str, reason: str) -> None:
    with stream(f"tests.sandbox_tasks:{task}", file, memory_mb=1024) as values, pytest.raises(Unreadable, match=reason):
        for _ in values:
            pass


def test_stream_may_refuse_half_way(file: Path) -> None:
    with stream("tests.sandbox_tasks:count_and", file, then="refuse") as values:
        assert next(values) == 1
        with pytest.raises(Refused) as failure:
            next(values)
    assert (failure.value.code, failure.value.details) == ("too_many_cells", {"cells": 17_000_000_000})


def test_time_of_the_reader_is_not_the_childs(file: Path) -> None:
    with stream("tests.sandbox_tasks:count", file, seconds=1, most=3) as values:
        first = next(values)
        time.sleep(1.2)
        assert [first["number"], *(value["number"] for value in values)] == [0, 1, 2]


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="looks for processes in /proc")
def test_process_left_behind_does_not_hold_the_stream_open(file: Path) -> None:
    started = time.monotonic()
    with stream("tests.sandbox_tasks:count_and", file, then="fork_and_crash") as values:
        assert next(values) == 1
        with pytest.raises(Unreadable, match="crash"):
            next(values)
    assert time.monotonic() - started < 10
