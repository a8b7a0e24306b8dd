"""One row of a list as it is stored: what was received, what is applied, and whether it can be."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.recipients.models import BaseRate, MethodKind, Verdict
from portal.recipients.parsing.villages import key_of
from portal.vietnam import banks
from portal.vietnam.names import fold_upper, match_key, search_key, sort_key

# Without these nobody can say who gets how much.
REFUSING = {"name_missing", "code_missing", "amount_missing", "duplicate_code"}
_MONEY = {"amount", "allowance", "arrears", "total"}
_KEPT = [
    "code",
    "full_name",
    "birth_date",
    "birth_precision",
    "sex",
    "citizen_id",
    "old_id",
    "village",
    "category",
    "category_key",
    "decision_no",
    "arrears",
    "account_number",
    "bank",
    "phone",
    "representative_name",
    "representative_relation",
    "representative_id",
    "representative_phone",
    "note",
    "total",
]
_RANK = ("error", "warning", "info")


def stored(row: Mapping[str, Any], rate: BaseRate | None) -> dict[str, Any]:
    """The columns of a `RosterRow` from a row of `parsing.to_json`; `rate` is in force for the list's month."""
    problems = list(row["problems"])
    monthly = _monthly(row)
    if not row["code"]:
        problems.append(_problem(row, "code_missing", "code", "error"))
    if (monthly is None or monthly <= 0) and not any(p["code"] == "amount_missing" for p in problems):
        problems.append(_problem(row, "amount_missing", "amount", "error"))
    problems += _off_the_rate(row, rate) + _whose_account(row)
    clean = {name: row[name] for name in _KEPT} | _computed(row, monthly, problems)
    return {
        "row": row["row"],
        "cell": row["cell"],
        "code": row["code"] or "",
        "raw": storable(row["raw"]),
        "clean": {name: value for name, value in clean.items() if value is not None},
        "problems": storable(problems),
        "verdict": Verdict.REFUSED if any(map(_refuses, problems)) else Verdict.NEW,
        "differences": {},
    }


def storable(value: Any) -> Any:
    """JSON that PostgreSQL can hold: it knows no NUL and no half of a character."""
    text = json.dumps(value, ensure_ascii=False).replace("\\u0000", "")
    return json.loads(text.encode("utf-8", "replace"))


def _computed(row: Mapping[str, Any], monthly: int | None, problems: list[dict[str, Any]]) -> dict[str, Any]:
    name, coefficient = row["full_name"] or "", row["coefficient"]
    return {
        "search_key": search_key(name),
        "sort_key": sort_key(name),
        "village_key": key_of(row["village"]) if row["village"] else None,
        "coefficient_hundredths": None if coefficient is None else round(coefficient * 100),
        "monthly_amount": monthly,
        "doubt": next((s for s in _RANK if any(p["severity"] == s for p in problems)), None),
        "guesses": row["guesses"] or None,
    } | _method(row)


def _monthly(row: Mapping[str, Any]) -> int | None:
    """What comes every month: the amount and its allowance, or the total without arrears."""
    if row["amount"] is not None:
        return int(row["amount"] + (row["allowance"] or 0))
    return None if row["total"] is None else int(row["total"] - (row["arrears"] or 0))


def _method(row: Mapping[str, Any]) -> dict[str, Any]:
    """The way to be paid that the row tells; cash where it tells none that works."""
    number, bin_ = row["account_number"], row["bank_bin"]
    if not number or not bin_ or banks.account_problem(bin_, number) == "account_format":
        reason = "account in the list unusable" if number or row["bank"] else ""
        return {"method": MethodKind.CASH_POINT, "method_reason": reason, "account_number": None}
    holder = row["account_holder"] or (row["representative_name"] if account_of_another(row) else row["full_name"])
    kind = MethodKind.WALLET if banks.is_wallet(bin_) else MethodKind.BANK_ACCOUNT
    return {
        "method": MethodKind.REPRESENTATIVE_ACCOUNT if account_of_another(row) else kind,
        "provider_bin": bin_,
        "holder": fold_upper(holder or ""),
    }


def account_of_another(row: Mapping[str, Any]) -> bool:
    """Whoever receives for a person is paid through their own account, unless the list names another holder."""
    other, holder = row["representative_name"], row["account_holder"]
    return bool(other) and (not holder or match_key(holder) == match_key(other))


def _whose_account(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    if row["account_number"] and account_of_another(row) and not row["account_holder"]:
        return [_problem(row, "account_of_representative", "account_number", "info", name=row["representative_name"])]
    return []


def _off_the_rate(row: Mapping[str, Any], rate: BaseRate | None) -> list[dict[str, Any]]:
    if rate is None or row["coefficient"] is None or row["amount"] is None:
        return []
    due = round(rate.amount * round(row["coefficient"] * 100) / 100)
    if due == row["amount"]:
        return []
    return [_problem(row, "amount_off_rate", "amount", "warning", stated=row["amount"], computed=due)]


def _refuses(problem: Mapping[str, Any]) -> bool:
    return problem["code"] in REFUSING or (problem["severity"] == "error" and problem["field"] in _MONEY)


def _problem(row: Mapping[str, Any], code: str, field: str, severity: str, **detail: Any) -> dict[str, Any]:
    return {"code": code, "field": field, "cell": row["cell"], "severity": severity, "detail": detail}


def in_force(rates: list[BaseRate], month: date) -> BaseRate | None:
    """The rate of a month: the latest that applies from it or from before."""
    return max((r for r in rates if r.applies_from <= month), key=lambda r: r.applies_from, default=None)
