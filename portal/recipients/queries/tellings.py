"""What was said of people otherwise than before, without money: by lists, confirmed cases, by hand, by merging records."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.orm import defer

from portal.areas.models import Village
from portal.audit.models import AuditEvent
from portal.db import Base, db
from portal.recipients.fields import FROM_A_LIST
from portal.recipients.models import (
    Entitlement,
    EntitlementChange,
    Merge,
    MethodStatus,
    PaymentMethod,
    Representative,
    RosterFile,
    RosterRow,
    RosterState,
    Verdict,
)
from portal.recipients.representation import Ending

FROM_A_CASE, BY_HAND, MERGED = "case:", "staff", "merge:"
ACTIONS = ("recipient.corrected", "method.confirmed", "representative.confirmed", "representative.ended")
OF_THE_PERSON = ("full_name", "sex", "birth_date", "birth_precision", "citizen_id", "old_id", "village", "phone")
# what a list may say otherwise while the register stays as it is, and where its rows hold it
_KEPT: dict[str, Any] = {
    "account_number": RosterRow.account_number,
    "representative": RosterRow.representative_name,
    "full_name_kept": RosterRow.full_name,
    "birth_date_kept": RosterRow.birth_date,
    "citizen_id_kept": RosterRow.citizen_id,
}
_BATCH = 500
_Row = tuple[RosterRow, RosterFile, int]


@dataclass(frozen=True)
class Detail:
    """Values as the register or a list holds them, a payment method or representative as its row. `kept`: only a list
    says so, the register stays as it is."""

    field: str
    before: Any
    after: Any
    kept: bool = False


@dataclass(frozen=True)
class Telling:
    """What was said at once of one person; `source` as in `EntitlementChange`, or "merge:5".

    `ending`, `ended_on`: why and when a representative receives no more.
    """

    recipient_id: int
    details: tuple[Detail, ...]
    at: datetime
    by: str
    source: str
    reason: str = ""
    paper: str = ""
    ending: Ending | None = None
    ended_on: date | None = None

    @property
    def kept(self) -> bool:
        return all(detail.kept for detail in self.details)


def sum_up(details: Iterable[Detail]) -> list[Detail]:
    """Of each thing what it was first and what it is at last, where the two differ; `details`: oldest first."""
    found: dict[tuple[str, bool], Detail] = {}
    for detail in details:
        key = detail.field, detail.kept
        found[key] = replace(found[key], after=detail.after) if key in found else detail
    taken = {_compared(each.after) for each in found.values() if not each.kept}
    return [
        each
        for each in found.values()
        if each.before != each.after and not (each.kept and _compared(each.after) in taken)
    ]


def _compared(value: Any) -> Any:
    """A payment method as a list would name it, a representative too."""
    if isinstance(value, PaymentMethod):
        return value.account_number or value.id
    return value.full_name if isinstance(value, Representative) else value


def by_lists(commune_id: int, *where: ColumnElement[bool]) -> list[Telling]:
    """By rows of applied lists. What the register keeps as it is counts once: when a list says it first."""
    names = (*OF_THE_PERSON, *_KEPT)
    differences = cast(RosterRow.differences, String)
    told = (
        select(RosterRow, RosterFile, Entitlement.recipient_id)
        .join(RosterFile, RosterFile.id == RosterRow.roster_file_id)
        .join(Entitlement, Entitlement.id == RosterRow.entitlement_id)
        .where(RosterFile.commune_id == commune_id, RosterFile.state == RosterState.APPLIED, *where)
        .where(RosterRow.verdict.in_((Verdict.CHANGED, Verdict.UNCHANGED)))
        .where(or_(*(differences.contains(f'"{name}"', autoescape=True) for name in names)))
        .order_by(RosterFile.applied_at, RosterRow.row)
        .options(defer(RosterRow.raw), defer(RosterRow.problems))
    )
    rows = [(row, file, key) for row, file, key in db.session.execute(told)]
    before, first = _said_before(commune_id, rows), _first_accounts(rows)
    found = []
    for row, file, recipient_id in rows:
        source = f"{FROM_A_LIST}{file.id}"
        given = (recipient_id, source) in first
        details = tuple(_details(row, before.get((file.programme_id, row.key), []), file, given=given))
        if details and file.applied_at:
            by = file.applied_by_name or ""
            found.append(Telling(recipient_id, details, file.applied_at, by, source, row.reason or ""))
    return found


def _details(row: RosterRow, said: Sequence[tuple[Any, ...]], file: RosterFile, *, given: bool) -> Iterator[Detail]:
    """`said`: what lists said of this person, oldest first; `given`: the list's account was the person's first way."""
    for name in (*OF_THE_PERSON, *_KEPT):
        if name not in row.differences:
            continue
        old, new = row.differences[name]
        if name in OF_THE_PERSON:
            yield Detail(name, old, new)
        if name in _KEPT and not _same_account(name, old, new):
            at = list(_KEPT).index(name)
            earlier = [each[2 + at] for each in said if each[:2] < (file.month, file.id) and each[2 + at] is not None]
            if not earlier or earlier[-1] != getattr(row, _KEPT[name].key):
                yield Detail(name.removesuffix("_kept"), old, new, kept=not (given and name == "account_number"))


def _same_account(name: str, old: str | None, new: str | None) -> bool:
    """Spreadsheets lose the zeros that a number begins with, and files find them again: that is no other account."""
    return name == "account_number" and (old or "").lstrip("0") == (new or "").lstrip("0")


def _said_before(commune_id: int, rows: Sequence[_Row]) -> dict[tuple[int, str], list[tuple[Any, ...]]]:
    """What all applied lists say, by programme and key: month, list, and the values of _KEPT, in the order of months."""
    keys = {row.key for row, _file, _recipient in rows if row.differences.keys() & _KEPT.keys()}
    found: dict[tuple[int, str], list[tuple[Any, ...]]] = {}
    for part in _parts(keys):
        said = (
            select(RosterFile.programme_id, RosterRow.key, RosterFile.month, RosterFile.id, *_KEPT.values())
            .join(RosterFile, RosterFile.id == RosterRow.roster_file_id)
            .where(RosterFile.commune_id == commune_id, RosterFile.state == RosterState.APPLIED)
            .where(RosterRow.key.in_(part))
            .order_by(RosterFile.month, RosterFile.id)
        )
        for programme_id, key, *values in db.session.execute(said):
            found.setdefault((programme_id, key), []).append(tuple(values))
    return found


def _first_accounts(rows: Sequence[_Row]) -> set[tuple[int, str]]:
    """Whom (recipient and source) a list gave a way to be paid, because they had none."""
    none = {key for row, _file, key in rows if row.differences.get("account_number", [""])[0] is None}
    found: set[tuple[int, str]] = set()
    for part in _parts(none):
        methods = select(PaymentMethod.recipient_id, PaymentMethod.source)
        theirs = PaymentMethod.recipient_id.in_(part)
        given = methods.where(theirs, PaymentMethod.account_number.is_not(None))
        found |= {(key, source) for key, source in db.session.execute(given)}
    return found


def by_cases(commune_id: int, *where: ColumnElement[bool]) -> list[Telling]:
    """Corrections by confirmed cases; one of a person with two entitlements is one."""
    change = EntitlementChange
    told = (
        select(change, Entitlement.recipient_id)
        .join(Entitlement, Entitlement.id == change.entitlement_id)
        .where(change.commune_id == commune_id, change.source.startswith(FROM_A_CASE), *where)
        .order_by(change.id)
    )
    found: dict[tuple[int, str], Telling] = {}
    for row, recipient_id in db.session.execute(told):
        names = [name for name in (*OF_THE_PERSON, "citizen_id_confirmed") if name in row.after]
        details = tuple(Detail(name, (row.before or {}).get(name), row.after[name]) for name in names)
        key = recipient_id, row.source
        if details and key not in found:
            found[key] = Telling(recipient_id, details, row.at, row.by_name, row.source, row.reason)
    return list(found.values())


def by_merges(*where: ColumnElement[bool]) -> list[Telling]:
    """What records took over from others of the same person."""
    merges = list(db.session.scalars(select(Merge).where(Merge.undone_at.is_(None), *where).order_by(Merge.id)))
    villages = _names({each.moved["taken"].get("village_id") for each in merges})
    found = []
    for each in merges:
        taken = dict(each.moved["taken"])
        taken["village"] = villages.get(taken.get("village_id"))
        details = tuple(Detail(name, None, taken[name]) for name in OF_THE_PERSON if taken.get(name))
        found.append(Telling(each.kept_id, details, each.at, each.by_name, f"{MERGED}{each.id}", each.reason))
    return found


def by_events(events: Sequence[AuditEvent]) -> list[Telling]:
    """By what was confirmed or written by hand (events of ACTIONS), which name their rows."""
    villages = _names({key for each in events for key in each.detail.get("village", ())})
    rows: dict[str, dict[int, Any]] = {}
    for table, model in (("payment_method", PaymentMethod), ("representative", Representative)):
        mine = [each for each in events if each.subject.startswith(f"{table}:")]
        rows[table] = _rows(model, {key for each in mine for key in (_id(each), *each.detail.get("replaces", ()))})
    found = []
    for each in events:
        table = each.subject.partition(":")[0]
        if table == "recipient" and "village" in each.detail:
            old, new = (villages.get(key) for key in each.detail["village"])
            found.append(Telling(_id(each), (Detail("village", old, new),), each.at, each.actor_name, BY_HAND))
        if _id(each) in rows.get(table, {}):
            found.append(_confirmed(each, rows[table]))
    return found


def _confirmed(event: AuditEvent, rows: dict[int, Any]) -> Telling:
    row = rows[_id(event)]
    before = next((rows[key] for key in event.detail.get("replaces", ()) if key in rows), None)
    if isinstance(row, PaymentMethod):
        to_open = event.detail.get("status") == MethodStatus.TO_OPEN
        detail = Detail("method_to_open" if to_open else "method", before, row)
        return Telling(row.recipient_id, (detail,), event.at, event.actor_name, row.source)
    ended = event.action == "representative.ended"
    if ended:
        told, on = event.detail.get("reason", ""), event.detail.get("on")
        why = Ending(told) if told in set(Ending) else None
        day, nobody = date.fromisoformat(on) if on else None, (Detail("representative", row, None),)
        return Telling(row.recipient_id, nobody, event.at, event.actor_name, "", ending=why, ended_on=day)
    source, detail = f"{FROM_A_CASE}{row.case_id}" if row.case_id else "", Detail("representative", before, row)
    return Telling(row.recipient_id, (detail,), event.at, event.actor_name, source, paper=row.paper_no)


def _id(event: AuditEvent) -> int:
    return int(event.subject.partition(":")[2])


def _names(ids: Iterable[int | None]) -> dict[int | None, str]:
    """Villages by id."""
    wanted = {key for key in ids if key is not None}
    return {each.id: each.name for each in _rows(Village, wanted).values()}


def _rows(model: type[Base], ids: Collection[int]) -> dict[int, Any]:
    table: Any = model
    found = (each for part in _parts(ids) for each in db.session.scalars(select(table).where(table.id.in_(part))))
    return {each.id: each for each in found}


def _parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    """As many as a statement names at once."""
    ordered = sorted(values)
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]
