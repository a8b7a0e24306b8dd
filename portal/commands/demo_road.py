"""A month of work on the demonstration register, done by its staff through the services of the portal."""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.areas.models import Commune
from portal.db import db, now
from portal.enrolment import services as enrolment
from portal.enrolment.models import Case
from portal.enrolment.steps import Step
from portal.formats import today
from portal.payouts import services as payouts
from portal.payouts.models import Line, Outcome, Run
from portal.payouts.queries import programmes_with_people, totals
from portal.recipients.models import ACCOUNT_KINDS, MethodKind, MethodStatus, PaymentMethod, Recipient
from portal.reconciliation.services import settling
from portal.review import services as review
from portal.review.models import ReturnReason
from portal.staff.models import StaffMember
from portal.staff.queries import by_username
from portal.vietnam.month import add_months, first_of

CASES, TO_OPEN, RETURNED = 24, 8, 2
UNCOLLECTED_EACH = 20  # one cash line in so many is not collected
STROKES = [[[60, 120], [140, 40], [200, 150], [280, 60]], [[340, 60], [360, 150], [450, 90]]]
CHOICES: tuple[dict[str, str], ...] = (
    {"kind": "new_account", "provider_bin": "970405"},
    {"kind": "home_visit", "reason": "Không đi lại được"},
    {"kind": "new_account", "provider_bin": "970405"},
    {"kind": "bank_account", "provider_bin": "970405"},
)


def walk(commune: Commune, tell: Callable[[str], None]) -> None:
    """Last month paid and settled, this month under way, next month waiting for approval, cases in every state."""
    officer, leader, clerk = (_member(name) for name in ("vanhoa", "lanhdao", "nganhang"))
    month = first_of(today())
    for programme in programmes_with_people(commune.id):
        run = _approved(officer, leader, clerk, payouts.draw_up(officer, commune, programme, add_months(month, -1)))
        _pay(officer, run, all_of_it=True)
        settlement = settling.draw_up_settlement(officer, commune, programme, run.month)
        settling.prepare_settlement(officer, settlement)
        settling.approve_settlement(leader, settlement)
    tell("last month paid and settled")
    for programme in programmes_with_people(commune.id):
        run = _approved(officer, leader, clerk, payouts.draw_up(officer, commune, programme, month))
        _pay(officer, run, all_of_it=False)
    tell("this month sent to the bank, home visits waiting")
    payouts.prepare(
        officer, payouts.draw_up(officer, commune, programmes_with_people(commune.id)[0], add_months(month, 1))
    )
    tell("next month waiting for approval")
    cases = _capture(clerk, commune)
    for case in cases[:TO_OPEN]:
        review.confirm(officer, case, case.rev)
    for case in cases[TO_OPEN : TO_OPEN + RETURNED]:
        review.send_back(officer, case, case.rev, [ReturnReason.PHONE], "Số điện thoại không liên lạc được.")
    tell(f"{TO_OPEN} accounts to open, {RETURNED} cases returned, {len(cases) - TO_OPEN - RETURNED} waiting")


def _member(username: str) -> StaffMember:
    found = by_username(username)
    if found is None:
        raise LookupError(username)
    return found


def _approved(officer: StaffMember, leader: StaffMember, clerk: StaffMember, run: Run) -> Run:
    payouts.prepare(officer, run)
    payouts.approve(leader, run)
    if totals(run).accounts.people:
        payouts.send(clerk, run, "xlsx")
    return run


def _pay(officer: StaffMember, run: Run, *, all_of_it: bool) -> None:
    """Accounts are paid; `all_of_it` also cash and visits, but for the few who did not come."""
    lines = list(db.session.execute(select(Line.id, Line.channel).where(Line.run_id == run.id).order_by(Line.number)))
    day = min(today(), run.month.replace(day=12))
    paid = [key for key, channel in lines if channel in ACCOUNT_KINDS]
    if all_of_it:
        cash = [key for key, channel in lines if channel == MethodKind.CASH_POINT]
        _mark(officer, run, cash[::UNCOLLECTED_EACH], Outcome.UNCOLLECTED, day)
        late = set(cash[::UNCOLLECTED_EACH])
        paid += [key for key, channel in lines if channel not in ACCOUNT_KINDS and key not in late]
    _mark(officer, run, paid, Outcome.PAID, day)


def _mark(officer: StaffMember, run: Run, lines: Sequence[int], outcome: Outcome, day: Any) -> None:
    if lines:
        payouts.record_outcomes(officer, run, lines, outcome, day)


def _capture(clerk: StaffMember, commune: Commune) -> list[Case]:
    """Cases of people who fetch cash until now; the first want new accounts."""
    people = db.session.scalars(
        select(Recipient)
        .join(PaymentMethod, PaymentMethod.recipient_id == Recipient.id)
        .where(
            Recipient.commune_id == commune.id,
            Recipient.citizen_id.is_not(None),
            Recipient.birth_date < today() - timedelta(days=20 * 366),
            PaymentMethod.status == MethodStatus.READY,
            PaymentMethod.kind == MethodKind.CASH_POINT,
        )
        .order_by(Recipient.id)
        .limit(CASES)
    )
    return [_case(clerk, commune, person, at) for at, person in enumerate(people)]


def _case(clerk: StaffMember, commune: Commune, person: Recipient, at: int) -> Case:
    case = enrolment.start(clerk, commune, uuid.uuid4(), person, captured_at=now() - timedelta(hours=CASES - at))
    method = dict(CHOICES[0] if at < TO_OPEN else CHOICES[at % len(CHOICES)])
    if method["kind"] == "bank_account":
        method |= {"account_number": f"8410209{person.id:06d}", "holder_name": person.search_key.upper()}
    answers: dict[Step, dict[str, Any] | None] = {
        Step.IDENTITY: _identity(person),
        Step.PHONE: {"number": f"0968{person.id:06d}", "owner": "relative", "owner_name": "Hoàng Văn Lập"},
        Step.METHOD: method,
        Step.REPRESENTATIVE: None,
        Step.CONSENT: {"purposes": ["pay", "share_bank", "keep_photo"], "strokes": STROKES},
    }
    for step, given in answers.items():
        enrolment.save_step(clerk, case, step, given, dict.fromkeys(given or {}, "typed"))
    enrolment.submit(clerk, case)
    return case


def _identity(person: Recipient) -> dict[str, Any]:
    return {
        "full_name": person.full_name,
        "birth_date": person.birth_date and person.birth_date.isoformat(),
        "birth_precision": person.birth_precision,
        "sex": person.sex,
        "citizen_id": person.citizen_id,
        "old_id": None,
        "address": person.village.name if person.village else "",
        "issued_on": None,
        "document": "none",
        "name_from": "register",
        "card": None,
    }
