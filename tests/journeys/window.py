"""A window of a real Chromium that is used like `tests.browser.Browser`: the same road runs through both."""

from pathlib import Path

from bs4 import BeautifulSoup

from tests import factories
from tests.journeys.looking import look

# the page is another one, or htmx has exchanged a part of it
BEFORE = "window.__before = true; document.addEventListener('htmx:after:swap', () => { window.__swapped = true; })"


class View:
    """What the window shows now."""

    def __init__(self, window, status, data=b"", html=True):
        self.window, self.status, self.data, self.html = window, status, data, html
        self.text = window.page.content()
        self.soup = BeautifulSoup(self.text, "html.parser")
        self.url = window.page.url.removeprefix(window.origin).partition("#")[0]

    @property
    def words(self):
        return " ".join(self.soup.get_text(" ").replace("\N{NO-BREAK SPACE}", " ").split())

    @property
    def h1(self):
        return " ".join(self.soup.h1.text.split())

    def click(self, text):
        page = self.window.page
        link = page.locator("a:visible").filter(has_text=text).first
        return self.window.follow(lambda: link.click())

    def submit(self, button, **fields):
        page = self.window.page
        sends = [name for name in fields if page.locator(f"[name='{name}'][data-send]").count()]
        for name in [n for n in fields if n not in sends]:
            self.window.fill(name, fields[name])
        if sends:  # choosing the photo presses the button
            return self.window.follow(lambda: self.window.fill(sends[0], fields[sends[0]]))
        control = page.locator("button:visible:not(.vh)").filter(has_text=button).first
        return self.window.follow(control.click)


class Window:
    """One signed-in person at one screen. `pictures` numbers the pages for PORTAL_PICTURES."""

    def __init__(self, page, origin, name):
        self.page, self.origin, self.name, self.seen = page, origin, name, set()
        page.on("dialog", lambda dialog: dialog.accept())

    def sign_in(self, username):
        self.open("/sign-in").submit("Đăng nhập", username=username, password=factories.PASSWORD)
        return self

    def open(self, path):
        response = self.page.goto(path)
        return self.view(response.status)

    def view(self, status):
        found = View(self, status)
        kind = (found.url.split("?")[0].rstrip("/").split("/")[1:2], found.h1.split("·")[0][:24], status)
        if str(kind) not in self.seen:
            self.seen.add(str(kind))
            look(self.page, f"{self.name}-{len(self.seen):02d}", axe=True)
        return found

    def follow(self, act):
        """Do what leads to another page, to another part of this one, or to a file."""
        downloads, answers = [], []

        def file_came(download):
            downloads.append(download)

        def answer_came(response):
            if response.request.is_navigation_request():
                answers.append(response)

        self.page.on("download", file_came)
        self.page.on("response", answer_came)
        self.page.evaluate(BEFORE)
        act()
        for _ in range(2400):
            self.page.wait_for_timeout(25)
            if downloads or self._loaded():
                break
        else:
            raise AssertionError(f"nothing happened on {self.page.url}")
        self.page.remove_listener("response", answer_came)
        self.page.remove_listener("download", file_came)
        if downloads:
            return View(self, 200, Path(downloads[0].path()).read_bytes(), html=False)
        self.page.wait_for_load_state("load")
        return self.view(answers[-1].status if answers else 200)

    def _loaded(self):
        try:
            return self.page.evaluate("window.__swapped || (!window.__before && document.readyState === 'complete')")
        except Exception as error:  # the page is just being exchanged
            if "context was destroyed" in str(error) or "navigation" in str(error).lower():
                return False
            raise

    def fill(self, name, value):
        self._open_folds(name)
        if name == "strokes":
            return self._sign()
        values = value if isinstance(value, list) else [value]
        field = self.page.locator(f"[name='{name}']").first
        kind = field.get_attribute("type") or field.evaluate("e => e.localName")
        if kind in ("radio", "checkbox"):
            for one in values:
                self.page.locator(f"[name='{name}'][value='{one}']").check()
        elif kind == "file":
            content, filename = value
            field.set_input_files({"name": filename, "mimeType": "application/octet-stream", "buffer": content.read()})
        elif kind == "select":
            field.select_option(value)
        else:
            field.fill(value)
        return None

    def _open_folds(self, name):
        self.page.evaluate(
            "name => { for (let e = document.getElementsByName(name)[0]; e; e = e.parentElement)"
            " if (e.localName === 'details') e.open = true; }",
            name,
        )

    def _sign(self):
        canvas = self.page.locator("canvas:visible").first
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        self.page.mouse.move(box["x"] + 20, box["y"] + 30)
        self.page.mouse.down()
        for step in range(1, 12):
            self.page.mouse.move(box["x"] + 20 + step * 14, box["y"] + 30 + (step % 3) * 18)
        self.page.mouse.up()
