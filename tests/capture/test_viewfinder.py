"""The viewfinder always lets the camera go, follows the keyboard, and goes on without a camera or a reader."""

import time

from tests.capture.phone import until
from tests.capture.scanning import MODULES, URLS, Files
from tests.capture.viewfinding import CARD, SAYS, SCAN, scene


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
