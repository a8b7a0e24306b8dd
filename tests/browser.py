"""A browser without JavaScript: open pages, fill the form that is really there, press its button."""

import re

import html5lib
from bs4 import BeautifulSoup

from portal.reports.menu import PERSONAL

CHECKED = set()  # pages that were found right, without their tokens and figures
CHANGING = re.compile(r'name="csrf_token" value="[^"]*"|\d+')
LONG = 60_000  # characters: a longer page repeats rows whose markup the shorter ones of other tests have had checked


class Page:
    def __init__(self, browser, response):
        self.browser, self.response = browser, response
        self.status, self.headers, self.data = response.status_code, response.headers, response.data
        self.html = (response.mimetype or "").endswith("html")
        self.text = response.text if self.html else ""
        self.url = response.request.full_path.rstrip("?") if response.request else ""
        self.soup = BeautifulSoup(self.text, "html.parser")
        assert self.status != 500 or browser.expects_fault, f"a fault on {self.url}: see the captured log"
        if "<html" in self.text:
            markup = hash(CHANGING.sub("", self.text))
            if markup not in CHECKED:
                check(self.text, self.soup)
                CHECKED.add(markup)

    @property
    def words(self):
        """What a person reads, with single spaces."""
        return " ".join(self.soup.get_text(" ").replace("\N{NO-BREAK SPACE}", " ").split())

    @property
    def h1(self):
        return " ".join(self.soup.h1.text.split())

    def click(self, text):
        links = [a for a in self.soup.select("a[href]") if text in " ".join(a.get_text(" ").split())]
        assert links, f"no link {text!r} on {self.url}: {self.words[:1500]}"
        return self.browser.open(links[0]["href"])

    def form(self, button):
        controls = [
            c
            for c in self.soup.select("button, input[type=submit]")
            if button in " ".join((c.get_text(" ") or c.get("value", "")).split())
        ]
        assert controls, f"no button {button!r} on {self.url}: {self.words[:1500]}"
        control = controls[0]
        named = self.soup.select_one(f"form[id='{control['form']}']") if control.has_attr("form") else None
        form = named or control.find_parent("form")
        assert form, f"the button {button!r} belongs to no form"
        return control, form

    def submit(self, button, **fields):
        """Press a button; `fields` must exist in its form. Files: (BytesIO, name). Ticks: True, False or a list."""
        control, form = self.form(button)
        data, names = filled_in(form)
        unknown = fields.keys() - names
        assert not unknown, f"no field {unknown} in the form with button {button!r}: {sorted(names)}"
        data |= {k: ("y" if v is True else v) for k, v in fields.items() if v not in (False, None)}
        for name in [k for k, v in fields.items() if v is False]:
            data.pop(name, None)
        if control.get("name"):
            data[control["name"]] = control.get("value", "")
        action = control.get("formaction") or form.get("action") or self.url
        return self.browser.open(action, method=(form.get("method") or "get"), data=data)


def filled_in(form):
    """What the form would send untouched, and the names of all its fields."""
    data, names = {}, set()
    for field in form.select("input[name], textarea[name], select[name]"):
        name, kind = field["name"], field.get("type", "")
        names.add(name)
        if kind in ("submit", "button", "file") or field.has_attr("disabled"):
            continue
        if field.name == "select":
            options = field.select("option")
            chosen = [o for o in options if o.has_attr("selected")] or (
                [] if field.has_attr("multiple") else options[:1]
            )
            values = [o.get("value", o.text) for o in chosen]
        elif kind in ("checkbox", "radio"):
            values = [field.get("value", "on")] if field.has_attr("checked") else []
        else:
            values = [field.get("value", field.text.lstrip("\r\n"))]
        if values:
            before = data.get(name)
            data[name] = values[0] if before is None and len(values) == 1 else [*_listed(before), *values]
    return data, names


def _listed(value):
    return [] if value is None else value if isinstance(value, list) else [value]


class Browser:
    def __init__(self, app):
        self.app, self.client, self.expects_fault = app, app.test_client(), False

    def open(self, url, method="get", *, data=None, follow=True, **kwargs):
        if method.lower() == "get" and data:
            kwargs["query_string"] = data
        elif data is not None:
            kwargs["data"] = data
        for _ in range(10):
            with self.app.app_context():  # a fresh g and session for every request, as in production
                response = self.client.open(url, method=method.upper(), **kwargs)
            if not follow or response.status_code not in (301, 302, 303, 307, 308):
                return Page(self, response)
            url, method, kwargs = response.headers["Location"], "get", {}
        raise AssertionError(f"redirects without end at {url}")

    def status(self, url, method="get", **kwargs):
        """Only the status of the answer: for walking many addresses, whose pages other tests read."""
        with self.app.app_context():
            return self.client.open(url, method=method.upper(), **kwargs).status_code

    def sign_in(self, username, password="mat khau thu nghiem"):
        page = self.open("/sign-in").submit("Đăng nhập", username=username, password=password)
        assert page.status == 200, page.words[:500]
        return page


def check(text, soup):
    """House rules for every page that any test visits."""
    if len(text) < LONG:
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(text)
        wrong = [(place, name, text.split("\n")[place[0] - 1][:200]) for place, name, _ in parser.errors]
        assert not wrong, wrong
    assert len(soup.select("h1")) == 1, [h.text for h in soup.select("h1")]
    title, h1 = " ".join(soup.title.text.split()), " ".join(soup.h1.text.split())
    title = title.removeprefix("Lỗi: ").removeprefix("Error: ")
    assert title.startswith(h1) or h1.startswith(title.split(" – ")[0]), (title, h1)
    ids = [e["id"] for e in soup.select("[id]")]
    assert len(ids) == len(set(ids)), f"duplicate id {[i for i in ids if ids.count(i) > 1]}"
    for control in soup.select("input:not([type=hidden]):not([type=submit]), textarea, select"):
        labelled = control.find_parent("label") or (
            control.get("id") and soup.select_one(f"label[for='{control['id']}']")
        )
        assert labelled or control.get("aria-label") or control.get("aria-labelledby"), f"no label: {control}"
    for form in soup.select("form[method=post]"):
        assert form.select_one("[name=csrf_token]"), f"no token in {form.get('action')}"
    for field in soup.select("form:not([method=post]) [name]"):
        assert field["name"] not in PERSONAL, f"names a person in the address: {field}"
    for element in soup.select("[style], script:not([src])"):
        raise AssertionError(f"the policy forbids inline style and script: {element}")
