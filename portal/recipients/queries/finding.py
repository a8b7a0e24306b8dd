"""Finds who stands on a page: looks through the next thousands in order, and asks the index of words when few fit.

Those whose given name is a word that was typed come first: "yen" means Yến before Yên Văn An.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    case,
    collate,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy import union_all as union

from portal.db import db
from portal.recipients.models import Recipient
from portal.recipients.queries.wording import LAST_DIGITS, Wording, holds, ids_with, on_postgresql, words
from portal.staff.models import StaffMember
from portal.staff.queries import in_communes_of
from portal.vietnam.citizen_id import digits_of
from portal.vietnam.names import search_key

# People looked through in order before the index is asked: of a range of given names, and of all. Those with one given
# name stand in the order of families, so that "nguyen" may be met only after all of a million who are called Anh.
NEAR_IN_RANGE, NEAR = 20_000, 45_000
MANY = 1_000  # of more people a list only says that they are more
FEW = 30_000  # people of a programme or category that are looked at one by one rather than all who have a name
TYPED = 200  # letters of what was typed that are looked for

Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True)
class Asked:
    """Who is looked for: people of a commune whose name, code or number fits a text, and who meet the conditions.

    `along`: conditions on columns that an index in the order of names has; `each`: other conditions, and `among` the
    same as ids of people. `after`: only who stands after this person, the one with the number `before` of the list.
    """

    member: StaffMember
    commune_id: int
    text: str = ""
    along: tuple[ColumnElement[bool], ...] = ()
    each: tuple[ColumnElement[bool], ...] = ()
    among: Select[int] | None = None
    after: Recipient | None = None
    before: int = 0
    limit: int = 51
    counted: bool = True


@dataclass(frozen=True)
class Found:
    """The next of them in order, and how many they are in all; `more`: they are more than that."""

    ids: list[int]
    total: int
    more: bool = False


def find(asked: Asked) -> Found:
    """Each way leads to the same people in the same order: the ways differ in what they cost."""
    if not db.session.scalar(select(in_communes_of(literal(asked.commune_id), asked.member))):
        return Found([], 0)
    wording = _wording(asked)
    if wording and wording.digits:
        return _by_index(asked, wording)
    found = _near(asked, wording)
    if found.more and len(found.ids) < asked.limit:
        found = _by_index(asked, wording) if wording else _first(_everyone(asked), asked)
    if found.total or wording is None or len(wording.spellings[0]) == 1:
        return found
    return _by_index(asked, _side_by_side(wording))


def _wording(asked: Asked) -> Wording | None:
    """None where nothing was typed that could be looked for."""
    digits, words = digits_of(asked.text), tuple(search_key(asked.text)[:TYPED].split())
    if len(digits) >= LAST_DIGITS and digits.isascii() and digits.isdecimal():
        return Wording(digits=digits[:TYPED], code=_known(asked, digits))
    return Wording((words,), code=_known(asked, " ".join(asked.text.lower().split()))) if words else None


def _known(asked: Asked, code: str) -> str:
    """The beginning of a code, if there are such codes."""
    return code if db.session.scalar(_with_code(asked, code).limit(1)) else ""


def _with_code(asked: Asked, code: str) -> Select[int]:
    """Spelled as the index of codes is."""
    lower = collate(func.lower(Recipient.code), "C") if on_postgresql() else collate(Recipient.code, "NOCASE")
    return select(Recipient.id).where(
        Recipient.commune_id == asked.commune_id, lower >= code, lower < f"{code}\U0010ffff"
    )


def _side_by_side(wording: Wording) -> Wording:
    """Two words may be one of the register: Niê Kđăm, Niê-Kđăm."""
    words = wording.spellings[0]
    pairs = range(min(len(words) - 1, 4))
    return Wording(tuple((*words[:at], words[at] + words[at + 1], *words[at + 2 :]) for at in pairs))


def _near(asked: Asked, wording: Wording | None) -> Found:
    """Among the next thousands: those whose given name is meant, then the others."""
    if wording is None:
        return _walk(asked, asked.each, [()], NEAR_IN_RANGE)
    fits, first = wording.fits(Recipient), wording.first(Recipient)
    named = Found([], asked.before)
    if asked.after is None or wording.is_first(asked.after):
        key = Recipient.sort_key
        ranges = [(key >= low, key < high) for low, high in wording.ranges()]
        named = _walk(asked, (fits, first, *asked.each), ranges, NEAR_IN_RANGE)
        if named.more:
            return named
        asked = replace(asked, after=None, before=named.total)
    others = _walk(asked, (fits, ~first, *asked.each), [()], NEAR)
    return replace(others, ids=(named.ids + others.ids)[: asked.limit])


def _walk(asked: Asked, fitting: Conditions, ranges: Sequence[Conditions], steps: int) -> Found:
    """Who fits in ranges of the order, as far as so many steps into each range go.

    Each walk is along one index, which holds all that a name is compared with.
    """
    place = tuple_(Recipient.sort_key, Recipient.id)
    listed = select(Recipient.id, Recipient.sort_key).where(Recipient.commune_id == asked.commune_id, *asked.along)
    walks, beyond = [], None
    for within in ranges:
        walk = listed.where(*within, *_later(asked)).order_by(Recipient.sort_key, Recipient.id)
        beyond = db.session.execute(walk.offset(steps).limit(1)).first()
        if beyond:
            walk = walk.where(place < tuple_(beyond.sort_key, beyond.id))
        walks.append(select(walk.where(*fitting).limit(MANY + 1 if asked.counted else asked.limit).subquery()))
        if beyond:
            break
    found = _first(union(*walks), asked)
    if found.total - asked.before > MANY:
        return replace(found, total=max(MANY, asked.before), more=True)
    return replace(found, more=beyond is not None)


def _by_index(asked: Asked, wording: Wording) -> Found:
    """Among those whom the index of words names, or who belong to a small programme or category."""
    if asked.among is not None and wording.spellings and _are_few(asked.among):
        return _first(_grouped(asked, asked.among, wording), asked)
    return _first(_indexed(asked, wording), asked)


def _are_few(people: Select[int]) -> bool:
    return (db.session.scalar(select(func.count()).select_from(people.limit(FEW + 1).subquery())) or 0) <= FEW


def _indexed(asked: Asked, wording: Wording) -> Select[Any]:
    """The sum keeps the database from walking through the commune instead."""
    people = select(*_placed(Recipient, wording))
    if wording.code:
        people = people.where(Recipient.id.in_(union(ids_with(wording), _with_code(asked, wording.code))))
    elif on_postgresql():
        people = people.where(holds(wording))
    else:
        people = people.join_from(words, Recipient, Recipient.id == words.c.rowid).where(holds(wording))
    checked = (wording.fits(Recipient),) if wording.digits else ()
    here = Recipient.commune_id + 0 == asked.commune_id
    return people.where(here, *checked, *asked.along, *asked.each, *_after(asked, wording))


def _grouped(asked: Asked, among: Select[int], wording: Wording) -> Select[Any]:
    """Of a small group; the offset keeps the database from comparing the names of the whole commune first."""
    columns = (Recipient.id, Recipient.sort_key, Recipient.search_key, Recipient.code)
    listed = select(*columns).where(Recipient.commune_id == asked.commune_id, *asked.along, *asked.each)
    group = listed.where(Recipient.id.in_(among), *_after(asked, wording)).offset(0).subquery().c
    return select(*_placed(group, wording)).where(wording.fits(group))


def _everyone(asked: Asked) -> Select[Any]:
    people = select(*_placed(Recipient)).where(Recipient.commune_id == asked.commune_id, *_later(asked))
    among = () if asked.among is None else (Recipient.id.in_(asked.among),)
    return people.where(*among, *asked.along, *asked.each)


def _placed(people: Any, wording: Wording | None = None) -> tuple[ColumnElement[Any], ...]:
    """Their id, and what they are ordered by."""
    first = (case((wording.first(people), 0), else_=1).label("group"),) if wording and wording.spellings else ()
    return people.id, *first, people.sort_key


def _after(asked: Asked, wording: Wording) -> Conditions:
    if asked.after is None or not wording.spellings:
        return _later(asked)
    first = wording.first(Recipient)
    return (or_(~first, *_later(asked)),) if wording.is_first(asked.after) else (~first, *_later(asked))


def _later(asked: Asked) -> Conditions:
    last = asked.after
    return (tuple_(Recipient.sort_key, Recipient.id) > tuple_(last.sort_key, last.id),) if last else ()


def _first(people: Select[Any] | CompoundSelect[Any], asked: Asked) -> Found:
    """Count them, return the first. That all are counted keeps the database from betting on an early end.

    `people` as `_placed`.
    """
    found = people.subquery()
    key, *order = found.c
    rows = db.session.execute(select(key, func.count().over()).order_by(*order, key).limit(asked.limit)).all()
    return Found([row[0] for row in rows], asked.before + (rows[0][1] if rows else 0))
