"""A real Chromium against a real server on this machine; skipped by name where there is no Chromium."""

import os
import shutil
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from tests import factories

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def chromium():
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server(sqlite_app):
    """The address of the running application."""
    running = make_server("127.0.0.1", 0, sqlite_app, threaded=True)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://localhost:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


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
        page.set_default_timeout(15_000)
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


def look(page, name, *, axe=True):
    """Check the page that is open: no sideways scrolling, no violation; keep its picture in PORTAL_PICTURES."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} scrolls sideways by {wide} px"
    if folder := os.environ.get("PORTAL_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    if axe and AXE.exists():
        page.evaluate(AXE.read_text() + ";undefined")
        found = page.evaluate(
            f"axe.run({{runOnly: {RULES}}}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
        )
        assert not found, (name, found)
