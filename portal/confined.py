"""The child's side of the sandbox: without surroundings, bounded, it calls one task and tells what came of it."""

import contextlib
import errno
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import resource
import sys
import time
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import orjson

from portal.sandbox import MEGABYTE, RESULT_MB, Refused


def serve() -> None:
    """The child: what it is asked stands on its standard input, its answers go to what was its standard output."""
    request = json.loads(sys.stdin.buffer.read())
    answers, nothing = os.fdopen(os.dup(1), "wb"), os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    perform(request, answers)


def perform(request: dict[str, Any], answers: BinaryIO) -> NoReturn:
    """Limits first, then the task, then its values and one answer; the process ends here."""
    limit(request["seconds"], request["memory_mb"])

    def work() -> Any:
        result = load(request["task"])(Path(request["path"]), **request["options"])
        if not request["stream"]:
            return result
        for value in result:
            answers.write(b"=" + orjson.dumps(value) + b"\n")
            answers.flush()
        return None

    answer = attempt(work)
    try:
        answers.write(json.dumps(answer).encode())
        answers.flush()
    except (MemoryError, OSError) as failure:
        reason = "too_large" if getattr(failure, "errno", None) == errno.EFBIG else "memory"
        os.ftruncate(answers.fileno(), 0)
        os.pwrite(answers.fileno(), json.dumps({"unreadable": reason}).encode(), 0)
    # No finalisers, no exit handlers: a library that is broken by now cannot spoil the answer.
    os._exit(0)


def attempt(work: Callable[[], Any]) -> dict[str, Any]:
    """What `result_of` reads: the result of the work, or why there is none."""
    try:
        return {"result": work()}
    except Refused as refusal:
        return {"refused": refusal.code, "details": refusal.details}
    except MemoryError:
        return {"unreadable": "memory"}


def limit(seconds: float, memory_mb: int) -> None:
    """Bound this process: so many seconds of CPU from now on, so much memory in all."""
    os.umask(0o077)
    for what, amount in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, int(time.process_time() + seconds) + 1),
        (resource.RLIMIT_FSIZE, RESULT_MB * MEGABYTE),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_AS, memory_mb * MEGABYTE),
    ):
        _soft, hard = resource.getrlimit(what)
        # macOS refuses some of these limits; a tighter one that is already there stays.
        most = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        with contextlib.suppress(ValueError, OSError):
            # more time may be given to a process that goes on to its next file; nothing else ever
            resource.setrlimit(what, (most, hard if what == resource.RLIMIT_CPU else most))


class _BarePackages(importlib.abc.MetaPathFinder):
    """Packages of ours without their __init__, which would load the whole web application."""

    def __init__(self, *roots: str) -> None:
        self.roots = roots

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] not in self.roots:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.submodule_search_locations is None:
            return spec
        bare = importlib.machinery.ModuleSpec(name, None, is_package=True)
        bare.submodule_search_locations = list(spec.submodule_search_locations)
        return bare


def load(task: str) -> Any:
    name, _, function = task.partition(":")
    sys.meta_path.insert(0, _BarePackages("portal", name.partition(".")[0]))
    return getattr(importlib.import_module(name), function)
