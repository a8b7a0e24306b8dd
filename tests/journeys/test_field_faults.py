"""What goes wrong between a phone and the commune, once each, on the real page and intake: nothing lost, nothing doubled."""

import pytest

from tests.chaos.clerks import arrived, state_of, take_in
from tests.chaos.driver import STEPS, until
from tests.chaos.plans import plan


@pytest.mark.parametrize(
    "failing",
    [
        {"text": ("dropped", "lost", 500, 423, "half")},
        {"file": ("lost", "truncated", 503, 429, "csrf")},
        {"hello": (500, "half"), "status": ("lost",), "ledger": (500, "dropped"), "people": ("captive",)},
    ],
    ids=["text", "photo", "rest"],
)
def test_what_fails_is_sent_again_whatever_the_failure(clerk, portal, failing):
    faults, wanted = portal[2], plan(1, photos=1)
    for step, whats in failing.items():
        for what in whats:
            faults.plan(step, what)
    held = take_in(clerk, wanted)
    assert arrived(clerk, portal, wanted, held)
    assert all(faults.count(step, what) for step in ("text", "file") for what in failing.get(step, ()))


def test_acknowledgements_lost_on_the_text_and_on_every_photo_double_nothing(clerk, portal):
    faults, wanted = portal[2], plan(2, photos=2)
    for step in ("text", "file", "file", "file"):
        faults.plan(step, "lost")
    held = take_in(clerk, wanted)
    assert arrived(clerk, portal, wanted, held)


def test_ten_failures_in_a_row_do_not_tire_it(clerk, portal):
    faults, wanted = portal[2], plan(3, photos=1)
    faults.plan("file", 500, times=10)
    held = take_in(clerk, wanted)
    assert arrived(clerk, portal, wanted, held)
    assert faults.count("file", 500) == 10


def test_a_network_that_answers_for_itself_is_told_and_not_believed(clerk, portal):
    faults, wanted, held = portal[2], plan(4, photos=0), None
    for what in ("captive", "redirect", 511):
        faults.heal()
        for step in ("hello", "text", "file", "status", "ledger"):
            faults.plan(step, what, times=99)
        before = faults.count("hello")
        held = held or take_in(clerk, wanted)
        clerk.send_now()
        until(lambda before=before: faults.count("hello") > before)
        until(lambda: "Wi-Fi" in clerk.page.locator("[data-case]").inner_text())
        assert state_of(clerk, held["id"]) == "ready"
    faults.heal()
    assert arrived(clerk, portal, wanted, held)


def test_a_server_that_hangs_is_not_waited_for_without_end(clerk, portal):
    faults, wanted = portal[2], plan(5, photos=0)
    held = take_in(clerk, wanted, until_step="check")
    clerk.page.clock.install()
    faults.plan("text", "hang")
    held = take_in(clerk, wanted)
    until(lambda: faults.count("text", "hang"))
    clerk.page.clock.run_for(21_000)
    until(lambda: "Sẽ gửi lại lúc" in clerk.page.locator("[data-case]").inner_text())
    clerk.page.clock.resume()
    assert arrived(clerk, portal, wanted, held)


def test_without_a_network_the_page_opens_and_takes_a_case_that_goes_later(clerk, portal):
    wanted = plan(6, photos=1)
    until(
        lambda: clerk.page.evaluate(
            "caches.keys().then(async (names) => (await Promise.all(names.map(async (n) => (await (await caches.open(n)).keys()).length))).some((c) => c > 8))"
        ),
        20,
    )
    clerk.kill()
    clerk.context.set_offline(True)
    clerk.open()
    clerk.ready()
    held = take_in(clerk, wanted)
    until(lambda: "Chưa có mạng" in clerk.page.locator("[data-case]").inner_text())
    clerk.again()
    clerk.ready()
    assert state_of(clerk, held["id"]) == "ready"
    clerk.context.set_offline(False)
    assert arrived(clerk, portal, wanted, held)


def test_a_tab_that_dies_at_any_step_comes_back_to_it_with_everything(clerk, portal):
    wanted = plan(7, photos=2)
    clerk.begin(wanted)
    for _step in STEPS:
        case, at = clerk.where()
        clerk.fill(wanted, [at])
        until(lambda at=at: typed(clerk, at) == typed_on_page(clerk, at))
        before = typed_on_page(clerk, at), {role: clerk.shown(role) for role in wanted.roles(at)}
        clerk.again(crash=True)
        until(lambda case=case, at=at: clerk.where() == (case, at) and clerk.shows(at))
        assert typed_on_page(clerk, at) == before[0]
        until(lambda at=at, before=before: {role: clerk.shown(role) for role in wanted.roles(at)} == before[1])
        clerk.next()
        if clerk.where()[1] == "check":
            break
    assert clerk.where()[1] == "check"
    held = clerk.memory()
    held = next(one for one in held["cases"]) | {"held": held["photos"]}
    clerk.page.locator("[data-next]").click()
    clerk.again(crash=True)
    clerk.ready()
    if clerk.where()[1]:  # the press did not come through: it is pressed again
        held = take_in(clerk, wanted)
    assert arrived(clerk, portal, wanted, held)


def typed_on_page(clerk, step):
    """Names and values of the fields that hold something."""
    return clerk.page.evaluate(
        """step => Object.fromEntries([...document.querySelectorAll(`[data-step=${step}] :is(input, select, textarea)`)]
          .filter((e) => e.name.startsWith(step) && e.type !== "file" && (["radio", "checkbox"].includes(e.type) ? e.checked : e.value))
          .map((e) => [`${e.name}${e.type === "checkbox" ? e.value : ""}`, e.value]))""",
        step,
    )


def typed(clerk, step):
    """The same as the phone remembers it."""
    (case,) = clerk.memory()["cases"]
    found = {}
    for name, value in case["answers"].get(step, {}).items():
        if isinstance(value, list):
            found |= {f"{step}-{name}{one}": one for one in value}
        else:
            found[f"{step}-{name}" + (value if value == "y" else "")] = value
    return found


def test_a_tab_that_dies_while_the_camera_is_open_asks_for_that_photo_again(clerk, portal):
    wanted = plan(8, photos=1)
    take_in(clerk, wanted, until_step="identity")
    role = "id_front"
    with clerk.page.expect_file_chooser():  # no camera here: the phone's own camera is opened instead
        clerk.page.locator(f"[data-slot={role}] [data-take]").click()
    clerk.again(crash=True)
    until(lambda: "Chụp lại" in clerk.told())
    take_in(clerk, wanted, until_step="phone")
    until(lambda: clerk.shows("phone"))
    assert not clerk.told()
    held = take_in(clerk, wanted)
    assert arrived(clerk, portal, wanted, held)
