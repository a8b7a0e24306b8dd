"""A small register of the tests of this folder: plain functions."""

from datetime import date

from sqlalchemy import select

from portal.areas.models import Commune
from portal.audit.services import record
from portal.db import db
from portal.payouts import services
from portal.payouts.models import Line, Outcome, Run, RunState
from portal.recipients.models import (
    Adjustment,
    AdjustmentKind,
    Entitlement,
    MethodKind,
    Representative,
    RepresentativeKind,
    RepresentativeStatus,
)
from tests import factories

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


def place(commune_id):
    return db.session.get(Commune, commune_id)


def officer():
    return factories.member("officer")


def approver():
    return factories.member("approver")


def entitlement(person):
    return db.session.scalars(select(Entitlement).where(Entitlement.recipient_id == person.id)).one()


def draw(commune_id, month=DECEMBER):
    return services.draw_up(officer(), place(commune_id), factories.programme(), month)


def approved(commune_id, month=DECEMBER):
    run = draw(commune_id, month)
    services.prepare(officer(), run)
    services.approve(approver(), run)
    return run


def sent(commune_id, month=DECEMBER):
    run = approved(commune_id, month)
    run.move_to(RunState.SENT)
    db.session.flush()
    return run


def all_paid(run, except_for=()):
    chosen = [line for line in lines(run) if line.recipient_id not in {p.id for p in except_for}]
    services.record_outcomes(officer(), run, [line.id for line in chosen], Outcome.PAID, run.month)


def lines(run):
    return list(db.session.scalars(select(Line).where(Line.run_id == run.id).order_by(Line.number)))


def line_of(run, person):
    return db.session.scalars(select(Line).where(Line.run_id == run.id, Line.recipient_id == person.id)).one()


def adjust(person, month, kind, amount, source="test"):
    db.session.add(
        Adjustment(
            commune_id=person.commune_id,
            entitlement_id=entitlement(person).id,
            month=month,
            kind=AdjustmentKind(kind),
            amount=amount,
            source=source,
        )
    )
    db.session.flush()


def represented(person, *, until, name="Nông Thị Lả", kind=MethodKind.REPRESENTATIVE_ACCOUNT):
    """Give the person a proxy with a paper until that day, and the proxy's account (or cash through the proxy)."""
    proxy = Representative(
        commune_id=person.commune_id,
        recipient_id=person.id,
        kind=RepresentativeKind.PROXY,
        full_name=name,
        valid_from=date(2026, 1, 1),
        valid_until=until,
        status=RepresentativeStatus.CONFIRMED,
    )
    db.session.add(proxy)
    db.session.flush()
    account = {"provider_bin": "970405", "account_number": f"8410205{person.id:06d}", "holder_name": "NONG THI LA"}
    columns = account if kind == MethodKind.REPRESENTATIVE_ACCOUNT else {}
    return factories.payment_method(person, kind, representative_id=proxy.id, **columns)


def save(commune_id):
    """Commit what the test wrote, with an event as every change has."""
    record(None, "register.filled", "test:1", commune_id=commune_id)
    db.session.commit()


def runs():
    return list(db.session.scalars(select(Run).order_by(Run.month, Run.sequence)))
