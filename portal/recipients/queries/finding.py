"""Finds who stands on a page: looks through the next thousands in order, and asks the index of words when few fit."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, collate, column, func, literal, or_, select, table, tuple_
from sqlalchemy import union_all as union
from sqlalchemy.dialects.postgresql import TSQUERY

from portal.db import db
from portal.recipients.models import Recipient
from portal.staff.models import StaffMember
from portal.staff.queries import in_communes_of
from portal.vietnam.citizen_id import digits_of
from portal.vietnam.names import search_key

NEAR, NEAR_WITHOUT_TEXT = 45_000, 20_000  # people looked through in order before the index is asked
MANY = 1_000  # of more people a list only says that they are more
FEW = 30_000  # people of a programme or category that are looked at one by one rather than all who have a name
LAST_DIGITS = 3  # of codes and identity numbers are words of the index, behind a mark that no name has
MARK = "§"
TYPED = 200  # letters of what was typed that are looked for

# Made by migration 0004: a full-text table on SQLite; on PostgreSQL a function of the same name, and an index over it.
_words = table("recipient_words", column("rowid"), column("recipient_words"))


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


@dataclass(frozen=True)
class _Wording:
    """What was typed: spellings of a name (words), or at least three digits; and how codes begin, if any do."""

    spellings: tuple[tuple[str, ...], ...] = ()
    digits: str = ""
    code: str = ""

    def fits(self, people: Any) -> ColumnElement[bool]:
        """`people` has the columns search_key and code, and those of identity numbers where digits are looked for."""
        spaced = " " + people.search_key + " "
        either = [
            and_(*(spaced.contains(f" {word} ") for word in words[:-1]), spaced.contains(f" {words[-1]}"))
            for words in self.spellings
        ]
        if self.digits:
            either += [number.endswith(self.digits) for number in (people.citizen_id, people.old_id, people.code)]
        if self.code:
            either.append(func.lower(people.code).startswith(self.code, autoescape=True))
        return or_(*either)


def find(asked: Asked) -> Found:
    """Each way leads to the same people in the same order: the ways differ in what they cost."""
    if not db.session.scalar(select(in_communes_of(literal(asked.commune_id), asked.member))):
        return Found([], 0)
    wording = _wording(asked)
    if wording and wording.digits:
        return _by_index(asked, wording)
    near = _near(asked, wording)
    if not near.more or near.total >= MANY:
        found = near
    elif len(near.ids) < asked.limit:
        found = _by_index(asked, wording) if wording else _first(_everyone(asked), asked)
    else:
        found = _told(asked, wording, near) if wording and asked.counted and not asked.each else near
    if found.total or wording is None or len(wording.spellings[0]) == 1:
        return found
    return _by_index(asked, _side_by_side(wording))


def _wording(asked: Asked) -> _Wording | None:
    """None where nothing was typed that could be looked for."""
    digits, words = digits_of(asked.text), tuple(search_key(asked.text)[:TYPED].split())
    if len(digits) >= LAST_DIGITS and digits.isascii() and digits.isdecimal():
        return _Wording(digits=digits[:TYPED], code=_known(asked, digits))
    return _Wording((words,), code=_known(asked, " ".join(asked.text.lower().split()))) if words else None


def _known(asked: Asked, code: str) -> str:
    """The beginning of a code, if there are such codes."""
    return code if db.session.scalar(_with_code(asked, code).limit(1)) else ""


def _with_code(asked: Asked, code: str) -> Select[int]:
    """Spelled as the index of codes is."""
    lower = collate(func.lower(Recipient.code), "C") if _on_postgresql() else collate(Recipient.code, "NOCASE")
    return select(Recipient.id).where(
        Recipient.commune_id == asked.commune_id, lower >= code, lower < f"{code}\U0010ffff"
    )


def _side_by_side(wording: _Wording) -> _Wording:
    """Two words may be one of the register: Niê Kđăm, Niê-Kđăm."""
    words = wording.spellings[0]
    pairs = range(min(len(words) - 1, 4))
    return _Wording(tuple((*words[:at], words[at] + words[at + 1], *words[at + 2 :]) for at in pairs))


def _near(asked: Asked, wording: _Wording | None) -> Found:
    """Among the next thousands: a walk along one index, which holds all that a name is compared with."""
    place = tuple_(Recipient.sort_key, Recipient.id)
    walk = select(Recipient.id, Recipient.sort_key).where(Recipient.commune_id == asked.commune_id, *asked.along)
    walk = walk.where(*_after(asked)).order_by(Recipient.sort_key, Recipient.id)
    beyond = db.session.execute(walk.offset(NEAR if wording else NEAR_WITHOUT_TEXT).limit(1)).first()
    if beyond:
        walk = walk.where(place < tuple_(beyond.sort_key, beyond.id))
    fitting = walk.where(*([wording.fits(Recipient)] if wording else []), *asked.each)
    near = _first(fitting.limit(MANY + 1 if asked.counted else asked.limit), asked)
    if near.total - asked.before > MANY:
        return replace(near, total=max(MANY, asked.before), more=True)
    return replace(near, more=beyond is not None)


def _told(asked: Asked, wording: _Wording, near: Found) -> Found:
    """How many there are in all, where the nearest fill the page."""
    some = _indexed(replace(asked, after=None), wording).limit(MANY + 1).subquery()
    total = db.session.scalar(select(func.count()).select_from(some)) or 0
    return replace(near, total=min(total, MANY), more=total > MANY)


def _by_index(asked: Asked, wording: _Wording) -> Found:
    """Among those whom the index of words names, or who belong to a small programme or category."""
    if asked.among is not None and wording.spellings and _are_few(asked.among):
        return _first(_everyone(asked).where(wording.fits(Recipient)), asked)
    return _first(_indexed(asked, wording), asked)


def _are_few(people: Select[int]) -> bool:
    return (db.session.scalar(select(func.count()).select_from(people.limit(FEW + 1).subquery())) or 0) <= FEW


def _indexed(asked: Asked, wording: _Wording) -> Select[int, str]:
    """The sum keeps the database from walking through the commune instead."""
    people = select(Recipient.id, Recipient.sort_key)
    query = _Language(_on_postgresql()).query(wording)
    if _on_postgresql():
        columns = (Recipient.search_key, Recipient.code, Recipient.citizen_id, Recipient.old_id)
        named = func.recipient_words(*columns).op("@@")(cast(query, TSQUERY))
        ids = select(Recipient.id).where(named)
    else:
        named = _words.c.recipient_words.op("MATCH")(query)
        ids = select(_words.c.rowid).where(named)
    if wording.code:
        people = people.where(Recipient.id.in_(union(ids, _with_code(asked, wording.code))))
    elif _on_postgresql():
        people = people.where(named)
    else:
        people = people.join_from(_words, Recipient, Recipient.id == _words.c.rowid).where(named)
    checked = (wording.fits(Recipient),) if wording.digits else ()
    here = Recipient.commune_id + 0 == asked.commune_id
    return people.where(here, *checked, *asked.along, *asked.each, *_after(asked))


def _everyone(asked: Asked) -> Select[int, str]:
    people = select(Recipient.id, Recipient.sort_key).where(Recipient.commune_id == asked.commune_id, *_after(asked))
    among = () if asked.among is None else (Recipient.id.in_(asked.among),)
    return people.where(*among, *asked.along, *asked.each)


def _after(asked: Asked) -> tuple[ColumnElement[bool], ...]:
    last = asked.after
    return (tuple_(Recipient.sort_key, Recipient.id) > tuple_(last.sort_key, last.id),) if last else ()


def _first(people: Select[int, str], asked: Asked) -> Found:
    """Count them, return the first. That all are counted keeps the database from betting on an early end."""
    found = people.subquery()
    statement = select(found.c.id, func.count().over()).order_by(found.c.sort_key, found.c.id).limit(asked.limit)
    rows = db.session.execute(statement).all()
    return Found([row[0] for row in rows], asked.before + (rows[0][1] if rows else 0))


def _on_postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"


@dataclass(frozen=True)
class _Language:
    """The language of the index: "thi" AND "v"*, or 'thi' & 'v':*. Words hold letters and digits alone."""

    postgresql: bool

    def query(self, wording: _Wording) -> str:
        if wording.digits:
            return self._word(MARK + wording.digits[-LAST_DIGITS:])
        both, either = (" & ", " | ") if self.postgresql else (" AND ", " OR ")
        spellings = ((*map(self._word, words[:-1]), self._beginning(words[-1])) for words in wording.spellings)
        return either.join(f"({both.join(words)})" for words in spellings)

    def _word(self, word: str) -> str:
        return f"'{word}'" if self.postgresql else f'"{word}"'

    def _beginning(self, word: str) -> str:
        return f"{self._word(word)}:*" if self.postgresql else f"{self._word(word)}*"
