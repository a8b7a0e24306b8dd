"""The outbox: text first, photo after photo, until a receipt names all of it; whatever answers on the way."""

import json

import pytest

from tests.capture.intake import Intake, one_after_another

MODULES = {"store": "store.js", "outbox": "outbox.js"}


@pytest.fixture
def intake():
    return Intake()


@pytest.fixture
def sender(phone, intake):
    """A phone whose outbox sends to `intake`, opened."""
    made = phone(MODULES, intake)
    made.open()
    return made


def arrived_once(sender, intake):
    """Exactly the cases that were captured, every photo's bytes equal, and nothing left on the phone."""
    assert intake.texts.keys() == sender.given.keys()
    for case, photos in sender.given.items():
        assert sorted(intake.photos_of(case)) == sorted(photos.values())
    assert sender.cases() == {} and sender.photos_kept() == 0
    return True


def steps(intake):
    return [step for step, _, _ in intake.seen]


def test_the_text_goes_first_then_front_back_papers_and_the_rest(sender, intake):
    case = sender.capture(5)
    roles = [
        json.loads(sender.case(case)["sealed"]["text"])["files"],
        ["id_front", "id_back", "paper", "paper", "consent"],
    ]
    assert [f["role"] for f in roles[0]] == roles[1]
    assert sender.send()["phase"] == "idle"
    assert steps(intake) == ["hello", "text", *["file"] * 5, "ledger"]
    assert [path.split("/")[-1] for step, path, _ in intake.seen if step == "file"] == [f["sha256"] for f in roles[0]]
    assert arrived_once(sender, intake)


def test_what_is_sent_again_is_the_same_to_the_byte(sender, intake):
    case = sender.capture(1)
    intake.fault = one_after_another(("text", "lost"))
    sender.send()
    first = dict(intake.texts[case])
    sender.kill()
    sender.send()
    assert intake.texts[case] == first and [s for s in steps(intake) if s == "text"] == ["text"] * 2
    assert arrived_once(sender, intake)


PASSING = [500, 502, 408, 423, 429, "dropped", "lost", "hang", "captive", "redirect", "csrf"]


@pytest.mark.parametrize("step", ["hello", "text", "file", "ledger"])
def test_what_passes_is_tried_again_and_nothing_is_sent_twice(sender, intake, step):
    for fault in PASSING:
        sender.capture(2)
        intake.fault = one_after_another((step, fault))
        for _ in range(3):
            state = sender.send()
        assert state["phase"] == "idle", fault
        assert arrived_once(sender, intake), fault
        assert intake.ledger[-1]["cases"] == [], fault


def test_the_phone_keeps_everything_until_the_receipt(sender, intake):
    """Also when the server says that it misses nothing."""
    case = sender.capture(2)
    intake.withholds = True
    for _ in range(3):
        assert sender.send()["phase"] == "waiting"
    assert len(intake.files) == 2 and sender.photos_kept() == 2
    record = sender.case(case)
    assert record["state"] == "sending" and all(file["sent"] for file in record["files"])
    intake.withholds = False
    sender.send()
    assert arrived_once(sender, intake)


def test_a_lost_last_acknowledgement_is_made_good_in_the_same_round_or_the_next(sender, intake):
    case = sender.capture(1)
    intake.fault = one_after_another(("file", "lost"))
    sender.send()
    assert arrived_once(sender, intake), "the ledger told that the server has it, and its receipt was fetched"
    assert [s["number"] for s in sender.tab.evaluate("() => store.sent()")] == [intake.numbers[case]]


@pytest.mark.parametrize(
    ("fault", "phase"),
    [("dropped", "offline"), ("captive", "captive"), ("redirect", "captive"), (500, "waiting"), (502, "waiting")],
)
def test_what_answers_is_told_apart(sender, intake, fault, phase):
    sender.capture(1)
    intake.fault = lambda step: fault
    state = sender.send()
    assert state["phase"] == phase and state["nextTryAt"] > sender.tab.evaluate("performance.now()")
    assert steps(intake) == ["hello"]


def test_an_answer_to_somebody_else_is_no_greeting(sender, intake):
    sender.capture(1)
    hello = intake.hello
    intake.hello = lambda echo: hello("an old one, kept by a proxy")
    assert sender.send()["phase"] == "captive"
    assert steps(intake) == ["hello"]


def test_a_session_that_ended_in_the_middle_pauses_all_and_goes_on_after_signing_in(sender, intake):
    sender.capture(2)
    sender.capture(2)
    intake.fault = one_after_another(("file", "signed_out"))
    assert sender.send()["phase"] == "signed_out"
    assert steps(intake) == ["hello", "text", "file"]
    assert sender.send()["phase"] == "signed_out" and len(sender.cases()) == 2
    intake.signed_in = True
    assert sender.send()["phase"] == "idle"
    assert arrived_once(sender, intake)


def test_another_user_on_the_phone_sends_nothing_of_the_first(sender, intake):
    sender.capture(1)
    intake.user = 8
    assert sender.send()["phase"] == "other_user"
    assert not intake.texts and len(sender.cases()) == 1
    intake.user = 7
    sender.send()
    assert arrived_once(sender, intake)


def test_a_token_that_is_never_taken_does_not_spin(sender, intake):
    sender.capture(1)
    intake.fault = lambda step: "csrf" if step == "text" else None
    assert sender.send()["phase"] == "waiting"
    assert steps(intake) == ["hello", "text", "hello", "text", "ledger", "hello", "ledger"]


def test_a_refused_text_needs_attention_and_goes_again_corrected(sender, intake):
    case = sender.capture(2)
    intake.fault = one_after_another(("text", 422))
    sender.send()
    record = sender.case(case)
    assert record["state"] == "attention" and not intake.texts
    assert [(p["step"], p["field"]) for p in record["problems"]] == [("identity", "citizen_id")]
    seen = len(intake.seen)
    sender.send()
    assert "text" not in steps(intake)[seen:], "it waits for the clerk"
    sender.tab.evaluate(
        """async (id) => {
          const draft = await store.reopen(id);
          draft.answers.identity.citizen_id = "001099012346";
          await store.save(draft);
          await store.seal(id, { app: "t" });
        }""",
        case,
    )
    sender.send()
    assert json.loads(intake.texts[case][2])["answers"]["identity"]["citizen_id"] == "001099012346"
    assert arrived_once(sender, intake)


def test_a_refused_text_waits_for_the_clerk_also_when_the_server_has_an_older_version(sender, intake):
    case = sender.capture(1)
    intake.texts[case] = {1: b'{"files": []}'}
    intake.fault = lambda step: 422 if step == "text" else None
    for _ in range(2):
        sender.send()
        assert sender.case(case)["state"] == "attention"
    assert steps(intake).count("text") == 1


@pytest.mark.parametrize(("fault", "code"), [(422, "broken"), (413, "http_413")])
def test_a_refused_photo_is_named_and_the_others_go_on(sender, intake, fault, code):
    case = sender.capture(3)
    intake.fault = one_after_another(("file", fault))
    sender.send()
    record = sender.case(case)
    assert record["state"] == "attention" and len(intake.files) == 2
    assert [(p["role"], p["code"]) for p in record["problems"]] == [("id_front", code)]
    assert sender.photos_kept() == 3


def test_a_body_cut_on_the_way_is_sent_again(sender, intake):
    case = sender.capture(2)
    intake.fault = one_after_another(("file", "cut"))
    sender.send()
    assert sender.case(case)["state"] == "sending"
    sender.send()
    assert arrived_once(sender, intake)


@pytest.mark.parametrize("fault", [500, "dropped", 422, 413, "cut", 423])
def test_one_bad_case_never_stops_the_others(sender, intake, fault):
    bad, *_ = [sender.capture(1) for _ in range(4)]
    intake.fault = lambda step: None
    whole = intake.answered
    intake.answered = lambda step, path, body, environ, _: whole(
        step, path, body, environ, fault if bad in path and (step == "file" or fault != "cut") else None
    )
    sender.send()
    assert list(sender.cases()) == [bad]
    assert len(sender.tab.evaluate("() => store.sent()")) == 3


def test_a_record_that_cannot_be_opened_stops_nothing(sender, intake):
    bad, good = sender.capture(1), sender.capture(1)
    sender.tab.evaluate(
        """(id) => new Promise((done) => { indexedDB.open("portal-field-7").onsuccess = ({ target: { result: db } }) => {
          const cases = db.transaction("cases", "readwrite").objectStore("cases");
          cases.get(id).onsuccess = ({ target }) => {
            cases.put({ ...target.result, data: new ArrayBuffer(50) }).onsuccess = () => { db.close(); done(); };
          };
        }; })""",
        bad,
    )
    sender.send()
    assert list(intake.texts) == [good] and list(sender.cases()) == [bad]


def test_a_photo_that_the_phone_lost_is_said_and_the_rest_is_sent(sender, intake):
    case = sender.capture(3)
    sender.tab.evaluate(
        """async (id) => {
          const { files } = await store.case(id);
          await new Promise((done) => { indexedDB.open("portal-field-7").onsuccess = ({ target: { result: db } }) => {
            db.transaction("photos", "readwrite").objectStore("photos").delete(files[0].id).onsuccess = () => { db.close(); done(); };
          }; });
        }""",
        case,
    )
    sender.send()
    record = sender.case(case)
    assert record["state"] == "attention" and [(p["code"], p["message"]) for p in record["problems"]] == [
        ("photo_lost", "Chụp lại ảnh")
    ]
    assert len(intake.files) == 2


def test_two_versions_are_both_kept_and_the_difference_is_shown(sender, intake):
    case = sender.capture(2)
    intake.texts[case] = {1: b'{"files": []}'}
    sender.send()
    record = sender.case(case)
    assert record["state"] == "beside" and record["server"]["differences"][0]["server"] == "0968"
    assert record["number"] == intake.numbers[case] and record["receipt"]["manifest"] == record["sealed"]["sha256"]
    assert sorted(intake.photos_of(case)) == sorted(sender.given[case].values()) and sender.photos_kept() == 2
    seen = len(intake.seen)
    sender.send()
    assert steps(intake)[seen:] == ["hello", "ledger"], "nothing is left to send"
    sender.tab.evaluate("id => store.letGo(id)", case)
    assert arrived_once(sender, intake)


def test_photos_of_a_version_kept_beside_come_too_when_the_connection_breaks(sender, intake):
    case = sender.capture(3)
    intake.texts[case] = {1: b'{"files": []}'}
    intake.fault = one_after_another(("file", "dropped"))
    sender.send()
    assert sender.case(case)["state"] == "beside" and not sender.case(case).get("receipt")
    assert sender.code_of("store.letGo(argument)", case) == "sealed"
    sender.send()
    assert sender.case(case)["receipt"]["number"] == intake.numbers[case]
