"""A viewfinder open on a page whose camera films pictures, and words for each of its hints."""

import base64
import io

import pytest
from PIL import Image

from tests.capture.camera import film, filming
from tests.capture.phone import until
from tests.capture.scanning import FIXTURES, MODULES, URLS, Files

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
