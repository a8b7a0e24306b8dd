"""A real Chromium against a real server on this machine."""

import pytest

from tests import factories
from tests.chaos.clerks import clerk, cookies, newcomer, portal  # noqa: F401  # fixtures of this folder too
from tests.journeys.window import Window
from tests.serving import serving


@pytest.fixture
def server(sqlite_app):
    """The address of the running application."""
    with serving(sqlite_app) as address:
        yield address


@pytest.fixture
def desk(chromium, server):
    """desk("officer", width=1280) is a signed-in window; console errors and CSP reports fail the test at its end."""
    contexts, complaints = [], []

    def open_window(username=None, *, width=1280, height=800, scheme="light", javascript=True):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="vi-VN",
            java_script_enabled=javascript,
            base_url=server,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" and "422" not in m.text else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        if username:
            page.goto("/sign-in")
            page.get_by_label("Tên đăng nhập").fill(username)
            page.get_by_label("Mật khẩu").fill(factories.PASSWORD)
            page.get_by_role("button", name="Đăng nhập").click()
            page.wait_for_url("**/")
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def chromium_window(desk, server):
    """chromium_window("officer", width=1280): somebody signed in at a window; a phone of 390 x 844 unless told."""

    def open_window(username, *, width=390, **options):
        page = desk(width=width, height=844 if width < 600 else 800, **options)
        return Window(page, server, username).sign_in(username)

    return open_window
