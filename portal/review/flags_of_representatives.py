"""What an officer should look at where someone receives for another: who may by law, and whether the paper holds."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from portal.formats import day as shown_day
from portal.recipients.models import Recipient, RepresentativeKind, RepresentativeScope
from portal.recipients.representation import (
    ADULT,
    Acting,
    Basis,
    Breach,
    Ward,
    breaches,
    cannot_act,
    least_age,
    surely_under,
)
from portal.review.captured import Captured, day, same_name
from portal.review.flag_codes import Flag, FlagCode
from portal.vietnam.month import today
from portal.vietnam.names import search_key

C = FlagCode
ENDS_SOON = timedelta(days=30)
ROW = "representative"
CODES = {
    Breach.SELF: C.REPRESENTATIVE_SELF,
    Breach.CANNOT_AUTHORIZE: C.CANNOT_AUTHORIZE,
    Breach.PARENT_OF_ADULT: C.PARENT_OF_ADULT,
    Breach.TOO_YOUNG: C.REPRESENTATIVE_TOO_YOUNG,
    Breach.ACCOUNT_ALONE: C.ACCOUNT_NEEDS_REPRESENTATIVE,
    Breach.ACCOUNT_SCOPE: C.ACCOUNT_NEEDS_REPRESENTATIVE,
}
# who certifies a signature: the commune's committee, a notary, abroad a consulate (Decree 23/2015, Art. 5)
CERTIFIERS = re.compile(r"\b(ubnd|uy ban|chu tich|cong chung|tu phap|dai su|lanh su|xa|phuong|dac khu|thi tran)\b")
NO_CERTIFIERS = re.compile(
    r"\b(truong (thon|ban|lang|khu|xom|khom|ap)|to truong|to dan pho|cong an|hoi (nong dan|phu nu|nguoi cao tuoi))\b"
)


def of_representative(told: Captured, kept: Recipient | None) -> Iterator[Flag]:
    """What the case shows by itself and against its own recipient."""
    person = told.representative
    acting = acting_of(person) if person else None
    wards = list(_wards(told, kept))
    yield from _breaches(wards, acting, told.method.get("kind"))
    if acting is None:
        if any(cannot_act(ward, today()) for ward in wards):
            yield Flag(C.CHILD_ALONE, ROW)
        return
    if _is_like(person, told):
        yield Flag(C.REPRESENTATIVE_MAYBE_SELF, ROW)
    if acting.kind == RepresentativeKind.PROXY:
        if surely_under(ADULT, acting.born, acting.number, today()):
            yield Flag(C.PROXY_UNDER_18, ROW)
    elif (
        acting.basis != Basis.PARENT
        and not person.get("lacks_capacity")
        and any(ward.surely_adult(today()) for ward in wards)
    ):
        yield Flag(C.NO_FINDING, ROW)
    yield from _paper(acting, person)


def acting_of(person: dict[str, Any]) -> Acting:
    """Whatever a phone has sent; what is unknown counts as a proxy who only receives."""
    kind, scope, basis = (person.get(name) or "" for name in ("kind", "scope", "basis"))
    return Acting(
        RepresentativeKind(kind) if kind in set(RepresentativeKind) else RepresentativeKind.PROXY,
        person.get("citizen_id") or None,
        day(person.get("birth_date")),
        RepresentativeScope.ACCOUNT if scope == RepresentativeScope.ACCOUNT else RepresentativeScope.RECEIVE,
        Basis(basis) if basis in set(Basis) else None,
    )


def _wards(told: Captured, kept: Recipient | None) -> Iterator[Ward]:
    """As the case and as the register knows the person: confirming looks at both."""
    lacks = bool(told.representative.get("lacks_capacity"))
    yield Ward(told.number or None, told.birth_date, lacks, told.birth_precision or "day")
    if kept:
        yield Ward(kept.citizen_id, kept.birth_date, lacks, kept.birth_precision or "day")


def _breaches(wards: list[Ward], acting: Acting | None, method: str | None) -> Iterator[Flag]:
    found = {breach for ward in wards for breach in breaches(ward, acting, method, today())}
    for code in dict.fromkeys(CODES[breach] for breach in Breach if breach in found and breach in CODES):
        least = {"least": str(least_age(acting.kind))} if acting and code == C.REPRESENTATIVE_TOO_YOUNG else {}
        yield Flag(code, "method" if code == C.ACCOUNT_NEEDS_REPRESENTATIVE else ROW, least)


def _is_like(person: dict[str, Any], told: Captured) -> bool:
    """The same name and birth date under another number may be one person with two numbers."""
    born, number = day(person.get("birth_date")), person.get("citizen_id") or ""
    same = born is not None and born == told.birth_date and same_name(person.get("full_name") or "", told.full_name)
    return same and number != told.number


def _paper(acting: Acting, person: dict[str, Any]) -> Iterator[Flag]:
    certifier, certified = person.get("certified_by") or "", day(person.get("certified_on"))
    yield from _period(day(person.get("valid_from")), day(person.get("valid_until")))
    if acting.kind == RepresentativeKind.PROXY:
        if not certifier or not certified:
            yield Flag(C.AUTHORIZATION_NOT_CERTIFIED, ROW)
        elif not _may_certify(certifier):
            yield Flag(C.CERTIFIED_BY_OTHERS, ROW, {"certifier": certifier})
    elif acting.basis not in (Basis.PARENT, Basis.NATURAL) and not (person.get("paper_no") and certifier):
        yield Flag(C.DECISION_UNNAMED, ROW)


def _may_certify(certifier: str) -> bool:
    words = search_key(certifier)
    return bool(CERTIFIERS.search(words)) and not NO_CERTIFIERS.search(words)


def _period(first: date | None, last: date | None) -> Iterator[Flag]:
    if first and first > today():
        yield Flag(C.AUTHORIZATION_NOT_YET, ROW, {"day": shown_day(first)})
    if last and last < today():
        yield Flag(C.AUTHORIZATION_ENDED, ROW, {"day": shown_day(last)})
    elif last and last <= today() + ENDS_SOON:
        yield Flag(C.AUTHORIZATION_ENDS_SOON, ROW, {"day": shown_day(last)})
