"""Apply a list to the register: a few statements over many rows at a time, all in one transaction."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)

from portal.areas.models import Commune, Village
from portal.audit.services import record
from portal.db import analyze, db, now
from portal.recipients.fields import FROM_A_LIST, arrears_to_add
from portal.recipients.models import (
    Adjustment,
    AdjustmentKind,
    Category,
    Entitlement,
    EntitlementStatus,
    PaymentMethod,
    Recipient,
    Representative,
    RosterFile,
    RosterRow,
    RosterState,
    Section,
    Verdict,
)
from portal.recipients.services.change_lists import apply_decreases, begins_earlier
from portal.recipients.services.changes import changed, started
from portal.recipients.services.comparing import compare, still_holds
from portal.recipients.services.refusals import must_wait
from portal.recipients.services.rowsets import MANY, Tell, nobody, run, spans, with_verdict
from portal.recipients.services.ways import add_representatives, add_ways_to_be_paid
from portal.staff.models import StaffMember
from portal.vietnam.month import add_months


def apply_roster(actor: StaffMember, file: RosterFile, tell: Tell = nobody) -> bool:
    """Write what the list says into the register; rows that cannot be applied stay as a work list.

    `file` comes locked. False when the register has changed since the preview: then only the comparison is renewed.
    `tell` hears how many rows are done, of twice as many as the list has: unless nothing at all has changed since,
    they are compared again first.
    Raises `AlreadyApplied` or `Discarded`.
    """
    must_wait(file)
    same_commune = select(Commune.id).where(Commune.id == file.commune_id)
    db.session.execute(same_commune.with_for_update(key_share=True))  # two lists at once would add the same people
    shown = file.report["counts"]
    if not still_holds(file) and compare(file, tell) != shown:
        record(actor, "roster.compared", f"roster_file:{file.id}", commune_id=file.commune_id)
        return False
    add_villages(file, RosterRow.roster_file_id == file.id)
    for place, (span, done) in enumerate(spans(file)):
        apply_span(actor, file, span)
        if place == 0 and file.rows > MANY:
            analyze(Recipient, Entitlement, Adjustment, Representative, PaymentMethod)
        tell(file.rows + done)
    file.state, file.applied_at, file.applied_by_name = RosterState.APPLIED, now(), actor.full_name
    record(actor, "roster.applied", f"roster_file:{file.id}", commune_id=file.commune_id, **shown)
    return True


def apply_span(actor: StaffMember, file: RosterFile, span: ColumnElement[bool]) -> None:
    """Apply the rows of a span as they were judged; their villages are there."""
    new, known = with_verdict(span, Verdict.NEW), with_verdict(span, Verdict.CHANGED)
    _add_recipients(file, new)
    _add_entitlements(file, new)
    started(actor, file, new)
    changed(actor, file, known)
    _change_recipients(file, known)
    _change_entitlements(file, known)
    applied = with_verdict(span, Verdict.NEW, Verdict.CHANGED)
    _set_arrears(file, applied)
    paid = with_verdict(span, Verdict.NEW, Verdict.CHANGED, Verdict.UNCHANGED)
    stays = and_(paid, or_(RosterRow.section.is_(None), RosterRow.section != Section.DECREASE))
    add_representatives(file, stays)
    add_ways_to_be_paid(file, stays)
    apply_decreases(actor, file, with_verdict(span, Verdict.ENDS))


def add_villages(file: RosterFile, span: ColumnElement[bool]) -> None:
    key, name = RosterRow.village_key, RosterRow.village
    known = select(Village.search_key).where(Village.commune_id == file.commune_id)
    told = (
        select(key, func.min(name))
        .where(with_verdict(span, Verdict.NEW, Verdict.CHANGED))
        .where(key.is_not(None), key.not_in(known))
        .group_by(key)
    )
    rows = [
        {"commune_id": file.commune_id, "search_key": each, "name": spelt} for each, spelt in db.session.execute(told)
    ]
    if rows:
        db.session.execute(insert(Village), rows)


def _village_of(file: RosterFile) -> ColumnElement[Any]:
    same = and_(Village.commune_id == file.commune_id, Village.search_key == RosterRow.village_key)
    return select(Village.id).where(same).correlate(RosterRow).scalar_subquery()


def _code_of_person(file: RosterFile) -> ColumnElement[str]:
    given = literal(f"D{file.id}-").concat(cast(RosterRow.row, String))
    return case((RosterRow.code == "", given), else_=RosterRow.code)


def _add_recipients(file: RosterFile, new: ColumnElement[bool]) -> None:
    """People whom nobody knows; one without a code gets one that names list and row, where it can be looked up."""
    copied = [
        "full_name",
        "search_key",
        "sort_key",
        "sex",
        "birth_date",
        "birth_precision",
        "citizen_id",
        "old_id",
        "phone",
    ]
    columns: dict[str, Any] = {name: getattr(RosterRow, name) for name in copied} | {
        "commune_id": literal(file.commune_id),
        "code": _code_of_person(file),
        "village_id": Village.id,
        "note": func.coalesce(RosterRow.note, ""),
    }
    same = and_(Village.commune_id == file.commune_id, Village.search_key == RosterRow.village_key)
    rows = select(*columns.values()).join_from(RosterRow, Village, same, isouter=True)
    run(insert(Recipient).from_select(list(columns), rows.where(new, RosterRow.recipient_id.is_(None))))


def _category_of(file: RosterFile) -> ColumnElement[Any]:
    same = and_(Category.programme_id == file.programme_id, Category.key == RosterRow.category_key)
    return select(Category.id).where(same).correlate(RosterRow).scalar_subquery()


def _add_entitlements(file: RosterFile, new: ColumnElement[bool]) -> None:
    columns: dict[str, Any] = {
        "commune_id": literal(file.commune_id),
        "recipient_id": func.coalesce(RosterRow.recipient_id, Recipient.id),
        "programme_id": literal(file.programme_id),
        "code": RosterRow.key,
        "category_id": _category_of(file),
        "category_text": func.coalesce(RosterRow.category, ""),
        "coefficient_hundredths": RosterRow.coefficient_hundredths,
        "monthly_amount": RosterRow.monthly_amount,
        "decision_no": func.coalesce(RosterRow.decision_no, ""),
        "first_month": _first_month(file),
    }
    person = and_(Recipient.commune_id == file.commune_id, Recipient.code == _code_of_person(file))
    rows = select(*columns.values()).join_from(RosterRow, Recipient, person, isouter=True).where(new)
    run(insert(Entitlement).from_select(list(columns), rows))
    _link(file, new)


def _link(file: RosterFile, new: ColumnElement[bool]) -> None:
    """Note at each row the entitlement that it has begun; the offset has the few rows looked for among all codes."""
    rows = select(RosterRow.id, RosterRow.key).where(new).offset(0).subquery()
    begun = and_(
        Entitlement.commune_id == file.commune_id,
        Entitlement.programme_id == file.programme_id,
        Entitlement.code == rows.c.key,
    )
    link = {"entitlement_id": Entitlement.id, "recipient_id": Entitlement.recipient_id}
    run(update(RosterRow).where(new, RosterRow.id == rows.c.id, begun).values(link))


def _first_month(file: RosterFile) -> ColumnElement[Any]:
    """Months that the arrears of the row pay for are not paid a second time by lists of their own."""
    return case(
        (begins_earlier(file), literal(file.month)), else_=func.coalesce(RosterRow.from_month, literal(file.month))
    )


def _change_recipients(file: RosterFile, known: ColumnElement[bool]) -> None:
    """What was confirmed from a card stays; what the list does not say stays."""
    identity = ["full_name", "search_key", "sort_key", "sex", "birth_date", "birth_precision", "citizen_id"]
    column: Any = Recipient.__table__.c
    told = {name: func.coalesce(getattr(RosterRow, name), column[name]) for name in identity}
    values: dict[str, Any] = {
        name: case((Recipient.citizen_id_confirmed, column[name]), else_=value) for name, value in told.items()
    }
    values |= {
        "old_id": func.coalesce(RosterRow.old_id, Recipient.old_id),
        "phone": func.coalesce(Recipient.phone, RosterRow.phone),
        "village_id": func.coalesce(_village_of(file), Recipient.village_id),
        "version": Recipient.version + 1,
    }
    run(update(Recipient).where(Recipient.id == RosterRow.recipient_id, known).values(values))


def _change_entitlements(file: RosterFile, known: ColumnElement[bool]) -> None:
    suspended = and_(Entitlement.status == EntitlementStatus.SUSPENDED, RosterRow.section == Section.INCREASE)
    again = or_(Entitlement.status == EntitlementStatus.ENDED, suspended)
    told = RosterRow.category.is_not(None)
    values: dict[str, Any] = {
        "code": RosterRow.key,
        "category_text": func.coalesce(RosterRow.category, Entitlement.category_text),
        "category_id": case((told, _category_of(file)), else_=Entitlement.category_id),
        "coefficient_hundredths": func.coalesce(RosterRow.coefficient_hundredths, Entitlement.coefficient_hundredths),
        "monthly_amount": func.coalesce(RosterRow.monthly_amount, Entitlement.monthly_amount),
        "decision_no": func.coalesce(RosterRow.decision_no, Entitlement.decision_no),
        "first_month": case((again, _first_month(file)), else_=Entitlement.first_month),
        "last_month": case((again, None), else_=Entitlement.last_month),
        "status": case((again, EntitlementStatus.LIVE.value), else_=_status_as_text()),
        "version": Entitlement.version + 1,
    }
    run(update(Entitlement).where(Entitlement.id == RosterRow.entitlement_id, known).values(values))


def _status_as_text() -> ColumnElement[Any]:
    return type_coerce(Entitlement.status, Category.key.type)


def _set_arrears(file: RosterFile, applied: ColumnElement[bool]) -> None:
    """One amount of arrears for each entitlement and month from lists: another list replaces it, and never adds."""
    amount = arrears_to_add(file.month)
    told = and_(
        Adjustment.month == file.month,
        Adjustment.kind == AdjustmentKind.ARREARS,
        Adjustment.source.startswith(FROM_A_LIST),
    )
    same = Adjustment.entitlement_id == RosterRow.entitlement_id
    otherwise = select(Adjustment.id).join_from(RosterRow, Adjustment, same).where(applied, told)
    replaced = otherwise.where(RosterRow.arrears.is_not(None), amount != Adjustment.amount).subquery()
    run(delete(Adjustment).where(Adjustment.id.in_(select(replaced.c.id))))
    there = select(Adjustment.id).where(told, Adjustment.entitlement_id == RosterRow.entitlement_id)
    columns: dict[str, Any] = {
        "commune_id": literal(file.commune_id),
        "entitlement_id": RosterRow.entitlement_id,
        "month": literal(file.month),
        "kind": literal(AdjustmentKind.ARREARS.value),
        "amount": amount,
        "from_month": case((begins_earlier(file), RosterRow.from_month)),
        "to_month": case((begins_earlier(file), literal(add_months(file.month, -1)))),
        "reason": func.coalesce(RosterRow.reason, ""),
        "decision_no": func.coalesce(RosterRow.decision_no, ""),
        "source": literal(f"{FROM_A_LIST}{file.id}"),
    }
    new = select(*columns.values()).where(applied, amount > 0, ~there.exists())
    run(insert(Adjustment).from_select(list(columns), new))
