"""The register beside what was captured, row by row, with the part that differs marked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.enrolment.labels import (
    BASES,
    DOCUMENT_LABELS,
    HOME_REASONS,
    METHOD_LABELS,
    PHONE_OWNERS,
    PURPOSE_LABELS,
    SCOPES,
    SEXES,
    SOURCE_LABELS,
)
from portal.enrolment.models import Case
from portal.formats import birth as shown_birth
from portal.formats import day as shown_day
from portal.formats import grouped, label
from portal.recipients.models import (
    BirthPrecision,
    MethodStatus,
    PaymentMethod,
    Recipient,
    Representative,
    RepresentativeKind,
)
from portal.review.captured import Captured, captured, day, same_name
from portal.review.flags import Flag, FlagCode
from portal.vietnam import banks
from portal.vietnam.names import search_key

Piece = tuple[str, bool]  # a part of a line, and whether it is what differs
REGISTER_METHODS = {
    "bank_account": _l("An account of their own"),
    "wallet": _l("E-wallet or Mobile Money"),
    "representative_account": _l("Account of the representative"),
    "cash_point": _l("Cash at the payout point"),
    "home_visit": _l("Staff bring the money home"),
}
TAGS = {
    "same": ("ok", _l("Same")),
    "differs": ("warn", _l("Differs")),
    "added": ("warn", _l("Adds")),
    "shared": ("warn", _l("Shared")),
    "near": ("ok", _l("Same place")),
}
SHARED = {FlagCode.SAME_ID: "citizen_id", FlagCode.SAME_PHONE: "phone", FlagCode.SAME_ACCOUNT: "method"}


@dataclass(frozen=True)
class Side:
    """`lines` are text, the first may have marked pieces; `small`: where it came from; `digits`: must not break."""

    lines: list[list[Piece]] = field(default_factory=list)
    small: str = ""
    digits: bool = False


@dataclass(frozen=True)
class Row:
    key: str
    label: str
    verdict: str
    register: Side
    captured: Side

    @property
    def tag(self) -> tuple[str, Any] | None:
        return TAGS.get(self.verdict)

    @property
    def differs(self) -> bool:
        return self.verdict in ("differs", "added", "shared")


def rows(
    case: Case, method: PaymentMethod | None, representative: Representative | None, flags: list[Flag]
) -> list[Row]:
    """`method` and `representative` are those of the register."""
    told, kept = captured(case), case.recipient
    shared = {row for code, row in SHARED.items() if any(flag.code == code for flag in flags)}
    found = [
        *_identity(told, kept, case.provenance),
        _phone(told, kept, case.provenance),
        Row("method", _("Way to be paid"), "", _kept_method(method), _method(told, case.provenance)),
        Row("representative", _("Representative"), "", _kept_representative(representative), _representative(told)),
        Row("consent", _("Consent"), "", _line(_("does not apply")), _consent(told)),
    ]
    if kept is None:  # nothing to compare with, so nothing is added to it
        return [Row(r.key, r.label, "shared" if r.key in shared else "", Side(), r.captured) for r in found]
    return [Row(r.key, r.label, "shared" if r.key in shared else r.verdict, r.register, r.captured) for r in found]


def _identity(told: Captured, kept: Recipient | None, sources: dict[str, str]) -> Iterator[Row]:
    def source(name: str) -> str:
        return _source(sources, f"identity.{name}")

    number = kept.citizen_id if kept else None
    yield _pair("citizen_id", _("Identity number"), grouped(number), grouped(told.number), source("citizen_id"), True)
    name = kept.full_name if kept else ""
    yield _pair("full_name", _("Full name"), name, told.full_name, source("full_name"))
    known = _birth(kept.birth_date, kept.birth_precision) if kept else ""
    yield _pair("birth", _("Birth date"), known, _birth(told.birth_date, told.birth_precision), source("birth_date"))
    kept_sex, told_sex = (str(SEXES[sex.value]) if sex else "" for sex in (kept.sex if kept else None, told.sex))
    yield _pair("sex", _("Sex"), kept_sex, told_sex, source("sex"))
    village = kept.village.name if kept and kept.village else ""
    inside = bool(village) and search_key(village) in search_key(told.address.replace(",", " "))
    address = Side([[(told.address, False)]] if told.address else [], source("address") if told.address else "")
    yield Row("address", _("Place of residence"), "near" if inside else "", _line(village), address)
    paper = str(DOCUMENT_LABELS.get(told.document, told.document))
    issued = _("issued on %(day)s", day=shown_day(told.issued_on)) if told.issued_on else ""
    yield Row("document", _("Papers"), "", _line(_("does not apply")), Side([[(paper, False)]], issued))


def _pair(key: str, label: str, register: str, told: str, source: str, digits: bool = False) -> Row:
    """Two texts of one line; what is not on the other side is marked, word by word (dates part by part)."""
    if not register or not told:
        verdict = "added" if told and not register else ""
    else:
        verdict = "same" if register.casefold() == told.casefold() else "differs"
        if key == "birth" and verdict == "differs" and told.endswith(f"/{register}"):
            verdict = "added"
    left, right = marked(register, told) if verdict in ("differs", "added") and register else ([], [])
    return Row(
        key,
        label,
        verdict,
        Side([left or [(register, False)]] if register else [], "", digits),
        Side([right or [(told, False)]] if told else [], source if told else "", digits),
    )


def marked(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces; the words (or parts of a date) that the other does not have are marked."""
    first, second = (text.replace("/", " / ").split() for text in (one, other))
    matcher = SequenceMatcher(None, [w.casefold() for w in first], [w.casefold() for w in second], autojunk=False)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        _add(left, first[a:b], kind != "equal")
        _add(right, second[c:d], kind != "equal")
    return left, right


def _add(pieces: list[Piece], words: list[str], differs: bool) -> None:
    text = " ".join(words).replace(" / ", "/").replace("/ ", "/").replace(" /", "/")
    if text and pieces and not pieces[-1][0].endswith("/") and not text.startswith("/"):
        pieces.append((" ", False))
    if text:
        pieces.append((text, differs))


def _source(sources: dict[str, str], name: str) -> str:
    known = SOURCE_LABELS.get(sources.get(name, ""))
    return str(known) if known else ""


def _line(text: str) -> Side:
    return Side([[(text, False)]] if text else [])


def _lines(*texts: str, small: str = "") -> Side:
    return Side([[(text, False)] for text in texts if text], small)


def _birth(born: date | None, precision: BirthPrecision | None) -> str:
    return shown_birth(born, (precision or BirthPrecision.DAY).value)


def _phone(told: Captured, kept: Recipient | None, sources: dict[str, str]) -> Row:
    owner = str(PHONE_OWNERS[told.phone_owner.value]) if told.phone_owner else ""
    small = ", ".join(
        part
        for part in (_source(sources, "phone.number"), owner[:1].lower() + owner[1:], told.phone_owner_name)
        if part
    )
    return _pair("phone", _("Phone"), _split(kept.phone if kept else ""), _split(told.phone), small, True)


def _split(number: str | None) -> str:
    """0968 000 214, 8410 205 000 123: four, then threes, as people say it."""
    return f"{number[:4]} {grouped(number[4:])}".strip() if number else ""


def _account(provider_bin: str | None, number: str | None, holder: str) -> list[str]:
    bank = banks.by_bin(provider_bin or "")
    return [bank.short if bank else provider_bin or "", _split(number), holder]


def _kept_method(method: PaymentMethod | None) -> Side:
    if method is None:
        return Side()
    small = _("the bank is to open it") if method.status == MethodStatus.TO_OPEN else ""
    point = method.payout_point.name if method.payout_point else ""
    account = _account(method.provider_bin, method.account_number, method.holder_name)
    return _lines(str(REGISTER_METHODS[method.kind.value]), *account, point, small=small)


def _method(told: Captured, sources: dict[str, str]) -> Side:
    method = told.method
    if not method:
        return Side()
    holder = method.get("holder_name") or ""
    kind = str(METHOD_LABELS.get(method.get("kind") or "", ""))
    account = _account(method.get("provider_bin"), method.get("account_number"), holder)
    reason = str(HOME_REASONS.get(method.get("reason") or "", method.get("reason") or ""))
    owner = told.representative.get("full_name") if method.get("kind") == "representative_account" else told.full_name
    agrees = _("the name agrees with the case") if holder and same_name(holder, owner or "") else ""
    small = ", ".join(part for part in (_source(sources, "method.account_number"), agrees) if part)
    return _lines(kind, *account, reason, small=small)


def _kept_representative(person: Representative | None) -> Side:
    if person is None:
        return Side()
    until = _("until %(day)s", day=shown_day(person.valid_until)) if person.valid_until else ""
    return _lines(person.full_name, _kind(person.kind.value), until)


def _kind(kind: str) -> str:
    return str(label(RepresentativeKind(kind))) if kind in set(RepresentativeKind) else ""


def _representative(told: Captured) -> Side:
    person = told.representative
    if not person:
        return _line(_("nobody"))
    born = day(person.get("birth_date"))
    paper = [person.get("paper_no"), person.get("certified_by"), shown_day(day(person.get("certified_on")))]
    basis, may = BASES.get(person.get("basis") or ""), SCOPES.get(person.get("scope") or "")
    return _lines(
        person.get("full_name") or "",
        _kind(person.get("kind") or ""),
        str(basis or ""),
        grouped(person.get("citizen_id")),
        _("born %(day)s", day=shown_day(born)) if born else "",
        person.get("relation") or "",
        str(may or ""),
        ", ".join(part for part in paper if part),
        _period(day(person.get("valid_from")), day(person.get("valid_until"))),
        _("a court found loss of legal capacity") if person.get("lacks_capacity") else "",
    )


def _period(first: date | None, last: date | None) -> str:
    if first and last:
        return str(_("from %(first)s until %(last)s", first=shown_day(first), last=shown_day(last)))
    return str(_("until %(day)s", day=shown_day(last))) if last else ""


def _consent(told: Captured) -> Side:
    purposes = [str(PURPOSE_LABELS[name]) for name in told.consent.get("purposes") or [] if name in PURPOSE_LABELS]
    how = _("signed on the device") if told.consent.get("strokes") else _("on the signed sheet, see its photo")
    return _lines(*(f"– {purpose}" for purpose in purposes), small=how if purposes else "")
