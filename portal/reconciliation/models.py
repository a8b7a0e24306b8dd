"""Statements, entries, matches, resolutions and settlements. Amounts in whole đồng; credit +, debit −."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.areas.models import Commune, InCommune
from portal.db import Base, Key, states
from portal.errors import DomainError
from portal.payouts.models import Line
from portal.recipients.models import Programme


class Statement(InCommune, Base):
    """One statement file with its own sums; `overlap_count` entries stood in an earlier file already.

    `ties`: opening + entries = closing, and every balance printed follows from the one before. A file that names no
    balance has no opening and closing, and does not claim to tie.
    """

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("commune_id", "sha256"),
        Index(None, "commune_id", "id"),
        CheckConstraint(
            "NOT ties OR (closing IS NOT NULL AND opening + credit_sum - debit_sum = closing)", name="balances_tie"
        ),
        CheckConstraint("credit_sum >= 0 AND debit_sum >= 0", name="sums_not_negative"),
    )
    id: Mapped[Key]
    account: Mapped[str]
    format: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    opening: Mapped[int | None]
    closing: Mapped[int | None]
    credit_count: Mapped[int]
    credit_sum: Mapped[int]
    debit_count: Mapped[int]
    debit_sum: Mapped[int]
    overlap_count: Mapped[int] = mapped_column(default=0)
    ties: Mapped[bool]
    imported_by: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    imported_by_name: Mapped[str]
    imported_at: Mapped[datetime]


class EntryState(StrEnum):
    OPEN = "open"
    MATCHED = "matched"
    RESOLVED = "resolved"


class EntryProblem(StrEnum):
    """Why an entry is work for a person. None of them is dropped, none blocks the rest.

    `after_settlement`: it speaks of a payment whose month is settled, where nothing may change any more.
    """

    WRONG_AMOUNT = "wrong_amount"
    PAID_TWICE = "paid_twice"
    OTHER_ACCOUNT = "other_account"
    UNKNOWN_REFERENCE = "unknown_reference"
    RETURN_WITHOUT_ORIGIN = "return_without_origin"
    AMBIGUOUS = "ambiguous"
    AFTER_SETTLEMENT = "after_settlement"
    FOREIGN = "foreign"


class Entry(InCommune, Base):
    """One booking. `fingerprint` recognises it again in an overlapping statement of the same account.

    `our_references`: ours found in the memo, joined by spaces. `line_id`: the line it explains, or that the
    problem is about.
    """

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("commune_id", "account", "fingerprint"),
        Index(None, "statement_id", "state", "position"),
        Index(None, "commune_id", "state"),
        Index(None, "line_id"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("state <> 'open' OR problem IS NOT NULL", name="open_says_why"),
    )
    id: Mapped[Key]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    statement: Mapped[Statement] = relationship()
    account: Mapped[str]
    fingerprint: Mapped[str]
    position: Mapped[int]
    booked_on: Mapped[date]
    amount: Mapped[int]
    counter_account: Mapped[str] = mapped_column(default="")
    counter_name: Mapped[str] = mapped_column(default="")
    memo: Mapped[str] = mapped_column(default="")
    bank_reference: Mapped[str] = mapped_column(default="")
    our_references: Mapped[str] = mapped_column(default="")
    state: Mapped[EntryState] = mapped_column(states(EntryState), default=EntryState.OPEN)
    problem: Mapped[EntryProblem | None] = mapped_column(states(EntryProblem))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("line.id"))
    line: Mapped[Line | None] = relationship()
    version: Mapped[int] = mapped_column(server_default="1")
    __mapper_args__ = {"version_id_col": version}


class MatchRule(StrEnum):
    REFERENCE = "reference"
    ACCOUNT_AMOUNT = "account_amount"
    NAME_AMOUNT = "name_amount"
    BY_HAND = "by_hand"


class MatchEffect(StrEnum):
    PAYMENT = "payment"
    RETURN = "return"


class Match(InCommune, Base):
    """An entry explains a line: it paid it, or gave the money back. One entry explains one line."""

    __tablename__ = "match"
    __table_args__ = (
        UniqueConstraint("entry_id"),
        UniqueConstraint("line_id", "effect"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )
    id: Mapped[Key]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"))
    effect: Mapped[MatchEffect] = mapped_column(states(MatchEffect))
    amount: Mapped[int]
    rule: Mapped[MatchRule] = mapped_column(states(MatchRule))
    at: Mapped[datetime]
    by_name: Mapped[str]


class ResolutionKind(StrEnum):
    NOT_OURS = "not_ours"
    BANK_FEE = "bank_fee"
    FUNDING = "funding"
    MATCH_TO_LINE = "match_to_line"
    RECOVER = "recover"


class Resolution(InCommune, Base):
    """What a person decided about an entry that did not match, with the reason."""

    __tablename__ = "resolution"
    __table_args__ = (Index(None, "commune_id", "entry_id"),)
    id: Mapped[Key]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)
    kind: Mapped[ResolutionKind] = mapped_column(states(ResolutionKind))
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    by_name: Mapped[str]
    at: Mapped[datetime]


class SettlementState(StrEnum):
    DRAFT = "draft"
    PREPARED = "prepared"
    APPROVED = "approved"


TRANSITIONS: dict[SettlementState, frozenset[SettlementState]] = {
    SettlementState.DRAFT: frozenset({SettlementState.PREPARED}),
    SettlementState.PREPARED: frozenset({SettlementState.DRAFT, SettlementState.APPROVED}),
    SettlementState.APPROVED: frozenset(),
}


class SettlementIsElsewhere(DomainError):
    """This settlement is no longer in the state that this step needs."""


PARTS = ("account", "cash", "home", "exception", "returned", "uncollected", "unpaid")
_PEOPLE = " + ".join(f"{part}_people" for part in PARTS)
_AMOUNT = " + ".join(f"{part}_amount" for part in PARTS)


class Settlement(InCommune, Base):
    """Approved = by account + by cash + at home + in exception + returned + uncollected + not paid, people and đồng."""

    __tablename__ = "settlement"
    __table_args__ = (
        UniqueConstraint("commune_id", "programme_id", "month"),
        CheckConstraint(f"approved_people = {_PEOPLE}", name="people_tie"),
        CheckConstraint(f"approved_amount = {_AMOUNT}", name="amounts_tie"),
        CheckConstraint("approved_by <> prepared_by", name="approved_by_another"),
    )
    id: Mapped[Key]
    commune: Mapped[Commune] = relationship()
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    programme: Mapped[Programme] = relationship()
    month: Mapped[date]
    state: Mapped[SettlementState] = mapped_column(states(SettlementState), default=SettlementState.DRAFT)
    approved_people: Mapped[int]
    approved_amount: Mapped[int]
    account_people: Mapped[int]
    account_amount: Mapped[int]
    cash_people: Mapped[int]
    cash_amount: Mapped[int]
    home_people: Mapped[int]
    home_amount: Mapped[int]
    exception_people: Mapped[int]
    exception_amount: Mapped[int]
    returned_people: Mapped[int]
    returned_amount: Mapped[int]
    uncollected_people: Mapped[int]
    uncollected_amount: Mapped[int]
    unpaid_people: Mapped[int]
    unpaid_amount: Mapped[int]
    return_reason: Mapped[str] = mapped_column(default="")
    prepared_by: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    prepared_by_name: Mapped[str | None]
    prepared_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    approved_by_name: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
    __mapper_args__ = {"version_id_col": version}

    def move_to(self, state: SettlementState) -> None:
        if state not in TRANSITIONS[self.state]:
            raise SettlementIsElsewhere
        self.state = state
