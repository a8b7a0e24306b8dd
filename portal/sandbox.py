"""Opens untrusted files in a child process with little memory, little time and no surroundings (its side: confined)."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import orjson

Reason = Literal["too_large", "timeout", "memory", "crash", "refused", "busy"]

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
MEGABYTE = 1024 * 1024
RESULT_MB, STREAM_MB, LINE_MB = 128, 1024, 32
BOOT = (
    "import sys, types; root = {root!r}; sys.path[:] = {paths!r}; portal = types.ModuleType('portal'); "
    "portal.__path__ = [root + '/portal']; sys.modules['portal'] = portal; from portal.confined import load; load({entry!r})()"
)


class Unreadable(Exception):
    """The file could not be opened; `reason` says how it failed."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)


class Refused(Unreadable):
    """Raised by a task in the child to tell the parent why: a code and details that JSON can hold."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__("refused")
        self.code = code
        self.details = details


def run(
    task: str, path: Path, *, seconds: float = 20, memory_mb: int = 512, limit_mb: float = 64, **options: Any
) -> Any:
    """Call `task` ("package.module:function") with `path` and `options` in a fresh process; return what it returns.

    The result crosses as JSON (at most 128 MB); large binary results go through a file path given in the options, in
    a folder the caller made. `limit_mb` bounds the file on disk. Memory is bounded where the system enforces it
    (Linux does, macOS does not). Raises `Unreadable`, or `Refused` when the task itself said why.
    """
    request = request_of(path, limit_mb, task=task, options=options, seconds=seconds, memory_mb=memory_mb, stream=False)
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        child = _start(request, stdout, stderr)
        try:
            ended = _wait(child, seconds)
        finally:
            _kill_group(child)
        if (failure := failure_of(child.returncode if ended else None, stderr)) is not None:
            raise failure
        stdout.seek(0)
        return result_of(stdout.read(RESULT_MB * MEGABYTE))


@contextlib.contextmanager
def stream(
    task: str, path: Path, *, seconds: float = 20, memory_mb: int = 512, limit_mb: float = 64, **options: Any
) -> Iterator[Iterator[Any]]:
    """Like `run` for a task that yields: its values arrive one by one while it works on.

    `seconds` bounds what the reader waits in all, not what it does between two values. A value may have 32 MB as
    JSON, all together 1 GB. Leaving the context ends the child. `Unreadable` and `Refused` come out of the iterator.
    """
    request = request_of(path, limit_mb, task=task, options=options, seconds=seconds, memory_mb=memory_mb, stream=True)
    with tempfile.TemporaryFile() as stderr:
        child = _start(request, subprocess.PIPE, stderr)
        try:
            yield _values(child, stderr, seconds)
        finally:
            _kill_group(child)
            if child.stdout:
                child.stdout.close()


def request_of(path: Path, limit_mb: float, **asked: Any) -> dict[str, Any]:
    if path.stat().st_size > limit_mb * MEGABYTE:
        raise Unreadable("too_large")
    return {"path": str(path.resolve()), **asked}


def launch(entry: str, env: dict[str, str] = ENVIRONMENT, **streams: Any) -> subprocess.Popen[bytes]:
    """Start a bare interpreter, in a session of its own, that calls `entry` ("package.module:function")."""
    paths = [str(ROOT), *(path for path in sys.path if path and path != str(ROOT))]
    command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", BOOT.format(root=str(ROOT), paths=paths, entry=entry)]
    # no shell, and no input in the arguments
    return subprocess.Popen(command, env=env, cwd="/", start_new_session=True, **streams)  # noqa: S603


def _start(request: dict[str, Any], stdout: BinaryIO | int, stderr: BinaryIO) -> subprocess.Popen[bytes]:
    with tempfile.TemporaryFile() as stdin:
        stdin.write(json.dumps(request).encode())
        stdin.seek(0)
        # the pipe is wide: a child that streams goes on while the parent stores what it has said
        return launch("portal.confined:serve", stdin=stdin, stdout=stdout, stderr=stderr, pipesize=MEGABYTE)


def _wait(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the child ended in time. It is not reaped where a process handle exists, so its group keeps its number."""
    if hasattr(os, "pidfd_open"):
        handle = os.pidfd_open(child.pid)
        try:
            poll = select.poll()
            poll.register(handle, select.POLLIN)
            return bool(poll.poll(max(0, seconds) * 1000))
        finally:
            os.close(handle)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(seconds)
        return True
    return False


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def failure_of(returncode: int | None, stderr: BinaryIO) -> Unreadable | None:
    """Why the child ended as it did; None for an orderly end."""
    if returncode is None or returncode == -signal.SIGXCPU:
        return Unreadable("timeout")
    if returncode != 0:
        return Unreadable("memory" if returncode == -signal.SIGKILL or _out_of_memory(stderr) else "crash")
    return None


def _out_of_memory(stderr: BinaryIO) -> bool:
    """Rust and C++ abort when memory ends and say so last; what they say is looked at and never kept."""
    stderr.seek(max(0, stderr.seek(0, os.SEEK_END) - 4096))
    tail = stderr.read()
    return b"memory allocation of" in tail or b"bad_alloc" in tail or b"MemoryError" in tail


def result_of(answer: bytes) -> Any:
    failure = Unreadable("crash")
    with contextlib.suppress(ValueError, TypeError, RecursionError):
        match json.loads(answer):
            case {"result": result}:
                return result
            case {"refused": str(code), "details": dict(details)}:
                failure = Refused(code, **details)
            case {"unreadable": "memory" | "too_large" as reason}:
                failure = Unreadable(reason)
    raise failure


def _values(child: subprocess.Popen[bytes], stderr: BinaryIO, seconds: float) -> Iterator[Any]:
    """The values of a stream: one a line, after "="; the last line says how it ended."""
    waited = _Waiting(child, seconds)
    for line in _lines(waited.chunks()):
        if not line.startswith(b"="):
            result_of(line)
            return
        yield orjson.loads(memoryview(line)[1:])
    ended = _wait(child, waited.left)
    _kill_group(child)
    raise failure_of(child.returncode if ended else None, stderr) or Unreadable("crash")


@dataclass
class _Waiting:
    """Reads what a child writes and counts the seconds that passed in waiting for it."""

    child: subprocess.Popen[bytes]
    left: float

    def chunks(self) -> Iterator[bytes]:
        """Until the child closes its end or is gone: a process that it left behind may hold the pipe open."""
        assert self.child.stdout is not None
        pipe = self.child.stdout.fileno()
        poll = select.poll()
        poll.register(pipe, select.POLLIN)
        with contextlib.ExitStack() as closing:
            if hasattr(os, "pidfd_open"):
                poll.register(handle := os.pidfd_open(self.child.pid), select.POLLIN)
                closing.callback(os.close, handle)
            while True:
                started = time.monotonic()
                ready = dict(poll.poll(max(0, self.left) * 1000))
                self.left -= time.monotonic() - started
                if not ready:
                    raise Unreadable("timeout")
                if pipe not in ready or not (chunk := os.read(pipe, MEGABYTE)):
                    return
                yield chunk


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    started: list[bytes] = []
    size = total = 0
    for chunk in chunks:
        total += len(chunk)
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            yield b"".join((*started, end))
            started, size = [], 0
        started.append(rest)
        size += len(rest)
        if size > LINE_MB * MEGABYTE or total > STREAM_MB * MEGABYTE:
            raise Unreadable("too_large")
    if (last := b"".join(started)) and not last.startswith(b"="):
        yield last
