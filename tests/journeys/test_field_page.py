"""The page of the capture: what it weighs, and that everybody can use every step of it."""

import gzip

import pytest
from sqlalchemy import select

from portal.assets import asset
from portal.db import db
from portal.enrolment.models import Case
from portal.enrolment.views.field import LATER, PARTS
from tests import factories
from tests.conftest import FIXTURES
from tests.journeys.looking import look

PHOTOS = FIXTURES / "photos"
STEPS = ("identity", "phone", "method", "representative", "consent")
FIRST_VISIT = 60_000
CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary"


@pytest.fixture
def traffic(sqlite_app, monkeypatch):
    """[(method, path, bytes of the answer when gzipped)] of everything that the server answered."""
    seen, inner = [], sqlite_app.wsgi_app

    def recording(environ, start_response):
        told = []
        answer = inner(environ, lambda *parts: told.append(parts[0]) or start_response(*parts))
        body = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        path = environ["PATH_INFO"] + ("?" + environ["QUERY_STRING"] if environ["QUERY_STRING"] else "")
        seen.append((environ["REQUEST_METHOD"], path, len(gzip.compress(body, 6)) if body else 0))
        return [body]

    monkeypatch.setattr(sqlite_app, "wsgi_app", recording)
    return seen


@pytest.fixture
def clerk(sqlite_app, desk):
    """clerk(**options): a phone of 360 x 640 with the capture open."""
    with sqlite_app.app_context():
        commune = factories.commune(sqlite_app)
        factories.recipient(commune, "Công Tằng Tôn Nữ Thị Hoàng Phương Thảo", citizen_id="020148000123", method=None)
        db.session.commit()

    def open_capture(**options):
        page = desk("bank_staff", width=360, height=640, **options)
        page.goto("/enrolment/field/")
        page.locator("[data-people]", has_text="Danh sách").wait_for()
        return page

    return open_capture


def shown(page, step):
    """Wait for the step; what the page says instead tells why it does not come."""
    for _ in range(2400):
        if page.locator(f"[data-step={step}]").is_visible():
            return
        page.wait_for_timeout(25)
    raise AssertionError((step, page.url, page.locator("main").inner_text()[:600]))


def go_through(page, see=lambda _step: None):
    """A case without card and photos, from the first view to the last; `see(step)` looks at each."""
    page.locator("[data-new]:visible").first.click()
    shown(page, "identity")
    page.locator("[name=identity-document][value=none]").check()
    page.locator("[name=identity-full_name]").fill("Nông Thị Ngoan")
    see("identity")
    page.locator("[data-next]").click()
    shown(page, "phone")
    page.locator("[name=phone-owner][value=none]").check()
    see("phone")
    page.locator("[data-next]").click()
    shown(page, "method")
    page.locator("[name=method-kind][value=home_visit]").check()
    page.locator("[name=method-reason][value=bedridden]").check()
    see("method")
    page.locator("[data-next]").click()
    shown(page, "representative")
    page.locator("[name=representative-kind][value=proxy]").check()
    see("representative")
    page.locator("[name=representative-kind][value=none]").check()
    page.locator("[data-next]").click()
    shown(page, "consent")
    page.locator("[name=consent-purposes][value=pay]").check()
    sign(page)
    see("consent")
    page.locator("[data-next]").click()
    page.locator("[data-view=check]:visible").wait_for()
    see("check")
    page.locator("[data-next]").click()
    page.locator("[data-case]", has_text="Đã nhận, số BG-").wait_for()
    see("received")


def sign(page):
    canvas = page.locator("[data-signature] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 30)
    page.mouse.down()
    for step in range(1, 10):
        page.mouse.move(box["x"] + 20 + step * 20, box["y"] + 30 + step % 3 * 18)
    page.mouse.up()


def test_the_first_visit_is_light_and_the_steps_after_it_weigh_nothing(sqlite_app, clerk, traffic):
    with sqlite_app.test_request_context():
        later = {asset(name) for name in LATER}
    page = clerk()
    with sqlite_app.test_request_context():
        parts = {asset(name) for name in PARTS}
    # styles and icons came with the sign-in already; they count as if the capture were the first page
    first = [(path, size) for _, path, size in traffic if path in parts or path.startswith("/enrolment/")]
    assert parts <= {path for path, _ in first}
    weight = sum(size for path, size in first if path not in later)
    assert weight <= FIRST_VISIT, (weight, first)
    for name in LATER:  # fetched in the background, once
        for _ in range(2400):
            with sqlite_app.test_request_context():
                if [one for one in traffic if one[1] == asset(name)]:
                    break
            page.wait_for_timeout(25)
    before = len(traffic)
    asked = []
    go_through(page, lambda step: step == "check" and asked.extend(traffic[before:]))
    assert asked == [], asked
    with sqlite_app.test_request_context():
        assert all(len([one for one in traffic if one[1] == asset(name)]) == 1 for name in LATER)
    with sqlite_app.app_context():
        assert db.session.scalars(select(Case)).one().number


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_fits_a_small_phone_and_has_no_barrier(clerk, scheme):
    page = clerk(scheme=scheme)
    look(page, f"field-{scheme}-home")
    page.locator("a[href='#/find']").click()
    page.locator("#find-text").fill("cong tang")
    page.locator("[data-people-found] button").wait_for()
    look(page, f"field-{scheme}-find")
    page.locator("[data-later]").click()
    go_through(page, lambda step: look(page, f"field-{scheme}-{step}"))


def test_what_is_missing_is_told_on_top_and_at_the_field(clerk):
    page = clerk()
    page.locator("[data-new]:visible").first.click()
    shown(page, "identity")
    page.locator("[data-next]").click()
    page.locator("[data-errors]:visible").wait_for()
    assert page.title().startswith("Lỗi:")
    assert page.locator("[data-errors]").evaluate("e => e === document.activeElement")
    told = page.locator("[data-errors] a").all_inner_texts()
    assert ("Nhập họ và tên." in told and "Thiếu ảnh mặt trước." in " ".join(told)) or len(told) >= 3, told
    look(page, "field-errors")
    page.locator("[data-errors] a", has_text="họ và tên").click()
    assert page.locator("[name=identity-full_name]").evaluate("e => e === document.activeElement")
    page.keyboard.type("Vi Ó")
    page.locator("[name=identity-document][value=none]").check()
    page.locator("[data-next]").click()
    shown(page, "phone")
    assert not page.title().startswith("Lỗi:")


def reached_by_tab(page):
    """Names or texts of everything that the Tab key comes to, from the top of the page until it leaves it."""
    page.locator(".skip").focus()
    found = []
    for _ in range(120):
        page.keyboard.press("Tab")
        one = page.evaluate(
            "(() => { const e = document.activeElement; if (e === document.body) return null;"
            " e.dataset.reached = '1'; return e.name || e.textContent.trim().slice(0, 40); })()"
        )
        if one is None:
            break
        found.append(one)
    return found


def test_every_step_can_be_used_by_keyboard_alone(clerk):
    page = clerk()

    def all_reached(step):
        assert reached_by_tab(page)
        missed = page.evaluate(
            f"[...document.querySelectorAll('{CONTROLS}')].filter(e => e.getClientRects().length && e.tabIndex >= 0"
            " && !e.disabled && !e.closest('.vh') && !e.classList.contains('skip') && !e.dataset.reached"
            # of a group of options the arrow keys reach the others
            " && !(e.type === 'radio' && [...document.getElementsByName(e.name)].some(o => o.dataset.reached)))"
            ".map(e => e.outerHTML.slice(0, 120))"
        )
        assert missed == [], (step, missed)

    go_through(page, all_reached)


def test_the_whole_page_posts_without_script(sqlite_app, desk):
    with sqlite_app.app_context():
        commune = factories.commune(sqlite_app)
        factories.recipient(commune, "Bế Văn Đoàn", citizen_id="020046241877", method=None)
        db.session.commit()
    page = desk("bank_staff", width=360, height=640, javascript=False)
    page.goto("/enrolment/field/")
    page.wait_for_url("**/enrolment/field/whole")
    page.locator("[name=identity-front]").set_input_files(PHOTOS / "cccd-front.jpg")
    page.locator("[name=identity-back]").set_input_files(PHOTOS / "cccd-back-no-qr.jpg")
    page.locator("[name=identity-document][value=citizen_card]").check()
    page.locator("[name=identity-full_name]").fill("Bế Văn Đoàn")
    page.locator("[name=identity-citizen_id]").fill("020046241877")
    page.locator("[name=phone-owner][value=none]").check()
    page.locator("[name=method-kind][value=new_account]").check()
    page.locator("[name=representative-kind][value=none]").check()
    page.get_by_role("button", name="Gửi và kiểm tra").click()
    page.wait_for_url("**/consent*")
    with sqlite_app.app_context():
        case = db.session.scalars(select(Case)).one()
        assert case.recipient.full_name == "Bế Văn Đoàn" and len(case.files) == 2
        assert set(case.payload) >= {"identity", "phone", "method", "representative"}
