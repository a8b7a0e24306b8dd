"""Importing statements: once each, recognised entry by entry, matched, and nothing lost."""

import threading

import pytest
from sqlalchemy import func, select

from portal.areas.models import Commune
from portal.db import db, transaction
from portal.errors import DomainError
from portal.payouts.models import Line, Outcome
from portal.reconciliation import services
from portal.reconciliation.models import Entry, EntryProblem, EntryState, Match, MatchRule, ResolutionKind, Statement
from portal.reconciliation.services import resolving
from tests import factories
from tests.conftest import FIXTURES
from tests.reconciliation import bank

LINES = 80
FATES = {
    "fail_rate": 0.05, "return_rate": 0.06, "wrong_amount": 2, "missing": 2, "duplicate": 2, "strip_reference": 5,
    "foreign": 6,
}  # fmt: skip


def paid_list(commune, count=LINES, **columns):
    run_id = factories.sent_run(commune, [factories.payment_line(number, **columns) for number in range(count)])
    return run_id, rows_of(run_id)


def rows_of(run_id):
    columns = Line.id, Line.reference, Line.payee_name, Line.account_number, Line.provider_bin, Line.amount_total
    found = db.session.execute(
        select(*columns, Line.outcome, Line.outcome_on, Line.outcome_note).where(Line.run_id == run_id)
    )
    return [dict(row._mapping) for row in found]


def imported(commune, path, by="officer"):
    with transaction():
        return services.import_statement(factories.member(by), db.session.get(Commune, commune), path, path.name)


def state(run_id):
    """Everything that matters afterwards, without keys."""
    lines = [(r["reference"], r["outcome"], r["outcome_on"], r["outcome_note"]) for r in rows_of(run_id)]
    entries = select(Entry.fingerprint, Entry.state, Entry.problem, Line.reference, Match.rule, Match.effect)
    entries = entries.outerjoin(Line, Line.id == Entry.line_id).outerjoin(Match, Match.entry_id == Entry.id)
    return sorted(lines), sorted(map(repr, db.session.execute(entries)))


@pytest.mark.parametrize("form", bank.FORMATS)
def test_every_line_ends_as_the_bank_says(app, commune, tmp_path, form):
    with app.app_context():
        run_id, lines = paid_list(commune)
        payments = bank.payment_file(tmp_path / "payments.csv", lines)
        path, truth = bank.play(tmp_path, payments, form, seed=5, lost_zeros=True, **FATES)
        done = imported(commune, path)
        assert (done.added, done.known) == (truth["entries"], 0)
        wanted = {"paid": Outcome.PAID, "duplicate": Outcome.PAID, "returned": Outcome.RETURNED}
        after = {row["reference"]: row for row in rows_of(run_id)}
        for reference, fate in truth["references"].items():
            row = after[reference]
            assert row["outcome"] == wanted.get(fate["outcome"], Outcome.PENDING), (fate, row)
            if row["outcome"] == Outcome.RETURNED:
                assert row["outcome_note"] == fate["reason_text"]
                assert row["outcome_on"].isoformat() == fate["entries"][-1]["date"]
            elif row["outcome"] == Outcome.PAID:
                assert row["outcome_on"].isoformat() in {e["date"] for e in fate["entries"]}
        problems = dict(
            db.session.execute(
                select(Entry.problem, func.count()).where(Entry.state == EntryState.OPEN).group_by(Entry.problem)
            ).all()
        )
        assert problems[EntryProblem.WRONG_AMOUNT] == 2 and problems[EntryProblem.PAID_TWICE] == 2
        assert problems[EntryProblem.FOREIGN] == FATES["foreign"] + 1 and sum(problems.values()) == 11
        rules = dict(db.session.execute(select(Match.rule, func.count()).group_by(Match.rule)).all())
        assert rules[MatchRule.REFERENCE] > 50 and rules[MatchRule.ACCOUNT_AMOUNT] >= 5


def test_the_same_file_twice_is_refused_with_when_and_by_whom(app, commune):
    with app.app_context():
        imported(commune, FIXTURES / "statements" / "dptb18.xlsx")
        count = db.session.query(Entry).count()
        with pytest.raises(
            services.AlreadyImported, match=r"Nguyễn Thị Hương imported this file at \d\d:\d\d \d\d/\d\d/\d{4}"
        ):
            imported(commune, FIXTURES / "statements" / "dptb18.xlsx")
        assert db.session.query(Entry).count() == count and db.session.query(Statement).count() == 1


def test_another_format_of_the_same_days_adds_nothing(app, commune, tmp_path):
    with app.app_context():
        run_id, lines = paid_list(commune)
        payments = bank.payment_file(tmp_path / "payments.csv", lines)
        first, truth = bank.play(tmp_path, payments, "agribank-xlsx", **FATES)
        imported(commune, first)
        before = state(run_id)
        again = imported(commune, bank.play(tmp_path, payments, "csv", **FATES)[0])
        assert (again.added, again.known) == (0, truth["entries"])
        assert state(run_id) == before


def split(path, folder, at):
    """The csv statement in two files, after `at` entries; each keeps the balances printed."""
    rows = path.read_text("utf-8-sig").splitlines()
    head, entries = rows[:1] + rows[2:3], rows[3:-2]
    halves = entries[:at], entries[at:]
    paths = []
    for number, half in enumerate(halves):
        paths.append(folder / f"half-{number}.csv")
        paths[-1].write_text("\n".join([*head, *half]), "utf-8")
    return paths


@pytest.mark.parametrize("cut", [1, 20, 41, 70])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_statement_in_two_files_in_either_order_ends_like_the_whole_one(sqlite_app, tmp_path, cut, seed):
    with sqlite_app.app_context():
        ends = []
        payments = None
        for number, order in enumerate(("whole", "forward", "backward")):
            commune = (
                factories.commune(sqlite_app, f"0700{number}", suffix=str(number))
                if number
                else factories.commune(sqlite_app)
            )
            run_id, lines = paid_list(commune)
            payments = bank.payment_file(tmp_path / "payments.csv", lines)
            path, _ = bank.play(
                tmp_path, payments, "csv", seed=seed, name=f"{order}.csv", opening=10**9, days=2, **FATES
            )
            files = {
                "whole": [path],
                "forward": split(path, tmp_path, cut),
                "backward": split(path, tmp_path, cut)[::-1],
            }
            for file in files[order]:
                imported(commune, file)
            ends.append(summary_of(commune, run_id))
        assert ends[0] == ends[1] == ends[2]


def summary_of(commune, run_id):
    """The end of one commune: references hold the commune's code, so lines are told apart by their place."""
    columns = Line.number, Line.outcome, Line.outcome_on, Line.outcome_note
    lines = db.session.execute(select(*columns).where(Line.run_id == run_id)).all()
    entries = select(Entry.booked_on, Entry.amount, Entry.state, Entry.problem, Line.number, Match.rule, Match.effect)
    entries = entries.outerjoin(Line, Line.id == Entry.line_id).outerjoin(Match, Match.entry_id == Entry.id)
    found = db.session.execute(entries.where(Entry.commune_id == commune))
    return sorted(map(repr, lines)), sorted(map(repr, found))


def test_a_file_with_a_missing_row_is_refused_and_nothing_is_kept(app, commune, tmp_path):
    rows = (FIXTURES / "statements" / "sao-ke.csv").read_text("utf-8-sig").splitlines()
    broken = tmp_path / "thieu-dong.csv"
    broken.write_text("\n".join(rows[:5] + rows[6:]), "utf-8")
    with app.app_context():
        with pytest.raises(DomainError, match=r"thieu-dong.csv do not tie at E6"):
            imported(commune, broken)
        assert db.session.query(Statement).count() == db.session.query(Entry).count() == 0


def test_the_same_file_imported_twice_at_once_is_kept_once(postgres_app, tmp_path):
    with postgres_app.app_context():
        commune = factories.commune(postgres_app)
        paid_list(commune, 6)
    start, ends = threading.Barrier(4), []

    def one():
        with postgres_app.app_context():
            start.wait()
            try:
                imported(commune, FIXTURES / "statements" / "dptb18.xlsx")
                ends.append("kept")
            except services.AlreadyImported:
                ends.append("refused")
            db.session.remove()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["kept", "refused", "refused", "refused"]
    with postgres_app.app_context():
        assert db.session.query(Statement).count() == 1 and db.session.query(Entry).count() == 9


def an_open(problem):
    return db.session.scalars(
        select(Entry).where(Entry.problem == problem, Entry.state == EntryState.OPEN).order_by(Entry.id)
    ).first()


@pytest.fixture
def worked(app, commune, tmp_path):
    """A statement with every kind of problem, imported by another officer; gives the run's id."""
    with app.app_context():
        place = db.session.get(Commune, commune)
        factories.staff_member("officer2", factories.Role.OFFICER, place)
        db.session.commit()
        run_id, lines = paid_list(commune)
        payments = bank.payment_file(tmp_path / "payments.csv", lines)
        imported(commune, bank.play(tmp_path, payments, seed=5, **FATES)[0], by="officer2")
    return run_id


def test_a_person_decides_with_a_reason_and_can_take_it_back(app, worked):
    with app.app_context():
        officer, entry = factories.member("officer"), an_open(EntryProblem.FOREIGN)
        with pytest.raises(resolving.ReasonNeeded):
            services.resolve(officer, entry, ResolutionKind.NOT_OURS, "  ")
        services.resolve(officer, entry, ResolutionKind.NOT_OURS, "Nước uống của văn phòng")
        assert entry.state == EntryState.RESOLVED
        with pytest.raises(resolving.EntryIsElsewhere):
            services.resolve(officer, entry, ResolutionKind.NOT_OURS, "lần nữa")
        services.reopen(officer, entry)
        assert (entry.state, entry.problem) == (EntryState.OPEN, EntryProblem.FOREIGN)


def test_the_importer_does_not_decide_where_a_recipients_money_is_concerned(app, worked):
    with app.app_context():
        importer, entry = factories.member("officer2"), an_open(EntryProblem.PAID_TWICE)
        with pytest.raises(resolving.ImporterCannotDecide):
            services.resolve(importer, entry, ResolutionKind.RECOVER, "Ngân hàng đã nhận thu hồi")
        services.resolve(factories.member("officer"), entry, ResolutionKind.RECOVER, "Ngân hàng đã nhận thu hồi")
        assert entry.state == EntryState.RESOLVED


def test_a_match_by_hand_needs_the_same_amount_and_pays_the_line_and_can_be_taken_back(app, commune, worked):
    with app.app_context():
        officer = factories.member("officer")
        entry = db.session.scalars(select(Entry).where(Entry.amount < 0, Entry.state == EntryState.OPEN)).first()
        pending = select(Line).where(Line.run_id == worked, Line.outcome == Outcome.PENDING)
        other = db.session.scalars(pending.where(Line.amount_total != -entry.amount)).first()
        with pytest.raises(resolving.AmountDiffers):
            services.resolve(officer, entry, ResolutionKind.MATCH_TO_LINE, "cùng người", other)
        same = db.session.scalars(pending.where(Line.amount_total == -entry.amount)).first()
        if same is None:
            entry = Entry(
                commune_id=commune, statement_id=entry.statement_id, account=entry.account, fingerprint="x", position=999,
                booked_on=entry.booked_on, amount=-other.amount_total, state=EntryState.OPEN, problem=EntryProblem.FOREIGN,
            )  # fmt: skip
            db.session.add(entry)
            db.session.flush()
            same = other
        services.resolve(officer, entry, ResolutionKind.MATCH_TO_LINE, "cùng người, ngân hàng cắt mã", same)
        assert same.outcome == Outcome.PAID and same.outcome_on == entry.booked_on
        services.reopen(officer, entry)
        assert same.outcome == Outcome.PENDING and same.outcome_on is None
