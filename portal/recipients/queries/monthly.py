"""The changes of a month: who comes, who goes, what is otherwise; with last month they make this month's sum."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select

from portal.db import db
from portal.recipients.fields import FROM_A_LIST
from portal.recipients.models import (
    Adjustment,
    AdjustmentKind,
    Cause,
    ChangeKind,
    Entitlement,
    EntitlementChange,
    RosterFile,
    Section,
)
from portal.recipients.queries.monthly_details import of_people
from portal.recipients.queries.tellings import FROM_A_CASE, Detail, Telling, sum_up
from portal.vietnam.month import add_months, parse

_BESIDES = ("category_text", "coefficient_hundredths", "code")
_LIVE = {ChangeKind.START: True, ChangeKind.RESUME: True, ChangeKind.STOP: False, ChangeKind.SUSPEND: False}


@dataclass(frozen=True)
class Step:
    """One change as the lists of payments see it: `shown` is the first month whose list has it, `month` when it holds from."""

    shown: date
    month: date
    kind: ChangeKind
    amount: int | None
    before: int | None
    cause: Cause | None
    reason: str
    decision_no: str
    source: str
    details: tuple[Detail, ...]


@dataclass
class Changed:
    """One entitlement that this month's list pays or describes otherwise than last month's; đồng each month, and once.

    `told`: what was said of the person, without money.
    """

    entitlement_id: int
    before: int
    after: int
    steps: list[Step] = field(default_factory=list)
    once: dict[AdjustmentKind, int] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    told: list[Telling] = field(default_factory=list)

    @property
    def details(self) -> list[Detail]:
        """What is otherwise than before, besides money."""
        of_steps = [detail for step in self.steps for detail in step.details]
        return sum_up([*of_steps, *(detail for telling in self.told for detail in telling.details)])

    @property
    def moneyless(self) -> bool:
        return self.section == Section.ADJUSTMENT and self.before == self.after and not self.once

    @property
    def section(self) -> Section:
        if not self.before and self.after:
            return Section.INCREASE
        return Section.DECREASE if self.before and not self.after else Section.ADJUSTMENT

    @property
    def extra(self) -> int:
        """Arrears and one-off amounts, less what is taken back."""
        return sum(-amount if kind == AdjustmentKind.CLAWBACK else amount for kind, amount in self.once.items())


@dataclass(frozen=True)
class Monthly:
    """People and đồng of last month and of this one, with everything that lies between."""

    month: date
    people_before: int
    before: int
    people: int
    after: int
    changed: tuple[Changed, ...]

    def of(self, section: Section) -> list[Changed]:
        return [each for each in self.changed if each.section == section]

    def with_money(self, section: Section) -> list[Changed]:
        return [each for each in self.of(section) if not each.moneyless]

    @property
    def moneyless(self) -> list[Changed]:
        return [each for each in self.changed if each.moneyless]

    def sum(self, section: Section) -> int:
        return sum(each.after - each.before for each in self.of(section))

    @property
    def ties(self) -> bool:
        return self.before + sum(map(self.sum, Section)) == self.after

    @property
    def extra(self) -> int:
        return sum(each.extra for each in self.changed)


def monthly(commune_id: int, programme_id: int, month: date) -> Monthly:
    """Of all entitlements of the programme, by their histories."""
    mine = (Entitlement.commune_id == commune_id, Entitlement.programme_id == programme_id)
    steps = _steps(commune_id, mine)
    told = of_people(commune_id, programme_id, month)
    last = add_months(month, -1)
    changed: dict[int, Changed] = {}
    people_before = people = before = after = 0
    columns = (Entitlement.id, Entitlement.recipient_id, Entitlement.first_month, Entitlement.monthly_amount)
    for key, person, first, amount in db.session.execute(select(*columns).where(*mine).order_by(Entitlement.id)):
        history = steps.get(key, [])
        was, now = (_amount(history, each, first, amount) for each in (last, month))
        people_before, people = people_before + (was > 0), people + (now > 0)
        before, after = before + was, after + now
        of_month = [step for step in history if step.shown == month]
        if was != now or (of_month and was):
            changed[key] = Changed(key, was, now, of_month)
        if (was or now) and person in told:  # what is told of a person is told once, whatever they are paid
            changed.setdefault(key, Changed(key, was, now)).told = told.pop(person)
    _add_once(changed, steps, mine, commune_id, month)
    return Monthly(month, people_before, before, people, after, tuple(changed.values()))


def _amount(history: Sequence[Step], month: date, first: date, amount: int) -> int:
    """Đồng that the list of a month pays each month; without a beginning it was paid from its first month on."""
    begun = any(step.kind == ChangeKind.START for step in history)
    earlier = next((step.before for step in history if step.before is not None), amount)
    live, found = (False, 0) if begun else (first <= month, earlier)
    for step in history:
        if step.shown <= month:
            live = _LIVE.get(step.kind, live)
            found = step.amount if step.amount is not None else found
    return found if live else 0


def _steps(commune_id: int, mine: Iterable[ColumnElement[bool]]) -> dict[int, list[Step]]:
    change = EntitlementChange
    columns: list[Any] = [change.id, change.entitlement_id, change.month, change.kind, change.source, change.after]
    columns += [change.before, change.cause, change.reason, change.decision_no]
    told = (
        select(*columns)
        .join(Entitlement, Entitlement.id == change.entitlement_id)
        .where(change.commune_id == commune_id, *mine)
        .where(change.source.not_like(f"{FROM_A_CASE}%"))  # these are about the person, see monthly_details
        .order_by(change.id)
    )
    lists = {f"{FROM_A_LIST}{key}": month for key, month in _months_of_lists(commune_id)}
    paid = _months_of_money(commune_id)
    shown: dict[int, date] = {}
    found: dict[int, list[Step]] = defaultdict(list)
    for key, entitlement_id, month, kind, source, after, before, cause, reason, decision_no in db.session.execute(told):
        list_month = max(month, lists[source]) if source in lists else _shown(source, shown)
        shown[key] = list_month or max(month, paid.get((entitlement_id, source), month))
        before = before or {}
        amounts, details = (after.get("monthly_amount"), before.get("monthly_amount")), _details(before, after)
        found[entitlement_id].append(
            Step(shown[key], month, kind, *amounts, cause, reason, decision_no, source, details)
        )
    return found


def _details(before: dict[str, Any], after: dict[str, Any]) -> tuple[Detail, ...]:
    return tuple(Detail(name, before[name], after[name]) for name in _BESIDES if name in before and name in after)


def _shown(source: str, shown: dict[int, date]) -> date | None:
    """The month that a change by hand names, or of the change that it takes back."""
    word, _, rest = source.partition(":")
    if word == "undo" and rest.isdecimal():
        return shown.get(int(rest))
    return parse(rest) if word == "staff" else None


def _months_of_lists(commune_id: int) -> list[tuple[int, date]]:
    lists = select(RosterFile.id, RosterFile.month).where(RosterFile.commune_id == commune_id)
    return [(key, month) for key, month in db.session.execute(lists)]


def _months_of_money(commune_id: int) -> dict[tuple[int, str], date]:
    """The month that pays the arrears of a change, by entitlement and source."""
    columns = (Adjustment.entitlement_id, Adjustment.source, func.min(Adjustment.month))
    money = select(*columns).where(Adjustment.commune_id == commune_id)
    grouped = money.group_by(Adjustment.entitlement_id, Adjustment.source)
    return {(key, source): month for key, source, month in db.session.execute(grouped)}


def _add_once(
    changed: dict[int, Changed],
    steps: dict[int, list[Step]],
    mine: Iterable[ColumnElement[bool]],
    commune_id: int,
    month: date,
) -> None:
    found = (
        select(Adjustment.entitlement_id, Adjustment.kind, Adjustment.amount, Adjustment.reason)
        .join(Entitlement, Entitlement.id == Adjustment.entitlement_id)
        .where(Adjustment.commune_id == commune_id, Adjustment.month == month, *mine)
        .order_by(Adjustment.id)
    )
    details = select(Entitlement.id, Entitlement.first_month, Entitlement.monthly_amount).where(*mine)
    rows = list(db.session.execute(found))
    wanted = {key for key, *_ in rows} - changed.keys()
    known = {key: (first, amount) for key, first, amount in db.session.execute(details)} if wanted else {}
    for key, kind, amount, reason in rows:
        if key not in changed:
            now = _amount(steps.get(key, []), month, *known[key])
            changed[key] = Changed(key, now, now)
        each = changed[key]
        each.once[kind] = each.once.get(kind, 0) + amount
        if reason:
            each.reasons.append(reason)
