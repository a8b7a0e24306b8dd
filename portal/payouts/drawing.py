"""What a list of payments holds, as one SELECT over the register: every entitlement of the month with its fate.

A list is drawn up from it by INSERT .. SELECT, and compared with it again before it is prepared.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import Subquery

from portal.areas.models import Village
from portal.db import db
from portal.payouts.dues import Month, once_in, waiting_for
from portal.payouts.models import LeftOutReason, Line, Payee, Run
from portal.payouts.numbering import reference
from portal.recipients.models import (
    ACCOUNT_KINDS,
    Category,
    Entitlement,
    EntitlementStatus,
    MethodKind,
    MethodStatus,
    PaymentMethod,
    Recipient,
    RecipientStatus,
    Representative,
    RepresentativeStatus,
)


def bytewise(column: Any) -> ColumnElement[str]:
    """The column in byte order, for which sort keys are made; PostgreSQL would else use the order of its locale."""
    name = db.session.get_bind().dialect.name
    ordered: ColumnElement[str] = column.collate("C" if name == "postgresql" else "BINARY")
    return ordered


def fate(drawn: Month) -> Subquery:
    """One row for each entitlement of the month that no other list has paid: amounts, payee, and a reason or none.

    An entitlement belongs to the month when its months include it, also if it stops after it. Outside its months it still
    does, without a monthly part, when something is added or taken once in this month, or money of it waits (a dead
    person's waits for whoever inherits). A row without a reason becomes a line, one with a reason is left out.
    """
    once, waiting, carried = once_in(drawn), waiting_for(drawn), aliased(Line, name="carried")
    return (
        select(*_payment(drawn, once, carried))
        .select_from(Entitlement)
        .join(Recipient, Recipient.id == Entitlement.recipient_id)
        .outerjoin(Village, Village.id == Recipient.village_id)
        .outerjoin(Category, Category.id == Entitlement.category_id)
        .outerjoin(
            PaymentMethod,
            and_(PaymentMethod.recipient_id == Recipient.id, PaymentMethod.status == MethodStatus.READY),
        )
        .outerjoin(Representative, _may_receive(drawn.day))
        .outerjoin(once, once.c.entitlement_id == Entitlement.id)
        .outerjoin(waiting, waiting.c.entitlement_id == Entitlement.id)
        .outerjoin(carried, and_(carried.entitlement_id == Entitlement.id, carried.month == waiting.c.month))
        .where(_not_paid_elsewhere(drawn))
        .where(or_(_monthly(drawn), once.c.entitlement_id.is_not(None), _goes_to_the_living(waiting)))
        .subquery("fate")
    )


def _payment(drawn: Month, once: Subquery, carried: type[Line]) -> list[ColumnElement[Any]]:
    """Amounts, way and payee of one row, and why it gets no line."""
    arrears, clawback = (func.coalesce(once.c[name], 0) for name in ("arrears", "clawback"))
    brought = func.coalesce(carried.amount_total, 0)
    month = case((_monthly(drawn), Entitlement.monthly_amount), else_=0)
    total = month + arrears + brought - clawback
    accounts = PaymentMethod.kind.in_(ACCOUNT_KINDS)
    through_other = and_(
        Representative.id.is_not(None), or_(~accounts, PaymentMethod.kind == MethodKind.REPRESENTATIVE_ACCOUNT)
    )
    collector = case((through_other, Representative.full_name), else_=Recipient.full_name)
    return [
        Entitlement.id.label("entitlement_id"),
        Recipient.id.label("recipient_id"),
        month.label("amount_month"),
        arrears.label("amount_arrears"),
        brought.label("amount_carried"),
        clawback.label("amount_clawback"),
        total.label("amount_total"),
        carried.id.label("carried_from_id"),
        PaymentMethod.kind.label("channel"),
        case((accounts, PaymentMethod.provider_bin)).label("provider_bin"),
        case((accounts, PaymentMethod.account_number)).label("account_number"),
        case((through_other, Payee.REPRESENTATIVE.value), else_=Payee.RECIPIENT.value).label("payee"),
        case((and_(accounts, PaymentMethod.holder_name != ""), PaymentMethod.holder_name), else_=collector).label(
            "payee_name"
        ),
        Recipient.full_name.label("recipient_name"),
        Recipient.code.label("recipient_code"),
        Recipient.citizen_id.label("citizen_id"),
        Recipient.sort_key.label("sort_key"),
        func.coalesce(Village.name, "").label("village_name"),
        func.coalesce(Village.search_key, "").label("village_key"),
        func.coalesce(func.nullif(Entitlement.category_text, ""), Category.label, "").label("category_text"),
        Representative.valid_until.label("valid_until"),
        _reason(drawn, total, through_other).label("reason"),
    ]


def _not_paid_elsewhere(drawn: Month) -> ColumnElement[bool]:
    paid = aliased(Line)
    elsewhere = exists().where(
        paid.entitlement_id == Entitlement.id, paid.month == drawn.month, paid.run_id != drawn.run_id
    )
    return and_(
        Entitlement.commune_id == drawn.commune_id,
        Recipient.commune_id == drawn.commune_id,
        Entitlement.programme_id == drawn.programme_id,
        ~elsewhere,
    )


def _monthly(drawn: Month) -> ColumnElement[bool]:
    """Its months include this one."""
    return and_(Entitlement.first_month <= drawn.month, or_(_stops_later(drawn), *_goes_on()))


def _goes_to_the_living(waiting: Subquery) -> ColumnElement[bool]:
    return and_(waiting.c.entitlement_id.is_not(None), Recipient.status != RecipientStatus.DIED)


def _stops_later(drawn: Month) -> ColumnElement[bool]:
    """It stops or is suspended, but only after this month."""
    return func.coalesce(Entitlement.last_month >= drawn.month, false())


def _goes_on() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Paid without an end, or suspended: then it is left out and says why."""
    live = and_(Entitlement.status == EntitlementStatus.LIVE, Entitlement.last_month.is_(None))
    return live, Entitlement.status == EntitlementStatus.SUSPENDED


def _may_receive(day: date) -> ColumnElement[bool]:
    """The representative of the payment method, if the paper holds on `day`."""
    return and_(
        Representative.id == PaymentMethod.representative_id,
        Representative.status == RepresentativeStatus.CONFIRMED,
        or_(Representative.valid_until.is_(None), Representative.valid_until >= day),
    )


def _reason(drawn: Month, total: ColumnElement[int], through_other: ColumnElement[bool]) -> ColumnElement[str | None]:
    """Why there is no line, the first that holds; NULL when there is one.

    Who has moved away still gets what was due; a dead person's money goes only to someone named for it since.
    """
    later = _stops_later(drawn)
    died = and_(Recipient.status == RecipientStatus.DIED, ~func.coalesce(through_other, false()))
    gone = and_(Recipient.status != RecipientStatus.LIVE, or_(_monthly(drawn), died))
    paper_ended = and_(PaymentMethod.kind == MethodKind.REPRESENTATIVE_ACCOUNT, Representative.id.is_(None))
    return case(
        (and_(gone, ~later), LeftOutReason.NOT_LIVE.value),
        (and_(Entitlement.status == EntitlementStatus.SUSPENDED, ~later), LeftOutReason.SUSPENDED.value),
        (PaymentMethod.id.is_(None), LeftOutReason.NO_METHOD.value),
        (paper_ended, LeftOutReason.AUTHORIZATION_ENDED.value),
        (total <= 0, LeftOutReason.NOTHING_DUE.value),
    )


AS_DRAWN = [
    "entitlement_id",
    "recipient_id",
    "amount_month",
    "amount_arrears",
    "amount_carried",
    "amount_clawback",
    "amount_total",
    "carried_from_id",
    "channel",
    "provider_bin",
    "account_number",
    "payee",
    "payee_name",
    "recipient_name",
    "recipient_code",
    "citizen_id",
    "sort_key",
    "village_name",
    "category_text",
]
# what makes a list out of date when the register says otherwise
WATCHED = [
    "entitlement_id",
    "amount_month",
    "amount_arrears",
    "amount_carried",
    "amount_clawback",
    "channel",
    "provider_bin",
    "account_number",
    "payee_name",
    "recipient_name",
    "citizen_id",
]


def lines_of(run: Run, drawn: Month, first_number: int) -> tuple[list[str], Select[Any]]:
    """Column names and the SELECT for the lines of a run; numbers by village and given name from `first_number` on."""
    due = fate(drawn)
    order = (bytewise(due.c.village_key), bytewise(due.c.sort_key), due.c.entitlement_id)
    place = (func.row_number().over(order_by=order) + (first_number - 1)).label("number")
    numbered = select(due, place).where(due.c.reason.is_(None)).subquery("numbered")
    code = reference(run.programme.code, run.month, run.commune.code, numbered.c.number)
    fixed = {"run_id": run.id, "commune_id": run.commune_id, "month": run.month}
    values = [literal(value, getattr(Line, name).type) for name, value in fixed.items()]
    names = [*fixed, "number", "reference", *AS_DRAWN]
    return names, select(*values, numbered.c.number, code, *(numbered.c[name] for name in AS_DRAWN))


def left_out_of(run: Run, drawn: Month) -> tuple[list[str], Select[Any]]:
    """Column names and the SELECT for the people who get no line."""
    due = fate(drawn)
    names = ["entitlement_id", "recipient_id", "recipient_name", "village_name", "reason"]
    chosen = select(
        literal(run.id, Run.id.type),
        literal(run.commune_id, Run.id.type),
        due.c.amount_total,
        *(due.c[n] for n in names),
    )
    return ["run_id", "commune_id", "amount", *names], chosen.where(due.c.reason.is_not(None))


def out_of_date(run: Run, today: date) -> Subquery:
    """Entitlements whose line differs from what the register gives now, or that would gain or lose one."""
    due = fate(Month.of(run, today))
    drawn = select(*(due.c[name] for name in WATCHED)).where(due.c.reason.is_(None)).cte("drawn")
    fresh = select(*drawn.c)
    frozen = select(*(getattr(Line, name) for name in WATCHED)).where(Line.run_id == run.id)
    gained = select(fresh.except_(frozen).subquery("gained").c.entitlement_id)
    lost = select(frozen.except_(fresh).subquery("lost").c.entitlement_id)
    return gained.union(lost).subquery("out_of_date")
