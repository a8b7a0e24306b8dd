"""The people found, as a workbook and as a paper: whole, masked where it leaves the office, and remembered."""

import io

import pypdfium2
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.db import db
from portal.recipients.models import Category, Entitlement, MethodKind
from tests import factories

PEOPLE = ["Nguyễn Thị Ẩn", "Hoàng Văn Ánh", "Bế Thị Đào"]


@pytest.fixture
def register(app, commune):
    with app.app_context():
        for at, name in enumerate(PEOPLE):
            person = factories.recipient(
                commune, name, code=f"BG{at:05d}", citizen_id=f"02015012340{at}", method=MethodKind.BANK_ACCOUNT
            )
            if at == 2:
                each = db.session.scalars(select(Entitlement).where(Entitlement.recipient_id == person.id)).one()
                each.category = db.session.scalars(select(Category).where(Category.confidential)).first()
                each.category_text = each.category.label
        db.session.commit()
    return commune


def test_a_workbook_holds_all_with_whole_numbers_as_text(app, register, sign_in):
    sheet = load_workbook(io.BytesIO(export(sign_in, "xlsx").data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [row[1] for row in rows] == ["Hoàng Văn Ánh", "Nguyễn Thị Ẩn", "Bế Thị Đào"]
    assert rows[1][4] == "020150123400" and isinstance(rows[1][9], int)


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_no_illness_leaves_the_portal_and_each_download_is_an_event(app, register, sign_in, kind):
    response = export(sign_in, kind)
    content = text_of(response.data) if kind == "pdf" else words_of(response.data)
    assert "Bế Thị Đào" in content and "HIV" not in content
    with app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "register.exported")).one()
        assert event.detail == {"people": 3, "kind": kind}


def test_a_paper_has_its_office_its_number_of_people_and_masked_numbers(register, sign_in):
    content = text_of(export(sign_in, "pdf", q="hoang").data)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in content and "XÃ BÌNH GIA" in content
    assert "Hoàng Văn Ánh" in content and "Nguyễn" not in content.split("Hoàng Văn Ánh")[0]
    assert "020150123401" not in content and "0201••••3401" in content


def export(sign_in, kind, **filters):
    browser = sign_in("officer")
    token = browser.open("/recipients/").soup.select_one("form[action$=export] input[name=csrf_token]")["value"]
    with browser.app.app_context():
        response = browser.client.post("/recipients/export", data={"kind": kind, "csrf_token": token, **filters})
    assert response.status_code == 200
    return response


def text_of(content):
    with pypdfium2.PdfDocument(content) as paper:
        return "\n".join(page.get_textpage().get_text_bounded() for page in paper)


def words_of(content):
    return "\n".join(str(cell.value) for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row)
