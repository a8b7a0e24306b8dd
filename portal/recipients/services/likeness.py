"""People of a list whom the register probably knows under another code: found by number or by name, decided by a person."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    cast,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    union,
)

from portal.areas.models import Village
from portal.audit.services import record
from portal.db import db, now
from portal.recipients.models import (
    BirthPrecision,
    Recipient,
    RecipientStatus,
    RosterFile,
    RosterRow,
    RosterState,
    SamePerson,
    Verdict,
)
from portal.recipients.services.refusals import AlreadySolved, NoSuchLikeness
from portal.recipients.services.rowsets import set_each
from portal.staff.models import StaffMember

MOST_SHOWN = 3
_BATCH = 1000
EVIDENCE = ("citizen_id", "old_id", "full_name", "birth_date", "birth_year", "village", "phone")


def mark_likely(file: RosterFile, span: ColumnElement[bool]) -> None:
    """Give rows of nobody the verdict `likely` where the register holds someone like them, with what speaks for it."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row_id, recipient_id, code, *evidence in db.session.execute(_likeliest(file, span)):
        says = [name for name, holds in zip(EVIDENCE, evidence, strict=True) if holds]
        found.setdefault(row_id, []).append({"id": recipient_id, "code": code, "evidence": says})
    set_each(
        [
            {"id": row_id, "verdict": Verdict.LIKELY, "differences": {"likely": likely}}
            for row_id, likely in found.items()
        ]
    )


def _likeliest(file: RosterFile, span: ColumnElement[bool]) -> Select[Any]:
    """Row, person, code and what speaks for it, the likeliest first; a pair that an officer has told apart is none."""
    pairs = _pairs(file, span)
    says = _evidence()
    weight: Any = sum(cast(func.coalesce(says[name], False), Integer) for name in EVIDENCE)
    place = func.row_number().over(partition_by=RosterRow.id, order_by=(weight.desc(), Recipient.id)).label("place")
    told_apart = select(SamePerson.id).where(
        SamePerson.commune_id == file.commune_id,
        SamePerson.key == RosterRow.key,
        SamePerson.recipient_id == Recipient.id,
        ~SamePerson.same,
    )
    ranked = (
        select(RosterRow.id.label("row_id"), Recipient.id.label("recipient_id"), Recipient.code.label("code"), place)
        .add_columns(*(says[name].label(name) for name in EVIDENCE))
        .join_from(pairs, RosterRow, RosterRow.id == pairs.c.row_id)
        .join(Recipient, Recipient.id == pairs.c.recipient_id)
        .outerjoin(Village, Village.id == Recipient.village_id)
        .where(Recipient.status == RecipientStatus.LIVE, ~told_apart.exists())
        .subquery()
    )
    wanted = [ranked.c.row_id, ranked.c.recipient_id, ranked.c.code, *(ranked.c[name] for name in EVIDENCE)]
    return select(*wanted).where(ranked.c.place <= MOST_SHOWN).order_by(ranked.c.row_id, ranked.c.place)


def _evidence() -> dict[str, ColumnElement[bool]]:
    both_days = and_(RosterRow.birth_precision == BirthPrecision.DAY, Recipient.birth_precision == BirthPrecision.DAY)
    return {
        "citizen_id": RosterRow.citizen_id == Recipient.citizen_id,
        "old_id": RosterRow.old_id == Recipient.old_id,
        "full_name": RosterRow.search_key == Recipient.search_key,
        "birth_date": and_(both_days, RosterRow.birth_date == Recipient.birth_date),
        "birth_year": func.extract("year", RosterRow.birth_date) == func.extract("year", Recipient.birth_date),
        "village": RosterRow.village_key == Village.search_key,
        "phone": RosterRow.phone == Recipient.phone,
    }


def _pairs(file: RosterFile, span: ColumnElement[bool]) -> Subquery:
    """The same number; or the same name with the same birthday, or with the same birth year and village.

    By name alone nobody is found who is on this list under a code of their own, or who has another identity number.
    """
    says = _evidence()
    here = and_(span, RosterRow.verdict == Verdict.NEW, RosterRow.recipient_id.is_(None))
    on_the_list = select(RosterRow.recipient_id).where(
        RosterRow.roster_file_id == file.id, RosterRow.recipient_id.is_not(None)
    )
    nobody_else = or_(
        RosterRow.citizen_id.is_(None), Recipient.citizen_id.is_(None), RosterRow.citizen_id == Recipient.citizen_id
    )
    # the offset has the few found by name looked up on the list, rather than everybody of the register
    by_name = (
        _pair(here, file, says["full_name"])
        .outerjoin(Village, Village.id == Recipient.village_id)
        .where(or_(says["birth_date"], and_(says["birth_year"], says["village"])), nobody_else)
        .offset(0)
        .subquery()
    )
    not_listed = select(by_name).where(by_name.c.recipient_id.not_in(on_the_list))
    return union(_pair(here, file, says["citizen_id"]), _pair(here, file, says["old_id"]), not_listed).subquery()


def _pair(here: ColumnElement[bool], file: RosterFile, same: ColumnElement[bool]) -> Select[int, int]:
    theirs = and_(Recipient.commune_id == file.commune_id, same)
    return select(RosterRow.id.label("row_id"), Recipient.id.label("recipient_id")).join(Recipient, theirs).where(here)


def answer(actor: StaffMember, file: RosterFile, row: RosterRow, recipient_id: int, *, same: bool) -> None:
    """Remember whether the row is this person; raises `NoSuchLikeness` when the preview did not propose them.

    What was said once is not said again: it is taken back first.
    """
    proposed = {each["id"] for each in row.differences.get("likely", ())}
    if row.verdict != Verdict.LIKELY or row.resolution is not None or recipient_id not in proposed:
        raise NoSuchLikeness
    said = or_(SamePerson.recipient_id == recipient_id, SamePerson.same if same else false())
    if db.session.scalar(select(exists().where(_answers(file, row.key), said))):
        raise NoSuchLikeness
    remember(actor, file.commune_id, [(row.key, recipient_id)], same=same)
    subject = f"roster_row:{row.id}"
    record(actor, "roster.same_person", subject, commune_id=file.commune_id, recipient_id=recipient_id, same=same)


def sure_pairs(file: RosterFile) -> list[tuple[int, str, int]]:
    """Row, key and person where number, name and birth year all agree with one person, and nobody has answered."""
    sure = {"citizen_id", "full_name", "birth_year"}
    answered = exists().where(SamePerson.commune_id == file.commune_id, SamePerson.key == RosterRow.key)
    likely = select(RosterRow.id, RosterRow.key, RosterRow.differences).where(
        RosterRow.roster_file_id == file.id,
        RosterRow.verdict == Verdict.LIKELY,
        RosterRow.resolution.is_(None),
        ~answered.correlate(RosterRow),
    )
    return [
        (row_id, key, told["likely"][0]["id"])
        for row_id, key, told in db.session.execute(likely)
        if [sure <= set(each["evidence"]) for each in told["likely"]].count(True) == 1
        and sure <= set(told["likely"][0]["evidence"])
    ]


def answer_all(actor: StaffMember, file: RosterFile) -> int:
    """Say "the same person" of all `sure_pairs`; how many. Raises `NoSuchLikeness` when there are none."""
    pairs = [(key, recipient_id) for _row, key, recipient_id in sure_pairs(file)]
    if not pairs:
        raise NoSuchLikeness
    remember(actor, file.commune_id, pairs, same=True)
    subject = f"roster_file:{file.id}"
    record(actor, "roster.same_people", subject, commune_id=file.commune_id, people=len(pairs))
    return len(pairs)


def answered_rows(file: RosterFile) -> list[int]:
    """Rows left over by an applied list of which is known by now who they are: someone, or none of those proposed."""
    likely = select(RosterRow.id, RosterRow.key, RosterRow.differences).where(
        RosterRow.roster_file_id == file.id, RosterRow.verdict == Verdict.LIKELY, RosterRow.resolution.is_(None)
    )
    rows = db.session.execute(likely).all()
    answers: dict[str, dict[int, bool]] = {}
    asked = select(SamePerson.key, SamePerson.recipient_id, SamePerson.same)
    keys = [key for _id, key, _told in rows]
    for start in range(0, len(keys), _BATCH):
        mine = (SamePerson.commune_id == file.commune_id, SamePerson.key.in_(keys[start : start + _BATCH]))
        for key, recipient_id, same in db.session.execute(asked.where(*mine)):
            answers.setdefault(key, {})[recipient_id] = same
    return [row_id for row_id, key, told in rows if _is_answered(told["likely"], answers.get(key, {}))]


def _is_answered(likely: list[dict[str, Any]], answers: dict[int, bool]) -> bool:
    return any(answers.values()) or all(each["id"] in answers for each in likely)


def take_back(actor: StaffMember, file: RosterFile, row: RosterRow) -> None:
    """Forget what was said about the row, so that the question is asked again.

    Raises `AlreadySolved` where it has been applied as it was said, `NoSuchLikeness` where nothing was said.
    """
    if row.resolution is not None or (file.state == RosterState.APPLIED and row.verdict != Verdict.LIKELY):
        raise AlreadySolved
    if db.session.execute(delete(SamePerson).where(_answers(file, row.key))).rowcount == 0:  # type: ignore[attr-defined]
        raise NoSuchLikeness
    record(actor, "roster.same_person_taken_back", f"roster_row:{row.id}", commune_id=file.commune_id)


def _answers(file: RosterFile, key: str) -> ColumnElement[bool]:
    return and_(SamePerson.commune_id == file.commune_id, SamePerson.key == key)


def remember(actor: StaffMember, commune_id: int, pairs: list[tuple[str, int]], *, same: bool) -> None:
    """Store answers about (key, recipient id); an earlier answer about the same pair is replaced."""
    told = {"commune_id": commune_id, "same": same, "at": now(), "by_name": actor.full_name}
    for key, recipient_id in pairs:
        db.session.execute(
            delete(SamePerson).where(
                SamePerson.commune_id == commune_id,
                SamePerson.key == key,
                or_(SamePerson.recipient_id == recipient_id, SamePerson.same if same else false()),
            )
        )
    db.session.execute(insert(SamePerson), [{**told, "key": key, "recipient_id": found} for key, found in pairs])
