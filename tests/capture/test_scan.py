"""The viewfinder reads cards and bank codes by itself, takes photos that can be read, and always lets the camera go."""

import base64
import gzip
import io
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
from tests.capture.camera import film, filming
from tests.capture.phone import until
from tests.capture.scanning import FIXTURES, MODULES, SAMPLES, URLS, Files, sample_rows

WORDS = [
    *(
        "scan_title_card",
        "scan_title_account",
        "scan_title_photo",
        "scan_starting",
        "scan_aim_card",
        "scan_aim_account",
    ),
    *("scan_aim_photo", "scan_hint_dark", "scan_hint_near", "scan_hint_far", "scan_hint_still", "scan_hint_glare"),
    *(
        "scan_hint_read",
        "scan_hint_no_code",
        "scan_hint_other_code",
        "scan_hint_wrong_sum",
        "scan_no_reader",
        "scan_taking",
        "scan_shutter",
    ),
    *("scan_torch", "scan_choose", "scan_close", "scan_taken", "take_again", "keep_photo", "role_id_front"),
    *(
        f"{kind}_{code}"
        for kind in ("warning", "help")
        for code in ("blank", "dark", "blur", "glare", "small", "small_card")
    ),
]
SAYS = {key: key.replace("_", " ") for key in WORDS} | {"scan_poor": "photo: {what}"}
SCAN = """([wishes, urls, words]) => {
  window.log = []; window.result = null;
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.tracks = window.tracks || [];
  navigator.mediaDevices.getUserMedia = async (wish) => {
    log.push("camera");
    const stream = await ask(wish);
    tracks.push(...stream.getTracks());
    return stream;
  };
  const onPersist = () => new Promise((done) => setTimeout(() => { log.push("persisted"); done(); }, 100));
  portal.viewfinder.scan({ ...wishes, words, urls, onPersist }).then(async (result) => {
    const { photo } = result;
    if (photo) {
      const bytes = new Uint8Array(await photo.blob.arrayBuffer());
      let text = "";
      for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
      photo.blob = btoa(text);
    }
    window.result = result;
  });
}"""
CARD = "cccd-front"
CARD_TEXT = (
    "020046241877|081166369|Bế Văn Đoàn|21121946|Nam|Thôn Nà Tồng, Thị trấn Bình Gia, Bình Gia, Lạng Sơn|30122021"
)


class Finder:
    """A page whose camera films pictures; `result` is what scan() gave, None while it is open."""

    def __init__(self, browser, address, **context):
        self.browser, self.complaints = browser, []
        self.context = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN", **context)
        self.tab = self.context.new_page()
        self.tab.on(
            "console", lambda message: self.complaints.append(message.text) if message.type == "error" else None
        )
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.goto(f"{address}/test/")
        self.tab.wait_for_function("window.portal")

    def scan(self, kind, role="id_front", urls=URLS):
        self.tab.evaluate(SCAN, [{"kind": kind, "role": role}, urls, SAYS])

    @property
    def result(self):
        return self.tab.evaluate("window.result")

    def ended(self, seconds=15):
        until(lambda: self.result, seconds)
        return self.result

    @property
    def hint(self):
        return self.tab.locator(".viewfinder-hint").text_content()

    def says(self, key, seconds=10):
        until(lambda: self.hint == SAYS[key], seconds)

    def live(self):
        """The camera is open, and what it shows is looked at."""
        until(lambda: self.tab.locator("video").evaluate("video => video.readyState >= 2 && !video.paused"))
        until(lambda: self.hint != SAYS["scan_starting"])

    def press(self, name):
        self.tab.get_by_role("button", name=SAYS[name]).click()

    @property
    def filming(self):
        return self.tab.evaluate("window.tracks.some((track) => track.readyState === 'live')")

    @property
    def focus(self):
        return self.tab.evaluate("document.activeElement.textContent")


@pytest.fixture
def finder(chromium, served, scanner_worker, tmp_path):
    """finder(*pictures, seconds=1.0) is a page whose camera films them; no console errors, no track left running."""
    opened = []

    def start(*scenes, seconds=1.0, files=None, **context):
        browser = filming(chromium, film(tmp_path / f"{len(opened)}.mjpeg", *scenes, seconds=seconds))
        opened.append(Finder(browser, served(MODULES, files or Files(scanner_worker)), **context))
        return opened[-1]

    yield start
    try:
        for one in opened:
            assert not one.filming or one.result is None
            assert one.complaints == []
    finally:
        for one in opened:
            one.browser.close()


def scene(name):
    return FIXTURES / f"{name}.jpg"


def photo_of(result):
    content = base64.b64decode(result["photo"]["blob"])
    return content, Image.open(io.BytesIO(content))


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


def test_without_a_camera_or_refused_a_file_is_asked_for(chromium, served, scanner_worker):
    context = chromium.new_context()
    tab = context.new_page()
    tab.goto(served(MODULES, Files(scanner_worker)) + "/test/")
    tab.wait_for_function("window.portal")
    tab.evaluate(SCAN, [{"kind": "card", "role": "id_front"}, URLS, SAYS])
    until(lambda: tab.evaluate("window.result"))
    assert tab.evaluate("window.result") == {"fallback": True}
    assert tab.locator("dialog").count() == 0
    context.close()


def test_a_camera_that_is_taken_away_asks_for_a_file(finder):
    phone = finder(scene("cccd-back-no-qr"))
    phone.scan("card")
    phone.live()
    phone.tab.evaluate(
        """() => {
          navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("busy", "NotReadableError"));
          tracks[0].stop();
          tracks[0].dispatchEvent(new Event("ended"));
        }"""
    )
    assert phone.ended() == {"fallback": True}


def test_a_photo_can_be_chosen_instead(finder):
    phone = finder(scene("cccd-back-no-qr"))
    phone.scan("card")
    phone.press("scan_choose")
    assert phone.ended() == {"fallback": True} and not phone.filming


def test_closing_while_the_camera_opens_leaves_no_camera_running(finder):
    phone = finder(scene("cccd-back-no-qr"))
    phone.scan("card")
    until(lambda: phone.tab.evaluate("log.includes('camera')"))
    phone.tab.keyboard.press("Escape")
    assert phone.ended() == {"cancelled": True}
    time.sleep(1)
    assert phone.tab.evaluate("tracks.length") <= 1 and not phone.filming


def test_a_camera_that_is_slow_to_show_is_let_go_at_once(finder):
    phone = finder(scene("cccd-back-no-qr"))
    phone.tab.evaluate("() => { HTMLMediaElement.prototype.play = () => new Promise(() => {}); }")
    phone.scan("card")
    until(lambda: phone.filming)
    phone.press("scan_choose")
    assert phone.ended() == {"fallback": True}
    assert not phone.filming


def test_a_camera_that_comes_late_does_not_take_the_place_of_the_one_that_shows(finder):
    phone = finder(scene("cccd-back-no-qr"))
    phone.tab.evaluate("""() => {
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      const come = new Promise((go) => { window.come = go; });
      let asked = 0;
      navigator.mediaDevices.getUserMedia = async (wish) => {
        if (!asked++) await come;
        return ask(wish);
      };
    }""")
    phone.scan("card")
    until(lambda: phone.tab.evaluate("log.includes('camera')"))
    phone.tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    phone.live()
    phone.tab.evaluate("come()")
    until(lambda: phone.tab.evaluate("tracks.length") == 2)
    states = "tracks.map((track) => track.readyState)"
    until(lambda: phone.tab.evaluate(states) == ["live", "ended"])
    assert phone.tab.locator("video").evaluate("video => video.srcObject.getTracks()[0] === tracks[0]")
    phone.press("scan_close")
    assert phone.ended() == {"cancelled": True}
    assert not phone.filming


def test_the_keyboard_stays_in_the_dialog_and_returns_to_where_it_was(finder):
    phone = finder(scene("cccd-back-no-qr"))
    phone.tab.evaluate("""() => {
      for (const name of ["before", "opener"]) {
        const button = document.createElement("button");
        button.textContent = name;
        document.body.append(button);
        button.focus();
      }
    }""")
    phone.scan("card")
    phone.live()
    assert phone.focus == SAYS["scan_shutter"]
    met = set()
    for _ in range(8):
        phone.tab.keyboard.press("Tab")
        met.add(phone.focus)
    assert {SAYS["scan_shutter"], SAYS["scan_choose"], SAYS["scan_close"]} <= met
    assert not met & {"before", "opener"}
    phone.tab.get_by_role("button", name=SAYS["scan_shutter"]).focus()
    phone.tab.keyboard.press("Enter")
    assert "photo" in phone.ended()
    assert phone.focus == "opener"


def test_the_dialog_is_named_and_speaks_its_hints(finder):
    phone = finder(scene("cccd-back-no-qr"))
    phone.scan("card")
    phone.live()
    assert phone.tab.get_by_role("dialog", name=SAYS["role_id_front"]).is_visible()
    assert phone.tab.get_by_role("status").text_content() == phone.hint


def test_a_hidden_page_does_not_film_and_goes_on_when_it_is_shown(finder):
    phone = finder(scene("cccd-back-no-qr"))
    phone.scan("card")
    phone.live()
    hide = """(hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    phone.tab.evaluate(hide, True)
    assert not phone.filming
    phone.tab.evaluate(hide, False)
    phone.live()
    assert phone.filming
    phone.press("scan_shutter")
    assert "photo" in phone.ended()


def test_without_a_reader_photos_are_taken_and_accounts_are_typed(finder):
    phone = finder(scene(CARD))
    nowhere = {"worker": "/scanner/nowhere.js", "wasm": "/scanner/nowhere.wasm"}
    phone.scan("account", role=None, urls=nowhere)
    assert phone.ended() == {"fallback": True}
    phone.scan("card", urls=nowhere)
    phone.says("scan_no_reader")
    phone.press("scan_shutter")
    result = phone.ended()
    assert "photo" in result and "text" not in result
    phone.complaints[:] = [one for one in phone.complaints if "404" not in one]


def test_the_light_is_offered_where_the_camera_has_one(finder):
    phone = finder(scene("cccd-back-no-qr"))
    phone.tab.evaluate("""() => {
      window.lights = [];
      MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
      MediaStreamTrack.prototype.applyConstraints = async ({ advanced }) => { lights.push(advanced[0].torch); };
    }""")
    phone.scan("card")
    phone.live()
    light = phone.tab.get_by_role("button", name=SAYS["scan_torch"])
    assert light.get_attribute("aria-pressed") == "false"
    light.click()
    until(lambda: light.get_attribute("aria-pressed") == "true")
    light.click()
    until(lambda: light.get_attribute("aria-pressed") == "false")
    assert phone.tab.evaluate("lights") == [True, False]


def test_a_camera_without_light_offers_none(finder):
    phone = finder(scene("cccd-back-no-qr"))
    phone.scan("card")
    phone.live()
    assert phone.tab.get_by_role("button", name=SAYS["scan_torch"]).count() == 0


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
