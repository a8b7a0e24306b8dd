"""Settings of one installation, from PORTAL_* variables; an unsafe one refuses to start in production."""

import base64
import binascii
import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]


class UnsafeSetting(RuntimeError):
    """A setting that must not be used in production."""


@dataclass(frozen=True)
class PhotoDays:
    """For how many days photos are kept after they were of use, see docs/decisions/0026-photos.md.

    `confirmed`: after the case was confirmed, if the person agreed to their being kept. `ended`: without that, and after
    a case was refused or replaced. `draft`: of a case never handed in. `loose`: of no case. `proof`: papers and
    signatures that payments were made by, after the case was replaced.
    """

    confirmed: int = 180
    ended: int = 30
    draft: int = 30
    loose: int = 7
    proof: int = 3650


@dataclass(frozen=True)
class Settings:
    """What differs between installations. `photo_keys`: key id to 32 bytes; the first one encrypts, all decrypt.

    `proxy_people`: one who is authorized by more people than this is pointed out.
    """

    environment: str = "development"
    instance: Path = ROOT / "instance"
    database_url: str = ""
    secret_key: str = field(default="", repr=False)
    photo_keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    help_phone: str = "0205 3000 123"
    max_upload_bytes: int = 25 * 1024 * 1024
    sign_in_tries: int = 8
    sign_in_window_minutes: int = 15
    session_hours: int = 10
    trusted_proxies: int = 0
    password_cost: int = 2
    photo_days: PhotoDays = PhotoDays()
    proxy_people: int = 2

    @property
    def production(self) -> bool:
        return self.environment == "production"


def from_environment(env: Mapping[str, str] | None = None) -> Settings:
    """Read PORTAL_* variables. In development, missing secrets are made once and kept in the instance folder."""
    env = os.environ if env is None else env
    environment = env.get("PORTAL_ENVIRONMENT", "development")
    instance = Path(env.get("PORTAL_INSTANCE", ROOT / "instance")).absolute()
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    production = environment == "production"
    secret = env.get("PORTAL_SECRET_KEY", "")
    if production and len(secret) < 32:
        raise UnsafeSetting("PORTAL_SECRET_KEY must hold at least 32 characters in production")
    keys = _photo_keys(env.get("PORTAL_PHOTO_KEYS", ""))
    if production and not keys:
        raise UnsafeSetting("PORTAL_PHOTO_KEYS is missing: give `id:base64 of 32 bytes`, several separated by commas")
    database_url = env.get("PORTAL_DATABASE_URL", f"sqlite:///{instance / 'portal.sqlite'}")
    return Settings(
        environment=environment,
        instance=instance,
        database_url=database_url,
        secret_key=secret or _kept(instance / "secret.key", lambda: secrets.token_urlsafe(48)),
        photo_keys=keys or _photo_keys(_kept(instance / "photo.key", _new_photo_key)),
        help_phone=env.get("PORTAL_HELP_PHONE", Settings.help_phone),
        max_upload_bytes=int(env.get("PORTAL_MAX_UPLOAD_BYTES", Settings.max_upload_bytes)),
        trusted_proxies=int(env.get("PORTAL_TRUSTED_PROXIES", 0)),
        proxy_people=int(env.get("PORTAL_PROXY_PEOPLE", Settings.proxy_people)),
        photo_days=_photo_days(env.get("PORTAL_PHOTO_DAYS", "")),
    )


def _photo_days(text: str) -> PhotoDays:
    days = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, _, number = part.partition("=")
        if name not in PhotoDays.__annotations__ or not number.isdecimal():
            known = ", ".join(PhotoDays.__annotations__)
            raise UnsafeSetting(f"PORTAL_PHOTO_DAYS: `name=days`, several separated by commas; names are {known}")
        days[name] = int(number)
    return PhotoDays(**days)


def _new_photo_key() -> str:
    return f"{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _photo_keys(text: str) -> dict[str, bytes]:
    keys = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        key_id, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not key_id or len(key) != 32:
            raise UnsafeSetting("PORTAL_PHOTO_KEYS: each key is `id:base64 of 32 bytes`")
        keys[key_id] = key
    return keys


def _kept(path: Path, make: Callable[[], str]) -> str:
    """The text in `path`, made on first use; processes that start together agree on one and never see half of it."""
    if not path.exists():
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(make())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
        Path(temporary).unlink()
    return path.read_text()
