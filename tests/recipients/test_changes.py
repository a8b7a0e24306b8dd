"""Lists of increases, decreases and adjustments: read in every layout, compared, applied, and what follows from them."""

import json
from datetime import date

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from portal.areas.models import Commune
from portal.db import db
from portal.documents.vault import Vault
from portal.recipients import change_export
from portal.recipients.models import (
    Adjustment,
    Cause,
    Entitlement,
    EntitlementChange,
    EntitlementStatus,
    Recipient,
    RecipientStatus,
    Representative,
    RepresentativeStatus,
    RosterKind,
    RosterRow,
    Section,
    Verdict,
)
from portal.recipients.parsing import sections
from portal.recipients.queries import missing
from portal.recipients.queries.monthly import monthly
from portal.recipients.queries.monthly_people import people_of
from portal.recipients.services import apply_roster, receive, take_in
from portal.recipients.services.receiving import read_rows
from tests import factories
from tests.conftest import FIXTURES, PHOTO_KEY
from tests.recipients.test_pages import load
from tests.recipients.test_services import assert_history_adds_up

ROSTERS = FIXTURES / "rosters"
NOVEMBER, DECEMBER = ROSTERS / "roster-btxh-2026-11.xlsx", ROSTERS / "roster-btxh-2026-12.xlsx"
CHANGES = ROSTERS / "tang-giam-2026-12.xlsx"
EXPECTED = json.loads((ROSTERS / "expected-2026-12.json").read_text("utf-8"))
MONTH, NEXT = date(2026, 11, 1), date(2026, 12, 1)
HEADINGS = ["STT", "Mã đối tượng", "Họ và tên", "Ngày sinh", "Thôn", "Đối tượng", "Mức cũ", "Mức mới", "Truy lĩnh"]
HEADINGS += ["Từ tháng", "Lý do", "Số quyết định"]
NEW = [1, "A9", "Vi Thị Mới", "01/02/1990", "Nà Pái", "Người khuyết tật nặng", None, 810000, 810000, "11/2026", "Mới"]
GONE = [1, "A1", "Vi Thị Ven", "1950", "Nà Pái", "Người khuyết tật nặng", 810000, None, None, "12/2026"]
GONE += ["Chết ngày 17/11/2026"]
OTHER = [1, "A2", "Lý Văn Páo", "1951", "Nà Pái", "Người khuyết tật nặng", 810000, 1080000, 270000, "12/2026"]
OTHER += ["Đủ 60 tuổi", "12/QĐ-UBND"]


@pytest.fixture
def register(app, commune, tmp_path):
    """register.take(path or {sheet: rows}), .apply(file), .month(path)"""
    with app.app_context():
        yield Register(commune, tmp_path)
        db.session.rollback()


class Register:
    def __init__(self, commune, folder):
        self.commune, self.folder = commune, folder
        self.vault = Vault(folder / "vault", {"test": PHOTO_KEY}, "test")

    def take(self, what, month=None, name="bien-dong.xlsx"):
        path = self.workbook(what, name) if isinstance(what, dict) else what
        officer, btxh = factories.member("officer"), factories.programme()
        return receive(officer, self.commune, self.vault, path, path.name, programme=btxh, month=month)

    def workbook(self, sheets, name="bien-dong.xlsx"):
        book = Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            page = book.create_sheet(title)
            for row in rows:
                page.append(row)
        book.save(self.folder / name)
        return self.folder / name

    def apply(self, what, **options):
        file = self.take(what, **options)
        assert apply_roster(factories.member("officer"), file)
        db.session.expire_all()
        return file

    def people(self, *rows):
        """A list of November: (code, name, birth, amount), applied."""
        table = [["Mã đối tượng", "Họ và tên", "Ngày sinh", "Thôn", "Đối tượng", "Mức trợ cấp"]]
        table += [[code, name, born, "Nà Pái", "Người khuyết tật nặng", amount] for code, name, born, amount in rows]
        return self.apply({"DS chi tra": table}, month=MONTH, name="thang-11.xlsx")


TWO = [("A1", "Vi Thị Ven", "1950", 810000), ("A2", "Lý Văn Páo", "1951", 810000)]


def rows(file):
    found = db.session.scalars(select(RosterRow).where(RosterRow.roster_file_id == file.id).order_by(RosterRow.row))
    return {row.code: row for row in found}


def entitlement(code):
    return db.session.scalars(select(Entitlement).where(Entitlement.code == code)).one()


def person(code):
    return db.session.get(Recipient, entitlement(code).recipient_id)


def history(code):
    mine = EntitlementChange.entitlement_id == entitlement(code).id
    return list(db.session.scalars(select(EntitlementChange).where(mine).order_by(EntitlementChange.id)))


def told(row):
    """What a row's differences say of one person, in the words of the expected comparison."""
    names = {"monthly_amount": "monthly", "category": "category", "full_name": "name", "citizen_id": "id_number"}
    names |= {"account_number": "account", "representative": "proxy"}
    return {names[name]: pair for name, pair in row.differences.items() if name in names}


def as_told(fields):
    """The expected differences as the register holds them; a change of the holder's name alone is none."""
    read = {
        "category": lambda each: each["label"],
        "account": lambda each: each and each["number"],
        "proxy": lambda each: each and each["name"],
    }
    found = {name: [read.get(name, lambda each: each)(each) for each in pair] for name, pair in fields.items()}
    # a list never takes an old number away, and the number of children is in the coefficient
    found.pop("cmnd", None)
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}


def assert_expected(file):
    found = rows(file)
    added = {code: row for code, row in found.items() if row.verdict == Verdict.NEW}
    assert {code: (r.monthly_amount, r.arrears or 0) for code, r in added.items()} == {
        code: (each["monthly"], each["arrears"]) for code, each in EXPECTED["added"].items()
    }
    changed = {code: told(found[code]) for code in EXPECTED["changed"]}
    assert changed == {code: as_told(each["fields"]) for code, each in EXPECTED["changed"].items()}
    assert {c: found[c].arrears or 0 for c in changed} == {c: e["arrears"] for c, e in EXPECTED["changed"].items()}
    others = found.keys() - added.keys() - changed.keys()
    assert all(found[code].verdict in (Verdict.UNCHANGED, Verdict.ENDS) for code in others)
    return found


def test_decembers_list_after_novembers_finds_exactly_what_changed(register):
    register.apply(NOVEMBER)
    december = register.take(DECEMBER)
    assert december.kind == RosterKind.ROSTER
    assert_expected(december)
    absent = {entitlement.code for entitlement, _ in db.session.execute(missing(december))}
    assert absent == EXPECTED["removed"].keys()


def test_the_list_of_changes_says_the_same_as_the_two_lists(register):
    register.apply(NOVEMBER)
    file = register.take(CHANGES)
    assert (file.kind, file.month) == (RosterKind.CHANGES, NEXT)
    found = assert_expected(file)
    ends = {code: row for code, row in found.items() if row.verdict == Verdict.ENDS}
    assert {code: (r.reason, f"{r.from_month:%Y-%m}", r.monthly_amount) for code, r in ends.items()} == {
        code: (each["reason"], each["from"], each["monthly"]) for code, each in EXPECTED["removed"].items()
    }
    assert {code: f"{found[code].from_month:%Y-%m}" for code in EXPECTED["added"]} == {
        code: each["from"] for code, each in EXPECTED["added"].items()
    }
    groups = {each["label"]: each for each in file.report["groups"]}
    assert groups.keys() == {"Tăng", "Giảm", "Điều chỉnh"} and file.report["problems"] == []
    assert all(each["stated"] == each["computed"] for each in groups.values())


def test_after_the_list_of_changes_decembers_list_brings_only_what_that_one_has_no_column_for(register):
    register.apply(NOVEMBER)
    applied = register.apply(CHANGES)
    assert_history_adds_up()
    december = register.take(DECEMBER)
    counts = december.report["counts"]
    assert (counts["new"], counts["missing"], counts["refused"], counts["likely"]) == (0, 0, 0, 0)
    kept = {"account_number", "representative", "phone_kept"}
    others = {name for row in rows(december).values() for name in row.differences} - kept
    assert others <= {"decision_no"}
    live = Entitlement.status == EntitlementStatus.LIVE
    assert db.session.scalar(select(func.sum(Entitlement.monthly_amount)).where(live)) == EXPECTED["totals"]["monthly"]
    arrears = select(func.sum(Adjustment.amount)).where(Adjustment.month == applied.month)
    assert db.session.scalar(arrears) == EXPECTED["totals"]["arrears"]
    again = register.take(CHANGES)
    assert again.id == applied.id, "the same file changes nothing a second time"


def test_who_is_not_on_a_list_of_changes_is_not_missing(register):
    register.people(*TWO)
    file = register.apply({"Giam": [["DANH SÁCH GIẢM THÁNG 12/2026"], HEADINGS, GONE]})
    assert file.report["counts"]["missing"] == 0
    assert entitlement("A2").status == EntitlementStatus.LIVE


def test_death_and_removal_end_everything_that_a_person_is_paid(register):
    register.people(*TWO, ("A3", "Vi Văn Đi", "1960", 810000))
    db.session.add(Representative(commune_id=register.commune, recipient_id=person("A1").id, kind="proxy",
        full_name="Vi Thị Cháu", relation="cháu", scope="receive", status="confirmed"))  # fmt: skip
    second = factories.programme("HTXH")
    db.session.add(Entitlement(commune_id=register.commune, recipient_id=person("A1").id, programme_id=second.id,
        code="H1", monthly_amount=540000, first_month=MONTH, coefficient_hundredths=None))  # fmt: skip
    db.session.flush()
    moved = [
        2,
        "A3",
        "Vi Văn Đi",
        "1960",
        "Nà Pái",
        "Người khuyết tật nặng",
        810000,
        0,
        0,
        None,
        "Chuyển đi xã Tân Văn",
    ]
    register.apply({"Sheet1": [["I. TĂNG"], HEADINGS, NEW, ["II. GIẢM"], GONE, moved]}, month=NEXT)
    assert (person("A1").status, person("A1").ended_on) == (RecipientStatus.DIED, date(2026, 11, 17))
    assert person("A3").status == RecipientStatus.MOVED
    assert {each.status for each in db.session.scalars(select(Representative))} == {RepresentativeStatus.ENDED}
    for code in ("A1", "A3", "H1"):
        assert (entitlement(code).status, entitlement(code).last_month) == (EntitlementStatus.ENDED, MONTH)
    assert [each.cause for each in history("H1")] == [Cause.DIED]


def test_three_months_not_collected_suspend_and_a_later_increase_pays_again(register):
    register.people(*TWO)
    pause = [*GONE[:-1], "Tạm dừng: không nhận trợ cấp 03 tháng liên tục"]
    register.apply({"Giam": [["Danh sách giảm tháng 12/2026"], HEADINGS, pause]})
    assert (entitlement("A1").status, entitlement("A1").last_month) == (EntitlementStatus.SUSPENDED, MONTH)
    assert person("A1").status == RecipientStatus.LIVE
    back = [*GONE[:6], None, 810000, 810000, "01/2027", "Hưởng lại sau tạm dừng"]
    register.apply({"Tang": [["Danh sách tăng tháng 2/2027"], HEADINGS, back]}, name="thang-2.xlsx")
    now = entitlement("A1")
    assert (now.status, now.first_month, now.last_month) == (EntitlementStatus.LIVE, date(2027, 2, 1), None)
    assert [each.kind for each in history("A1")][:3] == ["start", "suspend", "resume"]
    assert history("A1")[2].month == date(2027, 1, 1)
    paid = db.session.scalars(select(Adjustment)).one()
    assert (paid.month, paid.from_month, paid.to_month) == (date(2027, 2, 1), date(2027, 1, 1), date(2027, 1, 1))
    assert_history_adds_up()


def test_months_that_arrears_pay_for_are_on_no_list_of_their_own(register):
    register.apply({"Tang": [["Danh sách tăng tháng 12/2026"], HEADINGS, NEW]})
    new = entitlement("A9")
    assert (new.first_month, history("A9")[0].month) == (NEXT, MONTH)
    assert [(a.amount, a.from_month, a.to_month) for a in db.session.scalars(select(Adjustment))] == [
        (810000, MONTH, MONTH)
    ]


def test_an_adjustment_changes_what_it_says_and_shows_another_former_amount_with_both_figures(register):
    register.people(("A1", "Vi Thị Ven", "1950", 810000), ("A2", "Lý Văn Páo", "1951", 750000))
    rest = [2, "A1", "Vi Thị Ven", "1950", "Nà Pái", None, None, None, None, None, "Sửa tên"]
    file = register.apply({"Dieu chinh": [["Danh sách điều chỉnh tháng 12/2026"], HEADINGS, OTHER, rest]})
    row = rows(file)["A2"]
    assert row.differences["old_amount"] == [750000, 810000]
    assert (entitlement("A2").monthly_amount, entitlement("A2").decision_no) == (1080000, "12/QĐ-UBND")
    assert history("A2")[-1].reason == "Đủ 60 tuổi"
    assert rows(file)["A1"].verdict == Verdict.UNCHANGED and entitlement("A1").monthly_amount == 810000


def test_decreases_and_adjustments_of_people_whom_nobody_pays_are_work_and_not_applied(register):
    register.people(TWO[1])
    file = register.apply({"Giam": [["Danh sách giảm tháng 12/2026"], HEADINGS, GONE]})
    row = rows(file)["A1"]
    assert (row.verdict, row.differences) == (Verdict.REFUSED, {"registered": [None, "nobody"]})
    assert db.session.scalar(select(func.count()).select_from(Recipient)) == 1


def test_who_is_taken_off_twice_is_taken_off_once(register):
    register.people(*TWO)
    register.apply({"Giam": [["Danh sách giảm tháng 12/2026"], HEADINGS, GONE]})
    again = register.apply({"Giam": [["Danh sách giảm tháng 1/2027"], HEADINGS, GONE]}, name="thang-1.xlsx")
    assert rows(again)["A1"].verdict == Verdict.UNCHANGED
    assert [each.kind for each in history("A1")] == ["start", "stop"]


def test_someone_never_paid_who_is_taken_off_has_no_last_month(register):
    register.apply({"Tang": [["Danh sách tăng tháng 12/2026"], HEADINGS, [*NEW[:8], None, "12/2026", "Mới"]]})
    register.apply({"Giam": [["Danh sách giảm tháng 12/2026"], HEADINGS, [1, "A9", *NEW[2:6], 810000, None, None,
        "12/2026", "Từ chối nhận"]]}, name="giam.xlsx")  # fmt: skip
    assert (entitlement("A9").status, entitlement("A9").last_month) == (EntitlementStatus.ENDED, None)
    assert_history_adds_up()


def sections_on_one_sheet(up, down, other):
    title = ["DANH SÁCH TĂNG, GIẢM ĐỐI TƯỢNG THÁNG 12/2026"]
    return {"Sheet1": [title, HEADINGS, ["I", "TĂNG"], *up, ["II", "GIẢM"], *down, ["III", "ĐIỀU CHỈNH"], *other]}


def sections_on_sheets(up, down, other):
    parts = (("Tăng", "TĂNG", up), ("Giảm", "GIẢM", down), ("Điều chỉnh", "ĐIỀU CHỈNH", other))
    return {name: [[f"DANH SÁCH {word} THÁNG 12 NĂM 2026"], [], HEADINGS, *table] for name, word, table in parts}


def sections_with_headings_of_their_own(up, down, other):
    short = [*HEADINGS[:6], "Mức trợ cấp", "Truy lĩnh", "Hưởng từ tháng", "Ghi chú"]
    ups = [[*row[:6], row[7], row[8], row[9], row[10]] for row in up]
    downs = [[*row[:6], row[6], row[9], row[10]] for row in down]
    others = [[*row[:6], row[6], row[7], row[8], row[9], row[10]] for row in other]
    return {
        "Biến động": [
            ["BIẾN ĐỘNG THÁNG 12/2026"],
            ["A. Đối tượng tăng"],
            short,
            *ups,
            [],
            ["B. Đối tượng giảm"],
            [*HEADINGS[:6], "Mức đang hưởng", "Thôi hưởng từ tháng", "Lý do giảm"],
            *downs,
            ["C. Điều chỉnh mức hưởng"],
            [*HEADINGS[:6], "Mức hưởng cũ", "Mức hưởng mới", "Truy lĩnh", "Từ tháng", "Nội dung điều chỉnh"],
            *others,
        ]
    }


def a_column_that_says_what_changes(up, down, other):
    table = [[*HEADINGS[:11], "Loại biến động"]]
    for kind, part in (("Tăng", up), ("Giảm", down), ("Điều chỉnh", other)):
        table += [[*row[:11], kind] for row in part]
    return {"Sheet1": [["DANH SÁCH TĂNG, GIẢM THÁNG 12/2026"], *table]}


@pytest.mark.parametrize(
    "layout",
    [
        sections_on_one_sheet,
        sections_on_sheets,
        sections_with_headings_of_their_own,
        a_column_that_says_what_changes,
    ],
)
def test_every_layout_of_a_list_of_changes_says_the_same(register, layout):
    register.people(*TWO)
    file = register.take(layout([NEW], [GONE], [OTHER]))
    assert (file.kind, file.month, file.rows) == (RosterKind.CHANGES, NEXT, 3)
    found = {code: (r.section, r.verdict, r.monthly_amount, r.from_month) for code, r in rows(file).items()}
    assert found == {
        "A9": (Section.INCREASE, Verdict.NEW, 810000, MONTH),
        "A1": (Section.DECREASE, Verdict.ENDS, 810000, NEXT),
        "A2": (Section.ADJUSTMENT, Verdict.CHANGED, 1080000, NEXT),
    }
    assert rows(file)["A1"].cause == Cause.DIED and rows(file)["A2"].reason == "Đủ 60 tuổi"
    assert rows(file)["A9"].arrears == 810000


def test_sums_of_a_part_that_differ_are_told_with_their_cell(register):
    register.people(*TWO)
    wrong = ["Cộng giảm: 2 đối tượng", None, None, None, None, None, 900000]
    file = register.take({"S": [["I. TĂNG (3 đối tượng)"], HEADINGS, NEW, ["II. GIẢM"], GONE, wrong]}, month=NEXT)
    found = {(p["cell"], p["detail"]["stated"], p["detail"]["computed"]) for p in file.report["problems"]}
    assert found == {("A1", 3, 1), ("A6", 2, 1), ("G6", 900000, 810000)}


@pytest.mark.parametrize(
    "title",
    [
        "DANH SÁCH CHI TRẢ TRỢ CẤP THÁNG 12 (TĂNG 3, GIẢM 2)",
        "DANH SÁCH ĐỐI TƯỢNG HƯỞNG TRỢ CẤP SAU ĐIỀU CHỈNH MỨC CHUẨN",
        "DANH SÁCH NGƯỜI GIÁM HỘ VÀ TRẺ EM",
    ],
)
def test_a_monthly_list_whose_title_speaks_of_changes_is_still_a_monthly_list(register, title):
    table = [[title], ["Mã đối tượng", "Họ và tên", "Ngày sinh", "Mức trợ cấp"], ["A1", "Vi Thị Ven", "1950", 810000]]
    assert register.take({"Sheet1": table}, month=NEXT).kind == RosterKind.ROSTER


@pytest.mark.parametrize(
    ("reason", "cause", "suspends"),
    [
        ("Chết ngày 17/11/2026 (trích lục khai tử số 56/TLKT-BS)", "died", False),
        ("Đã mất ngày 3/11", "died", False),
        ("Người được chăm sóc (Lộc Kim Nhình) đã chết", "not_entitled", False),
        ("Chuyển đi xã Tân Văn", "moved", False),
        ("Trẻ đủ 3 tuổi, hết điều kiện hưởng", "not_entitled", False),
        ("Thoát nghèo", "not_entitled", False),
        ("Từ chối nhận trợ cấp", "refused", False),
        ("Hưởng trùng 2 diện, giữ mức cao hơn", "higher_rate", False),
        ("Tạm dừng: không nhận trợ cấp 03 tháng liên tục", "not_collected", True),
        ("Không chấp hành xác định lại mức độ khuyết tật", "not_reassessed", True),
        ("Thôi hưởng do 3 tháng sau tạm dừng vẫn không xác định lại", "not_reassessed", False),
        ("Bị tạm giam từ 05/10/2026", "detained", True),
        ("Theo chỉ đạo", "other", False),
    ],
)
def test_the_words_of_a_reason_tell_its_cause_and_whether_it_only_suspends(reason, cause, suspends):
    assert (sections.cause_of(reason), sections.suspends(sections.cause_of(reason), reason)) == (cause, suspends)


def test_a_list_kept_to_be_read_later_becomes_a_list_of_changes_when_it_is_read(register):
    register.people(*TWO)
    path = register.workbook(sections_on_sheets([NEW], [GONE], [OTHER]))
    officer, btxh = factories.member("officer"), factories.programme()
    file = take_in(officer, register.commune, register.vault, path, path.name, programme=btxh)
    assert file.kind == RosterKind.ROSTER
    read_rows(file, path)
    assert file.kind == RosterKind.CHANGES and file.report["counts"]["ends"] == 1


def test_the_changes_of_a_month_make_of_last_months_sum_this_months(register):
    register.apply(NOVEMBER)
    register.apply(CHANGES)
    told = monthly(register.commune, factories.programme().id, NEXT)
    counts = {section: len(told.of(section)) for section in Section}
    assert counts == {Section.INCREASE: 12, Section.DECREASE: 14, Section.ADJUSTMENT: 23}
    assert len(told.moneyless) == 14 and sum(map(len, map(told.with_money, Section))) == 35
    assert (told.people_before, told.people) == (635, EXPECTED["totals"]["count"])
    assert told.ties and told.after == EXPECTED["totals"]["monthly"]
    assert told.sum(Section.INCREASE) == 9_990_000 and told.sum(Section.DECREASE) == -12_150_000
    assert told.extra == EXPECTED["totals"]["arrears"]
    november = monthly(register.commune, factories.programme().id, MONTH)
    assert (november.people_before, november.people, november.ties) == (0, 635, True)


def test_the_downloaded_list_of_changes_is_read_back_as_what_it_says(register):
    register.apply(NOVEMBER)
    register.apply(CHANGES)
    btxh = factories.programme()
    told = monthly(register.commune, btxh.id, NEXT)
    commune = db.session.get(Commune, register.commune)
    path = register.folder / "tai-ve.xlsx"
    path.write_bytes(change_export.workbook(commune, btxh, told, people_of(told.changed)))
    again = register.take(path)
    assert (again.kind, again.month, again.report["problems"]) == (RosterKind.CHANGES, NEXT, [])
    counts = again.report["counts"]
    assert (counts["new"], counts["changed"], counts["ends"], counts["refused"]) == (0, 0, 0, 0)
    sections_read = [row.section for row in rows(again).values()]
    assert [sections_read.count(each) for each in Section] == [12, 14, 23]


def test_officer_loads_a_list_of_changes_applies_it_and_downloads_the_months_changes(app, commune, sign_in):
    officer = sign_in("officer")
    load(officer, NOVEMBER.read_bytes(), NOVEMBER.name).submit("Áp dụng")
    page = load(officer, CHANGES.read_bytes(), CHANGES.name)
    assert page.h1 == "Tăng, giảm, điều chỉnh tháng 12/2026"
    assert "Vắng tháng này" not in page.words and "Chết ngày 17/11/2026" in officer.open(page.url + "?show=ends").words
    page = page.submit("Áp dụng: 12 tăng, 13 điều chỉnh, 14 giảm")
    assert "Đã áp dụng" in page.words
    month = officer.open("/recipients/changes/?month=2026-12")
    assert month.h1 == "Tăng, giảm, điều chỉnh tháng 12/2026" and "Khớp" in month.words
    assert "+9.990.000" in month.words and "−12.150.000" in month.words and "558.360.000" in month.words
    assert "Hưởng trùng 2 diện, giữ mức cao hơn" in month.words and "020158008128" not in month.text
    file = month.submit("Tải danh sách tăng, giảm")
    assert file.headers["Content-Type"].endswith("spreadsheetml.sheet") and file.data[:2] == b"PK"
    empty = officer.open("/recipients/changes/?month=2026-12&programme=2")
    assert "Không có thay đổi" in empty.words
    shown = sign_in("approver").open("/recipients/changes/?month=2026-12")
    assert "Tải danh sách" not in shown.words and "Khớp" in shown.words
