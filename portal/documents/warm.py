"""Children that need no start: each reads one photo after the other, under the limits of `portal.sandbox`.

A child that met anything but a good photo ends, and so does one that grew: no photo is read by what a bad one left.
"""

import atexit
import contextlib
import json
import os
import resource
import select
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.confined import attempt, limit, load
from portal.sandbox import ENVIRONMENT, MEGABYTE, Unreadable, failure_of, launch, request_of, result_of

IDLE_SECONDS = 600  # an unused child goes away
GRACE_SECONDS = 20  # for a child to start, and to load its libraries
MOST_PHOTOS = 200
MOST_RESIDENT_MB = 200  # photos of a phone need about 100
ANSWER_MB = 8
NICE = 10  # pages go before photos
HEAD = struct.Struct(">I")
LAST = b"last"
# An image takes its memory from blocks that the one before it gave back, and the kernel gives new memory in pages of 2 MB.
SURROUNDINGS = ENVIRONMENT | {"PILLOW_BLOCKS_MAX": "1", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


class Pool:
    """At most `places` children at once, and at most `queue` callers that wait for one, each `patience` seconds.

    Who would wait longer gets `Unreadable("busy")`: hostile files must not take every thread of the web server.
    """

    def __init__(self, places: int, queue: int, patience: float) -> None:
        self.places, self.queue, self.patience = places, queue, patience
        self.forget()
        atexit.register(self.close)
        os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        """In a forked copy of this process: the children are the original's, and no lock may stay taken."""
        self._free = threading.BoundedSemaphore(self.places)
        self._waiting = threading.BoundedSemaphore(self.places + self.queue)
        self._children: list[_Child] = []

    def close(self) -> None:
        while self._children:
            self._children.pop().close()

    def run(
        self, task: str, path: Path, *, seconds: float = 20, memory_mb: int = 512, limit_mb: float = 64, **options: Any
    ) -> Any:
        """As `portal.sandbox.run`; `seconds` do not count the wait for a place."""
        request = request_of(path, limit_mb, task=task, options=options, seconds=seconds, memory_mb=memory_mb)
        with self._place():
            child = self._idle() or _Child()
            try:
                result = result_of(child.ask(request))
            except BaseException:
                child.close()
                raise
            if child.ends:
                child.close()
            else:
                self._children.append(child)
            return result

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        if not self._waiting.acquire(blocking=False):
            raise Unreadable("busy")
        try:
            if not self._free.acquire(timeout=self.patience):
                raise Unreadable("busy")
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._waiting.release()

    def _idle(self) -> "_Child | None":
        with contextlib.suppress(IndexError):
            while True:
                child = self._children.pop()
                if child.lives():
                    return child
                child.close()
        return None


class _Child:
    """The web server's side of a child."""

    def __init__(self) -> None:
        self.channel, theirs = socket.socketpair()
        self.stderr = tempfile.TemporaryFile()  # noqa: SIM115  closed with the child
        self.ends, self.used = False, time.monotonic()
        with theirs:
            self.process = launch(
                "portal.documents.warm:serve",
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                stderr=self.stderr,
                env=SURROUNDINGS,
            )

    def lives(self) -> bool:
        """Whether it can be asked; one that is about to end for want of work is not."""
        return self.process.poll() is None and time.monotonic() < self.used + IDLE_SECONDS / 2

    def ask(self, request: dict[str, Any]) -> bytes:
        """Its answer, unread. Raises Unreadable: timeout, too_large, or how it died; it cannot be asked again then."""
        try:
            self.channel.settimeout(GRACE_SECONDS)
            _send(self.channel, json.dumps(request).encode())
            _receive(self.channel)  # it has begun
            self.channel.settimeout(request["seconds"])
            answer = _receive(self.channel)
            self.ends = _receive(self.channel) == LAST
        except TimeoutError:
            raise Unreadable("timeout") from None
        except (OSError, EOFError):
            raise self._death() from None
        self.used = time.monotonic()
        return answer

    def _death(self) -> Unreadable:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
        return failure_of(self.process.poll(), self.stderr) or Unreadable("crash")

    def close(self) -> None:
        """Ends it with all that it started."""
        self.channel.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.stderr.close()


def _send(channel: socket.socket, message: bytes) -> None:
    channel.sendall(HEAD.pack(len(message)) + message)


def _receive(channel: socket.socket) -> bytes:
    (size,) = HEAD.unpack(_exactly(channel, HEAD.size))
    if size > ANSWER_MB * MEGABYTE:
        raise Unreadable("too_large")
    return _exactly(channel, size)


def _exactly(channel: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        part = channel.recv(min(size, MEGABYTE))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def serve() -> None:
    """The child: its standard input is the channel. It ends with the channel, or when nobody asks for long."""
    channel = socket.socket(fileno=os.dup(0))
    os.dup2(1, 0)  # /dev/null
    os.nice(NICE)
    tasks: dict[str, Any] = {}
    for number in range(1, MOST_PHOTOS + 1):
        if not select.select([channel], [], [], IDLE_SECONDS)[0]:
            return
        try:
            request = json.loads(_receive(channel))
        except EOFError:
            return
        name = request["task"]
        task = tasks[name] = tasks.get(name) or load(name)
        _send(channel, b"")
        _send(channel, json.dumps(_answer(task, request)).encode())
        _send(channel, LAST if _resident() > MOST_RESIDENT_MB * MEGABYTE or number == MOST_PHOTOS else b"")


def _resident() -> int:
    """Bytes that this process keeps; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return 0


def _answer(task: Any, request: dict[str, Any]) -> dict[str, Any]:
    """The alarm is for a web server that died and cannot end it any more."""
    signal.alarm(int(request["seconds"]) + GRACE_SECONDS)
    limit(request["seconds"], request["memory_mb"])
    answer = attempt(lambda: task(Path(request["path"]), **request["options"]))
    signal.alarm(0)
    return answer
