"""Two records of one person: found, merged, parted again."""

from datetime import date

import pytest
from sqlalchemy import func, select

from portal.db import Base, db, transaction
from portal.enrolment.models import Case
from portal.payouts import services as payouts
from portal.recipients.models import (
    Entitlement,
    Merge,
    MethodKind,
    MethodStatus,
    PaymentMethod,
    Recipient,
    RecipientStatus,
    Representative,
    RepresentativeKind,
    RepresentativeStatus,
    SamePerson,
)
from portal.recipients.queries import duplicates, search
from portal.recipients.services import merging
from tests import factories
from tests.recipients.test_pages import load

BORN = {"birth_date": date(1948, 9, 2), "birth_precision": "day"}
NUMBER = "020148000123"


@pytest.fixture
def two(app, commune):
    """Ids of a record with a number and an account, and of another one of the same person with a phone and a case."""
    with app.app_context(), transaction():
        kept = factories.recipient(commune, citizen_id=NUMBER, method=MethodKind.BANK_ACCOUNT, **BORN)
        merged = factories.recipient(commune, citizen_id=NUMBER, phone="0968000214", phone_owner="relative", **BORN)
        factories.submitted_case(app, merged)
        return kept.id, merged.id


def merged_in(kept_id, merged_id, reason="cùng thẻ căn cước"):
    kept, other = db.session.get(Recipient, kept_id), db.session.get(Recipient, merged_id)
    return merging.merge(factories.member("officer"), kept, other, reason)


def everything(*tables):
    """All rows of the register that a merge may touch, without what only counts writes."""
    found = {}
    for table in tables or ("recipient", "entitlement", "payment_method", "representative", "enrolment_case"):
        columns = [c for c in Base.metadata.tables[table].c if c.name not in ("version", "since")]
        found[table] = sorted(map(repr, db.session.execute(select(*columns)).all()))
    return found


def of(model, person_id):
    return db.session.scalars(select(model).where(model.recipient_id == person_id).order_by(model.id)).all()


def test_everything_of_the_merged_record_goes_to_the_kept_one(app, two):
    kept_id, merged_id = two
    with app.app_context(), transaction():
        merged_in(*two)
    with app.app_context():
        kept, merged = db.session.get(Recipient, kept_id), db.session.get(Recipient, merged_id)
        assert (merged.status, merged.merged_into_id) == (RecipientStatus.ENDED, kept_id)
        assert (kept.phone, kept.phone_owner, kept.status) == ("0968000214", "relative", "live")
        assert [e.code for e in of(Entitlement, kept_id)] == ["BG00001", "BG00002"] and not of(Entitlement, merged_id)
        assert {c.recipient_id for c in db.session.scalars(select(Case))} == {kept_id}
        ready = [m for m in of(PaymentMethod, kept_id) if m.status == MethodStatus.READY]
        assert [m.kind for m in ready] == [MethodKind.BANK_ACCOUNT]
        assert not of(PaymentMethod, merged_id)
        said = db.session.scalars(select(SamePerson)).one()
        assert (said.key, said.recipient_id, said.same) == ("BG00002", kept_id, True)


def test_every_table_that_points_to_a_person_is_moved_or_is_history():
    names = {column.table.name for column in merging.pointing()}
    told = {t.name for t in Base.metadata.sorted_tables for k in t.foreign_keys if k.column.table.name == "recipient"}
    assert names == told - merging.HISTORY
    assert {"entitlement", "payment_method", "representative", "enrolment_case", "recipient"} <= names


def test_parting_two_records_puts_back_exactly_what_went_over(app, two):
    with app.app_context(), transaction():
        before = everything()
        merge_id = merged_in(*two).id
    with app.app_context(), transaction():
        assert everything() != before
        late = factories.payment_method(db.session.get(Recipient, two[0]), MethodKind.HOME_VISIT, MethodStatus.REFUSED)
        merging.undo(factories.member("officer"), db.session.get(Merge, merge_id))
        assert late.recipient_id == two[0]  # what came to the kept record later stays there
        db.session.delete(late)
        db.session.flush()
        assert everything() == before
        assert not db.session.scalars(select(SamePerson)).all()
        with pytest.raises(merging.MergeUndoneAlready):
            merging.undo(factories.member("officer"), db.session.get(Merge, merge_id))


def test_a_merge_may_be_made_again_after_it_was_undone(app, two):
    with app.app_context(), transaction():
        merging.undo(factories.member("officer"), merged_in(*two))
        merged_in(*two)
        assert db.session.scalar(select(func.count()).select_from(Merge)) == 2


def test_the_kept_records_representative_and_way_to_be_paid_win(app, commune):
    with app.app_context(), transaction():
        kept, other = factories.recipient(commune), factories.recipient(commune)
        mine, theirs = (confirmed(person, name) for person, name in ((kept, "Vi A"), (other, "Vi B")))
        merge = merged_in(kept.id, other.id)
        assert (mine.status, theirs.status) == (RepresentativeStatus.CONFIRMED, RepresentativeStatus.ENDED)
        merging.undo(factories.member("officer"), merge)
        assert {mine.status, theirs.status} == {RepresentativeStatus.CONFIRMED}


def test_an_account_that_goes_over_keeps_the_representative_whose_it_is(app, commune):
    with app.app_context(), transaction():
        kept, other = factories.recipient(commune, method=None), factories.recipient(commune, method=None)
        mine, theirs = (confirmed(person, name) for person, name in ((kept, "Vi A"), (other, "Vi B")))
        account = {"provider_bin": "970405", "account_number": "8410205000999", "representative_id": theirs.id}
        factories.payment_method(other, MethodKind.REPRESENTATIVE_ACCOUNT, **account)
        merge = merged_in(kept.id, other.id)
        assert (mine.status, theirs.status) == (RepresentativeStatus.ENDED, RepresentativeStatus.CONFIRMED)
        assert [m.status for m in of(PaymentMethod, kept.id)] == [MethodStatus.READY]
        merging.undo(factories.member("officer"), merge)
        assert {mine.status, theirs.status} == {RepresentativeStatus.CONFIRMED}


def confirmed(person, name):
    other = Representative(
        commune_id=person.commune_id, recipient_id=person.id, full_name=name, kind=RepresentativeKind.PROXY,
        status=RepresentativeStatus.CONFIRMED,
    )  # fmt: skip
    db.session.add(other)
    db.session.flush()
    return other


def test_a_number_confirmed_from_a_card_has_one_living_owner_before_and_after(app, commune):
    with app.app_context(), transaction():
        kept = factories.recipient(commune)
        other = factories.recipient(commune, citizen_id=NUMBER, citizen_id_confirmed=True)
        merge = merged_in(kept.id, other.id)
        assert (kept.citizen_id, kept.citizen_id_confirmed) == (NUMBER, True)
        merging.undo(factories.member("officer"), merge)
        assert (kept.citizen_id, kept.citizen_id_confirmed) == (None, False)
        assert (other.citizen_id_confirmed, other.status) == (True, RecipientStatus.LIVE)


def test_a_merged_record_of_a_merged_record_stands_for_the_last_one(app, commune):
    with app.app_context(), transaction():
        first, second, third = (factories.recipient(commune) for _ in range(3))
        early = merged_in(second.id, first.id)
        late = merged_in(third.id, second.id)
        assert first.merged_into_id == second.merged_into_id == third.id
        assert len(of(Entitlement, third.id)) == 3
        with pytest.raises(merging.MergedFurther):
            merging.undo(factories.member("officer"), early)
        merging.undo(factories.member("officer"), late)
        assert (first.merged_into_id, second.merged_into_id) == (second.id, None)
        merging.undo(factories.member("officer"), early)
        assert [len(of(Entitlement, person.id)) for person in (first, second, third)] == [1, 1, 1]


def test_what_cannot_be_merged_says_why(app, commune):
    with app.app_context(), transaction():
        kept, other = factories.recipient(commune), factories.recipient(commune)
        gone = factories.recipient(commune, status=RecipientStatus.DIED)
        with pytest.raises(merging.MergeReasonMissing):
            merged_in(kept.id, other.id, "")
        with pytest.raises(merging.OneRecord):
            merged_in(kept.id, kept.id)
        for pair in ((kept, gone), (gone, kept)):
            with pytest.raises(merging.StatesDiffer):
                merged_in(*(each.id for each in pair))
        with pytest.raises(merging.ChangedBeforeMerge):
            merging.merge(factories.member("officer"), kept, other, "x", seen=(kept.version, other.version + 1))
        merged_in(kept.id, other.id)
        with pytest.raises(merging.MergedAlready):
            merged_in(kept.id, other.id)


def test_after_a_list_that_pays_the_person_was_approved_the_two_stay_one(app, commune):
    with app.app_context(), transaction():
        kept, other, stranger = (factories.recipient(commune) for _ in range(3))
        twin = factories.recipient(commune, method=None)
        merge_id = merged_in(kept.id, other.id).id
        without_line = merged_in(twin.id, factories.recipient(commune, method=None).id).id
        approved_run(commune)
        with pytest.raises(merging.MergeIsFinal, match="approved on"):
            merging.undo(factories.member("officer"), db.session.get(Merge, merge_id))
        merging.undo(factories.member("officer"), db.session.get(Merge, without_line))
        assert stranger.merged_into_id is None


def approved_run(commune_id):
    place = db.session.get(factories.Commune, commune_id)
    run = payouts.draw_up(factories.member("officer"), place, factories.programme(), date(2026, 11, 1))
    payouts.prepare(factories.member("officer"), run)
    payouts.approve(factories.member("approver"), run)
    return run


def test_pairs_are_found_by_number_name_and_birth_village_and_account(app, commune):
    with app.app_context(), transaction():
        year = {"birth_date": date(1948, 1, 1), "birth_precision": "year"}
        add = factories.recipient
        first = [
            add(commune, "Vi Thị Ven", citizen_id=NUMBER, **BORN),
            add(commune, "Vi Thi Ven", citizen_id=NUMBER, **BORN),
        ]
        second = [add(commune, "Lý Văn Páo", **year), add(commune, "Lý Văn Páo", **BORN)]
        third = [add(commune, "Nông Thị A", method=None), add(commune, "Nông Thị B", method=None)]
        for person in third:
            factories.payment_method(person, account_number="8410205111222")
        add(commune, "Lý Văn Páo", **(year | {"birth_date": date(1950, 1, 1)}))
        add(commune, "Vi Thị Ven", status=RecipientStatus.DIED, **BORN)
        found, total, more = duplicates.pairs(commune)
        told = [({pair.one.id, pair.other.id}, pair.evidence) for pair in found]
        assert told == [
            ({p.id for p in first}, ("citizen_id", "birth_date", "village")),
            ({p.id for p in second}, ("village",)),
            ({p.id for p in third}, ("account",)),
        ]
        assert (total, more) == (3, False)
        assert duplicates.evidence(*first) == ("citizen_id", "birth_date", "village")
        assert duplicates.evidence(first[0], third[0]) == ()


def test_people_told_apart_are_not_asked_about_again_unless_it_is_taken_back(app, commune):
    with app.app_context(), transaction():
        one, other = (factories.recipient(commune, "Vi Thị Ven", **BORN) for _ in range(2))
        merging.tell_apart(factories.member("officer"), other, one)
        assert duplicates.pairs(commune)[1] == 0 and duplicates.told_apart_from(one) == [other]
        merging.ask_again(factories.member("officer"), one, other)
        assert duplicates.pairs(commune)[1] == 1 and duplicates.told_apart_from(other) == []


def test_a_merged_record_is_no_longer_found(app, commune, two):
    with app.app_context(), transaction():
        merged_in(*two)
        assert duplicates.pairs(commune)[1] == 0
        assert [person.id for person in search(factories.member("officer"), commune, "hoang thi ve")] == [two[0]]


# ---- pages ----------------------------------------------------------------------------------------------------------


def test_officer_compares_two_records_and_merges_them_and_parts_them_again(app, sign_in, two):
    officer = sign_in("officer")
    page = officer.open("/recipients/duplicates/")
    assert page.h1 == "Có thể trùng" and "1 cặp" in page.words
    assert "Cùng số định danh, cùng họ tên và ngày sinh." in page.words
    page = page.click("Gộp…")
    assert page.h1 == "Gộp BG00001 và BG00002" and "Hồ sơ đăng ký (1)" in page.words and NUMBER not in page.text
    refused = page.submit("Gộp hai hồ sơ")
    assert refused.status == 422 and "Chọn hồ sơ được giữ lại" in refused.words
    refused = page.submit("Gộp hai hồ sơ", keep=str(two[0]))
    assert refused.status == 422 and "Ghi căn cứ" in refused.words
    page = refused.submit("Gộp hai hồ sơ", keep=str(two[0]), reason="Xem cùng một thẻ căn cước")
    assert page.h1.startswith("BG00001") and "BG00002 đã được gộp vào hồ sơ này" in page.words
    assert "Hai hồ sơ đã gộp làm một" in page.words and page.words.count("Mức hưởng") >= 1
    old = page.click("Xem hồ sơ cũ")
    assert "Hồ sơ này đã gộp vào BG00001" in old.words and "Gộp với hồ sơ khác" not in old.words
    assert "Chưa thấy ai có thể trùng" in officer.open("/recipients/duplicates/").words
    assert "BG00002" not in officer.open("/recipients/").submit("Tìm", q="hoang thi ve").words
    page = page.submit("Tách lại hai hồ sơ")
    assert "Đã tách lại hai hồ sơ" in page.words and "Xem hồ sơ cũ" not in page.words
    assert "Đã tách lại khỏi hồ sơ BG00002" in page.words and "BG00002 đã được gộp" in page.words
    assert "1 cặp" in officer.open("/recipients/duplicates/").words


def test_the_other_record_is_found_by_a_search_that_leaves_no_name_in_the_address(app, sign_in, two):
    officer = sign_in("officer")
    page = officer.open(f"/recipients/{two[0]}").click("Gộp với hồ sơ khác")
    page = page.submit("Tìm hồ sơ kia", q="khong co ai")
    assert "Không có ai khác khớp" in page.words
    page = page.submit("Tìm hồ sơ kia", q="hoang thi ve")
    assert "BG00002" in page.words and "hoang" not in page.url
    assert page.click("Hoàng Thị Vẻ").h1 == "Gộp BG00001 và BG00002"


def test_two_people_told_apart_are_remembered_until_it_is_taken_back(app, sign_in, two):
    officer = sign_in("officer")
    page = officer.open("/recipients/duplicates/").submit("Hai người khác nhau")
    assert "Đã ghi nhớ" in page.words and "Chưa thấy ai có thể trùng" in page.words
    page = officer.open(f"/recipients/{two[1]}")
    assert "Là người khác với BG00001" in page.words
    page.submit("Bỏ ghi nhận này")
    assert "1 cặp" in officer.open("/recipients/duplicates/").words


def test_a_comparison_that_is_no_longer_true_is_not_merged(app, sign_in, two):
    officer = sign_in("officer")
    page = officer.open(f"/recipients/{two[0]}/merge?with={two[1]}")
    with app.app_context(), transaction():
        db.session.get(Recipient, two[1]).note = "khác"
    refused = page.submit("Gộp hai hồ sơ", keep=str(two[0]), reason="x")
    assert refused.status == 409 and "vừa được sửa trong lúc so sánh" in refused.words
    with app.app_context():
        assert not db.session.scalars(select(Merge)).all()


def test_next_months_list_finds_the_record_that_stands_for_both(app, sign_in, two):
    officer = sign_in("officer")
    with app.app_context(), transaction():
        merged_in(*two)
        for row in of(Entitlement, two[0]):
            db.session.delete(row)  # as if the list were of another programme
    page = load(officer, "BG00002;Hoàng Thị Vẻ;02/09/1948;;Tòng Chu;810000\n")
    page.submit("Áp dụng")
    with app.app_context():
        assert [e.code for e in of(Entitlement, two[0])] == ["BG00002"] and not of(Entitlement, two[1])
