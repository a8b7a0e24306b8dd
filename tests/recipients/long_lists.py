"""Lists too big for one request, and the worker that reads them."""

from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.db import db, reading
from portal.jobs import Job
from portal.jobs.worker import work_once

HEADER = "STT;Mã đối tượng;Họ và tên;Ngày sinh;Thôn;Mức trợ cấp;Ghi chú\n"
FAMILIES = [
    "Nông",
    "Lương",
    "Hoàng",
    "Vi",
    "Hà",
    "Lý",
    "Đặng",
    "Bế",
    "Triệu",
    "Mông",
    "Chu",
    "Lộc",
    "Hứa",
    "Trần",
    "Đàm",
    "Phùng",
    "Lâm",
]
GIVEN = [
    "An",
    "Bảo",
    "Châm",
    "Cường",
    "Dũng",
    "Hải",
    "Hiền",
    "Hoà",
    "Huệ",
    "Hùng",
    "Mai",
    "Minh",
    "Nhình",
    "Oanh",
    "Páo",
    "Sằm",
    "Slao",
    "Ven",
    "Yến",
]
ROWS = 6_000


def big_list(rows=ROWS):
    """More than a megabyte, because a clerk wrote long notes."""
    note = "đã đối chiếu với sổ của thôn và quyết định của huyện " * 4
    lines = [
        f"{n};M{n};{FAMILIES[n % 17]} Thị {GIVEN[n // 17 % 19]};{1930 + n % 60};Thôn {n % 40 + 1};{540_000 + n % 7 * 1000};{note}"
        for n in range(1, rows + 1)
    ]
    return HEADER + "\n".join(lines) + "\n"


BIG = big_list().encode()


def load_big(browser, content=BIG, name="danh-sach-lon.csv"):
    """As `load`, with a body made here: the test client leaves the file open in which it makes a large one."""
    page = browser.open("/recipients/rosters/")
    _control, form = page.form("Đọc danh sách")
    token, programme = (
        form.select_one("[name=csrf_token]")["value"],
        form.select_one("[name=programme] option")["value"],
    )
    fields = {"csrf_token": token, "programme": programme, "month": ""}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
    body = "".join([*parts, head]).encode() + content + b"\r\n--b--\r\n"
    page = browser.open(form["action"], "post", data=body, content_type="multipart/form-data; boundary=b")
    assert page.status == 200, page.words[:500]
    return page


def work(app):
    with app.app_context():
        return work_once()


def the_job(app):
    with app.app_context(), reading():
        job = db.session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()
        db.session.expunge(job)
        return job


def events(app, action):
    with app.app_context():
        statement = select(AuditEvent).where(AuditEvent.action == action)
        return list(db.session.scalars(statement))
