"""Bank staff open accounts that the commune has confirmed, and record their numbers."""

import uuid

import pytest
from sqlalchemy import select

from portal.db import db
from portal.documents.models import Photo
from portal.recipients import methods
from portal.recipients.models import MethodStatus, PaymentMethod
from portal.review import accounts, queries
from portal.vietnam import vietqr
from tests import factories
from tests.browser import Browser
from tests.conftest import FIXTURES

NAME = "HOANG THI VE"


@pytest.fixture
def to_open(app, commune):
    """The confirmed wish of Hoàng Thị Vẻ for an account; returns the method's id."""
    with app.app_context():
        return wish(factories.recipient(commune, citizen_id="020148000123")).id


def wish(person):
    case_id = uuid.uuid4()
    methods.propose(case_id, person, {"kind": "new_account"}, None)
    method = methods.confirm(factories.member("officer"), case_id)
    db.session.commit()
    return method


def address(method_id):
    return f"/review/accounts/{method_id}"


def stored(app, method_id):
    with app.app_context():
        return db.session.get(PaymentMethod, method_id)


def test_the_list_names_who_waits_with_the_number_masked(app, to_open, sign_in, commune):
    page = sign_in("bank_staff").open("/review/accounts/")
    assert "Hoàng Thị Vẻ" in page.words and "0201••••0123" in page.words and "020148000123" not in page.text
    with app.app_context():
        assert queries.accounts_waiting(commune) == 1
    page = page.click("Hoàng Thị Vẻ")
    assert "020 148 000 123" in page.words and "Vẻ" not in page.soup.title.text


def test_an_empty_list_says_so(sign_in):
    assert "Không còn tài khoản cần mở" in sign_in("bank_staff").open("/review/accounts/").words


def test_a_number_typed_twice_is_recorded_and_replaces_cash(app, to_open, sign_in):
    page = sign_in("bank_staff").open(address(to_open))
    page = page.submit(
        "Ghi tài khoản", account_number="8410 2050 00123", account_number_again="8410205000123", holder_name=NAME
    )
    assert "Đã ghi tài khoản" in page.words and "Không còn tài khoản cần mở" in page.words
    method = stored(app, to_open)
    assert (method.status, method.account_number, method.provider_bin) == ("ready", "8410205000123", "970405")
    with app.app_context():
        assert len(db.session.scalars(select(PaymentMethod).where(PaymentMethod.status == "ready")).all()) == 1


def test_two_entries_that_differ_are_counted_and_kept(app, to_open, sign_in):
    page = sign_in("bank_staff").open(address(to_open))
    page = page.submit(
        "Ghi tài khoản", account_number="8410205000123", account_number_again="841020500012", holder_name=NAME
    )
    assert page.status == 422 and "Lần đầu 13 chữ số, lần này 12 chữ số" in page.words
    assert page.soup.select_one("[name=account_number]")["value"] == "8410205000123"
    assert stored(app, to_open).status == MethodStatus.TO_OPEN


def test_another_holder_must_be_ticked(app, to_open, sign_in):
    number = {"account_number": "8410205000123", "account_number_again": "8410205000123"}
    page = sign_in("bank_staff").open(address(to_open))
    page = page.submit("Ghi tài khoản", **number, holder_name="HOANG VAN LAP")
    assert page.status == 422 and "Tên chủ tài khoản không phải “Hoàng Thị Vẻ”" in page.words
    assert stored(app, to_open).status == MethodStatus.TO_OPEN
    assert "Đã ghi tài khoản" in page.submit("Ghi tài khoản", checked=True).words


def test_an_account_of_someone_else_must_be_ticked(app, to_open, sign_in, commune):
    with app.app_context():
        other = factories.recipient(commune, "Nông Văn Páo", method=None)
        factories.payment_method(other, account_number="8410205000123")
        db.session.commit()
    number = {"account_number": "8410205000123", "account_number_again": "8410205000123"}
    page = sign_in("bank_staff").open(address(to_open)).submit("Ghi tài khoản", **number, holder_name=NAME)
    assert page.status == 422 and "Đã có người khác nhận tiền vào tài khoản này" in page.words


def photo(name):
    return (FIXTURES / "photos" / name).open("rb"), name


def test_the_number_is_read_from_the_code_and_the_photo_is_not_kept(app, to_open, sign_in):
    with app.app_context():
        factories.member("bank_staff").provider_bin = None
        db.session.commit()
    page = sign_in("bank_staff").open(address(to_open))
    page = page.submit("Ghi tài khoản", photo=photo("vietqr-account.jpg"), holder_name=NAME)
    assert "Đã ghi tài khoản" in page.words
    assert stored(app, to_open).status == MethodStatus.READY
    with app.app_context():
        assert db.session.scalars(select(Photo)).all() == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("vietqr-wrong-check-sum.jpg", "Mã kiểm tra của mã QR không đúng"),
        ("cccd-back-no-qr.jpg", "không có mã QR nhận tiền"),
    ],
)
def test_a_code_that_cannot_be_trusted_is_refused(app, to_open, sign_in, name, says):
    page = sign_in("bank_staff").open(address(to_open))
    page = page.submit("Ghi tài khoản", photo=photo(name), holder_name=NAME)
    assert page.status == 422 and says in page.words
    assert stored(app, to_open).status == MethodStatus.TO_OPEN


def test_a_code_of_another_bank_or_a_card_or_against_the_typed_number_is_refused():
    code = {"bin": "970403", "account": "011012345678", "service": vietqr.TO_ACCOUNT, "crc_ok": True}
    with pytest.raises(accounts.CodeOfAnotherBank):
        accounts.from_code(code, "970405", "")
    with pytest.raises(accounts.CodeOfACard):
        accounts.from_code(code | {"service": vietqr.TO_CARD}, "", "")
    with pytest.raises(accounts.TypedDiffersFromCode):
        accounts.from_code(code, "970403", "011012345679")
    assert accounts.from_code(code, "970403", "0110 1234 5678").number == "011012345678"


def test_an_account_recorded_meanwhile_is_not_recorded_twice(app, to_open, sign_in):
    number = {"account_number": "8410205000123", "account_number_again": "8410205000123", "holder_name": NAME}
    page = sign_in("bank_staff").open(address(to_open))
    page.submit("Ghi tài khoản", **number)
    page = page.submit("Ghi tài khoản", **number)
    assert page.status == 409 and "Không có gì thay đổi" in page.words
    assert "Không còn việc gì" in page.browser.open(address(to_open)).words


def test_bank_staff_see_only_their_own_banks_accounts(app, commune, sign_in):
    with app.app_context():
        person = factories.recipient(commune, "Nông Văn Páo")
        case_id = uuid.uuid4()
        methods.propose(case_id, person, {"kind": "new_account", "provider_bin": "970436"}, None)
        methods.confirm(factories.member("officer"), case_id)
        db.session.commit()
    assert "Nông Văn Páo" not in sign_in("bank_staff").open("/review/accounts/").words


@pytest.mark.parametrize("role", ["officer", "approver", "police", "visitor"])
def test_only_bank_staff_record_accounts(to_open, sign_in, role):
    assert sign_in(role).open("/review/accounts/").status == 403
    assert sign_in(role).open(address(to_open)).status == 403


def test_another_communes_account_does_not_exist(app, to_open):
    with app.app_context():
        factories.commune(app, "06115", "Xã Tân Văn", "TV", suffix="2")
    browser = Browser(app)
    browser.sign_in("bank_staff2")
    assert browser.open(address(to_open)).status == 404
