"""What bank statements say of many lines at once, in a few statements. The caller has decided; this writes it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update

from portal.audit.services import Actor, record
from portal.db import db
from portal.payouts.models import SEALED_STATES, Line, Outcome, Run, RunIsElsewhere, RunState
from portal.payouts.outcomes import MonthIsSettled

BATCH = 5000


@dataclass(frozen=True)
class Booked:
    """What became of a line on a local day; PENDING (no day) takes it back. `note`: the bank's reason of a return."""

    line_id: int
    outcome: Outcome
    on: date | None
    note: str = ""


def record_bookings(actor: Actor, commune_id: int, booked: Sequence[Booked]) -> None:
    """Write the outcomes of lines of the commune's approved lists; one event for each list.

    Raises RunIsElsewhere or MonthIsSettled when a line's list is not approved yet or settled: then nothing is written.
    """
    groups: defaultdict[tuple[Outcome, date | None, str], list[int]] = defaultdict(list)
    for each in booked:
        groups[each.outcome, each.on, each.note].append(each.line_id)
    runs = _runs_of(commune_id, [each.line_id for each in booked])
    for (outcome, on, note), line_ids in groups.items():
        for some in _batches(line_ids):
            db.session.execute(
                update(Line)
                .where(Line.commune_id == commune_id, Line.id.in_(some))
                .values(outcome=outcome, outcome_on=on, outcome_note=note, version=Line.version + 1),
                execution_options={"synchronize_session": False},
            )
    db.session.expire_all()
    for run_id, lines in runs.items():
        counts = Counter(each.outcome.value for each in booked if each.line_id in lines)
        record(actor, "run.statement_booked", f"run:{run_id}", commune_id=commune_id, **counts)


def _runs_of(commune_id: int, line_ids: Sequence[int]) -> dict[int, set[int]]:
    """Lists with their lines among these, once it is sure that all of them may change."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for some in _batches(line_ids):
        chosen = select(Line.id, Run.id, Run.state).join(Run, Run.id == Line.run_id)
        for line_id, run_id, state in db.session.execute(
            chosen.where(Line.commune_id == commune_id, Line.id.in_(some))
        ):
            if state == RunState.SETTLED:
                raise MonthIsSettled
            if state not in SEALED_STATES:
                raise RunIsElsewhere
            found[run_id].add(line_id)
    return dict(sorted(found.items()))


def _batches(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + BATCH] for at in range(0, len(ids), BATCH))
