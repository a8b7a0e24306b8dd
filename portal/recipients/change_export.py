"""The changes of a month as a workbook, in the shape in which communes keep such lists; the portal reads it back."""

from collections.abc import Iterator

from portal.areas.models import Commune
from portal.formats import birth, label, month
from portal.recipients import labels
from portal.recipients.models import ChangeKind, Programme, Section
from portal.recipients.queries.monthly import Monthly, Step
from portal.recipients.queries.monthly_people import ChangedPerson
from portal.recipients.queries.tellings import Detail
from portal.spreadsheets import Column, write_table
from portal.vietnam import banks

COLUMNS = (
    Column("STT", "integer", width=6),
    Column("Mã đối tượng", width=14),
    Column("Họ và tên", width=28),
    Column("Ngày sinh", width=12),
    Column("Số định danh/CCCD", width=18),
    Column("Thôn", width=20),
    Column("Đối tượng", width=36),
    Column("Mức cũ", "integer", width=12),
    Column("Mức mới", "integer", width=12),
    Column("Truy lĩnh", "integer", width=12),
    Column("Thu hồi", "integer", width=12),
    Column("Số tài khoản", width=18),
    Column("Ngân hàng", width=16),
    Column("Người nhận thay", width=28),
    Column("Từ tháng", width=10),
    Column("Số quyết định", width=20),
    Column("Nội dung, lý do", width=50),
)
_PARTS = {Section.INCREASE: ("I", "TĂNG", "tăng"), Section.DECREASE: ("II", "GIẢM", "giảm")}
_PARTS |= {Section.ADJUSTMENT: ("III", "ĐIỀU CHỈNH", "điều chỉnh")}
Cells = list[str | int | None]


def workbook(commune: Commune, programme: Programme, told: Monthly, people: list[ChangedPerson]) -> bytes:
    title = [
        f"ỦY BAN NHÂN DÂN {commune.name.upper()}",
        f"DANH SÁCH TĂNG, GIẢM, ĐIỀU CHỈNH: {programme.name.upper()}",
        f"Tháng {told.month.month} năm {told.month.year}",
    ]
    return write_table(_rows(people), COLUMNS, sheet=f"Tang giam T{told.month:%m-%Y}", title=title)


def _rows(people: list[ChangedPerson]) -> Iterator[Cells]:
    for section, (number, name, word) in _PARTS.items():
        mine = [each for each in people if each.changed.section == section]
        if not mine:
            continue
        yield _line(f"{number}. {name} ({len(mine)} đối tượng)")
        rows = [_row(at, each) for at, each in enumerate(mine, start=1)]
        yield from rows
        sums = {at: sum(amount for row in rows if isinstance(amount := row[at], int)) for at in range(7, 11)}
        yield _line(f"Cộng {word}: {len(mine)} đối tượng", sums)


def _line(text: str, sums: dict[int, int] | None = None) -> Cells:
    return [text, *(sums.get(at) if sums else None for at in range(1, len(COLUMNS)))]


def _row(number: int, each: ChangedPerson) -> Cells:
    changed, person, method, other = each.changed, each.person, each.method, each.representative
    bank = banks.by_bin(method.provider_bin) if method and method.provider_bin else None
    arrears = sum(amount for kind, amount in changed.once.items() if kind != "clawback")
    return [
        number,
        each.entitlement.code,
        person.full_name,
        birth(person.birth_date, person.birth_precision or "day") if person.birth_date else None,
        person.citizen_id,
        person.village.name if person.village else None,
        each.entitlement.category_text,
        changed.before or None,
        changed.after or None,
        arrears or None,
        changed.once.get("clawback") or None,  # type: ignore[call-overload]
        method.account_number if method else None,
        bank.short if bank else None,
        f"{other.full_name} ({other.relation})" if other and other.relation else other.full_name if other else None,
        month(each.from_month) if each.from_month else None,
        each.decision_no or None,
        _content(each),
    ]


def _content(each: ChangedPerson) -> str:
    """The reasons, and each thing as it was and is."""
    return "; ".join(part for part in (reason_words(each), *map(_detail, each.details)) if part)


def _detail(detail: Detail) -> str:
    before, after = (labels.value_words(detail.field, value, plain=True) for value in (detail.before, detail.after))
    words = f"{labels.field_words(detail.field)}: {before} → {after}"
    return f"{words} (theo danh sách, sổ giữ nguyên)" if detail.kept else words


def reason_words(each: ChangedPerson) -> str:
    """The reasons as they were given; without one the cause or the kind of the change in words, where it is not said
    what is otherwise."""
    told = [step.reason or _kind_words(step) for step in each.changed.steps]
    said = [*told, *each.changed.reasons, *(telling.reason for telling in each.changed.told)]
    return "; ".join(dict.fromkeys(words for words in said if words))


def _kind_words(step: Step) -> str:
    if step.cause:
        return label(step.cause)
    return "" if step.kind == ChangeKind.DETAILS and step.details else label(step.kind)
