"""Apply a list to the register: a few statements over all its rows, in one transaction."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, insert, literal, select, type_coerce, update

from portal.areas.models import Commune, Village
from portal.audit.services import record
from portal.db import db, now
from portal.recipients.fields import FROM_A_LIST, day_of, number_of, text_of
from portal.recipients.models import (
    Adjustment,
    AdjustmentKind,
    Category,
    Entitlement,
    EntitlementStatus,
    Recipient,
    RosterFile,
    RosterRow,
    RosterState,
    Verdict,
)
from portal.recipients.services.changes import changes_of
from portal.recipients.services.comparing import compare
from portal.recipients.services.receiving import must_wait
from portal.recipients.services.ways import add_representatives, add_ways_to_be_paid
from portal.staff.models import StaffMember


def apply_roster(actor: StaffMember, file: RosterFile) -> bool:
    """Write what the list says into the register; rows that are refused stay as a work list.

    `file` comes locked. False when the register has changed since the preview: then only the comparison is renewed.
    Raises `AlreadyApplied` or `Discarded`.
    """
    must_wait(file)
    same_commune = select(Commune.id).where(Commune.id == file.commune_id)
    db.session.execute(same_commune.with_for_update(key_share=True))  # two lists at once would add the same people
    shown = file.report["counts"]
    if compare(file) != shown:
        record(actor, "roster.compared", f"roster_file:{file.id}", commune_id=file.commune_id)
        return False
    _add_villages(file)
    _add_recipients(file)
    _add_entitlements(file)
    changes_of(actor, file)
    _change_recipients(file)
    _change_entitlements(file)
    _set_arrears(file)
    add_representatives(file)
    add_ways_to_be_paid(file)
    file.state, file.applied_at, file.applied_by_name = RosterState.APPLIED, now(), actor.full_name
    record(actor, "roster.applied", f"roster_file:{file.id}", commune_id=file.commune_id, **shown)
    return True


def _rows(file: RosterFile, *verdicts: Verdict) -> ColumnElement[bool]:
    return and_(RosterRow.roster_file_id == file.id, RosterRow.verdict.in_(verdicts))


def _run(statement: Any) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _add_villages(file: RosterFile) -> None:
    key, name = text_of("village_key"), text_of("village")
    known = select(Village.search_key).where(Village.commune_id == file.commune_id)
    told = (
        select(key, func.min(name))
        .where(_rows(file, Verdict.NEW, Verdict.CHANGED), key.is_not(None), key.not_in(known))
        .group_by(key)
    )
    rows = [
        {"commune_id": file.commune_id, "search_key": each, "name": spelt} for each, spelt in db.session.execute(told)
    ]
    if rows:
        db.session.execute(insert(Village), rows)


def _village_of(file: RosterFile) -> ColumnElement[Any]:
    same = and_(Village.commune_id == file.commune_id, Village.search_key == text_of("village_key"))
    return select(Village.id).where(same).correlate(RosterRow).scalar_subquery()


def _add_recipients(file: RosterFile) -> None:
    texts = ["full_name", "search_key", "sort_key", "sex", "birth_precision", "citizen_id", "old_id", "phone"]
    columns: dict[str, Any] = {name: text_of(name) for name in texts} | {
        "commune_id": literal(file.commune_id),
        "code": RosterRow.code,
        "birth_date": day_of("birth_date"),
        "village_id": _village_of(file),
        "note": func.coalesce(text_of("note"), ""),
    }
    new = select(*columns.values()).where(_rows(file, Verdict.NEW), RosterRow.recipient_id.is_(None))
    _run(insert(Recipient).from_select(list(columns), new))
    here = and_(Recipient.commune_id == file.commune_id, Recipient.code == RosterRow.code)
    link = select(Recipient.id).where(here).correlate(RosterRow).scalar_subquery()
    _run(update(RosterRow).where(_rows(file, Verdict.NEW), RosterRow.recipient_id.is_(None)).values(recipient_id=link))


def _category_of(file: RosterFile) -> ColumnElement[Any]:
    same = and_(Category.programme_id == file.programme_id, Category.key == text_of("category_key"))
    return select(Category.id).where(same).correlate(RosterRow).scalar_subquery()


def _add_entitlements(file: RosterFile) -> None:
    columns: dict[str, Any] = {
        "commune_id": literal(file.commune_id),
        "recipient_id": RosterRow.recipient_id,
        "programme_id": literal(file.programme_id),
        "category_id": _category_of(file),
        "category_text": func.coalesce(text_of("category"), ""),
        "coefficient_hundredths": number_of("coefficient_hundredths"),
        "monthly_amount": number_of("monthly_amount"),
        "decision_no": func.coalesce(text_of("decision_no"), ""),
        "first_month": literal(file.month),
    }
    _run(insert(Entitlement).from_select(list(columns), select(*columns.values()).where(_rows(file, Verdict.NEW))))


def _change_recipients(file: RosterFile) -> None:
    """What was confirmed from a card stays; what the list does not say stays."""
    identity = ["full_name", "search_key", "sort_key", "sex", "birth_precision", "citizen_id"]
    column: Any = Recipient.__table__.c
    values: dict[str, Any] = {
        name: func.coalesce(type_coerce(text_of(name), column[name].type), column[name]) for name in identity
    } | {"birth_date": func.coalesce(day_of("birth_date"), Recipient.birth_date)}
    values = {name: case((Recipient.citizen_id_confirmed, column[name]), else_=value) for name, value in values.items()}
    values |= {
        "old_id": func.coalesce(text_of("old_id"), Recipient.old_id),
        "phone": func.coalesce(Recipient.phone, text_of("phone")),
        "village_id": func.coalesce(_village_of(file), Recipient.village_id),
        "version": Recipient.version + 1,
    }
    theirs = and_(Recipient.id == RosterRow.recipient_id, _rows(file, Verdict.CHANGED))
    _run(update(Recipient).where(theirs).values(values))


def _change_entitlements(file: RosterFile) -> None:
    ended = Entitlement.status == EntitlementStatus.ENDED
    told = text_of("category").is_not(None)
    values: dict[str, Any] = {
        "category_text": func.coalesce(text_of("category"), Entitlement.category_text),
        "category_id": case((told, _category_of(file)), else_=Entitlement.category_id),
        "coefficient_hundredths": func.coalesce(
            number_of("coefficient_hundredths"), Entitlement.coefficient_hundredths
        ),
        "monthly_amount": number_of("monthly_amount"),
        "decision_no": func.coalesce(text_of("decision_no"), Entitlement.decision_no),
        "last_month": case((ended, None), else_=Entitlement.last_month),
        "status": case((ended, EntitlementStatus.LIVE.value), else_=type_coerce(Entitlement.status, Category.key.type)),
        "version": Entitlement.version + 1,
    }
    theirs = and_(
        Entitlement.recipient_id == RosterRow.recipient_id,
        Entitlement.programme_id == file.programme_id,
        _rows(file, Verdict.CHANGED),
    )
    _run(update(Entitlement).where(theirs).values(values))


def _set_arrears(file: RosterFile) -> None:
    """One amount of arrears for each entitlement and month from lists: another list replaces it, and never adds."""
    entitled = and_(Entitlement.recipient_id == RosterRow.recipient_id, Entitlement.programme_id == file.programme_id)
    told = and_(
        Adjustment.month == file.month,
        Adjustment.kind == AdjustmentKind.ARREARS,
        Adjustment.source.startswith(FROM_A_LIST),
    )
    otherwise = (
        select(Entitlement.id)
        .join(RosterRow, entitled)
        .where(_rows(file, Verdict.CHANGED), number_of("arrears") != Adjustment.amount)
        .where(Entitlement.id == Adjustment.entitlement_id)
    )
    _run(delete(Adjustment).where(told, otherwise.correlate(Adjustment).exists()))
    there = select(Adjustment.id).where(told, Adjustment.entitlement_id == Entitlement.id)
    columns: dict[str, Any] = {
        "commune_id": literal(file.commune_id),
        "entitlement_id": Entitlement.id,
        "month": literal(file.month),
        "kind": literal(AdjustmentKind.ARREARS.value),
        "amount": number_of("arrears"),
        "source": literal(f"{FROM_A_LIST}{file.id}"),
    }
    new = (
        select(*columns.values())
        .join_from(RosterRow, Entitlement, entitled)
        .where(_rows(file, Verdict.NEW, Verdict.CHANGED), number_of("arrears") > 0, ~there.exists())
    )
    _run(insert(Adjustment).from_select(list(columns), new))
