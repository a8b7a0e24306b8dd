"""Who is who, and the boundary of what each may see."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, select

from portal.areas.models import InCommune
from portal.db import db
from portal.staff.models import StaffCommune, StaffMember

Row = TypeVar("Row", bound=InCommune)


def visible_to(model: type[Row], member: StaffMember) -> Select[Row]:
    """Rows of the member's communes: every read of personal data begins here."""
    return select(model).where(in_communes_of(model.commune_id, member))


def in_communes_of(column: Any, member: StaffMember) -> ColumnElement[bool]:
    """The same boundary for a statement of one's own: `column` is a commune_id."""
    mine = select(StaffCommune.commune_id).where(StaffCommune.staff_member_id == member.id)
    clause: ColumnElement[bool] = column.in_(mine)
    return clause


def one_visible(model: type[Row], member: StaffMember, key: Any, *, lock: bool = False) -> Row | None:
    """The row with this key if the member may see it; `lock` keeps others from changing it in this transaction."""
    statement = visible_to(model, member).where(model.id == key)  # type: ignore[attr-defined]
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(statement).one_or_none()


def by_username(username: str) -> StaffMember | None:
    return db.session.scalars(select(StaffMember).where(StaffMember.username == username.strip().lower())).one_or_none()


def all_staff() -> list[StaffMember]:
    return list(db.session.scalars(select(StaffMember).order_by(StaffMember.active.desc(), StaffMember.username)))
