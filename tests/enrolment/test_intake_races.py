"""Parts of cases that phones send at the same moment: real threads, real connections, PostgreSQL."""

import threading

import pytest
from sqlalchemy import select

from portal.db import db
from portal.enrolment.models import Case, CaseManifest, CaseState, ReceivedFile
from tests import factories
from tests.enrolment.capturing import doan
from tests.enrolment.sending import Phone, again, id_of, phone_said, sha, small


def in_parallel(*works):
    start, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(at, work):
        start.wait()
        answers[at] = work()

    threads = [threading.Thread(target=run, args=(at, work)) for at, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def crowd(postgres_app):
    """Six programs of one clerk's phone, as after a restart in the middle of sending."""
    with postgres_app.app_context():
        commune = factories.commune(postgres_app)
    return commune, [Phone(postgres_app) for _ in range(6)], postgres_app


def test_equal_versions_at_once_are_one_case(crowd):
    commune, phones, app = crowd
    body, _photos = small(commune)
    answers = in_parallel(*(lambda one=one: one.send(body) for one in phones))
    codes = sorted(answer.status_code for answer in answers)
    assert codes.count(201) == 1 and set(codes) <= {200, 201, 423}
    with app.app_context():
        assert db.session.query(Case).count() == db.session.query(CaseManifest).count() == 1


def sending(phone, case_id, photo):
    return lambda: phone.send_photo(case_id, photo)


def test_the_last_photos_at_once_give_one_number(crowd):
    commune, phones, app = crowd
    for _ in range(3):
        body, photos = small(commune)
        phones[0].send(body)
        in_parallel(*map(sending, phones, [id_of(body)] * 6, photos * 3))
        receipt = phones[0].send_all(body, photos).json["receipt"]
        assert receipt["number"]
    with app.app_context():
        cases = db.session.scalars(select(Case)).all()
        assert sorted(case.number[-5:] for case in cases) == ["00001", "00002", "00003"]
        assert all(len(case.files) == 2 and case.state == CaseState.SUBMITTED for case in cases)
        assert db.session.query(ReceivedFile).count() == 6


def test_different_versions_at_once_are_one_case_and_the_rest_beside(crowd):
    commune, phones, app = crowd
    body, photos = small(commune)
    versions = [again(body, answers=phone_said(f"096812340{n}")) for n in range(6)]
    answers = in_parallel(
        *(lambda one=one, sent=sent: one.send(sent) for one, sent in zip(phones, versions, strict=True))
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes.count(201) == 1 and set(codes) <= {201, 409, 423}
    for sent in versions:
        phones[0].send_all(sent, photos)
    with app.app_context():
        verdicts = sorted(db.session.scalars(select(CaseManifest.verdict)))
        assert verdicts == ["accepted"] + ["beside"] * 5 and db.session.query(Case).count() == 1
    receipts = [phones[0].send(sent).json["receipt"] for sent in versions]
    assert {receipt["manifest"] for receipt in receipts} == {sha(sent) for sent in versions}


def test_two_cases_of_one_person_at_once_leave_one_waiting(crowd):
    commune, phones, app = crowd
    with app.app_context():
        key = doan(commune).id
        db.session.commit()
    sent = [small(commune, recipient=key) for _ in range(2)]
    for body, photos in sent:
        phones[0].send(body)
        phones[0].send_photo(id_of(body), photos[0])
    in_parallel(*(sending(one, id_of(body), photos[1]) for one, (body, photos) in zip(phones, sent, strict=False)))
    for body, photos in sent:
        assert phones[0].send_all(body, photos).json["state"] == "received"
    with app.app_context():
        states = sorted(case.state for case in db.session.scalars(select(Case)))
        assert states == [CaseState.SUBMITTED, CaseState.SUPERSEDED]
