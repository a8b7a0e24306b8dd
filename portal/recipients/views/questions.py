"""Whom the rows of a list might be: each person beside the row, with what was answered."""

from dataclasses import dataclass

from portal.recipients import labels, queries
from portal.recipients.models import Recipient, RosterFile, RosterRow, RosterState, Verdict


@dataclass(frozen=True)
class Candidate:
    """`same`: what `by_name` has answered; None while nobody has."""

    person: Recipient
    evidence: str
    sides: list[labels.Side]
    same: bool | None
    by_name: str


@dataclass(frozen=True)
class Question:
    """A row and the people whom it might be. `open`: an answer is wanted; `undo`: one can be taken back."""

    row: RosterRow
    candidates: list[Candidate]
    open: bool
    undo: bool


def questions(file: RosterFile, rows: list[RosterRow]) -> dict[int, Question]:
    """The question of each row that has one, by the row's id."""
    told = queries.told_of(file.commune_id, rows)
    people = queries.people_named(file.commune_id, rows)
    people |= {each.person.id: each.person for answers in told.values() for each in answers}
    paid = queries.paid_by(file.programme_id, people)
    found = {}
    for row in rows:
        answers = {each.person.id: each for each in told.get(row.key, ())}
        evidence = {each["id"]: each["evidence"] for each in row.differences.get("likely", ())}
        candidates = [
            Candidate(
                people[key],
                labels.evidence_words(evidence.get(key, ())),
                labels.side_by_side(row, people[key], paid.get(key)),
                answers[key].same if key in answers else None,
                answers[key].by_name if key in answers else "",
            )
            for key in [*evidence, *(each for each in answers if each not in evidence)]
            if key in people
        ]
        if candidates:
            found[row.id] = _question(file, row, candidates)
    return found


def _question(file: RosterFile, row: RosterRow, candidates: list[Candidate]) -> Question:
    said = [each.same for each in candidates]
    settled = row.resolution is not None or (file.state == RosterState.APPLIED and row.verdict != Verdict.LIKELY)
    unanswered = row.verdict == Verdict.LIKELY and True not in said and None in said
    return Question(row, candidates, unanswered and not settled, said.count(None) < len(said) and not settled)
