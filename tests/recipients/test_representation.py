"""What the law allows of receiving for another, on the day before a birthday and on the birthday itself."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.recipients.models import RepresentativeKind as Kind
from portal.recipients.models import RepresentativeScope as Scope
from portal.recipients.representation import (
    BASES,
    OWN_ACCOUNTS,
    Acting,
    Basis,
    Breach,
    Ward,
    age,
    birthday,
    breaches,
    cannot_act,
    one_year_after,
    too_young,
)

TODAY = date(2026, 11, 20)
GRANNY = Ward("020148000123", date(1948, 9, 2))
CHILD = Ward(None, date(2016, 3, 1))
SON = Acting(Kind.PROXY, "020078000456", date(1978, 5, 1))
MOTHER = Acting(Kind.LEGAL, "020185000456", date(1985, 5, 1), Scope.ACCOUNT, Basis.PARENT)
DAYS = st.dates(date(1900, 1, 1), date(2030, 12, 31))


def found(ward=GRANNY, acting=SON, method="cash_point", on=TODAY):
    return list(breaches(ward, acting, method, on))


def test_a_grown_son_may_be_authorized_and_a_mother_represents_her_child():
    assert found() == [] and found(CHILD, MOTHER, "new_account") == []


@pytest.mark.parametrize(
    ("kind", "years"), [(Kind.PROXY, 15), (Kind.GUARDIAN, 18), (Kind.LEGAL, 18)], ids=["proxy", "guardian", "legal"]
)
def test_the_least_age_is_reached_on_the_birthday(kind, years):
    today = birthday(TODAY, -years)
    assert not too_young(Acting(kind, None, today), TODAY)
    assert too_young(Acting(kind, None, today + timedelta(days=1)), TODAY)


def test_whoever_was_born_on_29_february_is_a_year_older_on_1_march():
    born = Acting(Kind.PROXY, None, date(2012, 2, 29))
    assert too_young(born, date(2027, 2, 28)) and not too_young(born, date(2027, 3, 1))
    assert birthday(date(2012, 2, 29), 15) == date(2027, 3, 1) and birthday(date(2012, 2, 29), 16) == date(2028, 2, 29)


def test_without_a_birth_date_the_identity_number_tells_who_is_surely_too_young():
    assert too_young(Acting(Kind.PROXY, "020215000123", None), date(2026, 11, 1))
    assert not too_young(Acting(Kind.PROXY, "020211000123", None), date(2026, 11, 1))
    assert not too_young(Acting(Kind.PROXY, None, None), TODAY)


def test_nobody_authorizes_themselves():
    assert Breach.SELF in found(acting=Acting(Kind.PROXY, GRANNY.number, date(1948, 9, 2)))


def test_a_child_authorizes_from_its_fifteenth_birthday_on():
    fifteen = Ward(None, date(2011, 11, 20))
    assert found(fifteen) == []
    assert found(fifteen, on=TODAY - timedelta(days=1)) == [Breach.CANNOT_AUTHORIZE]


def test_who_has_lost_legal_capacity_authorizes_nobody_but_has_a_guardian():
    lost = Ward(GRANNY.number, GRANNY.born, lacks_capacity=True)
    assert found(lost) == [Breach.CANNOT_AUTHORIZE]
    assert found(lost, Acting(Kind.GUARDIAN, SON.number, SON.born, basis=Basis.NATURAL)) == []


@pytest.mark.parametrize("method", sorted(OWN_ACCOUNTS))
def test_the_account_of_a_child_is_opened_only_by_who_may_open_and_use_it(method):
    receives = Acting(Kind.LEGAL, MOTHER.number, MOTHER.born, Scope.RECEIVE, Basis.PARENT)
    assert found(CHILD, None, method) == [Breach.ACCOUNT_ALONE]
    assert found(CHILD, receives, method) == [Breach.ACCOUNT_SCOPE]
    assert found(CHILD, MOTHER, method) == []
    assert found(CHILD, receives, "cash_point") == [] and found(CHILD, None, "cash_point") == []
    assert found(Ward(None, date(2011, 11, 20)), None, method) == []  # fifteen today: opens it alone


def test_parents_represent_until_the_child_is_eighteen():
    assert found(Ward(None, date(2008, 11, 21)), MOTHER) == []
    assert found(Ward(None, date(2008, 11, 20)), MOTHER) == [Breach.PARENT_OF_ADULT]


def test_a_year_of_birth_alone_refuses_no_parent_before_the_year_is_over():
    year_only = Ward(None, date(2008, 1, 1), precision="year")
    assert found(year_only, MOTHER) == []
    assert found(year_only, MOTHER, on=date(2026, 12, 31)) == [Breach.PARENT_OF_ADULT]


@pytest.mark.parametrize("kind", [Kind.GUARDIAN, Kind.LEGAL])
@pytest.mark.parametrize("basis", list(Basis))
def test_each_kind_rests_on_its_own_grounds(kind, basis):
    acting = Acting(kind, MOTHER.number, MOTHER.born, Scope.ACCOUNT, basis)
    assert (Breach.BASIS in found(CHILD, acting)) == (basis not in BASES[kind])


@given(DAYS)
def test_a_year_after_any_day_is_the_same_day_or_the_last_of_february(start):
    last = one_year_after(start)
    assert last.year == start.year + 1 and last.month == start.month
    assert last.day == start.day or (start.month, start.day, last.day) == (2, 29, 28)


@given(DAYS, st.integers(1, 99))
def test_age_changes_exactly_on_the_birthday(born, years):
    day = birthday(born, years)
    assert age(born, day) == years and age(born, day - timedelta(days=1)) == years - 1


ACTINGS = st.none() | st.builds(
    Acting,
    st.sampled_from(Kind),
    st.sampled_from(["020148000123", "020078000456", None]),
    st.none() | DAYS,
    st.sampled_from(Scope),
    st.none() | st.sampled_from(Basis),
)
WARDS = st.builds(
    Ward,
    st.sampled_from(["020148000123", None]),
    st.none() | DAYS,
    st.booleans(),
    st.sampled_from(["day", "month", "year"]),
)


@given(
    WARDS, ACTINGS, st.sampled_from(["bank_account", "new_account", "wallet", "cash_point", "home_visit", None]), DAYS
)
def test_who_cannot_act_never_has_a_proxy_nor_an_account_of_their_own_alone(ward, acting, method, on):
    told = set(breaches(ward, acting, method, on))
    if cannot_act(ward, on) and not told:
        assert acting is None or acting.kind != Kind.PROXY
        assert method not in OWN_ACCOUNTS or (acting is not None and acting.scope == Scope.ACCOUNT)
    if not cannot_act(ward, on):
        assert not told & {Breach.CANNOT_AUTHORIZE, Breach.ACCOUNT_ALONE, Breach.ACCOUNT_SCOPE}


@given(WARDS, ACTINGS, st.sampled_from(["bank_account", "cash_point"]), DAYS, st.integers(0, 20_000))
def test_growing_older_never_makes_a_proxy_or_account_unlawful(ward, acting, method, on, days):
    by_age = {Breach.CANNOT_AUTHORIZE, Breach.TOO_YOUNG, Breach.ACCOUNT_ALONE, Breach.ACCOUNT_SCOPE}
    later = on + timedelta(days=days)
    assert set(breaches(ward, acting, method, later)) & by_age <= set(breaches(ward, acting, method, on)) & by_age
