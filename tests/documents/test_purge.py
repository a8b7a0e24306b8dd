"""Photos go when their time is over and not before; a purge that is interrupted is finished by the next."""

import json
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.db import db, now
from portal.documents import services
from portal.documents.models import Photo
from portal.documents.reading import Reading
from portal.enrolment.models import Case, CaseState, FileRole, ReceivedFile
from portal.review.models import Decision, DecisionKind
from portal.vietnam.month import today
from tests import factories

CARD, SHEET = FileRole.ID_FRONT, FileRole.CONSENT
OFTEN, RARELY = ("pay", "keep_photo"), ("pay",)


def run(app, *options):
    result = app.test_cli_runner().invoke(args=["documents", "purge", *options])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def case_of(app, commune, state, days, purposes=OFTEN, *, decided=None, person=None):
    """A case that came `days` ago and was decided on `decided` days ago; its photos are as old."""
    case = factories.submitted_case(
        app, person, commune_id=commune, days=days, consent={"purposes": list(purposes), "strokes": None}
    )
    case.state = state
    if state in (CaseState.DRAFT, CaseState.RECEIVING):
        case.number = case.received_at = None
    for file in case.files:
        file.photo.created_at = now() - timedelta(days=days)
    if decided is not None:
        kind = DecisionKind.REJECT if state == CaseState.REJECTED else DecisionKind.CONFIRM
        db.session.add(
            Decision(
                commune_id=commune,
                case_id=case.id,
                kind=kind,
                reasons=[],
                by_id=factories.member("officer").id,
                by_name="Nguyễn Thị Hương",
                captured_by=case.captured_by,
                at=now() - timedelta(days=decided),
            )
        )
    db.session.commit()
    return case


def left(case):
    """Roles whose photos are still there, as the rows say."""
    db.session.expire_all()
    return {file.role for file in db.session.get(Case, case.id).files if file.photo.deleted_on is None}


ALL = {FileRole.ID_FRONT, FileRole.ID_BACK, FileRole.CONSENT}
RULES = [
    (CaseState.SUBMITTED, 900, OFTEN, None, ALL),
    (CaseState.RETURNED, 900, OFTEN, None, ALL),
    (CaseState.RECEIVING, 900, OFTEN, None, ALL),
    (CaseState.DRAFT, 29, OFTEN, None, ALL),
    (CaseState.DRAFT, 31, OFTEN, None, set()),
    (CaseState.CONFIRMED, 400, OFTEN, 179, ALL),
    (CaseState.CONFIRMED, 400, OFTEN, 181, {SHEET}),
    (CaseState.CONFIRMED, 400, RARELY, 29, ALL),
    (CaseState.CONFIRMED, 400, RARELY, 31, {SHEET}),
    (CaseState.REJECTED, 400, OFTEN, 29, ALL),
    (CaseState.REJECTED, 400, OFTEN, 31, set()),
    (CaseState.SUPERSEDED, 29, OFTEN, None, ALL),
    (CaseState.SUPERSEDED, 31, OFTEN, None, set()),
]


@pytest.mark.parametrize(("state", "days", "purposes", "decided", "stays"), RULES)
def test_photos_stay_as_long_as_the_state_of_their_case_asks_for(app, commune, state, days, purposes, decided, stays):
    with app.app_context():
        case = case_of(app, commune, state, days, purposes, decided=decided)
        assert run(app)["due"] == len(ALL - stays)
        assert left(case) == ALL, "without --really nothing changes"
        assert run(app, "--really")["deleted"] == len(ALL - stays)
        assert left(case) == stays
        vault = app.extensions["vault"]
        for file in db.session.get(Case, case.id).files:
            there = [name for name, _ in vault.files()]
            place = vault.place(commune, file.photo.sha256, file.photo.key_id)
            assert (place in there) == (file.role in stays)


@pytest.mark.parametrize(("newer", "stays"), [(20, ALL), (31, {SHEET})])
def test_of_a_replaced_case_the_proofs_of_payments_stay_and_time_runs_from_the_newer_case(app, commune, newer, stays):
    with app.app_context():
        person = factories.recipient(commune)
        old = case_of(app, commune, CaseState.SUPERSEDED, 800, decided=790, person=person)
        case_of(app, commune, CaseState.CONFIRMED, 40, decided=newer, person=person)
        run(app, "--really")
        assert left(old) == stays


def test_what_was_agreed_for_one_photo_and_what_another_case_uses_stays(app, commune):
    with app.app_context():
        case = case_of(app, commune, CaseState.REJECTED, 400, decided=300)
        files = {file.role: file for file in case.files}
        files[CARD].photo.keep_until = today() + timedelta(days=5)
        waiting = case_of(app, commune, CaseState.SUBMITTED, 400)
        next(file for file in waiting.files if file.role == CARD).photo_id = files[FileRole.ID_BACK].photo_id
        db.session.commit()
        run(app, "--really")
        assert left(case) == {CARD, FileRole.ID_BACK}


def test_a_photo_of_no_case_stays_a_week_and_one_sent_before_its_case_too(app, commune):
    with app.app_context():
        loose, fresh, held = (factories.tiny_photo(app, commune, seed) for seed in (901, 902, 903))
        loose.created_at = held.created_at = now() - timedelta(days=8)
        fresh.created_at = now() - timedelta(days=6)
        came = {"received_at": now() - timedelta(days=6), "received_by": factories.member("bank_staff").id}
        db.session.add(
            ReceivedFile(
                commune_id=commune, case_id=factories.uuid.uuid4(), sha256="a" * 64, size=1, photo_id=held.id,
                reading={}, **came,
            )
        )  # fmt: skip
        ids = loose.id, fresh.id, held.id
        db.session.commit()
        assert run(app, "--really")["deleted"] == 1
        gone = db.session.scalars(select(Photo.id).where(Photo.deleted_on.is_not(None))).all()
        assert gone == [ids[0]]


def test_that_photos_were_deleted_is_an_event_and_a_second_run_has_nothing_to_do(app, commune):
    with app.app_context():
        case_of(app, commune, CaseState.REJECTED, 400, decided=300)
        assert run(app, "--really")["deleted"] == 3
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "photos.deleted")).all()
        assert [(event.chain, len(event.detail["photos"])) for event in events] == [(commune, 3)]
        rows = db.session.scalars(select(Photo)).all()
        assert all(len(row.sha256) == 64 and row.deleted_on == today() for row in rows)
        assert run(app, "--really") == {"due": 0, "bytes": 0, "deleted": 0, "strays": []}


def test_a_run_that_breaks_off_before_the_files_go_is_finished_by_the_next(app, commune, monkeypatch):
    with app.app_context():
        case_of(app, commune, CaseState.REJECTED, 400, decided=300)
        vault = app.extensions["vault"]
        with monkeypatch.context() as broken:

            def power_cut(*_place):
                raise OSError("no power")

            broken.setattr(vault, "delete", power_cut)
            result = app.test_cli_runner().invoke(args=["documents", "purge", "--really"])
            assert isinstance(result.exception, OSError)
        assert len(list(vault.files())) == 3
        assert all(row.deleted_on for row in db.session.scalars(select(Photo))), "the rows tell it before files go"
        run(app, "--really")
        assert list(vault.files()) == []


def test_the_same_photo_sent_again_after_its_deletion_is_there_again(app, commune):
    with app.app_context():
        case = case_of(app, commune, CaseState.REJECTED, 400, decided=300)
        vault = app.extensions["vault"]
        photo = case.files[0].photo
        clear = vault.get(commune, photo.sha256, photo.key_id)
        run(app, "--really")
        told = Reading("jpeg", 1, 1, len(clear), photo.sha256, photo.phash, None, None, None, None, {"warnings": []})
        member = factories.member("bank_staff")
        again = services.keep(member, db.session.get_one(factories.Commune, commune), vault, told, clear)
        db.session.commit()
        assert (again.id, again.deleted_on) == (photo.id, None)
        assert run(app, "--really")["deleted"] == 0, "whoever sent it is about to use it"
        assert vault.get(commune, again.sha256, again.key_id) == clear


def test_files_of_the_vault_that_belong_to_nothing_are_told_and_left(app, commune):
    with app.app_context():
        vault = app.extensions["vault"]
        stray, young = (vault.place(commune, vault.put(commune, part).sha256, "test") for part in (b"old", b"young"))
        root = Path(app.config["SETTINGS"].instance) / "photos"
        day_before = time.time() - 100_000
        os.utime(root / stray, (day_before, day_before))
        case_of(app, commune, CaseState.SUBMITTED, 3)
        assert run(app, "--really")["strays"] == [stray]
        assert {stray, young} <= {name for name, _ in vault.files()}


def test_a_deleted_photo_shows_that_it_was_deleted(app, commune, sign_in):
    with app.app_context():
        case = case_of(app, commune, CaseState.REJECTED, 400, decided=300)
        photo_id = case.files[0].photo_id
        run(app, "--really")
    response = sign_in("officer").client.get(f"/photos/{photo_id}")
    assert response.status_code == 410
    assert response.mimetype == "image/svg+xml"
    assert "đã xóa" in response.text
