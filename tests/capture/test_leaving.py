"""Probing the phone, carrying a case to another phone, and signing out."""

import pytest

from tests.capture.intake import Intake
from tests.capture.phone import OPEN_STORE, Phone
from tests.capture.test_outbox import arrived_once

MODULES = {"store": "store.js", "outbox": "outbox.js", "exports": "export.js", "probing": "probe.js"}
WORDS = "mật khẩu của chị Vẻ"
EXPORT = """async ([id, words]) => {
  const file = await portal.exports.exportCase(store, id, words);
  return Array.from(new Uint8Array(await file.arrayBuffer()));
}"""
IMPORT = "([bytes, words]) => portal.exports.importCase(store, new Blob([new Uint8Array(bytes)]), words)"
LEAVE_PAGE = b"""<!doctype html><html lang="vi"><meta charset="utf-8"><title>leave</title><link rel="icon" href="data:,">
<script type="module" src="/test/bundle.js"></script><body><form method="post" action="/out" data-leave>
<input type="hidden" name="csrf_token" value="t"><button>out</button></form></body></html>"""


@pytest.fixture
def probed(phone):
    made = phone(MODULES)

    def probe(*scripts):
        for script in scripts:
            made.context.add_init_script(script)
        made.open(user=None)
        return made.tab.evaluate("() => portal.probing.probe()")

    return probe


def test_a_browser_that_keeps_what_it_is_given_is_safe(probed):
    found = probed()
    assert (found["safe"], found["offline"], found["why"]) == (True, True, "ok") and found["free"] > 50_000_000


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("Object.defineProperty(SubtleCrypto.prototype, 'generateKey', { value: null })", "not_kept"),
        ("Object.defineProperty(window, 'indexedDB', { value: undefined })", "no_crypto"),
        ("IDBObjectStore.prototype.put = function () { return this.get('none'); }", "not_kept"),
        ("StorageManager.prototype.estimate = async () => ({ quota: 5e9, usage: 5e9 - 49e6 })", "little_space"),
        ("StorageManager.prototype.estimate = async () => ({ quota: 1e8, usage: 0 })", "private"),
    ],
)
def test_a_browser_that_may_lose_records_says_why_and_takes_none_offline(probed, script, why):
    found = probed(script)
    assert (found["safe"], found["offline"], found["why"]) == (False, False, why)


def test_a_browser_that_clears_after_a_week_is_not_safe_but_may_be_used(probed):
    found = probed("navigator.__proto__.standalone = false")
    assert (found["safe"], found["offline"], found["why"]) == (False, True, "may_clear")


@pytest.fixture
def two_phones(phone):
    """The clerk's old phone and her new one, before the same intake."""
    intake = Intake()
    old = phone(MODULES, intake)
    old.open()
    new = Phone(old.tab.context.browser, old.address)
    new.open()
    yield old, new, intake
    assert new.close() == []


def test_a_case_goes_to_another_phone_and_arrives_once(two_phones):
    old, new, intake = two_phones
    case = old.capture(3)
    carried = old.tab.evaluate(EXPORT, [case, WORDS])
    assert b"full_name" not in bytes(carried) and len(old.cases()) == 1
    for _ in range(2):
        assert new.tab.evaluate(IMPORT, [carried, f" {WORDS} "]) == case
    assert new.case(case)["sealed"] == old.case(case)["sealed"]
    new.given = old.given
    new.send()
    assert arrived_once(new, intake)
    old.send()
    assert arrived_once(old, intake)
    new.tab.evaluate(IMPORT, [carried, WORDS])
    new.send()
    assert arrived_once(new, intake) and len(intake.numbers) == 1


def test_a_draft_that_was_carried_can_be_gone_on_with(two_phones):
    old, new, _ = two_phones
    case = old.capture(2, seal=False)
    new.tab.evaluate(IMPORT, [old.tab.evaluate(EXPORT, [case, WORDS]), WORDS])
    record = new.case(case)
    assert record["state"] == "draft" and len(record["files"]) == new.photos_kept() == 2


def test_a_carried_case_never_takes_the_place_of_what_is_there(two_phones):
    old, _, _ = two_phones
    case = old.capture(1, seal=False)
    carried = old.tab.evaluate(EXPORT, [case, WORDS])
    old.seal(case)
    before = old.case(case)
    old.tab.evaluate(IMPORT, [carried, WORDS])
    assert old.case(case) == before


@pytest.mark.parametrize(
    ("spoil", "words", "user", "code"),
    [
        (lambda c: c, "another one", 7, "passphrase"),
        (lambda c: c, "short", 7, "short"),
        (lambda c: c[:-1], WORDS, 7, "passphrase"),
        (lambda c: [*c[:60], c[60] ^ 1, *c[61:]], WORDS, 7, "passphrase"),
        (lambda c: c[1:], WORDS, 7, "not_export"),
        (lambda c: [], WORDS, 7, "not_export"),
        (lambda c: c, WORDS, 8, "other_user"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(phone, spoil, words, user, code):
    made = phone(MODULES)
    made.open(outbox=False)
    carried = spoil(made.tab.evaluate(EXPORT, [made.capture(1), WORDS]))
    made.tab.evaluate(OPEN_STORE, user)
    assert made.code_of(f"({IMPORT})(argument)", [carried, words]) == code


@pytest.fixture
def leaving(phone):
    """A phone on the page with the button to sign out, and what was posted."""
    posted = []

    def app(environ, start_response):
        posted.append(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b'<!doctype html><title>out</title><link rel="icon" href="data:,">']

    made = phone({"store": "store.js", "leave": "leave.js"}, app, page=LEAVE_PAGE)
    made.open(outbox=False)
    return made, posted


def test_signing_out_wipes_what_was_received_and_keeps_what_is_unsent(leaving):
    made, posted = leaving
    case = made.capture(2)
    made.tab.evaluate("() => { localStorage.setItem('portal-user', '7'); return store.savePeople({ people: [] }); }")
    made.tab.get_by_role("button").click()
    made.tab.wait_for_url("**/out")
    assert posted == [b"csrf_token=t"]
    made.load(outbox=False)
    assert made.tab.evaluate("() => store.people()") is None
    assert made.tab.evaluate("localStorage.getItem('portal-user')") is None
    assert len(made.case(case)["files"]) == made.photos_kept() == 2


@pytest.mark.parametrize(
    "hurt", ["IDBFactory.prototype.open = () => ({})", "IDBFactory.prototype.open = () => { throw new Error('x'); }"]
)
def test_a_memory_that_does_not_answer_keeps_nobody_signed_in(leaving, hurt):
    made, posted = leaving
    made.tab.evaluate(f"() => {{ store.close(); {hurt}; }}")
    made.tab.get_by_role("button").click()
    made.tab.wait_for_url("**/out", timeout=4_000)
    assert posted == [b"csrf_token=t"]
