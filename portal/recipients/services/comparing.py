"""Compare a list with the register, all rows at once: new, changed with each field, unchanged, probably known, missing."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, exists, func, or_, select, update
from sqlalchemy.orm import QueryableAttribute, aliased

from portal.areas.models import Village
from portal.audit.queries import OF_WORK, last_changes
from portal.db import db
from portal.recipients.fields import fields
from portal.recipients.models import (
    Entitlement,
    EntitlementStatus,
    MethodStatus,
    PaymentMethod,
    Recipient,
    RecipientStatus,
    RosterFile,
    RosterKind,
    RosterRow,
    SamePerson,
    Verdict,
)
from portal.recipients.queries.rosters import doubtful, missing, says_otherwise
from portal.recipients.services.change_lists import judge_changes
from portal.recipients.services.likeness import mark_likely
from portal.recipients.services.rowsets import Tell, nobody, run, set_each, spans

NOT_LIVE = "recipient_status"
_BATCH = 2000
_COMPARED_WITH = "compared_with"
_OF_THE_KNOWN = (Verdict.UNCHANGED, Verdict.CHANGED)


def compare(file: RosterFile, tell: Tell = nobody) -> dict[str, int]:
    """Give each row its verdict and keep the counts in the list's report.

    A row that the file itself spoiled stays refused; one of a person who died or moved away is refused here.
    """
    file.report = file.report | {_COMPARED_WITH: _state_of_register(file)}
    parts = list(spans(file))
    for span, done in parts:
        _find(file, span)
        tell(done // 2)
    # Only when it is known who is on the list can be said who is not, and who might be under another code.
    for span, done in parts:
        _judge(file, span)
        tell((file.rows + done) // 2)
    return count(file)


def still_holds(file: RosterFile) -> bool:
    """Whether nothing at all has changed since the list was last compared as a whole."""
    return file.report.get(_COMPARED_WITH) == _state_of_register(file)


def _state_of_register(file: RosterFile) -> list[str | None]:
    """The commune's last change and the province's: a change that began earlier and ends later comes after them."""
    chains = (file.commune_id, 0)
    found = last_changes(chains, besides=OF_WORK)
    return [found.get(chain) for chain in chains]


def compare_span(file: RosterFile, span: ColumnElement[bool]) -> dict[str, int]:
    """Judge some rows anew: something was said about them."""
    _find(file, span)
    _judge(file, span)
    return count(file)


def count(file: RosterFile) -> dict[str, int]:
    """Rows by verdict, rows with doubts, and people who are missing; kept in the list's report."""
    mine = RosterRow.roster_file_id == file.id
    found: Any = select(RosterRow.verdict, func.count()).where(mine).group_by(RosterRow.verdict)
    counts = {str(verdict): 0 for verdict in Verdict} | {str(v): n for v, n in db.session.execute(found)}
    for name, clause in (("doubts", doubtful()), ("kept", says_otherwise())):
        counts[name] = db.session.scalar(select(func.count()).select_from(RosterRow).where(mine, clause)) or 0
    absent = select(func.count()).select_from(missing(file).order_by(None).subquery())
    counts["missing"] = (db.session.scalar(absent) or 0) if file.kind == RosterKind.ROSTER else 0
    file.report = file.report | {"counts": counts}
    return counts


def _find(file: RosterFile, span: ColumnElement[bool]) -> None:
    """Whose entitlement and whose row it is; only rows of which that is not yet said are touched.

    A row is found by its entitlement, by its person's code, or as an officer has said before; merged records count as
    one.
    """
    run(update(RosterRow).where(span, RosterRow.refused).values(verdict=Verdict.REFUSED))
    coded, told = aliased(Recipient), aliased(Recipient)
    entitlement = and_(
        Entitlement.commune_id == file.commune_id,
        Entitlement.programme_id == file.programme_id,
        Entitlement.code == RosterRow.key,
    )
    answer = and_(SamePerson.commune_id == file.commune_id, SamePerson.key == RosterRow.key, SamePerson.same)
    person = func.coalesce(Entitlement.recipient_id, coded.merged_into_id, coded.id, told.merged_into_id, told.id)
    found = (
        select(RosterRow.id.label("row_id"), Entitlement.id.label("entitlement_id"), person.label("recipient_id"))
        .outerjoin(Entitlement, entitlement)
        .outerjoin(coded, and_(coded.commune_id == file.commune_id, coded.code == RosterRow.key))
        .outerjoin(SamePerson, answer)
        .outerjoin(told, told.id == SamePerson.recipient_id)
        .where(span, ~RosterRow.refused)
        .subquery()
    )
    held = found.c.entitlement_id.is_not(None)
    fresh = or_(
        RosterRow.entitlement_id.is_distinct_from(found.c.entitlement_id),
        RosterRow.recipient_id.is_distinct_from(found.c.recipient_id),
        RosterRow.verdict.in_((Verdict.LIKELY, Verdict.REFUSED)),
        held != RosterRow.verdict.in_(_OF_THE_KNOWN),
    )
    values = {
        "entitlement_id": found.c.entitlement_id,
        "recipient_id": found.c.recipient_id,
        "verdict": case((held, Verdict.UNCHANGED.value), else_=Verdict.NEW.value),
        "differences": {},
    }
    run(update(RosterRow).where(span, RosterRow.id == found.c.row_id, fresh).values(values))


def _judge(file: RosterFile, span: ColumnElement[bool]) -> None:
    _continue_under_new_codes(file, span)
    _mark_differences(file, span)
    _refuse_the_gone(span)
    mark_likely(file, span)
    if file.kind == RosterKind.CHANGES:
        judge_changes(file, span)


def _continue_under_new_codes(file: RosterFile, span: ColumnElement[bool]) -> None:
    """Someone known whose only code of this programme is not on the list has a new code, not a second payment."""
    other = aliased(RosterRow)
    listed = exists().where(other.roster_file_id == file.id, other.key == Entitlement.code)
    single = (
        select(func.min(Entitlement.id))
        .where(
            Entitlement.recipient_id == RosterRow.recipient_id,
            Entitlement.programme_id == file.programme_id,
            Entitlement.status != EntitlementStatus.ENDED,
            ~listed,
        )
        .having(func.count() == 1)
        .correlate(RosterRow)
    )
    known = and_(
        span,
        ~RosterRow.refused,
        RosterRow.entitlement_id.is_(None),
        RosterRow.recipient_id.is_not(None),
    )
    continued = single.scalar_subquery()
    verdict = case((continued.is_not(None), Verdict.UNCHANGED.value), else_=Verdict.NEW.value)
    run(update(RosterRow).where(known).values(entitlement_id=continued, verdict=verdict))


def _mark_differences(file: RosterFile, span: ColumnElement[bool]) -> None:
    told_of = [(field.name, field.kept) for field in fields(file.month)]
    for batch in db.session.execute(differing(span, file.month)).partitions(_BATCH):
        changes: list[dict[str, Any]] = []
        for row_id, before, said, *values in batch:
            told = {
                name: [_plain(old), _plain(new)]
                for (name, _kept), (old, new, differs) in zip(told_of, _threes(values), strict=True)
                if differs
            }
            applied = any(name in told and not kept for name, kept in told_of)
            verdict = Verdict.CHANGED if applied else Verdict.UNCHANGED
            if (verdict, told) != (before, said):
                changes.append({"id": row_id, "verdict": verdict, "differences": told})
        set_each(changes)


def differing(span: ColumnElement[bool], month: date) -> Select[Any]:
    """Rows that say something else than the register, or did so before: what was said of them, then of each field what
    register and list say and whether it differs."""
    all_fields = fields(month)
    columns = [part for field in all_fields for part in (field.register, field.file, field.differs)]
    ready = and_(
        PaymentMethod.commune_id == Recipient.commune_id,
        PaymentMethod.recipient_id == Recipient.id,
        PaymentMethod.status == MethodStatus.READY,
    )
    return (
        select(
            RosterRow.id,
            RosterRow.verdict,
            RosterRow.differences,
            *(column.label(f"c{at}") for at, column in enumerate(columns)),
        )
        .join(Entitlement, Entitlement.id == RosterRow.entitlement_id)
        .join(Recipient, Recipient.id == Entitlement.recipient_id)
        .outerjoin(Village, Village.id == Recipient.village_id)
        .outerjoin(PaymentMethod, ready)
        .where(span, RosterRow.verdict.in_(_OF_THE_KNOWN))
        .where(or_(cast(RosterRow.differences, String) != "{}", *(field.differs for field in all_fields)))
    )


def _threes(values: list[Any]) -> list[tuple[Any, Any, Any]]:
    return list(zip(values[::3], values[1::3], values[2::3], strict=True))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _refuse_the_gone(span: ColumnElement[bool]) -> None:
    """A list may still hold someone who is known to have died or moved: that is a question, not a change."""
    status: QueryableAttribute[Any] = Recipient.status
    gone = (
        select(RosterRow.id, status)
        .join(Recipient, Recipient.id == RosterRow.recipient_id)
        .where(span, status != RecipientStatus.LIVE)
    )
    set_each(
        [
            {"id": key, "verdict": Verdict.REFUSED, "differences": {NOT_LIVE: [str(was), None]}}
            for key, was in db.session.execute(gone)
        ]
    )
