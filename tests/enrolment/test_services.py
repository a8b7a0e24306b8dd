"""Drafts, states, numbers and the rules of the law, without pages."""

import re
import threading
import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.areas.models import Commune
from portal.db import db
from portal.enrolment import queries, rules, services
from portal.enrolment.identifiers import uuid7
from portal.enrolment.models import TRANSITIONS, Case, CaseIsElsewhere, CaseState, FileRole
from portal.enrolment.steps import Step, first_to_do, gaps
from portal.recipients.models import PaymentMethod
from tests import factories
from tests.enrolment.capturing import (
    ACCOUNT,
    ANSWERS,
    CASH,
    IDENTITY,
    NUMBER,
    PHONE,
    PROXY,
    complete_draft,
    doan,
    stored_photo,
)

TODAY = date(2026, 11, 20)


@pytest.fixture
def clerk(app, commune):
    with app.app_context():
        yield factories.member("bank_staff")


@pytest.fixture
def place(clerk, commune):
    return db.session.get_one(Commune, commune)


def test_identifiers_are_of_version_7_and_never_come_twice():
    made = [uuid7() for _ in range(2000)]
    assert (
        len(set(made)) == 2000
        and {one.version for one in made} == {7}
        and {one.variant for one in made} == {uuid.RFC_4122}
    )
    times = [one.int >> 80 for one in made]
    assert times == sorted(times)


def test_a_case_moves_only_where_its_state_allows():
    for old in CaseState:
        for new in CaseState:
            case = Case(state=old)
            if new in TRANSITIONS[old]:
                case.move_to(new)
                assert case.state == new
            else:
                with pytest.raises(CaseIsElsewhere):
                    case.move_to(new)
                assert case.state == old


@pytest.mark.parametrize(
    ("decide", "allowed"),
    [
        (lambda actor, case: services.return_case(actor, case, ["phone"], "x"), {CaseState.SUBMITTED}),
        (services.confirm_case, {CaseState.SUBMITTED}),
        (lambda actor, case: services.reject_case(actor, case, "x"), {CaseState.SUBMITTED}),
        (lambda actor, case: services.save_step(actor, case, Step.PHONE, PHONE, {}), set(services.OPEN)),
        (lambda actor, case: services.keep_typed(actor, case, Step.PHONE, {}), set(services.OPEN)),
        (lambda actor, case: services.keep_photo(actor, case, 1), set(services.OPEN)),
        (services.submit, {CaseState.DRAFT, CaseState.RECEIVING, CaseState.RETURNED, CaseState.SUBMITTED}),
    ],
)
def test_a_decision_and_a_change_are_possible_only_in_their_states(clerk, place, commune, decide, allowed):
    for state in CaseState:
        case = complete_draft(clerk, place, None)
        case.state, case.number = state, None if state in ("draft", "receiving") else f"T-{state}"
        db.session.flush()
        if state in allowed:
            decide(clerk, case)
        else:
            with pytest.raises(CaseIsElsewhere):
                decide(clerk, case)
            assert case.state == state


def test_starting_again_with_the_same_id_or_person_gives_the_same_draft(clerk, place, commune):
    person, key = doan(commune), uuid7()
    case = services.start(clerk, place, key, person)
    assert services.start(clerk, place, key, person) is case
    assert services.start(clerk, place, uuid7(), person) is case
    other = factories.staff_member("thu.hai", "bank_staff", place)
    assert services.start(other, place, uuid7(), person) is not case
    with pytest.raises(services.CaseOfAnother):
        services.start(other, place, key, person)


def test_only_the_one_who_captures_changes_the_case(clerk, place, commune):
    case = complete_draft(clerk, place, doan(commune))
    other = factories.staff_member("thu.hai", "bank_staff", place)
    for change in (
        lambda: services.save_step(other, case, Step.PHONE, PHONE, {}),
        lambda: services.attach(other, case, FileRole.ID_FRONT, 0, stored_photo(other, commune)),
        lambda: services.submit(other, case),
    ):
        with pytest.raises(services.CaseOfAnother):
            change()


def test_numbers_run_within_the_commune_and_month(clerk, place, commune, time_machine):
    time_machine.move_to("2026-11-30T16:59:00Z")
    numbers = [services.submit(clerk, complete_draft(clerk, place, None)) for _ in range(2)]
    time_machine.move_to("2026-11-30T17:01:00Z")  # December has begun in Vietnam
    numbers.append(services.submit(clerk, complete_draft(clerk, place, None)))
    assert numbers == ["BG-2611-00001", "BG-2611-00002", "BG-2612-00001"]


def test_numbers_go_on_after_the_last_five_digits(clerk, place, commune):
    first = complete_draft(clerk, place, None)
    number = services.submit(clerk, first)
    first.number = re.sub(r"\d{5}$", "99999", number)
    db.session.flush()
    after = [services.submit(clerk, complete_draft(clerk, place, None)) for _ in range(2)]
    assert [one.rsplit("-", 1)[1] for one in after] == ["100000", "100001"]


def test_many_clerks_who_hand_in_at_once_get_each_number_once(postgres_app):
    with postgres_app.app_context():
        commune = factories.commune(postgres_app)
        clerk, place = factories.member("bank_staff"), db.session.get_one(Commune, commune)
        keys = [complete_draft(clerk, place, None).id for _ in range(8)]
        db.session.commit()
    numbers, gate = [], threading.Barrier(8)

    def hand_in(key):
        with postgres_app.app_context():
            gate.wait()
            numbers.append(services.submit(factories.member("bank_staff"), db.session.get_one(Case, key)))
            db.session.commit()

    threads = [threading.Thread(target=hand_in, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(one[-5:] for one in numbers) == [f"{n:05d}" for n in range(1, 9)]


def test_one_person_handed_in_twice_at_once_leaves_one_case_waiting(postgres_app):
    with postgres_app.app_context():
        commune = factories.commune(postgres_app)
        place, person = db.session.get_one(Commune, commune), doan(commune)
        keys = {}
        for name in ("thu.mot", "thu.hai"):
            clerk = factories.staff_member(name, "bank_staff", place)
            keys[name] = complete_draft(clerk, place, person).id
        db.session.commit()
    gate = threading.Barrier(2)

    def hand_in(name):
        with postgres_app.app_context():
            gate.wait()
            services.submit(factories.member(name), db.session.get_one(Case, keys[name]))
            db.session.commit()

    threads = [threading.Thread(target=hand_in, args=(name,)) for name in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with postgres_app.app_context():
        states = sorted(db.session.scalars(select(Case.state)))
        numbers = set(db.session.scalars(select(Case.number)))
    assert len(numbers) == 2 and states in (["submitted", "superseded"], ["submitted", "submitted"])


def test_a_new_case_replaces_the_one_that_waits_and_its_proposal(clerk, place, commune):
    person = doan(commune)
    old = complete_draft(clerk, place, person, method=ACCOUNT)
    services.submit(clerk, old)
    new = complete_draft(clerk, place, person)
    services.submit(clerk, new)
    assert (old.state, new.state) == (CaseState.SUPERSEDED, CaseState.SUBMITTED)
    proposed = db.session.scalars(select(PaymentMethod).where(PaymentMethod.status == "proposed")).all()
    assert [method.case_id for method in proposed] == [new.id]


def test_a_confirmed_case_is_replaced_when_the_next_is_confirmed(clerk, place, commune):
    officer, person = factories.member("officer"), doan(commune)
    cases = []
    for _ in range(2):
        cases.append(complete_draft(clerk, place, person))
        services.submit(clerk, cases[-1])
        services.confirm_case(officer, cases[-1])
    assert [case.state for case in cases] == [CaseState.SUPERSEDED, CaseState.CONFIRMED]


def test_a_case_is_handed_in_only_when_nothing_is_missing(clerk, place, commune):
    for step in Step:
        case = complete_draft(clerk, place, None)
        case.payload = {name: value for name, value in case.payload.items() if name != step}
        assert first_to_do(case) == step
        with pytest.raises(services.CaseIncomplete):
            services.submit(clerk, case)


def test_a_representatives_account_needs_the_representative_with_card_and_paper(clerk, place, commune):
    account = ACCOUNT | {"kind": "representative_account"}
    case = complete_draft(clerk, place, None, method=account)
    assert [gap.what for gap in gaps(case)] == ["representative"]
    services.save_step(clerk, case, Step.REPRESENTATIVE, PROXY, {})
    assert {gap.what for gap in gaps(case)} == {"representative_front", "paper"}
    for role in (FileRole.REPRESENTATIVE_FRONT, FileRole.PAPER):
        services.attach(clerk, case, role, 0, stored_photo(clerk, commune, role))
    assert gaps(case) == []


def test_who_has_no_paper_yet_is_captured_without_photos(clerk, place, commune):
    case = services.start(clerk, place, uuid7(), doan(commune, citizen_id=None))
    for step, answers in ANSWERS.items():
        services.save_step(clerk, case, step, answers, {})
    assert {gap.what for gap in gaps(case)} == {"id_front", "id_back"}
    services.save_step(clerk, case, Step.IDENTITY, IDENTITY | {"document": "none", "citizen_id": None}, {})
    assert gaps(case) == []


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"citizen_id": NUMBER}, rules.SelfAppointed),
        ({"citizen_id": "02004624187"}, rules.NumberMalformed),
        ({"citizen_id": ""}, rules.NumberMalformed),
        ({"full_name": ""}, rules.NameMissing),
        ({"birth_date": "2011-11-21"}, rules.RepresentativeTooYoung),
        ({"kind": "guardian", "birth_date": "2008-11-21"}, rules.RepresentativeTooYoung),
        ({"lacks_capacity": True}, rules.CannotAuthorize),
        ({"valid_from": "2026-11-20", "valid_until": "2026-11-20"}, rules.EndsBeforeItBegins),
        ({"valid_until": "2026-11-19"}, rules.AlreadyEnded),
        ({"kind": "friend"}, rules.AnswerRefused),
        ({"scope": "everything"}, rules.AnswerRefused),
        ({"birth_date": "yesterday"}, rules.AnswerRefused),
    ],
)
def test_the_law_on_representatives(changed, error):
    with pytest.raises(error):
        rules.check(Step.REPRESENTATIVE, PROXY | changed, {"identity": IDENTITY}, TODAY)


@pytest.mark.parametrize(
    "changed",
    [
        {"birth_date": "2011-11-20"},  # fifteen today
        {"kind": "guardian", "lacks_capacity": True},
        {"kind": "guardian", "birth_date": "2008-11-20"},
        {"valid_from": "2026-11-20", "valid_until": "2027-11-20"},
        {"birth_date": None},
    ],
)
def test_what_the_law_on_representatives_allows(changed):
    rules.check(Step.REPRESENTATIVE, PROXY | changed, {"identity": IDENTITY}, TODAY)


def test_a_child_under_15_cannot_authorize():
    child = IDENTITY | {"birth_date": "2011-11-21"}
    with pytest.raises(rules.CannotAuthorize):
        rules.check(Step.REPRESENTATIVE, PROXY, {"identity": child}, TODAY)
    rules.check(Step.REPRESENTATIVE, PROXY | {"kind": "legal"}, {"identity": child}, TODAY)


@pytest.mark.parametrize(
    ("step", "answers"),
    [
        (Step.IDENTITY, IDENTITY | {"citizen_id": None}),
        (Step.IDENTITY, IDENTITY | {"document": "passport"}),
        (Step.IDENTITY, {}),
        (Step.PHONE, PHONE | {"number": "12345"}),
        (Step.PHONE, PHONE | {"owner": "relative"}),
        (Step.PHONE, None),
        (Step.METHOD, ACCOUNT | {"provider_bin": "000000"}),
        (Step.METHOD, ACCOUNT | {"account_number": "12 34"}),
        (Step.METHOD, ACCOUNT | {"kind": "wallet"}),
        (Step.METHOD, CASH | {"kind": "home_visit"}),
        (Step.METHOD, CASH | {"kind": "gold"}),
        (Step.PHONE, PHONE | {"owner_name": "a" * 501}),
        (Step.PHONE, PHONE | {"colour": "red"}),
        (Step.IDENTITY, IDENTITY | {"full_name": ["a"]}),
        (Step.CONSENT, {"purposes": ["messages"], "strokes": None}),
        (Step.CONSENT, {"purposes": ["pay", "sell"], "strokes": None}),
        (Step.CONSENT, {"purposes": ["pay"], "strokes": [["a"]]}),
        (Step.CONSENT, {"purposes": ["pay"], "strokes": []}),
    ],
)
def test_no_step_takes_what_a_case_cannot_hold(step, answers):
    with pytest.raises(rules.AnswerRefused):
        rules.check(step, answers, {}, TODAY)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(["2026-01-01", "pay", "proxy"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(list(Step)), st.data())
def test_an_answer_of_any_shape_is_taken_or_refused_and_never_a_fault(step, data):
    good = PROXY if step == Step.REPRESENTATIVE else ANSWERS[step]
    field = data.draw(st.sampled_from(sorted(good)))
    answers = data.draw(st.one_of(st.just(good | {field: data.draw(ANYTHING)}), ANYTHING))
    try:
        rules.check(step, answers, {"identity": IDENTITY}, TODAY)
    except rules.AnswerRefused:
        return
    texts = [value for name, value in (answers or {}).items() if name not in rules.OTHER_TYPES]
    assert all(value is None or isinstance(value, str) for value in texts)


def test_a_photo_taken_again_replaces_the_one_before(clerk, place, commune):
    case = complete_draft(clerk, place, None)
    poor = stored_photo(clerk, commune, "poor", ["blur"])
    services.attach(clerk, case, FileRole.ID_BACK, 0, poor)
    assert [gap.what for gap in gaps(case)] == ["poor"]
    services.keep_photo(clerk, case, poor.id)
    assert gaps(case) == [] and len(case.files) == 2


def test_progress_counts_entitled_people_once_and_not_their_drafts(clerk, place, commune):
    people = [doan(commune), factories.recipient(commune, "Vi Ó"), factories.recipient(commune, "Nông Văn Thử")]
    for person in people[:2]:
        services.submit(clerk, complete_draft(clerk, place, person))
    services.submit(clerk, complete_draft(clerk, place, people[0]))
    draft = complete_draft(clerk, place, people[2])
    returned = db.session.scalars(select(Case).where(Case.recipient_id == people[1].id)).one()
    services.return_case(factories.member("officer"), returned, ["id_back"], "mờ")
    assert [(v.name, v.done, v.total) for v in queries.progress_by_village(commune)] == [("Tòng Chu", 2, 3)]
    counts = queries.clerk_counts(clerk, commune)
    assert (counts.done, counts.total) == (2, 3) and counts.drafts == [draft] and counts.returned == [returned]
    assert len(counts.received_today) == 3 and queries.waiting(clerk) == 2
