"""Loading the demonstration data: what it writes must be what the register itself would have written."""

import dataclasses

import pytest
from sqlalchemy import func, select

from portal.areas.models import Commune
from portal.audit.queries import verify
from portal.db import db
from portal.enrolment.models import Case, CaseState
from portal.formats import today
from portal.payouts.models import Run, RunState
from portal.recipients.models import (
    Entitlement,
    EntitlementChange,
    MethodKind,
    MethodStatus,
    PaymentMethod,
    Recipient,
    Representative,
)
from portal.staff.models import StaffMember
from portal.vietnam import citizen_id, phone
from portal.vietnam.names import search_key, sort_key
from portal.visits import queries as visits
from tests.browser import Browser


def load(app, *options):
    return app.test_cli_runner().invoke(args=["demo", "load", "--password", "mat khau thu nghiem", *options])


def test_each_person_is_written_as_the_register_would_write_her(app):
    result = load(app, "--recipients", "400", "--communes", "3")
    assert result.exit_code == 0, result.output
    with app.app_context():
        people = list(db.session.scalars(select(Recipient)))
        assert len(people) == 400
        assert [p.search_key for p in people] == [search_key(p.full_name) for p in people]
        assert [p.sort_key for p in people] == [sort_key(p.full_name) for p in people]
        numbers = [p for p in people if p.citizen_id]
        assert 370 < len(numbers) < 400
        for person in numbers:
            assert not citizen_id.disagreements(person.citizen_id, person.sex.value, person.birth_date.year)
        assert len({p.citizen_id for p in numbers}) == len(numbers)
        assert all(p.birth_date <= today() for p in people)
        phones = [p.phone for p in people if p.phone]
        assert phones and all(phone.parse(number).number == number for number in phones)
        communes = dict(
            db.session.execute(select(Recipient.commune_id, func.count()).group_by(Recipient.commune_id)).all()
        )
        assert len(communes) == 3 and max(communes.values()) - min(communes.values()) <= 1


def test_everybody_has_an_entitlement_a_way_to_be_paid_and_a_history(app):
    load(app, "--recipients", "300")
    with app.app_context():
        for model in (Entitlement, EntitlementChange, PaymentMethod):
            assert db.session.scalar(select(func.count()).select_from(model)) == 300, model
        assert db.session.scalar(select(func.count()).select_from(Representative)) > 3
        for entitlement in db.session.scalars(select(Entitlement)):
            assert entitlement.monthly_amount * 100 % entitlement.coefficient_hundredths == 0
            assert entitlement.first_month.day == 1 and entitlement.first_month < today()
        kinds = dict(db.session.execute(select(PaymentMethod.kind, func.count()).group_by(PaymentMethod.kind)).all())
        assert set(kinds) == {MethodKind.BANK_ACCOUNT, MethodKind.CASH_POINT, MethodKind.HOME_VISIT}
        assert verify()[1] == []


def test_each_role_signs_in_with_the_password_that_was_given(app):
    result = load(app, "--recipients", "20")
    assert "vanhoa" in result.output and "mat khau thu nghiem" in result.output
    with app.app_context():
        usernames = list(db.session.scalars(select(StaffMember.username)))
        assert len(usernames) == 8
        assert db.session.scalars(select(Commune.code)).first() == "06112"
    for username in usernames:
        Browser(app).sign_in(username)


def test_a_second_load_adds_nothing_and_says_so(app):
    load(app, "--recipients", "20")
    result = load(app, "--recipients", "50")
    assert result.exit_code == 0 and "nothing was added" in result.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Recipient)) == 20


@pytest.mark.parametrize("command", ["load", "road"])
def test_demonstration_data_is_refused_in_production(app, command):
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], environment="production")
    result = app.test_cli_runner().invoke(args=["demo", command])
    assert result.exit_code == 1 and "production" in result.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Commune)) == 0


def test_the_road_leaves_work_in_every_state_and_can_be_walked_once(app):
    load(app, "--recipients", "240")
    result = app.test_cli_runner().invoke(args=["demo", "road"])
    assert result.exit_code == 0, result.output
    with app.app_context():
        states = {state for (state,) in db.session.execute(select(Run.state).distinct())}
        assert states == {RunState.SETTLED, RunState.SENT, RunState.PREPARED}
        case_states = dict(db.session.execute(select(Case.state, func.count()).group_by(Case.state)).all())
        assert case_states[CaseState.SUBMITTED] > 5 and case_states[CaseState.RETURNED] == 2
        to_open = select(func.count()).where(PaymentMethod.status == MethodStatus.TO_OPEN)
        assert db.session.scalar(to_open.select_from(PaymentMethod)) == case_states[CaseState.CONFIRMED] == 8
        commune = db.session.scalars(select(Commune.id)).one()
        assert visits.waiting(commune) > 0
        assert verify()[1] == []
        runs = db.session.scalar(select(func.count()).select_from(Run))
    again = app.test_cli_runner().invoke(args=["demo", "road"])
    assert again.exit_code == 0 and "nothing was added" in again.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Run)) == runs
    for username in ("vanhoa", "lanhdao", "nganhang", "dentannha", "theodoi"):
        browser = Browser(app)
        browser.sign_in(username)
        assert browser.open("/").status == 200


def test_the_road_needs_a_register(app):
    result = app.test_cli_runner().invoke(args=["demo", "road"])
    assert result.exit_code == 1 and "demo load" in result.output
