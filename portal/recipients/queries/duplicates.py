"""People who may stand in the register twice: pairs, and what speaks for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    exists,
    extract,
    func,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import aliased

from portal.db import db
from portal.recipients.models import (
    BirthPrecision,
    Merge,
    MethodKind,
    MethodStatus,
    PaymentMethod,
    Recipient,
    RecipientStatus,
    SamePerson,
)
from portal.recipients.queries.people import PAGE, by_ids

# what speaks for one person, and how much
WEIGHTS = {"citizen_id": 8, "old_id": 4, "birth_date": 4, "village": 2, "account": 1}
# more people with one value say nothing of two being one: a relative's account, a number that was made up
CROWD = 6
_OWN_ACCOUNT = (MethodKind.BANK_ACCOUNT, MethodKind.WALLET)


@dataclass(frozen=True)
class Pair:
    """`evidence`: keys of WEIGHTS; "birth_date" is the same name and birthday, "village" name, birth year and village."""

    one: Recipient
    other: Recipient
    evidence: tuple[str, ...]
    weight: int

    @property
    def place(self) -> str:
        """Where it stands in the list, to go on after it."""
        return f"{self.weight}-{self.one.id}-{self.other.id}"


def pairs(commune_id: int, after: tuple[int, int, int] | None = None) -> tuple[list[Pair], int, bool]:
    """A page of pairs, the likeliest first; how many there are in all, and whether there are more pages."""
    found = _weighed(commune_id)
    count = select(func.count()).select_from(found).scalar_subquery()
    listed = (
        select(found, count.label("total")).order_by(found.c.weight.desc(), found.c.one, found.c.other).limit(PAGE + 1)
    )
    if after:
        weight, one, other = after
        later = or_(found.c.one > one, and_(found.c.one == one, found.c.other > other))
        listed = listed.where(or_(found.c.weight < weight, and_(found.c.weight == weight, later)))
    rows = db.session.execute(listed).all()
    people = {person.id: person for person in by_ids([key for row in rows for key in (row.one, row.other)])}
    shown = [Pair(people[row.one], people[row.other], _evidence(row), row.weight) for row in rows[:PAGE]]
    return shown, rows[0].total if rows else 0, len(rows) > PAGE


def evidence(one: Recipient, other: Recipient) -> tuple[str, ...]:
    """What speaks for these two being one; may be nothing."""
    found = _weighed(one.commune_id, [one.id, other.id])
    row = db.session.execute(select(found)).one_or_none()
    return _evidence(row) if row else ()


def _evidence(row: Any) -> tuple[str, ...]:
    return tuple(name for name in WEIGHTS if getattr(row, name))


def _weighed(commune_id: int, among: Sequence[int] | None = None) -> CTE:
    """One row for each pair (`one` has the smaller id) that nobody told apart; `among`: only of these people."""
    each = union(*_kinds(commune_id, among)).subquery("each")
    kinds = {name: func.max(case((each.c.kind == name, 1), else_=0)) for name in WEIGHTS}
    weight = sum((kinds[name] * worth for name, worth in WEIGHTS.items()), start=literal(0))
    one, other = aliased(Recipient), aliased(Recipient)
    apart = or_(_told_apart(commune_id, one, other), _told_apart(commune_id, other, one))
    return (
        select(each.c.one, each.c.other, cast(weight, Integer).label("weight"))
        .add_columns(*(value.label(name) for name, value in kinds.items()))
        .join(one, one.id == each.c.one)
        .join(other, other.id == each.c.other)
        .where(~apart if among is None else true())
        .group_by(each.c.one, each.c.other)
        .cte("weighed")
        .prefix_with("MATERIALIZED")  # it is listed and counted
    )


def _told_apart(commune_id: int, one: Any, other: Any) -> ColumnElement[bool]:
    return exists().where(
        SamePerson.commune_id == commune_id,
        SamePerson.key == one.code,
        SamePerson.recipient_id == other.id,
        ~SamePerson.same,
    )


def _kinds(commune_id: int, among: Sequence[int] | None) -> list[Select[Any]]:
    """For each kind of evidence the pairs that have it."""
    person = Recipient
    here = and_(person.commune_id == commune_id, person.status == RecipientStatus.LIVE)
    if among is not None:
        here = and_(here, person.id.in_(among))
    year = extract("year", person.birth_date)
    by_day = (person.search_key, person.birth_date)
    by_place = (person.search_key, year, person.village_id)
    days = and_(here, person.birth_precision == BirthPrecision.DAY)
    places = and_(here, person.birth_date.is_not(None), person.village_id.is_not(None))
    account = (PaymentMethod.provider_bin, PaymentMethod.account_number)
    paid = and_(
        PaymentMethod.commune_id == commune_id,
        PaymentMethod.status == MethodStatus.READY,
        PaymentMethod.kind.in_(_OWN_ACCOUNT),
    )
    owners = select(person.id).where(here)
    return [
        _pairs("citizen_id", person.id, (person.citizen_id,), and_(here, person.citizen_id.is_not(None))),
        _pairs("old_id", person.id, (person.old_id,), and_(here, person.old_id.is_not(None))),
        _pairs("birth_date", person.id, by_day, days),
        _pairs("village", person.id, by_place, places),
        _pairs("account", PaymentMethod.recipient_id, account, and_(paid, PaymentMethod.recipient_id.in_(owners))),
    ]


def _pairs(kind: str, key: Any, same: Sequence[Any], where: ColumnElement[bool]) -> Select[Any]:
    """Each two of those who share these values, unless they are a crowd."""
    names = [f"v{at}" for at in range(len(same))]
    size = func.count().over(partition_by=list(same)).label("size")
    listed = select(key.label("id"), *(value.label(name) for value, name in zip(same, names, strict=True)), size)
    shared = listed.where(where).cte(f"same_{kind}")
    some = select(shared).where(shared.c.size.between(2, CROWD)).cte(f"few_{kind}")
    one, other = some.alias(f"one_{kind}"), some.alias(f"other_{kind}")
    both = and_(one.c.id < other.c.id, *(one.c[name] == other.c[name] for name in names))
    return select(one.c.id.label("one"), other.c.id.label("other"), literal(kind).label("kind")).join_from(
        one, other, both
    )


def merges_of(person: Recipient) -> list[Merge]:
    """Records that this one stands for, or was merged into; newest first."""
    theirs = or_(Merge.kept_id == person.id, Merge.merged_id == person.id)
    stands = select(Merge).where(theirs, Merge.undone_at.is_(None))
    return list(db.session.scalars(stands.order_by(Merge.id.desc())))


def told_apart_from(person: Recipient) -> list[Recipient]:
    """People who were said to be others than this one."""
    others = and_(SamePerson.commune_id == person.commune_id, SamePerson.key == person.code, ~SamePerson.same)
    ids = select(Recipient.id).join(SamePerson, SamePerson.recipient_id == Recipient.id).where(others)
    return by_ids(list(db.session.scalars(ids.order_by(Recipient.sort_key))))
