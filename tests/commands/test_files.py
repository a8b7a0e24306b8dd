"""`flask roster|photo|statement read` and the commands of an installation."""

import json

import pytest
from sqlalchemy import select

from portal.areas.models import Commune
from portal.audit.queries import verify
from portal.db import db
from portal.staff.models import StaffMember
from tests.browser import Browser
from tests.conftest import FIXTURES


def run(app, *arguments, **options):
    return app.test_cli_runner().invoke(args=[str(a) for a in arguments], **options)


def test_a_roster_is_told_as_json(sqlite_app):
    result = run(sqlite_app, "roster", "read", FIXTURES / "rosters/roster-btxh-2026-11.xlsx")
    found = json.loads(result.stdout)
    assert result.exit_code == 0 and found["sheet"] == "DS chi tra T11-2026" and found["header_rows"] == [8, 9]
    assert found["columns"]["citizen_id"] == "Số định danh/ CCCD"
    assert len(found["rows"]) == 635 and sum(row["total"] for row in found["rows"]) == 726_240_000
    first = found["rows"][0]
    assert (first["code"], first["full_name"], first["birth_date"]) == ("BG00598", "Hứa Minh Bảo", "1999-02-21")
    assert first["cell"] == "A12" and first["problems"] == []
    assert found["totals"]["stated"]["total"] == found["totals"]["computed"]["total"] == 726_240_000


def test_a_photo_is_told_as_json(sqlite_app):
    found = json.loads(run(sqlite_app, "photo", "read", FIXTURES / "photos/cccd-front.jpg").stdout)
    assert {"kind", "width", "height", "qr", "citizen_id_qr", "vietqr", "mrz", "quality"} <= found.keys()
    assert found["citizen_id_qr"]["number"] == "020046241877" and found["vietqr"] is None


def test_a_statement_is_told_as_json(sqlite_app):
    found = json.loads(run(sqlite_app, "statement", "read", FIXTURES / "statements/dptb18.xlsx").stdout)
    assert found["format"] == "agribank-xlsx" and found["currency"] == "VND" and found["ties"] is True
    assert {"booked_on", "amount", "direction", "counter_account", "counter_name", "memo", "reference"} <= found[
        "entries"
    ][0].keys()
    moved = sum(e["amount"] if e["direction"] == "credit" else -e["amount"] for e in found["entries"])
    assert found["opening"] + moved == found["closing"]


@pytest.mark.parametrize("group", ["roster", "photo", "statement"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rong.xlsx", b""),
        ("khong-phai.xlsx", b"<html>not a workbook</html>"),
        ("hong.xlsx", b"PK\x03\x04" + b"\0" * 200),
        ("khoa.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600),
    ],
)
def test_a_file_that_cannot_be_read_gives_one_line_in_vietnamese(sqlite_app, tmp_path, group, name, content):
    (tmp_path / name).write_bytes(content)
    result = run(sqlite_app, group, "read", tmp_path / name)
    assert result.exit_code == 1 and result.stdout == ""
    assert result.stderr.count("\n") == 1 and name in result.stderr and "Traceback" not in result.stderr


def test_a_file_that_is_not_there_is_named(sqlite_app, tmp_path):
    result = run(sqlite_app, "photo", "read", tmp_path / "mat.jpg")
    assert result.exit_code == 1 and result.stderr == "Không có tệp mat.jpg. Kiểm tra lại đường dẫn.\n"


def test_an_installation_begins_with_a_commune_and_an_administrator(app):
    place = ("--name=Xã Bình Gia", "--prefix=bg", "--province=20", "--province-name=tỉnh Lạng Sơn")
    assert run(app, "commune", "add", "06112", *place, "--payout-point=Nhà văn hóa xã").exit_code == 0
    assert run(app, "commune", "add", "6112", *place).exit_code == 2
    password = "mat khau thu nghiem"
    result = run(
        app,
        "staff",
        "add",
        "quantri",
        "--full-name=Đặng Quản Trị",
        "--commune=06112",
        input=f"{password}\n{password}\n",
    )
    assert result.exit_code == 0, result.output
    with app.app_context():
        assert db.session.scalars(select(Commune.prefix)).one() == "BG"
        assert [c.code for c in db.session.scalars(select(StaffMember)).one().communes] == ["06112"]
        assert verify()[1] == []
    assert Browser(app).sign_in("quantri", password).status == 200
