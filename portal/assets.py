"""Addresses of static files: content-hashed where built, with a content hash as query where our own."""

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import Flask, url_for

STATIC = Path(__file__).parent / "static"


class AssetsNotBuilt(RuntimeError):
    """`make assets` has not been run."""


def init_app(app: Flask) -> None:
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """The address of `name`, to be kept by browsers for good: another content has another address."""
    built = _manifest().get(name)
    if built:
        return url_for("static", filename=f"vendor/{built}")
    return url_for("static", filename=name, v=_hash(name))


@cache
def _manifest() -> dict[str, str]:
    path = STATIC / "vendor" / "manifest.json"
    if not path.exists():
        raise AssetsNotBuilt("run `make assets` first")
    found: dict[str, str] = json.loads(path.read_text())
    return found


@cache
def _hash(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
