"""Compare a list with the register, all rows at once: new, changed with each field, unchanged, missing."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import QueryableAttribute

from portal.areas.models import Village
from portal.db import db
from portal.recipients.fields import fields
from portal.recipients.models import (
    Entitlement,
    MethodStatus,
    PaymentMethod,
    Recipient,
    RecipientStatus,
    RosterFile,
    RosterRow,
    Verdict,
)
from portal.recipients.queries import doubtful, missing, says_otherwise

NOT_LIVE = "recipient_status"


def compare(file: RosterFile) -> dict[str, int]:
    """Give each row its verdict and keep the counts in the list's report.

    A row that the file itself spoiled stays refused; one of a person who died or moved away is refused here.
    """
    mine = RosterRow.roster_file_id == file.id
    refused_by_file = and_(RosterRow.verdict == Verdict.REFUSED, RosterRow.recipient_id.is_(None))
    _set(and_(mine, ~refused_by_file), verdict=Verdict.NEW, recipient_id=_recipient_of(file), differences={})
    usable = and_(mine, ~refused_by_file)
    held = select(Entitlement.id).where(
        Entitlement.recipient_id == RosterRow.recipient_id, Entitlement.programme_id == file.programme_id
    )
    _set(and_(usable, held.exists()), verdict=Verdict.UNCHANGED)
    _mark_differences(file)
    _refuse_the_gone(file)
    found: Any = select(RosterRow.verdict, func.count()).where(mine).group_by(RosterRow.verdict)
    counts = {str(verdict): 0 for verdict in Verdict} | {str(v): n for v, n in db.session.execute(found)}
    for name, clause in (("doubts", doubtful()), ("kept", says_otherwise())):
        counts[name] = db.session.scalar(select(func.count()).select_from(RosterRow).where(mine, clause)) or 0
    counts["missing"] = db.session.scalar(select(func.count()).select_from(missing(file).subquery())) or 0
    file.report = file.report | {"counts": counts}
    return counts


def _recipient_of(file: RosterFile) -> Any:
    same = and_(Recipient.commune_id == file.commune_id, Recipient.code == RosterRow.code)
    return select(Recipient.id).where(same).correlate(RosterRow).scalar_subquery()


def _set(where: ColumnElement[bool], **values: Any) -> None:
    db.session.execute(update(RosterRow).where(where).values(values).execution_options(synchronize_session=False))


def _mark_differences(file: RosterFile) -> None:
    told_of = [(field.name, field.kept) for field in fields(file.month)]
    changes = []
    for row_id, *values in db.session.execute(differing(file.id, file.programme_id, file.month)):
        told = {
            name: [_plain(old), _plain(new)]
            for (name, _kept), (old, new, differs) in zip(told_of, _threes(values), strict=True)
            if differs
        }
        applied = any(name in told and not kept for name, kept in told_of)
        changes.append((row_id, Verdict.CHANGED if applied else Verdict.UNCHANGED, told))
    if changes:
        db.session.execute(
            update(RosterRow), [{"id": key, "verdict": verdict, "differences": told} for key, verdict, told in changes]
        )


def differing(file_id: int, programme_id: int, month: date) -> Select[Any]:
    """Rows that say something else than the register, each field with what both say and whether it differs."""
    all_fields = fields(month)
    columns = [part for field in all_fields for part in (field.register, field.file, field.differs)]
    ready = and_(
        PaymentMethod.commune_id == Recipient.commune_id,
        PaymentMethod.recipient_id == Recipient.id,
        PaymentMethod.status == MethodStatus.READY,
    )
    return (
        select(RosterRow.id, *(column.label(f"c{at}") for at, column in enumerate(columns)))
        .join(Recipient, Recipient.id == RosterRow.recipient_id)
        .join(Entitlement, and_(Entitlement.recipient_id == Recipient.id, Entitlement.programme_id == programme_id))
        .outerjoin(Village, Village.id == Recipient.village_id)
        .outerjoin(PaymentMethod, ready)
        .where(RosterRow.roster_file_id == file_id, RosterRow.verdict == Verdict.UNCHANGED)
        .where(or_(*(field.differs for field in all_fields)))
    )


def _threes(values: list[Any]) -> list[tuple[Any, Any, Any]]:
    return list(zip(values[::3], values[1::3], values[2::3], strict=True))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _refuse_the_gone(file: RosterFile) -> None:
    """A list may still hold someone who is known to have died or moved: that is a question, not a change."""
    status: QueryableAttribute[Any] = Recipient.status
    gone = (
        select(RosterRow.id, status)
        .join(Recipient, Recipient.id == RosterRow.recipient_id)
        .where(RosterRow.roster_file_id == file.id, status != RecipientStatus.LIVE)
    )
    found = [
        {"id": key, "verdict": Verdict.REFUSED, "differences": {NOT_LIVE: [str(was), None]}}
        for key, was in db.session.execute(gone)
    ]
    if found:
        db.session.execute(update(RosterRow), found)
