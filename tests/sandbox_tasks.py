"""What the tests of the sandbox make a child process do."""

import ctypes
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from portal.sandbox import Refused


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
