"""The phone before the real portal: over a poor network each case arrives once, whole, and leaves the phone empty."""

import base64
import contextlib
import random
import socket

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.enrolment.models import Case, CaseFile, CaseState, ReceivedFile
from tests import factories
from tests.capture.phone import OPEN_OUTBOX, OPEN_STORE
from tests.capture.test_outbox import MODULES
from tests.enrolment.sending import ANSWERS, back, drawing, front, sha

CAPTURE = """async ({ commune, answers, photos, id }) => {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  let draft = await store.newCase({ commune });
  if (id) {
    await store.restore({ ...draft, id }, []);
    await store.discard(draft.id);
    draft = await store.case(id);
  }
  await store.save(Object.assign(draft, { answers }));
  for (const [role, content] of photos) await store.addPhoto(draft.id, { role, blob: new Blob([bytes(content)]) });
  await store.seal(draft.id, { app: "1.0" });
  return draft.id;
}"""


class PoorNetwork:
    """Between the phone and the portal: `fault()` is "dropped" (before), "lost" (after), 502, "captive" or None."""

    def __init__(self, app, fault=lambda: None):
        self.app, self.fault = app, fault

    def __call__(self, environ, start_response):
        fault = self.fault() if environ["PATH_INFO"].startswith("/enrolment/intake/") else None
        if fault is None:
            return self.app(environ, start_response)
        if fault in ("lost", "dropped"):
            if fault == "lost":
                with contextlib.closing(self.app(environ, start_response)) as answer:
                    list(answer)
            self.hang_up(environ)
        if fault != "lost":
            start_response("502 Bad Gateway" if fault == 502 else "200 OK", [("Content-Type", "text/html")])
        return [b"<title>wifi</title>"]

    @staticmethod
    def hang_up(environ):
        with contextlib.suppress(OSError):
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)


@pytest.fixture
def network(app):
    return PoorNetwork(app)


@pytest.fixture
def sender(phone, network, commune):
    made = phone(MODULES, network)
    made.tab = made.context.new_page()
    sign_in(made)
    return made


def sign_in(sender):
    """Sign in at the page of the portal, then open the memory of who that is."""
    tab = sender.tab
    tab.goto("/sign-in")
    tab.get_by_label("Tên đăng nhập").fill("bank_staff")
    tab.get_by_label("Mật khẩu").fill(factories.PASSWORD)
    tab.get_by_role("button", name="Đăng nhập").click()
    tab.wait_for_url("**/")
    sender.load(user=None)
    user = tab.evaluate("async () => (await (await fetch('/enrolment/intake/hello?echo=x')).json()).user.id")
    tab.evaluate(OPEN_STORE, user)
    tab.evaluate(OPEN_OUTBOX)


def capture(sender, commune, photos, case=None, **answers):
    """A sealed case; with `case`, another text under the id of one that was sent."""
    sent = [(role, base64.b64encode(content).decode()) for role, content in photos.items()]
    told = {"commune": commune, "answers": ANSWERS | answers, "photos": sent, "id": case}
    return sender.tab.evaluate(CAPTURE, told)


def taken(seed=0):
    return {"id_back": back(), "id_front": front(), "consent": drawing(seed)}


def arrived_once(app, case, photos):
    with app.app_context():
        found = db.session.scalars(select(Case)).all()
        assert [str(one.id) for one in found] == [case]
        assert found[0].state == CaseState.SUBMITTED and found[0].number
        hashes = sorted(db.session.scalars(select(ReceivedFile.sha256)))
        assert hashes == sorted(sha(content) for content in photos.values())
        assert db.session.scalar(select(func.count()).select_from(CaseFile)) == len(photos)
        return found[0].number


def test_a_case_arrives_and_its_number_stands_in_the_list(app, commune, sender):
    case = capture(sender, commune, taken())
    assert sender.send()["phase"] == "idle"
    number = arrived_once(app, case, taken())
    assert [(s["number"], s["name"]) for s in sender.tab.evaluate("() => store.sent()")] == [(number, "B. V. Đoàn")]
    assert sender.cases() == {} and sender.photos_kept() == 0


@pytest.mark.parametrize("seed", range(2))
def test_over_a_poor_network_it_arrives_once_and_whole(app, commune, sender, network, seed):
    chance = random.Random(seed)
    faults = [chance.choice([None, None, "lost", "lost", "dropped", 502, "captive"]) for _ in range(14)]
    case = capture(sender, commune, taken(seed))
    network.fault = lambda: faults.pop() if faults else None
    for _ in range(25):
        if not sender.cases():
            break
        sender.send()
    arrived_once(app, case, taken(seed))
    assert sender.cases() == {} and sender.photos_kept() == 0


def test_what_the_portal_refuses_comes_back_with_its_words_and_goes_again(app, commune, sender):
    wrong = ANSWERS["identity"] | {"citizen_id": "0200462418"}
    case = capture(sender, commune, taken(), identity=wrong)
    sender.send()
    record = sender.case(case)
    assert record["state"] == "attention" and sender.photos_kept() == 3
    problem = record["problems"][0]
    assert (problem["step"], problem["field"]) == ("identity", "citizen_id") and "12" in problem["message"]
    sender.tab.evaluate(
        """async ([id, number]) => {
          const draft = await store.reopen(id);
          draft.answers.identity.citizen_id = number;
          await store.save(draft);
          await store.seal(id, { app: "1.0" });
        }""",
        [case, ANSWERS["identity"]["citizen_id"]],
    )
    assert sender.send()["phase"] == "idle"
    arrived_once(app, case, taken())
    assert sender.cases() == {}


def test_a_session_that_ended_keeps_the_case_until_the_same_clerk_signs_in_again(app, commune, sender):
    case = capture(sender, commune, taken())
    sender.context.clear_cookies()
    assert sender.send()["phase"] == "signed_out"
    assert list(sender.cases()) == [case]
    sign_in(sender)
    assert sender.send()["phase"] == "idle"
    arrived_once(app, case, taken())


def test_another_version_is_kept_beside_and_shown_with_its_difference(app, commune, sender):
    case = capture(sender, commune, taken())
    sender.send()
    number = arrived_once(app, case, taken())
    capture(sender, commune, taken(), case, phone=ANSWERS["phone"] | {"number": "0968 123 499"})
    sender.send()
    record = sender.case(case)
    assert record["state"] == "beside" and record["number"] == number
    assert record["server"]["differences"] and record["receipt"]["manifest"] == record["sealed"]["sha256"]
    sender.tab.evaluate("id => store.letGo(id)", case)
    assert sender.cases() == {}
    arrived_once(app, case, taken())
