"""Whatever goes wrong, in whatever order: exactly one case each, every byte, and an empty phone in the end."""

import os
import random

import pytest

from tests.capture.intake import Intake
from tests.capture.phone import Phone, until
from tests.capture.test_outbox import MODULES, arrived_once

SEEDS = int(os.environ.get("PORTAL_SCHEDULES", "30"))
STRIDE = int(os.environ.get("PORTAL_SCHEDULES_STRIDE", "5"))  # 1 kills the page at every single point
FAULTS = [
    500,
    502,
    408,
    423,
    429,
    422,
    413,
    "hang",
    "dropped",
    "lost",
    "lost",
    "lost",
    "captive",
    "redirect",
    "csrf",
    "signed_out",
    "cut",
]
MEND = """async () => {
  for (const { id, state } of await store.cases()) {
    if (state !== "attention") continue;
    await store.reopen(id);
    await store.seal(id, { app: "t" });
  }
}"""


def schedule(chance, count):
    """The next `count` faults fall upon requests as the dice say; then all is well."""
    left = [count]

    def fault(step):
        if not left[0] or chance.random() > 0.4:
            return None
        left[0] -= 1
        found = chance.choice(FAULTS)
        return None if found in (422, 413) and step not in ("text", "file") else found

    return fault


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_case_arrives_once_and_whole_whatever_goes_wrong(phone, seed):
    chance, intake = random.Random(seed), Intake()
    intake.slow = 0.05
    intake.fault = schedule(chance, 12)
    sender = phone(MODULES, intake)
    sender.open()
    for _ in range(chance.randint(1, 3)):
        sender.capture(chance.randint(0, 4))
        happens(sender, intake, chance)
    for _ in range(60):
        if not sender.cases():
            break
        happens(sender, intake, chance)
    assert arrived_once(sender, intake)


def happens(sender, intake, chance):
    """A press of the button, a kill in the middle of sending, a second tab, signing in again, a correction."""
    what = chance.choice(["send", "send", "send", "kill", "two", "reload"])
    if what == "kill":
        sender.tab.evaluate("() => { outbox.sendNow(); }")
        sender.tab.wait_for_timeout(chance.randint(0, 40))
        sender.kill()
    elif what == "two":
        first = sender.tab
        first.evaluate("() => { outbox.sendNow(); }")
        sender.open()
        sender.tab.evaluate("() => { outbox.sendNow(); }")
        first.close()
    elif what == "reload":
        sender.load()
    sender.send()
    intake.signed_in = True
    sender.tab.evaluate(MEND)


# counts what is waited for outside the database; at the point named in the page's name nothing ever goes on
HALTS = """(() => {
  const halt = Number(window.name || 0);
  window.points = 0;
  const reached = () => (window.points += 1) === halt && (window.halted = true);
  const never = () => new Promise(() => {});
  for (const name of ["encrypt", "decrypt", "digest"]) {
    const real = SubtleCrypto.prototype[name];
    SubtleCrypto.prototype[name] = function (...asked) {
      return reached() ? never() : real.apply(this, asked);
    };
  }
  const fetch = window.fetch;
  window.fetch = async (...asked) => {
    if (reached()) await never();
    const answer = await fetch(...asked);
    if (reached()) await never();
    return answer;
  };
})()"""
GO_ON = """async (photos) => {
  const bytes = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  window.store = await portal.store.openStore(7);
  const cases = await store.cases();
  if (!(await store.sent()).length && !cases.some((one) => one.state !== "draft")) {
    const draft = cases[0] || (await store.newCase({ commune: 3 }));
    draft.answers.identity = { full_name: "Hoàng Thị Vẻ" };
    await store.save(draft);
    for (const [role, content] of photos) {
      if (draft.files.some((file) => file.role === role)) continue;
      await store.addPhoto(draft.id, { role, position: 0, blob: new Blob([bytes(content)]) });
    }
    await store.seal(draft.id, { app: "t" });
  }
  window.outbox = portal.outbox.createOutbox({ store });
  for (let times = 0; times < 4 && (await store.cases()).length; times += 1) await outbox.sendNow();
  window.finished = true;
}"""
PHOTOS = [("id_front", "first"), ("id_back", "second")]


def test_a_tab_that_dies_at_any_await_loses_nothing_and_doubles_nothing(chromium, served):
    """The page is killed at this and that step of sealing, opening and sending, then opened again."""
    holder = {}
    address = served(MODULES, lambda environ, start: holder["intake"](environ, start))
    point, died = 0, True
    while died:
        point += STRIDE
        holder["intake"] = intake = Intake()
        phone = Phone(chromium, address)
        phone.context.add_init_script(HALTS)
        died = goes_on(phone, point)
        if died:
            phone.tab.close()
            assert goes_on(phone, 0) is False
        assert len(intake.texts) == 1, point
        (case,) = intake.texts
        assert intake.photos_of(case) == [b"first", b"second"], point
        assert phone.cases() == {} and phone.photos_kept() == 0, point
        assert phone.close() == []
    assert point > 40, "so many points are there at least"


def goes_on(phone, point):
    """Open the page and do what is left to be done; whether it died at the point."""
    phone.tab = phone.context.new_page()
    phone.tab.evaluate("point => { window.name = point; }", str(point))
    phone.load(user=None)
    phone.tab.evaluate("(photos) => { window.points = 0; GO_ON(photos); }".replace("GO_ON", f"({GO_ON})"), PHOTOS)
    until(lambda: phone.tab.evaluate("Boolean(window.finished || window.halted)"))
    return phone.tab.evaluate("Boolean(window.halted)")
