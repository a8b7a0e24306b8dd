"""A name is found by whole words and a beginning, on both ways alike, given names first, and each way uses its index."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, text

from portal.db import db
from portal.recipients.models import Recipient
from portal.recipients.queries import Wanted, finding, people, search
from portal.vietnam.names import search_key, sort_key, without_marks
from tests import factories

NAMES = [
    "Nguyễn Thị Yến",
    "Nguyễn Văn Thị",
    "Trần Thị Vân",
    "Vân Thị Hoa",
    "Hoàng Thị Ve",
    "Y'Hlăn Niê-Kđăm",
    "Lê 2 Văn",
    "Võ",
]
TYPED = {
    "nguyen thi y": ["Nguyễn Thị Yến"],
    "y thi": ["Nguyễn Thị Yến"][:0],
    "van thi": ["Nguyễn Văn Thị", "Trần Thị Vân", "Vân Thị Hoa"],
    "THỊ v": ["Nguyễn Văn Thị", "Trần Thị Vân", "Hoàng Thị Ve", "Vân Thị Hoa"],
    "nie kdam": ["Y'Hlăn Niê-Kđăm"],
    "2 van": ["Lê 2 Văn"],
    "hoa": ["Vân Thị Hoa", "Hoàng Thị Ve"],
    "bg00003": ["Vân Thị Hoa"],
    "003": ["Vân Thị Hoa"],
    "02015012345": [],
    "12344": ["Hoàng Thị Ve"],
    '"*) OR (': [],
    "' | 'thi": ["Nguyễn Văn Thị", "Vân Thị Hoa", "Trần Thị Vân", "Hoàng Thị Ve", "Nguyễn Thị Yến"],
}


@pytest.fixture(params=["a walk", "the index"])
def way(request, monkeypatch):
    """Where a thousandth of people is a large commune, the index of words is asked."""
    if request.param == "the index":
        monkeypatch.setattr(finding, "NEAR", 1)
        monkeypatch.setattr(finding, "NEAR_IN_RANGE", 1)


@pytest.fixture
def register(app, commune):
    with app.app_context():
        for at, name in enumerate(NAMES):
            factories.recipient(commune, name, code=f"BG{at:05d}", citizen_id=f"02015011234{at}")
        db.session.flush()
        yield commune
        db.session.rollback()


@pytest.mark.parametrize("typed", TYPED)
def test_both_ways_find_the_same_people_in_the_same_order(register, way, typed):
    names = [each.full_name for each in search(factories.member("bank_staff"), register, typed)]
    assert names == TYPED[typed]
    page = people(factories.member("officer"), register, Wanted(typed))
    assert [each.full_name for each in page.people] == names
    if typed.strip("\"*)(' |OR"):
        assert page.total == len(names) and not page.more


def test_a_changed_or_removed_name_is_no_longer_found_by_the_old_one(register, way):
    officer = factories.member("officer")
    person = search(officer, register, "yen")[0]
    person.full_name, person.search_key, person.sort_key = "Lò Ón", search_key("Lò Ón"), sort_key("Lò Ón")
    db.session.flush()
    assert search(officer, register, "yen") == [] and [p.id for p in search(officer, register, "lo on")] == [person.id]


def test_pages_follow_each_other_without_a_gap(register, way, monkeypatch):
    monkeypatch.setitem(people.__globals__, "PAGE", 2)
    officer, seen, after, before = factories.member("officer"), [], None, 0
    while True:
        page = people(officer, register, Wanted("thi"), after=after, before=before)
        assert page.first == len(seen) + 1 and page.total >= page.last
        seen += [each.full_name for each in page.people]
        if not page.next_id:
            break
        after, before = page.next_id, page.last
    assert seen == ["Nguyễn Văn Thị", "Vân Thị Hoa", "Trần Thị Vân", "Hoàng Thị Ve", "Nguyễn Thị Yến"]


@pytest.mark.parametrize(
    ("wanted", "near", "index"),
    [
        (Wanted("thi v"), 1_000, "ix_recipient_by_name"),
        (Wanted("thi v"), 1, "recipient_words"),
        (Wanted("12344"), 1, "recipient_words"),
        (Wanted("bg00003"), 1, "ix_recipient_code"),
        (Wanted(lacks="phone"), 45_000, "ix_recipient_no_phone"),
        (Wanted(lacks="number"), 45_000, "ix_recipient_no_number"),
    ],
)
def test_each_way_uses_its_index(app, register, monkeypatch, wanted, near, index):
    monkeypatch.setattr(finding, "NEAR", near)
    monkeypatch.setattr(finding, "NEAR_IN_RANGE", near)
    many(register)
    said = []

    def note(connection, cursor, statement, parameters, _context, _many):
        said.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        people(factories.member("officer"), register, wanted)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    plans = [
        " ".join(str(row) for row in db.session.connection().exec_driver_sql(explain + statement, parameters))
        for statement, parameters in said
        if "recipient" in statement
    ]
    assert any(index in plan for plan in plans), plans


def many(commune_id):
    """Enough people that reading them all costs more than an index."""
    rows = [
        {"commune_id": commune_id, "code": f"X{at}", "full_name": "Lý A", "search_key": f"ly a{at % 90}", "sort_key": f"a{at:05d}",
         "status": "live", "phone": "0968000014", "citizen_id": f"0201{at:08d}", "citizen_id_confirmed": False, "note": ""}
        for at in range(6000)
    ]  # fmt: skip
    db.session.execute(insert(Recipient), rows)
    db.session.execute(text("ANALYZE"))


WORDS = st.sampled_from(
    ("Đức", "Dục", "Yến", "Yên", "Ye", "Hoàng", "Thị", "Thì", "Vân", "Ăn", "Ân", "An", "Niê-Kđăm", "Ươm", "O", "2", "-", "Ǎ")
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    names=st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=12),
    typed=st.lists(WORDS, min_size=1, max_size=3).map(lambda words: search_key(" ".join(words))),
    cut=st.integers(0, 2),
    near=st.sampled_from([1, 3, 1000]),
)
def test_whoever_is_looked_for_is_found_once_and_in_order(app, commune, names, typed, cut, near):
    typed = typed[: len(typed) - cut].strip()
    with app.app_context(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(finding, "NEAR", near)
        patched.setattr(finding, "NEAR_IN_RANGE", near)
        people_ = [factories.recipient(commune, name) for name in names]
        db.session.flush()
        found = search(factories.member("officer"), commune, typed)
        db.session.rollback()
    if not typed or typed.isdecimal():
        return
    *whole, last = typed.split()

    def fits(name):
        words = search_key(name).split()
        return set(whole) <= set(words) and any(word.startswith(last) for word in words)

    def order(person):
        bare = without_marks(sort_key(person.full_name))
        return not (bare.startswith(last) or bare.split(" ")[0] in whole), sort_key(person.full_name), person.id

    assert [p.id for p in found] == [p.id for p in sorted((p for p in people_ if fits(p.full_name)), key=order)]
