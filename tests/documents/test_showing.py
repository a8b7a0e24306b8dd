"""A shown photo bears what it may be used for and who looks; the stored one bears nothing."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.db import db
from portal.documents import watermark
from portal.documents.models import Photo
from tests import factories

FIXTURES = Path(__file__).parents[1] / "fixtures" / "photos"
PURPOSE, VIEWER = "Chỉ dùng để chi trả an sinh xã hội – xã Bình Gia", "Nguyễn Thị Hương · 22/11/2026"


@pytest.fixture(scope="module")
def card():
    with Image.open(FIXTURES / "cccd-front.jpg") as image:
        buffer = io.BytesIO()
        image.convert("RGB").resize((2000, 1500)).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def gray(content):
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("L")


def changed(before, after):
    """Share of pixels that the mark changed visibly."""
    counts = ImageChops.difference(before, after).histogram()
    return sum(counts[24:]) / sum(counts)


def test_the_mark_is_in_every_part_of_the_picture_and_leaves_most_of_it_alone(card):
    before, after = gray(card), gray(watermark.marked(card, PURPOSE, VIEWER, "15:31"))
    assert before.size == after.size
    assert 0.01 < changed(before, after) < 0.12
    wide, high = before.width // 2, before.height // 2
    for left in (0, wide):
        for top in (0, high):
            part = (left, top, left + wide, top + high)
            assert changed(before.crop(part), after.crop(part)) > 0.005, part


@pytest.mark.parametrize("color", ["black", "white", "gray"])
def test_the_mark_is_seen_on_any_ground(color):
    buffer = io.BytesIO()
    Image.new("RGB", (1600, 1200), color).save(buffer, "JPEG")
    assert changed(gray(buffer.getvalue()), gray(watermark.marked(buffer.getvalue(), PURPOSE, VIEWER, "15:31"))) > 0.01


def test_every_vietnamese_letter_is_drawn_and_none_is_the_box_of_a_missing_one():
    letters = "ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ–·"
    plain, marks = watermark.letters("a" * 12), watermark.letters(letters)
    assert ImageStat.Stat(marks).mean[0] > 5
    assert marks.width > plain.width * 4
    drawn = [watermark.letters(one).tobytes() for one in ("Ẵ", "Ợ", "Đ", "A")]
    assert len(set(drawn)) == 4


def test_the_time_of_day_is_on_it(card):
    morning, evening = (watermark.marked(card, PURPOSE, VIEWER, clock) for clock in ("07:02", "19:58"))
    assert morning != evening


def test_whoever_looks_sees_her_name_on_it_and_the_stored_bytes_do_not_change(app, commune, sign_in, card):
    with app.app_context():
        photo = factories.tiny_photo(app, commune, 5)
        photo_id, key = photo.id, (commune, photo.sha256, photo.key_id)
        db.session.commit()
        vault = app.extensions["vault"]
        clear = vault.get(*key)
    officer, clerk = (sign_in(name).client.get(f"/photos/{photo_id}") for name in ("officer", "bank_staff"))
    assert officer.mimetype == clerk.mimetype == "image/jpeg"
    assert changed(gray(clear), gray(officer.data)) > 0.02
    assert officer.data != clerk.data
    with app.app_context():
        assert vault.get(*key) == clear
        seen = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "photo.seen")).all()
        assert len(seen) == 2


def test_a_photo_whose_file_is_lost_says_so_in_its_place(app, commune, sign_in):
    with app.app_context():
        photo = factories.tiny_photo(app, commune, 6)
        app.extensions["vault"].delete(commune, photo.sha256, photo.key_id)
        photo_id = photo.id
        db.session.commit()
    response = sign_in("officer").client.get(f"/photos/{photo_id}")
    assert (response.status_code, response.mimetype) == (409, "image/svg+xml")
    with app.app_context():
        assert db.session.get(Photo, photo_id).deleted_on is None
