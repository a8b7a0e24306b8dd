"""Two records of one person become one; until a list that pays the person is approved they can be parted again."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, and_, delete, exists, func, select, update
from sqlalchemy.orm import aliased

from portal.audit.services import record
from portal.db import Base, db, now
from portal.errors import DomainError, InputError
from portal.recipients.models import (
    Merge,
    MethodStatus,
    PaymentMethod,
    Recipient,
    RecipientStatus,
    Representative,
    RepresentativeStatus,
    SamePerson,
)
from portal.recipients.services.likeness import remember
from portal.recipients.services.rowsets import run
from portal.staff.models import StaffMember
from portal.vietnam.month import LOCAL_TIME, today

# what was paid, read or said of a record stays as it was; everything else that points to it goes over
HISTORY = frozenset({"line", "left_out", "roster_row", "recipient_merge", "same_person"})
# what one record lacks it takes from the other: the first decides, the others come with it
_TAKEN: tuple[tuple[str, ...], ...] = (
    ("sex",),
    ("birth_date", "birth_precision"),
    ("citizen_id", "citizen_id_confirmed"),
    ("old_id",),
    ("phone", "phone_owner"),
    ("village_id",),
    ("note",),
)


class MergeReasonMissing(InputError):
    """Write how it is known that the two are one person, for example: seen with one identity card."""


class OneRecord(InputError):
    """This is one record, not two. Choose the other record of the person."""


class MergedAlready(DomainError):
    """One of the two records was merged meanwhile. Look at the person again; nothing was changed."""


class StatesDiffer(DomainError):
    """One of the two is no longer in the register (died, moved away or ended). Keep the record that is in the register, and correct first what is wrong about the other."""


class ChangedBeforeMerge(DomainError):
    """One of the two records was changed while you compared them. Nothing was merged: compare them again."""


class MergeUndoneAlready(DomainError):
    """These two records were parted already. Nothing was changed a second time."""


class MergeIsFinal(DomainError):
    """A list that pays this person was approved on %(day)s: the two records stay one. Correct what is wrong by hand."""


class MergedFurther(DomainError):
    """The record that was kept has itself been merged into another one. Part those two first."""


def pointing() -> Iterator[Column[Any]]:
    """Every column that says whose something is, in whatever package."""
    for table in Base.metadata.sorted_tables:
        if table.name not in HISTORY:
            yield from (key.parent for key in table.foreign_keys if key.column.table.name == "recipient")


def moves(merged: Recipient) -> dict[str, int]:
    """How many rows would go over, by "table.column"."""
    counts = {
        str(column): db.session.scalar(select(func.count()).select_from(column.table).where(column == merged.id))
        for column in pointing()
    }
    return {name: count for name, count in counts.items() if count}


def taken(kept: Recipient, merged: Recipient) -> dict[str, Any]:
    """What the kept record takes over because it lacks it; a number confirmed from a card confirms the same number."""
    found: dict[str, Any] = {}
    for first, *others in _TAKEN:
        if not getattr(kept, first) and getattr(merged, first):
            found |= {name: getattr(merged, name) for name in (first, *others)}
    if merged.citizen_id_confirmed and not kept.citizen_id_confirmed and kept.citizen_id == merged.citizen_id:
        found["citizen_id_confirmed"] = True
    return found


def merge(
    actor: StaffMember, kept: Recipient, merged: Recipient, reason: str, *, seen: tuple[int, int] | None = None
) -> Merge:
    """Let `kept` stand for both from now on; lists of the next months find it under the codes of both.

    `seen`: the versions of the two that the actor compared. Raises MergeReasonMissing, OneRecord, MergedAlready,
    StatesDiffer or ChangedBeforeMerge.
    """
    if not reason:
        raise MergeReasonMissing
    if kept.id == merged.id or kept.commune_id != merged.commune_id:
        raise OneRecord
    _lock(kept, merged)
    if seen and seen != (kept.version, merged.version):
        raise ChangedBeforeMerge
    _may_be_merged(kept, merged)
    new = taken(kept, merged)
    done: dict[str, Any] = {
        "status": str(merged.status),
        "ended_on": _plain(merged.ended_on),
        "settled": _settle(kept, merged),
        "rows": {str(column): _move(column, merged.id, kept.id) for column in pointing()},
        "taken": {name: _plain(value) for name, value in new.items()},
    }
    merged.status, merged.ended_on = RecipientStatus.ENDED, merged.ended_on or today()
    merged.merged_into_id = kept.id
    db.session.flush()  # a confirmed number has one living owner at every moment
    for name, value in new.items():
        setattr(kept, name, value)
    remember(actor, kept.commune_id, [(merged.code, kept.id)], same=True)
    told = {"kept_id": kept.id, "merged_id": merged.id, "moved": done, "reason": reason}
    row = Merge(commune_id=kept.commune_id, at=now(), by_name=actor.full_name, **told)
    db.session.add(row)
    db.session.flush()
    detail = {"merged": merged.id, "rows": {name: len(ids) for name, ids in done["rows"].items() if ids}}
    record(actor, "recipient.merged", f"recipient:{kept.id}", commune_id=kept.commune_id, **detail)
    db.session.expire_all()
    return row


def _lock(*people: Recipient) -> None:
    """Both rows, always in the same order, as they are now."""
    ids = [person.id for person in people]
    both = select(Recipient).where(Recipient.id.in_(ids)).order_by(Recipient.id).with_for_update(of=Recipient)
    db.session.scalars(both.execution_options(populate_existing=True)).all()


def _may_be_merged(kept: Recipient, merged: Recipient) -> None:
    if kept.merged_into_id or merged.merged_into_id:
        raise MergedAlready
    told = merged.status not in (RecipientStatus.LIVE, RecipientStatus.ENDED, kept.status)
    if told or (kept.status != RecipientStatus.LIVE and merged.status == RecipientStatus.LIVE):
        raise StatesDiffer


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _settle(kept: Recipient, merged: Recipient) -> dict[str, dict[str, str]]:
    """A person has one way to be paid and one representative: what gives way, table to id to its state until now.

    The kept record's stand; but money that goes to the other's representative's account needs that representative.
    """
    gives_way: dict[str, dict[str, str]] = {"payment_method": {}, "representative": {}}
    for status in (MethodStatus.READY, MethodStatus.TO_OPEN):
        mine, theirs = (_method(person, status) for person in (kept, merged))
        if mine and theirs:
            theirs.status = MethodStatus.REPLACED
            gives_way["payment_method"][str(theirs.id)] = str(status)
    ours, other = _confirmed(kept), _confirmed(merged)
    if ours and other:
        paid = _method(merged, MethodStatus.READY)
        loser = ours if paid and paid.representative_id == other.id else other
        loser.status = RepresentativeStatus.ENDED
        gives_way["representative"][str(loser.id)] = str(RepresentativeStatus.CONFIRMED)
    db.session.flush()
    return gives_way


def _method(person: Recipient, status: MethodStatus) -> PaymentMethod | None:
    theirs = and_(PaymentMethod.recipient_id == person.id, PaymentMethod.status == status)
    return db.session.scalars(select(PaymentMethod).where(theirs)).one_or_none()


def _confirmed(person: Recipient) -> Representative | None:
    theirs = and_(Representative.recipient_id == person.id, Representative.status == RepresentativeStatus.CONFIRMED)
    return db.session.scalars(select(Representative).where(theirs)).one_or_none()


def _move(column: Column[Any], old: int, new: int, ids: list[Any] | None = None) -> list[Any]:
    """Point the rows (`ids`: only these) to another person; whoever has one open elsewhere learns of it by the version."""
    table: Table = column.table
    theirs = column == old
    if ids is not None:
        kind = table.c.id.type.python_type
        theirs = and_(theirs, table.c.id.in_([kind(key) for key in ids]))
    found = [key if isinstance(key, int) else str(key) for key in db.session.scalars(select(table.c.id).where(theirs))]
    if found:
        version = {"version": table.c.version + 1} if "version" in table.c else {}
        run(update(table).where(theirs).values({column.name: new, **version}))
    return found


def undo(actor: StaffMember, row: Merge) -> None:
    """Give back exactly what went over. Raises MergeUndoneAlready, MergeIsFinal or MergedFurther."""
    kept, merged = row.kept, row.merged
    _lock(kept, merged)
    db.session.refresh(row, with_for_update=True)
    if row.undone_at:
        raise MergeUndoneAlready
    if row.final_at:
        raise MergeIsFinal(day=f"{row.final_at.astimezone(LOCAL_TIME):%d/%m/%Y}")
    if kept.merged_into_id:
        raise MergedFurther
    done = row.moved
    _give_back(kept, done["taken"])
    for column in pointing():
        _move(column, kept.id, merged.id, done["rows"].get(str(column), []))
    merged.status, merged.merged_into_id = RecipientStatus(done["status"]), None
    merged.ended_on = date.fromisoformat(done["ended_on"]) if done["ended_on"] else None
    db.session.flush()
    _restore(PaymentMethod, done["settled"]["payment_method"])
    _restore(Representative, done["settled"]["representative"])
    said = and_(SamePerson.commune_id == row.commune_id, SamePerson.key == merged.code)
    run(delete(SamePerson).where(said, SamePerson.recipient_id == kept.id, SamePerson.same))
    row.undone_at, row.undone_by_name = now(), actor.full_name
    record(actor, "recipient.parted", f"recipient:{kept.id}", commune_id=row.commune_id, merged=merged.id)
    db.session.expire_all()


def _give_back(kept: Recipient, values: dict[str, Any]) -> None:
    """What the kept record took over, unless it was changed since."""
    for first, *others in _TAKEN:
        if first in values and _plain(getattr(kept, first)) == values[first]:
            for name in (first, *others):
                setattr(kept, name, {"citizen_id_confirmed": False, "note": ""}.get(name))
    if "citizen_id_confirmed" in values and "citizen_id" not in values:
        kept.citizen_id_confirmed = False
    db.session.flush()


def _restore(model: type[PaymentMethod | Representative], states: dict[str, str]) -> None:
    """States that gave way come back, where nothing else has taken the place."""
    for key, status in states.items():
        other = aliased(model)
        taken_by = exists().where(other.recipient_id == model.recipient_id, other.status == status)
        run(update(model).where(model.id == int(key), ~taken_by).values(status=status))


def seal(commune_id: int, paid: Select[int]) -> None:
    """A list that pays these people (ids) was approved: what they were merged from stays merged."""
    stands: ColumnElement[bool] = and_(Merge.undone_at.is_(None), Merge.final_at.is_(None))
    run(update(Merge).where(Merge.commune_id == commune_id, stands, Merge.kept_id.in_(paid)).values(final_at=now()))


def tell_apart(actor: StaffMember, one: Recipient, other: Recipient) -> None:
    """Two people after all: neither the comparison of lists nor the page of likely doubles asks again."""
    if one.id == other.id or one.commune_id != other.commune_id:
        raise OneRecord
    remember(actor, one.commune_id, [(one.code, other.id), (other.code, one.id)], same=False)
    record(actor, "recipient.told_apart", f"recipient:{one.id}", commune_id=one.commune_id, other=other.id)


def ask_again(actor: StaffMember, one: Recipient, other: Recipient) -> None:
    """Forget that the two were told apart."""
    for person, known in ((one, other), (other, one)):
        said = and_(SamePerson.commune_id == person.commune_id, SamePerson.key == person.code)
        run(delete(SamePerson).where(said, SamePerson.recipient_id == known.id, ~SamePerson.same))
    record(actor, "recipient.asked_again", f"recipient:{one.id}", commune_id=one.commune_id, other=other.id)
