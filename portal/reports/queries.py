"""Figures of a commune and of a province: each page is a few statements over all rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select

from portal.areas.models import Commune, Village
from portal.audit.queries import last_changes
from portal.db import db
from portal.enrolment.models import Case, CaseState
from portal.payouts.models import SEALED_STATES, Line, Outcome, Run, RunState
from portal.recipients.models import (
    ACCOUNT_KINDS,
    Entitlement,
    EntitlementStatus,
    MethodStatus,
    PaymentMethod,
    Programme,
    Recipient,
    RecipientStatus,
    Representative,
    RepresentativeStatus,
)
from portal.recipients.queries.representing import count_unpaid
from portal.staff.models import StaffMember
from portal.staff.queries import in_communes_of
from portal.vietnam.month import add_months, first_of
from portal.visits.models import Visit, VisitKind

GOAL = 50  # percent by the end of the year, from the commune's plan
MONTHS = 6
SOON = timedelta(days=30)
REPORTED = frozenset({RunState.RECONCILED, RunState.SETTLED})


class Sort(StrEnum):
    SHARE = "share"
    NAME = "name"


@dataclass(frozen=True)
class Coverage:
    """Entitled people of one place, and how many of them are paid through an account or lack something."""

    place_id: int | None = None
    name: str = ""
    people: int = 0
    accounts: int = 0
    to_open: int = 0
    without_number: int = 0
    without_phone: int = 0

    def __add__(self, other: "Coverage") -> "Coverage":
        return Coverage(
            None,
            "",
            self.people + other.people,
            self.accounts + other.accounts,
            self.to_open + other.to_open,
            self.without_number + other.without_number,
            self.without_phone + other.without_phone,
        )

    @property
    def missing(self) -> int:
        """People who must still get an account before the goal is met."""
        return max(0, -(-self.people * GOAL // 100) - self.accounts)

    @property
    def without_account(self) -> int:
        return self.people - self.accounts


Within = Callable[[Any], ColumnElement[bool]]


def _columns(within: Within) -> list[ColumnElement[Any]]:
    """People and the figures of Coverage. Each list of ids is made once, not looked up for every person."""
    methods = select(PaymentMethod.recipient_id).where(within(PaymentMethod.commune_id))
    ready = methods.where(PaymentMethod.status == MethodStatus.READY, PaymentMethod.kind.in_(ACCOUNT_KINDS))
    counted = (
        Recipient.id.in_(ready),
        Recipient.id.in_(methods.where(PaymentMethod.status == MethodStatus.TO_OPEN)),
        Recipient.citizen_id.is_(None),
        Recipient.phone.is_(None),
    )
    return [func.count(), *(func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in counted)]


def _entitled(within: Within, programme_id: int | None) -> ColumnElement[bool]:
    live = select(Entitlement.recipient_id).where(
        within(Entitlement.commune_id), Entitlement.status == EntitlementStatus.LIVE
    )
    if programme_id:
        live = live.where(Entitlement.programme_id == programme_id)
    return and_(within(Recipient.commune_id), Recipient.status == RecipientStatus.LIVE, Recipient.id.in_(live))


def by_village(commune_id: int, programme_id: int | None = None, sort: Sort = Sort.SHARE) -> list[Coverage]:
    """Every village with entitled people; people without a village last. `programme_id` None: of any programme."""

    def within(column: Any) -> ColumnElement[bool]:
        return column == commune_id  # type: ignore[no-any-return]

    told = select(Village.id, Village.name, *_columns(within)).select_from(Recipient)
    told = told.outerjoin(Village, Village.id == Recipient.village_id)
    told = told.where(_entitled(within, programme_id))
    rows = db.session.execute(told.group_by(Village.id, Village.name, Village.search_key).order_by(Village.search_key))
    found = [Coverage(key, name or "", *map(int, counts)) for key, name, *counts in rows]
    if sort == Sort.SHARE:
        found.sort(key=lambda place: place.accounts / place.people, reverse=True)
    return sorted(found, key=lambda place: place.place_id is None)


def total(places: Sequence[Coverage]) -> Coverage:
    return sum(places, Coverage())


def by_commune(member: StaffMember) -> list[Coverage]:
    """Every commune of the member, also those without anybody: figures only, nobody's data."""
    told = select(Commune.id, Commune.name).where(in_communes_of(Commune.id, member)).order_by(Commune.code)
    names = dict(db.session.execute(told).all())
    figures = _figures(list(names))
    return [Coverage(key, name, *figures[key]) for key, name in names.items()]


_known: dict[int, tuple[str, list[int]]] = {}


def _figures(commune_ids: list[int]) -> dict[int, list[int]]:
    """The figures of Coverage by commune: counted once for all communes that have changed since they were counted."""
    changes = last_changes(commune_ids)
    found = {key: _known[key][1] for key in commune_ids if key in _known and _known[key][0] == changes.get(key)}
    missing = [key for key in commune_ids if key not in found]

    def within(column: Any) -> ColumnElement[bool]:
        return column.in_(missing)  # type: ignore[no-any-return]

    if missing:
        found |= {key: [] for key in missing}
        counted = select(Recipient.commune_id, *_columns(within)).where(_entitled(within, None))
        found |= {k: list(map(int, n)) for k, *n in db.session.execute(counted.group_by(Recipient.commune_id))}
        _known.update({key: (changes[key], found[key]) for key in missing if key in changes})
    return found


def paid_by_month(commune_id: int, programme_id: int | None, today: date) -> list[tuple[date, int, int]]:
    """(month, people on approved lists, those through an account) of the last six months that have lists."""
    through = func.count(Line.recipient_id.distinct()).filter(Line.channel.in_(ACCOUNT_KINDS))
    runs = select(Run.id).where(
        Run.commune_id == commune_id,
        Run.state.in_(SEALED_STATES),
        Run.month > add_months(first_of(today), -MONTHS),
        *([Run.programme_id == programme_id] if programme_id else []),
    )
    told = select(Line.month, func.count(Line.recipient_id.distinct()), through).where(Line.run_id.in_(runs))
    rows = db.session.execute(told.group_by(Line.month).order_by(Line.month.desc()).limit(MONTHS)).all()
    return [(month, people, accounts) for month, people, accounts in reversed(rows)]


@dataclass(frozen=True)
class Waiting:
    """Work that waits in a commune."""

    cases: int
    oldest: datetime | None
    ending: int
    died: int
    unrepresented: int


def waiting(commune_id: int, today: date) -> Waiting:
    """Cases to decide, authorizations that end within 30 days, deaths told at the door that the register does not know,
    people whose representative may receive no more."""
    cases, oldest = db.session.execute(
        select(func.count(), func.min(Case.received_at)).where(
            Case.commune_id == commune_id, Case.state == CaseState.SUBMITTED
        )
    ).one()
    ending = select(func.count()).where(
        Representative.commune_id == commune_id,
        Representative.status == RepresentativeStatus.CONFIRMED,
        Representative.valid_until.between(today, today + SOON),
    )
    died = (
        select(func.count(Line.recipient_id.distinct()))
        .select_from(Visit)
        .join(Line, Line.id == Visit.line_id)
        .join(Recipient, Recipient.id == Line.recipient_id)
        .where(
            Visit.commune_id == commune_id,
            Visit.kind == VisitKind.DIED,
            Recipient.status == RecipientStatus.LIVE,
        )
    )
    unpaid = count_unpaid(commune_id, today)
    return Waiting(cases, oldest, db.session.scalar(ending) or 0, db.session.scalar(died) or 0, unpaid)


def runs_waiting_for_approval(commune_id: int) -> list[Run]:
    waits = select(Run).where(Run.commune_id == commune_id, Run.state == RunState.PREPARED)
    return list(db.session.scalars(waits.order_by(Run.month, Run.id)))


def files_to_fetch(commune_id: int) -> int:
    """Approved lists whose payment file the bank has not fetched."""
    told = select(func.count()).select_from(Run).where(Run.commune_id == commune_id, Run.state == RunState.APPROVED)
    return db.session.scalar(told) or 0


@dataclass(frozen=True)
class MonthDone:
    """How far the lists of a month are: every programme approved, nobody pending, the bank's report read."""

    approved: bool = False
    paid: bool = False
    reported: bool = False


def months_done(commune_id: int, since: date) -> dict[date, MonthDone]:
    """By month from `since` (a first day) on. A month is approved when every programme that pays anybody has a list."""
    pays = select(func.count(Entitlement.programme_id.distinct())).where(
        Entitlement.commune_id == commune_id, Entitlement.status == EntitlementStatus.LIVE
    )
    wanted = db.session.scalar(pays) or 0
    found: dict[date, list[tuple[int, RunState, bool]]] = {}
    for month, programme_id, state, pending in db.session.execute(_runs_with_pending(commune_id, since)):
        found.setdefault(month, []).append((programme_id, state, pending))
    done = {}
    for month, runs in found.items():
        approved = {p for p, _, _ in runs} and all(state in SEALED_STATES for _, state, _ in runs)
        complete = bool(approved) and len({p for p, _, _ in runs}) >= wanted
        done[month] = MonthDone(
            approved=complete,
            paid=complete and not any(pending for _, _, pending in runs),
            reported=complete and all(state in REPORTED for _, state, _ in runs),
        )
    return done


def _runs_with_pending(commune_id: int, since: date) -> Select[date, int, RunState, bool]:
    pending = exists().where(Line.run_id == Run.id, Line.outcome == Outcome.PENDING).correlate(Run)
    return select(Run.month, Run.programme_id, Run.state, pending).where(
        Run.commune_id == commune_id, Run.month >= since
    )


def programmes() -> list[Programme]:
    return list(db.session.scalars(select(Programme).order_by(Programme.id)))


def is_empty(commune_id: int) -> bool:
    """Nobody was ever entered in this commune's register."""
    return not db.session.scalar(select(exists().where(Recipient.commune_id == commune_id)))
