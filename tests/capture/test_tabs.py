"""Two tabs of one phone: one sends, both see it, and neither undoes what the other did."""

import pytest

from tests.capture.intake import Intake
from tests.capture.phone import until
from tests.capture.test_outbox import MODULES, arrived_once, steps

NO_LOCKS = "delete Navigator.prototype.locks"


@pytest.fixture
def intake():
    return Intake()


@pytest.fixture(params=["locks", "lease"])
def sender(request, phone, intake):
    made = phone(MODULES, intake)
    if request.param == "lease":
        made.context.add_init_script(NO_LOCKS)
    made.open()
    return made


def test_only_one_tab_sends(sender, intake):
    for _ in range(4):
        sender.capture(2)
    first, second = sender.tab, sender.open()
    intake.slow = 0.05
    for tab in (first, second):
        tab.evaluate("() => { outbox.start(); }")
    until(lambda: not sender.cases())
    assert arrived_once(sender, intake)
    assert steps(intake).count("file") == 8 and steps(intake).count("text") == 4


def test_what_one_tab_makes_ready_while_another_sends_goes_too(sender, intake):
    sender.capture(2)
    intake.slow = 0.5
    first = sender.tab
    intake.fault = lambda step: "hang" if step == "hello" and len(intake.seen) == 0 else None
    first.evaluate("() => { Math.random = () => 0; outbox.start(); }")
    until(lambda: intake.seen)
    sender.open()
    sender.capture(2)
    sender.tab.evaluate("() => { outbox.start(); }")
    until(lambda: not sender.cases())
    assert arrived_once(sender, intake)


def test_the_other_tab_hears_that_something_changed(sender):
    first, second = sender.tab, sender.open()
    first.evaluate(
        "() => { window.heard = []; store.subscribe(({ kind, id }) => kind === 'changed' && heard.push(id)); }"
    )
    case = sender.capture(1)
    until(lambda: case in first.evaluate("heard"))
    assert second.evaluate("id => store.case(id)", case)["state"] == "ready"


def test_of_one_draft_in_two_tabs_both_keep_what_they_typed(sender):
    case = sender.capture(1, seal=False)
    first, second = sender.tab, sender.open()
    for tab in (first, second):
        tab.evaluate("async id => { window.draft = await store.case(id); }", case)
    write = "([step, value]) => { draft.answers[step] = { typed: value }; return store.save(draft); }"
    first.evaluate(write, ["phone", "first"])
    second.evaluate(write, ["method", "second"])
    second.evaluate("id => store.addPhoto(id, { role: 'paper', blob: new Blob(['x']) })", case)
    first.evaluate(write, ["consent", "first again"])
    record = sender.case(case)
    typed = {step: answer.get("typed") for step, answer in record["answers"].items()}
    assert typed == {"identity": None, "phone": "first", "method": "second", "consent": "first again"}
    assert [f["role"] for f in record["files"]] == ["paper", "consent"]


def test_a_draft_that_the_other_tab_sealed_is_not_changed_any_more(sender):
    case = sender.capture(1, seal=False)
    first = sender.tab
    draft = sender.case(case)
    sender.open()
    sender.seal(case)
    assert first.evaluate("d => store.save(d).then(() => null, (error) => error.code)", draft) == "sealed"


def test_photos_taken_in_two_tabs_at_once_are_all_kept(sender):
    case = sender.capture(0, seal=False)
    tabs = [sender.tab, sender.open()]
    for n, tab in enumerate(tabs):
        tab.evaluate(
            """([id, tab]) => { window.adding = Promise.all([0, 1, 2, 3].map((n) => store.addPhoto(id, {
              role: "paper", position: tab * 4 + n, blob: new Blob([`${tab}${n}`]) }))); }""",
            [case, n],
        )
    for tab in tabs:
        tab.evaluate("() => window.adding.then(() => null)")
    assert [f["position"] for f in sender.case(case)["files"]] == list(range(8))


def test_a_tab_that_fell_asleep_with_the_turn_holds_nobody_up(phone, intake):
    sender = phone(MODULES, intake)
    asleep = sender.open(user=None)
    asleep.evaluate("() => { navigator.locks.request('portal-outbox', () => new Promise(() => {})).catch(() => {}); }")
    sender.open()
    sender.capture(1)
    sender.send()
    assert arrived_once(sender, intake)


@pytest.mark.parametrize("until_when", ["Date.now() - 1", "Date.now() + 864e5"])
def test_a_lease_that_is_over_or_of_another_clock_holds_nobody_up(phone, intake, until_when):
    sender = phone(MODULES, intake)
    sender.context.add_init_script(NO_LOCKS)
    sender.open()
    sender.capture(1)
    sender.tab.evaluate(f"""() => new Promise((done) => {{ indexedDB.open("portal-field").onsuccess = ({{ target: {{ result: db }} }}) => {{
      db.transaction("kept", "readwrite").objectStore("kept").put({{ owner: "x", until: {until_when} }}, "lease").onsuccess = () => {{
        db.close(); done();
      }};
    }}; }})""")
    sender.send()
    assert arrived_once(sender, intake)
