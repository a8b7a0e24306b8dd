"""Names that break programs: each stays what it is on pages, in the database, in the workbook and on paper."""

import io
import json
import unicodedata

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert, select

from portal.areas.models import Commune
from portal.db import db
from portal.recipients import export
from portal.recipients.models import Recipient
from portal.recipients.queries import by_ids
from portal.vietnam.names import clean, search_key, sort_key
from tests.conftest import SHARED
from tests.recipients.test_export import text_of

LIST = SHARED / "corpora/text/blns/blns.json"
pytestmark = pytest.mark.skipif(not LIST.exists(), reason="the list of naughty strings is absent")


@pytest.fixture
def names():
    return list(dict.fromkeys(filter(None, map(clean, json.loads(LIST.read_text("utf-8"))))))


@pytest.fixture
def register(app, commune, names):
    with app.app_context():
        rows = [
            {"commune_id": commune, "code": f"X{at}", "full_name": name, "search_key": search_key(name), "sort_key": sort_key(name),
             "status": "live", "citizen_id_confirmed": False, "note": ""}
            for at, name in enumerate(names)
        ]  # fmt: skip
        db.session.execute(insert(Recipient), rows)
        db.session.commit()
        return dict(db.session.execute(select(Recipient.full_name, Recipient.id)).all())


def test_the_database_keeps_every_name(register, names):
    assert set(register) == set(names)


def test_pages_show_every_name(register, names, sign_in):
    officer, seen, address = sign_in("officer"), [], "/recipients/"
    while address:
        soup = officer.open(address).soup
        seen += [link.get_text() for link in soup.select("#found th a")]
        following = soup.select_one("a[rel=next]")
        address = following["href"] if following else None
    assert sorted(seen) == sorted(names)
    for name in names[::20]:
        assert clean(officer.open(f"/recipients/{register[name]}").soup.h1.get_text()).endswith(name)


def test_the_workbook_holds_every_name(app, commune, register, names):
    with app.test_request_context():
        content = export.workbook(db.session.get_one(Commune, commune), list(register.values()))
    sheet = load_workbook(io.BytesIO(content)).active
    cells = [row[1] for row in sheet.iter_rows(min_row=3)]
    assert sorted(cell.value for cell in cells) == sorted(names)
    assert {cell.data_type for cell in cells} == {"s"}


def test_paper_holds_every_name_but_those_whose_script_pdfium_cannot_read_back(app, commune, register, names):
    with app.test_request_context():
        place = db.session.get_one(Commune, commune)
        printed = _flat(text_of(export.paper(place, list(register.values()), "Nguyễn Thị Hương")))
        assert len(by_ids(list(register.values()))) == len(names)
    lost = [name for name in names if _flat(name) not in printed]
    assert [name for name in lost if not _why(name)] == []
    assert len(lost) < 45


def _why(name):
    """Why a reader gives another text than the paper holds (the paper names the right one as ActualText)."""
    if any(ord(sign) > 0xFFFF for sign in name):
        return "beyond"  # PDFium leaves out what ActualText says beyond 16 bits where no font has the sign
    if any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in name):
        return "right to left"  # stands in the order of the eye
    if any(unicodedata.category(sign) in ("Mn", "Me") for sign in name):
        return "marks"  # each of several glyphs of one letter names the whole letter
    if any(sign in "ﬁﬂ" for sign in name):
        return "one sign for several"  # PDFium gives two letters
    return "dot" if "・" in name else ""  # PDFium takes it for a soft hyphen


def _flat(text):
    """Without the ends of lines, which long names have on paper, and the marks that PDFium sets there."""
    return "".join(text.split()).translate({0xFFFE: None, 0x02: None})
