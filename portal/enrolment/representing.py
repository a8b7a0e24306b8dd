"""Who receives for another, as the answers say it: what the law allows, and dates that can be."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.enrolment import refusals
from portal.recipients.models import RepresentativeKind, RepresentativeScope
from portal.recipients.representation import (
    Acting,
    Basis,
    Breach,
    Ward,
    age,
    breaches,
    earliest_birth,
    least_age,
    one_year_after,
)
from portal.vietnam import citizen_id

REFUSALS: dict[Breach, type[refusals.AnswerRefused]] = {
    Breach.SELF: refusals.SelfAppointed,
    Breach.CANNOT_AUTHORIZE: refusals.CannotAuthorize,
    Breach.BASIS: refusals.BasisDoesNotFit,
    Breach.PARENT_OF_ADULT: refusals.ParentOfAdult,
    Breach.ACCOUNT_ALONE: refusals.AccountNeedsRepresentative,
    Breach.ACCOUNT_SCOPE: refusals.AccountNeedsScope,
}


def check(answers: dict[str, Any] | None, payload: dict[str, Any], today: date) -> None:
    """Civil Code, Art. 20 to 22, 47 to 54, 136 to 141, 562 and 563; Circular 17/2024/TT-NHNN. None: receives alone."""
    acting = acting_of(answers) if answers is not None else None
    if answers is not None:
        if not answers["full_name"]:
            raise refusals.NameMissing
        number = answers["citizen_id"]
        if citizen_id.parse(number or "") is None:
            raise refusals.NumberMalformed(digits=len(number or ""))
    if acting and acting.born and acting.born > today:
        raise refusals.BornInFuture
    method = (payload.get("method") or {}).get("kind")
    for breach in breaches(ward_of(payload, answers), acting, method, today):
        if breach == Breach.TOO_YOUNG and acting:
            born = earliest_birth(acting.born, acting.number) or today
            raise refusals.RepresentativeTooYoung(least=least_age(acting.kind), age=age(born, today))
        raise REFUSALS[breach]
    if answers is not None and acting:
        certified, first, last = (_day(answers.get(name)) for name in ("certified_on", "valid_from", "valid_until"))
        _period(acting, certified, first, last, today)


def breached(payload: Mapping[str, Any], on: date) -> set[Breach]:
    """What the stored answers of all steps together do not keep to on this day."""
    answers = payload.get("representative")
    acting, method = acting_of(answers) if answers else None, (payload.get("method") or {}).get("kind")
    return set(breaches(ward_of(payload, answers), acting, method, on))


def ward_of(payload: Mapping[str, Any], answers: Mapping[str, Any] | None) -> Ward:
    identity = payload.get("identity") or {}
    lacks = bool((answers or {}).get("lacks_capacity"))
    born, precision = _day(identity.get("birth_date")), identity.get("birth_precision") or "day"
    return Ward(identity.get("citizen_id"), born, lacks, precision)


def acting_of(answers: Mapping[str, Any]) -> Acting:
    """Raises KeyError, TypeError or ValueError for what is no answer."""
    return Acting(
        RepresentativeKind(answers["kind"]),
        answers["citizen_id"],
        _day(answers["birth_date"]),
        RepresentativeScope(answers["scope"]),
        Basis(answers["basis"]) if answers.get("basis") else None,
    )


def _period(acting: Acting, certified: date | None, first: date | None, last: date | None, today: date) -> None:
    """A paper is not certified tomorrow, nor before the one whom it names was born; it has not ended yet.

    A court or committee may decide from an earlier day on; a signature holds from the day of its certification
    (Decree 23/2015, Art. 24). The last day itself is still good.
    """
    if certified and certified > today:
        raise refusals.CertifiedInFuture
    if certified and acting.born and certified < acting.born:
        raise refusals.CertifiedBeforeBirth
    if acting.kind == RepresentativeKind.PROXY and certified and first and first < certified:
        raise refusals.BeginsBeforeCertified(day=f"{certified:%d/%m/%Y}")
    if first and first > one_year_after(today):
        raise refusals.BeginsTooLate
    if first and last and last <= first:
        raise refusals.EndsBeforeItBegins
    if last and last < today:
        raise refusals.AlreadyEnded(day=f"{last:%d/%m/%Y}")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
