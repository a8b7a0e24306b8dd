"""The viewfinder reads cards and bank codes by itself, and takes photos that can be read."""

import gzip
import re
import time
import unicodedata

import pytest
import zxingcpp
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

import frontend
from portal.documents.qr import texts
from portal.enrolment import field_words
from portal.vietnam import identity_qr, vietqr
from tests.capture.bundling import CAPTURE
from tests.capture.scanning import FIXTURES, SAMPLES, sample_rows
from tests.capture.viewfinding import CARD, CARD_TEXT, SAYS, photo_of, scene


def test_a_card_is_read_and_photographed_by_itself_within_seconds(finder):
    phone = finder(scene(CARD))
    phone.scan("card")
    started = time.monotonic()
    result = phone.ended()
    assert time.monotonic() - started < 10
    assert result["text"] == CARD_TEXT
    content, picture = photo_of(result)
    assert texts(picture.convert("L")) == [CARD_TEXT]
    assert len(content) <= 400_000 and picture.size == (result["photo"]["width"], result["photo"]["height"])
    assert (result["photo"]["warnings"], result["photo"]["kept"]) == ([], False)
    assert result["photo"]["taken_at"].endswith("Z")
    assert not phone.filming and phone.tab.locator("dialog").count() == 0


def test_the_work_is_kept_before_the_camera_opens(finder):
    phone = finder(scene(CARD))
    phone.scan("card")
    phone.ended()
    assert phone.tab.evaluate("log") == ["persisted", "camera"]


def test_the_back_of_a_new_card_is_read_too(finder):
    phone = finder(scene("can-cuoc-back"))
    phone.scan("card", role="id_back")
    assert identity_qr.parse(phone.ended()["text"]).number == "008058642454"


def test_text_in_decomposed_letters_comes_composed(finder):
    phone = finder(scene("cccd-front-decomposed-text"))
    phone.scan("card")
    text = phone.ended()["text"]
    assert text == unicodedata.normalize("NFC", text) and "Đặng Thị Chẹo" in text


def test_an_account_ends_with_the_text_of_its_code_and_no_photo(finder):
    phone = finder(scene("vietqr-account"))
    phone.scan("account", role=None)
    result = phone.ended()
    assert vietqr.parse(result["text"]).account == "8412205401076" and "photo" not in result


def test_a_bank_code_with_a_wrong_check_sum_is_not_taken(finder):
    phone = finder(scene("vietqr-wrong-check-sum"))
    phone.scan("account", role=None)
    phone.says("scan_hint_wrong_sum")
    assert phone.result is None
    phone.press("scan_close")
    assert phone.ended() == {"cancelled": True}


def test_a_card_before_a_camera_that_wants_an_account_is_told_to_be_another_code(finder):
    phone = finder(scene(CARD))
    phone.scan("account", role=None)
    phone.says("scan_hint_other_code")
    assert phone.result is None


def test_a_card_without_code_is_taken_with_the_shutter(finder):
    phone = finder(scene("cccd-back-no-qr"))
    phone.scan("card", role="id_back")
    phone.live()
    phone.press("scan_shutter")
    result = phone.ended()
    assert "text" not in result and result["photo"]["warnings"] == []


def test_the_shutter_takes_a_paper_whatever_code_is_on_it(finder):
    phone = finder(scene(CARD))
    phone.scan("photo", role="paper")
    phone.live()
    time.sleep(1)
    assert phone.result is None
    phone.press("scan_shutter")
    assert "text" not in phone.ended()


def test_a_card_that_is_not_wholly_seen_is_read_but_not_photographed(finder):
    card = Image.open(scene(CARD))
    code = zxingcpp.read_barcode(card).position
    left, top = code.top_left.x, code.top_left.y
    wide = code.top_right.x - left
    phone = finder(card.crop((left - wide, top - wide // 2, left + 3 * wide, top + wide * 7 // 4)))
    phone.scan("card")
    phone.says("scan_hint_near")
    assert phone.result is None
    phone.live()
    phone.press("scan_shutter")
    assert phone.ended()["text"] == CARD_TEXT


def test_a_poor_photo_is_shown_with_take_again_first_and_kept_if_wanted(finder):
    dark = ImageEnhance.Brightness(Image.open(scene("cccd-back-no-qr"))).enhance(0.2)
    phone = finder(dark)
    phone.scan("photo", role="paper")
    phone.says("scan_hint_dark")
    phone.press("scan_shutter")
    phone.tab.get_by_text("photo: warning dark").wait_for()
    assert phone.tab.get_by_text("help dark").is_visible() and phone.tab.locator("dialog img").is_visible()
    assert phone.focus == SAYS["take_again"]
    phone.press("take_again")
    phone.live()
    phone.press("scan_shutter")
    phone.press("keep_photo")
    photo = phone.ended()["photo"]
    assert (photo["warnings"], photo["kept"]) == (["dark"], True)


def test_a_blurred_picture_asks_for_a_still_hand(finder):
    soft = Image.open(scene("cccd-back-no-qr")).filter(ImageFilter.GaussianBlur(9))
    phone = finder(soft)
    phone.scan("card")
    phone.says("scan_hint_still")


def test_a_card_far_away_asks_to_come_closer(finder):
    card = Image.open(scene(CARD))
    table = Image.new("RGB", (1920, 1080), (150, 140, 120))
    table.paste(card.resize((560, 420)), (700, 300))
    phone = finder(table)
    phone.scan("card")
    phone.says("scan_hint_far")


def test_a_side_without_code_is_told_after_a_while_to_be_taken_by_hand(finder):
    phone = finder(scene("cccd-back-no-qr"))
    phone.scan("card", role="id_back")
    phone.says("scan_hint_no_code", seconds=40)
    assert phone.result is None


def test_the_page_of_the_capture_has_every_word_of_the_viewfinder():
    named = {key for path in CAPTURE.glob("*.js") for key in re.findall(r'"(scan_[a-z_]+)"', path.read_text())}
    named |= {f"scan_{what}_{kind}" for what in ("title", "aim") for kind in ("card", "account", "photo")}
    assert named | set(SAYS) - {"role_id_front"} <= set(field_words.WORDS)


def test_what_the_first_scan_loads_is_small(tmp_path):
    made = {path.name: len(gzip.compress(path.read_bytes())) for path in frontend.bundle(tmp_path)}
    assert made["viewfinder.js"] <= 12_000 and made["scan_worker.js"] <= 20_000


def test_a_card_that_comes_into_sight_later_is_read(finder):
    table = Image.new("RGB", (1920, 1080), (150, 140, 120))
    phone = finder(table, scene(CARD), seconds=3)
    phone.scan("card")
    assert phone.ended(30)["text"] == CARD_TEXT


@pytest.mark.parametrize("name", sorted(path.stem for path in FIXTURES.glob("*.jpg")))
def test_codes_in_photos_are_those_that_the_server_finds(scanner, name):
    content = scene(name).read_bytes()
    expected = texts(ImageOps.exif_transpose(Image.open(scene(name))).convert("L"))
    assert scanner.read(name, content) == (expected[0] if expected else None)


@pytest.mark.parametrize("row", sample_rows("cards"))
def test_every_sample_card_reads_as_its_truth_says(scanner, row):
    assert scanner.read(row["file"], (SAMPLES / "cards" / row["file"]).read_bytes()) == (row["payload"] or None)


@pytest.mark.parametrize("row", sample_rows("vietqr"))
def test_every_sample_of_a_bank_code_reads_as_its_truth_says(scanner, row):
    assert scanner.read(row["file"], (SAMPLES / "vietqr" / row["file"]).read_bytes()) == row["payload"]
