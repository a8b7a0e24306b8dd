"""Changes that an officer enters: the months that the law says, money of closed months, and taking back."""

from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select

from portal.areas.models import Commune
from portal.audit.services import record
from portal.db import db
from portal.errors import DomainError
from portal.payouts.models import LeftOut, Line
from portal.payouts.services import NobodyMissing, discard, draw_up
from portal.recipients.models import (
    Adjustment,
    Category,
    Cause,
    ChangeKind,
    Entitlement,
    EntitlementChange,
    EntitlementStatus,
    MethodKind,
    Recipient,
    RecipientStatus,
)
from portal.recipients.queries.adjusting import STOPS, SUSPENDS, What
from portal.recipients.services import by_hand, hand_plans, hand_starts, months, past, taking_back
from portal.recipients.services.hand_plans import Wanted
from portal.recipients.services.hand_refusals import (
    AlreadySo,
    AmountMissing,
    CannotBeTakenBack,
    CauseMissing,
    DayMissing,
    MonthNotOpen,
    MonthsDisordered,
    NothingChanges,
    PaidAlready,
    PeriodMissing,
)
from portal.vietnam.month import add_months
from tests import factories
from tests.recipients.test_services import assert_history_adds_up

SEP, OCT, NOV, DEC, JAN = (add_months(date(2026, 9, 1), n) for n in range(5))


@pytest.fixture
def register(app, commune):
    with app.app_context():
        yield Hand(commune)
        db.session.rollback()


class Hand:
    def __init__(self, commune):
        self.commune, self.officer = commune, factories.member("officer")
        self.btxh = factories.programme()
        self.person = self.add("Hoàng Thị Vẻ")
        self.given = self.start(self.person, "K6C", 810_000, OCT)

    def add(self, name, **columns):
        person = hand_starts.add_person(
            self.officer, self.commune, code="", columns={"full_name": name, "citizen_id": None} | columns
        )
        factories.payment_method(person, MethodKind.CASH_POINT)
        return person

    def category(self, key):
        return db.session.scalars(select(Category).where(Category.key == key)).one()

    def start(self, person, key, amount, on, settle=0, **told):
        category = self.category(key)
        wanted = Wanted(What.START, on=on, programme=self.btxh, category=category, amount=amount,
            coefficient_hundredths=category.coefficient_hundredths, **told)  # fmt: skip
        return by_hand.make(self.officer, person, None, wanted, settle)

    def close(self, *closed):
        for month in closed:
            months.close(self.commune, self.btxh.id, month)

    def plan(self, what, on=None, **told):
        return hand_plans.plan(self.given, Wanted(what, on=on, **told), self.commune)

    def make(self, what, on=None, settle=0, entitlement=None, **told):
        given = entitlement or self.given
        person = db.session.get(Recipient, given.recipient_id)
        return by_hand.make(self.officer, person, given, Wanted(what, on=on, **told), settle)

    def undo(self, entitlement=None):
        given = entitlement or self.given
        taking_back.take_back(self.officer, given, self.history(given)[-1])

    def history(self, given=None):
        mine = EntitlementChange.entitlement_id == (given or self.given).id
        return list(db.session.scalars(select(EntitlementChange).where(mine).order_by(EntitlementChange.id)))

    def drawn(self, month):
        """What a list of the month pays and leaves out: code to amount, or reason."""
        run = draw_up(self.officer, db.session.get(Commune, self.commune), self.btxh, month)
        lines = db.session.execute(select(Line.recipient_code, Line.amount_total).where(Line.run_id == run.id))
        found = {code: int(amount) for code, amount in lines}
        left = db.session.execute(select(LeftOut.recipient_id, LeftOut.reason).where(LeftOut.run_id == run.id))
        found |= {db.session.get(Recipient, key).code: str(why) for key, why in left}
        discard(self.officer, run)
        return found

    def owed(self):
        """(kind, amount, month, from, to) of everything that is paid or taken once."""
        found = db.session.scalars(select(Adjustment).order_by(Adjustment.id))
        return [(str(a.kind), a.amount, a.month, a.from_month, a.to_month) for a in found]


def test_payments_stop_after_the_month_of_the_death_and_nothing_else_is_paid_to_the_dead(register):
    register.close(OCT)
    other = register.start(register.person, "CS2C", 540_000, date(2026, 10, 3))
    plan = register.plan(What.STOP, date(2026, 11, 17), cause=Cause.DIED)
    assert (plan.effective, plan.past) == (DEC, ())
    register.make(What.STOP, date(2026, 11, 17), cause=Cause.DIED, reason="Trích lục 56", decision_no="9/QĐ")
    for each in (register.given, other):
        assert (each.status, each.last_month) == (EntitlementStatus.ENDED, NOV)
    assert (register.person.status, register.person.ended_on) == (RecipientStatus.DIED, date(2026, 11, 17))
    last = register.history()[-1]
    assert (last.kind, last.month, last.cause, last.reason) == (ChangeKind.STOP, DEC, Cause.DIED, "Trích lục 56")


def test_the_month_of_the_event_is_still_paid_and_the_next_is_not(register):
    register.make(What.STOP, date(2026, 11, 17), cause=Cause.NOT_ENTITLED)
    assert register.drawn(NOV) == {register.person.code: 810_000}
    with pytest.raises(NobodyMissing):
        register.drawn(DEC)


def test_a_suspension_leaves_out_the_months_from_the_next_on_and_says_why(register):
    register.make(What.SUSPEND, date(2026, 11, 2), cause=Cause.NOT_COLLECTED)
    assert register.drawn(NOV) == {register.person.code: 810_000}
    assert register.drawn(DEC) == {register.person.code: "suspended"}


def test_a_stop_that_is_told_late_proposes_what_was_paid_too_much(register):
    register.close(OCT, NOV)
    plan = register.plan(What.STOP, date(2026, 9, 5), cause=Cause.NOT_ENTITLED)
    assert (plan.effective, plan.pays, plan.owed) == (OCT, DEC, -1_620_000)
    register.make(What.STOP, date(2026, 9, 5), cause=Cause.NOT_ENTITLED, settle=-1_620_000)
    assert register.owed() == [("clawback", 1_620_000, DEC, OCT, NOV)]
    assert (register.given.status, register.given.last_month) == (EntitlementStatus.ENDED, None), "never paid again"


def test_a_higher_rate_that_is_told_late_brings_arrears_with_the_first_open_month(register):
    register.close(OCT, NOV)
    told = {"amount": 1_080_000, "coefficient_hundredths": 200, "category": register.category("K6A")}
    plan = register.plan(What.RATE, date(2026, 10, 9), **told)
    assert [(p.month, p.before, p.after) for p in plan.past] == [(OCT, 810_000, 1_080_000), (NOV, 810_000, 1_080_000)]
    register.make(What.RATE, date(2026, 10, 9), settle=500_000, **told)
    assert register.owed() == [("arrears", 500_000, DEC, OCT, NOV)], "the officer decides how much"
    assert (register.given.monthly_amount, register.given.category.key) == (1_080_000, "K6A")
    assert_history_adds_up()


def test_what_was_settled_once_is_not_proposed_again(register):
    register.close(OCT, NOV)
    register.make(What.RATE, date(2026, 10, 9), settle=540_000, amount=1_080_000)
    plan = register.plan(What.STOP, date(2026, 10, 20), cause=Cause.REFUSED)
    assert [(p.month, p.before, p.after) for p in plan.past] == [(NOV, 1_080_000, 0)]


def test_someone_new_is_paid_from_the_month_of_the_decision_and_closed_months_once(register):
    register.close(OCT, NOV)
    person = register.add("Vi Thị Mới")
    given = register.start(person, "K6C", 810_000, date(2026, 10, 20), settle=1_620_000)
    assert (given.first_month, register.history(given)[0].month) == (DEC, OCT)
    assert register.owed() == [("arrears", 1_620_000, DEC, OCT, NOV)]
    unsettled = register.start(register.add("Vi Thị Khác"), "K6C", 810_000, date(2026, 11, 20))
    assert unsettled.first_month == NOV, "a supplementary list of that month pays it"


def test_a_suspended_person_is_paid_again_from_the_month_of_the_decision(register):
    register.close(OCT)
    register.make(What.SUSPEND, date(2026, 10, 20), cause=Cause.DETAINED)
    register.close(NOV, DEC)
    plan = register.plan(What.RESUME, date(2026, 12, 3))
    assert (plan.effective, plan.pays, plan.owed) == (DEC, JAN, 810_000)
    register.make(What.RESUME, date(2026, 12, 3), settle=810_000)
    assert (register.given.status, register.given.first_month) == (EntitlementStatus.LIVE, JAN)
    assert_history_adds_up()


def test_what_would_change_a_month_that_waits_for_its_approval_waits_too(register):
    register.close(OCT)
    with pytest.raises(MonthNotOpen, match="11/2026"):
        register.plan(What.RATE, date(2026, 12, 5), amount=1_080_000)
    assert register.plan(What.RATE, date(2026, 12, 5), month=NOV, amount=1_080_000).effective == NOV


@pytest.mark.parametrize(
    ("what", "told", "error"),
    [
        (What.STOP, {"cause": Cause.DIED}, DayMissing),
        (What.STOP, {"on": NOV, "cause": Cause.DETAINED}, CauseMissing),
        (What.SUSPEND, {"on": NOV, "cause": Cause.DIED}, CauseMissing),
        (What.RATE, {"on": NOV, "amount": 810_000}, NothingChanges),
        (What.RATE, {"on": NOV, "amount": 0}, AmountMissing),
        (What.RESUME, {"on": NOV}, AlreadySo),
        (What.ARREARS, {"amount": 100_000}, PeriodMissing),
        (What.CLAWBACK, {"amount": 100_000, "from_month": NOV, "to_month": OCT}, MonthsDisordered),
        (What.ONE_OFF, {}, AmountMissing),
    ],
)
def test_what_is_missing_or_does_not_fit_is_said(register, what, told, error):
    with pytest.raises(error):
        register.plan(what, **told)


def test_nobody_is_paid_two_benefits_but_as_the_law_allows(register):
    with pytest.raises(PaidAlready, match=register.given.code):
        register.start(register.person, "K8", 810_000, NOV)
    second = register.start(register.person, "CS2C", 540_000, NOV)
    assert second.code == f"{register.given.code}-2"
    parent = register.add("Lý Thị Đơn")
    register.start(parent, "K4", 540_000, NOV)
    register.start(parent, "K6C", 810_000, NOV)
    with pytest.raises(PaidAlready):
        register.start(parent, "K5B", 540_000, NOV)
    register.make(What.STOP, date(2026, 11, 3), cause=Cause.HIGHER_RATE)
    register.start(register.person, "K8", 810_000, DEC)
    with pytest.raises(PaidAlready):
        register.make(What.RESUME, date(2027, 1, 3))


def test_amounts_for_one_month_come_with_the_first_open_one_and_can_be_taken_back_until_it_is_approved(register):
    register.close(OCT)
    register.make(What.ARREARS, amount=300_000, from_month=SEP, to_month=SEP, reason="Bỏ sót")
    register.make(What.CLAWBACK, amount=100_000, from_month=OCT, to_month=OCT)
    register.make(What.ONE_OFF, amount=10_800_000)
    assert {(kind, amount, month) for kind, amount, month, *_ in register.owed()} == {
        ("arrears", 300_000, NOV),
        ("clawback", 100_000, NOV),
        ("one_off", 10_800_000, NOV),
    }
    first, second, _third = db.session.scalars(select(Adjustment).order_by(Adjustment.id))
    taking_back.take_back_adjustment(register.officer, first, register.given)
    register.close(NOV)
    with pytest.raises(CannotBeTakenBack):
        taking_back.take_back_adjustment(register.officer, second, register.given)
    assert db.session.scalar(select(func.count()).select_from(Adjustment)) == 2


def test_a_death_that_was_a_mistake_is_taken_back_with_all_that_it_ended(register):
    other = register.start(register.person, "CS2C", 540_000, OCT)
    register.make(What.STOP, date(2026, 11, 17), cause=Cause.DIED)
    register.undo()
    assert register.person.status == RecipientStatus.LIVE
    assert {e.status for e in (register.given, other)} == {EntitlementStatus.LIVE}
    assert [c.kind for c in register.history()] == ["start", "stop", "resume"]
    assert_history_adds_up()
    with pytest.raises(CannotBeTakenBack):
        register.undo()


def test_taking_back_removes_the_money_with_it_and_is_over_when_the_month_is_approved(register):
    register.close(OCT)
    register.make(What.RATE, date(2026, 10, 9), settle=270_000, amount=1_080_000, category=register.category("K6A"))
    register.undo()
    assert (register.owed(), register.given.monthly_amount, register.given.category.key) == ([], 810_000, "K6C")
    register.make(What.RATE, date(2026, 10, 9), settle=270_000, amount=1_080_000)
    register.close(NOV)
    with pytest.raises(CannotBeTakenBack):
        register.undo()


def test_a_stop_is_not_taken_back_beside_what_was_begun_in_its_place_nor_for_the_dead(register):
    register.make(What.STOP, date(2026, 11, 3), cause=Cause.HIGHER_RATE)
    second = register.start(register.person, "K8", 810_000, DEC)
    with pytest.raises(CannotBeTakenBack):
        register.undo()
    register.make(What.STOP, date(2026, 12, 3), entitlement=second, cause=Cause.DIED)
    with pytest.raises(CannotBeTakenBack):
        register.undo()


def test_amounts_of_a_month_are_those_said_last(register):
    events = [past.Event(OCT, live=True, amount=5), past.Event(DEC, live=False), past.Event(NOV, amount=7)]
    assert [past.amount_in(events, month) for month in (SEP, OCT, NOV, DEC)] == [0, 5, 7, 0]


class Work(RuleBasedStateMachine):
    """One person's entitlements under any changes, while months are approved one after the other."""

    register = None

    def __init__(self):
        super().__init__()
        self.nested = db.session.begin_nested()
        self.hand = self.register
        self.now = OCT
        self.paid = {}
        self.first = self.hand.given
        self.hand.close(OCT)

    def teardown(self):
        self.nested.rollback()
        db.session.expire_all()
        self.hand.given = self.first

    @rule(
        what=st.sampled_from([What.STOP, What.SUSPEND, What.RESUME, What.RATE]),
        back=st.integers(-1, 4),
        units=st.integers(1, 5),
        cause=st.sampled_from([*STOPS, *SUSPENDS]),
        settles=st.booleans(),
    )
    def change(self, what, back, units, cause, settles):
        told = {"on": add_months(self.now, 1 - back), "cause": cause, "amount": 270_000 * units}
        try:
            plan = self.hand.plan(what, **told)
            self.hand.make(what, settle=plan.owed if settles else 0, **told)
        except DomainError:
            return

    @rule(key=st.sampled_from(["K6C", "K8", "CS2C"]), back=st.integers(0, 3), settles=st.booleans())
    def start(self, key, back, settles):
        try:
            self.hand.start(self.hand.person, key, 540_000, add_months(self.now, 1 - back), 540_000 * settles)
        except DomainError:
            return

    @rule(which=st.integers(0, 9))
    def choose(self, which):
        theirs = db.session.scalars(select(Entitlement).order_by(Entitlement.id)).all()
        self.hand.given = theirs[which % len(theirs)]

    @rule()
    def take_back(self):
        try:
            self.hand.undo()
        except CannotBeTakenBack:
            return

    @rule(amount=st.integers(1, 10**6), what=st.sampled_from([What.ARREARS, What.CLAWBACK, What.ONE_OFF]))
    def once(self, amount, what):
        self.hand.make(what, amount=amount, from_month=SEP, to_month=OCT)

    @precondition(lambda self: self.now < date(2028, 1, 1))
    @rule()
    def approve(self):
        self.now = add_months(self.now, 1)
        self.hand.close(self.now)
        sums = select(Adjustment.kind, func.sum(Adjustment.amount)).where(Adjustment.month <= self.now)
        self.paid[self.now] = dict(db.session.execute(sums.group_by(Adjustment.kind)).all())

    @invariant()
    def the_history_adds_up_and_months_are_in_order(self):
        db.session.flush()
        assert_history_adds_up()
        for each in db.session.scalars(select(Entitlement)):
            assert each.last_month is None or each.last_month >= each.first_month
            assert (each.status == EntitlementStatus.LIVE) <= (each.last_month is None)
        living = select(Category.key).join(Entitlement, Entitlement.category_id == Category.id)
        keys = db.session.scalars(living.where(Entitlement.status != EntitlementStatus.ENDED)).all()
        assert sum(key.startswith("K") for key in keys) <= 1, "never two of which one may be paid"

    @invariant()
    def closed_months_stay_as_they_were_approved(self):
        for month, told in self.paid.items():
            sums = select(Adjustment.kind, func.sum(Adjustment.amount)).where(Adjustment.month <= month)
            assert dict(db.session.execute(sums.group_by(Adjustment.kind)).all()) == told


def test_any_changes_leave_a_history_that_ties(register):
    machine = type("WorkHere", (Work,), {"register": register})
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=15,
            phases=[Phase.explicit, Phase.generate],
            deadline=None,
            suppress_health_check=checks,
        ),
    )


def person_page(app, browser, commune, closed=()):
    """A person paid 810.000 of BTXH from 01/2025 on."""
    with app.app_context():
        key = factories.recipient(commune, code="BG00001").id
        for month in closed:
            months.close(commune, factories.programme().id, month)
        record(None, "commune.added", f"commune:{commune}", commune_id=commune)
        db.session.commit()
    return browser.open(f"/recipients/{key}")


def test_officer_stops_payments_and_reads_the_months_before_and_after(app, commune, sign_in):
    officer = sign_in("officer")
    form = person_page(app, officer, commune, closed=[OCT, NOV]).click("Thay đổi…")
    assert form.h1 == "Thay đổi: Hoàng Thị Vẻ" and "Hoàng" not in form.soup.title.text
    told = {"what": "stop", "cause_stop": "died", "on": "2026-11-17", "reason": "Trích lục 56/TLKT-BS"}
    token = {"csrf_token": form.soup.select_one("[name=csrf_token]")["value"]}
    said = officer.open(form.url.split("?")[0] + "/meaning", "post", data=token | told)
    assert "Tháng cuối được hưởng: 11/2026. Thôi hưởng từ tháng 12/2026." in said.words
    page = form.submit("Lưu thay đổi", **told)
    assert page.h1 == "BG00001 · Hoàng Thị Vẻ"
    assert "Tháng cuối được hưởng: 11/2026. Thôi hưởng từ tháng 12/2026." in page.words
    assert "Trích lục 56/TLKT-BS" in page.words and "Đã mất" in page.words
    back = page.submit("Hủy thay đổi này")
    assert "Đã hủy thay đổi" in back.words and "hủy một thay đổi trước" in back.words


def test_closed_months_are_shown_with_their_difference_before_a_late_change_is_saved(app, commune, sign_in):
    officer = sign_in("officer")
    form = person_page(app, officer, commune, closed=[OCT, NOV]).click("Thay đổi…")
    told = {"what": "rate", "amount": "1.080.000", "on": "09/10/2026", "decision_no": "7/QĐ-UBND"}
    check = form.submit("Lưu thay đổi", **told)
    assert check.h1 == "Các tháng đã phê duyệt" and "+540.000" in check.words
    refused = check.submit("Lưu thay đổi", settle="nhiều")
    assert "Ghi số tiền bằng chữ số" in refused.words
    page = refused.submit("Lưu thay đổi", settle="540.000")
    assert "Từ tháng 10/2026: 1.080.000 đ thay cho 810.000 đ." in page.words
    assert "Truy lĩnh +540.000 đ" in page.words and "của tháng 10/2026 đến tháng 11/2026" in page.words
    with app.app_context():
        assert [(a.amount, a.month) for a in db.session.scalars(select(Adjustment))] == [(540_000, DEC)]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Chọn nội dung thay đổi"),
        ({"what": "stop", "cause_stop": "died"}, "Ghi ngày quyết định hoặc ngày xảy ra"),
        ({"what": "stop", "on": "2026-11-17"}, "Chọn lý do thôi hưởng"),
        ({"what": "rate", "on": "2026-11-17"}, "giống trong sổ"),
        ({"what": "rate", "on": "ngày mai", "amount": "1"}, "“ngày mai” không phải là ngày"),
        ({"what": "arrears", "arrears_amount": "một triệu"}, "không phải là số tiền"),
        ({"what": "one_off", "one_off_amount": ""}, "Ghi số tiền bằng đồng"),
    ],
)
def test_a_change_that_cannot_be_saved_says_why_and_keeps_what_was_typed(app, commune, sign_in, fields, words):
    form = person_page(app, sign_in("officer"), commune).click("Thay đổi…")
    page = form.submit("Lưu thay đổi", **fields)
    assert page.status == 422 and words in page.words and page.soup.title.text.startswith("Lỗi:")
    if "on" in fields:
        assert page.soup.select_one("[name=on]")["value"] == fields["on"]


def test_another_village_and_amounts_for_one_month_change_no_payment_of_other_months(app, commune, sign_in):
    officer = sign_in("officer")
    page = person_page(app, officer, commune)
    form = page.click("Thay đổi…")
    village = next(o["value"] for o in form.soup.select("[name=village] option") if o.text == "Nà Pái")
    assert "Nà Pái" in form.submit("Lưu thay đổi", what="village", village=village).words
    page = form.submit("Lưu thay đổi", what="one_off", one_off_amount="10.800.000", reason="Mai táng phí")
    assert "Trợ cấp một lần +10.800.000 đ" in page.words
    assert "Mai táng phí" not in page.submit("Hủy thay đổi này").words


def test_someone_on_no_list_comes_into_the_register_with_a_decision(app, commune, sign_in):
    officer = sign_in("officer")
    form = officer.open("/recipients/new")
    assert form.submit("Thêm vào sổ").status == 422
    told = {"full_name": "Vi Thị Mới", "birth_date": "1950", "decision_no": "8/QĐ-UBND", "on": "2026-11-20"}
    key = next(o["value"] for o in form.soup.select("[name=category] option") if o.text.endswith("(K6C)"))
    page = form.submit("Thêm vào sổ", category=key, citizen_id="020150123456", **told)
    assert "Vi Thị Mới" in page.h1 and "810.000 đ" in page.words and "11/2026" in page.words
    again = form.submit("Thêm vào sổ", category=key, citizen_id="020150123456", **told)
    assert again.status == 422 and "Số định danh này đã có trong sổ" in again.words
    without = form.submit("Thêm vào sổ", **told)
    assert without.status == 422 and "Ghi số tiền bằng đồng" in without.words
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Recipient)) == 1


def test_only_an_officer_of_the_commune_changes_payments(app, commune, sign_in):
    page = person_page(app, sign_in("officer"), commune)
    for role in ("approver", "police"):
        shown = sign_in(role).open(page.url)
        assert "Thay đổi…" not in shown.words and "Hủy thay đổi này" not in shown.words
        assert sign_in(role).open(page.url + "/change").status == 403
