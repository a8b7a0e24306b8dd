"""How the person wants to be paid."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Field, FormField, RadioField, SelectField, StringField, ValidationError
from wtforms import Form as PlainForm

from portal.areas.models import PayoutPoint
from portal.enrolment import labels, queries
from portal.enrolment.forms.step import Answers, StepForm, Typed, choices, digits, origin
from portal.enrolment.models import Case
from portal.enrolment.rules import WITH_ACCOUNT
from portal.enrolment.steps import Step
from portal.forms import text
from portal.vietnam import banks, phone

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
        self.offer(queries.payout_points(case.commune_id))

    def offer(self, points: list[PayoutPoint]) -> None:
        """Fill in the banks, wallets and payout points to choose from."""
        for part in self.PARTS.values():
            self[part].form.bin.choices = bank_choices(part == "wallet")
        self.wallet.form.bin.label.text = _l("E-wallet or Mobile Money")
        self.wallet.form.number.label.text = _l("Phone number of the wallet")
        self.wallet.form.again.label.text = _l("Phone number again")
        self.point.choices = [("", str(_l("Choose"))), *((str(point.id), point.name) for point in points)]

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
