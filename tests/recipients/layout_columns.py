"""Columns of invented lists: each adds its cells to a layout and says what is true of every person."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

Cell = str | int | float | date | None
FAMILY = [
    "Nông",
    "Vi",
    "Hoàng",
    "Lý",
    "Bàn",
    "Tống",
    "Công",
    "Tô",
    "Lang",
    "Triệu",
    "Nguyễn",
    "Trần",
    "Đặng",
    "Phùng",
    "Hứa",
    "Mã",
    "Khúc",
    "Đàm",
]
MIDDLE = {"male": ["Văn", "Đức", "Minh", "Quốc", "Văn Minh"], "female": ["Thị", "Thị Ngọc", "Thu", "Thị Mai"]}
GIVEN = [
    "Thử",
    "Dụ",
    "Mẫu",
    "Hòa",
    "Bảo",
    "Năm",
    "Nam",
    "Khôi",
    "Tuyết",
    "Lượng",
    "Đào",
    "Cộng",
    "Bản",
    "Thủy",
    "Quý",
    "Tổng",
    "Nhì",
    "Tám",
    "Sinh",
    "Hộ",
    "Tiền",
]
SINGLE = ["Y Bian Êban", "H'Lăng Niê", "K'Brêu", "Lò Thị Ín", "A Phứ"]
VILLAGES = [
    "Thôn Nà Pái",
    "Thôn Pắc Nặm",
    "Bản Chúc",
    "Khối phố 2",
    "Tổ dân phố 5",
    "Xóm Mới",
    "Ấp 3",
    "Khu 7",
    "Buôn Đôn",
    "Làng Chu",
    "Thôn Văn Mịch",
    "Thôn 4",
    "Bản Hoay",
    "Xóm Đồng Tiến",
    "Khối phố Hòa Bình",
    "Thôn Nà Lùng",
]
# Key, coefficient, full words, shorter words.
CATEGORIES = (
    ("K6C", 1.5, "Người khuyết tật nặng", "NKT nặng"),
    ("K6A", 2.0, "Người khuyết tật đặc biệt nặng", "NKT ĐBN"),
    ("K5B", 1.0, "Người cao tuổi từ đủ 75 đến 80 tuổi thuộc hộ nghèo, hộ cận nghèo", "NCT 75-80"),
    ("K4", 1.0, "Người đơn thân nghèo đang nuôi con", "Đơn thân nuôi con"),
    ("K8", 1.5, "Người nhiễm HIV/AIDS thuộc hộ nghèo", "Người nhiễm HIV nghèo"),
    ("CS2C", 1.0, "Hộ gia đình trực tiếp chăm sóc người khuyết tật đặc biệt nặng", "Hộ gia đình chăm sóc NKT ĐBN"),
)
BANKS = (("Agribank", "970405"), ("Vietcombank", "970436"), ("BIDV", "970418"))
# Headings that some files have in English.
ENGLISH = {
    "STT": "No",
    "TT": "No",
    "Số TT": "No",
    "Số thứ tự": "No.",
    "Stt": "No",
    "Mã đối tượng": "Beneficiary code",
    "Mã ĐT": "Code",
    "Mã số": "Code",
    "Mã hồ sơ": "Code",
    "Số hồ sơ": "Code",
    "Mã NHT": "Code",
    "Mã": "Code",
    "Họ và tên": "Full name",
    "Họ tên": "Name",
    "Họ, tên": "Name",
    "HT": "Name",
    "Tên đối tượng": "Beneficiary name",
    "Họ đệm": "Last name",
    "Họ": "Surname",
    "Tên": "First name",
    "Ngày sinh": "Date of birth",
    "NS": "DOB",
    "Năm sinh": "Year of birth",
    "Sinh ngày": "Birth date",
    "Ngày, tháng, năm sinh": "Date of birth",
    "Nam": "Male",
    "Nữ": "Female",
    "Giới tính": "Sex",
    "GT": "Gender",
    "Phái": "Gender",
    "Số CCCD": "ID number",
    "CCCD": "Citizen ID",
    "Số định danh cá nhân": "Personal ID number",
    "Thôn": "Village",
    "Xóm": "Hamlet",
    "Địa chỉ": "Address",
    "ĐC": "Address",
    "Đối tượng": "Category",
    "Hệ số": "Coefficient",
    "HS": "Coefficient",
    "Số tiền": "Amount",
    "Mức trợ cấp": "Monthly amount",
    "Mức hưởng": "Benefit",
    "Tổng cộng": "Total",
    "Tổng tiền": "Total amount",
    "Cộng": "Total",
    "Truy lĩnh": "Arrears",
    "Phụ cấp": "Allowance",
    "Số tài khoản": "Account number",
    "STK": "Account",
    "Số TK": "Bank account",
    "Tài khoản": "Account",
    "Ngân hàng": "Bank",
    "NH": "Bank",
    "Chủ tài khoản": "Account holder",
    "SĐT": "Phone",
    "Số điện thoại": "Phone number",
    "Ghi chú": "Note",
    "Note": "Note",
    "Dân tộc": "Ethnicity",
    "Tuổi": "Age",
    "Ký nhận": "Signature",
    "Số QĐ": "Decision number",
}
RELATIONS = ("con", "vợ", "chồng", "cháu", "mẹ", "em gái")


@dataclass
class Person:
    name: str
    sex: str
    birth: date
    precision: str
    citizen_id: str
    old_id: str
    code: str
    village: str
    category: tuple[str, float, str, str]
    account: str
    bank: tuple[str, str]
    arrears: int
    months: int
    phone: str
    relative: str
    relation: str
    relative_id: str
    relative_phone: str

    @property
    def amount(self) -> int:
        return int(540_000 * self.category[1])


@dataclass
class Column:
    levels: tuple[str, ...]
    cells: list[Cell]
    money: bool = False
    hidden: bool = False
    of_name: bool = False


@dataclass
class Layout:
    """A list as drawn: what `expected` says of each person in `people`; `doubts` are problems that are right."""

    rng: Random
    people: list[Person]
    columns: list[Column] = field(default_factory=list)
    expected: list[dict[str, Any]] = field(default_factory=list)
    doubts: list[set[str]] = field(default_factory=list)
    title: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    in_rows: set[str] = field(default_factory=set)
    spread: dict[str, int] = field(default_factory=dict)
    english: bool = False
    form: str = ""
    more: Random | None = None

    def pick(self, *choices: str) -> str:
        if self.english:
            choices = tuple(each for each in choices if each in ENGLISH) or choices
        self.said.append(choice := self.rng.choice(choices))
        return choice

    def tell(self, **values: Callable[[Person], Any]) -> None:
        for person, row in zip(self.people, self.expected, strict=True):
            row.update({name: value(person) for name, value in values.items()})

    def add(self, heading: str | tuple[str, ...], value: Callable[[Person], Cell], **about: bool) -> None:
        levels = (heading,) if isinstance(heading, str) else heading
        self.columns.append(Column(levels, [value(person) for person in self.people], **about))

    def some(self, share: float) -> set[int]:
        """Indexes of about this share of the people."""
        return {index for index in range(len(self.people)) if self.rng.random() < share}


def people(rng: Random, count: int) -> list[Person]:
    villages = rng.sample(VILLAGES, rng.randint(2, 4))
    categories = rng.sample(CATEGORIES, rng.randint(2, 4))
    return [_person(rng, n, villages, categories) for n in range(count)]


def _person(rng: Random, n: int, villages: list[str], categories: list[tuple[str, float, str, str]]) -> Person:
    sex = rng.choice(["male", "female"])
    birth = date(rng.randint(1931, 2019), rng.randint(1, 12), rng.randint(1, 28))
    name = f"{rng.choice(FAMILY)} {rng.choice(MIDDLE[sex])} {rng.choice(GIVEN)}"
    century = (0 if birth.year < 2000 else 2) + (sex == "female")
    place = rng.choice(["020", "024", "004", "001", "038"])
    return Person(
        name=rng.choice(SINGLE) if rng.random() < 0.05 else name,
        sex=sex,
        birth=birth,
        precision=rng.choice(["day", "day", "day", "year"]),
        citizen_id=f"{place}{century}{birth.year % 100:02d}{n:03d}{rng.randint(0, 999):03d}",
        old_id=f"08{n:03d}{rng.randint(0, 9999):04d}",
        code=f"BG{n + 100:05d}",
        village=rng.choice(villages),
        category=rng.choice(categories),
        account=f"8412{rng.randint(10**8, 10**9 - 1)}",
        bank=rng.choice(BANKS),
        arrears=rng.choice([0, 0, 0, 160_000, 540_000]),
        months=rng.randint(1, 4),
        phone=f"09{rng.randint(10000000, 99999999)}",
        relative=f"{rng.choice(FAMILY)} Thị {rng.choice(GIVEN)}" if rng.random() < 0.4 else "",
        relation=rng.choice(RELATIONS),
        relative_id=f"0201{80:02d}{n:03d}{rng.randint(0, 999):03d}",
        relative_phone=f"03{rng.randint(10000000, 99999999)}",
    )


def numbers(layout: Layout) -> None:
    kind = layout.pick("stt", "stt", "tt", "none", "per_group")
    if kind == "none":
        return
    count: dict[Any, int] = {}
    heading = layout.pick("STT", "TT", "Số TT", "Số thứ tự", "Stt")

    def number(person: Person) -> Cell:
        group = group_of(layout, person) if kind == "per_group" else None
        count[group] = count.get(group, 0) + 1
        return count[group]

    layout.add(heading, number)


def group_of(layout: Layout, person: Person) -> tuple[str, ...]:
    names = {"village": person.village, "category": person.category[2]}
    return tuple(
        names[each]
        for each in ("sheet", "category_first", "village", "category")
        if each in names and each in layout.in_rows
    )


def code(layout: Layout) -> None:
    if layout.rng.random() < 0.5:
        heading = layout.pick("Mã đối tượng", "Mã ĐT", "Mã số", "Mã hồ sơ", "Số hồ sơ", "Mã NHT", "Mã")
        layout.add(heading, lambda p: p.code)
        layout.tell(code=lambda p: p.code)


def name(layout: Layout) -> None:
    kind = layout.pick("one", "one", "one", "one", "capitals", "two", "merged_two")
    heading = layout.pick(
        "Họ và tên", "Họ tên", "Họ, tên", "Họ và tên đối tượng", "HT", "Tên đối tượng", "Họ và tên người hưởng",
        "Họ tên đối tượng hưởng trợ cấp", "Họ, chữ đệm và tên", "Người hưởng trợ cấp", "Full name", "Tên người được trợ cấp",
    )  # fmt: skip
    layout.tell(full_name=lambda p: p.name)
    titled = titles(layout)
    if kind in ("one", "capitals"):
        layout.add(heading, lambda p: titled(p).upper() if kind == "capitals" else titled(p), of_name=True)
        return
    family, given = layout.pick("Họ và tên đệm", "Họ đệm", "Họ và chữ đệm", "Họ"), "Tên"
    over = ("Họ và tên",) if kind == "merged_two" else ()
    layout.add((*over, family), lambda p: titled(p).rpartition(" ")[0], of_name=True)
    layout.add((*over, given), lambda p: p.name.rpartition(" ")[2])


def titles(layout: Layout) -> Callable[[Person], str]:
    """The name as the list writes it, with a word of address where the list has them."""
    if layout.more is None or layout.more.random() > 0.3 or any(" " not in p.name for p in layout.people):
        return lambda p: p.name
    words = layout.more.choice([("Ông ", "Bà "), ("Ông: ", "Bà: "), ("Ông (Bà) ", "Ông (Bà) "), ("Cụ ", "Cụ ")])
    layout.said.append(f"titles:{words}")
    for doubts in layout.doubts:
        doubts.add("name_guessed")
    return lambda p: words[p.sex == "female"] + p.name


def birth(layout: Layout) -> None:
    kind = layout.pick("text", "text", "date", "mixed", "sexes", "sexes", "year", "three", "short", "serial", "none")
    if kind == "none":
        return
    heading = layout.pick(
        "Ngày sinh", "Ngày, tháng, năm sinh", "NS", "Năm sinh", "Ngày tháng năm sinh", "Sinh ngày", "N.sinh"
    )
    unknown = layout.some(0.05) if kind in ("text", "mixed") else set()
    order = {id(person): n for n, person in enumerate(layout.people)}

    def precision(p: Person) -> str | None:
        if order[id(p)] in unknown:
            return None
        return "year" if kind == "year" else "day" if kind in ("date", "three", "short", "serial") else p.precision

    def told(p: Person) -> date | None:
        exact = precision(p)
        return None if exact is None else p.birth if exact == "day" else date(p.birth.year, 1, 1)

    def cell(p: Person) -> Cell:
        exact, day = precision(p), p.birth
        if exact is None:
            layout.doubts[order[id(p)]] |= {"birth_missing", "birth_unreadable"}
            return layout.rng.choice(["?", "không rõ", "", None])
        if exact == "year":
            choices: list[Cell] = [day.year, str(day.year)]
            return (
                layout.rng.choice([*choices, f"__/__/{day.year}", f"00/00/{day.year}"]) if kind == "mixed" else day.year
            )
        if kind in ("date", "mixed") and (kind == "date" or layout.rng.random() < 0.4):
            return day
        if kind == "serial":
            layout.doubts[order[id(p)]].add("birth_guessed")
            return (day - date(1899, 12, 30)).days
        if kind == "short":
            layout.doubts[order[id(p)]].add("birth_guessed")
            return f"{day:%d/%m/%y}"
        if kind == "mixed":
            return layout.rng.choice(
                [
                    f"{day:%d-%m-%Y}",
                    f"{day:%d.%m.%Y}",
                    f" {day.day} / {day.month} / {day.year}",
                    f"{day.day}/{day.month}/{day.year}",
                ]
            )
        return f"{day:%d/%m/%Y}"

    if kind == "short" and any(row["citizen_id"] or row["old_id"] for row in layout.expected):
        kind = "text"
    if kind == "short":  # a century that two digits cannot tell
        for p in layout.people:
            p.birth = p.birth.replace(year=min(p.birth.year, 1999))
            p.citizen_id = f"{p.citizen_id[:3]}{int(p.sex == 'female')}{p.birth.year % 100:02d}{p.citizen_id[6:]}"
            if p.birth.year < 1930:
                p.birth = p.birth.replace(year=1950)
    layout.tell(birth_date=told, birth_precision=precision)
    if kind == "three":
        over = (layout.pick("Ngày sinh", "Ngày, tháng, năm sinh"),)
        for word, part in (("Ngày", "day"), ("Tháng", "month"), ("Năm", "year")):
            layout.add((*over, word), lambda p, part=part: getattr(p.birth, part))  # type: ignore[misc]
    elif kind == "sexes":
        over = (layout.pick("Ngày, tháng, năm sinh", "Năm sinh", "Ngày sinh"),)
        layout.add((*over, "Nam"), lambda p: cell(p) if p.sex == "male" else None)
        layout.add((*over, "Nữ"), lambda p: cell(p) if p.sex == "female" else None)
        layout.tell(sex=lambda p: p.sex)
        layout.said.append("has_sex")
    else:
        layout.add(heading, cell)


def sex(layout: Layout) -> None:
    if "has_sex" in layout.said:
        return
    kind = layout.pick("none", "column", "column", "marks", "only_female", "english")
    male = {"column": "Nam", "english": "Male"}
    if kind in ("column", "english"):
        heading = layout.pick("Giới tính", "GT", "Phái", "Nam/Nữ", "Giới tính (Nam/Nữ)")
        layout.add(heading, lambda p: male[kind] if p.sex == "male" else {"column": "Nữ", "english": "Female"}[kind])
    elif kind == "marks":
        mark = layout.pick("x", "X", "1", "v")
        layout.add(("Giới tính", "Nam"), lambda p: mark if p.sex == "male" else None)
        layout.add(("Giới tính", "Nữ"), lambda p: mark if p.sex == "female" else None)
    elif kind == "only_female":
        layout.add("Nữ", lambda p: "x" if p.sex == "female" else None)
    if kind != "none":
        layout.tell(sex=lambda p: p.sex)


def identity(layout: Layout) -> None:
    kind = layout.pick("one", "one", "one", "mixed", "two", "numbers", "spaced", "scientific", "none")
    if kind == "none":
        return
    heading = layout.pick(
        "Số CCCD", "CCCD", "Số định danh cá nhân", "Số CMND/CCCD", "CCCD/CMND", "Số căn cước", "SĐDCN", "Căn cước công dân",
        "Số giấy tờ tùy thân", "Số ĐDCN/CCCD", "Số CC/CCCD", "ID number", "Mã định danh", "CMTND/CCCD",
    )  # fmt: skip
    old = layout.some(0.2) if kind in ("mixed", "two") else set()
    order = {id(person): n for n, person in enumerate(layout.people)}
    has_new = lambda p: order[id(p)] not in old  # noqa: E731

    def cell(p: Person) -> Cell:
        if not has_new(p):
            return p.old_id if kind == "mixed" else None
        if kind == "numbers":
            layout.doubts[order[id(p)]].add("id_zero_restored")
            return int(p.citizen_id)
        if kind == "spaced":
            n = p.citizen_id
            return layout.rng.choice(
                [
                    f"{n[:3]} {n[3:6]} {n[6:]}",
                    f"{n[:3]}.{n[3:6]}.{n[6:]}",
                    f"'{n}",
                    f" {n} ",
                    f"{n[:4]}-{n[4:8]}-{n[8:]}",
                    f"{n}.",
                ]
            )
        if kind == "scientific" and order[id(p)] % 3 == 0:
            layout.doubts[order[id(p)]] |= {"id_unreadable"}
            layout.expected[order[id(p)]]["citizen_id"] = None
            return f"{int(p.citizen_id):.5E}"
        return p.citizen_id

    layout.tell(citizen_id=lambda p: p.citizen_id if has_new(p) else None)
    layout.tell(old_id=lambda p: None if has_new(p) else p.old_id)
    layout.add(heading if kind != "two" else "Số CCCD", cell)
    if kind == "two":
        layout.add(layout.pick("Số CMND", "CMND", "Số CMND cũ", "CMTND"), lambda p: None if has_new(p) else p.old_id)
    if layout.rng.random() < 0.3:
        layout.add(layout.pick("Ngày cấp", "Ngày cấp CCCD"), lambda p: date(2021, 5, p.birth.day))
        layout.add(layout.pick("Nơi cấp", "Nơi cấp CCCD"), lambda p: "Cục CS QLHC về TTXH")


def village(layout: Layout) -> None:
    if layout.in_rows & {"village", "sheet"}:
        layout.tell(village=lambda p: p.village)
        if layout.rng.random() < 0.2:
            layout.add("Địa chỉ", lambda p: "xã Bình Gia")
        return
    kind = layout.pick("column", "column", "address", "address_only", "none")
    if kind == "none":
        return
    layout.tell(village=lambda p: p.village)
    if kind == "column":
        layout.spread["village"] = len(layout.columns)
        layout.add(
            layout.pick("Thôn", "Thôn, khối phố", "Thôn/bản", "Xóm", "Tổ dân phố", "Thôn (bản, khu phố)", "Khu dân cư"),
            lambda p: p.village,
        )
        if layout.rng.random() < 0.3:
            layout.add("Xã", lambda p: "Bình Gia")
        return
    tail = (
        ""
        if kind == "address_only"
        else layout.pick(
            ", xã Bình Gia", ", xã Bình Gia, tỉnh Lạng Sơn", " - Bình Gia - Lạng Sơn", ", Bình Gia, Lạng Sơn"
        )
    )
    heading = layout.pick(
        "Địa chỉ",
        "Nơi ở hiện nay",
        "Hộ khẩu thường trú",
        "Nơi cư trú",
        "ĐC",
        "Địa chỉ thường trú",
        "Chỗ ở",
        "Nơi thường trú",
    )
    layout.add(heading, lambda p: p.village + tail)


def category(layout: Layout) -> None:
    words = layout.pick("full", "full", "short", "key")
    place = {"full": 2, "short": 3, "key": 0}[words]
    if "category" in layout.in_rows:
        layout.tell(category=lambda p: p.category[2], category_key=lambda p: p.category[0])
    elif layout.rng.random() < 0.6:
        heading = layout.pick(
            "Đối tượng",
            "Loại đối tượng",
            "Diện hưởng",
            "Nhóm đối tượng",
            "Diện đối tượng",
            "Đối tượng hưởng",
            "Chế độ",
            "Loại ĐT",
            "Diện chính sách",
        )
        layout.add(heading, lambda p: str(p.category[place]))
        layout.tell(category=lambda p: p.category[place], category_key=lambda p: p.category[0])


def plain(text: str) -> str:
    """Without accents, as an old printer wrote headings."""
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in letters if not unicodedata.combining(c))


def dotted(amount: int, sign: str = ".") -> str:
    return re.sub(r"(?<=\d)(?=(\d{3})+$)", sign, str(amount))


def money(layout: Layout) -> None:
    style = layout.pick(
        "number", "number", "number", "dots", "commas", "currency", "vnd", "thousands", "spaces", "decimals"
    )
    unit = 1000 if style == "thousands" else 1
    if unit == 1000:
        layout.title.append(
            layout.pick("ĐVT: 1.000 đồng", "Đơn vị tính: nghìn đồng", "(Đơn vị: 1000đ)", "ĐVT: Nghìn đồng")
        )
    elif layout.rng.random() < 0.5:
        layout.title.append(layout.pick("ĐVT: đồng", "Đơn vị tính: VNĐ", "Đơn vị tính: đồng"))

    def shown(amount: int) -> Cell:
        if style == "number" or unit == 1000:
            return amount // unit
        text = dotted(amount, {"commas": ",", "spaces": " ", "decimals": ","}.get(style, "."))
        return text + {"currency": " đ", "vnd": " VNĐ", "decimals": ".00"}.get(style, "")

    kind = layout.pick("amount", "amount", "all", "all", "all", "total_only", "parts", "month", "months", "count")
    if layout.rng.random() < 0.4:
        comma = layout.rng.random() < 0.4
        layout.add(
            layout.pick("Hệ số", "HS", "Hệ số hưởng"),
            lambda p: str(p.category[1]).replace(".", ",") if comma else p.category[1],
        )
        layout.tell(coefficient=lambda p: p.category[1])
    base = layout.pick(
        "Mức trợ cấp",
        "Số tiền",
        "Mức hưởng",
        "M.độ KT" if False else "Mức TC",
        "Tiền trợ cấp",
        "Trợ cấp hàng tháng",
        "Số tiền trợ cấp",
        "Mức trợ cấp/tháng (đồng)",
    )
    over = layout.pick("Số tiền (đồng)", "Kinh phí", "Số tiền chi trả", "")
    levels = lambda text: (over, text) if over and kind in ("all", "parts") else (text,)  # noqa: E731
    if kind == "amount":
        layout.add(base, lambda p: shown(p.amount), money=True)
    elif kind == "month":
        layout.add(
            layout.pick("T11/2026", "Tháng 11/2026", "Tháng 11", "Tiền T11/2026"), lambda p: shown(p.amount), money=True
        )
    elif kind == "months":
        layout.add(levels("Tháng 10/2026"), lambda p: shown(p.amount - 40_000), money=True)
        layout.add(levels("Tháng 11/2026"), lambda p: shown(p.amount), money=True)
        layout.title.append("Tháng 11 năm 2026")
    if kind in ("amount", "month", "months"):
        layout.tell(amount=lambda p: p.amount)
        return
    total = layout.pick(
        "Tổng cộng",
        "Tổng tiền",
        "T.Tiền",
        "Cộng",
        "Thực lĩnh",
        "Tổng số tiền",
        "Số tiền thực nhận",
        "Tổng số tiền được nhận",
        "Thành tiền",
    )
    if kind == "total_only":
        layout.add(total, lambda p: shown(p.amount), money=True)
        layout.tell(total=lambda p: p.amount)
        return
    layout.add(levels(base if not over or base != "Số tiền" else "Trợ cấp"), lambda p: shown(p.amount), money=True)
    late = layout.pick(
        "Truy lĩnh", "Số tiền truy lĩnh", "Truy lĩnh tháng trước", "Truy lĩnh (đồng)", "Chưa trả tháng trước"
    )
    if kind == "count":
        layout.add((late, "Số tháng"), lambda p: p.months if p.arrears else None)
        layout.add((late, "Số tiền"), lambda p: shown(p.arrears) if p.arrears else None, money=True)
    else:
        layout.add(
            levels(late), lambda p: shown(p.arrears) if p.arrears else layout.rng.choice([None, "-", 0]), money=True
        )
    if kind == "parts":
        layout.add(levels("Phụ cấp"), lambda p: None, money=True)
        layout.tell(allowance=lambda p: 0)
    layout.add(levels(total), lambda p: shown(p.amount + p.arrears), money=True)
    layout.tell(amount=lambda p: p.amount, arrears=lambda p: p.arrears, total=lambda p: p.amount + p.arrears)


def account(layout: Layout) -> None:
    kind = layout.pick("none", "none", "one", "joined", "two", "three", "in_heading", "group")
    if kind == "none":
        return
    without = layout.some(0.3)
    order = {id(person): n for n, person in enumerate(layout.people)}
    has = lambda p: order[id(p)] not in without  # noqa: E731
    layout.tell(account_number=lambda p: p.account if has(p) else None)
    heading = layout.pick(
        "Số tài khoản", "STK", "Số TK", "Tài khoản", "TK", "Tài khoản ngân hàng", "Số tài khoản ATM", "TK nhận tiền"
    )
    if kind == "joined":
        sign = layout.pick(" - ", " ", "\n", ", ", " tại ")
        heading = layout.pick("Số tài khoản", "Số TK, ngân hàng", "Tài khoản/Ngân hàng", "STK - Ngân hàng")
        layout.add(heading, lambda p: f"{p.account}{sign}{p.bank[0]}" if has(p) else None)
    elif kind == "in_heading":
        layout.add("Số tài khoản Agribank", lambda p: p.account if has(p) else None)
        for p in layout.people:
            p.bank = BANKS[0]
    elif kind == "group":
        layout.add(("Tài khoản", "Số"), lambda p: p.account if has(p) else None)
        layout.add(("Tài khoản", "Ngân hàng"), lambda p: p.bank[0] if has(p) else layout.rng.choice([None, "Tiền mặt"]))
    else:
        layout.add(heading, lambda p: p.account if has(p) else None)
    if kind in ("two", "three"):
        layout.add(
            layout.pick("Ngân hàng", "Tên ngân hàng", "NH", "Mở tại NH", "Tại ngân hàng"),
            lambda p: p.bank[0] if has(p) else None,
        )
    if kind == "three":
        layout.add(
            layout.pick("Chủ tài khoản", "Tên chủ TK", "Chủ TK", "Họ tên chủ tài khoản", "Tên tài khoản"),
            lambda p: plain(p.name).upper() if has(p) else None,
        )
        layout.tell(account_holder=lambda p: plain(p.name).upper() if has(p) else None)
    if kind != "one":
        layout.tell(bank=lambda p: p.bank[0] if has(p) else None, bank_bin=lambda p: p.bank[1] if has(p) else None)
    for doubts in layout.doubts:
        doubts |= {"account_was_number", "agribank_not_13_digits"}


def phone(layout: Layout) -> None:
    if layout.rng.random() < 0.3:
        layout.add(
            layout.pick("SĐT", "Số điện thoại", "Điện thoại", "ĐT", "Số ĐT", "Di động", "Điện thoại liên hệ"),
            lambda p: p.phone,
        )
        layout.tell(phone=lambda p: p.phone)


def representative(layout: Layout) -> None:
    kind = layout.pick("none", "none", "one", "relation", "columns", "columns_flat", "receiver")
    if kind == "none":
        return
    layout.tell(representative_name=lambda p: p.relative or None)
    heading = layout.pick(
        "Người nhận thay",
        "Người đại diện",
        "Người được ủy quyền",
        "Họ tên người nhận thay",
        "Người giám hộ",
        "Người lĩnh thay",
    )
    if kind == "one":
        layout.add(heading, lambda p: p.relative or None)
    elif kind == "receiver":
        layout.add(("Người nhận", "Ký"), lambda p: None)
        layout.add(("Người nhận", "Họ tên"), lambda p: p.relative or None)
    elif kind == "relation":
        layout.add(heading, lambda p: f"{p.relative} ({p.relation})" if p.relative else None)
    else:
        over = (heading,) if kind == "columns" else ()
        who = "" if over else layout.pick(" người nhận thay", " người nhận hộ", " người được ủy quyền", " NNT")
        layout.add((*over, "Họ và tên" + who), lambda p: p.relative or None)
        layout.add(
            (*over, layout.pick("Quan hệ", "Quan hệ với đối tượng", "Mối quan hệ")),
            lambda p: p.relation if p.relative else None,
        )
        if layout.rng.random() < 0.5:
            layout.add((*over, "Ngày sinh" + who), lambda p: "01/01/1980" if p.relative else None)
        layout.add((*over, "Số CCCD" + who), lambda p: p.relative_id if p.relative else None)
        layout.add((*over, "SĐT" + who), lambda p: p.relative_phone if p.relative else None)
        layout.tell(representative_id=lambda p: p.relative_id if p.relative else None)
        layout.tell(representative_phone=lambda p: p.relative_phone if p.relative else None)
    if kind not in ("one", "receiver"):
        layout.tell(representative_relation=lambda p: p.relation if p.relative else None)


def others(layout: Layout) -> None:
    """Columns that mislead and notes."""
    chance = lambda: layout.rng.random() < 0.15  # noqa: E731
    if chance():
        layout.add("Dân tộc", lambda p: "Tày")
    if chance():
        layout.add("Tuổi", lambda p: 2026 - p.birth.year)
    if chance():
        layout.add("Tên chủ hộ", lambda p: layout.rng.choice(FAMILY) + " Văn Chủ")
    if chance():
        layout.add(
            layout.pick("Số QĐ", "Số quyết định", "Quyết định số", "Số QĐ hưởng"), lambda p: f"{p.months}12/QĐ-UBND"
        )
        layout.tell(decision_no=lambda p: f"{p.months}12/QĐ-UBND")
        if chance() or chance():
            layout.add(layout.pick("Ngày QĐ", "Ngày quyết định", "Ngày ký QĐ"), lambda p: date(2025, p.months, 3))
    if chance():
        over = layout.pick("Thời gian hưởng", "Thời điểm hưởng")
        layout.add((over, "Từ tháng"), lambda p: f"0{p.months}/2025")
        layout.add((over, "Đến tháng"), lambda p: None)
    if chance():
        layout.add("Mức độ KT", lambda p: "Nặng")
    if chance() or chance():
        layout.add(
            layout.pick("Ghi chú", "Ghi chú khác", "Note", "GC"), lambda p: "hộ nghèo" if p.months == 2 else None
        )
        layout.tell(note=lambda p: "hộ nghèo" if p.months == 2 else None)
    if chance() or chance():
        layout.add(layout.pick("Ký nhận", "Ký tên", "Chữ ký", "Ký nhận hoặc điểm chỉ"), lambda p: None)
    for column in layout.columns:
        if len(column.levels) == 1 and layout.rng.random() < 0.02:
            column.hidden = True
