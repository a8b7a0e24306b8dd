"""Whatever a phone sends, in whatever order, as often as it likes: one case, no photo lost, a receipt only for what is here."""

import json

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from portal.db import db
from portal.enrolment import services
from portal.enrolment.models import Case, CaseManifest, CaseState, ReceivedFile
from tests import factories
from tests.enrolment.sending import ANSWERS, again, drawing, file_of, id_of, manifest_of, sha

PHOTOS = [drawing(n) for n in (0x2266AA, 0xAA6622, 0x66AA22)]
VERSIONS, REVS = 2, 3


def test_any_order_and_repetition_leads_to_one_case(app, commune, phone):
    run_state_machine_as_test(
        lambda: Sending(app, commune, phone),
        settings=settings(
            max_examples=12, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


class Sending(RuleBasedStateMachine):
    """A model beside the server: what was sent, and what must be answered."""

    def __init__(self, app, commune, phone):
        super().__init__()
        self.app, self.commune, self.phone = app, commune, phone

    @initialize()
    def seal(self):
        first = manifest_of({"id_front": PHOTOS[0], "id_back": PHOTOS[1]}, self.commune)
        self.key, self.first, self.received, self.settled = id_of(first), first, set(), set()
        self.sent, self.number, self.last_receipts = {}, None, {}

    def version(self, rev, other):
        """A rev in two versions that differ; the third photo belongs to corrections."""
        told = {"owner": "recipient", "number": f"09681234{rev}{other}"}
        photos = (PHOTOS[0], PHOTOS[1] if rev == 1 else PHOTOS[2])
        files = [file_of(photo, role, kept=True) for photo, role in zip(photos, ("id_front", "id_back"), strict=True)]
        return again(self.first, rev=rev, files=files, answers=ANSWERS | {"phone": told})

    def look(self, answer, body=None):
        """What is true of every answer."""
        told = answer.json
        assert answer.status_code in (200, 201, 409), told
        receipt = told["receipt"]
        if receipt is None:
            return
        self.number = self.number or receipt["number"]
        assert receipt["number"] == self.number, "one case has one number"
        assert not told["missing"] and set(receipt["files"]) <= self.received, "a receipt only for what is here"
        named = [one for one in self.sent.values() if sha(one) == receipt["manifest"]]
        assert len(named) == 1
        assert {file["sha256"] for file in json.loads(named[0])["files"]} == set(receipt["files"])
        if body is not None:
            assert receipt["manifest"] == sha(body)

    @rule(rev=st.integers(1, REVS), other=st.integers(0, VERSIONS - 1))
    def send_version(self, rev, other):
        body = self.version(rev, other)
        known, self.sent[rev, other] = (rev, other) in self.sent, body
        answer = self.phone.send(body)
        assert not known or answer.status_code in (200, 409)
        wanted = {file["sha256"] for file in json.loads(body)["files"]}
        if answer.json["state"] in ("receiving", "kept_beside"):
            assert set(answer.json["missing"]) == wanted - self.received
        self.look(answer, body)

    @rule(photo=st.integers(0, 2))
    def send_photo(self, photo):
        known = sha(PHOTOS[photo]) in self.received
        answer = self.phone.send_photo(self.key, PHOTOS[photo])
        self.received.add(sha(PHOTOS[photo]))
        assert answer.status_code == (200 if known else 201)
        self.look(answer)

    @rule(photo=st.integers(0, 2), cut=st.integers(1, 50))
    def send_part_of_a_photo(self, photo, cut):
        answer = self.phone.send_photo(self.key, PHOTOS[photo][:-cut], sha(PHOTOS[photo]))
        assert (answer.status_code, answer.json["code"] in ("wrong_hash", "wrong_length")) == (422, True)

    @rule(junk=st.binary(max_size=40))
    def send_garbage(self, junk):
        assert self.phone.send(junk, self.key).status_code == 422
        assert self.phone.send_photo(self.key, junk).status_code == 422

    @rule()
    def ask(self):
        answer = self.phone.get(f"cases/{self.key}")
        assert (answer.status_code == 404) == (not self.sent and not self.received)
        if answer.status_code == 200:
            self.look(answer)

    @rule()
    def the_officer_returns_it(self):
        with self.app.app_context():
            case = db.session.get(Case, self.key)
            if case and case.state == CaseState.SUBMITTED:
                services.return_case(factories.member("officer"), case, ["phone"], "sai số")
                db.session.commit()

    @invariant()
    def nothing_is_lost(self):
        with self.app.app_context():
            versions = db.session.scalars(select(CaseManifest).where(CaseManifest.case_id == self.key)).all()
            files = db.session.scalars(select(ReceivedFile.sha256).where(ReceivedFile.case_id == self.key)).all()
            case = db.session.get(Case, self.key)
            assert {one.body.encode() for one in versions} == set(self.sent.values()) and len(versions) == len(
                self.sent
            )
            assert sorted(files) == sorted(self.received)
            assert (case is not None) == bool(self.sent)
            assert [one.rev for one in versions if one.taken_at] == sorted(
                {one.rev for one in versions if one.taken_at}
            )
            if case and case.number:
                assert self.number in (None, case.number)
                (stands,) = [one for one in versions if one.taken_at and one.rev == case.rev]
                assert {file.sent_sha256 for file in case.files} == {file["sha256"] for file in stands.files}
                assert case.payload["phone"] == stands.answers["phone"]
            elif case:
                open_versions = [one for one in versions if one.verdict == "accepted"]
                last = max(open_versions, key=lambda one: one.rev)
                assert not {file["sha256"] for file in last.files} <= self.received, "all is here, and it waits"
