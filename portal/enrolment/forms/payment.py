"""How the person wants to be paid, and who receives for them."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from wtforms import BooleanField, Field, FormField, RadioField, SelectField, StringField, ValidationError
from wtforms import Form as PlainForm

from portal.enrolment import labels, queries
from portal.enrolment.forms.step import (
    Answers,
    StepForm,
    Typed,
    choices,
    digits,
    iso,
    number_with_twelve_digits,
    origin,
    shown,
    typed_date,
    whole_date,
)
from portal.enrolment.models import Case, FileRole
from portal.enrolment.rules import WITH_ACCOUNT
from portal.enrolment.steps import Step
from portal.forms import text
from portal.recipients.methods import age, one_year_after
from portal.vietnam import banks, phone
from portal.vietnam.month import today

ADULT = 18
FIRST_BANKS = ("970405", "970436", "970415", "970418", "970449")  # most seen in communes: Agribank first


def bank_choices(wallet: bool) -> list[tuple[str, str]]:
    known = {bank.bin: bank.short for bank in banks.every() if bank.wallet == wallet}
    first = [bin for bin in FIRST_BANKS if bin in known]
    rest = sorted(known.keys() - set(first), key=lambda bin: known[bin].lower())
    return [("", str(_l("Choose"))), *((bin, known[bin]) for bin in [*first, *rest])]


class AccountFields(PlainForm):  # type: ignore[misc]
    """An account typed twice: a wrong digit sends a poor person's money to a stranger."""

    bin = SelectField(_l("Bank"), validate_choice=False)
    number = StringField(_l("Account number"))
    again = StringField(_l("Account number again"))
    holder = StringField(_l("Name of the account's owner"))


class MethodForm(StepForm):
    STEP = Step.METHOD

    kind = RadioField(_l("Way to be paid"), choices=choices(labels.METHOD_LABELS), validate_choice=False)
    qr_own = FileField(_l("Photo of the QR code for receiving money"))
    qr_theirs = FileField(_l("Photo of the representative's QR code for receiving money"))
    own = FormField(AccountFields)
    wallet = FormField(AccountFields)
    theirs = FormField(AccountFields)
    point = SelectField(_l("Payout point"), validate_choice=False)
    reason = RadioField(
        _l("Why must the money be brought home?"), choices=choices(labels.HOME_REASONS), validate_choice=False
    )
    reason_text = StringField(_l("Say more"))

    PARTS = {"bank_account": "own", "wallet": "wallet", "representative_account": "theirs"}

    @classmethod
    def initial(cls, case: Case) -> Typed:
        kept = case.payload.get("method")
        if not kept:
            return {}
        typed: Typed = {"kind": kept["kind"], "point": str(kept["payout_point_id"] or "")}
        if part := cls.PARTS.get(kept["kind"]):
            number = kept["account_number"] or ""
            values = {"bin": kept["provider_bin"], "number": number, "again": number, "holder": kept["holder_name"]}
            typed |= {f"{part}-{name}": value for name, value in values.items()}
        if kept["kind"] == "home_visit":
            typed |= {"reason": kept.get("reason_code", "other"), "reason_text": kept["reason"].partition(": ")[2]}
        return typed

    def prepare(self, case: Case) -> None:
        for part in self.PARTS.values():
            self[part].form.bin.choices = bank_choices(part == "wallet")
        self.wallet.form.bin.label.text = _l("E-wallet or Mobile Money")
        self.wallet.form.number.label.text = _l("Phone number of the wallet")
        self.wallet.form.again.label.text = _l("Phone number again")
        self.point.choices = [
            ("", str(_l("Choose"))),
            *((str(p.id), p.name) for p in queries.payout_points(case.commune_id)),
        ]

    def validate_kind(self, field: Field) -> None:
        if field.data not in labels.METHOD_LABELS:
            raise ValidationError(str(_l("Ask the person, then choose one way.")))

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        if part := self.PARTS.get(self.kind.data or ""):
            good = self._account_is_good(self[part].form, part == "wallet") and good
        return bool(good)

    def _account_is_good(self, account: Any, wallet: bool) -> bool:
        first, second = self.number_of(account.number, wallet), self.number_of(account.again, wallet)
        if not account.bin.data:
            account.bin.errors = [str(_l("Choose the bank or wallet."))]
        if wallet and phone.parse(first) is None:
            account.number.errors = [str(_l("A phone number has 10 digits and begins with 0."))]
        elif banks.account_problem(account.bin.data or "", first) == "account_format":
            account.number.errors = [str(_l("An account number has 6 to 19 digits or capital letters."))]
        elif first != second:
            account.again.errors = [
                str(
                    _l(
                        "The two numbers are not the same. The first has %(one)s digits, this one %(two)s.",
                        one=len(first),
                        two=len(second),
                    )
                )
            ]
        if not wallet and not text(account.holder):
            account.holder.errors = [str(_l("Copy the name exactly as the bank writes it."))]
        return not any(field.errors for field in account)

    @staticmethod
    def number_of(field: Field, wallet: bool) -> str:
        """As it is stored: no spaces, letters big, a wallet's phone number in national form."""
        read = phone.parse(field.data or "") if wallet else None
        return read.number if read else digits(field.data).upper()

    def validate_reason(self, field: Field) -> None:
        if self.kind.data == "home_visit" and field.data not in labels.HOME_REASONS:
            raise ValidationError(str(_l("Say why the money must be brought home.")))

    def validate_reason_text(self, field: Field) -> None:
        if self.kind.data == "home_visit" and self.reason.data == "other" and not text(field):
            raise ValidationError(str(_l("Say in a few words why.")))

    def validate_point(self, field: Field) -> None:
        if self.kind.data == "cash_point" and len(field.choices) > 1 and field.data not in dict(field.choices):
            raise ValidationError(str(_l("Choose the payout point.")))

    def answers(self, case: Case) -> Answers:
        kind = self.kind.data or ""
        account = self[self.PARTS[kind]].form if kind in WITH_ACCOUNT else None
        code = self.reason.data if kind == "home_visit" else None
        parts = (str(labels.HOME_REASONS[code]), text(self.reason_text)) if code else ()
        return {
            "kind": kind,
            "provider_bin": account.bin.data if account else None,
            "account_number": self.number_of(account.number, kind == "wallet") if account else None,
            "holder_name": text(account.holder) if account else "",
            "reason": ": ".join(filter(None, parts)),
            "reason_code": code,
            "payout_point_id": int(self.point.data) if kind == "cash_point" and self.point.data else None,
        }

    def provenance(self, case: Case, answers: Answers | None) -> dict[str, str]:
        told, code = answers or {}, case.payload.get("read", {}).get("vietqr") or {}
        both = {"provider_bin": "bin", "account_number": "account"}
        return {field: origin(told[field], code.get(name), None) for field, name in both.items() if told[field]}

    def place_of(self, field: str | None) -> str | None:
        return field if field in ("kind", "reason") else None


def _receives_alone(case: Case) -> bool:
    """An adult who is paid to an account or wallet of their own: hardly ever does another receive for them."""
    born = (case.payload.get("identity") or {}).get("birth_date")
    kind = (case.payload.get("method") or {}).get("kind")
    return kind in ("bank_account", "wallet") and born is not None and age(date.fromisoformat(born), today()) >= ADULT


class RepresentativeForm(StepForm):
    STEP = Step.REPRESENTATIVE
    PHOTOS = {
        "front": FileRole.REPRESENTATIVE_FRONT,
        "back": FileRole.REPRESENTATIVE_BACK,
        "pages": FileRole.PAPER,
    }
    CARDS = (FileRole.REPRESENTATIVE_FRONT, FileRole.REPRESENTATIVE_BACK)
    READ = frozenset({"full_name", "citizen_id", "birth_date"})

    kind = RadioField(
        _l("Who receives for the person?"), choices=choices(labels.REPRESENTATIVE_KINDS), validate_choice=False
    )
    lacks_capacity = BooleanField(_l("A court has found that the person has lost legal capacity"))
    front = FileField(_l("Front side of the representative's card"))
    back = FileField(_l("Back side of the representative's card"))
    full_name = StringField(_l("Full name"))
    citizen_id = StringField(_l("Identity number"), [number_with_twelve_digits])
    birth_date = StringField(_l("Birth date"), [whole_date])
    phone = StringField(_l("Phone number"))
    relation = StringField(_l("What they are to the person"))
    scope = RadioField(_l("What they may do"), choices=choices(labels.SCOPES), validate_choice=False)
    pages = MultipleFileField(_l("Photos of the authorization or decision, all pages"))
    paper_no = StringField(_l("Number of the paper"))
    certified_by = StringField(_l("Certified or issued by"))
    certified_on = StringField(_l("On the day"), [whole_date])
    valid_from = StringField(_l("Valid from"), [whole_date])
    valid_until = StringField(_l("Valid until"), [whole_date])

    DATES = ("birth_date", "certified_on", "valid_from", "valid_until")

    @classmethod
    def initial(cls, case: Case) -> Typed:
        kept = case.payload.get("representative")
        card = cls.card(case)
        typed: Typed = {"scope": "receive"}
        if kept:
            typed = {name: shown(kept[name]) if name in cls.DATES else kept[name] or "" for name in kept}
            if not typed.pop("lacks_capacity"):
                return typed
            return typed | {"lacks_capacity": "y"}
        if card:
            read = {
                "full_name": card["full_name"],
                "citizen_id": card["number"],
                "birth_date": shown(card["birth_date"]),
            }
            typed |= {"kind": "proxy"} | read
        elif "representative" in case.payload or _receives_alone(case):
            typed |= {"kind": "none"}
        return typed

    def validate_kind(self, field: Field) -> None:
        if field.data not in labels.REPRESENTATIVE_KINDS:
            raise ValidationError(str(_l("Choose who receives. Nobody is an answer, too.")))

    def validate_full_name(self, field: Field) -> None:
        if self.kind.data != "none" and not text(field):
            raise ValidationError(str(_l("Enter the full name.")))

    def validate_citizen_id(self, field: Field) -> None:
        if self.kind.data != "none" and not digits(field.data):
            raise ValidationError(str(_l("Enter the 12 digits of the card.")))

    def validate_phone(self, field: Field) -> None:
        if self.kind.data != "none" and (field.data or "").strip() and phone.parse(field.data) is None:
            raise ValidationError(str(_l("A phone number has 10 digits and begins with 0.")))

    def validate_relation(self, field: Field) -> None:
        if self.kind.data != "none" and not text(field):
            raise ValidationError(str(_l("Say what they are to the person, for example daughter or neighbour.")))

    def answers(self, case: Case) -> Answers | None:
        if self.kind.data == "none":
            return None
        days = {name: typed_date(self[name].data) for name in self.DATES}
        if self.kind.data == "proxy":  # Civil Code, Art. 563: one year when the paper names no end
            days["valid_from"] = days["valid_from"] or days["certified_on"]
            if days["valid_from"] and not days["valid_until"]:
                days["valid_until"] = one_year_after(days["valid_from"])
        read = phone.parse(self.phone.data or "")
        names = ("full_name", "relation", "paper_no", "certified_by")
        return {
            "kind": self.kind.data,
            **{name: text(self[name]) for name in names},
            **{name: iso(day) for name, day in days.items()},
            "citizen_id": digits(self.citizen_id.data),
            "phone": read.number if read else None,
            "scope": self.scope.data or "receive",
            "lacks_capacity": bool(self.lacks_capacity.data),
        }

    def provenance(self, case: Case, answers: Answers | None) -> dict[str, str]:
        card = self.card(case) or {}
        told = answers or {}
        names = {"full_name": "full_name", "citizen_id": "number", "birth_date": "birth_date"}
        found = {field: origin(told[field], card.get(name), None) for field, name in names.items() if told.get(field)}
        if told.get("valid_until"):
            found["valid_until"] = "typed" if (self.valid_until.data or "").strip() else "law"
        return found
