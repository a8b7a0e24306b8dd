"""The outbox and time: the ledger after each round, clocks that jump, waiting, trying again, telling how far it is."""

import json

import pytest

from tests.capture.intake import Intake, one_after_another
from tests.capture.phone import until
from tests.capture.test_outbox import MODULES, arrived_once

IMPATIENT = "Math.random = () => 0"  # waits are the shortest that there are: a second


@pytest.fixture
def intake():
    return Intake()


@pytest.fixture
def sender(phone, intake):
    """A phone whose outbox sends to `intake`, opened."""
    made = phone(MODULES, intake)
    made.open()
    return made


def test_the_ledger_names_all_that_the_phone_keeps_and_the_discarded_until_it_was_told(sender, intake):
    draft, gone, ready = sender.capture(1, seal=False), sender.capture(2, seal=False), sender.capture(1)
    sender.tab.evaluate("id => store.discard(id)", gone)
    intake.fault = lambda step: 500 if step in ("text", "ledger") else None
    sender.send()
    intake.fault = one_after_another(("text", 500))
    sender.send()
    told = {c["id"]: (c["state"], c["photos"]) for c in intake.ledger[-1]["cases"]}
    assert told == {draft: ("draft", 1), gone: ("discarded", 2), ready: ("ready", 1)}
    assert intake.ledger[-1]["keeps"] == {"safe": True, "why": "ok"} and intake.ledger[-1]["app"] == "t"
    sender.send()
    assert [c["id"] for c in intake.ledger[-1]["cases"]] == [draft]


def test_the_ledger_alone_never_makes_the_phone_let_go(sender, intake):
    case = sender.capture(1)
    record = sender.case(case)
    whole = intake.take_ledger

    def boast(path, body):
        status, answer = whole(path, body)
        receipt = {
            "number": "1",
            "rev": 1,
            "manifest": record["sealed"]["sha256"],
            "files": [record["files"][0]["sha256"]],
        }
        return status, answer | {"cases": {case: {"state": "received", "receipt": receipt}}}

    intake.take_ledger = boast
    intake.fault = lambda step: 500 if step in ("text", "status") else None
    sender.send()
    assert sender.case(case)["state"] == "ready" and sender.photos_kept() == 1


def test_the_clock_of_the_server_is_known_without_changing_ours(sender, intake):
    state = sender.send()
    assert abs(state["hello"]["offset"] - 31 * 3_600_000) < 3_000
    case = sender.capture(1)
    manifest = json.loads(sender.case(case)["sealed"]["text"])
    assert manifest["clock_offset"] == state["hello"]["offset"], "also where there is no network when it is sealed"


@pytest.mark.parametrize("jump", ["-864e5", "864e5", "-4e10"])
def test_a_clock_that_jumps_stops_nothing(sender, intake, jump):
    sender.tab.evaluate(IMPATIENT)
    sender.capture(2)
    intake.fault = one_after_another(("text", 500))
    sender.tab.evaluate("() => outbox.start()")
    sender.tab.evaluate(f"(() => {{ const now = Date.now; Date.now = () => now() + {jump}; }})()")
    until(lambda: len(intake.numbers) == 1 and len(intake.files) == 2)
    until(lambda: not sender.cases())
    assert arrived_once(sender, intake)


def test_it_tries_again_by_itself_after_a_while(sender, intake):
    sender.tab.evaluate(IMPATIENT)
    sender.capture(1)
    intake.fault = one_after_another(("hello", 500), ("text", "dropped"), ("file", 500))
    sender.tab.evaluate("() => outbox.start()")
    until(lambda: not sender.cases())
    assert arrived_once(sender, intake)


def test_it_tries_at_once_when_the_network_comes_back(sender, intake):
    sender.capture(1)
    intake.fault = one_after_another(("hello", "dropped"))
    sender.tab.evaluate("() => { Math.random = () => 0.999; return outbox.start(); }")
    assert len(sender.cases()) == 1
    sender.tab.evaluate("() => window.dispatchEvent(new Event('online'))")
    until(lambda: not sender.cases(), seconds=3)


def test_the_server_is_not_asked_before_the_time_it_named(sender, intake):
    sender.capture(1)
    intake.early = lambda fault: (503, {"portal": 1}, {"Retry-After": "120"})
    state = sender.send()
    assert state["nextTryAt"] - sender.tab.evaluate("performance.now()") > 119_000


def test_a_greeting_without_end_is_given_up_after_eight_seconds(sender, intake):
    sender.tab.clock.install()
    sender.capture(1)
    intake.fault, intake.slow = lambda step: "hang", 2.5
    sender.tab.evaluate("() => { outbox.sendNow(); }")
    until(lambda: intake.seen)
    sender.tab.clock.fast_forward(8_100)
    until(lambda: sender.tab.evaluate("outbox.state.phase") == "offline", seconds=2)


def test_progress_is_told_photo_by_photo(phone, intake):
    sender = phone(MODULES, intake)
    sender.open(outbox=False)
    sender.tab.evaluate("""() => {
      window.told = [];
      window.outbox = portal.outbox.createOutbox({
        store, onChange: ({ phase, sent, total }) => told.push(`${phase} ${sent}/${total}`),
      });
    }""")
    sender.capture(3)
    sender.send()
    told = list(dict.fromkeys(sender.tab.evaluate("told")))
    assert told == ["idle 0/0", "sending 0/3", "sending 1/3", "sending 2/3"]
