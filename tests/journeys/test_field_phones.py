"""What goes wrong on a phone itself, or with who is signed in there, once each: nothing lost, nothing doubled."""

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.areas.models import Commune
from portal.db import db
from portal.enrolment.models import CaseManifest
from tests import factories
from tests.chaos.checks import commune_of
from tests.chaos.clerks import arrived, button, closed, state_of, take_in
from tests.chaos.driver import sign_in, until
from tests.chaos.plans import picture, plan

DAY = 86_400_000
SLOW_KEEPING = """() => {
  const real = SubtleCrypto.prototype.encrypt;
  SubtleCrypto.prototype.encrypt = async function (...asked) {
    await new Promise((done) => setTimeout(done, 400));
    return real.apply(this, asked);
  };
}"""
# without a word, with one, and by a newer application in another tab
CLOSINGS = (
    "window.connections.forEach((db) => db.close())",
    "window.connections.forEach((db) => { db.close(); db.dispatchEvent(new Event('close')); })",
    """indexedDB.databases().then((all) => Promise.all(all.map(({ name, version }) => new Promise((done) => {
      const request = indexedDB.open(name, version + 1);
      request.onsuccess = () => { request.result.close(); done(); };
    }))))""",
)


def test_what_is_typed_while_something_is_being_kept_is_kept_too(clerk, portal):
    wanted = plan(20, photos=0)
    take_in(clerk, wanted, until_step="phone")
    clerk.page.evaluate(SLOW_KEEPING)
    clerk.put("phone-owner", "recipient")
    clerk.put("phone-number", "0911111111")
    clerk.put("phone-number", wanted.answers["phone"]["number"])
    clerk.page.locator("[data-next]").click()
    until(lambda: clerk.where()[1] == "method")
    (case,) = clerk.memory()["cases"]
    assert case["answers"]["phone"]["number"] == wanted.answers["phone"]["number"]


def test_a_photo_chosen_last_belongs_to_its_case_though_another_is_opened_before_it_is_kept(clerk, portal):
    first, second = plan(21, photos=0), plan(22, photos=0)
    take_in(clerk, first, until_step="consent")
    one = clerk.where()[0]
    clerk.page.evaluate(SLOW_KEEPING)
    file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture(21, 77)}
    clerk.page.locator("[data-slot=consent] input[type=file]").set_input_files(file)
    clerk.page.evaluate("location.hash = '#/'")
    clerk.begin(second)
    two = clerk.where()[0]
    until(lambda: len(clerk.memory()["photos"]) == 1, 30)
    until(
        lambda: (
            {c["id"]: [f["role"] for f in c["files"]] for c in clerk.memory()["cases"]} == {one: ["consent"], two: []}
        )
    )
    assert not clerk.told()


def test_who_saves_right_after_choosing_a_photo_saves_it_with_the_case(clerk, portal):
    wanted = plan(23, photos=0)
    take_in(clerk, wanted, until_step="consent")
    clerk.fill(wanted, ["consent"])
    file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture(23, 77)}
    clerk.page.locator("[data-slot=consent] input[type=file]").set_input_files(file)
    clerk.page.locator("[data-next]").click()
    until(lambda: clerk.where()[1] == "check")
    held = take_in(clerk, wanted)
    assert [file["role"] for file in held["files"]] == ["consent"]
    assert arrived(clerk, portal, wanted, held)


def test_two_people_who_sign_alike_are_both_sent_with_their_signature(clerk, portal):
    for seed in (24, 25):
        wanted = plan(seed, photos=0)
        wanted.seed = 3  # the lines are drawn from it
        held = take_in(clerk, wanted)
        assert arrived(clerk, portal, wanted, held)
        clerk.page.evaluate("location.hash = '#/'")
        until(lambda: clerk.page.locator("[data-view=home]:visible").count())


def test_who_waits_for_the_first_answer_on_a_weak_signal_is_told_so(newcomer):
    clerk, held = newcomer, []

    def slow(route):
        held.append(route) if "echo=who" not in route.request.url else route.continue_()

    clerk.context.route("**/intake/hello*", slow)
    clerk.open()
    home = clerk.page.locator("[data-view=home]")
    until(lambda: "đang tải danh sách của xã" in home.inner_text())
    assert "Đăng nhập" not in home.inner_text() and clerk.page.locator("[data-scan]").is_disabled()
    for route in held:
        route.continue_()
    clerk.context.unroute("**/intake/hello*")
    clerk.ready()
    assert "đang tải" not in home.inner_text()


def test_on_a_first_day_without_the_scanner_a_photo_is_taken_as_it_is(clerk, portal):
    wanted = plan(26, photos=0)
    clerk.context.route("**/viewfinder*.js", lambda route: route.abort())
    clerk.page.evaluate("caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))))")
    clerk.page.evaluate(
        "navigator.serviceWorker.getRegistrations().then((all) => Promise.all(all.map((one) => one.unregister())))"
    )
    clerk.page.reload()
    clerk.ready()
    take_in(clerk, wanted, until_step="consent")
    wanted.photos["consent"] = [picture(26, 5)]
    held = take_in(clerk, wanted)
    assert arrived(clerk, portal, wanted, held)
    assert picture(26, 5) in portal[2].bodies.values()


def test_a_session_that_ends_between_text_and_photos_pauses_until_signing_in_again(clerk, portal):
    app, _address, faults = portal
    wanted = plan(29, photos=1)
    take_in(clerk, wanted, until_step="check")
    held = closed(clerk)
    faults.after["text"] = lambda: end_sessions(app)
    clerk.next()
    until(lambda: "Đăng nhập để gửi 1 hồ sơ" in clerk.page.locator("[data-case]").inner_text())
    assert faults.count("text") == 1 and state_of(clerk, held["id"]) == "sending"
    sign_in(clerk.page, "bank_staff")
    clerk.open()
    assert arrived(clerk, portal, wanted, held)


def end_sessions(app):
    with app.app_context():
        factories.member("bank_staff").session_epoch += 1
        db.session.commit()
        db.session.remove()


@pytest.mark.parametrize("shift", [DAY, -DAY])
def test_a_clock_that_is_wrong_keeps_nothing_from_going(clerk, portal, shift):
    wanted = plan(30, photos=1)
    clerk.page.evaluate("ms => window.shiftClock(ms)", shift)
    clerk.page.reload()
    clerk.ready()
    held = take_in(clerk, wanted)
    assert arrived(clerk, portal, wanted, held)
    with portal[0].app_context():
        version = db.session.scalars(select(CaseManifest)).one()
        assert abs(version.clock_offset_ms + shift) < 120_000
        assert abs((version.captured_at - version.received_at).total_seconds() * 1000 - shift) < 120_000
        db.session.remove()


def test_a_full_phone_says_so_and_goes_on_when_there_is_room(portal, small_phone):
    clerk, make_room = small_phone
    wanted = plan(31, photos=0)
    take_in(clerk, wanted, until_step="consent")
    before = clerk.memory()["cases"]
    for number in range(20):
        file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture(31, number)}
        clerk.page.locator("[data-slot=consent] input[type=file]").set_input_files(file)
        until(lambda: clerk.told() or clerk.page.locator("[data-slot=consent] input").input_value() == "")
        if "Máy đã đầy" in clerk.told():
            break
    assert "Máy đã đầy" in clerk.told()
    now = clerk.memory()["cases"]
    assert [(c["id"], c["answers"]["phone"]) for c in now] == [(c["id"], c["answers"]["phone"]) for c in before]
    make_room()
    held = take_in(clerk, wanted)
    assert arrived(clerk, portal, wanted, held)


@pytest.fixture
def small_phone(newcomer):
    """(a clerk on a phone with hardly any room, what makes room there)."""
    sessions = [newcomer.room(900_000)]
    newcomer.open()
    newcomer.ready()
    return newcomer, lambda: sessions.append(newcomer.room())


def test_a_database_closed_under_the_page_is_opened_again(clerk, portal):
    wanted = plan(32, photos=1)
    for step, how in zip(("phone", "consent", "check"), CLOSINGS, strict=True):
        take_in(clerk, wanted, until_step=step)
        clerk.page.evaluate(how)
    held = take_in(clerk, wanted)
    assert arrived(clerk, portal, wanted, held)


def test_a_newer_version_waits_until_no_draft_is_open(clerk, portal):
    faults, wanted = portal[2], plan(33, photos=0)
    version = clerk.page.evaluate("document.body.dataset.version")
    clerk.page.reload()
    clerk.ready()
    take_in(clerk, wanted, until_step="phone")
    clerk.fill(wanted, ["phone"])
    until(lambda: clerk.memory()["cases"][0]["answers"]["phone"].get("number"))
    faults.edition = "x2"
    clerk.page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => true)")
    until(lambda: clerk.page.evaluate("navigator.serviceWorker.getRegistration().then((one) => Boolean(one.waiting))"))
    clerk.page.reload()
    until(lambda: clerk.shows("phone"))
    assert clerk.page.evaluate("document.body.dataset.version") == version
    assert clerk.page.locator("[name=phone-number]").input_value() == wanted.answers["phone"]["number"]
    held = take_in(clerk, wanted)
    assert arrived(clerk, portal, wanted, held)
    clerk.page.evaluate("location.hash = '#/'")
    button(clerk, "Dùng bản mới").click()
    until(lambda: clerk.page.evaluate("document.body.dataset.version") == version + "x2")


def test_another_who_signs_in_on_the_phone_sees_only_a_count_and_the_records_go_later(clerk, portal):
    app, _address, faults = portal
    with app.app_context():
        factories.staff_member("another", Role.BANK_STAFF, db.session.get(Commune, commune_of(app)))
        db.session.commit()
    wanted = plan(40, photos=1)
    faults.down = True
    held = take_in(clerk, wanted)
    until(lambda: "Chưa có mạng" in clerk.page.locator("[data-case]").inner_text())
    faults.down = False
    clerk.kill()
    clerk.context.clear_cookies()
    sign_in(clerk.tab("/sign-in"), "another")
    clerk.open()
    until(lambda: "còn 1 hồ sơ chưa gửi của cán bộ khác" in clerk.page.locator("body").inner_text())
    assert wanted.name not in clerk.page.content()
    assert not clerk.page.locator("[data-send]:visible").count() and state_of(clerk, held["id"]) == "ready"
    clerk.kill()
    clerk.context.clear_cookies()
    sign_in(clerk.tab("/sign-in"), "bank_staff")
    clerk.open()
    clerk.ready()
    assert arrived(clerk, portal, wanted, held)
