"""How a person is paid changes only by proposal and confirmation, and never leaves them without a way."""

import uuid
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.db import db
from portal.recipients import methods, representatives
from portal.recipients.models import (
    MethodKind,
    MethodStatus,
    PaymentMethod,
    Representative,
    RepresentativeStatus,
)
from portal.vietnam.month import today
from tests import factories

ACCOUNT = {"kind": "bank_account", "provider_bin": "970405", "account_number": "8410205000999", "holder_name": "A"}
NEW = {"kind": "new_account", "provider_bin": "970405"}
CASH = {"kind": "cash_point", "payout_point_id": None}
HOME = {"kind": "home_visit", "reason": "bedridden"}
THEIRS = {"kind": "representative_account", "provider_bin": "970405", "account_number": "8410205000888"}
OPENED = {"provider_bin": "970405", "account_number": "8410205000777", "holder_name": "HOANG THI VE"}


@pytest.fixture
def person(app, commune):
    with app.app_context():
        yield factories.recipient(commune, citizen_id="020148000123")


def officer():
    return factories.member("officer")


def propose(person, method, representative=None):
    case_id = uuid.uuid4()
    methods.propose(case_id, person, method, representative)
    return case_id


def ready(person):
    return db.session.scalars(
        select(PaymentMethod).where(PaymentMethod.recipient_id == person.id, PaymentMethod.status == "ready")
    ).one()


def test_a_proposal_changes_nothing_in_how_the_person_is_paid(person):
    before = ready(person)
    propose(person, ACCOUNT)
    assert ready(person) is before


def test_a_confirmed_account_replaces_the_cash_point(person):
    before = ready(person)
    method = methods.confirm(officer(), propose(person, ACCOUNT))
    assert ready(person) is method and method.account_number == "8410205000999"
    assert before.status == MethodStatus.REPLACED


def test_cash_is_paid_until_the_bank_has_opened_the_new_account(person):
    before = ready(person)
    method = methods.confirm(officer(), propose(person, NEW))
    assert (method.kind, method.status) == (MethodKind.BANK_ACCOUNT, MethodStatus.TO_OPEN)
    assert ready(person) is before
    methods.record_account(factories.member("bank_staff"), method, **OPENED)
    assert ready(person) is method and before.status == MethodStatus.REPLACED


def test_an_account_is_recorded_once(person):
    method = methods.confirm(officer(), propose(person, NEW))
    methods.record_account(officer(), method, **OPENED)
    with pytest.raises(methods.AccountAlreadyRecorded):
        methods.record_account(officer(), method, **OPENED)


def test_an_account_that_was_to_be_opened_is_dropped_when_the_person_chooses_otherwise(person):
    method = methods.confirm(officer(), propose(person, NEW))
    methods.confirm(officer(), propose(person, ACCOUNT))
    assert method.status == MethodStatus.REPLACED
    with pytest.raises(methods.AccountAlreadyRecorded):
        methods.record_account(officer(), method, **OPENED)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"provider_bin": "000000"}, methods.ProviderUnknown),
        ({"account_number": "12 34"}, methods.AccountNumberImpossible),
        ({"account_number": ""}, methods.AccountNumberImpossible),
    ],
)
def test_an_impossible_account_is_not_recorded(person, wrong, error):
    method = methods.confirm(officer(), propose(person, NEW))
    with pytest.raises(error):
        methods.record_account(officer(), method, **(OPENED | wrong))
    assert method.status == MethodStatus.TO_OPEN


def test_a_case_sent_again_proposes_in_place_of_what_it_proposed_before(person):
    case_id = propose(person, ACCOUNT, factories.proxy())
    methods.propose(case_id, person, HOME, None)
    assert db.session.scalar(select(func.count()).select_from(Representative)) == 0
    assert methods.confirm(officer(), case_id).kind == MethodKind.HOME_VISIT


def test_what_is_refused_stays_on_record_and_changes_nothing(person):
    before, case_id = ready(person), propose(person, ACCOUNT, factories.proxy())
    methods.refuse(case_id)
    assert ready(person) is before
    assert db.session.scalars(select(Representative.status)).one() == RepresentativeStatus.REFUSED
    assert methods.confirm(officer(), case_id) is None


def test_a_confirmed_representative_ends_the_one_before(person):
    methods.confirm(officer(), propose(person, CASH, factories.proxy(full_name="Hoàng Văn Một")))
    methods.confirm(officer(), propose(person, CASH, factories.proxy(full_name="Hoàng Văn Hai")))
    db.session.expire_all()
    found = dict(db.session.execute(select(Representative.full_name, Representative.status)).all())
    assert found == {"Hoàng Văn Một": "ended", "Hoàng Văn Hai": "confirmed"}


def test_a_representatives_account_needs_the_representative(person):
    with pytest.raises(methods.AccountOwnerMissing):
        propose(person, THEIRS)
    method = methods.confirm(officer(), propose(person, THEIRS, factories.proxy()))
    assert method.representative.status == RepresentativeStatus.CONFIRMED


def test_nobody_authorizes_themselves(person):
    case_id = propose(person, CASH, factories.proxy(citizen_id="020148000123"))
    with pytest.raises(representatives.SelfAuthorization):
        methods.confirm(officer(), case_id)


def years_ago(years, days=0):
    day = today()
    return day.replace(year=day.year - years, day=min(day.day, 28)) + timedelta(days=days)


def test_a_proxy_is_at_least_fifteen_on_the_day_of_confirmation(person):
    young = propose(person, CASH, factories.proxy(birth_date=years_ago(15, days=31).isoformat()))
    with pytest.raises(representatives.ProxyTooYoung):
        methods.confirm(officer(), young)
    old_enough = propose(person, CASH, factories.proxy(birth_date=years_ago(15).isoformat()))
    assert methods.confirm(officer(), old_enough)


def test_an_authorization_that_names_no_end_holds_one_year(person):
    propose(person, CASH, factories.proxy(certified_on="2026-03-01"))
    found = db.session.scalars(select(Representative)).one()
    assert (found.valid_from, found.valid_until) == (date(2026, 3, 1), date(2027, 3, 1))


def test_a_guardian_has_no_end_by_default(person):
    propose(person, CASH, factories.proxy(kind="guardian"))
    assert db.session.scalars(select(Representative)).one().valid_until is None


def test_an_authorization_that_has_ended_is_not_confirmed(person):
    paper = factories.proxy(valid_from="2024-01-01", valid_until="2025-01-01")
    with pytest.raises(representatives.AuthorizationHasEnded):
        methods.confirm(officer(), propose(person, CASH, paper))


def test_dates_in_the_wrong_order_are_told(person):
    with pytest.raises(methods.AuthorizationEndsBeforeItBegins):
        propose(person, CASH, factories.proxy(valid_from="2026-01-01", valid_until="2025-01-01"))


def test_a_payout_point_of_another_commune_is_refused(app, person):
    other = factories.commune(app, "06115", "Xã Tân Văn", "TV", suffix="2")
    point = factories.payout_point(other)
    with pytest.raises(methods.PayoutPointElsewhere):
        propose(person, CASH | {"payout_point_id": point.id})


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["propose", "confirm", "refuse", "record"]),
        st.integers(0, 2),  # which of three cases
        st.sampled_from([ACCOUNT, NEW, CASH, HOME, THEIRS, {}]),
        st.sampled_from([None, factories.proxy(), factories.proxy(citizen_id="020148000123")]),
    ),
    max_size=12,
)


def act(person, cases, step):
    """One step; what the rules refuse leaves everything as it was, as a request would."""
    name, at, method, representative = step
    try:
        with db.session.begin_nested():
            if name == "propose":
                methods.propose(cases[at], person, method, representative)
            elif name == "confirm":
                methods.confirm(officer(), cases[at])
            elif name == "refuse":
                methods.refuse(cases[at])
            else:
                waiting = select(PaymentMethod).where(
                    PaymentMethod.recipient_id == person.id, PaymentMethod.status == "to_open"
                )
                for one in db.session.scalars(waiting):
                    methods.record_account(officer(), one, **OPENED)
    except methods.DomainError:
        db.session.expire_all()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whoever_had_a_ready_method_always_has_exactly_one(app, commune, steps):
    with app.app_context():
        person = factories.recipient(commune, citizen_id="020148000123")
        cases = [uuid.uuid4() for _ in range(3)]
        for step in steps:
            act(person, cases, step)
            counts = dict(
                db.session.execute(
                    select(PaymentMethod.status, func.count())
                    .where(PaymentMethod.recipient_id == person.id)
                    .group_by(PaymentMethod.status)
                ).all()
            )
            assert counts[MethodStatus.READY] == 1
            assert counts.get(MethodStatus.TO_OPEN, 0) <= 1
        db.session.rollback()
