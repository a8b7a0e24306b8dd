"""What only some offices do with a list: two tables on a sheet, two languages, second lines, words before the list."""

from random import Random

from tests.recipients.layout_columns import ENGLISH, Column, Layout
from tests.recipients.layout_files import Page


def _chance(layout: Layout, share: float, what: str) -> bool:
    if layout.more is None or layout.more.random() > share:
        return False
    layout.said.append(what)
    return True


def address(layout: Layout) -> None:
    """Columns without anything, between the others."""
    if _chance(layout, 0.2, "blank columns"):
        for _ in range(2):
            at = layout.more.randint(1, len(layout.columns)) if layout.more else 0
            neighbours = layout.columns[at - 1].levels[0], layout.columns[min(at, len(layout.columns) - 1)].levels[0]
            if neighbours[0] != neighbours[1] and not layout.columns[at - 1].of_name:
                layout.columns.insert(at, Column(("",), [None for _ in layout.people]))
                layout.spread = {name: c + (c >= at) for name, c in layout.spread.items()}


def split(layout: Layout, members: list[int]) -> int:
    """How many of the people stand in the first table."""
    if len(members) > 3 and _chance(layout, 0.35, "stacked"):
        for column in layout.columns:
            column.hidden = False
        return len(members) // 2
    return len(members)


def order(layout: Layout, columns: list[Column], first: int) -> None:
    """The columns of the first table in another order, those under one heading together."""
    if "stacked" not in layout.said or layout.more is None or layout.more.random() < 0.4:
        return
    blocks: list[list[Column]] = []
    for column in columns:
        if blocks and (blocks[-1][0].levels[0] == column.levels[0] or blocks[-1][-1].of_name or column.of_name):
            blocks[-1].append(column)
        else:
            blocks.append([column])
    rest = blocks[1:]
    layout.more.shuffle(rest)
    layout.columns = [column for block in (blocks[0], *rest) for column in block]
    layout.said.append(f"another order from {first}")


def between(layout: Layout, page: Page, row: int, left: int, merged: bool, width: int) -> int:
    """What stands between two tables."""
    chance = layout.more or Random(0)
    if chance.random() < 0.5:
        for text in ("Người lập biểu", "(Ký, ghi rõ họ tên)", None, "Nông Văn Lập", None):
            page.put(row, left + 1, text)
            row += 1
    if chance.random() < 0.7:
        text = chance.choice(["II. DANH SÁCH BỔ SUNG", "DANH SÁCH ĐỐI TƯỢNG (TỜ 2)", "Phần II (tiếp theo)"])
        page.put(row + 1, left, text, (row + 1, left + width - 1) if merged else None)
        row += 2
    return row + chance.randint(0, 2)


def introduction(layout: Layout, page: Page, row: int, left: int, merged: bool) -> int:
    """A line of words between the headings and the first person."""
    if not _chance(layout, 0.25, "introduction"):
        return row
    texts = [
        "Áp dụng mức chuẩn 540.000 đồng/tháng từ 01/7/2026",
        "Chi trả theo Nghị định 20/2021/NĐ-CP",
        "(Kèm theo Quyết định số 12/QĐ-UBND ngày 05/11/2026)",
    ]
    text = layout.more.choice(texts) if layout.more else ""
    page.put(row, left, text, (row, left + len(layout.columns) - 1) if merged else None)
    return row + 1


def second_line(layout: Layout, page: Page, row: int, left: int, person: int) -> int:
    """The last row of a person: sometimes there is a second one, with words under the name."""
    if layout.more is None or layout.more.random() > 0.06:
        return row
    column = next(n for n, each in enumerate(layout.columns) if each.of_name)
    page.put(row + 1, left + column, "(ở cùng con)")
    layout.doubts[person].add("line_joined")
    told = layout.expected[person]
    told["note"] = "\n".join(filter(None, (told["note"], "(ở cùng con)")))
    layout.said.append(f"second line under {person}")
    return row + 1


def in_two_languages(layout: Layout, text: str, shown: str) -> str:
    if layout.more is None or layout.english or "one language" in layout.said:
        return shown
    if "two languages" not in layout.said and not _chance(layout, 0.2, "two languages"):
        layout.said.append("one language")
        return shown
    return f"{shown}\n({ENGLISH[text]})" if text in ENGLISH else shown
