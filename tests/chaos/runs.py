"""Random runs: a case taken in while things go wrong at moments drawn from a seed; then the network heals."""

import contextlib
import time
import traceback
from dataclasses import dataclass, field
from random import Random

from playwright.sync_api import Error

from tests.chaos.checks import ledger_of, left_on, wrong_with
from tests.chaos.driver import Clerk, Torn, until
from tests.chaos.plans import plan

DAY = 86_400_000
HEALED = 60  # seconds after which whatever is not in is stuck
MOMENTS = 40  # things a clerk does in one case, about
WAYS = ("cash_point", "bank_account", "home_visit", "new_account")
STEPS = ("hello", "text", "file", "file", "status", "ledger", "people")
WHATS = (500, 502, 503, 408, 423, 425, 429, 413, 511, "dropped", "lost", "lost", "half", "slow", "truncated", "captive")
WHATS += ("redirect", "signed_out", "csrf")
LASTING = ("offline", "down", "signed_out", "hang")
SUDDEN = ("kill", "crash", "reload", "two_tabs", "clock", "close_database", "newer_database", "new_edition", "hide")


@dataclass
class Outcome:
    number: int
    seconds: float
    wrong: list
    schedule: list
    complaints: list = field(default_factory=list)


class Run:
    """One case with its faults; `moment` counts what the clerk does."""

    def __init__(self, chromium, app, address, faults, cookies, seed, number):
        self.chance = Random(f"{seed} {number}")
        self.app, self.address, self.faults, self.chromium, self.cookies = app, address, faults, chromium, cookies
        self.number, self.moment, self.second, self.sessions = number, 0, None, []
        unique = int(self.chance.random() * 10**9)
        way = self.chance.choice(WAYS)
        self.plan = plan(
            unique, photos=self.chance.choice((0, 1, 1, 2, 2, 3, 4, 5)), way=way, fast=self.chance.random() < 0.35
        )
        self.schedule = sorted(self._draw(), key=lambda one: one[0])
        self.left = list(self.schedule)

    def _draw(self):
        """[(moment, what, details)]: 1 to 6 faults, some of them at the same moment."""
        for _ in range(self.chance.randint(1, 6)):
            at = self.chance.randrange(MOMENTS)
            kind = self.chance.random()
            if kind < 0.5:
                step, what = self.chance.choice(STEPS), self.chance.choice(WHATS)
                yield at, "requests", (step, what, self.chance.choice((1, 1, 2, 3)))
            elif kind < 0.65:
                what = self.chance.choice(LASTING)
                yield at, what, None
                yield at + self.chance.randint(2, 12), f"end_{what}", None
            else:
                yield at, self.chance.choice(SUDDEN), None

    def tick(self):
        """Let happen what is due. Raises Torn when the page is another one now."""
        self.moment += 1
        torn = False
        while self.left and self.left[0][0] < self.moment:
            _at, what, told = self.left.pop(0)
            torn = bool(getattr(self, what)(*(told or ()))) or torn
        if torn:
            raise Torn

    # ---- what can happen ----

    def requests(self, step, what, times):
        self.faults.plan(step, what, times)

    def offline(self):
        self.clerk.context.set_offline(True)

    def end_offline(self):
        self.clerk.context.set_offline(False)

    def down(self):
        self.faults.down = True

    def end_down(self):
        self.faults.down = False

    def hang(self):
        self.faults.plan("text", "hang")
        self.faults.plan("file", "hang")

    def end_hang(self):
        self.faults.let_go()

    def signed_out(self):
        self.clerk.context.clear_cookies()

    def end_signed_out(self):
        self.clerk.context.add_cookies(self.cookies)

    def kill(self):
        self.clerk.again()
        return True

    def crash(self):
        self.clerk.again(crash=True)
        return True

    def reload(self):
        self.clerk.page.reload()
        return True

    def two_tabs(self):
        if self.second is None and self.clerk.where()[0]:
            self.second = self.clerk.tab(self.clerk.page.url.removeprefix(self.address))

    def clock(self):
        self.clerk.page.evaluate("ms => window.shiftClock(ms)", self.chance.choice((DAY, -DAY, -400 * DAY)))

    def close_database(self):
        self.clerk.page.evaluate("window.connections.forEach((db) => db.close())")

    def newer_database(self):
        self.clerk.page.evaluate("""indexedDB.databases().then((all) => { for (const { name, version } of all) {
          indexedDB.open(name, version + 1).onsuccess = ({ target }) => target.result.close(); } })""")

    def new_edition(self):
        self.faults.edition = f"x{self.number}"
        self.clerk.page.evaluate(
            "void navigator.serviceWorker.getRegistration().then((one) => one && one.update().catch(() => {}))"
        )

    def hide(self):
        self.clerk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    # ---- the run ----

    def play(self):
        began = time.monotonic()
        self.faults.heal()
        self.faults.edition = ""
        self.clerk = Clerk(self.chromium, self.address, self.cookies)
        wrong = []
        try:
            self.clerk.open()
            self.clerk.ready()
            if self.plan.fast:
                self.clerk.page.locator("[data-fast]").check()
            self.clerk.tick = self.tick
            held = self.through(90)
            self.clerk.tick = lambda: None
            self.heal()
            held = self.finish(held)
            wrong = self.judged(held)
        except Exception as error:
            told = traceback.format_exc(limit=-3) if not isinstance(error, AssertionError) else str(error)
            wrong = [f"stuck: {type(error).__name__} at moment {self.moment}: {told[-700:]} | {self.seen()}"]
        complaints = self.clerk.close()
        wrong += [f"console: {one}" for one in complaints]
        return Outcome(self.number, time.monotonic() - began, wrong, self.schedule, complaints)

    def seen(self):
        with contextlib.suppress(Exception):
            return f"{self.clerk.where()} {self.clerk.told()!r} {[(c['id'], c['state']) for c in self.clerk.memory()['cases']]}"
        return "the page is gone"

    def through(self, seconds):
        """The clerk works on until the case is closed and every fault has had its moment."""
        held, end = None, time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if held and not self.left:
                    return held
                held = self.press_on() if not held else self.wait(held)
            except (Torn, Error, AssertionError) as error:
                if isinstance(error, AssertionError) and time.monotonic() > end:
                    raise
                self.opened()
        return held

    def opened(self):
        """A page that could not be opened (no network, and nothing kept of it yet) is tried again later."""
        if self.clerk.page.is_closed():
            with contextlib.suppress(Torn, Error):
                self.tick()
                self.clerk.open()

    def press_on(self):
        if self.memory_of("ready", "sending", "attention", "beside") or self.gone():
            return self.clerk.closing
        before = self.clerk.advance(self.plan)
        if before:
            self.press_second()
        return before if before and not self.clerk.where()[1] else None

    def press_second(self):
        if self.second and not self.second.is_closed():
            with contextlib.suppress(Error):
                self.second.locator("[data-next]:visible").evaluate("button => button.click()", timeout=500)

    def memory_of(self, *states):
        return [one for one in self.clerk.memory()["cases"] if one["state"] in states]

    def gone(self):
        memory = self.clerk.memory()
        return not memory["cases"] and memory["sent"]

    def wait(self, held):
        """The case is closed; the clerk looks at it, and presses the button now and then."""
        time.sleep(0.05)
        if self.chance.random() < 0.3:
            self.clerk.send_now()
        self.tick()
        return held

    def heal(self):
        self.left = []
        self.faults.heal()
        self.clerk.context.set_offline(False)
        self.clerk.context.add_cookies(self.cookies)
        if self.second and not self.second.is_closed():
            self.second.close()
        if self.clerk.page.is_closed():
            self.clerk.open()

    def finish(self, held):
        """All is well from now on: press on until nothing is left, at most a minute."""
        end, turns = time.monotonic() + HEALED, 0
        while left_on(memory := self.clerk.memory()) and time.monotonic() < end:
            turns += 1
            states = {one["state"] for one in memory["cases"]}
            with contextlib.suppress(Torn, Error, AssertionError):
                if states & {"draft", "attention"}:
                    self.mend(states)
                    held = self.clerk.advance(self.plan) or held
                else:
                    self.clerk.send_now()
                    time.sleep(0.1)
                if turns % 40 == 0:
                    self.clerk.page.reload()
                    self.clerk.ready()
        return held or self.clerk.closing

    def mend(self, states):
        """Open what waits for the clerk: mended it is the draft of another version, or it goes again as it is."""
        if "attention" not in states:
            return
        case = self.memory_of("attention")[0]["id"]
        self.clerk.page.evaluate("hash => { location.hash = hash; }", f"#/{case}")
        again = self.clerk.page.locator(
            "[data-case] button:visible", has_text=self.chance.choice(("Gửi lại", "Sửa hồ sơ"))
        )
        until(lambda: again.count(), 3)
        again.first.click()
        until(lambda: not self.memory_of("attention"), 3)

    def judged(self, held):
        if held is None:
            return ["lost: the case was never closed"]
        memory = self.clerk.memory()
        wrong = left_on(memory) + wrong_with(
            self.app, self.plan, held, bodies=self.faults.bodies if self.number % 5 == 0 else None
        )
        if not wrong and (told := self.ledger(memory)):
            wrong.append(f"stuck: the ledger still names {told}")
        return wrong

    def ledger(self, memory):
        """What the ledger says of the phone when the page has had the time to tell it."""
        with contextlib.suppress(AssertionError):
            until(lambda: not ledger_of(self.app, memory), 4, pause=0.1)
        if ledger_of(self.app, memory):
            self.clerk.page.reload()
            with contextlib.suppress(AssertionError):
                until(lambda: not ledger_of(self.app, memory), 10, pause=0.1)
        return ledger_of(self.app, memory)
