"""A clerk at a phone: takes in one case on the real page, and after whatever happened goes on where the page is."""

import contextlib
import time
from pathlib import Path

from playwright.sync_api import Error

from tests import factories

FIELD = "/enrolment/field/"
STEPS = ("identity", "phone", "method", "representative", "consent")
MEMORY = Path(__file__).with_name("memory.js").read_text()
# what the tests reach into: the clock of the page and its open connections to the database
REACH = """(() => {
  const Real = Date;
  let shift = 0;
  try { shift = Number(localStorage.getItem("test-shift") ?? 0); } catch { /* no page yet */ }
  window.Date = class extends Real {
    constructor(...told) { told.length ? super(...told) : super(Real.now() + shift); }
    static now() { return Real.now() + shift; }
  };
  window.shiftClock = (ms) => { shift = ms; localStorage.setItem("test-shift", ms); };
  window.connections = [];
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...asked) {
    const request = open.apply(this, asked);
    request.addEventListener("success", () => window.connections.push(request.result));
    return request;
  };
})()"""
NOISE = ("Failed to load resource", "net::ERR", "ERR_INTERNET_DISCONNECTED", "Failed to update a ServiceWorker")


class Torn(Exception):
    """The page is another one now: what was being done begins again from what the page shows."""


def until(what, seconds=60, pause=0.04):
    """Wait until `what()` is true and return it; AssertionError when it does not become so in time."""
    end = time.monotonic() + seconds
    while not (found := _now(what)):
        assert time.monotonic() < end, f"it did not come true in {seconds} s"
        time.sleep(pause)
    return found


def _now(what):
    """None while the page is being exchanged for another."""
    try:
        return what()
    except Error as error:
        if "context was destroyed" not in str(error):
            raise
        return None


def signed_in(chromium, origin, username):
    """The cookies of a signed-in clerk."""
    context = chromium.new_context(base_url=origin, locale="vi-VN")
    page = context.new_page()
    sign_in(page, username)
    cookies = context.cookies()
    context.close()
    return cookies


def sign_in(page, username):
    page.goto("/sign-in")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(factories.PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/")


class Clerk:
    """`tick()` runs before everything the clerk does; a run lets faults happen there."""

    def __init__(self, chromium, origin, cookies=()):
        self.context = chromium.new_context(
            viewport={"width": 360, "height": 740}, locale="vi-VN", base_url=origin, reduced_motion="reduce"
        )
        self.context.add_init_script(REACH)
        self.context.add_cookies(list(cookies))
        self.origin, self.cookies, self.complaints, self.page = origin, list(cookies), [], None
        self.tick = lambda: None
        self.closing = None  # what the phone held of the case when its last button was pressed

    def room(self, size=None):
        """Give the page so much room in bytes; None: as much as there is. Chromium believes less only before its first use."""
        session = self.context.new_cdp_session(self.page or self.context.new_page())
        told = {"origin": self.origin} | ({"quotaSize": size} if size else {})
        session.send("Storage.overrideQuotaForOrigin", told)
        return session  # the override ends with it

    def open(self, path=FIELD):
        """Open the page in a new tab, which is `page` from now on."""
        self.page = self.tab(path)
        return self.page

    def tab(self, path):
        page = self.context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        try:
            page.goto(path)
        except Error:
            page.close()
            raise
        return page

    def _heard(self, message):
        if message.type == "error" and not any(noise in message.text for noise in NOISE):
            self.complaints.append(message.text)

    def kill(self, crash=False):
        """End the tab as the system does, with no time for the page to do anything when it crashes."""
        if crash:
            with contextlib.suppress(Error):
                self.page.goto("chrome://crash", timeout=3_000)
        self.page.close()

    def again(self, crash=False):
        """The tab is killed and the clerk opens the page once more."""
        self.kill(crash)
        self.open()

    def ready(self):
        """Wait until somebody can work here: signed in before, and the member known."""
        until(lambda: self.page.evaluate("Boolean(document.querySelector('form[data-ready]'))"))
        until(lambda: self.page.locator("[data-scan]:enabled").count() or self.where()[0])
        return self

    def where(self):
        """(id of the case or None, step or None) that the page shows."""
        parts = self.page.evaluate("location.hash").strip("#/").split("/")
        case = parts[0] if parts[0] and parts[0] != "find" else None
        return case, parts[1] if case and len(parts) > 1 else None

    def memory(self):
        """What the phone holds, see memory.js."""
        return until(lambda: self.page.evaluate(MEMORY))

    def shows(self, step):
        """Whether the page has been brought to life and shows this step."""
        part = "[data-view=check]" if step == "check" else f"section[data-step={step}]"
        return self.where()[1] == step and self.page.evaluate(
            """part => Boolean(document.querySelector("[data-next]").textContent.trim())
              && document.querySelector(part).checkVisibility()""",
            part,
        )

    def told(self):
        """What the page says above the fields."""
        return self.page.evaluate(
            "[...document.querySelectorAll('[data-told], [data-errors]:not([hidden])')].map((e) => e.innerText).join(' ').trim()"
        )

    # ---- one thing at a time ----

    def begin(self, plan):
        """A new case: of a person of the list, or of somebody without a card."""
        self.tick()
        if not plan.listed:
            self.page.locator("[data-view=home] [data-new]").click()
        else:
            self.page.evaluate("location.hash = '#/find'")
            self.page.locator("#find-text").fill(plan.name)
            self.page.locator("[data-people-found] button").first.click()
        self.tick()
        until(lambda: self.where()[1])

    def answer(self, step, fields):
        """Fill in a step as it was planned."""
        for name, value in fields.items():
            self.tick()
            self.put(f"{step}-{name}", value)

    def put(self, name, value):
        self.page.evaluate(
            "name => { for (let e = document.getElementsByName(name)[0]; e; e = e.parentElement)"
            " if (e.localName === 'details') e.open = true; }",
            name,
        )
        field = self.page.locator(f"[name='{name}']").first
        kind = field.evaluate("e => e.localName === 'select' ? 'select' : e.type")
        if kind in ("radio", "checkbox"):
            for one in [value] if isinstance(value, str) else value:
                self.page.locator(f"[name='{name}'][value='{one}']").check()
        elif kind == "select":
            field.select_option(value)
        else:
            field.fill(value)

    def photograph(self, role, photos):
        """Put these files into the place of the role, each when the one before is shown."""
        for place, content in enumerate(photos):
            if self.shown(role) > place:
                continue
            self.tick()
            before = self.told()
            file = {"name": f"{role}-{place}.jpg", "mimeType": "image/jpeg", "buffer": content}
            self.page.locator(f"[data-slot={role}] input[type=file]").set_input_files(file)
            self.tick()
            until(lambda place=place, before=before: self.shown(role) > place or self.told() not in ("", before))
            if self.shown(role) <= place:
                raise Torn(self.told())
        poor = self.page.locator(f"[data-slot={role}] .notice button", has_text="Giữ")
        if photos and poor.count():
            poor.first.click()

    def shown(self, role):
        return self.page.locator(f"[data-slot={role}] figure").count()

    def sign(self, wiggle=0):
        """Draw a signature when there is none yet."""
        if self.page.locator("[data-signature] input[type=hidden]").input_value():
            return
        self.tick()
        canvas = self.page.locator("[data-signature] canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        self.page.mouse.move(box["x"] + 20, box["y"] + 30)
        self.page.mouse.down()
        for step in range(1, 6):
            self.page.mouse.move(box["x"] + 20 + step * 30, box["y"] + 30 + (step * 7 + wiggle) % 40)
        self.page.mouse.up()

    def next(self):
        """Press the button and wait until the page is elsewhere or says why not; whether it went on."""
        before, told = self.page.evaluate("location.hash"), self.told()
        self.tick()
        self.page.locator("[data-next]").click()
        self.tick()
        try:
            until(lambda: self.page.evaluate("location.hash") != before or self.told() not in ("", told), 6)
        except AssertionError:
            return False
        return self.page.evaluate("location.hash") != before

    # ---- the whole case ----

    def fill(self, plan, steps):
        for step in steps:
            self.answer(step, plan.answers[step])
            for role in plan.roles(step):
                self.photograph(role, plan.photos[role])
            if step == "consent" and plan.signs:
                self.sign(plan.seed)

    def advance(self, plan):
        """Do what the page asks for now. Returns what the phone held when the case was closed, else None."""
        case, step = self.where()
        if step is None:
            drafts = [one for one in self.memory()["cases"] if one["state"] == "draft"]
            if drafts:
                self.page.evaluate("hash => { location.hash = hash; }", f"#/{drafts[0]['id']}/{drafts[0]['step']}")
                until(lambda: self.where()[1])
            else:
                self.begin(plan)
            return None
        until(lambda: self.shows(step) or self.where()[1] != step, 6)
        fast = plan.fast and step != "check"
        if step != "check":
            self.fill(plan, STEPS if fast else [step])
        if not fast and step != "check":
            self.next()
            return None
        held = self.memory()
        self.tick()
        self.closing = next((one | {"held": held["photos"]} for one in held["cases"] if one["id"] == case), None)
        self.next()
        return self.closing

    def send_now(self):
        """Press "Send now" where it stands; the list is drawn anew while it is sent."""
        self.page.evaluate(
            """() => [...document.querySelectorAll("[data-send], [data-case] button")]
              .find((one) => one.checkVisibility() && one.textContent.includes("Gửi ngay"))?.click()"""
        )

    def close(self):
        self.context.close()
        return self.complaints
