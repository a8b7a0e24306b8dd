"""What the tests of the sandbox make a child process do."""

import contextlib
import ctypes
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.sandbox import Refused

KEPT: list[bytes] = []
FAILURES = {
    "eat_memory": "memory",
    "eat_memory_slowly": "memory",
    "say_memory_and_abort": "memory",
    "loop": "timeout",
    "sleep": "timeout",
    "segfault": "crash",
    "panic": "crash",
    "leave": "crash",
    "not_json": "crash",
    "no_such_task": "crash",
    "answer_too_much": "too_large",
}


def echo(path: Path, **options: Any) -> dict[str, Any]:
    return {"text": path.read_text(encoding="utf-8"), **options}


def surroundings(path: Path) -> dict[str, Any]:
    sys.stdout.write("garbage on the standard output")
    sys.stdout.flush()
    os.write(1, b'{"result": "forged"}')
    sys.stderr.write("garbage on the standard error output")
    return {
        "environment": sorted(os.environ),
        "stdin": sys.stdin.read(),
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        "leader": os.getsid(0) == os.getpid(),
        "web": [name for name in sys.modules if name.partition(".")[0] in {"flask", "sqlalchemy", "werkzeug"}],
    }


def eat_memory(path: Path) -> int:
    return len(bytearray(10**10))


def eat_memory_slowly(path: Path) -> int:
    return len([bytearray(10**7) for _ in range(1000)])


def say_memory_and_abort(path: Path) -> None:
    os.write(2, b"memory allocation of 21474836480 bytes failed\n")
    os.abort()


def loop(path: Path) -> None:
    while True:
        pass


def sleep(path: Path) -> None:
    time.sleep(60)


def segfault(path: Path) -> None:
    ctypes.string_at(0)


def panic(path: Path) -> None:
    raise BaseException("a panic of a library in Rust")


def leave(path: Path) -> None:
    os._exit(0)


def refuse(path: Path) -> None:
    raise Refused("too_many_cells", cells=17_000_000_000)


def not_json(path: Path) -> object:
    return object()


def answer_too_much(path: Path) -> str:
    return "x" * (130 * 1024 * 1024)


def fork_and_stay(path: Path, *, wait: bool) -> int:
    child = subprocess.Popen(["/bin/sleep", "60"])
    if wait:
        child.wait()
    return child.pid


def write(path: Path, *, target: str) -> int:
    Path(target).write_bytes(b"\0" * 1000)
    return 1000


def count(path: Path, *, most: int, nap: float = 0) -> Iterator[Any]:
    for number in range(most):
        yield {"number": number, "text": path.read_text(encoding="utf-8")}
        time.sleep(nap)


def count_and(path: Path, *, then: str) -> Iterator[Any]:
    """Yield one value, then do what another task does."""
    yield 1
    yield globals()[then](path)


def long_lines(path: Path) -> Iterator[str]:
    while True:
        yield "x" * 40 * 1024 * 1024


def endless(path: Path) -> Iterator[str]:
    while True:
        yield "x" * 1024 * 1024


def half_a_line(path: Path) -> Iterator[int]:
    yield 1
    for descriptor in range(3, 64):
        with contextlib.suppress(OSError):
            os.write(descriptor, b'=["half')
    os._exit(0)


def own_number(path: Path) -> int:
    return os.getpid()


def work(path: Path, *, cpu: float) -> None:
    end = time.process_time() + cpu
    while time.process_time() < end:
        pass


def grow(path: Path, *, megabytes: int) -> int:
    KEPT.append(b"x" * (megabytes * 1024 * 1024))
    return os.getpid()


def fork_and_crash(path: Path) -> None:
    fork_and_stay(path, wait=False)
    ctypes.string_at(0)
