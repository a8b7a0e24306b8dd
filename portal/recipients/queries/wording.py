"""What was typed, as conditions on people and in the language of the index of words."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, and_, cast, column, func, or_, select, table
from sqlalchemy.dialects.postgresql import TSQUERY

from portal.db import db
from portal.recipients.models import Recipient
from portal.vietnam.names import given_name_ranges, without_marks

LAST_DIGITS = 3  # of codes and identity numbers are words of the index, behind a mark that no name has
MARK = "§"

# Made by migration 0004: a full-text table on SQLite; on PostgreSQL a function of the same name, and an index over it.
words = table("recipient_words", column("rowid"), column("recipient_words"))


@dataclass(frozen=True)
class Wording:
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

    def first(self, people: Any) -> ColumnElement[bool]:
        """The given name is a word that was typed, or begins with the last one."""
        bare = func.replace(func.replace(people.sort_key, "{", ""), "|", "")
        return or_(*(bare.startswith(beginning) for beginning in self._beginnings()))

    def is_first(self, person: Recipient) -> bool:
        return without_marks(person.sort_key).startswith(self._beginnings())

    def ranges(self) -> list[tuple[str, str]]:
        """Where in the order of names those are whose given name is meant: [low, high) each, none meets another."""
        found: list[tuple[str, str]] = []
        for low, high in sorted(each for word, whole in self._given() for each in given_name_ranges(word, whole=whole)):
            if found and low <= found[-1][1]:
                found[-1] = (found[-1][0], max(high, found[-1][1]))
            else:
                found.append((low, high))
        return found

    def _beginnings(self) -> tuple[str, ...]:
        return tuple(word + " " * whole for word, whole in self._given())

    def _given(self) -> list[tuple[str, bool]]:
        """Words that may be the given name, and whether they are typed to their end."""
        words = {(word, place > 0) for spelling in self.spellings for place, word in enumerate(spelling[:-5:-1])}
        return sorted(words)


def holds(wording: Wording) -> ColumnElement[bool]:
    """Asks the index of words."""
    query = _Language(on_postgresql()).query(wording)
    if not on_postgresql():
        return words.c.recipient_words.op("MATCH", return_type=Boolean)(query)
    columns = (Recipient.search_key, Recipient.code, Recipient.citizen_id, Recipient.old_id)
    return func.recipient_words(*columns).op("@@", return_type=Boolean)(cast(query, TSQUERY))


def ids_with(wording: Wording) -> Select[int]:
    return select(Recipient.id if on_postgresql() else words.c.rowid).where(holds(wording))


def on_postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"


@dataclass(frozen=True)
class _Language:
    """The language of the index: "thi" AND "v"*, or 'thi' & 'v':*. Words hold letters and digits alone."""

    postgresql: bool

    def query(self, wording: Wording) -> str:
        if wording.digits:
            return self._word(MARK + wording.digits[-LAST_DIGITS:])
        both, either = (" & ", " | ") if self.postgresql else (" AND ", " OR ")
        spellings = ((*map(self._word, words[:-1]), self._beginning(words[-1])) for words in wording.spellings)
        return either.join(f"({both.join(words)})" for words in spellings)

    def _word(self, word: str) -> str:
        return f"'{word}'" if self.postgresql else f'"{word}"'

    def _beginning(self, word: str) -> str:
        return f"{self._word(word)}:*" if self.postgresql else f"{self._word(word)}*"
