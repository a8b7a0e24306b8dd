"""Runs, their lines, and who was left out and why. Money is whole đồng; months are first days."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.areas.models import Commune, InCommune
from portal.db import Base, Key, states
from portal.errors import DomainError
from portal.recipients.models import MethodKind, Programme


class RunState(StrEnum):
    DRAFT = "draft"
    PREPARED = "prepared"
    APPROVED = "approved"
    SENT = "sent"
    RECONCILED = "reconciled"
    SETTLED = "settled"


S = RunState
TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    S.DRAFT: frozenset({S.PREPARED}),
    S.PREPARED: frozenset({S.DRAFT, S.APPROVED}),
    S.APPROVED: frozenset({S.SENT}),
    S.SENT: frozenset({S.RECONCILED}),
    S.RECONCILED: frozenset({S.SETTLED}),
    S.SETTLED: frozenset(),
}
BEFORE_APPROVAL = frozenset({S.DRAFT, S.PREPARED})
SEALED_STATES = frozenset({S.APPROVED, S.SENT, S.RECONCILED, S.SETTLED})


class RunIsElsewhere(DomainError):
    """This payout run is no longer in the state that this step needs."""


class Run(InCommune, Base):
    """One list of payments of a programme for a month; `sequence` above 1 is a supplementary list of that month.

    `seal`: SHA-256 over its lines when it was approved (see `seal.py`). `previous`: the last list of the month that this
    one is compared with. `ledger`: that comparison (see `difference.py`) as it stood when the list was prepared.
    """

    __tablename__ = "run"
    __table_args__ = (
        UniqueConstraint("commune_id", "programme_id", "month", "sequence"),
        CheckConstraint("approved_by <> prepared_by", name="approved_by_another"),
        CheckConstraint(
            "state IN ('draft', 'prepared') OR (seal IS NOT NULL AND approved_by IS NOT NULL)",
            name="approved_is_sealed",
        ),
    )
    id: Mapped[Key]
    commune: Mapped[Commune] = relationship()
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    programme: Mapped[Programme] = relationship()
    month: Mapped[date]
    sequence: Mapped[int] = mapped_column(default=1)
    state: Mapped[RunState] = mapped_column(states(RunState), default=RunState.DRAFT)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    previous: Mapped["Run | None"] = relationship(remote_side="Run.id")
    created_by_name: Mapped[str]
    created_at: Mapped[datetime]
    prepared_by: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    prepared_by_name: Mapped[str | None]
    prepared_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    approved_by_name: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(default="")
    seal: Mapped[str | None]
    ledger: Mapped[list[Any] | None]
    version: Mapped[int] = mapped_column(server_default="1")
    __mapper_args__ = {"version_id_col": version}

    def move_to(self, state: RunState) -> None:
        if state not in TRANSITIONS[self.state]:
            raise RunIsElsewhere
        self.state = state


class Outcome(StrEnum):
    PENDING = "pending"
    PAID = "paid"
    UNCOLLECTED = "uncollected"
    RETURNED = "returned"


class Payee(StrEnum):
    RECIPIENT = "recipient"
    REPRESENTATIVE = "representative"


_UNPAID = text("outcome IN ('uncollected', 'returned')")


class Line(InCommune, Base):
    """One payment of a run, frozen with name, account and channel as they were when it was drawn up.

    `number` runs by village and given name through all lists of the month. `amount_arrears` holds everything that is
    paid once: arrears and one-off allowances. `amount_carried` is the whole of an earlier line that was not collected
    or came back. After the run is sealed only the outcome may change: a trigger refuses anything else.
    """

    __tablename__ = "line"
    __table_args__ = (
        UniqueConstraint("run_id", "entitlement_id"),
        UniqueConstraint("run_id", "number"),
        UniqueConstraint("entitlement_id", "month", name="uq_line_one_per_entitlement_and_month"),
        CheckConstraint(
            "amount_total = amount_month + amount_arrears + amount_carried - amount_clawback", name="total_is_the_sum"
        ),
        CheckConstraint("amount_total > 0", name="total_positive"),
        CheckConstraint(
            "amount_month >= 0 AND amount_arrears >= 0 AND amount_carried >= 0 AND amount_clawback >= 0",
            name="parts_not_negative",
        ),
        CheckConstraint("outcome = 'pending' OR outcome_on IS NOT NULL", name="outcome_has_a_day"),
        CheckConstraint("number BETWEEN 1 AND 999999", name="number_fits_the_reference"),
        Index(None, "run_id", "village_name", "number"),
        Index(None, "commune_id", "account_number"),
        Index("ix_line_unpaid", "commune_id", "entitlement_id", postgresql_where=_UNPAID, sqlite_where=_UNPAID),
        Index(None, "recipient_id", "month"),
    )
    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    run: Mapped[Run] = relationship()
    entitlement_id: Mapped[int] = mapped_column(ForeignKey("entitlement.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    month: Mapped[date]
    number: Mapped[int]
    reference: Mapped[str] = mapped_column(unique=True)
    amount_month: Mapped[int]
    amount_arrears: Mapped[int] = mapped_column(default=0)
    amount_carried: Mapped[int] = mapped_column(default=0)
    amount_clawback: Mapped[int] = mapped_column(default=0)
    amount_total: Mapped[int]
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("line.id"), unique=True)
    channel: Mapped[MethodKind] = mapped_column(states(MethodKind))
    provider_bin: Mapped[str | None]
    account_number: Mapped[str | None]
    payee: Mapped[Payee] = mapped_column(states(Payee), default=Payee.RECIPIENT)
    payee_name: Mapped[str]
    recipient_name: Mapped[str]
    recipient_code: Mapped[str]
    citizen_id: Mapped[str | None]
    sort_key: Mapped[str]
    village_name: Mapped[str]
    category_text: Mapped[str]
    outcome: Mapped[Outcome] = mapped_column(states(Outcome), default=Outcome.PENDING)
    outcome_on: Mapped[date | None]
    outcome_note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(server_default="1")
    __mapper_args__ = {"version_id_col": version}


class LeftOutReason(StrEnum):
    NO_METHOD = "no_method"
    SUSPENDED = "suspended"
    NOT_LIVE = "not_live"
    AUTHORIZATION_ENDED = "authorization_ended"
    NOTHING_DUE = "nothing_due"


class LeftOut(InCommune, Base):
    """An entitlement of the month without a line, and why: visible, so that nobody is forgotten.

    `amount`: what the list would have paid; zero or less when a clawback takes all of it.
    """

    __tablename__ = "left_out"
    __table_args__ = (UniqueConstraint("run_id", "entitlement_id"),)
    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    entitlement_id: Mapped[int] = mapped_column(ForeignKey("entitlement.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    recipient_name: Mapped[str]
    village_name: Mapped[str]
    reason: Mapped[LeftOutReason] = mapped_column(states(LeftOutReason))
    amount: Mapped[int]
