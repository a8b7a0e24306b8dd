"""Which entry explains which payment: the rules one by one, and that the order of the files does not matter."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.reconciliation.matching import EntryFact, LineFact, Verdict, decide
from portal.reconciliation.models import EntryProblem, MatchEffect, MatchRule

DAY = date(2026, 11, 10)
P, R = EntryProblem, MatchRule
VE = LineFact(1, "REF1", "8410205000001", "hoangthive", 810_000, date(2026, 11, 1), date(2026, 12, 15))
MAY = LineFact(2, "REF2", "8410205000002", "vithimay", 810_000, date(2026, 11, 1), date(2026, 12, 15))


def entry(number, amount=-810_000, account="", name="", refs=(), day=DAY, returns=False):
    return EntryFact(number, f"{number:04d}", day, amount, account, name, tuple(refs), returns)


def paid(line, rule):
    return Verdict(None, line.id, MatchEffect.PAYMENT, rule)


def came_back(line, rule):
    return Verdict(None, line.id, MatchEffect.RETURN, rule)


def verdicts(lines, *entries):
    found = decide(entries, lines)
    return [found[each.id] for each in entries]


def test_the_reference_comes_first_then_the_account_then_the_name():
    other = replace(MAY, id=3, reference="REF3", account="99", name="tranthilan")
    assert verdicts(
        [VE, MAY, other],
        entry(1, refs=["REF1"]),
        entry(2, account="8410205000002"),
        entry(3, name="tranthilan"),
    ) == [paid(VE, R.REFERENCE), paid(MAY, R.ACCOUNT_AMOUNT), paid(other, R.NAME_AMOUNT)]


def test_a_reference_with_another_amount_is_never_a_match():
    assert verdicts([VE], entry(1, -801_000, refs=["REF1"])) == [Verdict(P.WRONG_AMOUNT, 1)]


def test_a_reference_with_another_account_is_never_a_match():
    assert verdicts([VE], entry(1, account="77", refs=["REF1"])) == [Verdict(P.OTHER_ACCOUNT, 1)]


def test_a_second_debit_for_a_paid_line_is_paid_twice_whatever_it_carries():
    for second in (entry(2, refs=["REF1"]), entry(2, account="8410205000001"), entry(2, name="hoangthive")):
        assert verdicts([VE], entry(1, refs=["REF1"]), second)[1] == Verdict(P.PAID_TWICE, 1)


def test_a_reference_that_no_list_has_is_unknown_even_if_account_and_amount_fit():
    assert verdicts([VE], entry(1, account=VE.account, refs=["REF9"])) == [Verdict(P.UNKNOWN_REFERENCE)]


def test_two_lines_with_the_same_account_and_amount_are_for_a_person():
    twins = [VE, replace(MAY, account=VE.account)]
    assert verdicts(twins, entry(1, account=VE.account)) == [Verdict(P.AMBIGUOUS)]


def test_once_a_reference_explains_one_of_them_the_other_is_clear():
    twin = replace(MAY, account=VE.account)
    found = verdicts([VE, twin], entry(2, account=VE.account), entry(1, refs=["REF1"]))
    assert found == [paid(twin, R.ACCOUNT_AMOUNT), paid(VE, R.REFERENCE)]


def test_a_name_with_another_account_is_a_namesake_and_no_match():
    assert verdicts([VE], entry(1, account="77", name="hoangthive")) == [Verdict(P.OTHER_ACCOUNT, 1)]


def test_the_right_account_with_another_amount_is_a_wrong_amount():
    assert verdicts([VE], entry(1, -81_000, account=VE.account)) == [Verdict(P.WRONG_AMOUNT, 1)]


def test_a_payment_outside_of_the_days_of_a_list_is_not_its_payment():
    assert verdicts([VE], entry(1, account=VE.account, day=date(2027, 3, 1))) == [Verdict(P.FOREIGN)]


def test_money_that_comes_back_with_the_reference_takes_the_payment_back():
    back = entry(2, 810_000, refs=["REF1"], day=DAY + timedelta(3))
    assert verdicts([VE], entry(1, refs=["REF1"]), back)[1] == came_back(VE, R.REFERENCE)


def test_money_that_comes_back_by_account_must_say_so():
    paying, day = entry(1, refs=["REF1"]), DAY + timedelta(2)
    back = entry(2, 810_000, account=VE.account, day=day, returns=True)
    assert verdicts([VE], paying, back)[1] == came_back(VE, R.ACCOUNT_AMOUNT)
    assert verdicts([VE], paying, replace(back, says_return=False))[1] == Verdict(P.FOREIGN)


def test_money_that_comes_back_before_it_was_paid_has_no_origin():
    back = entry(2, 810_000, refs=["REF1"], day=DAY - timedelta(1), returns=True)
    assert verdicts([VE], entry(1, refs=["REF1"]), back)[1] == Verdict(P.RETURN_WITHOUT_ORIGIN, 1)
    assert verdicts([VE], back) == [Verdict(P.RETURN_WITHOUT_ORIGIN, 1)]


def test_when_one_of_two_payments_comes_back_a_person_says_which():
    twice = entry(1, refs=["REF1"]), entry(2, refs=["REF1"])
    back = entry(3, 810_000, refs=["REF1"], day=DAY + timedelta(1))
    assert verdicts([VE], *twice, back)[2] == Verdict(P.AMBIGUOUS, 1)


def test_nothing_changes_in_a_closed_month():
    closed = replace(VE, closed=True)
    assert verdicts([closed], entry(1, refs=["REF1"])) == [Verdict(P.AFTER_SETTLEMENT, 1)]
    assert verdicts([closed], entry(1, account=VE.account)) == [Verdict(P.FOREIGN)]


def test_what_a_person_matched_stays_paid():
    by_hand = replace(VE, paid_on=DAY)
    assert verdicts([by_hand], entry(1, refs=["REF1"])) == [Verdict(P.PAID_TWICE, 1)]


ACCOUNTS = st.sampled_from(["", "8410205000001", "8410205000002", "77"])
NAMES = st.sampled_from(["", "hoangthive", "vithimay"])
REFS = st.lists(st.sampled_from(["REF1", "REF2", "REF9"]), max_size=2, unique=True)
AMOUNTS = st.sampled_from([-810_000, -801_000, 810_000, 540_000, -540_000])
DAYS = st.integers(0, 5).map(lambda days: DAY + timedelta(days))


@st.composite
def bookings(draw):
    return [
        entry(number, draw(AMOUNTS), draw(ACCOUNTS), draw(NAMES), draw(REFS), draw(DAYS), draw(st.booleans()))
        for number in range(draw(st.integers(0, 9)))
    ]


@given(bookings(), st.randoms())
def test_the_end_does_not_depend_on_the_order_of_entries_and_lines(entries, random):
    lines = [VE, MAY, replace(MAY, id=3, reference="REF3"), replace(VE, id=4, reference="REF4", account="77")]
    before = decide(entries, lines)
    random.shuffle(entries)
    assert decide(entries, lines) == before


@given(bookings())
def test_every_entry_has_one_verdict_and_no_line_is_paid_or_returned_twice(entries):
    lines = [VE, MAY, replace(MAY, id=3, reference="REF3", name="x")]
    found = decide(entries, lines)
    assert set(found) == {each.id for each in entries}
    matches = [(v.line_id, v.effect) for v in found.values() if v.effect]
    assert len(matches) == len(set(matches))
    by_id = {line.id: line for line in lines}
    for each in entries:
        verdict = found[each.id]
        assert (verdict.problem is None) == (verdict.effect is not None)
        if verdict.effect:
            assert abs(each.amount) == by_id[verdict.line_id].amount
        if verdict.effect == MatchEffect.RETURN:
            assert (verdict.line_id, MatchEffect.PAYMENT) in matches
