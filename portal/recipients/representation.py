"""What the law says of receiving for another: who may, for whom, on what ground and how long. Days in, breaches out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.recipients.models import RepresentativeKind, RepresentativeScope
from portal.vietnam import citizen_id

ACTS_ALONE_FROM = 15  # Civil Code, Art. 21: who is 15 to 18 acts alone, but where the law asks for more
PROXY_MIN_AGE = 15  # Civil Code, Art. 138(3)
ADULT = 18  # Civil Code, Art. 20; Art. 49: a guardian has full legal capacity
OWN_ACCOUNTS = frozenset({"bank_account", "new_account"})


class Basis(StrEnum):
    """Why someone receives by law. Civil Code, Art. 136: father or mother, court; Art. 53, 54: guardians."""

    PARENT = "parent"
    NATURAL = "natural"
    COMMITTEE = "committee"
    COURT = "court"


class Ending(StrEnum):
    """Why someone receives for another no more (Civil Code, Art. 60, 62, 140). The deaths come from the register, too."""

    REVOKED = "revoked"
    GAVE_UP = "gave_up"
    GUARDIAN_CHANGED = "guardian_changed"
    ACTS_ALONE = "acts_alone"
    REPRESENTATIVE_DIED = "representative_died"
    RECIPIENT_DIED = "recipient_died"
    OTHER = "other"


BY_HAND = tuple(each for each in Ending if each != Ending.RECIPIENT_DIED)  # that one is a change of the recipient


BASES = {
    RepresentativeKind.PROXY: frozenset[Basis](),
    RepresentativeKind.GUARDIAN: frozenset({Basis.NATURAL, Basis.COMMITTEE, Basis.COURT}),
    RepresentativeKind.LEGAL: frozenset({Basis.PARENT, Basis.COURT}),
}


class Breach(StrEnum):
    """In the order in which they are told."""

    SELF = "self"
    CANNOT_AUTHORIZE = "cannot_authorize"
    BASIS = "basis"
    PARENT_OF_ADULT = "parent_of_adult"
    TOO_YOUNG = "too_young"
    ACCOUNT_ALONE = "account_alone"
    ACCOUNT_SCOPE = "account_scope"


@dataclass(frozen=True)
class Ward:
    """Whose money it is. `born` is the first day that it can be, where only the year or month is known (`precision`)."""

    number: str | None
    born: date | None
    lacks_capacity: bool = False
    precision: str = "day"

    def surely_adult(self, on: date) -> bool:
        if self.born is None:
            return False
        last = {"year": self.born.replace(month=12, day=31), "month": self.born.replace(day=28)}
        return age(last.get(self.precision, self.born), on) >= ADULT


@dataclass(frozen=True)
class Acting:
    """Who receives for them."""

    kind: RepresentativeKind
    number: str | None
    born: date | None
    scope: RepresentativeScope = RepresentativeScope.RECEIVE
    basis: Basis | None = None


def age(born: date, on: date) -> int:
    """Full years on that day; whoever was born on 29 February is a year older on 1 March of other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def birthday(born: date, years: int) -> date:
    """The day on which someone is so many years old; see `age`."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def one_year_after(start: date) -> date:
    """The last day of an authorization that names no end (Civil Code, Art. 563); from 29 February it is 28 February."""
    try:
        return start.replace(year=start.year + 1)
    except ValueError:
        return start.replace(year=start.year + 1, day=28)


def earliest_birth(born: date | None, number: str | None) -> date | None:
    """Without a birth date the year in the identity number must do."""
    told = citizen_id.parse(number) if number and born is None else None
    return date(told.birth_year, 1, 1) if told else born


def surely_under(years: int, born: date | None, number: str | None, on: date) -> bool:
    """Nobody is refused for an age that is not known."""
    first = earliest_birth(born, number)
    return first is not None and age(first, on) < years


def least_age(kind: RepresentativeKind) -> int:
    """A proxy may be 15 (Civil Code, Art. 138(3)), a guardian or legal representative is an adult (Art. 49)."""
    return PROXY_MIN_AGE if kind == RepresentativeKind.PROXY else ADULT


def too_young(acting: Acting, on: date) -> bool:
    return surely_under(least_age(acting.kind), acting.born, acting.number, on)


def cannot_act(ward: Ward, on: date) -> bool:
    """Under 15 or without legal capacity (Civil Code, Art. 21, 22): can neither authorize nor open an account."""
    return ward.lacks_capacity or surely_under(ACTS_ALONE_FROM, ward.born, ward.number, on)


def breaches(ward: Ward, acting: Acting | None, method: str | None, on: date) -> Iterator[Breach]:
    """What the law does not allow of this person being paid in this way (a kind of Case.payload) through this other.

    Nobody authorizes themselves. Who cannot act authorizes nobody (Civil Code, Art. 21, 22, 125), and their account is
    opened and used by the guardian or legal representative (Circular 17/2024/TT-NHNN). Parents represent children
    under 18 by law (Art. 136); an adult's parents may be guardians (Art. 53).
    """
    helpless = cannot_act(ward, on)
    if acting is not None:
        yield from _of_acting(ward, acting, on, helpless=helpless)
    if helpless and method in OWN_ACCOUNTS:
        if acting is None:
            yield Breach.ACCOUNT_ALONE
        elif acting.scope != RepresentativeScope.ACCOUNT:
            yield Breach.ACCOUNT_SCOPE


def _of_acting(ward: Ward, acting: Acting, on: date, *, helpless: bool) -> Iterator[Breach]:
    if acting.number and acting.number == ward.number:
        yield Breach.SELF
    if acting.kind == RepresentativeKind.PROXY and helpless:
        yield Breach.CANNOT_AUTHORIZE
    if acting.basis and acting.basis not in BASES[acting.kind]:
        yield Breach.BASIS
    if acting.basis == Basis.PARENT and ward.surely_adult(on):
        yield Breach.PARENT_OF_ADULT
    if too_young(acting, on):
        yield Breach.TOO_YOUNG
