"""Headers, tokens, cookies and faults."""

import io
import logging

import pytest

from portal import create_app
from portal.staff import services
from tests.browser import Browser
from tests.conftest import settings


def test_every_answer_carries_the_content_policy_and_is_not_kept(app, sign_in):
    browser = sign_in("officer")
    for address in ("/", "/account", "/nowhere", "/sign-in"):
        headers = browser.open(address).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe-inline" not in policy and "'unsafe-eval'" not in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in policy


def test_built_files_may_be_kept_for_good_because_their_address_changes(app):
    page = Browser(app).open("/sign-in")
    for link in page.soup.select("link[rel=stylesheet], script[src]"):
        answer = app.test_client().get(link.get("href") or link["src"])
        assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"]
        answer.close()


def test_hsts_is_sent_over_https_only(app):
    client = app.test_client()
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers
    assert (
        "max-age=63072000" in client.get("/sign-in", base_url="https://localhost").headers["Strict-Transport-Security"]
    )


def test_cookies_in_production_are_secure_and_bound_to_the_host(tmp_path):
    made = settings(tmp_path, f"sqlite:///{tmp_path / 'x.sqlite'}")
    app = create_app(type(made)(**{**vars(made), "environment": "production"}))
    cookie = app.test_client().get("/sign-in", base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith("__Host-portal=") and all(
        part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax")
    )


def test_a_form_without_a_token_changes_nothing(app, sign_in):
    browser = sign_in("officer")
    page = browser.open("/sign-out", "post", data={})
    assert page.status == 400 and page.h1 == "Không hiểu được yêu cầu này"
    assert browser.open("/account").h1 == "Tài khoản của tôi"


def test_a_token_of_another_session_is_refused(app, sign_in):
    token = sign_in("approver").open("/account").soup.select_one("[name=csrf_token]")["value"]
    assert sign_in("officer").open("/sign-out", "post", data={"csrf_token": token}).status == 400


def test_a_fault_tells_a_code_and_logs_no_personal_data(app, commune, monkeypatch, caplog):
    def broken(*_args, **_kwargs):
        raise RuntimeError("Hoàng Thị Vẻ 020148000123")

    monkeypatch.setattr(services, "sign_in", broken)
    browser = Browser(app)
    browser.expects_fault = True
    with caplog.at_level(logging.ERROR):
        page = browser.open("/sign-in").submit("Đăng nhập", username="officer", password="mat khau thu nghiem")
    assert page.status == 500 and page.h1 == "Trang này chưa mở được"
    code = page.soup.select_one("strong.id").text
    assert code in caplog.text and "RuntimeError" in caplog.text
    for private in ("Hoàng Thị Vẻ", "020148000123", "mat khau"):
        assert private not in page.text and private not in caplog.text
    monkeypatch.undo()
    assert Browser(app).sign_in("officer").status == 200


@pytest.mark.parametrize("address", ["/nowhere", "/staff/999", "/photos/999", "/%00", "/sign-in/../../etc/passwd"])
def test_what_does_not_exist_answers_in_the_shell(app, sign_in, address):
    page = sign_in("admin").open(address)
    assert page.status in (403, 404) and "Về trang đầu" in page.words


def test_a_request_of_100_mb_is_refused_by_name_before_it_is_read(app, sign_in):
    head = (
        b'--x\r\nContent-Disposition: form-data; name="card"; filename="th\xe1\xba\xbb m\xe1\xba\xb7t sau.jpg"\r\n\r\n'
    )

    class Endless(io.RawIOBase):
        taken = 0

        def readable(self):
            return True

        def readinto(self, buffer):
            part = head[self.taken : self.taken + len(buffer)]
            buffer[: len(part)] = part
            Endless.taken += len(buffer)
            return len(buffer)

    answer = sign_in("officer").client.post(
        "/sign-out",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input": io.BufferedReader(Endless()), "CONTENT_LENGTH": str(100 * 1024 * 1024)},
    )
    assert answer.status_code == 413 and "Tệp thẻ mặt sau.jpg quá lớn" in answer.text
    assert Endless.taken < 1024 * 1024
