"""What the texts over a table say of it: whose village and category it holds, and what it is called."""

from collections.abc import Iterator

from portal.recipients.parsing import categories, villages
from portal.recipients.parsing.grid import Grid, fold
from portal.recipients.parsing.headers import Header
from portal.recipients.parsing.lines import Line, Of
from portal.recipients.parsing.words import KINDS_OF_PEOPLE, LIST_OF, NO_HEADING, NO_VILLAGE, VILLAGE
from portal.spreadsheets.sheet import cell_name

TITLE_ROWS = 12
_LONGEST_VILLAGE, _LONGEST = 40, 160


def named_above(grid: Grid, header: Header, after: int) -> Iterator[Line]:
    """A village and a category named alone on lines above the header, below row `after`, that no column tells."""
    told = set(header.columns)
    for row, text in _alone(grid, header, after):
        bare = LIST_OF.sub("", villages.without_numbering(text))
        of: Of = "village" if _is_village(text) else "category" if _is_category(text, bare) else ""
        if of and of not in told:
            told.add(of)
            cell = cell_name(row, grid.filled(row)[0])
            yield Line("group", row, cell, bare, {}, of)


def title_above(grid: Grid, header: Header, after: int) -> str:
    """What a table is called: its title, else the first text alone on a line."""
    texts = [text for _, text in _alone(grid, header, after)]
    named = (text for text in texts if NO_HEADING.match(fold(villages.without_numbering(text))))
    return next((text for text in named if LIST_OF.match(villages.without_numbering(text))), next(iter(texts), ""))


def _alone(grid: Grid, header: Header, after: int) -> Iterator[tuple[int, str]]:
    for row in range(max(0, after + 1, header.top - TITLE_ROWS), header.top):
        texts = [text for column in grid.filled(row) if (text := grid.text(row, column))]
        if len(texts) == 1 and len(texts[0]) <= _LONGEST:
            yield row, texts[0]


def _is_village(text: str) -> bool:
    bare = LIST_OF.sub("", villages.without_numbering(text))
    return len(bare) <= _LONGEST_VILLAGE and VILLAGE.match(bare) is not None and not NO_VILLAGE.match(text)


def _is_category(text: str, bare: str) -> bool:
    numbered = villages.without_numbering(text) != text.strip(" :;,") and bare != text
    named = KINDS_OF_PEOPLE.match(fold(bare)) is not None and not NO_HEADING.match(
        fold(villages.without_numbering(text))
    )
    return categories.key_of(bare) is not None or (numbered and named)
