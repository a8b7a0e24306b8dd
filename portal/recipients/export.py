"""The people found, to take away: a working copy for Excel, a list by village to print."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask_babel import gettext

from portal import pdf
from portal.areas.models import Commune
from portal.formats import birth, dong, label, mask_account, mask_id, today
from portal.formats import month as month_words
from portal.recipients import queries
from portal.recipients.models import Entitlement, EntitlementStatus, PaymentMethod, Recipient
from portal.spreadsheets import Column, write_table
from portal.spreadsheets.writing import Written
from portal.vietnam import banks
from portal.vietnam.names import search_key
from portal.vietnam.words import date_in_words

MOST = 100_000  # people of one workbook
AT_ONCE = 500  # people whose entitlements are fetched together
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class _Row:
    """One entitlement of a person; who has none has one row without."""

    person: Recipient
    entitlement: Entitlement | None
    method: PaymentMethod | None

    @property
    def village(self) -> str:
        return self.person.village.name if self.person.village else ""

    @property
    def category(self) -> str:
        """What a category that names an illness is called on everything that leaves the portal."""
        each = self.entitlement
        if each is None:
            return ""
        words = each.category_text or (each.category.label if each.category else "")
        secret = (each.category is not None and each.category.confidential) or "hiv" in words.lower()
        return gettext("By decision") if secret else words

    @property
    def amount(self) -> int | None:
        return self.entitlement.monthly_amount if self.entitlement else None

    @property
    def state(self) -> str:
        ended = self.entitlement is None or self.person.status != "live"
        return label(self.person.status if ended or self.entitlement is None else self.entitlement.status)


def _rows(ids: Sequence[int]) -> Iterator[_Row]:
    for start in range(0, len(ids), AT_ONCE):
        people = queries.by_ids(ids[start : start + AT_ONCE])
        entitlements, methods = queries.entitlements_of(people), queries.ready_methods_of(people)
        for person in people:
            theirs: list[Entitlement | None] = [*entitlements[person.id]]
            for each in theirs or [None]:
                yield _Row(person, each, methods.get(person.id))


def workbook(commune: Commune, ids: Sequence[int]) -> bytes:
    """All that the list of people shows and more, with whole identity numbers as text: the officer's own copy."""
    columns = [
        Column(gettext("Code")),
        Column(gettext("Full name"), width=28),
        Column(gettext("Born"), width=12),
        Column(gettext("Sex"), width=8),
        Column(gettext("Identity number")),
        Column(gettext("Phone")),
        Column(gettext("Village"), width=22),
        Column(gettext("Programme"), width=22),
        Column(gettext("Category"), width=40),
        Column(gettext("Each month"), "integer", 14),
        Column(gettext("First month"), width=12),
        Column(gettext("Paid by"), width=20),
        Column(gettext("Bank"), width=14),
        Column(gettext("Account"), width=18),
        Column(gettext("State"), width=18),
    ]
    title = (gettext("People of the register, %(commune)s", commune=commune.name),)
    return write_table(map(_cells, _rows(ids)), columns, sheet=gettext("Recipients"), title=title)


def _cells(row: _Row) -> list[Written]:
    person, each, method = row.person, row.entitlement, row.method
    bank = banks.by_bin(method.provider_bin) if method and method.provider_bin else None
    return [
        person.code,
        person.full_name,
        birth(person.birth_date, person.birth_precision or "day"),
        label(person.sex),
        person.citizen_id,
        person.phone,
        row.village,
        each.programme.name if each else None,
        row.category,
        row.amount,
        month_words(each.first_month) if each else None,
        label(method.kind) if method else None,
        bank.short if bank else None,
        mask_account(method.account_number) if method else None,
        row.state,
    ]


def paper(commune: Commune, ids: Sequence[int], signer: str) -> bytes:
    """A list by village, identity numbers masked: papers get lost. Raises pdf.TooLongToPrint."""
    if len(ids) > pdf.MOST:
        raise pdf.TooLongToPrint(most=dong(pdf.MOST))
    rows = sorted(_rows(ids), key=lambda row: search_key(row.village))  # within a village the order stays
    number, sections = 0, []
    for village, found in groupby(rows, key=lambda row: row.village):
        lines = []
        for row in found:
            number += 1
            lines.append(_printed(number, row))
        sections.append(pdf.Section(village or gettext("No village"), lines))
    columns = [
        pdf.Column(gettext("No."), 0.5, "center"),
        pdf.Column(gettext("Full name"), 2.3),
        pdf.Column(gettext("Born"), 1.1, "center"),
        pdf.Column(gettext("Code"), 1.1),
        pdf.Column(gettext("Identity number"), 1.4),
        pdf.Column(gettext("Category"), 2.4),
        pdf.Column(gettext("Each month (đồng)"), 1.2, "right"),
        pdf.Column(gettext("Paid by"), 1.6),
    ]
    live = [row for row in rows if row.entitlement and row.entitlement.status == EntitlementStatus.LIVE]
    total = dong(sum(row.amount or 0 for row in live))
    note = gettext("People: %(people)s. Each month: %(total)s đồng.", people=dong(len(ids)), total=total)
    return pdf.write_list(
        sections,
        columns,
        office=_office(commune),
        title=gettext("List of people in the register").upper(),
        subtitle=gettext("As of %(day)s", day=f"{today():%d/%m/%Y}"),
        notes=[note],
        signers=[(gettext("Drawn up by"), signer)],
        landscape=True,
    )


def _office(commune: Commune) -> pdf.Office:
    place = commune.name.removeprefix("Xã ").removeprefix("Phường ")
    name = ("ỦY BAN NHÂN DÂN", commune.name.upper())
    return pdf.Office(f"UBND {commune.province_name.upper()}", name, date_in_words(today(), place))


def _printed(number: int, row: _Row) -> list[str]:
    account = f" {mask_account(row.method.account_number)}" if row.method and row.method.account_number else ""
    return [
        str(number),
        row.person.full_name,
        birth(row.person.birth_date, row.person.birth_precision or "day"),
        row.person.code,
        mask_id(row.person.citizen_id),
        row.category,
        dong(row.amount),
        f"{label(row.method.kind)}{account}" if row.method else "",
    ]
