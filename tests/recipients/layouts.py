"""Lists of invented people drawn as offices draw them; a seed is a file whose every field is known."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from tests.recipients import layout_columns as blocks
from tests.recipients import layout_more
from tests.recipients.layout_columns import Cell, Layout, Person, dotted, plain
from tests.recipients.layout_files import Page, write

FIELDS = [
    "code",
    "full_name",
    "birth_date",
    "birth_precision",
    "sex",
    "citizen_id",
    "old_id",
    "village",
    "category",
    "category_key",
    "coefficient",
    "amount",
    "allowance",
    "arrears",
    "total",
    "account_number",
    "account_holder",
    "bank",
    "bank_bin",
    "representative_name",
    "representative_relation",
    "representative_id",
    "representative_phone",
    "phone",
    "note",
    "decision_no",
]
ORDER = (blocks.code, blocks.birth, blocks.sex, blocks.identity, blocks.village, blocks.category, blocks.money)
LAST = (blocks.account, blocks.phone, blocks.representative, blocks.others)


@dataclass(frozen=True)
class Drawn:
    """The file, and of each person in the order of the list what is true and which problems may be told."""

    path: Path
    expected: list[dict[str, Any]]
    doubts: list[set[str]]
    said: list[str]


def draw(seed: int, folder: Path, count: int | None = None, *, more: bool = False) -> Drawn:
    """`more`: also what only some offices do, drawn by another chance, so that a seed stays the file that it was."""
    rng = Random(seed)
    layout = Layout(rng, blocks.people(rng, count or rng.randint(3, 14)))
    layout.more = Random(f"more {seed}") if more else None
    layout.english = rng.random() < 0.06
    layout.in_rows = set(
        rng.choice(
            [
                (),
                (),
                ("village",),
                ("category",),
                ("village", "category"),
                ("category_first", "category", "village"),
                ("sheet",),
            ]
        )
    )
    layout.said.append("rows:" + "+".join(sorted(layout.in_rows)))
    if layout.in_rows:
        layout.people.sort(key=lambda p: blocks.group_of(layout, p) if "sheet" not in layout.in_rows else p.village)
    elif rng.random() < 0.3:
        layout.people.sort(key=lambda p: p.village)
    layout.expected = [dict.fromkeys(FIELDS) for _ in layout.people]
    layout.doubts = [set() for _ in layout.people]
    blocks.numbers(layout)
    parts = list(ORDER)
    if rng.random() < 0.3:
        rng.shuffle(parts)
    where = rng.randint(0, len(parts)) if rng.random() < 0.2 else 0
    if where == 0 and rng.random() < 0.2:
        where = 1
    for part in (*parts[:where], blocks.name, *parts[where:], *LAST):
        part(layout)
        if rng.random() < 0.03:
            layout.columns.append(blocks.Column(("",), [None for _ in layout.people]))
    layout_more.address(layout)
    form = layout.pick("xlsx", "xlsx", "xlsx", "ods", "csv;", "csv,", "csv\t")
    layout.form = form
    pages = _pages(layout, merged=form in ("xlsx", "ods") and rng.random() < 0.8, flat=form.startswith("csv"))
    path = write(layout, pages, form, folder / f"{seed}")
    return Drawn(path, layout.expected, layout.doubts, layout.said)


def _pages(layout: Layout, merged: bool, flat: bool) -> list[Page]:
    if "sheet" in layout.in_rows and flat:
        layout.in_rows = {"village"}
    if "sheet" not in layout.in_rows:
        pages = [_page(layout, list(range(len(layout.people))), "DS chi trả", merged)]
    else:
        names = sorted({person.village for person in layout.people})
        members = [[n for n, p in enumerate(layout.people) if p.village == name] for name in names]
        style = layout.rng.random()
        pages = [
            _page(layout, which, name if style < 0.5 else name.upper(), merged)
            for name, which in zip(names, members, strict=True)
        ]
    if not flat:
        _around(layout, pages)
    return pages


def _around(layout: Layout, pages: list[Page]) -> None:
    """Sheets that are no list of people."""
    if layout.rng.random() < 0.2:
        cover = Page("Bìa")
        cover.put(3, 2, "DANH SÁCH CHI TRẢ TRỢ CẤP XÃ HỘI")
        cover.put(5, 2, "Tháng 11 năm 2026")
        pages.insert(0, cover)
    if layout.rng.random() < 0.3:
        summary = Page("Tổng hợp")
        for column, text in enumerate(("STT", "Thôn", "Số đối tượng", "Số tiền")):
            summary.put(2, column, text)
        for row, name in enumerate(sorted({person.village for person in layout.people})):
            for column, value in enumerate((row + 1, name, 3, 1_620_000)):
                summary.put(3 + row, column, value)
        pages.insert(layout.rng.choice([0, len(pages)]), summary)
    if layout.rng.random() < 0.15:
        hidden = Page("data", visible=False)
        for row, text in enumerate(("Danh mục", "K4", "K5B", "K6C")):
            hidden.put(row, 0, text)
        pages.append(hidden)


def _page(layout: Layout, members: list[int], name: str, merged: bool) -> Page:
    rng = layout.rng
    page = Page(name)
    left = rng.choice([0, 0, 0, 0, 1, 2])
    width = len(layout.columns)
    top = _letterhead(layout, page, left, width, merged)
    page.hidden = {left + n for n, column in enumerate(layout.columns) if column.hidden}
    style = Random(len(layout.said)).choice(["as is", "as is", "as is", "upper", "plain", "lines", "lower"])
    style = next((s[6:] for s in layout.said if s.startswith("heads:")), "") or style
    layout.said.append(f"heads:{style}")
    columns, split = list(layout.columns), layout_more.split(layout, members)
    layout_more.order(layout, columns, split)
    bottom = _header(layout, page, top, left, merged, style)
    row = bottom + 1
    if rng.random() < 0.25:
        letters = rng.random() < 0.3
        for n in range(width):
            page.put(row, left + n, ("AB"[n] if letters and n < 2 else str(n - 1) if letters else f"({n + 1})"))
        row += 1
    row = layout_more.introduction(layout, page, row, left, merged)
    row = _body(layout, page, members[:split], row, left, merged, (top, bottom))
    if split < len(members):
        row = layout_more.between(layout, page, row, left, merged, width)
        layout.columns = columns
        row = _header(layout, page, row, left, merged, style) + 1
        row = _body(layout, page, members[split:], row, left, merged, (top, bottom))
    if split < len(members):
        pass
    elif page.merged and layout.form == "xlsx" and "village" in layout.spread and not layout.in_rows:
        _merge_villages(layout, page, left)
    if rng.random() < 0.5:
        for text in ("Bằng chữ: Một triệu đồng chẵn./.", "", "NGƯỜI LẬP BIỂU", "", "Nông Văn Lập"):
            page.put(row, left + (1 if width > 1 else 0), text or None)
            row += 1
        page.put(row - 3, left + width - 1, "CHỦ TỊCH")
    return page


def _merge_villages(layout: Layout, page: Page, left: int) -> None:
    """The village stands once in a cell that is merged over its people."""
    column = left + layout.spread["village"]
    cells = sorted((row, value) for (row, c), value in page.cells.items() if c == column and value in blocks.VILLAGES)
    for (row, value), (above, same) in reversed(list(zip(cells[1:], cells[:-1], strict=True))):
        if value == same and row == above + 1:
            del page.cells[row, column]
            for area in [area for area in page.merged if area[:2] == (row, column)]:
                page.merged.remove(area)
                row = area[2]
            page.merged.append((above, column, row, column))


def _letterhead(layout: Layout, page: Page, left: int, width: int, merged: bool) -> int:
    row = layout.rng.choice([0, 0, 0, 2])
    if layout.rng.random() < 0.7 or layout.title:
        page.put(row, left, "UBND XÃ BÌNH GIA")
        page.put(row, left + max(width - 2, 1), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
        row += 2
        title = layout.rng.choice(
            ["DANH SÁCH CHI TRẢ TRỢ CẤP XÃ HỘI", "DANH SÁCH ĐỐI TƯỢNG HƯỞNG TRỢ CẤP HÀNG THÁNG", "BẢNG KÊ CHI TRẢ"]
        )
        page.put(row, left, title, (row, left + width - 1) if merged else None)
        page.put(row + 1, left, "Tháng 11 năm 2026" if layout.rng.random() < 0.8 else None)
        row += 2
        for text in layout.title:
            page.put(row, left + (width - 1 if layout.rng.random() < 0.5 else 0), text)
            row += 1
        row += layout.rng.choice([0, 0, 1])
    return row


def _styled(text: str, style: str) -> str:
    if style == "lines" and " " in text:
        first, _, rest = text.partition(" ")
        return f"{first}\n{rest}"
    return {"upper": text.upper, "plain": lambda: plain(text), "lower": text.lower}.get(style, lambda: text)()


def _header(layout: Layout, page: Page, top: int, left: int, merged: bool, style: str) -> int:
    depth = max(len(column.levels) for column in layout.columns)
    previous: tuple[str, ...] = ()
    for n, column in enumerate(layout.columns):
        levels = column.levels
        for level, text in enumerate(levels):
            last = level == len(levels) - 1
            shown = layout_more.in_two_languages(
                layout, text, _styled(blocks.ENGLISH.get(text, text) if layout.english else text, style)
            )
            if not last and previous[: level + 1] == levels[: level + 1]:
                continue
            wide = n
            while (
                not last
                and wide + 1 < len(layout.columns)
                and layout.columns[wide + 1].levels[: level + 1] == levels[: level + 1]
            ):
                wide += 1
            end = (top + depth - 1 if last else top + level, left + wide)
            page.put(top + level, left + n, shown, end if merged else None)
        previous = levels if len(levels) > 1 else ()
    return top + depth - 1


def _body(
    layout: Layout, page: Page, members: list[int], row: int, left: int, merged: bool, header: tuple[int, int]
) -> int:
    rng = layout.rng
    groups = [each for each in ("category_first", "village", "category") if each in layout.in_rows]
    if "category_first" in groups:
        groups = ["category", "village"]
    style = {key: rng.choice(values) for key, values in _STYLES.items()}
    layout.said += [f"{key}:{value}" for key, value in style.items()] if groups else []
    open_groups: list[str] = []
    counts = [0, 0]
    start = row
    for position, n in enumerate(members):
        person = layout.people[n]
        wanted = [person.village if each == "village" else person.category[2] for each in groups]
        if wanted != open_groups:
            if open_groups and style["sum"] != "none":
                row = _sum(
                    layout,
                    page,
                    row,
                    left,
                    style["sum"].format(name=open_groups[0 if len(wanted) == 1 else -1]),
                    members[:3],
                    merged,
                )
            for level, text in enumerate(wanted):
                if wanted[: level + 1] != open_groups[: level + 1]:
                    counts[level] += 1
                    counts[level + 1 :] = [0] * (1 - level)
                    row = _group(layout, page, row, left, text, level, counts[level], style, merged, len(groups))
            open_groups = wanted
        for column, each in enumerate(layout.columns):
            page.put(row, left + column, each.cells[n])
        row = layout_more.second_line(layout, page, row, left, n) + 1
        if position and position % 6 == 0 and style["page"] != "none":
            row = _sum(layout, page, row, left, "Cộng trang", members[:2], merged)
            if style["page"] == "header":
                row = (
                    _header(
                        layout, page, row + 1, left, merged, next(s[6:] for s in layout.said if s.startswith("heads:"))
                    )
                    + 1
                )
            row = _sum(layout, page, row, left, "Mang sang", members[:2], merged)
        row += rng.random() < 0.05
    if open_groups and style["sum"] != "none":
        row = _sum(layout, page, row, left, style["sum"].format(name=open_groups[-1]), members[:3], merged)
    if style["total"] != "none" and row > start:
        row = _sum(layout, page, row, left, style["total"].replace("3", str(len(members))), members, merged)
    return row


_STYLES = {
    "mark": ["roman", "roman", "letter", "none", "inline", "number"],
    "place": ["name", "first", "wide"],
    "text": ["plain", "plain", "upper", "count"],
    "sum": ["none", "none", "Cộng", "Cộng {name}", "Tổng {name}", "Cộng: 3 người"],
    "page": ["none", "none", "none", "sum", "header"],
    "total": ["none", "Tổng cộng", "TỔNG CỘNG:", "Tổng cộng: 3 người", "Cộng", "Tổng số tiền"],
}
_ROMAN = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV"]


def _group(
    layout: Layout,
    page: Page,
    row: int,
    left: int,
    name: str,
    level: int,
    count: int,
    style: dict[str, str],
    merged: bool,
    levels: int,
) -> int:
    kind = style["mark"] if level == 0 else "number" if style["mark"] != "none" else "none"
    if levels == 1 and kind == "number":
        kind = "roman"
    mark = {
        "roman": _ROMAN[min(count, 14)],
        "letter": "ABCDEFGHIKLMNO"[min(count, 14) - 1],
        "number": str(count),
        "inline": "",
    }.get(kind, "")
    text = name.upper() if style["text"] == "upper" else f"{name}: 3 người" if style["text"] == "count" else name
    if kind == "inline":
        text = f"{_ROMAN[min(count, 14)]}. {text}"
    numbered = layout.columns[0].levels[0].casefold() in ("stt", "tt", "số tt", "số thứ tự")
    names = next(n for n, c in enumerate(layout.columns) if c.of_name)
    if style["place"] == "wide" or not numbered:
        text = f"{mark}. {text}" if mark else text
        page.put(row, left, text, (row, left + min(len(layout.columns), 5) - 1) if merged else None)
    else:
        page.put(row, left, mark or None)
        page.put(row, left + (names if style["place"] == "name" else 1), text)
    return row + 1


def _sum(layout: Layout, page: Page, row: int, left: int, text: str, members: list[int], merged: bool) -> int:
    first = next((n for n, column in enumerate(layout.columns) if column.money), len(layout.columns))
    page.put(row, left, text, (row, left + first - 1) if merged and first > 1 else None)
    for n, column in enumerate(layout.columns):
        if column.money:
            figures = [blocks_value(column.cells[m]) for m in members]
            total = sum(figures)
            page.put(row, left + n, total if isinstance(column.cells[0], int) else dotted(total))
    return row + 1


def blocks_value(cell: Cell) -> int:
    digits = "".join(c for c in str(cell or 0).removesuffix(".00") if c.isdecimal())
    return int(digits or 0)


__all__ = ["Drawn", "Person", "date", "draw"]
