"""What the register and other cases know of a representative: whom else they serve, and whether they live.

Two queries for every 500 cases that are asked about.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from flask import current_app
from sqlalchemy import or_, select

from portal.config import Settings
from portal.db import db
from portal.enrolment.models import Case
from portal.recipients.models import (
    Recipient,
    RecipientStatus,
    Representative,
    RepresentativeKind,
    RepresentativeStatus,
)
from portal.review.captured import Captured
from portal.review.flag_codes import Flag, FlagCode

C = FlagCode
OF_REPRESENTATIVES = frozenset({C.REPRESENTATIVE_FOR_MANY, C.REPRESENTATIVE_DIED, C.OTHER_GUARDIAN, C.PROXY_OF_A_WARD})
ROW = "representative"
BY_LAW = (RepresentativeKind.GUARDIAN, RepresentativeKind.LEGAL)


def of_those_served(cases: Sequence[Case], told: Mapping[uuid.UUID, Captured]) -> Iterator[tuple[uuid.UUID, Flag]]:
    """The flags of OF_REPRESENTATIVES, for cases of one commune."""
    asked = [case for case in cases if told[case.id].representative]
    if not asked:
        return
    numbers = {told[case.id].representative.get("citizen_id") or "" for case in asked} - {""}
    served, standing = _representatives(asked, numbers)
    dead = _dead(asked[0].commune_id, numbers)
    for case in asked:
        person = told[case.id].representative
        number = person.get("citizen_id") or ""
        if number in dead:
            yield case.id, Flag(C.REPRESENTATIVE_DIED, ROW)
        if person.get("kind") == RepresentativeKind.PROXY:
            yield from _many(case, served.get(number, {}))
        yield from _beside(case, person.get("kind") or "", number, standing.get(case.recipient_id or 0))


def names(several: Iterable[str]) -> str:
    """Three of them, and how many more."""
    listed = sorted(set(several))
    return ", ".join(listed[:3]) + (f" (+{len(listed) - 3})" if len(listed) > 3 else "")


def _representatives(
    cases: Sequence[Case], numbers: set[str]
) -> tuple[dict[str, dict[int, str]], dict[int, Representative]]:
    """By number of a proxy the people (id to name) whom they serve or are to serve; by person who is confirmed now."""
    people = {case.recipient_id for case in cases if case.recipient_id}
    statement = (
        select(Representative, Recipient.full_name)
        .join(Representative.recipient)
        .where(
            Representative.commune_id == cases[0].commune_id,
            or_(Representative.citizen_id.in_(numbers), Representative.recipient_id.in_(people)),
            Representative.status.in_([RepresentativeStatus.PROPOSED, RepresentativeStatus.CONFIRMED]),
        )
    )
    served: dict[str, dict[int, str]] = defaultdict(dict)
    standing = {}
    for each, name in db.session.execute(statement):
        if each.kind == RepresentativeKind.PROXY:
            served[each.citizen_id or ""][each.recipient_id] = name
        if each.status == RepresentativeStatus.CONFIRMED:
            standing[each.recipient_id] = each
    return served, standing


def _dead(commune_id: int, numbers: set[str]) -> set[str]:
    """Numbers that only people of the register bear who have died."""
    found = select(Recipient.citizen_id, Recipient.status).where(
        Recipient.commune_id == commune_id, Recipient.citizen_id.in_(numbers)
    )
    states: dict[str, set[RecipientStatus]] = defaultdict(set)
    for number, status in db.session.execute(found):
        states[number or ""].add(status)
    return {
        number for number, seen in states.items() if RecipientStatus.DIED in seen and RecipientStatus.LIVE not in seen
    }


def _many(case: Case, served: Mapping[int, str]) -> Iterator[tuple[uuid.UUID, Flag]]:
    """A guardian may have many wards (Civil Code, Art. 47, 48); a proxy of many people is looked at."""
    settings: Settings = current_app.config["SETTINGS"]
    others = {key: name for key, name in served.items() if key != case.recipient_id}
    if len(others) >= settings.proxy_people:
        yield (
            case.id,
            Flag(C.REPRESENTATIVE_FOR_MANY, ROW, {"others": names(others.values()), "count": str(len(others))}),
        )


def _beside(case: Case, kind: str, number: str, standing: Representative | None) -> Iterator[tuple[uuid.UUID, Flag]]:
    """One ward has one guardian, but parents or grandparents together (Civil Code, Art. 47(2))."""
    if standing is None or standing.kind not in BY_LAW or standing.citizen_id == number:
        return
    code = C.PROXY_OF_A_WARD if kind == RepresentativeKind.PROXY else C.OTHER_GUARDIAN
    yield case.id, Flag(code, ROW, {"guardian": standing.full_name})
