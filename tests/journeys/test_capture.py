"""Taking in a case on a phone with a camera: how many taps and bytes it takes, and whether every step can be used by all."""

import pytest
from PIL import Image, ImageOps
from sqlalchemy import select

from portal.db import db
from portal.enrolment.models import Case, CaseState
from tests import factories
from tests.capture.camera import film, filming
from tests.conftest import FIXTURES

PHOTOS = FIXTURES / "photos"
MOST_TAPS = 12
# a minute of operation: seconds a practised clerk needs for a tap and for a typed digit (Card, Moran, Newell 1983)
TAP, DIGIT, LOOK = 1.3, 0.28, 1.35


def whole(name):
    """A picture of another shape, all of it in the view of the camera."""
    return ImageOps.pad(Image.open(PHOTOS / name).convert("RGB"), (1920, 1080), color="gray")


class Phone:
    """A clerk's phone; counts what the hand does."""

    def __init__(self, page):
        self.page, self.taps, self.digits = page, 0, 0

    def tap(self, selector, **wanted):
        self.page.locator(selector, **wanted).locator("visible=true").first.click()
        self.taps += 1

    def type(self, selector, text):
        self.page.locator(selector).fill(text)
        self.taps += 1
        self.digits += len(text)

    def sign(self):
        canvas = self.page.locator("[data-signature] canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        self.page.mouse.move(box["x"] + 20, box["y"] + 30)
        self.page.mouse.down()
        for step in range(1, 10):
            self.page.mouse.move(box["x"] + 20 + step * 20, box["y"] + 30 + step % 3 * 18)
        self.page.mouse.up()
        self.taps += 1

    def heading(self, text):
        for _ in range(400):
            if text in self.page.locator("#heading").inner_text():
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"{text!r} is not shown: {self.page.locator('body').inner_text()[:800]}")


@pytest.fixture
def phone(chromium, server, tmp_path):
    """phone(*scenes): a signed-in clerk with the capture open; the camera sees the scenes in turn."""
    opened = []

    def open_phone(*scenes, username="bank_staff", seconds=1.0):
        browser = filming(chromium, film(tmp_path / "film.mjpeg", *scenes, seconds=seconds))
        context = browser.new_context(viewport={"width": 360, "height": 640}, locale="vi-VN", base_url=server)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto("/sign-in")
        page.get_by_label("Tên đăng nhập").fill(username)
        page.get_by_label("Mật khẩu").fill(factories.PASSWORD)
        page.get_by_role("button", name="Đăng nhập").click()
        page.wait_for_url("**/")
        page.goto("/enrolment/field/")
        page.locator("[data-scan]:enabled").wait_for()
        opened.append(browser)
        return Phone(page)

    yield open_phone
    for browser in opened:
        browser.close()


@pytest.fixture
def register(sqlite_app):
    """A commune whose register has the person of the photographed card."""
    with sqlite_app.app_context():
        commune = factories.commune(sqlite_app)
        factories.recipient(commune, "Bế Văn Đoàn", citizen_id="020046241877", method=None)
        db.session.commit()
    return commune


def test_a_case_with_card_and_bank_code_takes_a_minute_and_twelve_taps(sqlite_app, register, phone):
    hand = phone(PHOTOS / "cccd-front.jpg", PHOTOS / "cccd-back-no-qr.jpg", whole("vietqr-account.jpg"), seconds=3)
    hand.tap("[data-scan]")
    hand.page.locator(".viewfinder h2", has_text="Mặt sau").wait_for()
    hand.page.screenshot(path="/tmp/shots/scan.png")
    hand.tap("[data-do=shutter]")
    hand.page.locator("[data-slot=id_back] figure").wait_for()
    hand.page.screenshot(path="/tmp/shots/scan3.png", full_page=True)
    hand.tap("[data-next]")
    hand.heading("Số điện thoại")
    hand.type("[name=phone-number]", "0968123456")
    hand.tap("[name=phone-owner][value=recipient]")
    hand.tap("[data-next]")
    hand.heading("muốn nhận tiền")
    hand.tap("[data-quick-account]")
    hand.page.locator("[name=method-own-number]").wait_for()
    hand.page.screenshot(path="/tmp/shots/method2.png", full_page=True)
    hand.tap("[data-next]")
    hand.heading("Đồng ý")
    hand.tap("[name=consent-purposes][value=pay]")
    hand.sign()
    hand.tap("[data-next]")
    hand.heading("Kiểm tra")
    hand.page.screenshot(path="/tmp/shots/check2.png", full_page=True)
    hand.tap("[data-next]")
    hand.page.locator("[data-case]", has_text="Đã nhận, số BG-").wait_for()
    with sqlite_app.app_context():
        case = db.session.scalars(select(Case)).one()
        assert case.state == CaseState.SUBMITTED and len(case.files) == 3 and case.recipient.full_name == "Bế Văn Đoàn"
    assert hand.taps <= MOST_TAPS, hand.taps
