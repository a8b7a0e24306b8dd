"""Which waiting cases show a flag. What was found is kept in memory as codes alone, until something changes it."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.audit.queries import last_change
from portal.db import db
from portal.enrolment.models import Case, CaseFile, CaseState
from portal.recipients.models import Recipient
from portal.review.captured import captured
from portal.review.flags import FlagCode, of_cases
from portal.review.twins import AT_ONCE, SHARED, shared
from portal.vietnam.month import today

KEPT = 50_000  # cases; some hundred bytes each
Key = tuple[uuid.UUID, int, int | None, int | None, date]

_own: dict[Key, frozenset[FlagCode]] = {}


def flagged(commune_id: int, flag: FlagCode) -> frozenset[uuid.UUID]:
    """The commune's waiting cases with this flag."""
    if flag in SHARED:
        return _shared(commune_id, last_change(commune_id) or uuid.uuid4().hex).get(flag, frozenset())
    keys = _keys(commune_id)
    known = {key: codes for key in keys.values() if (codes := _own.get(key)) is not None}
    known |= _compute([key for key in keys.values() if key not in known])
    return frozenset(case_id for case_id, key in keys.items() if flag in known.get(key, ()))


def _keys(commune_id: int) -> dict[uuid.UUID, Key]:
    """What a case's own flags depend on: the versions of the case and of its person, and the day."""
    versions = select(Case.id, Case.version, Case.recipient_id, Recipient.version).outerjoin(Case.recipient)
    waiting = versions.where(Case.commune_id == commune_id, Case.state == CaseState.SUBMITTED)
    day = today()
    return {row[0]: (*row, day) for row in db.session.execute(waiting)}


def _compute(keys: Sequence[Key]) -> dict[Key, frozenset[FlagCode]]:
    computed = {}
    for start in range(0, len(keys), AT_ONCE):
        some = {key[0]: key for key in keys[start : start + AT_ONCE]}
        cases = _loaded(some)
        found = of_cases(cases, {case.id: captured(case) for case in cases})
        for case_id, flags in found.items():
            computed[some[case_id]] = frozenset(flag.code for flag in flags)
    if len(_own) > KEPT:
        _own.clear()
    _own.update(computed)
    return computed


def _loaded(ids: Collection[uuid.UUID]) -> list[Case]:
    photos = selectinload(Case.files).joinedload(CaseFile.photo)
    return list(db.session.scalars(select(Case).where(Case.id.in_(ids)).options(joinedload(Case.recipient), photos)))


@lru_cache(maxsize=64)
def _shared(commune_id: int, _event: str) -> dict[FlagCode, frozenset[uuid.UUID]]:
    """Cases by what they share with others, at an event of the commune: any change there may make or end it."""
    ids = list(_keys(commune_id))
    cases = [case for start in range(0, len(ids), AT_ONCE) for case in _loaded(ids[start : start + AT_ONCE])]
    told = {case.id: captured(case) for case in cases}
    pairs = [(flag.code, case_id) for case_id, flag in shared(cases, told)]
    return {code: frozenset(case_id for other, case_id in pairs if other == code) for code in SHARED}
