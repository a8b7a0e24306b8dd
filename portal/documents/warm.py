"""Children that need no start: a server of ours, with the libraries loaded, forks one for each file.

The server opens nothing that came from outside; the forked child does, under the limits of `portal.sandbox`, in a session
of its own, and ends with its one answer. What the child leaves behind meets no other file.
"""

import atexit
import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from portal.sandbox import (
    ENVIRONMENT,
    RESULT_MB,
    Unreadable,
    failure_of,
    launch,
    load,
    perform,
    request_of,
    result_of,
    run,
)

IDLE_SECONDS = 600  # an unused server goes away
GRACE_SECONDS = 10  # for a server to load its libraries and to answer after its child's time is over
NICE = 10  # pages go before photos
HEAD = struct.Struct(">I")
# An image takes its memory from blocks that the one before it gave back: fewer pages to be made by the kernel.
SURROUNDINGS = ENVIRONMENT | {"PILLOW_BLOCKS_MAX": "64"}


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
        """In a forked copy of this process: the servers are the original's, and no lock may stay taken."""
        self._free = threading.BoundedSemaphore(self.places)
        self._waiting = threading.BoundedSemaphore(self.places + self.queue)
        self._servers: list[_Server] = []

    def close(self) -> None:
        while self._servers:
            self._servers.pop().close()

    def run(
        self, task: str, path: Path, *, seconds: float = 20, memory_mb: int = 512, limit_mb: float = 64, **options: Any
    ) -> Any:
        """As `portal.sandbox.run`; `seconds` do not count the wait for a place."""
        asked = {"task": task, "options": options, "seconds": seconds, "memory_mb": memory_mb, "stream": False}
        request = request_of(path, limit_mb, **asked)
        with self._place():
            if not hasattr(os, "pidfd_open"):  # elsewhere than on Linux the slow way
                return run(task, path, seconds=seconds, memory_mb=memory_mb, limit_mb=limit_mb, **options)
            failure, answer = self._answer(request)
        if failure is not None:
            raise Unreadable(failure)
        return result_of(answer)

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

    def _answer(self, request: dict[str, Any]) -> tuple[Any, bytes]:
        """From a server that is there, else from a new one: one that was idle may have gone away meanwhile."""
        while True:
            try:
                server, known = self._servers.pop(), True
            except IndexError:
                server, known = _Server(), False
            try:
                told = server.ask(request)
            except (OSError, EOFError) as failure:
                server.close()
                if isinstance(failure, TimeoutError):
                    raise Unreadable("timeout") from None
                if not known:
                    raise Unreadable("crash") from None
            except BaseException:
                server.close()
                raise
            else:
                self._servers.append(server)
                return told


class _Server:
    """The web server's side of one forking server."""

    def __init__(self) -> None:
        self.channel, theirs = socket.socketpair()
        with theirs:
            self.process = launch(
                "portal.documents.warm:serve",
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=SURROUNDINGS,
            )

    def ask(self, request: dict[str, Any]) -> tuple[Any, bytes]:
        self.channel.settimeout(request["seconds"] + GRACE_SECONDS)
        _send(self.channel, json.dumps(request).encode())
        return json.loads(_receive(self.channel)), _receive(self.channel)

    def close(self) -> None:
        """The server ends when the channel does, and takes its child along."""
        self.channel.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
            return
        self.process.kill()
        self.process.wait()


def _send(channel: socket.socket, message: bytes) -> None:
    channel.sendall(HEAD.pack(len(message)) + message)


def _receive(channel: socket.socket) -> bytes:
    (size,) = HEAD.unpack(_exactly(channel, HEAD.size))
    return _exactly(channel, size)


def _exactly(channel: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        part = channel.recv(min(size, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def serve() -> None:
    """The server: its standard input is the channel. It ends with the channel, or when nobody asks for long."""
    channel = socket.socket(fileno=os.dup(0))
    os.dup2(1, 0)  # /dev/null
    os.nice(NICE)
    known: set[str] = set()
    with contextlib.suppress(EOFError, OSError):
        while select.select([channel], [], [], IDLE_SECONDS)[0]:
            request = json.loads(_receive(channel))
            if request["task"] not in known:
                known.add(request["task"])
                load(request["task"])
                gc.collect()
                gc.freeze()  # the collector of a child does not touch, and so copy, what is shared
            failure, answer = _one(request, channel)
            _send(channel, json.dumps(failure).encode())
            _send(channel, answer)


def _one(request: dict[str, Any], channel: socket.socket) -> tuple[str | None, bytes]:
    """One child's life: why it failed or None, and its answer, unread."""
    with tempfile.TemporaryFile() as answers, tempfile.TemporaryFile() as stderr:
        child = os.fork()
        if child == 0:
            _live(request, channel, answers, stderr)
        try:
            ended = _ended(child, request["seconds"], channel)
        finally:
            for kill in (os.killpg, os.kill):  # by its number alone in case that it has no session yet
                with contextlib.suppress(ProcessLookupError):
                    kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
        failure = failure_of(os.waitstatus_to_exitcode(status) if ended else None, stderr)
        answers.seek(0)
        return failure.reason if failure else None, answers.read(RESULT_MB * 1024 * 1024)


def _ended(child: int, seconds: float, channel: socket.socket) -> bool:
    """Whether the child ended in time; when the web server is gone, nobody waits for it any longer."""
    handle = os.pidfd_open(child)
    try:
        watched: list[Any] = [handle, channel]
        return handle in select.select(watched, [], [], seconds)[0]
    finally:
        os.close(handle)


def _live(request: dict[str, Any], channel: socket.socket, answers: BinaryIO, stderr: BinaryIO) -> NoReturn:
    """The child: without the channel, so that it cannot speak for the server."""
    try:
        os.setsid()
        os.dup2(stderr.fileno(), 2)
        channel.close()
        perform(request, answers)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)
