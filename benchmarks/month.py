"""A month of one commune of thousands: its lists, cases, statement, settlement and roster, each step timed."""

from contextlib import contextmanager

from sqlalchemy import select, text

from benchmarks import work
from benchmarks.measuring import once, tell, timed
from portal.areas.models import Commune
from portal.db import db, transaction
from portal.enrolment.models import Case
from portal.payouts import services as payouts
from portal.payouts.difference import difference
from portal.payouts.models import Line, Outcome, Run
from portal.payouts.problems import problems
from portal.recipients import services as rosters
from portal.recipients.models import Programme, RosterFile
from portal.reconciliation.services import importing, settling
from portal.staff.queries import by_username
from portal.vietnam.month import add_months, first_of, today

STEP = 2000  # ms: a step over a whole list may take so long that a person still waits for it
CASES, ENTRIES = 500, 5000


def measured(app, browsers, folder, roster, page):
    """Titles of what is over its limit; `page(browser, title, address)` measures a page."""
    month = _Month(app, folder)
    with month.acting():
        month.begin()
    officer, leader = browsers["vanhoa"], browsers["lanhdao"]
    return [
        *_cases(month, officer, page),
        *_lists(month, officer, leader, page),
        *page(browsers["dentannha"], "home visits, a list approved", "/visits/"),
        *_bank(month, officer, page),
        *_roster(month, officer, page, roster),
    ]


def _cases(month, officer, page):
    with month.acting():
        work.waiting_cases(month.commune.id, by_username("nganhang"), CASES)
        db.session.execute(text("ANALYZE"))
        case_id = db.session.scalars(select(Case.id).order_by(Case.received_at).offset(CASES // 2).limit(1)).one()
    return [
        *page(officer, f"queue, {CASES} cases wait", "/review/"),
        *page(officer, f"queue, {CASES} cases, a flag, first view", "/review/?flag=name_differs", first=True),
        *page(officer, f"queue, {CASES} cases, a shared value, first view", "/review/?flag=same_photo", first=True),
        *page(officer, f"queue, {CASES} cases, a flag that many have", "/review/?flag=name_differs"),
        *page(officer, f"queue, {CASES} cases, a flag that none has", "/review/?flag=authorization_ended"),
        *page(officer, "a case", f"/review/cases/{case_id}"),
        *page(officer, "a case, with a flag chosen", f"/review/cases/{case_id}?flag=name_differs"),
    ]


def _lists(month, officer, leader, page):
    """Draw up, prepare, approve; the page of the list in each state."""
    with month.acting() as staff:
        spent, run = once(lambda: payouts.draw_up(staff, month.commune, month.programme, month.first))
        people = payouts.totals(run).all.people
        db.session.execute(text("ANALYZE"))
        address = f"/payouts/runs/{run.id}"
    failed = tell(f"draw up a list of {people:,}", spent, STEP)
    with month.acting():
        run, day = month.run(), today()
        failed += tell("its difference and problems, after a change", timed(lambda: problems(run, day)), 100)
    failed += page(officer, f"a list of {people:,}, draft, first view", address, first=True)
    failed += page(officer, f"a list of {people:,}, draft", address)
    failed += page(officer, f"a list of {people:,}, draft, changed lines", f"{address}?show=changed")
    failed += page(officer, f"a list of {people:,}, draft, out of date lines", f"{address}?show=out_of_date")
    with month.acting():
        failed += tell("difference from last month", timed(lambda: difference(month.run())), 100)
    with month.acting() as staff:
        failed += tell("prepare it", once(lambda: payouts.prepare(staff, month.run()))[0], STEP)
    failed += page(leader, f"a list of {people:,}, prepared", address)
    with month.acting("lanhdao") as staff:
        failed += tell("approve and seal it", once(lambda: payouts.approve(staff, month.run()))[0], STEP)
    failed += page(officer, f"a list of {people:,}, approved", address)
    return failed + page(officer, "payout runs, with lists", "/payouts/")


def _bank(month, officer, page):
    """Import and match what the bank sends back, then settle."""
    with month.acting("nganhang") as staff:
        payouts.send(staff, month.run(), "xlsx")
        work.statement(month.file, month.run(), ENTRIES)
    with month.acting() as staff:
        spent, done = once(lambda: importing.import_statement(staff, month.commune, month.file, "sao-ke.csv"))
        statement = f"/reconciliation/statements/{done.statement.id}"
        added = done.added
    failed = tell(f"import and match a statement of {added:,} entries", spent, 2 * STEP)
    with month.acting() as staff:
        spent, settlement = once(
            lambda: settling.draw_up_settlement(staff, month.commune, month.programme, month.first)
        )
        settled = f"/reconciliation/settlements/{settlement.id}"
    failed += tell("draw up the settlement", spent, STEP)
    failed += page(officer, "statements", "/reconciliation/")
    failed += page(officer, "the statement", statement)
    return failed + page(officer, "the settlement", settled)


def _roster(month, officer, page, path):
    with month.acting() as staff:
        programme = db.session.scalars(select(Programme).where(Programme.code == "BTXH")).one()
        given = {"programme": programme, "month": month.first}
        vault = month.app.extensions["vault"]
        spent, file = once(lambda: rosters.receive(staff, month.commune.id, vault, path, path.name, **given))
        rows, key = sum(file.report["counts"][v] for v in ("new", "changed", "unchanged", "refused")), file.id
    failed = tell(f"read and compare a list of {rows} people", spent, STEP)
    failed += page(officer, "the list received", f"/recipients/rosters/{key}")
    with month.acting() as staff:
        spent, applied = once(lambda: rosters.apply_roster(staff, db.session.get_one(RosterFile, key)))
        assert applied, "the register had changed since"
    return failed + tell("apply it", spent, STEP)


class _Month:
    """Where and when; rows are loaded anew in each transaction."""

    def __init__(self, app, folder):
        self.app, self.file, self.first = app, folder / "sao-ke.csv", first_of(today())

    @contextmanager
    def acting(self, username="vanhoa"):
        """One transaction of this person's."""
        with self.app.app_context(), transaction():
            yield by_username(username)

    @property
    def commune(self):
        return db.session.scalars(select(Commune).order_by(Commune.id).limit(1)).one()

    @property
    def programme(self):
        return db.session.scalars(select(Programme).where(Programme.code == "BTXH")).one()

    def run(self):
        return db.session.scalars(select(Run).order_by(Run.id.desc()).limit(1)).one()

    def begin(self):
        """Everybody is paid of one programme, and last month's list is paid."""
        officer, leader, clerk = (by_username(name) for name in ("vanhoa", "lanhdao", "nganhang"))
        programme = work.one_programme(self.commune.id)
        run = payouts.draw_up(officer, self.commune, programme, add_months(self.first, -1))
        payouts.prepare(officer, run)
        payouts.approve(leader, run)
        payouts.send(clerk, run, "xlsx")
        keys = db.session.scalars(select(Line.id).where(Line.run_id == run.id)).all()
        payouts.record_outcomes(officer, run, keys, Outcome.PAID, run.month.replace(day=12))
