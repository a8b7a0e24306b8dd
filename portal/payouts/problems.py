"""What to look at before a list is prepared and approved: some problems block it, the others are warnings."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, distinct, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from portal.audit.queries import last_change
from portal.db import db
from portal.payouts.difference import Difference, difference
from portal.payouts.drawing import out_of_date
from portal.payouts.dues import NOT_RECEIVED, Month, once_in
from portal.payouts.models import BEFORE_APPROVAL, LeftOut, Line, Run, RunState
from portal.recipients.models import (
    BaseRate,
    Entitlement,
    MethodKind,
    MethodStatus,
    PaymentMethod,
    Representative,
    RepresentativeStatus,
)
from portal.recipients.queries.one_rate import not_to_be_paid

PAPER_NOTICE = timedelta(days=30)


class Kind(StrEnum):
    """`OUT_OF_DATE`: the register has changed since. `RECEIVED_AFTER_ALL`: carried money that was collected meanwhile."""

    EMPTY = "empty"
    DOES_NOT_TIE = "does_not_tie"
    RECEIVED_AFTER_ALL = "received_after_all"
    OUT_OF_DATE = "out_of_date"
    SHARED_ACCOUNT = "shared_account"
    SAME_IDENTITY = "same_identity"
    PAPER_ENDS = "paper_ends"
    OTHER_AMOUNT = "other_amount"
    SEVERAL_RATES = "several_rates"
    LEFT_OUT = "left_out"


COUNTED_BY_LINE = (Kind.RECEIVED_AFTER_ALL, Kind.SAME_IDENTITY, Kind.PAPER_ENDS, Kind.OTHER_AMOUNT, Kind.SEVERAL_RATES)
ALWAYS_BLOCK = frozenset({Kind.EMPTY, Kind.DOES_NOT_TIE, Kind.RECEIVED_AFTER_ALL})


@dataclass(frozen=True)
class Problem:
    """`count`: accounts for SHARED_ACCOUNT, else people; `blocks`: the next step is refused while it lasts."""

    kind: Kind
    count: int
    blocks: bool


def problems(run: Run, today: date, told: Difference | None = None) -> list[Problem]:
    """Problems of a list that is not approved yet, those that block first.

    Out of date blocks a draft, and a prepared list that lacks arrears or a clawback of its month: no other list would
    ever hold them.

    After approval nothing can be mended any more: the list is empty. `told`: the difference, if it is known already.
    """
    if run.state not in BEFORE_APPROVAL:
        return []
    counted = [func.count(), *(func.count().filter(_CONDITIONS[kind](run, today)) for kind in COUNTED_BY_LINE)]
    people, *by_line = db.session.execute(select(*counted).where(Line.run_id == run.id)).one()
    counts = {
        Kind.EMPTY: 0 if people else 1,
        Kind.DOES_NOT_TIE: 0 if (told or difference(run)).ties else 1,
        **dict(zip(COUNTED_BY_LINE, by_line, strict=True)),
        Kind.OUT_OF_DATE: db.session.scalar(select(func.count()).select_from(out_of_date(run, today))) or 0,
        Kind.SHARED_ACCOUNT: _shared_accounts(run),
        Kind.LEFT_OUT: db.session.scalar(select(func.count()).select_from(LeftOut).where(LeftOut.run_id == run.id))
        or 0,
    }
    stale = run.state == RunState.DRAFT or _misses_what_is_paid_once(run, today)
    blocking = ALWAYS_BLOCK | ({Kind.OUT_OF_DATE} if stale else frozenset())
    found = [Problem(kind, counts[kind], kind in blocking) for kind in Kind if counts[kind]]
    return sorted(found, key=lambda problem: not problem.blocks)


def checked(run: Run, today: date) -> tuple[Difference, list[Problem]]:
    """The difference and the problems for a page that only shows them: computed once until the commune's next change.

    Whatever changes rows leaves an event, so what was computed at an event holds until another one comes.
    """
    event = last_change(run.commune_id)
    return _checked(run.id, event, today) if event else _checked.__wrapped__(run.id, "", today)


@lru_cache(maxsize=256)
def _checked(run_id: int, _event: str, today: date) -> tuple[Difference, list[Problem]]:
    run = db.session.get_one(Run, run_id)
    told = difference(run)
    return told, problems(run, today, told)


def _misses_what_is_paid_once(run: Run, today: date) -> bool:
    """Whether arrears, one-off allowances or clawbacks of its people came after the list was drawn up."""
    once = once_in(Month.of(run, today))
    others = or_(
        func.coalesce(once.c.arrears, 0) != Line.amount_arrears,
        func.coalesce(once.c.clawback, 0) != Line.amount_clawback,
    )
    lines = select(Line.id).outerjoin(once, once.c.entitlement_id == Line.entitlement_id)
    return db.session.scalar(lines.where(Line.run_id == run.id, others).limit(1)) is not None


def lines_with(kind: Kind, run: Run, today: date) -> ColumnElement[bool]:
    """The lines of a run that a problem is about."""
    return and_(Line.run_id == run.id, _CONDITIONS[kind](run, today))


def _is_out_of_date(run: Run, today: date) -> ColumnElement[bool]:
    return Line.entitlement_id.in_(select(out_of_date(run, today).c.entitlement_id))


def _received_after_all(_run: Run, _today: date) -> ColumnElement[bool]:
    origin = aliased(Line)
    received = select(origin.id).where(origin.id == Line.carried_from_id, origin.outcome.not_in(NOT_RECEIVED))
    return received.exists()


def _shares_an_account(run: Run, _today: date) -> ColumnElement[bool]:
    return tuple_(Line.provider_bin, Line.account_number).in_(_accounts_of_several(run))


def _accounts_of_several(run: Run) -> Select[str | None, str | None]:
    return (
        select(Line.provider_bin, Line.account_number)
        .where(Line.run_id == run.id, Line.account_number.is_not(None))
        .group_by(Line.provider_bin, Line.account_number)
        .having(func.count(distinct(Line.recipient_id)) > 1)
    )


def _shared_accounts(run: Run) -> int:
    return db.session.scalar(select(func.count()).select_from(_accounts_of_several(run).subquery())) or 0


def _shares_an_identity(run: Run, _today: date) -> ColumnElement[bool]:
    several = (
        select(Line.citizen_id)
        .where(Line.run_id == run.id, Line.citizen_id.is_not(None))
        .group_by(Line.citizen_id)
        .having(func.count(distinct(Line.recipient_id)) > 1)
    )
    return Line.citizen_id.in_(several)


def _paper_ends(run: Run, today: date) -> ColumnElement[bool]:
    """The representative's paper still holds for this payment, but ends within 30 days of it."""
    ending = (
        select(PaymentMethod.recipient_id)
        .join(Representative, Representative.id == PaymentMethod.representative_id)
        .where(
            PaymentMethod.commune_id == run.commune_id,
            PaymentMethod.status == MethodStatus.READY,
            Representative.status == RepresentativeStatus.CONFIRMED,
            Representative.valid_until <= max(run.month, today) + PAPER_NOTICE,
        )
    )
    return and_(
        Line.recipient_id.in_(ending),
        or_(Line.channel == MethodKind.REPRESENTATIVE_ACCOUNT, Line.payee == "representative"),
    )


def _is_another_amount(run: Run, _today: date) -> ColumnElement[bool]:
    """The month's amount is not coefficient x base rate of that month; without a coefficient nothing is said."""
    rate = (
        select(BaseRate.amount)
        .where(BaseRate.programme_id == run.programme_id, BaseRate.applies_from <= run.month)
        .order_by(BaseRate.applies_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    other = select(Entitlement.id).where(
        Entitlement.id == Line.entitlement_id,
        Entitlement.coefficient_hundredths.is_not(None),
        Line.amount_month * 100 != Entitlement.coefficient_hundredths * rate,
    )
    return and_(Line.amount_month > 0, other.exists())


def _is_one_of_several(run: Run, _today: date) -> ColumnElement[bool]:
    """Another benefit of the person is the higher one, or its category is not known (Decree 20/2021, Art. 6.2)."""
    return Line.entitlement_id.in_(sorted(not_to_be_paid(run.commune_id)))


_CONDITIONS = {
    Kind.RECEIVED_AFTER_ALL: _received_after_all,
    Kind.OUT_OF_DATE: _is_out_of_date,
    Kind.SHARED_ACCOUNT: _shares_an_account,
    Kind.SAME_IDENTITY: _shares_an_identity,
    Kind.PAPER_ENDS: _paper_ends,
    Kind.OTHER_AMOUNT: _is_another_amount,
    Kind.SEVERAL_RATES: _is_one_of_several,
}
