"""Photos that a phone took and judged: its word stands, and codes are looked for where they can be."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from portal.db import db
from portal.documents import reading
from portal.documents.codes import Codes
from portal.documents.models import Photo
from portal.enrolment.codes import codes_on
from portal.enrolment.models import FileRole, ReceivedFile
from tests.enrolment.capturing import PHOTOS
from tests.enrolment.sending import SCAN, drawing, file_of, front, id_of, manifest_of, sha


@pytest.fixture
def looked(monkeypatch):
    """How hard codes were looked for, photo after photo."""
    asked = []
    run = reading.CHILDREN.run

    def noted(*args, **options):
        asked.append(options["codes"])
        return run(*args, **options)

    monkeypatch.setattr(reading.CHILDREN, "run", noted)
    return asked


def quality_of(app, photo):
    with app.app_context():
        statement = select(Photo).join(ReceivedFile, ReceivedFile.photo_id == Photo.id)
        return db.session.scalars(statement.where(ReceivedFile.sha256 == sha(photo))).one().quality


def test_what_the_phone_judged_stands_and_words_of_a_later_phone_are_left_out(app, commune, phone):
    photo, other = drawing(), drawing()
    files = [file_of(photo, "id_front", warnings=["small_card", "crooked"], kept=True), file_of(other, "id_back")]
    body = manifest_of(files, commune)
    assert phone.send_all(body, [photo, other]).json["state"] == "received"
    assert quality_of(app, photo) == {"warnings": ["small_card"]}
    assert quality_of(app, other) == {"warnings": []}, "120 pixels are few, but the phone said nothing"


@pytest.mark.parametrize("told", [None, "schema 2", "not named yet"])
def test_a_photo_that_no_phone_judged_is_judged_here(app, commune, phone, told):
    photo, other = drawing(), drawing()
    files = [file_of(photo, "id_front", warnings=None), file_of(other, "id_back", warnings=None)]
    if told == "schema 2":
        files = [{k: v for k, v in file.items() if k in ("sha256", "bytes", "role", "position")} for file in files]
    body = manifest_of(files, commune, schema=2 if told == "schema 2" else 3)
    if told == "not named yet":
        phone.send_photo(id_of(body), photo)
    phone.send_all(body, [photo, other])
    assert "small" in quality_of(app, photo)["warnings"]


def test_an_original_that_the_phone_could_not_open_is_judged_here(app, commune, phone):
    photo = (PHOTOS / "cccd-front-dark.jpg").read_bytes()
    assert "dark" not in quality_after(app, commune, phone, photo), "2000 pixels: as a phone makes them"
    larger = enlarged(photo)
    assert "dark" in quality_after(app, commune, phone, larger)


def quality_after(app, commune, phone, photo):
    body = manifest_of([file_of(photo, "id_front"), file_of(back := drawing(), "id_back")], commune)
    phone.send_all(body, [photo, back])
    return quality_of(app, photo)["warnings"]


def enlarged(photo):
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(photo)) as image:
        image.resize((2400, 1800)).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def test_a_photo_of_nothing_is_said_to_show_nothing_whatever_the_phone_said(app, commune, phone):
    buffer = io.BytesIO()
    Image.new("RGB", (1600, 1200), "black").save(buffer, "JPEG")
    assert quality_after(app, commune, phone, buffer.getvalue()) == ["blank"]


def test_the_other_side_of_a_card_that_told_is_only_glanced_at(app, commune, phone, looked):
    one, other, paper = front(), drawing(), drawing()
    photos = {"id_front": one, "id_back": other, "paper": paper}
    phone.send_all(manifest_of(photos, commune, read={"id_front": SCAN}), [one, other, paper])
    assert looked == [Codes.ALL, Codes.GLANCE, Codes.NONE]


@pytest.mark.parametrize(
    ("role", "told", "how"),
    [
        (None, {"id_front"}, Codes.ALL),
        (FileRole.ID_FRONT, set(), Codes.ALL),
        (FileRole.ID_FRONT, {"id_front", "id_back"}, Codes.ALL),
        (FileRole.ID_BACK, {"id_front"}, Codes.GLANCE),
        (FileRole.ID_BACK, {"representative_front"}, Codes.ALL),
        (FileRole.REPRESENTATIVE_FRONT, {"representative_back"}, Codes.GLANCE),
        (FileRole.PAPER, set(), Codes.NONE),
        (FileRole.SIGNATURE, {"id_front"}, Codes.NONE),
    ],
)
def test_how_hard_codes_are_looked_for(role, told, how):
    assert codes_on(role, told) == how
