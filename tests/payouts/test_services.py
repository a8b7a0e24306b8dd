"""From draft to sent: who may do what, what the seal guards, and what became of the money."""

import hashlib
import json
import threading
from datetime import date

import pytest
import time_machine
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal.audit.models import AuditEvent
from portal.db import db
from portal.payouts import queries, seal, services
from portal.payouts.models import SEALED_STATES, TRANSITIONS, Line, Outcome, Run, RunIsElsewhere, RunState
from portal.payouts.outcomes import CarriedAlready, DayInFuture, MonthIsSettled, NobodyTicked
from portal.payouts.problems import Kind, problems
from portal.recipients.models import MethodKind, PaymentMethod, RecipientStatus
from tests import factories
from tests.payouts.register import (
    DECEMBER,
    JANUARY,
    NOVEMBER,
    all_paid,
    approved,
    approver,
    draw,
    entitlement,
    line_of,
    lines,
    officer,
    represented,
    runs,
    save,
    sent,
)

pytestmark = pytest.mark.usefixtures("commune")
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def on_20_november():
    with time_machine.travel("2026-11-20T02:00:00Z", tick=False):
        yield


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield
        db.session.rollback()


def kinds(run, *, blocking=None):
    return {p.kind: p.count for p in problems(run, TODAY) if blocking is None or p.blocks == blocking}


@pytest.mark.parametrize("before", RunState)
@pytest.mark.parametrize("after", RunState)
def test_a_run_moves_only_along_its_road(before, after):
    run = Run(state=before)
    if after in TRANSITIONS[before]:
        run.move_to(after)
        assert run.state == after
    else:
        with pytest.raises(RunIsElsewhere):
            run.move_to(after)


STEPS = {
    "redraw": lambda run: services.redraw(officer(), run),
    "discard": lambda run: services.discard(officer(), run),
    "prepare": lambda run: services.prepare(officer(), run),
    "return": lambda run: services.return_run(approver(), run, "Thiếu người"),
    "approve": lambda run: services.approve(approver(), run),
    "send": lambda run: services.send(officer(), run, "xlsx"),
}
ALLOWED = {
    "redraw": {RunState.DRAFT},
    "discard": {RunState.DRAFT},
    "prepare": {RunState.DRAFT},
    "return": {RunState.PREPARED},
    "approve": {RunState.PREPARED},
    "send": SEALED_STATES,
}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_taken_only_in_its_state(commune, step):
    factories.recipient(commune, method=MethodKind.BANK_ACCOUNT)
    run = draw(commune)
    for state in RunState:
        with db.session.begin_nested() as saved:
            if state in SEALED_STATES:
                run.seal, run.approved_by = seal.compute(run), approver().id
            run.state = state
            db.session.flush()
            if state in ALLOWED[step]:
                STEPS[step](run)
            else:
                with pytest.raises(RunIsElsewhere):
                    STEPS[step](run)
            saved.rollback()
        db.session.expire_all()


def test_whoever_prepared_a_list_cannot_approve_it(commune):
    factories.recipient(commune)
    run = draw(commune)
    services.prepare(officer(), run)
    with pytest.raises(services.PreparedByYourself):
        services.approve(officer(), run)
    with pytest.raises(IntegrityError, match="approved_by_another"), db.session.begin_nested():
        db.session.execute(update(Run).values(approved_by=officer().id))


def test_a_returned_list_says_why_and_can_be_mended(commune):
    factories.recipient(commune)
    run = draw(commune)
    services.prepare(officer(), run)
    with pytest.raises(services.ReasonNeeded):
        services.return_run(approver(), run, "  ")
    services.return_run(approver(), run, "Thiếu bà Lả")
    assert (run.state, run.return_reason, run.ledger) == (RunState.DRAFT, "Thiếu bà Lả", None)
    services.redraw(officer(), run)
    services.prepare(officer(), run)
    assert run.return_reason == ""


def test_the_seal_is_the_hash_of_the_lines_as_documented(commune):
    factories.recipient(commune, method=MethodKind.BANK_ACCOUNT)
    factories.recipient(commune, "Vi Thị Ẩn")
    run = approved(commune)
    rows = [["06112", "BTXH", "2026-12-01", 1]]
    for line in lines(run):
        values = (getattr(line, name) for name in seal.FIELDS)
        rows.append([v.isoformat() if isinstance(v, date) else v for v in values])
    canonical = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    assert run.seal == hashlib.sha256(canonical.encode()).hexdigest() and seal.unbroken(run)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE line SET account_number = '9'",
        "UPDATE line SET amount_month = amount_month + 1, amount_total = amount_total + 1",
        "UPDATE line SET payee_name = 'AI DO'",
        "DELETE FROM line",
    ],
)
def test_the_database_refuses_to_change_a_sealed_line(commune, change):
    factories.recipient(commune, method=MethodKind.BANK_ACCOUNT)
    approved(commune)
    with pytest.raises(DBAPIError, match="sealed"), db.session.begin_nested():
        db.session.execute(text(change))


def test_a_broken_seal_is_noticed(app, commune):
    factories.recipient(commune, method=MethodKind.BANK_ACCOUNT)
    run = approved(commune)
    name = "line_sealed_no_update" if db.engine.dialect.name == "sqlite" else "line_sealed_update ON line"
    db.session.execute(text(f"DROP TRIGGER {name}"))
    db.session.execute(text("UPDATE line SET account_number = '9'"))
    assert not seal.unbroken(run)
    with pytest.raises(services.SealBroken):
        services.send(officer(), run, "xlsx")
    assert not services.check_seal(officer(), run)


def test_the_same_entitlement_is_never_twice_on_lists_of_a_month(commune):
    factories.recipient(commune)
    first = draw(commune)
    second = Run(
        commune_id=commune,
        programme_id=first.programme_id,
        month=DECEMBER,
        sequence=2,
        created_by_name="",
        created_at=first.created_at,
    )
    db.session.add(second)
    db.session.flush()
    names = [c.name for c in Line.__table__.columns if c.name not in ("id", "run_id", "reference")]
    copied = f"INSERT INTO line (run_id, reference, {', '.join(names)}) SELECT {second.id}, 'X', {', '.join(names)} FROM line"
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text(copied))


# ---- checks ---------------------------------------------------------------------------------------------------------


def test_an_empty_list_cannot_be_prepared(commune):
    factories.recipient(commune, method=None)
    run = draw(commune)
    assert kinds(run, blocking=True) == {Kind.EMPTY: 1} and kinds(run, blocking=False) == {Kind.LEFT_OUT: 1}
    with pytest.raises(services.ProblemsRemain):
        services.prepare(officer(), run)


def test_warnings_are_counted_and_their_lines_can_be_listed(commune):
    one, two = (
        factories.recipient(commune, n, method=MethodKind.BANK_ACCOUNT, citizen_id="020148000123") for n in "AB"
    )
    shared = db.session.scalars(select(PaymentMethod.account_number).where(PaymentMethod.recipient_id == one.id)).one()
    db.session.execute(update(PaymentMethod).where(PaymentMethod.recipient_id == two.id).values(account_number=shared))
    ends, lasts = (factories.recipient(commune, n, method=None) for n in ("Sắp Hết", "Còn Lâu"))
    represented(ends, until=date(2026, 12, 31))
    represented(lasts, until=date(2027, 1, 1))
    entitlement(lasts).coefficient_hundredths = 200
    db.session.flush()
    run = draw(commune)
    assert kinds(run) == {Kind.SHARED_ACCOUNT: 1, Kind.SAME_IDENTITY: 2, Kind.PAPER_ENDS: 1, Kind.OTHER_AMOUNT: 1}
    for show, people in (("shared_account", 2), ("same_identity", 2), ("paper_ends", 1), ("other_amount", 1)):
        assert queries.lines(run, queries.Filter(queries.Show(show)), TODAY).total == people
    services.prepare(officer(), run)


@pytest.mark.parametrize("change", ["died", "amount", "account", "new"])
def test_a_draft_that_the_register_has_overtaken_must_be_drawn_up_again(commune, change):
    person = factories.recipient(commune, method=MethodKind.BANK_ACCOUNT)
    run = draw(commune)
    if change == "died":
        person.status = RecipientStatus.DIED
    elif change == "amount":
        entitlement(person).monthly_amount += 1
    elif change == "account":
        db.session.execute(update(PaymentMethod).values(account_number="8410205000999"))
    else:
        factories.recipient(commune, "Đến Sau")
    db.session.flush()
    assert kinds(run, blocking=True) == {Kind.OUT_OF_DATE: 1}
    with pytest.raises(services.ProblemsRemain):
        services.prepare(officer(), run)
    services.redraw(officer(), run)
    assert kinds(run, blocking=True) == ({Kind.EMPTY: 1} if change == "died" else {})


def test_a_prepared_list_that_the_register_has_overtaken_is_a_warning_for_the_approver(commune):
    person = factories.recipient(commune)
    factories.recipient(commune, "Ở Lại")
    run = draw(commune)
    services.prepare(officer(), run)
    person.status = RecipientStatus.DIED
    db.session.flush()
    assert kinds(run, blocking=False) == {Kind.OUT_OF_DATE: 1}
    assert queries.lines(run, queries.Filter(queries.Show.OUT_OF_DATE), TODAY).total == 1
    services.approve(approver(), run)


# ---- what became of the money ---------------------------------------------------------------------------------------


def test_an_outcome_is_recorded_and_taken_back_until_the_month_is_settled(commune):
    person = factories.recipient(commune)
    run = approved(commune, NOVEMBER)
    line = line_of(run, person)
    services.record_outcome(officer(), line, Outcome.PAID, TODAY, "ký tên")
    assert (line.outcome, line.outcome_on, line.outcome_note) == (Outcome.PAID, TODAY, "ký tên")
    assert run.state == RunState.SENT and run.sent_at  # nobody is paid by a bank
    services.record_outcome(officer(), line, Outcome.PENDING, None)
    assert (line.outcome, line.outcome_on) == (Outcome.PENDING, None)
    run.state = RunState.SETTLED
    db.session.flush()
    for call in (
        lambda: services.record_outcome(officer(), line, Outcome.PAID, TODAY),
        lambda: services.record_outcomes(officer(), run, [line.id], Outcome.PAID, TODAY),
    ):
        with pytest.raises(MonthIsSettled):
            call()


def test_no_outcome_before_approval_nor_on_a_day_to_come(commune):
    person = factories.recipient(commune)
    run = draw(commune, NOVEMBER)
    with pytest.raises(RunIsElsewhere):
        services.record_outcome(officer(), line_of(run, person), Outcome.PAID, TODAY)
    services.prepare(officer(), run)
    services.approve(approver(), run)
    with pytest.raises(DayInFuture):
        services.record_outcome(officer(), line_of(run, person), Outcome.PAID, date(2026, 11, 21))


def test_a_village_is_marked_but_for_those_ticked_in_one_event(commune):
    people = [factories.recipient(commune, f"Vi Thị {name}") for name in ("Ẩn", "Bích", "Cúc")]
    elsewhere = factories.recipient(commune, "Nà Pái", village_id=factories.village(commune, "Nà Pái").id)
    bank = factories.recipient(commune, "Qua Bank", method=MethodKind.BANK_ACCOUNT)
    run = approved(commune, NOVEMBER)
    before = len(events())
    absent = line_of(run, people[1])
    assert services.mark_cash(officer(), run, "Tòng Chu", [absent.id], Outcome.PAID, TODAY, others=True) == 2
    assert services.mark_cash(officer(), run, "Tòng Chu", [absent.id], Outcome.UNCOLLECTED, TODAY) == 1
    with pytest.raises(NobodyTicked):
        services.mark_cash(officer(), run, "Tòng Chu", [absent.id], Outcome.PAID, TODAY)
    with pytest.raises(NobodyTicked):
        services.mark_cash(officer(), run, "Tòng Chu", [line_of(run, elsewhere).id], Outcome.PAID, TODAY)
    found = {line.recipient_id: line.outcome for line in lines(run)}
    assert [found[p.id] for p in people] == [Outcome.PAID, Outcome.UNCOLLECTED, Outcome.PAID]
    assert found[elsewhere.id] == found[bank.id] == Outcome.PENDING
    assert len(events()) == before + 2 and run.state == RunState.APPROVED


def events():
    return db.session.scalars(select(AuditEvent).where(AuditEvent.subject.startswith("run:"))).all()


def test_money_on_an_approved_later_list_cannot_be_received_on_the_earlier_one(commune):
    person = factories.recipient(commune)
    november = sent(commune, NOVEMBER)
    early = line_of(november, person)
    services.record_outcome(officer(), early, Outcome.UNCOLLECTED, TODAY)
    approved(commune, DECEMBER)
    for outcome, on in ((Outcome.PAID, TODAY), (Outcome.PENDING, None)):
        with pytest.raises(CarriedAlready):
            services.record_outcome(officer(), early, outcome, on)
        with pytest.raises(CarriedAlready):
            services.record_outcomes(officer(), november, [early.id], outcome, on)


def test_a_list_that_carries_money_received_meanwhile_cannot_be_approved(commune):
    person = factories.recipient(commune)
    november = sent(commune, NOVEMBER)
    services.record_outcome(officer(), line_of(november, person), Outcome.UNCOLLECTED, TODAY)
    december = draw(commune)
    services.prepare(officer(), december)
    services.record_outcome(officer(), line_of(november, person), Outcome.PAID, TODAY)
    assert Kind.RECEIVED_AFTER_ALL in kinds(december, blocking=True)
    with pytest.raises(services.ProblemsRemain):
        services.approve(approver(), december)


def test_totals_are_the_sums_of_the_lines(commune):
    a = factories.recipient(commune, "A", method=MethodKind.BANK_ACCOUNT, amount=1)
    b = factories.recipient(commune, "B", method=MethodKind.WALLET, amount=20)
    factories.recipient(commune, "C", amount=300)
    factories.recipient(commune, "D", method=MethodKind.HOME_VISIT, amount=4000)
    run = approved(commune, NOVEMBER)
    all_paid(run, except_for=[b])
    found = queries.totals(run)
    assert found.all == queries.Total(4, 4321) and found.accounts == queries.Total(2, 21)
    assert found.of(Outcome.PAID) == queries.Total(3, 4301)
    assert found.of(MethodKind.WALLET, Outcome.PENDING) == queries.Total(1, 20)
    assert found.of(MethodKind.WALLET, Outcome.PAID) == queries.Total() and a.id


def test_each_role_has_the_lists_that_wait_for_it(commune):
    factories.recipient(commune)
    run = draw(commune)

    def waiting():
        return {
            u: queries.waiting(commune, factories.member(u).role)
            for u in ("officer", "approver", "bank_staff", "police")
        }

    assert waiting() == {"officer": 1, "approver": 0, "bank_staff": 0, "police": 0}
    services.prepare(officer(), run)
    assert waiting() == {"officer": 0, "approver": 1, "bank_staff": 0, "police": 0}
    services.approve(approver(), run)
    assert waiting() == {"officer": 0, "approver": 0, "bank_staff": 1, "police": 0}


# ---- two at once ----------------------------------------------------------------------------------------------------


def test_two_officers_draw_up_the_same_month_at_once_and_one_list_comes_of_it(app, commune):
    for number in range(30):
        factories.recipient(commune, f"Vi Thị {number}")
    save(commune)
    ready, answers = threading.Barrier(2), []

    def draw_up():
        with app.app_context():
            actor = officer()
            programme = factories.programme()
            place = actor.communes[0]
            db.session.rollback()
            ready.wait()
            try:
                services.draw_up(actor, place, programme, JANUARY)
                db.session.commit()
                answers.append("drawn up")
            except (services.DrawnUpMeanwhile, services.ListStillOpen) as error:
                db.session.rollback()
                answers.append(type(error).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=draw_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "drawn up" in answers and set(answers) & {"DrawnUpMeanwhile", "ListStillOpen"}
    db.session.rollback()
    assert len(runs()) == 1 and len(lines(runs()[0])) == 30
