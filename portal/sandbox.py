"""Opens untrusted files in a child process with little memory, little time and no surroundings."""

import contextlib
import errno
import importlib
import importlib.machinery
import json
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import types
from pathlib import Path
from typing import Any, BinaryIO, Literal

Reason = Literal["too_large", "timeout", "memory", "crash", "refused"]

ROOT = Path(__file__).resolve().parent.parent
RESULT_MB = 128
INTERPRETER = (sys.executable, "-I", "-S", "-X", "utf8", "-c")
# The packages above a module are stubs in the child: their __init__ would load the whole web application.
BOOT = (
    "import sys, types; root = {root!r}; sys.path.insert(0, root); portal = types.ModuleType('portal'); "
    "portal.__path__ = [root + '/portal']; sys.modules['portal'] = portal; from portal.sandbox import serve; serve()"
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
    if path.stat().st_size > limit_mb * 1024 * 1024:
        raise Unreadable("too_large")
    request = {
        "task": task,
        "path": str(path.resolve()),
        "options": options,
        "paths": [entry for entry in sys.path if entry],
        "seconds": seconds,
        "memory_mb": memory_mb,
    }
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        stdin.write(json.dumps(request).encode())
        stdin.seek(0)
        child = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell, no input in the arguments
            [*INTERPRETER, BOOT.format(root=str(ROOT))],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env={name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ},
            cwd="/",
            start_new_session=True,
        )
        try:
            ended = _wait(child, seconds)
        finally:
            _kill_group(child)
        return _answer(child.returncode if ended else None, stdout, stderr)


def _wait(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the child ended in time. It is not reaped where a process handle exists, so its group keeps its number."""
    if hasattr(os, "pidfd_open"):
        handle = os.pidfd_open(child.pid)
        try:
            poll = select.poll()
            poll.register(handle, select.POLLIN)
            return bool(poll.poll(seconds * 1000))
        finally:
            os.close(handle)
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _answer(returncode: int | None, stdout: BinaryIO, stderr: BinaryIO) -> Any:
    if returncode is None or returncode == -signal.SIGXCPU:
        raise Unreadable("timeout")
    if returncode != 0:
        raise Unreadable("memory" if returncode == -signal.SIGKILL or _out_of_memory(stderr) else "crash")
    stdout.seek(0)
    try:
        answer = json.loads(stdout.read(RESULT_MB * 1024 * 1024))
        match answer:
            case {"result": result}:
                return result
            case {"refused": str(code), "details": dict(details)}:
                failure: Unreadable = Refused(code, **details)
            case {"unreadable": "memory" | "too_large" as reason}:
                failure = Unreadable(reason)
            case _:
                failure = Unreadable("crash")
    except (ValueError, TypeError, RecursionError):
        failure = Unreadable("crash")
    raise failure


def _out_of_memory(stderr: BinaryIO) -> bool:
    """Rust and C++ abort when memory ends and say so last; what they say is looked at and never kept."""
    stderr.seek(max(0, stderr.seek(0, os.SEEK_END) - 4096))
    tail = stderr.read(4096)
    return b"memory allocation of" in tail or b"bad_alloc" in tail or b"MemoryError" in tail


def serve() -> None:
    """The child: limits first, then the task, then one JSON answer on what was the standard output."""
    request = json.loads(sys.stdin.buffer.read())
    _limit(request["seconds"], request["memory_mb"])
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    sys.path[:] = [str(ROOT), *(entry for entry in request["paths"] if entry != str(ROOT))]
    try:
        answer = {"result": _load(request["task"])(Path(request["path"]), **request["options"])}
    except Refused as refusal:
        answer = {"refused": refusal.code, "details": refusal.details}
    except MemoryError:
        answer = {"unreadable": "memory"}
    try:
        answers.write(json.dumps(answer).encode())
        answers.flush()
    except (MemoryError, OSError) as failure:
        reason = "too_large" if getattr(failure, "errno", None) == errno.EFBIG else "memory"
        os.ftruncate(answers.fileno(), 0)
        os.pwrite(answers.fileno(), json.dumps({"unreadable": reason}).encode(), 0)
    # No finalisers, no exit handlers: a library that is broken by now cannot spoil the answer.
    os._exit(0)


def _limit(seconds: float, memory_mb: int) -> None:
    os.umask(0o077)
    megabyte = 1024 * 1024
    for what, amount in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_FSIZE, RESULT_MB * megabyte),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_AS, memory_mb * megabyte),
    ):
        _soft, hard = resource.getrlimit(what)
        # macOS refuses some of these limits; a tighter one that is already there stays.
        with contextlib.suppress(ValueError, OSError):
            most = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
            resource.setrlimit(what, (most, most))


def _load(task: str) -> Any:
    module_name, _, function = task.partition(":")
    places: list[str] | None = None
    parents = module_name.split(".")[:-1]
    for depth in range(1, len(parents) + 1):
        name = ".".join(parents[:depth])
        if name not in sys.modules:
            spec = importlib.machinery.PathFinder.find_spec(name, places)
            stub = types.ModuleType(name)
            stub.__path__ = list(spec.submodule_search_locations or []) if spec else []
            sys.modules[name] = stub
        places = list(sys.modules[name].__path__)
    return getattr(importlib.import_module(module_name), function)
