"""A million people with names as common and as rare as real ones: every kind of search, each as a ratio to 100 ms."""

import tempfile
from functools import lru_cache
from pathlib import Path
from random import Random

from sqlalchemy import insert, select, text

from benchmarks.installations import both
from benchmarks.measuring import once, tell, timed
from portal.areas.models import Commune, Village
from portal.db import db, transaction
from portal.recipients.models import Recipient
from portal.recipients.queries import Wanted, categories, lacking, people, search
from portal.recipients.queries.people import counts_at
from portal.staff.queries import by_username
from portal.vietnam.names import search_key, sort_key

LIMIT = 100  # ms
# per thousand; the women have one of MIDDLE[0] and GIVEN[0]
FAMILIES = {
    "Nguyễn": 320, "Trần": 110, "Lê": 90, "Phạm": 60, "Hoàng": 40, "Phan": 30, "Vũ": 30, "Đặng": 25, "Bùi": 25, "Đỗ": 20,
    "Hồ": 20, "Ngô": 20, "Dương": 15, "Lý": 15, "Nông": 15, "Vi": 10, "Lương": 10, "Chu": 5, "Bế": 3, "Quách": 1, "Ksor": 1,
    "Niê-Kđăm": 1,
}  # fmt: skip
MIDDLE = (
    {"Thị": 700, "Thị Thu": 60, "Thị Thanh": 40, "Ngọc": 60, "Thu": 30, "Hoài": 10, "Phương": 20, "Diễm": 5},
    {"Văn": 500, "Đình": 60, "Minh": 60, "Quang": 50, "Xuân": 40, "Đức": 60, "Hữu": 50, "Tuấn": 15, "Thanh": 40, "Bá": 10},
)  # fmt: skip
GIVEN = (
    {
        "Anh": 40, "Hương": 40, "Lan": 38, "Hoa": 35, "Mai": 30, "Linh": 30, "Hiền": 28, "Trang": 26, "Hằng": 25, "Thủy": 25,
        "Hà": 24, "Phương": 24, "Nga": 22, "Vân": 20, "Thảo": 20, "Yến": 18, "Liên": 16, "Nhung": 15, "Oanh": 12, "Uyên": 6,
        "Vy": 6, "Xuân": 12, "Én": 1, "Vẻ": 1, "Slao": 1,
    },
    {
        "Tuấn": 40, "Hùng": 38, "Dũng": 36, "Sơn": 30, "Thắng": 28, "Minh": 27, "Nam": 25, "Cường": 24, "Hải": 22, "Thành": 22,
        "Anh": 20, "Đức": 20, "Bình": 18, "Tùng": 16, "Hiếu": 16, "Long": 15, "Việt": 10, "Vinh": 9, "Vũ": 7, "Yên": 2, "Páo": 1,
    },
)  # fmt: skip
TYPED = (
    "n", "nguyen", "nguyen thi", "nguyen thi y", "nguyen thi yen", "thi v", "van thi", "yen", "hie", "tu", "phuong", "hoang thi v",
    "hoang thi ve", "quach", "ksor x", "nie kdam", "khong co ai", "vu thi", "quach van t", "duc",
)  # fmt: skip


def main(count=1_000_000, only=None, communes=(1, 200)):
    """Titles of what is over the limit."""
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for name, app in both(Path(folder), count, 1, "mat khau do dac", only):
            with app.app_context():
                _rename()
            for number in communes:
                with app.app_context():
                    here = _spread(number)
                    failed += _measured(f"{name}, {count:,} in {number} communes", here)
    return failed


def _rename():
    """Give everyone a name by chance; the order of names is what a plain loading would have written."""
    keys = db.session.scalars(select(Recipient.id)).all()
    random = Random(1)
    with transaction():
        db.session.execute(text("CREATE TEMPORARY TABLE named (id BIGINT PRIMARY KEY, f TEXT, s TEXT, k TEXT)"))
        named = text("INSERT INTO named VALUES (:id, :f, :s, :k)")
        for at in range(0, len(keys), 100_000):
            db.session.execute(named, [_name(key, random) for key in keys[at : at + 100_000]])
        db.session.execute(
            text(
                "UPDATE recipient SET full_name = f, search_key = s, sort_key = k FROM named WHERE named.id = recipient.id"
            )
        )
        db.session.execute(text("DROP TABLE named"))


def _name(key, random):
    sex = random.random() > 0.58
    parts = [random.choices(list(names), names.values())[0] for names in (FAMILIES, MIDDLE[sex], GIVEN[sex])]
    return {"id": key, "f": " ".join(parts), "s": " ".join(map(_searched, parts)), "k": _sorted(parts)}


# a million names are made of some hundred words
_searched = lru_cache(maxsize=None)(search_key)
_sortable = lru_cache(maxsize=None)(sort_key)


def _sorted(parts):
    return " ".join(map(_sortable, " ".join((parts[2], parts[0], parts[1])).split()))


def _spread(communes):
    """Move the people evenly to so many communes; return the one that officers of the demonstration work in."""
    with transaction():
        first = db.session.scalars(select(Commune).order_by(Commune.id)).first()
        if communes > 1:
            rows = [
                {"id": first.id + at, "code": f"x{at}", "name": f"Xã {at}", "prefix": "X", "province_code": first.province_code}
                for at in range(1, communes)
            ]  # fmt: skip
            db.session.execute(insert(Commune), rows)
            for table in ("recipient", "entitlement", "payment_method"):
                key = "id" if table == "recipient" else "recipient_id"
                db.session.execute(
                    text(f"UPDATE {table} SET commune_id = :first + {key} % :n"), {"first": first.id, "n": communes}
                )
        key = first.id
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    if db.engine.dialect.name == "postgresql":  # as its own worker does after such a load
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM"))
    return key


def _measured(title, here):
    print(f"\nsearch, {title}")
    village = db.session.scalars(select(Village.id).where(Village.commune_id == here).limit(1)).one()
    someone = db.session.scalars(
        select(Recipient).where(Recipient.commune_id == here, Recipient.citizen_id.is_not(None)).limit(1)
    ).one()
    rare = next(each.id for each in categories() if each.key == "K4")
    texts = (*TYPED, someone.code, someone.code[:4].lower(), someone.citizen_id, someone.citizen_id[-4:])
    kinds = {each: Wanted(each) for each in texts}
    for each in ("", "nguyen thi", "hoang thi v"):
        kinds[f"{each} in a village"] = Wanted(each, village)
        kinds[f"{each} of a programme"] = Wanted(each, programme_id=1)
        kinds[f"{each} of a category"] = Wanted(each, category_id=rare)
        for lack in ("number", "phone", "account"):
            kinds[f"{each} without {lack}"] = Wanted(each, lacks=lack)
    officer = by_username("vanhoa")
    lacking(officer, here)
    failed = []
    for kind, wanted in kinds.items():
        first = people(officer, here, wanted)
        following = {"after": first.next_id, "before": first.last}
        failed += tell(f"  people: {kind.strip()}", timed(lambda w=wanted: people(officer, here, w), 3), LIMIT)
        if first.next_id:
            spent = timed(lambda w=wanted, f=following: people(officer, here, w, **f), 3)
            failed += tell(f"  people: {kind.strip()}, next page", spent, LIMIT)
        if wanted.text and kind in texts:
            failed += tell(f"  enrolment: {kind}", timed(lambda t=kind: search(officer, here, t), 3), LIMIT)
    counts_at.cache_clear()
    tell("  what people lack, first view after a change", once(lambda: lacking(officer, here))[0], 3 * LIMIT)
    return failed + tell("  what people lack", timed(lambda: lacking(officer, here), 3), LIMIT)


if __name__ == "__main__":
    main()
