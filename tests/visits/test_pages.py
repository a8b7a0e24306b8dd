"""The visitor's list, the hand-over at the door, the sheet and the log, as people use them."""

import io
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from PIL import Image
from sqlalchemy import func, select

from portal.db import db
from portal.documents.models import Photo
from portal.payouts.models import Line, Outcome
from portal.vietnam.month import today
from portal.visits.models import Visit, VisitKind
from tests import factories
from tests.browser import Browser
from tests.visits.people import NAMES, STROKES, approved_run

PAID = {"identity_seen": "card", "kind": "paid_recipient", "strokes": STROKES}


@pytest.fixture
def lines(app, commune):
    with app.app_context():
        return approved_run(commune, represented=("Vi Ó",))


def line_of(app, line_id):
    with app.app_context():
        return db.session.get(Line, line_id)


def record(browser, line_id, **fields):
    return browser.open(f"/visits/lines/{line_id}").submit("Ghi kết quả lần đến", **fields)


def test_the_list_shows_only_people_paid_at_home_of_approved_lists(app, commune, sign_in):
    with app.app_context():
        approved_run(commune, prepared_only=True)
    assert "Không có ai cần chi trả tại nhà" in sign_in("visitor").open("/visits/").words


def test_the_visitor_sees_whom_to_visit_with_amount_and_state(app, lines, sign_in):
    page = sign_in("visitor").open("/visits/")
    assert [b.text for b in page.soup.select(".list.go b")] == ["Vi Ó", "Nông Văn Thử", "Hoàng Thị Vẻ"]
    assert "Lý Thị Nhình" not in page.words
    assert "Còn phải trao 3 2.430.000 đ" in page.words and "Chưa trả" in page.words


def test_money_handed_over_with_a_signature_is_paid_and_the_drawing_becomes_a_photo(app, lines, sign_in):
    visitor = sign_in("visitor")
    page = visitor.open("/visits/").click("Hoàng Thị Vẻ")
    assert "810.000 đ" in page.words and "Tám trăm mười nghìn đồng" in page.words and "0201••••0123" in page.words
    assert "Hoàng Thị Vẻ" not in page.soup.title.text
    page = page.submit("Ghi kết quả lần đến", **PAID)
    assert page.url == "/visits/" and "Đã trao hôm nay 1 810.000 đ" in page.words
    line = line_of(app, lines["Hoàng Thị Vẻ"])
    assert (line.outcome, line.outcome_on) == (Outcome.PAID, today())
    with app.app_context():
        visit = db.session.query(Visit).one()
        assert db.session.get(Photo, visit.photo_id).width == 1240
    names = [b.text for b in page.soup.select(".list.go b")]
    assert names[-1] == "Hoàng Thị Vẻ"
    done = page.click("Hoàng Thị Vẻ")
    assert "Đã trao cho người hưởng" in done.words and not done.soup.select("form[enctype]")


def test_a_photo_of_the_thumbprint_is_a_proof_too(app, lines, sign_in):
    picture = io.BytesIO()
    Image.effect_noise((800, 600), 60).convert("RGB").save(picture, "JPEG")
    picture.seek(0)
    fields = {
        "identity_seen": "known",
        "witness": "Trưởng thôn",
        "kind": "paid_recipient",
        "photo": (picture, "diem-chi.jpg"),
    }
    page = record(sign_in("visitor"), lines["Nông Văn Thử"], **fields)
    assert page.url == "/visits/"
    assert line_of(app, lines["Nông Văn Thử"]).outcome == Outcome.PAID


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (PAID | {"strokes": ""}, "Đã trao tiền thì cần chữ ký"),
        (PAID | {"strokes": "[[[5, 5]]]"}, "chỉ có một chấm"),
        (PAID | {"strokes": "{'"}, "Chữ ký không đến đủ"),
        (PAID | {"strokes": '[["a", 1]]'}, "Chữ ký không đến đủ"),
        (PAID | {"strokes": "[[[1e999, 5]]]"}, "Chữ ký không đến đủ"),
        (PAID | {"identity_seen": "not_seen"}, "Chưa biết chắc là đúng người"),
        (PAID | {"identity_seen": "known"}, "cần người làm chứng"),
        (PAID | {"identity_seen": None}, "Chọn cách đã nhận biết"),
        (PAID | {"kind": None}, "Chọn kết quả"),
        (PAID | {"photo": b"not a picture"}, "anh.jpg không phải là ảnh"),
    ],
)
def test_money_without_proof_or_identity_is_refused_in_words(app, lines, sign_in, fields, sentence):
    if "photo" in fields:
        fields = fields | {"photo": (io.BytesIO(fields["photo"]), "anh.jpg")}
    page = record(sign_in("visitor"), lines["Hoàng Thị Vẻ"], **fields)
    assert page.status == 422 and sentence in page.words
    assert page.soup.title.text.startswith("Lỗi:")
    assert line_of(app, lines["Hoàng Thị Vẻ"]).outcome == Outcome.PENDING
    with app.app_context():
        assert db.session.query(Visit).count() == 0


def test_only_a_confirmed_representative_receives_for_someone(app, lines, sign_in):
    visitor = sign_in("visitor")
    page = visitor.open(f"/visits/lines/{lines['Hoàng Thị Vẻ']}")
    assert "chỉ người hưởng" in page.words and not page.soup.select("[value=paid_representative]")
    page = page.submit("Ghi kết quả lần đến", **(PAID | {"kind": "paid_representative"}))
    assert page.status == 422
    page = visitor.open(f"/visits/lines/{lines['Vi Ó']}")
    assert "Hoàng Văn Lập (Con)" in page.words
    assert page.submit("Ghi kết quả lần đến", **(PAID | {"kind": "paid_representative"})).url == "/visits/"
    assert line_of(app, lines["Vi Ó"]).outcome == Outcome.PAID


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [("not_home", Outcome.PENDING), ("refused", Outcome.PENDING), ("died", Outcome.UNCOLLECTED)],
)
def test_a_visit_without_hand_over_needs_no_signature(app, lines, sign_in, kind, outcome):
    page = record(sign_in("visitor"), lines["Vi Ó"], identity_seen="not_seen", kind=kind, note="nhà khóa")
    assert page.url == "/visits/"
    assert line_of(app, lines["Vi Ó"]).outcome == outcome
    with app.app_context():
        assert db.session.query(Visit).one().photo_id is None


def test_the_same_form_sent_twice_is_one_visit(app, lines, sign_in):
    page = sign_in("visitor").open(f"/visits/lines/{lines['Vi Ó']}")
    for _ in range(2):
        assert page.submit("Ghi kết quả lần đến", identity_seen="not_seen", kind="not_home").url == "/visits/"
    for _ in range(2):
        assert page.submit(
            "Ghi kết quả lần đến", visit_id=str(page.soup.select_one("#visit")["value"])[::-1], **PAID
        ).status in (200, 409)
    with app.app_context():
        kinds = list(db.session.scalars(select(Visit.kind).order_by(Visit.at)))
        assert kinds == [VisitKind.NOT_HOME, VisitKind.PAID_RECIPIENT]


def test_a_second_tab_cannot_hand_over_again(app, lines, sign_in):
    visitor = sign_in("visitor")
    tabs = [visitor.open(f"/visits/lines/{lines['Vi Ó']}") for _ in range(2)]
    assert tabs[0].submit("Ghi kết quả lần đến", **PAID).url == "/visits/"
    late = tabs[1].submit("Ghi kết quả lần đến", **PAID)
    assert late.status == 409 and "Không ghi lần thứ hai" in late.words


def test_two_visitors_at_once_hand_over_once(app, commune, lines):
    browsers = [Browser(app), Browser(app)]
    pages = []
    for browser in browsers:
        browser.sign_in("visitor")
        pages.append(browser.open(f"/visits/lines/{lines['Vi Ó']}"))
    answers, start = [], Barrier(2)

    def press(page):
        start.wait()
        answers.append(page.submit("Ghi kết quả lần đến", **PAID).status)

    threads = [Thread(target=press, args=(page,)) for page in pages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Visit)) == 1


def test_filters_live_in_the_address(app, lines, sign_in):
    visitor = sign_in("visitor")
    record(visitor, lines["Vi Ó"], **PAID)
    assert [b.text for b in visitor.open("/visits/?show=done").soup.select(".list.go b")] == ["Vi Ó"]
    assert len(visitor.open("/visits/?show=pending&village=Tòng Chu").soup.select(".list.go b")) == 2
    assert "Không có ai như vậy" in visitor.open("/visits/?village=Nơi khác").words
    assert visitor.open("/visits/?show=odd&after=99999").status == 200


def test_the_sheet_lists_who_is_left_with_the_sum_in_words(app, lines, sign_in):
    page = sign_in("visitor").open("/visits/").click("In danh sách ký nhận")
    assert "3 khoản, 2.430.000 đ: Hai triệu bốn trăm ba mươi nghìn đồng" in page.words
    assert [th.text.strip() for th in page.soup.select("tbody th")] == ["Vi Ó", "Nông Văn Thử", "Hoàng Thị Vẻ"]


def test_another_commune_and_other_channels_do_not_exist_for_the_visitor(app, lines, sign_in, commune):
    visitor = sign_in("visitor")
    assert visitor.open(f"/visits/lines/{lines['Lý Thị Nhình']}").status == 404
    with app.app_context():
        factories.commune(app, code="06115", name="Xã Tân Văn", prefix="TV", suffix="2")
    other = Browser(app)
    other.sign_in("visitor2")
    assert other.open(f"/visits/lines/{lines['Vi Ó']}").status == 404
    assert "Vi Ó" not in other.open("/visits/").words


def test_the_officer_reads_the_log_and_sees_the_signature(app, lines, sign_in):
    visitor, officer = sign_in("visitor"), sign_in("officer")
    record(visitor, lines["Vi Ó"], identity_seen="not_seen", kind="died")
    record(visitor, lines["Hoàng Thị Vẻ"], **PAID)
    page = officer.open("/visits/log")
    assert "Người hưởng đã mất" in page.words and "Nông Văn Thử" in page.words
    assert page.click("Xem chữ ký").headers["Content-Type"] == "image/jpeg"
    assert len(officer.open("/visits/log?kind=died").soup.select("tbody tr")) == 1
    before = (today().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    assert "Tháng này chưa ghi lượt chi trả tại nhà nào" in officer.open(f"/visits/log?month={before}").words
    assert sign_in("approver").open("/visits/log").soup.select("a[href*='/photos/']") == []
    assert sign_in("visitor").open("/visits/log").status == 403


def test_long_lists_go_on_behind_the_last_row(app, commune, sign_in):
    with app.app_context():
        approved_run(commune, names=[f"{name} {n}" for n in range(20) for name in NAMES])
    page = sign_in("visitor").open("/visits/")
    first = [b.text for b in page.soup.select(".list.go b")]
    rest = [b.text for b in page.click("Trang sau").soup.select(".list.go b")]
    assert len(first) == 50 and len(rest) == 10 and not set(first) & set(rest)
