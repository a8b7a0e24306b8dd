"""One person, one rate: Decree 20/2021, Art. 6.2, and its exception."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.db import db, transaction
from portal.payouts.problems import Kind, problems
from portal.payouts.services import draw_up
from portal.recipients.models import Category, Entitlement
from portal.recipients.queries import one_rate
from portal.vietnam.one_rate import Benefit, Ruling, judge, with_merit
from tests import factories

AMOUNTS = {"K1B": 810, "K2": 810, "K4": 540, "K5A1": 810, "K6A": 1080, "K6C": 810, "K7": 810, "K8": 810, "CS2C": 540}
AMOUNTS |= {"CS2A1": 810, "CS2A2": 1080, "HTXH": 540, "NCC": 3012}


def rulings(*keys):
    """Paid ones of these categories (or programmes), in their order."""
    held = [
        Benefit(at, key if key in ("HTXH", "NCC") else "BTXH", key if key[0] in "KC" else None, AMOUNTS.get(key, 700))
        for at, key in enumerate(keys)
    ]
    found = judge(held)
    return [keys[at] for at in found if found[at] == Ruling.PAID], found


@pytest.mark.parametrize(
    ("held", "paid"),
    [
        (["K6C", "K5A1"], ["K6C"]),  # equal ones: the older
        (["K6C", "K6A"], ["K6A"]),
        (["K4", "K4"], ["K4", "K4"]),  # for each child
        (["K4", "K6C"], ["K4", "K6C"]),
        (["K4", "K5A1"], ["K4", "K5A1"]),
        (["K4", "K4", "K8"], ["K4", "K4", "K8"]),
        (["K4", "K6C", "K6A"], ["K4", "K6A"]),
        (["K4", "K7"], ["K7"]),  # the exception does not name Art. 5.7
        (["K4", "K4", "K7"], ["K4", "K4"]),
        (["HTXH", "K6C"], ["K6C"]),
        (["HTXH", "K4", "K6C"], ["K4", "K6C"]),
        (["K6C", "CS2C"], ["K6C", "CS2C"]),  # care is not a rate of Art. 6
        (["K6A", "CS2A1", "CS2A2"], ["K6A", "CS2A2"]),
        (["CS2C", "CS2C"], ["CS2C", "CS2C"]),  # for each person cared for
        (["NCC", "K6C"], ["NCC", "K6C"]),
        (["NCC", "K6C", "HTXH"], ["NCC", "K6C"]),
    ],
)
def test_the_law_says_which_benefits_are_paid_together(held, paid):
    assert rulings(*held)[0] == paid


def test_a_benefit_of_unknown_category_is_a_question_not_a_verdict():
    assert set(rulings("?", "K6C")[1].values()) == {Ruling.UNCLEAR, Ruling.PAID}
    assert rulings("?")[0] == ["?"]
    assert rulings("?", "CS2C")[0] == ["?", "CS2C"]


def test_merit_beside_another_benefit_is_only_told():
    ncc, other = Benefit(1, "NCC", None, 3012), Benefit(2, "BTXH", "K6C", 810)
    assert with_merit([ncc, other]) and not with_merit([ncc]) and not with_merit([other])


@given(st.lists(st.sampled_from(sorted(AMOUNTS)), min_size=1, max_size=6))
def test_nobody_is_left_without_the_highest_benefit_and_never_gets_two_that_exclude_each_other(held):
    paid, _found = rulings(*held)
    rates = [key for key in held if not key.startswith(("CS", "NCC"))]
    kept = [key for key in paid if not key.startswith(("CS", "NCC"))]
    assert sum(AMOUNTS[key] for key in kept) >= max([AMOUNTS[key] for key in rates], default=0)
    others = [key for key in kept if key != "K4"]
    assert len(others) <= 1
    if others and "K4" in kept:
        assert others[0].startswith(("K5", "K6", "K8"))
    assert len([key for key in paid if key.startswith("CS2A")]) <= 1


def second(person, key, amount, code="X1"):
    """Another entitlement of the same person, of a category of the decree."""
    first = db.session.scalars(select(Entitlement).where(Entitlement.recipient_id == person.id)).first()
    category = db.session.scalars(select(Category).where(Category.key == key)).one()
    columns = {"category_id": category.id, "coefficient_hundredths": category.coefficient_hundredths}
    row = Entitlement(
        commune_id=person.commune_id, recipient_id=person.id, programme_id=first.programme_id, code=code,
        category_text=category.label, monthly_amount=amount, first_month=first.first_month, **columns,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return first, row


def with_category(row, key):
    row.category_id = db.session.scalars(select(Category.id).where(Category.key == key)).one()
    db.session.flush()


def test_people_with_several_benefits_are_found_the_wrong_ones_first(app, commune):
    with app.app_context(), transaction():
        fine, wrong = factories.recipient(commune, "Lý A"), factories.recipient(commune, "Vi Thị Ven")
        factories.recipient(commune)
        for person, key in ((fine, "K4"), (wrong, "K8")):
            with_category(second(person, key, 540_000, code=key)[0], "K6C")
        found = one_rate.several(commune)
        assert [(each.person, each.in_order) for each in found] == [(wrong, False), (fine, True)]
        lower = db.session.scalars(select(Entitlement).where(Entitlement.code == "K8")).one()
        assert one_rate.not_to_be_paid(commune) == {lower.id}
        assert one_rate.page_of(found, wrong.id) == (found[1:], 0)
        place = db.session.get(factories.Commune, commune)
        run = draw_up(factories.member("officer"), place, factories.programme(), date(2026, 11, 1))
        told = {each.kind: (each.count, each.blocks) for each in problems(run, date(2026, 11, 22))}
        assert told[Kind.SEVERAL_RATES] == (1, False)
