"""The rows of a list in spans: each span is a few statements, so that a big list shows how far it is and can be stopped."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from portal.db import db, table_of
from portal.recipients.models import RosterFile, RosterRow, Verdict

FIRST, SPAN = 500, 5000
AT_ONCE = 1000
MANY = 2000  # rows from which on old statistics mislead the database; fewer are not worth new ones
Tell = Callable[[int], None]


def nobody(_done: int) -> None:
    """Told of progress where nobody waits for it."""


def spans(file: RosterFile) -> Iterator[tuple[ColumnElement[bool], int]]:
    """Conditions that take the rows of a list in turn, each with the number of rows up to its end; the first is short."""
    mine = RosterRow.roster_file_id == file.id
    numbered = select(RosterRow.row, func.row_number().over(order_by=RosterRow.row).label("place")).where(mine)
    places = numbered.subquery()
    ends = (
        select(places.c.row, places.c.place)
        .where(or_(places.c.place == FIRST, places.c.place % SPAN == 0))
        .order_by(places.c.row)
    )
    last = select(func.max(RosterRow.row), func.count()).where(mine)
    before = -1
    for end, place in [*db.session.execute(ends), *db.session.execute(last)]:
        if end is not None and end > before:
            yield and_(mine, RosterRow.row > before, RosterRow.row <= end), place
            before = end


def with_verdict(span: ColumnElement[bool], *verdicts: Verdict) -> ColumnElement[bool]:
    return and_(span, RosterRow.verdict.in_(verdicts))


def run(statement: Any) -> None:
    """Execute a statement over many rows; the session holds none of them."""
    db.session.execute(statement, execution_options={"synchronize_session": False})


def set_each(rows: list[dict[str, Any]]) -> None:
    """Give each of these rows (by `id`) values of its own; all of them have the same columns."""
    for start in range(0, len(rows), AT_ONCE):
        names = list(rows[0])
        told = table_of(rows[start : start + AT_ONCE], {name: RosterRow.__table__.c[name].type for name in names})
        values = {name: told.c[name] for name in names if name != "id"}
        run(update(RosterRow).where(RosterRow.id == told.c.id).values(values))
