"""Settings: made once where missing in development, refused where unsafe in production."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.config import UnsafeSetting, from_environment

KEY = "k1:" + base64.b64encode(b"0" * 32).decode()


def test_development_makes_its_secrets_once_and_keeps_them_to_itself(tmp_path):
    first = from_environment({"PORTAL_INSTANCE": str(tmp_path / "i")})
    second = from_environment({"PORTAL_INSTANCE": str(tmp_path / "i")})
    assert first.secret_key == second.secret_key and len(first.secret_key) > 40
    assert first.photo_keys == second.photo_keys and len(next(iter(first.photo_keys.values()))) == 32
    for name in ("secret.key", "photo.key"):
        assert stat.S_IMODE((tmp_path / "i" / name).stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_one_key(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: from_environment({"PORTAL_INSTANCE": str(tmp_path)}), range(64)))
    assert len({s.secret_key for s in found}) == 1 and len({tuple(s.photo_keys.items()) for s in found}) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"secret.key", "photo.key"}


@pytest.mark.parametrize("missing", ["PORTAL_SECRET_KEY", "PORTAL_PHOTO_KEYS"])
def test_production_refuses_to_start_without_its_secrets(tmp_path, missing):
    env = {
        "PORTAL_ENVIRONMENT": "production",
        "PORTAL_INSTANCE": str(tmp_path),
        "PORTAL_SECRET_KEY": "x" * 40,
        "PORTAL_PHOTO_KEYS": KEY,
    }
    assert from_environment(env).production
    with pytest.raises(UnsafeSetting, match=missing):
        from_environment({k: v for k, v in env.items() if k != missing})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "keys", ["k1", "k1:short", ":" + KEY[3:], "k1:" + base64.b64encode(b"0" * 16).decode(), "k1:*" + KEY[3:]]
)
def test_a_photo_key_of_the_wrong_shape_is_refused(tmp_path, keys):
    with pytest.raises(UnsafeSetting, match="32 bytes"):
        from_environment({"PORTAL_INSTANCE": str(tmp_path), "PORTAL_PHOTO_KEYS": keys})


def test_the_first_photo_key_encrypts_and_all_decrypt(tmp_path):
    other = KEY.replace("k1:", "k0:")
    found = from_environment({"PORTAL_INSTANCE": str(tmp_path), "PORTAL_PHOTO_KEYS": f"{KEY}, {other}"})
    assert list(found.photo_keys) == ["k1", "k0"]


def test_secrets_do_not_show_when_settings_are_printed(tmp_path):
    found = from_environment({"PORTAL_INSTANCE": str(tmp_path)})
    assert found.secret_key not in repr(found) and "photo_keys" not in repr(found)


def test_days_of_photos_are_told_by_name_and_a_wrong_name_or_number_is_refused(tmp_path):
    found = from_environment(
        {"PORTAL_INSTANCE": str(tmp_path), "PORTAL_PHOTO_DAYS": "confirmed=90, loose=14"}
    ).photo_days
    assert (found.confirmed, found.loose, found.ended) == (90, 14, 30)
    for wrong in ("forever=1", "confirmed=-1", "confirmed", "confirmed=soon"):
        with pytest.raises(UnsafeSetting, match="PORTAL_PHOTO_DAYS"):
            from_environment({"PORTAL_INSTANCE": str(tmp_path), "PORTAL_PHOTO_DAYS": wrong})
