"""Representatives of the register: confirmed within the law, ended by hand or by a death, and seen where work follows."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.db import db
from portal.recipients import methods, representatives
from portal.recipients.models import Cause, MethodKind, PaymentMethod, RecipientStatus, Representative
from portal.recipients.queries import representing
from portal.recipients.representation import Ending, birthday
from portal.recipients.services.stopping import Ending as Stop
from portal.recipients.services.stopping import leave
from portal.vietnam.month import first_of, today
from tests import factories

OWN = {"kind": "bank_account", "provider_bin": "970405", "account_number": "8410205000999", "holder_name": "A"}
NEW = {"kind": "new_account", "provider_bin": "970405"}
CASH = {"kind": "cash_point", "payout_point_id": None}
THEIRS = {"kind": "representative_account", "provider_bin": "970405", "account_number": "8410205000888"}
SON = "020078000456"


@pytest.fixture
def person(app, commune):
    with app.app_context():
        yield factories.recipient(commune, citizen_id="020148000123", birth_date=date(1948, 9, 2))


def confirmed(person, method=CASH, *, lacks_capacity=False, **answers):
    """Propose and confirm in one go; returns the representative."""
    case_id = uuid.uuid4()
    methods.propose(case_id, person, method, factories.proxy(**answers))
    methods.confirm(factories.member("officer"), case_id, lacks_capacity=lacks_capacity)
    return db.session.scalars(select(Representative).where(Representative.case_id == case_id)).one()


def child(commune, years, days=0, **columns):
    """A child that is so many years old today; with `days` its birthday is so many days later."""
    born = birthday(today(), -years) + timedelta(days=days)
    return factories.recipient(commune, "Vi Văn Sáng", birth_date=born, **columns)


def events(action="representative.ended"):
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.seq)))


def test_a_child_becomes_able_to_authorize_on_its_fifteenth_birthday(person, commune):
    with pytest.raises(representatives.CannotAuthorize):
        confirmed(child(commune, 15, days=1))
    assert confirmed(child(commune, 15)).status == "confirmed"


def test_whoever_has_lost_legal_capacity_authorizes_nobody(person):
    with pytest.raises(representatives.CannotAuthorize):
        confirmed(person, lacks_capacity=True)
    assert confirmed(person, kind="guardian", lacks_capacity=True).status == "confirmed"


@pytest.mark.parametrize("kind", ["guardian", "legal"])
def test_a_guardian_is_an_adult_on_the_day_of_confirmation(person, kind):
    eighteen = birthday(today(), -18)
    with pytest.raises(representatives.GuardianTooYoung):
        confirmed(person, kind=kind, birth_date=(eighteen + timedelta(days=1)).isoformat())
    assert confirmed(person, kind=kind, birth_date=eighteen.isoformat())


@pytest.mark.parametrize("method", [OWN, NEW])
def test_a_childs_account_needs_a_representative_who_may_use_it(commune, person, method):
    small = child(commune, 8)
    with pytest.raises(representatives.AccountNeedsRepresentative):
        case_id = uuid.uuid4()
        methods.propose(case_id, small, method, None)
        methods.confirm(factories.member("officer"), case_id)
    with pytest.raises(representatives.AccountNeedsRepresentative):
        confirmed(small, method, kind="legal", scope="receive")
    assert confirmed(small, method, kind="legal", scope="account")


def test_a_representative_confirmed_earlier_serves_a_childs_new_account(commune, person):
    small = child(commune, 8)
    confirmed(small, kind="legal", scope="account")
    case_id = uuid.uuid4()
    methods.propose(case_id, small, NEW, None)
    assert methods.confirm(factories.member("officer"), case_id).status == "to_open"


def test_the_dead_represent_nobody(commune, person):
    factories.recipient(commune, "Hoàng Văn Lập", citizen_id=SON, status=RecipientStatus.DIED)
    with pytest.raises(representatives.RepresentativeDied):
        confirmed(person)


def test_a_number_that_a_living_person_bears_too_is_not_taken_for_the_dead_ones(commune, person):
    factories.recipient(commune, "Hoàng Văn Lập", citizen_id=SON, status=RecipientStatus.DIED)
    factories.recipient(commune, "Hoàng Văn Lạp", citizen_id=SON)
    assert confirmed(person)


def test_ending_keeps_the_paper_and_tells_day_and_reason_in_the_event(person):
    one = confirmed(person)
    representatives.end(factories.member("officer"), one, today(), Ending.REVOKED)
    assert one.status == "ended" and one.paper_no == "12/2026" and one.valid_until is not None
    assert events()[0].detail == {"on": today().isoformat(), "reason": "revoked"}


def test_what_has_ended_is_not_ended_again(person):
    one = confirmed(person)
    representatives.end(factories.member("officer"), one, today(), Ending.REVOKED)
    with pytest.raises(representatives.NotConfirmed):
        representatives.end(factories.member("officer"), one, today(), Ending.OTHER)
    assert len(events()) == 1


@pytest.mark.parametrize(
    ("days", "error"), [(1, representatives.EndsTomorrow), (-11, representatives.EndsBeforeThePaper)]
)
def test_a_right_ends_between_the_first_day_of_the_paper_and_today(person, days, error):
    one = confirmed(person, valid_from=(today() - timedelta(days=10)).isoformat())
    with pytest.raises(error):
        representatives.end(factories.member("officer"), one, today() + timedelta(days=days), Ending.REVOKED)
    representatives.end(factories.member("officer"), one, today() - timedelta(days=10), Ending.REVOKED)


def die(*people, on=None):
    stop = Stop(first_of(today()), Cause.DIED, "chết", "staff", on=on or today())
    leave(factories.member("officer"), {person.id: stop for person in people})
    db.session.expire_all()


def test_the_death_of_the_recipient_ends_it(person):
    one = confirmed(person, THEIRS)
    die(person)
    assert one.status == "ended"
    assert [event.detail["reason"] for event in events()] == ["recipient_died"]
    assert representing.to_settle(person.commune_id, today()) == []  # nobody waits for money


def test_the_death_of_a_representative_who_is_a_recipient_ends_all_they_did_and_shows_who_is_not_paid(commune, person):
    son = factories.recipient(commune, "Hoàng Văn Lập", citizen_id=SON)
    aunt = factories.recipient(commune, "Hoàng Thị Ve")
    first, second = confirmed(person, THEIRS), confirmed(aunt, CASH)
    other = confirmed(factories.recipient(commune, "Nông Văn Páo"), CASH, citizen_id="020078000999")
    die(son, on=date(2026, 10, 5))
    assert (first.status, second.status, other.status) == ("ended", "ended", "confirmed")
    assert [event.detail for event in events()] == [{"on": "2026-10-05", "reason": "representative_died"}] * 2
    found = representing.to_settle(commune, today())
    assert [(each.concern, each.representative) for each in found] == [("unpaid", first)]
    assert representing.unpaid_through(person, today()) is first and representing.unpaid_through(aunt, today()) is None
    assert representing.count_unpaid(commune, today()) == 1


def test_a_death_under_a_number_that_a_living_person_bears_too_ends_nobodys_right(commune, person):
    dead = factories.recipient(commune, "Hoàng Văn Lập", citizen_id=SON)
    factories.recipient(commune, "Hoàng Văn Lạp", citizen_id=SON)
    one = confirmed(person)
    die(dead)
    assert one.status == "confirmed"


def test_another_communes_death_ends_nothing_here(app, commune, person):
    other = factories.commune(app, "06115", "Xã Tân Văn", "TV", suffix="2")
    one = confirmed(person)
    die(factories.recipient(other, "Hoàng Văn Lập", citizen_id=SON))
    assert one.status == "confirmed"


def test_papers_are_listed_from_thirty_days_before_their_end_and_block_after_it(commune, person):
    lasts = (today() + timedelta(days=31)).isoformat()
    one = confirmed(person, THEIRS, valid_from="2026-01-02", valid_until=lasts)
    concern = {
        day: [each.concern for each in representing.to_settle(commune, today() + timedelta(days=day))]
        for day in (0, 1, 31, 32)
    }
    assert concern == {0: [], 1: ["ends_soon"], 31: ["ends_soon"], 32: ["unpaid"]}
    assert one.status == "confirmed"


def test_of_one_person_two_never_receive_at_once(person):
    first = confirmed(person)
    second = confirmed(person, citizen_id="020078000999", kind="guardian")
    db.session.expire_all()
    assert (first.status, second.status) == ("ended", "confirmed")


def test_money_to_the_account_of_a_new_representative_is_no_work(commune, person):
    confirmed(person, THEIRS)
    confirmed(person, THEIRS | {"account_number": "8410205000889"}, citizen_id="020078000999")
    assert representing.to_settle(commune, today()) == []
    kinds = select(PaymentMethod.kind).where(PaymentMethod.recipient_id == person.id, PaymentMethod.status == "ready")
    assert db.session.scalars(kinds).all() == [MethodKind.REPRESENTATIVE_ACCOUNT]


@pytest.fixture
def on_page(app, commune):
    """A person whose money goes to their son's account: the address of their page, and the son's id."""
    with app.app_context():
        person = factories.recipient(commune, citizen_id="020148000123")
        one = confirmed(person, THEIRS)
        db.session.commit()
        return f"/recipients/{person.id}", one.id


def test_an_officer_ends_a_right_on_the_page_of_the_person(on_page, sign_in):
    address, key = on_page
    page = sign_in("officer").open(f"{address}/representatives/{key}/end")
    page = page.submit("Chấm dứt việc nhận thay")
    assert page.status == 422 and "Chọn lý do" in page.words
    page = page.submit("Chấm dứt việc nhận thay", reason="revoked", on="31/12/2099")
    assert page.status == 422 and "Ghi ngày hôm nay hoặc ngày trước đó" in page.words
    page = page.submit("Chấm dứt việc nhận thay", on=f"{today():%d/%m/%Y}", reason="revoked")
    assert "Lập hồ sơ mới với cách nhận khác" in page.words and "Người hưởng rút lại ủy quyền, từ" in page.words
    listed = page.browser.open("/recipients/representatives/")
    assert "Chưa chi trả được" in listed.words and "Hoàng Thị Vẻ" in listed.words


def test_a_right_that_was_ended_meanwhile_is_told(app, on_page, sign_in):
    address, key = on_page
    page = sign_in("officer").open(f"{address}/representatives/{key}/end")
    with app.app_context():
        one = db.session.get_one(Representative, key)
        representatives.end(factories.member("officer"), one, today(), Ending.OTHER)
        db.session.commit()
    page = page.submit("Chấm dứt việc nhận thay", reason="revoked")
    assert page.status == 409 and "không còn hiệu lực" in page.words


@pytest.mark.parametrize("role", ["approver", "bank_staff", "police", "supervisor"])
def test_only_officers_end_a_right(on_page, sign_in, role):
    address, key = on_page
    assert sign_in(role).open(f"{address}/representatives/{key}/end").status == 403


def test_a_representative_of_another_person_or_commune_is_not_there(app, on_page, sign_in, commune):
    address, key = on_page
    with app.app_context():
        other = factories.recipient(commune, "Nông Văn Páo")
        factories.commune(app, "06115", "Xã Tân Văn", "TV", suffix="2")
        db.session.commit()
        mine = other.id
    assert sign_in("officer").open(f"/recipients/{mine}/representatives/{key}/end").status == 404
    assert sign_in("officer2").open(f"{address}/representatives/{key}/end").status == 404


def test_an_empty_list_of_representatives_says_so(sign_in):
    assert "Không có giấy nào phải xem lại" in sign_in("officer").open("/recipients/representatives/").words
