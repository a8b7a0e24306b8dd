"""How long the photos of a case are needed, by what has become of the case."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, select

from portal.config import PhotoDays
from portal.documents.models import Photo
from portal.enrolment.models import Case, CaseFile, CaseState, FileRole, ReceivedFile

OPEN = (CaseState.RECEIVING, CaseState.SUBMITTED, CaseState.RETURNED)
# what a payment to somebody else, or the keeping of data, was founded on
PROOFS = (FileRole.PAPER, FileRole.CONSENT, FileRole.SIGNATURE)


def needed(days: PhotoDays, decided: Subquery, now: datetime) -> list[Select[Any]]:
    """Ids of photos that must stay; `decided` holds `case_id` and `at`, the last decision on each case.

    Photos of open cases always stay. Proofs stay with a confirmed case, and for years after it was replaced.
    """

    def after(count: int, instant: Any) -> ColumnElement[bool]:
        since: ColumnElement[bool] = instant >= now - timedelta(days=count)
        return since

    ended = func.coalesce(decided.c.at, Case.received_at, Case.captured_at)
    agreed = Case.payload[("consent", "purposes")].as_string().like('%"keep_photo"%')
    lives = or_(
        Case.state.in_(OPEN),
        and_(
            Case.state == CaseState.DRAFT,
            or_(after(days.draft, Case.captured_at), after(days.draft, Photo.created_at)),
        ),
        and_(Case.state == CaseState.CONFIRMED, agreed, after(days.confirmed, ended)),
        and_(Case.state.in_((CaseState.CONFIRMED, CaseState.REJECTED)), after(days.ended, ended)),
        and_(Case.state == CaseState.SUPERSEDED, after(days.ended, _replaced(decided))),
    )
    founded = or_(
        Case.state == CaseState.CONFIRMED,
        and_(Case.state == CaseState.SUPERSEDED, decided.c.at.is_not(None), after(days.proof, _replaced(decided))),
    )
    in_case = select(CaseFile.photo_id).join(CaseFile.case).join(CaseFile.photo)
    sent = select(ReceivedFile.photo_id).join(ReceivedFile.photo)
    its_case = sent.join(Case, Case.id == ReceivedFile.case_id).outerjoin(decided, decided.c.case_id == Case.id)
    return [
        in_case.outerjoin(decided, decided.c.case_id == Case.id).where(
            or_(lives, and_(CaseFile.role.in_(PROOFS), founded))
        ),
        its_case.where(lives),
        sent.outerjoin(Case, Case.id == ReceivedFile.case_id).where(
            Case.id.is_(None), after(days.loose, ReceivedFile.received_at)
        ),
    ]


def _replaced(decided: Subquery) -> ColumnElement[datetime]:
    """When the person's newest case came or was decided on: not before the one in question was replaced by it."""
    newer, on_it = Case.__table__.alias("newer"), decided.alias("on_newer")
    last = (
        select(func.max(func.coalesce(on_it.c.at, newer.c.received_at)))
        .select_from(newer.outerjoin(on_it, on_it.c.case_id == newer.c.id))
        .where(newer.c.commune_id == Case.commune_id, newer.c.recipient_id == Case.recipient_id)
        .correlate(Case.__table__)
        .scalar_subquery()
    )
    return func.coalesce(last, Case.received_at, Case.captured_at)
