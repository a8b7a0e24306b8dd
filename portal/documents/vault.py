"""Photos at rest: AES-256-GCM, one file for each content, one folder for each commune."""

import hashlib
import hmac
import os
import re
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.errors import DomainError

KEY_BYTES = 32
NONCE_BYTES = 12  # 96 random bits: safe for 2^32 files under one key (NIST SP 800-38D, 8.3)
TAG_BYTES = 16
MAGIC = b"PV1\0"


class PhotoMissing(DomainError):
    """The stored photo %(sha256)s is not there. Restore it from a backup, or take the photo again."""


class PhotoDamaged(DomainError):
    """The stored photo %(sha256)s was changed or belongs elsewhere, and cannot be opened. Restore it from a backup."""


class PhotoKeyUnknown(DomainError):
    """The key %(key_id)s, which opens the stored photo, is not configured. Tell the administrator."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a photo lies: `sha256` of the clear bytes (hex), their number, and the key that opens them."""

    sha256: str
    size: int
    key_id: str


class Vault:
    """Encrypted files under `root`; `keys` opens old ones, `current` names the key for new ones.

    The name of a file is a keyed hash, so that a folder listing does not tell whether a known picture is stored.
    Commune, content and key are the associated data of the cipher: a file moved to another place does not open.
    """

    def __init__(self, root: Path, keys: Mapping[str, bytes], current: str) -> None:
        if current not in keys:
            raise PhotoKeyUnknown(key_id=current)
        if any(len(key) != KEY_BYTES for key in keys.values()):
            raise ValueError(f"a vault key has {KEY_BYTES} bytes")
        self._root = root
        self._keys = dict(keys)
        self._current = current

    def put(self, commune_id: int, clear: bytes) -> Stored:
        """Store `clear`; the same bytes twice in a commune are one file, and a damaged one is replaced."""
        sha256 = hashlib.sha256(clear).hexdigest()
        stored = Stored(sha256, len(clear), self._current)
        with suppress(PhotoMissing, PhotoDamaged):
            self.get(commune_id, sha256, self._current)
            return stored
        nonce = secrets.token_bytes(NONCE_BYTES)
        bound = _associated_data(commune_id, sha256, self._current)
        cipher = AESGCM(self._key(self._current)).encrypt(nonce, clear, bound)
        _write_atomically(self._place(commune_id, sha256, self._current), MAGIC + nonce + cipher)
        return stored

    def get(self, commune_id: int, sha256: str, key_id: str) -> bytes:
        """The clear bytes; PhotoMissing, PhotoDamaged or PhotoKeyUnknown when they cannot be had."""
        place = self._place(commune_id, sha256, key_id)
        try:
            sealed = place.read_bytes()
        except FileNotFoundError:
            raise PhotoMissing(sha256=sha256) from None
        head = len(MAGIC)
        if not sealed.startswith(MAGIC) or len(sealed) < head + NONCE_BYTES + TAG_BYTES:
            raise PhotoDamaged(sha256=sha256)
        nonce, cipher = sealed[head : head + NONCE_BYTES], sealed[head + NONCE_BYTES :]
        try:
            return AESGCM(self._key(key_id)).decrypt(nonce, cipher, _associated_data(commune_id, sha256, key_id))
        except InvalidTag:
            raise PhotoDamaged(sha256=sha256) from None

    def delete(self, commune_id: int, sha256: str, key_id: str) -> None:
        """Remove the file; one that is already gone is no error, so that a purge may run twice."""
        place = self._place(commune_id, sha256, key_id)
        with suppress(FileNotFoundError):
            place.unlink()
            _sync_folder(place.parent)

    def place(self, commune_id: int, sha256: str, key_id: str) -> str:
        """The file's path below the vault, as `files` tells it."""
        return self._place(commune_id, sha256, key_id).relative_to(self._root).as_posix()

    def files(self) -> Iterator[tuple[str, float]]:
        """Every file below the vault, with the time of its last change (seconds); also what a killed writer left."""
        for path in self._root.rglob("*"):
            with suppress(FileNotFoundError):
                if path.is_file():
                    yield path.relative_to(self._root).as_posix(), path.stat().st_mtime

    def _key(self, key_id: str) -> bytes:
        try:
            return self._keys[key_id]
        except KeyError:
            raise PhotoKeyUnknown(key_id=key_id) from None

    def _place(self, commune_id: int, sha256: str, key_id: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise PhotoMissing(sha256=sha256)
        name = hmac.digest(self._key(key_id), b"name\0" + bytes.fromhex(sha256), "sha256").hex()
        return self._root / str(int(commune_id)) / name[:2] / name


def _associated_data(commune_id: int, sha256: str, key_id: str) -> bytes:
    return f"{commune_id}|{sha256}|{key_id}".encode()


def _write_atomically(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = _write_temporary(place.parent, content)
    try:
        temporary.replace(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    for folder in (place.parent, *place.parents[1:3]):  # new folders too must outlive a power cut
        _sync_folder(folder)


def _write_temporary(folder: Path, content: bytes) -> Path:
    """A new file of mode 0600 in `folder` (mkstemp makes it so), on the disk before this returns."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
