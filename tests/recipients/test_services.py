"""Lists received, compared with the register and applied to it."""

import os
import tempfile
from datetime import date

import pytest
from sqlalchemy import func, select

from portal.areas.models import Village
from portal.db import db
from portal.documents.vault import Vault
from portal.recipients.models import (
    Adjustment,
    AdjustmentKind,
    ColumnMapping,
    Entitlement,
    EntitlementChange,
    EntitlementStatus,
    MethodKind,
    PaymentMethod,
    Recipient,
    RecipientStatus,
    Representative,
    RosterFile,
    RosterRow,
    RosterState,
    Verdict,
)
from portal.recipients.parsing import NoListFound
from portal.recipients.queries.tellings import Detail, by_lists
from portal.recipients.services import (
    AlreadyApplied,
    AlreadySolved,
    NotAList,
    NothingChosen,
    answer,
    apply_roster,
    clear_copy,
    compare,
    correct,
    discard,
    end_missing,
    read_rows,
    receive,
    solve,
)
from portal.recipients.services.receiving import forget_copies
from tests import factories
from tests.conftest import FIXTURES, PHOTO_KEY

ROSTERS = FIXTURES / "rosters"
NOVEMBER, DECEMBER = ROSTERS / "roster-btxh-2026-11.xlsx", ROSTERS / "roster-btxh-2026-12.xlsx"
HEADER = (
    "Mã đối tượng;Họ và tên;Ngày sinh;CCCD;Thôn;Hệ số;Mức trợ cấp;Truy lĩnh;Số tài khoản;Ngân hàng;Người nhận thay\n"
)


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "vault", {"test": PHOTO_KEY}, "test")


@pytest.fixture
def context(app, commune):
    with app.app_context():
        yield commune
        db.session.rollback()


@pytest.fixture
def received(context, vault, tmp_path):
    """received(path) or received("A1;Tên;...") takes a list in for November 2026."""

    def take(what, programme="BTXH", month=date(2026, 11, 1)):
        path = what
        if isinstance(what, str):
            path = tmp_path / "list.csv"
            path.write_text(HEADER + what, "utf-8")
        officer = factories.member("officer")
        return receive(officer, context, vault, path, path.name, programme=factories.programme(programme), month=month)

    return take


def applied(file):
    assert apply_roster(factories.member("officer"), file)
    return file


def person(code):
    return db.session.scalars(select(Recipient).where(Recipient.code == code)).one()


def entitlement(code):
    return db.session.scalars(
        select(Entitlement).join(Recipient, Recipient.id == Entitlement.recipient_id).where(Recipient.code == code)
    ).one()


def rows(file):
    found = db.session.scalars(select(RosterRow).where(RosterRow.roster_file_id == file.id))
    return {row.code: row for row in found}


def sums(month):
    monthly = db.session.scalar(
        select(func.sum(Entitlement.monthly_amount)).where(Entitlement.status == EntitlementStatus.LIVE)
    )
    arrears = db.session.scalar(select(func.sum(Adjustment.amount)).where(Adjustment.month == month))
    return int(monthly or 0) + int(arrears or 0)


def test_a_months_list_fills_an_empty_register_to_the_dong(received):
    november = received(NOVEMBER, month=None)
    assert november.month == date(2026, 11, 1)
    assert november.report["counts"]["new"] == 635
    assert db.session.scalar(select(func.count()).select_from(Recipient)) == 0  # a preview changes nothing
    applied(november)
    assert sums(november.month) == november.report["totals"]["computed"]["total"] == 726_240_000
    assert db.session.scalar(select(func.count()).select_from(Village)) >= 24
    kinds = dict(db.session.execute(select(PaymentMethod.kind, func.count()).group_by(PaymentMethod.kind)).all())
    assert sum(kinds.values()) == 635
    assert kinds[MethodKind.REPRESENTATIVE_ACCOUNT] == 158 and kinds[MethodKind.CASH_POINT] == 241


def test_the_next_month_finds_exactly_who_changed(received):
    applied(received(NOVEMBER, month=None))
    december = received(DECEMBER, month=None)
    counts = december.report["counts"]
    assert {name: counts[name] for name in ("new", "changed", "missing", "refused")} == {
        "new": 12,
        "changed": 13,
        "missing": 14,
        "refused": 0,
    }
    told = rows(december)
    assert told["BG00349"].differences == {"full_name": ["Hoàng Văn Duy", "Hoàng Viết Duy"]}
    assert told["BG00068"].differences["monthly_amount"] == [1_080_000, 540_000]
    assert told["BG00388"].verdict == Verdict.UNCHANGED and "account_number" in told["BG00388"].differences


def test_a_list_never_overwrites_how_someone_is_paid(received):
    applied(received("A1;Vi Thị Ven;1950;;Nà Pái;1,5;810000;0;8412205123456;Agribank;\n"))
    second = received("A1;Vi Thị Ven;1950;;Nà Pái;1,5;810000;0;8412205999999;Agribank;\n", month=date(2026, 12, 1))
    assert rows(second)["A1"].differences == {"account_number": ["8412205123456", "8412205999999"]}
    assert second.report["counts"] | {"unchanged": 1, "kept": 1, "changed": 0} == second.report["counts"]
    applied(second)
    assert [m.account_number for m in db.session.scalars(select(PaymentMethod))] == ["8412205123456"]


def test_accounts_of_people_with_a_representative_are_taken_for_the_representatives(received):
    applied(received("A1;Vi Thị Ven;2015;;Nà Pái;2;1080000;0;8412205123456;Agribank;Lý Thị Hoa (mẹ)\n"))
    method = db.session.scalars(select(PaymentMethod)).one()
    assert method.kind == MethodKind.REPRESENTATIVE_ACCOUNT and method.holder_name == "LY THI HOA"
    assert db.session.get(Representative, method.representative_id).relation == "mẹ"


def test_a_number_that_someone_else_has_is_asked_about_and_stops_nobody(received, context):
    with db.session.no_autoflush:
        other = factories.recipient(context, code="X1", citizen_id="020150123456", citizen_id_confirmed=True)
    file = received("A1;Vi Thị Ven;1950;020150123456;Nà Pái;1,5;810000;0;;;\nA2;Lý Văn Páo;1950;;;;540000;;;;\n")
    row = rows(file)["A1"]
    assert row.verdict == Verdict.LIKELY
    assert row.differences == {"likely": [{"id": other.id, "code": "X1", "evidence": ["citizen_id"]}]}
    applied(file)
    assert db.session.scalars(select(Recipient.code).order_by(Recipient.code)).all() == ["A2", "X1"]
    officer = factories.member("officer")
    answer(officer, file, row, other.id, same=False)
    solve(officer, file, row)
    assert person("A1").citizen_id == "020150123456" and not person("A1").citizen_id_confirmed
    assert db.session.scalar(select(Entitlement.monthly_amount).where(Entitlement.code == "A1")) == 810_000
    with pytest.raises(AlreadySolved):
        solve(officer, file, row)


def test_what_was_confirmed_from_a_card_a_list_does_not_change(received):
    applied(received("A1;Vi Thị Ven;1950;020150123456;Nà Pái;1,5;810000;0;;;\n"))
    person("A1").citizen_id_confirmed = True
    person("A1").full_name = "Vi Thị Vẹn"
    db.session.flush()
    second = received("A1;Vi Thị Ven;1951;020150999999;Tòng Chu;1,5;810000;0;;;\n")
    told = rows(second)["A1"]
    assert {"full_name_kept", "birth_date_kept", "citizen_id_kept", "village"} == told.differences.keys()
    applied(second)
    db.session.expire_all()
    kept = person("A1")
    assert (kept.full_name, kept.birth_date.year, kept.citizen_id) == ("Vi Thị Vẹn", 1950, "020150123456")
    assert kept.village.name == "Tòng Chu"


def test_rows_without_name_or_amount_stay_as_work_and_the_rest_is_applied(received):
    text = (
        ";Không Mã;1950;;Nà Pái;;810000;0;;;\n"
        "A2;Vi Thị Ven;1950;;Nà Pái;;;0;;;\n"
        "A3;Lý Văn Páo;1950;;Nà Pái;;540000;0;;;\n"
        "A4;Hai Lần Một;1950;;Nà Pái;;540000;0;;;\n"
        "A4;Hai Lần Hai;1951;;Nà Pái;;540000;0;;;\n"
    )
    file = applied(received(text))
    assert file.report["counts"]["refused"] == 3 and file.report["counts"]["new"] == 2
    codes = {p.full_name: p.code for p in db.session.scalars(select(Recipient))}
    assert codes == {"Không Mã": f"D{file.id}-2", "Lý Văn Páo": "A3"}, "without a code: list and row, to look it up"
    assert db.session.scalar(select(func.count()).select_from(RosterRow)) == 5


def test_someone_known_to_have_died_is_asked_about_and_not_paid(received, context):
    dead = factories.recipient(context, code="A1", status=RecipientStatus.DIED)
    file = applied(received("A1;Hoàng Thị Vẻ;1950;;Tòng Chu;;540000;0;;;\nA2;Vi Thị Ven;1950;;Nà Pái;;540000;0;;;\n"))
    assert rows(file)["A1"].verdict == Verdict.REFUSED
    assert rows(file)["A1"].differences == {"recipient_status": ["died", None]}
    db.session.expire_all()
    assert entitlement("A1").monthly_amount == 810_000 and dead.status == RecipientStatus.DIED


def test_an_amount_off_the_rate_is_told_with_both_figures(received):
    file = received("A1;Vi Thị Ven;1950;;Nà Pái;1,5;800000;0;;;\n")
    told = [p for p in rows(file)["A1"].problems if p["code"] == "amount_off_rate"]
    assert [p["detail"] for p in told] == [{"stated": 800_000, "computed": 810_000}]
    assert rows(file)["A1"].verdict == Verdict.NEW


def test_another_list_of_the_month_replaces_arrears_and_never_adds_them(received):
    applied(received("A1;Vi Thị Ven;1950;;Nà Pái;1,5;810000;240000;;;\n"))
    applied(received("A1;Vi Thị Ven;1950;;Nà Pái;1,5;810000;240000;;; \n"))
    assert sums(date(2026, 11, 1)) == 1_050_000
    third = applied(received("A1;Vi Thị Ven;1950;;Nà Pái;1,5;810000;100000;;;\n"))
    assert rows(third)["A1"].differences == {"arrears": [240_000, 100_000]}
    assert sums(date(2026, 11, 1)) == 910_000
    applied(received("A1;Vi Thị Ven;1950;;Nà Pái;1,5;810000;0;;;\n"))
    assert sums(date(2026, 11, 1)) == 810_000


def test_arrears_that_are_there_already_are_not_paid_again_when_a_list_tells_of_them(received):
    applied(received("A1;Vi Thị Ven;1950;;Nà Pái;1,5;810000;0;;;\n", month=date(2026, 10, 1)))
    by_hand = Adjustment(
        entitlement_id=entitlement("A1").id, commune_id=person("A1").commune_id, month=date(2026, 11, 1)
    )
    by_hand.kind, by_hand.amount, by_hand.source = AdjustmentKind.ARREARS, 240_000, "staff:2026-11-01"
    db.session.add(by_hand)
    db.session.flush()
    month = by_hand.month
    same = applied(received("A1;Vi Thị Ven;1950;;Nà Pái;1,5;810000;240000;;;\n"))
    assert rows(same)["A1"].differences == {} and sums(month) == 1_050_000
    less = applied(received("A1;Vi Thị Ven;1950;;Nà Pái;1,5;810000;100000;;;\n"))
    assert rows(less)["A1"].differences == {"arrears_kept": [240_000, 100_000]} and sums(month) == 1_050_000
    more = applied(received("A1;Vi Thị Ven;1950;;Nà Pái;1,5;810000;300000;;;\n"))
    assert rows(more)["A1"].differences == {"arrears": [240_000, 300_000]} and sums(month) == 1_110_000
    compare(more)
    assert rows(more)["A1"].differences == {}
    applied(received("A1;Vi Thị Ven;1950;;Nà Pái;1,5;810000;0;;; \n"))
    assert sums(month) == 1_050_000


def test_missing_people_end_only_when_an_officer_says_so_and_why(received):
    applied(received("A1;Vi Thị Ven;1950;;Nà Pái;;540000;0;;;\nA2;Lý Văn Páo;1950;;Nà Pái;;540000;0;;;\n"))
    december = applied(received("A1;Vi Thị Ven;1950;;Nà Pái;;540000;0;;;\n", month=date(2026, 12, 1)))
    officer = factories.member("officer")
    assert december.report["counts"]["missing"] == 1 and entitlement("A2").status == EntitlementStatus.LIVE
    with pytest.raises(NothingChosen):
        end_missing(officer, december, set(), "đã mất")
    assert end_missing(officer, december, {entitlement("A2").id}, "đã mất") == 1
    ended = entitlement("A2")
    assert (ended.status, ended.last_month) == (EntitlementStatus.ENDED, date(2026, 11, 1))
    stop = db.session.scalars(select(EntitlementChange).where(EntitlementChange.entitlement_id == ended.id)).all()[-1]
    assert (stop.kind, stop.reason) == ("stop", "đã mất")
    assert december.report["counts"]["missing"] == 0
    back = applied(received("A2;Lý Văn Páo;1950;;Nà Pái;;540000;0;;;\n", month=date(2027, 1, 1)))
    assert rows(back)["A2"].differences["status"] == ["ended", "live"]
    db.session.expire_all()
    assert (entitlement("A2").status, entitlement("A2").last_month) == (EntitlementStatus.LIVE, None)


def test_the_same_file_is_applied_once(received):
    text = "A1;Vi Thị Ven;1950;;Nà Pái;;540000;0;;;\n"
    first = applied(received(text))
    assert received(text) is first
    with pytest.raises(AlreadyApplied, match="Nguyễn Thị Hương"):
        apply_roster(factories.member("officer"), first)


def test_a_preview_that_the_register_outran_is_compared_anew_before_it_is_applied(received):
    old = received("A1;Vi Thị Ven;1950;;Nà Pái;;540000;0;;;\n")
    applied(received("A1;Vi Thị Ven;1950;;Nà Pái;;810000;0;;;\n"))
    assert apply_roster(factories.member("officer"), old) is False
    assert old.report["counts"]["changed"] == 1 and entitlement("A1").monthly_amount == 810_000
    applied(old)
    db.session.expire_all()
    assert entitlement("A1").monthly_amount == 540_000


def test_the_same_file_read_again_replaces_its_waiting_preview(received):
    text = "A1;Vi Thị Ven;1950;;Nà Pái;;540000;0;;;\n"
    first, second = received(text), received(text, month=date(2026, 12, 1))
    assert first.state == RosterState.DISCARDED and second.state == RosterState.PREVIEWED
    assert db.session.scalar(select(func.count()).select_from(RosterRow)) == 1
    discard(factories.member("officer"), second)
    assert db.session.scalar(select(func.count()).select_from(RosterRow)) == 0


def test_corrected_columns_are_remembered_for_the_next_list_of_that_shape(context, vault, tmp_path):
    officer, btxh = factories.member("officer"), factories.programme()

    def take(name, amount):
        path = tmp_path / name
        path.write_text(f"Mã;Họ và tên;Thôn;Khoản A;Khoản B\nA1;Vi Thị Ven;Nà Pái;1;{amount}\n", "utf-8")
        return receive(officer, context, vault, path, name, programme=btxh, month=date(2026, 11, 1))

    first = take("a.csv", 540_000)
    assert first.report["counts"]["refused"] == 1
    meanings = {"Mã": "code", "Họ và tên": "full_name", "Thôn": "village", "Khoản B": "amount"}
    with pytest.raises(NotAList):
        correct(officer, first, {"Mã": "code"}, first.month)
    correct(officer, first, meanings, date(2026, 12, 1))
    with clear_copy(first, vault) as path:
        read_rows(first, path)
    assert first.report["counts"]["new"] == 1 and first.month == date(2026, 12, 1)
    assert db.session.scalar(select(func.count()).select_from(ColumnMapping)) == 1
    assert take("b.csv", 550_000).report["counts"]["new"] == 1


def test_the_history_of_an_entitlement_adds_up_to_what_it_is(received):
    applied(received("A1;Vi Thị Ven;1950;;Nà Pái;1,5;810000;0;;;\n"))
    december = applied(received("A2;Lý Văn Páo;1950;;Nà Pái;;540000;0;;;\n", month=date(2026, 12, 1)))
    end_missing(factories.member("officer"), december, None, "chuyển đi")
    applied(received("A1;Vi Thị Ven;1950;;Nà Pái;2;1080000;0;;;\n", month=date(2027, 1, 1)))
    db.session.expire_all()
    assert_history_adds_up()


def assert_history_adds_up():
    for each in db.session.scalars(select(Entitlement)):
        total = {}
        changes = select(EntitlementChange).where(EntitlementChange.entitlement_id == each.id)
        for change in db.session.scalars(changes.order_by(EntitlementChange.id)):
            assert change.before is None or {k: total[k] for k in change.before} == change.before
            total |= change.after
        assert total == {
            "monthly_amount": each.monthly_amount,
            "category_text": each.category_text,
            "coefficient_hundredths": each.coefficient_hundredths,
            "decision_no": each.decision_no,
            "code": each.code,
            "first_month": each.first_month.isoformat(),
            "last_month": each.last_month.isoformat() if each.last_month else None,
            "status": each.status,
        }


@pytest.mark.parametrize("name", ["roster-ncc-2026-11.xls", "roster-huutri-2026-11.csv"])
def test_lists_of_other_programmes_tie_too(received, name):
    programme = "NCC" if "ncc" in name else "HTXH"
    file = applied(received(ROSTERS / name, programme))
    assert file.report["counts"]["refused"] == 0
    assert sums(file.month) == file.report["totals"]["stated"]["total"]


def test_a_file_without_a_list_stores_nothing(received, context, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a;b\n1;2\n")
    with pytest.raises(NoListFound):
        received(path)
    assert db.session.scalar(select(func.count()).select_from(RosterFile)) == 0


def test_comparing_again_changes_no_verdict(received):
    file = received(NOVEMBER, month=None)
    counts = dict(file.report["counts"])
    assert compare(file) == counts


def test_what_lists_changed_about_a_person_is_kept_with_the_list(received):
    applied(received("A1;Vi Thị Ven;1950;;Nà Pái;1,5;810000;0;;;\n"))
    december = applied(received("A1;Vi Thị Vẹn;1950;020150123456;Tòng Chu;1,5;810000;0;;;\n", month=date(2026, 12, 1)))
    applied(received("A1;Vi Thị Vẹn;1950;020150123456;Tòng Chu;2;1080000;0;;;\n", month=date(2027, 1, 1)))
    a1 = person("A1")
    told = by_lists(a1.commune_id, Entitlement.recipient_id == a1.id)
    assert [(each.source, each.details) for each in told] == [
        (
            f"roster_file:{december.id}",
            (
                Detail("full_name", "Vi Thị Ven", "Vi Thị Vẹn"),
                Detail("citizen_id", None, "020150123456"),
                Detail("village", "Nà Pái", "Tòng Chu"),
            ),
        )
    ]


def test_clear_copies_that_a_killed_worker_left_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, read, other = (tmp_path / name for name in ("portal-list-a", "portal-list-b", "something"))
    for folder in (left, read, other):
        folder.mkdir()
        (folder / "list").write_text("x")
    for folder in (left, other):
        os.utime(folder, (0, 0))
    forget_copies()
    assert not left.exists() and read.exists() and other.exists()
