"""Signing in, the account page and the list of staff, as people use them."""

from datetime import timedelta

from sqlalchemy import select

from portal.db import db
from portal.staff.models import SignInTry, StaffMember
from tests.browser import Browser


def test_a_staff_member_signs_in_and_out(app, commune):
    browser = Browser(app)
    page = browser.open("/account")
    assert page.h1 == "Đăng nhập"
    page = page.submit("Đăng nhập", username=" Officer ", password="mat khau thu nghiem")
    assert page.h1 == "Tài khoản của tôi"
    page = page.submit("Đăng xuất")
    assert "Đã đăng xuất" in page.words
    assert browser.open("/account").h1 == "Đăng nhập"


def test_a_wrong_password_is_counted_and_told(app, commune):
    browser = Browser(app)
    page = browser.open("/sign-in").submit("Đăng nhập", username="officer", password="sai mat khau")
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in page.words
    with app.app_context():
        assert db.session.query(SignInTry).count() == 2


def test_after_eight_wrong_tries_even_the_right_password_waits(app, commune):
    browser = Browser(app)
    for _ in range(8):
        browser.open("/sign-in").submit("Đăng nhập", username="officer", password="sai mat khau")
    page = browser.open("/sign-in").submit("Đăng nhập", username="officer", password="mat khau thu nghiem")
    assert page.status == 422 and "Chờ 15 phút" in page.words
    with app.app_context():
        for row in db.session.scalars(select(SignInTry)):
            row.at -= timedelta(minutes=16)
        db.session.commit()
    assert browser.sign_in("officer").status == 200


def test_another_name_at_the_same_hall_may_still_sign_in_while_one_is_locked(app, commune):
    browser = Browser(app)
    for _ in range(8):
        browser.open("/sign-in").submit("Đăng nhập", username="officer", password="sai mat khau")
    assert Browser(app).sign_in("bank_staff").status == 200


def test_signing_out_everywhere_ends_other_sessions(app, sign_in):
    lost_phone, desk = sign_in("officer"), sign_in("officer")
    assert lost_phone.open("/account").h1 == "Tài khoản của tôi"
    desk.open("/account").submit("Đăng xuất trên mọi máy")
    assert lost_phone.open("/account").h1 == "Đăng nhập"


def test_a_new_password_ends_other_sessions_but_not_this_one(app, sign_in):
    other, here = sign_in("officer"), sign_in("officer")
    page = here.open("/account").submit("Đổi mật khẩu", old="mat khau thu nghiem", new="ngan")
    assert "ít nhất 10 ký tự" in page.words
    page = here.open("/account").submit("Đổi mật khẩu", old="mat khau thu nghiem", new="mot mat khau dai hon")
    assert "Đã đổi mật khẩu" in page.words
    assert other.open("/account").h1 == "Đăng nhập"


def test_the_page_asked_for_opens_after_signing_in_but_never_another_site(app, commune):
    browser = Browser(app)
    page = browser.open("/account").submit("Đăng nhập", username="officer", password="mat khau thu nghiem")
    assert page.url == "/account"
    for address in ("//evil.example/", "https://evil.example/", "/\\evil.example"):
        other = Browser(app)
        form = other.open(f"/sign-in?next={address}")
        answer = other.open(
            f"/sign-in?next={address}",
            "post",
            data={
                "username": "officer",
                "password": "mat khau thu nghiem",
                "csrf_token": form.soup.select_one("[name=csrf_token]")["value"],
            },
            follow=False,
        )
        assert answer.headers["Location"] == "/"


def test_an_administrator_adds_a_clerk_who_can_sign_in_and_blocks_her(app, sign_in, commune):
    admin = sign_in("admin")
    page = admin.open("/staff/new").submit(
        "Lưu tài khoản",
        username="thu.ha",
        full_name="Lê  Thu Hà",
        role="bank_staff",
        communes=[str(commune)],
        password="ngan",
    )
    assert page.status == 422 and "ít nhất 10 ký tự" in page.words
    page = page.submit("Lưu tài khoản", password="mat khau thu nghiem")
    assert "Lê Thu Hà" in page.words
    clerk = Browser(app)
    clerk.sign_in("thu.ha")
    assert clerk.open("/account").status == 200
    with app.app_context():
        member_id = db.session.scalars(select(StaffMember.id).where(StaffMember.username == "thu.ha")).one()
    admin.open(f"/staff/{member_id}").submit("Lưu tài khoản", active=False)
    assert clerk.open("/account").h1 == "Đăng nhập"


def test_a_user_name_is_given_once(app, sign_in, commune):
    page = (
        sign_in("admin")
        .open("/staff/new")
        .submit("Lưu tài khoản", username="officer", full_name="Người Khác", password="mat khau thu nghiem")
    )
    assert page.status == 409 and "Tên đăng nhập này đã có người dùng" in page.words
    assert "Người Khác" in page.words and "mat khau" not in page.words


def test_english_is_a_switch_that_stays(app, sign_in):
    browser = sign_in("officer")
    assert browser.open("/account").click("EN").h1 == "My account"
    assert browser.open("/account").h1 == "My account"
    assert browser.open("/account").click("VI").h1 == "Tài khoản của tôi"


def test_the_session_holds_its_token_from_the_sign_in_on(app, commune):
    """Answers of the same moment each write the session: one without the token would undo the one that has it."""
    browser = Browser(app)
    browser.sign_in("bank_staff")
    with browser.client.session_transaction() as session:
        token = session["csrf_token"]
    browser.open("/enrolment/field/whole")
    with browser.client.session_transaction() as session:
        assert session["csrf_token"] == token
