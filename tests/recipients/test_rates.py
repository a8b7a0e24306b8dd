"""Base rates: entered, corrected, applied with the arrears of every single month."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.areas.models import Commune
from portal.db import db, transaction
from portal.payouts import services as payouts
from portal.payouts.models import Line
from portal.recipients.models import (
    Adjustment,
    AdjustmentKind,
    BaseRate,
    Category,
    ChangeKind,
    Entitlement,
    EntitlementChange,
    EntitlementStatus,
    Recipient,
    RecipientStatus,
)
from portal.recipients.queries.raises import Part, standing
from portal.recipients.queries.rates import people_of, rate_on, totals
from portal.recipients.services import months, rates
from portal.vietnam.month import add_months, span
from tests import factories

OLD, NEW = 500_000, 540_000
JULY, NOVEMBER = date(2026, 7, 1), date(2026, 11, 1)
K = ChangeKind


def rate():
    return rate_on(factories.programme().id, JULY)


def raised(commune, month=NOVEMBER, also=()):
    return rates.raise_of(commune, rate(), month, also)


def applied(commune, month=NOVEMBER, also=()):
    what = raised(commune, month, also)
    return rates.apply_raise(factories.member("officer"), what, totals(what).mark, "Mức chuẩn mới")


def entitled(commune, *, coefficient=150, amount=None, first=date(2025, 1, 1), **columns):
    """Somebody paid the old rate times the coefficient."""
    amount = amount or OLD * (coefficient or 100) // 100
    person = factories.recipient(commune, f"Vi Thị {chr(65 + len(columns))}", amount=amount)
    row = db.session.scalars(select(Entitlement).where(Entitlement.recipient_id == person.id)).one()
    row.coefficient_hundredths, row.first_month = coefficient, first
    for name, value in columns.items():
        setattr(row, name, value)
    db.session.flush()
    add(row, K.START, first, {"monthly_amount": amount, "coefficient_hundredths": coefficient, "status": "live"})
    return row


def add(row, kind, month, after, before=None, source="staff"):
    change = EntitlementChange(
        commune_id=row.commune_id, entitlement_id=row.id, month=month, kind=kind, before=before, after=after,
        source=source, at=factories.now(), by_name="Nguyễn Thị Hương",
    )  # fmt: skip
    db.session.add(change)
    db.session.flush()
    return change


def arrears(row):
    told = select(Adjustment.amount, Adjustment.from_month, Adjustment.to_month).where(
        Adjustment.entitlement_id == row.id, Adjustment.source.startswith("rate:")
    )
    return [tuple(each) for each in db.session.execute(told)]


def part_of(what, row):
    found = standing(what)
    return db.session.execute(select(found.c.part, found.c.owed).where(found.c.entitlement_id == row.id)).one()


def test_all_categories_of_the_decree_are_there_with_their_coefficients(app):
    told = json.loads((Path(__file__).parents[2] / "migrations/data/btxh_categories.json").read_text())
    with app.app_context():
        stored = dict(db.session.execute(select(Category.key, Category.coefficient_hundredths)).all())
        assert {each["key"]: each["coefficient_hundredths"] for each in told} == stored and len(stored) == 24


def test_a_rate_that_applies_backwards_raises_amounts_and_pays_each_month_since(app, commune):
    with app.app_context(), transaction():
        since_long = entitled(commune)
        since_september = entitled(commune, first=date(2026, 9, 1))
        done = applied(commune)
        assert (done.raised.people, done.raised.amount) == (2, 120_000)
        assert {since_long.monthly_amount, since_september.monthly_amount} == {810_000}
        assert arrears(since_long) == [(240_000, JULY, date(2026, 10, 1))]
        assert arrears(since_september) == [(120_000, date(2026, 9, 1), date(2026, 10, 1))]
        assert [(n, each.people, each.amount) for n, each in done.by_months] == [(2, 1, 120_000), (4, 1, 240_000)]
        change = db.session.scalars(select(EntitlementChange).where(EntitlementChange.kind == K.AMOUNT)).first()
        assert (change.month, change.source) == (NOVEMBER, f"rate:{rate().id}")
        assert (change.before, change.after) == ({"monthly_amount": 750_000}, {"monthly_amount": 810_000})


def test_applying_a_rate_twice_changes_nothing_the_second_time(app, commune):
    with app.app_context(), transaction():
        row = entitled(commune)
        applied(commune)
        with pytest.raises(rates.RaisedAlready):
            applied(commune)
        with pytest.raises(rates.RaisedAlready):
            applied(commune, month=date(2026, 12, 1))
        assert len(arrears(row)) == 1 and row.monthly_amount == 810_000
        late = entitled(commune, first=date(2026, 10, 1))  # a list that came later, still at the old rate
        assert applied(commune).raised.people == 1
        assert arrears(late) == [(60_000, date(2026, 10, 1), date(2026, 10, 1))] and len(arrears(row)) == 1


def test_months_without_payment_are_owed_nothing(app, commune):
    with app.app_context(), transaction():
        row = entitled(commune)
        add(row, K.SUSPEND, date(2026, 8, 1), {"status": "suspended"}, {"status": "live"})
        add(row, K.RESUME, date(2026, 10, 1), {"status": "live"}, {"status": "suspended"})
        applied(commune)
        assert arrears(row) == [(120_000, JULY, date(2026, 10, 1))]  # July and October


def test_who_is_paid_again_under_a_later_first_month_is_owed_the_months_before_the_break(app, commune):
    with app.app_context(), transaction():
        row = entitled(commune)
        add(row, K.STOP, date(2026, 9, 1), {"status": "ended", "last_month": "2026-08-01"}, {"status": "live"})
        add(row, K.RESUME, NOVEMBER, {"status": "live", "last_month": None}, {"status": "ended"})
        row.first_month = NOVEMBER
        applied(commune)
        assert arrears(row) == [(120_000, JULY, date(2026, 8, 1))]


def test_each_month_is_reckoned_with_its_own_coefficient(app, commune):
    with app.app_context(), transaction():
        row = entitled(commune, coefficient=200, amount=1_000_000)
        start = db.session.scalars(select(EntitlementChange)).one()
        assert start.after["coefficient_hundredths"] == 200
        add(row, K.AMOUNT, date(2026, 9, 1), {"monthly_amount": 750_000}, {"monthly_amount": 1_000_000})
        add(row, K.DETAILS, date(2026, 9, 1), {"coefficient_hundredths": 150}, {"coefficient_hundredths": 200})
        row.coefficient_hundredths, row.monthly_amount = 150, 750_000
        applied(commune)
        assert arrears(row) == [(2 * 80_000 + 2 * 60_000, JULY, date(2026, 10, 1))]


def test_suspended_and_ended_people_are_named_and_nothing_is_lost_for_them(app, commune):
    with app.app_context(), transaction():
        waits, gone = entitled(commune), entitled(commune, last_month=date(2026, 8, 1))
        died = entitled(commune)
        db.session.get(Recipient, died.recipient_id).status = RecipientStatus.DIED
        add(waits, K.SUSPEND, date(2026, 10, 1), {"status": "suspended"}, {"status": "live"})
        add(gone, K.STOP, date(2026, 9, 1), {"status": "ended", "last_month": "2026-08-01"}, {"status": "live"})
        waits.status, gone.status = EntitlementStatus.SUSPENDED, EntitlementStatus.ENDED
        entitled(commune, last_month=date(2026, 6, 1), status=EntitlementStatus.ENDED)
        db.session.flush()
        what = raised(commune)
        assert part_of(what, waits) == (Part.WAITS, 180_000)
        assert part_of(what, gone) == (Part.GONE, 120_000) and part_of(what, died) == (Part.GONE, 240_000)
        done = applied(commune)
        assert done.raised.people == 1 and done.arrears.people == 0  # the suspended one, for the day it is paid again
        assert waits.monthly_amount == 810_000 and gone.monthly_amount == 750_000
        add(waits, K.RESUME, date(2026, 12, 1), {"status": "live"}, {"status": "suspended"})
        waits.status = EntitlementStatus.LIVE
        db.session.flush()
        applied(commune, month=date(2026, 12, 1))
        assert arrears(waits) == [(180_000, JULY, date(2026, 9, 1))]


def test_amounts_off_the_old_rate_are_looked_at_one_by_one(app, commune):
    with app.app_context(), transaction():
        odd, without = entitled(commune, amount=777_000), entitled(commune, coefficient=None)
        once = entitled(commune)
        add(once, K.AMOUNT, date(2026, 8, 1), {"monthly_amount": 700_000}, {"monthly_amount": 750_000})
        add(once, K.AMOUNT, date(2026, 9, 1), {"monthly_amount": 750_000}, {"monthly_amount": 700_000})
        what = raised(commune)
        assert {part_of(what, row).part for row in (odd, without, once)} == {Part.LOOK}
        assert len(people_of(what, Part.LOOK)[0]) == 3
        applied(commune)
        assert (odd.monthly_amount, without.monthly_amount, once.monthly_amount) == (777_000, 500_000, 810_000)
        assert not [row for row in (odd, without, once) if arrears(row)]


def test_arrears_that_a_list_told_are_not_paid_twice_unless_somebody_says_so(app, commune):
    with app.app_context(), transaction():
        told, early = entitled(commune), entitled(commune)
        for row, month in ((told, date(2026, 9, 1)), (early, date(2026, 5, 1))):
            kind = {"kind": AdjustmentKind.ARREARS, "source": "roster_file:1", "amount": 120_000}
            db.session.add(Adjustment(commune_id=commune, entitlement_id=row.id, month=month, **kind))
        db.session.flush()
        assert part_of(raised(commune), told).part == Part.TOLD
        assert totals(raised(commune)).arrears.people == 1
        assert totals(raised(commune, also=(told.id,))).arrears.people == 2
        applied(commune)
        assert told.monthly_amount == 810_000 and not arrears(told) and arrears(early)
        applied(commune, also=(told.id,))
        assert arrears(told) == [(240_000, JULY, date(2026, 10, 1))]


def test_a_closed_month_a_stale_look_and_a_rate_without_a_raise_are_refused(app, commune):
    with app.app_context(), transaction():
        entitled(commune)
        officer, what = factories.member("officer"), raised(commune)
        seen = totals(what).mark
        entitled(commune)
        with pytest.raises(rates.RegisterChanged):
            rates.apply_raise(officer, what, seen, "x")
        months.close(commune, what.rate.programme_id, NOVEMBER)
        with pytest.raises(rates.MonthIsClosed, match="11/2026"):
            rates.apply_raise(officer, what, totals(what).mark, "x")
        first = db.session.scalars(select(BaseRate).order_by(BaseRate.applies_from)).first()
        with pytest.raises(rates.NoRaise):
            rates.raise_of(commune, first, NOVEMBER)
        with pytest.raises(rates.RateReplaced, match="7/2026"):
            rates.raise_of(commune, rates.before(rate()), NOVEMBER)


def test_a_rate_is_above_zero(app):
    with app.app_context(), pytest.raises(rates.RateNotPositive):
        told = rates.Told(date(2026, 12, 1), date(2026, 11, 1), 0, "Nghị định 400")
        rates.add_rate(None, factories.programme(), told)


WHEN = st.sampled_from(span(date(2026, 5, 1), date(2026, 12, 1)))
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([K.SUSPEND, K.RESUME, K.STOP]), WHEN, st.none()),
        st.tuples(st.just(K.AMOUNT), WHEN, st.sampled_from([OLD * 15 // 10, NEW * 15 // 10, OLD * 2, NEW * 2])),
        st.tuples(st.just(K.DETAILS), WHEN, st.sampled_from([150, 200])),
    ),
    max_size=5,
)


def add_all(row, changes):
    """Write changes one after the other, as the services do: the row is what they add up to."""
    for kind, month, value in changes:
        before = {"status": str(row.status), "monthly_amount": row.monthly_amount}
        if kind == K.AMOUNT:
            after, row.monthly_amount = {"monthly_amount": value}, value
        elif kind == K.DETAILS:
            before = {"coefficient_hundredths": row.coefficient_hundredths}
            after, row.coefficient_hundredths = {"coefficient_hundredths": value}, value
        else:
            row.status = {K.SUSPEND: "suspended", K.RESUME: "live", K.STOP: "ended"}[kind]
            row.last_month = add_months(month, -1) if kind == K.STOP else None
            after = {"status": row.status}
            if kind == K.STOP and row.last_month < row.first_month:
                row.last_month = row.first_month
        add(row, kind, month, after, before)


def owed_by_hand(row, start, changes):
    """Month by month in plain Python: (đồng, months that nothing explains)."""
    owed = odd = 0
    for month in span(JULY, date(2026, 10, 1)):
        state, amount, coefficient = "start" if start <= month else None, OLD * 15 // 10, 150
        for kind, since, value in changes:
            if since <= month:
                if kind == K.AMOUNT:
                    amount = value
                elif kind == K.DETAILS:
                    coefficient = value
                else:
                    state = kind
        ended = row.last_month is not None and month > row.last_month
        if state not in ("start", K.RESUME) or ended:
            continue
        old, new = OLD * coefficient // 100, NEW * coefficient // 100
        odd += amount not in (old, new)
        owed += new - old if amount == old else 0
    return owed, odd


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(st.tuples(WHEN, CHANGES), min_size=1, max_size=8))
def test_arrears_are_the_sum_over_all_months_of_what_was_due_less_what_was_paid(app, commune, people):
    with app.app_context():
        rows = []
        for start, drawn in people:
            row = entitled(commune, first=start)
            changes = [each for each in drawn if each[1] > start]
            add_all(row, changes)
            rows.append((row, start, changes))
        db.session.flush()
        found = standing(raised(commune))
        told = {r.entitlement_id: (r.owed, r.off) for r in db.session.execute(select(found))}
        for row, start, changes in rows:
            assert told[row.id] == owed_by_hand(row, start, changes), (start, changes)
        db.session.rollback()


# ---- pages ----------------------------------------------------------------------------------------------------------


def test_admin_enters_a_rate_once_and_corrects_it_while_nobody_is_paid_by_it(app, sign_in, commune):
    admin = sign_in("admin")
    page = admin.open("/recipients/rates/")
    assert page.h1 == "Mức chuẩn và hệ số" and "24 diện đối tượng" in page.words
    assert "K6C Người khuyết tật nặng Điều 5 k6 1,5 810.000" in page.words
    page = page.click("Nhập mức chuẩn mới")
    told = {"applies_from": "01/12/2026", "decided_on": "20/11/2026", "amount": "600.000", "decision": "Nghị định 400"}
    for wrong, words in (
        ({"amount": "0"}, "không phải là số tiền"),
        ({"amount": "600"}, "Mức trước đó là 540.000 đồng"),
        ({"amount": "sáu trăm"}, "không phải là số tiền"),
        ({"applies_from": "02/12/2026"}, "từ ngày 01 của một tháng"),
        ({"applies_from": "01/07/2026"}, "đã có mức chuẩn áp dụng từ 01/07/2026"),
        ({"applies_from": "01/12/2062"}, "Ngày này không thể đúng"),
        ({"decided_on": "20/11/2027"}, "ở tương lai"),
        ({"decision": " "}, "Ghi số và tên nghị định"),
    ):
        refused = page.submit("Lưu mức chuẩn", **(told | wrong))
        assert refused.status == 422 and words in refused.words, words
    page = page.submit("Lưu mức chuẩn", **told)
    assert "Đã nhập mức chuẩn" in page.words and "600.000" in page.words
    page = page.click("Sửa : 01/12/2026").submit("Lưu mức chuẩn", amount="610.000")
    assert "Đã sửa mức chuẩn" in page.words and "610.000" in page.words
    with app.app_context(), transaction():
        entitled(commune)
        applied(commune)
        first = rate().id
    assert "không sửa được nữa" in admin.open(f"/recipients/rates/{first}").words


def test_others_read_the_rates_and_admins_see_nobody(sign_in, app):
    for role in ("officer", "approver", "supervisor"):
        page = sign_in(role).open("/recipients/rates/")
        assert page.status == 200 and "Nhập mức chuẩn mới" not in page.words
    admin = sign_in("admin")
    with app.app_context():
        address = f"/recipients/rates/{rate().id}/raise"
    assert [admin.status(each) for each in (address, "/recipients/rates/off", "/recipients/rates/several")] == [403] * 3


def test_officer_looks_at_the_sums_takes_them_away_and_applies_the_rate(app, sign_in, commune):
    with app.app_context(), transaction():
        person = entitled(commune).recipient_id
        entitled(commune, first=date(2026, 9, 1))
        entitled(commune, amount=777_000)
        months.close(commune, factories.programme().id, date(2026, 10, 1))
    officer = sign_in("officer")
    page = officer.open("/recipients/rates/").click("Áp dụng mức mới")
    assert page.h1 == "Áp dụng mức mới 540.000 đ" and "Truy lĩnh 4 tháng 1 240.000" in page.words
    assert "ba trăm sáu mươi nghìn đồng" in page.words.lower()
    look = page.click("Phải xem từng người")
    assert "777.000" in look.words
    book = page.submit("Tải Excel")
    assert book.data[:2] == b"PK" and "muc-chuan-moi" in book.headers["Content-Disposition"]
    done = page.submit("Áp dụng mức mới cho 2 người")
    assert "2 người đã có mức hưởng mới" in done.words and "Truy lĩnh 360.000 đ trả cùng tháng 11/2026" in done.words
    assert "Đã áp dụng xong" in done.words
    again = page.submit("Áp dụng mức mới cho 2 người")
    assert again.status == 409 and "Không ai bị tính hai lần" in again.words
    assert "810.000" in officer.open(f"/recipients/{person}").words


def test_a_person_whose_amount_is_off_the_rate_or_who_has_several_is_warned_of(app, sign_in, commune):
    with app.app_context(), transaction():
        odd = entitled(commune, amount=777_000).recipient_id
        person = db.session.get(Recipient, odd)
        first = db.session.scalars(select(Entitlement).where(Entitlement.recipient_id == odd)).one()
        keys = dict(db.session.execute(select(Category.key, Category.id)).all())
        first.category_id = keys["K6C"]
        columns = {"coefficient_hundredths": 150, "monthly_amount": 810_000, "first_month": JULY, "code": "X"}
        second = Entitlement(
            commune_id=commune,
            recipient_id=person.id,
            programme_id=first.programme_id,
            category_id=keys["K8"],
            **columns,
        )
        db.session.add(second)
    officer = sign_in("officer")
    page = officer.open(f"/recipients/{odd}")
    assert "đang hưởng 777.000 đ, mức chuẩn × hệ số là 810.000 đ" in page.words
    assert "Hưởng nhiều chế độ: chỉ được hưởng mức cao nhất" in page.words and "777.000 đ: Mức thấp hơn" in page.words
    people = officer.open("/recipients/")
    off = people.click("Mức hưởng khác mức chuẩn")
    assert off.h1 == "Mức hưởng khác mức chuẩn × hệ số" and "777.000 810.000 −33.000" in off.words
    several = people.click("Hưởng nhiều chế độ")
    assert "1 người cần xem" in several.words and "Mức thấp hơn" in several.words
    assert several.click("Cho thôi hưởng hoặc sửa").status == 200


# ---- lists of payments ----------------------------------------------------------------------------------------------


def test_the_next_list_pays_the_new_amount_and_the_arrears(app, commune):
    with app.app_context(), transaction():
        row = entitled(commune)
        applied(commune)
        line = db.session.scalars(select(Line).where(Line.run_id == drawn_up(commune).id)).one()
        assert (line.entitlement_id, line.amount_month, line.amount_arrears) == (row.id, 810_000, 240_000)


def test_a_list_that_was_prepared_before_the_raise_is_not_approved_without_the_arrears(app, commune):
    with app.app_context(), transaction():
        entitled(commune)
        run = drawn_up(commune)
        payouts.prepare(factories.member("officer"), run)
        applied(commune)
        with pytest.raises(payouts.ProblemsRemain):
            payouts.approve(factories.member("approver"), run)
        payouts.return_run(factories.member("approver"), run, "có truy lĩnh")
        payouts.redraw(factories.member("officer"), run)
        payouts.prepare(factories.member("officer"), run)
        payouts.approve(factories.member("approver"), run)
        assert db.session.scalars(select(Line.amount_total)).one() == 1_050_000


def drawn_up(commune):
    place = db.session.get(Commune, commune)
    return payouts.draw_up(factories.member("officer"), place, factories.programme(), NOVEMBER)
