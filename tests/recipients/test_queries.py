"""People are found by name, code and last digits, in the order of given names."""

import pytest

from portal.db import db
from portal.recipients.models import MethodKind, RecipientStatus
from portal.recipients.queries import Wanted, lacking, people, search, waiting
from tests import factories

NAMES = ["Nguyễn Thị Ẩn", "Hoàng Văn Ánh", "Lý A", "Bế Thị Đào", "Vi Văn Dũng", "Hoàng Thị Vẻ"]


@pytest.fixture
def register(app, commune):
    with app.app_context():
        for at, name in enumerate(NAMES):
            factories.recipient(commune, name, code=f"BG{at:05d}", citizen_id=f"02015012340{at}")
        db.session.flush()
        yield commune
        db.session.rollback()


def found(commune_id, text, **options):
    return [each.full_name for each in search(factories.member("bank_staff"), commune_id, text, **options)]


def test_people_stand_in_the_order_of_given_names(register):
    page = people(factories.member("officer"), register, Wanted())
    order = ["Lý A", "Hoàng Văn Ánh", "Nguyễn Thị Ẩn", "Vi Văn Dũng", "Bế Thị Đào", "Hoàng Thị Vẻ"]
    assert [each.full_name for each in page.people] == order
    second = people(factories.member("officer"), register, Wanted(), after=page.people[2].id, before=3)
    assert [each.full_name for each in second.people] == order[3:] and (second.first, second.total) == (4, 6)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("hoang ve", ["Hoàng Thị Vẻ"]),
        ("DAO", ["Bế Thị Đào"]),
        ("bg00002", ["Lý A"]),
        ("3405", ["Hoàng Thị Vẻ"]),
        ("020150123403", ["Bế Thị Đào"]),
        ("%", NAMES),
        ("khong co ai", []),
    ],
)
def test_people_are_found_by_words_code_and_last_digits(register, text, names):
    assert sorted(found(register, text)) == sorted(names)


def test_a_search_stays_in_the_communes_of_the_one_who_asks(app, register):
    other = factories.commune(app, "06113", "Xã Tân Văn", "TV", suffix="2")
    factories.recipient(other, "Hoàng Thị Khác")
    assert found(other, "khac") == []


def test_the_dead_are_not_found_for_enrolment(register):
    factories.recipient(register, "Chu Đã Mất", status=RecipientStatus.DIED)
    assert found(register, "chu") == []


def test_what_people_lack_is_counted_and_filtered(register):
    factories.recipient(register, "Lộc Văn Số", method=MethodKind.BANK_ACCOUNT, phone="0968000014")
    officer = factories.member("officer")
    assert lacking(officer, register) == {"all": 7, "number": 1, "phone": 6, "account": 6}
    for what, total in (("number", 1), ("phone", 6), ("account", 6)):
        assert people(officer, register, Wanted(lacks=what)).total == total
    assert waiting(register) == 0
