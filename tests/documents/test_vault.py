"""What the photo vault promises: secret, whole, in its place, once."""

import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal.documents.vault import (
    PhotoDamaged,
    PhotoKeyUnknown,
    PhotoMissing,
    Vault,
)

PICTURE = b"\xff\xd8\xff synthetic picture " * 1000
KEYS = {"2026": b"k" * 32, "2027": b"l" * 32}


def files(root: Path) -> list[Path]:
    return sorted(p for p in root.rglob("*") if p.is_file())


def test_a_photo_comes_back_as_it_was(tmp_path: Path) -> None:
    vault = Vault(tmp_path, KEYS, "2026")
    stored = vault.put(6112, PICTURE)
    assert stored.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert (stored.size, stored.key_id) == (len(PICTURE), "2026")
    assert vault.get(6112, stored.sha256, stored.key_id) == PICTURE


def test_neither_content_nor_name_tells_what_is_stored(tmp_path: Path) -> None:
    stored = Vault(tmp_path, KEYS, "2026").put(6112, PICTURE)
    (file,) = files(tmp_path)
    assert b"synthetic" not in file.read_bytes()
    assert stored.sha256[:8] not in str(file)
    assert file.suffix == ""
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o077 == 0


def test_the_same_bytes_twice_are_one_file_in_each_commune(tmp_path: Path) -> None:
    vault = Vault(tmp_path, KEYS, "2026")
    assert vault.put(6112, PICTURE) == vault.put(6112, PICTURE)
    assert len(files(tmp_path)) == 1
    vault.put(20500, PICTURE)
    assert len(files(tmp_path)) == 2


def test_two_files_of_the_same_length_are_encrypted_differently(tmp_path: Path) -> None:
    vault = Vault(tmp_path, KEYS, "2026")
    vault.put(6112, PICTURE)
    vault.put(20500, PICTURE)
    first, second = (file.read_bytes() for file in files(tmp_path))
    assert first[4:16] != second[4:16]
    assert first[16:] != second[16:]


@pytest.mark.parametrize("position", [0, 3, 4, 15, 16, 5000, -1])
def test_one_changed_byte_is_noticed(tmp_path: Path, position: int) -> None:
    vault = Vault(tmp_path, KEYS, "2026")
    stored = vault.put(6112, PICTURE)
    (file,) = files(tmp_path)
    sealed = bytearray(file.read_bytes())
    sealed[position] ^= 1
    file.write_bytes(sealed)
    with pytest.raises(PhotoDamaged, match=stored.sha256):
        vault.get(6112, stored.sha256, stored.key_id)


@pytest.mark.parametrize("length", [0, 3, 20, 31, 32, 4000])
def test_a_cut_off_file_is_noticed_and_put_mends_it(tmp_path: Path, length: int) -> None:
    vault = Vault(tmp_path, KEYS, "2026")
    stored = vault.put(6112, PICTURE)
    (file,) = files(tmp_path)
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(PhotoDamaged):
        vault.get(6112, stored.sha256, stored.key_id)
    vault.put(6112, PICTURE)
    assert vault.get(6112, stored.sha256, stored.key_id) == PICTURE


def test_another_commune_has_no_such_photo(tmp_path: Path) -> None:
    vault = Vault(tmp_path, KEYS, "2026")
    stored = vault.put(6112, PICTURE)
    with pytest.raises(PhotoMissing):
        vault.get(20500, stored.sha256, stored.key_id)


def test_a_file_carried_into_another_commune_does_not_open(tmp_path: Path) -> None:
    vault = Vault(tmp_path, KEYS, "2026")
    stored = vault.put(6112, PICTURE)
    shutil.copytree(tmp_path / "6112", tmp_path / "20500")
    with pytest.raises(PhotoDamaged):
        vault.get(20500, stored.sha256, stored.key_id)


def test_a_photo_in_the_place_of_another_does_not_open(tmp_path: Path) -> None:
    vault = Vault(tmp_path, KEYS, "2026")
    one = vault.put(6112, PICTURE)
    (first,) = files(tmp_path)
    other = vault.put(6112, PICTURE + b"2")
    (second,) = set(files(tmp_path)) - {first}
    second.write_bytes(first.read_bytes())
    with pytest.raises(PhotoDamaged):
        vault.get(6112, other.sha256, other.key_id)
    assert vault.get(6112, one.sha256, one.key_id) == PICTURE


def test_old_photos_open_after_the_key_changed(tmp_path: Path) -> None:
    old = Vault(tmp_path, KEYS, "2026").put(6112, PICTURE)
    vault = Vault(tmp_path, KEYS, "2027")
    new = vault.put(6112, PICTURE)
    assert (old.key_id, new.key_id) == ("2026", "2027")
    for stored in (old, new):
        assert vault.get(6112, stored.sha256, stored.key_id) == PICTURE


def test_a_photo_under_a_lost_key_says_so(tmp_path: Path) -> None:
    stored = Vault(tmp_path, KEYS, "2026").put(6112, PICTURE)
    vault = Vault(tmp_path, {"2027": KEYS["2027"]}, "2027")
    with pytest.raises(PhotoKeyUnknown, match="2026"):
        vault.get(6112, stored.sha256, stored.key_id)
    with pytest.raises(PhotoKeyUnknown):
        Vault(tmp_path, KEYS, "2028")


def test_the_right_key_name_with_the_wrong_key_finds_nothing(tmp_path: Path) -> None:
    stored = Vault(tmp_path, KEYS, "2026").put(6112, PICTURE)
    with pytest.raises(PhotoMissing):
        Vault(tmp_path, {"2026": b"x" * 32}, "2026").get(6112, stored.sha256, "2026")


def test_a_short_key_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(tmp_path, {"2026": b"short"}, "2026")


@pytest.mark.parametrize("sha256", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_a_name_that_is_no_sha256_reaches_no_file(tmp_path: Path, sha256: str) -> None:
    with pytest.raises(PhotoMissing):
        Vault(tmp_path, KEYS, "2026").get(6112, sha256, "2026")


def test_a_deleted_photo_is_gone_and_deleting_twice_is_no_error(tmp_path: Path) -> None:
    vault = Vault(tmp_path, KEYS, "2026")
    stored = vault.put(6112, PICTURE)
    vault.delete(6112, stored.sha256, stored.key_id)
    vault.delete(6112, stored.sha256, stored.key_id)
    assert files(tmp_path) == []
    with pytest.raises(PhotoMissing):
        vault.get(6112, stored.sha256, stored.key_id)


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        Vault(tmp_path, KEYS, "2026").put(6112, PICTURE)
    assert files(tmp_path) == []


def test_many_writers_of_one_photo_leave_one_whole_file(tmp_path: Path) -> None:
    vault = Vault(tmp_path, KEYS, "2026")
    with ThreadPoolExecutor(8) as pool:
        stored = set(pool.map(lambda _: vault.put(6112, PICTURE), range(24)))
    assert len(stored) == 1
    assert len(files(tmp_path)) == 1
    assert vault.get(6112, stored.pop().sha256, "2026") == PICTURE
