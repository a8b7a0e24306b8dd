"""Time and memory of reading large lists: a workbook like those of an office, with every fault that people type into it."""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.cell_range import MultiCellRange
from python_calamine import load_workbook

from benchmarks.measuring import once, tell
from portal.recipients.parsing import open_roster
from portal.spreadsheets import read_book
from tests.recipients.long_lists import FAMILIES

VILLAGES = 240
SYLLABLES = [
    "An",
    "Bảo",
    "Châm",
    "Cường",
    "Dũng",
    "Hải",
    "Hiền",
    "Hiếu",
    "Hoà",
    "Huệ",
    "Hùng",
    "Khang",
    "Lâm",
    "Lỷ",
    "Mai",
    "Minh",
    "Nhình",
    "Oanh",
    "Páo",
    "Quyên",
    "Sằm",
    "Slao",
    "Thắng",
    "Vân",
    "Yến",
]
CATEGORIES = (
    ("Người khuyết tật nặng", 1.5),
    ("Người khuyết tật đặc biệt nặng", 2),
    ("Trẻ em, NCT khuyết tật nặng", 2),
    ("Người đơn thân nghèo đang nuôi con", 1),
    ("Hộ gia đình trực tiếp chăm sóc NKT đặc biệt nặng", 1),
    ("Trẻ em dưới 3 tuổi hộ nghèo, cận nghèo vùng ĐBKK", 1.5),
)
BANKS = ("Agribank", "NHNo&PTNT Bình Gia", "Agribank CN Bình Gia", "Vietcombank", "LPBank", "BIDV")
RELATIONS = ("mẹ", "bố", "con gái", "chị gái", "vợ", "chồng", "bà nội")
UPPER = [
    *("STT", "Mã đối tượng", "Họ và tên", "Ngày, tháng, năm sinh", None, "Số định danh/ CCCD", "Thôn"),
    *("Đối tượng\n(Điều 5, Điều 20 NĐ 20/2021/NĐ-CP)", "Số, ngày QĐ hưởng", "Hệ số", "Số tiền được hưởng (đồng)"),
    *(None, None, "Tài khoản nhận tiền", None, "Người nhận thay", "Ghi chú"),
]
LOWER = [None] * 3 + ["Nam", "Nữ"] + [None] * 5 + ["Mức trợ cấp", "Truy lĩnh", "Tổng cộng", "Số tài khoản", "Ngân hàng"]
MERGED = "A4:Q4 A8:A9 B8:B9 C8:C9 D8:E8 F8:F9 G8:G9 H8:H9 I8:I9 J8:J9 K8:M8 N8:O8 P8:P9 Q8:Q9"


def workbook(people: int) -> Path:
    """A list of that many people in villages with subtotals, made once and kept for the next run."""
    path = Path(tempfile.gettempdir()) / f"portal-bench-list-{people}-1.xlsx"
    if path.is_file():
        return path
    book = Workbook(write_only=True)
    page = book.create_sheet("DS chi tra T11-2026")
    for line in (
        ["ỦY BAN NHÂN DÂN XÃ MẪU"],
        [],
        [],
        ["DANH SÁCH CHI TRẢ TRỢ CẤP XÃ HỘI"],
        ["Tháng 11 năm 2026"],
        [],
        [],
    ):
        page.append(line)
    page.append(UPPER)
    page.append(LOWER)
    page.append([f"({number})" for number in range(1, 18)])
    page.merged_cells = MultiCellRange(MERGED)
    chance = random.Random(people)
    for village in range(VILLAGES):
        name, here = _village(village), range(village * people // VILLAGES, (village + 1) * people // VILLAGES)
        page.append(["I", name])
        rows = [_person(chance, number + 1, name) for number in here]
        for row in rows:
            page.append(row)
        page.append([f"Cộng {name}: {len(rows)} đối tượng", *[None] * 9, *_sums(rows)])
    page.append([f"TỔNG CỘNG: {people} đối tượng"])
    book.save(path.with_suffix(".part"))
    return path.with_suffix(".part").rename(path)


def _village(number):
    return f"Khối phố {number + 1}" if number < 10 else f"Thôn {SYLLABLES[number % 24]} {FAMILIES[number // 24]}"


def _sums(rows):
    amounts = [sum(int(str(row[column]).replace(".", "")) for row in rows) for column in (10, 11)]
    return [*amounts, sum(amounts)]


def _person(chance, number, village):
    """One row with the faults of typists: lost zeros, three kinds of dates, amounts as text, doubled spaces."""
    woman, born = chance.random() < 0.5, date(chance.randint(1930, 2025), chance.randint(1, 12), chance.randint(1, 28))
    words = [chance.choice(FAMILIES), *chance.sample(SYLLABLES, 2)]
    sex = (0 if born.year < 2000 else 2) + woman
    identity = f"020{sex}{born.year % 100:02d}{chance.randrange(10**6):06d}"
    birth = chance.choice([born, f"{born:%d/%m/%Y}", f"{born:%d/%m/%Y}", born.year, f"{born:%m/%Y}"])
    category, coefficient = chance.choice(CATEGORIES)
    amount, arrears = int(540_000 * coefficient), int(160_000 * coefficient)
    other = (
        f"{chance.choice(FAMILIES)} {chance.choice(SYLLABLES)} {chance.choice(SYLLABLES)} ({chance.choice(RELATIONS)})"
    )
    if chance.random() < 0.2:
        other += f", ĐT {_phone(chance)}"
    paid = chance.random() < 0.6
    return [
        number,
        f"BG{number:06d}",
        ("  " if chance.random() < 0.1 else " ").join(words),
        *((None, birth) if woman else (birth, None)),
        chance.choices([identity, int(identity), None, identity[3:]], (86, 7, 5, 2))[0],
        chance.choices([village, village + " ", village.upper(), village.replace("Khối phố", "KP")], (85, 5, 5, 5))[0],
        category,
        f"{chance.randint(1, 999)}/QĐ-UBND ngày {born:%d/%m}/{chance.randint(2016, 2026)}",
        f"{coefficient}".replace(".", ",") if chance.random() < 0.05 else coefficient,
        amount,
        f"{arrears:,}".replace(",", ".") if chance.random() < 0.1 else arrears,
        amount + arrears,
        f"84122{chance.randrange(10**8):08d}" if paid else None,
        chance.choice(BANKS) if paid else None,
        other if chance.random() < 0.4 else None,
        f"SĐT {_phone(chance)}" if chance.random() < 0.1 else None,
    ]


def _phone(chance):
    return f"09{chance.randrange(100):02d} {chance.randrange(1000):03d} {chance.randrange(1000):03d}"


def measured():
    """Read lists of 10,000 and 100,000 people; each way in a process of its own, so that its memory is its own."""
    failed = []
    for people in (10_000, 100_000):
        path, size = workbook(people), f"{people:,} people"
        bare, book, whole = (_alone(way, path) for way in WAYS)
        print(f"(calamine alone reads {size} in {bare['ms']:.0f} ms and {bare['parent']:.0f} MB)")
        failed += tell(f"values of {size} through the sandbox", book["ms"], 2 * bare["ms"] + START)
        failed += tell(f"first rows of {size}, read and cleaned", whole["first"], 3 * bare["ms"] + START)
        failed += tell(
            f"list of {size}, read and cleaned: processor of the child",
            whole["child_ms"],
            6 * bare["own_ms"] + START,
        )
        failed += tell(f"list of {size}: memory of the server", whole["parent"], 160, "MB")
        failed += tell(f"list of {size}: memory of the child", whole["child"], 512, "MB")
    return failed


def _bare(path):
    load_workbook(str(path)).get_sheet_by_index(0).to_python()


def _book(path):
    read_book(path, path.name)


def _whole(path):
    """Take the rows and drop them; return the milliseconds to the first ones."""
    started = time.perf_counter()
    with open_roster(path, path.name) as roster:
        batches = roster.batches()
        people = len(next(batches))
        first = (time.perf_counter() - started) * 1000
        assert people + sum(map(len, batches)) == roster.head.people
    return first


WAYS = {"bare": _bare, "book": _book, "whole": _whole}
START = 1000  # ms in which a process starts on a busy machine


def _alone(way, path):
    command = [sys.executable, "-m", "benchmarks.reading", way, str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def _tell_of(way, path):
    before = time.process_time()
    elapsed, first = once(lambda: WAYS[way](path))
    used = time.process_time() - before
    own, child = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    figures = {"ms": elapsed, "first": first}
    figures |= {"own_ms": used * 1000, "child_ms": (child.ru_utime + child.ru_stime) * 1000}
    print(json.dumps(figures | {"parent": own.ru_maxrss / 1024, "child": child.ru_maxrss / 1024}))


if __name__ == "__main__":
    _tell_of(sys.argv[1], Path(sys.argv[2]))
