"""One row of a list as it is stored: clean values, what was received, what is applied, and whether it can be."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import orjson

from portal.recipients.parsing.roster import Problem, RosterRow, problem_to_json
from portal.recipients.parsing.villages import key_of
from portal.vietnam import banks
from portal.vietnam.names import fold_upper, match_key, search_key, sort_key

# The values of one row, in this order. `birth_date` is ISO text; `raw`, `problems` and `guesses` are JSON texts;
# `doubt` is the worst severity of the problems; `key` names the row in the register (see `register_key`).
STORED: tuple[str, ...] = (
    *("row", "cell", "key", "code", "full_name", "search_key", "sort_key", "sex"),
    *("birth_date", "birth_precision", "citizen_id", "old_id", "phone", "village", "village_key"),
    *("category", "category_key", "coefficient_hundredths", "monthly_amount", "arrears", "total"),
    *("decision_no", "note", "method", "method_reason", "provider_bin", "account_number", "holder", "bank"),
    *("representative_name", "representative_relation", "representative_id", "representative_phone"),
    *("doubt", "refused", "raw", "problems", "guesses"),
)
# What a row of a list of changes has behind them.
TOLD_OF_CHANGES = ("section", "reason", "cause", "from_month")
# Without these nobody can say who gets how much; an amount that cannot be read is one of them.
REFUSING = frozenset({"name_missing", "amount_missing", "duplicate_code", "duplicate_person"})
_MONEY = frozenset({"amount", "allowance", "arrears", "total"})
_RANK = ("error", "warning", "info")


def stored(row: RosterRow, rate: int | None, *, has_codes: bool) -> list[Any]:
    """The values of `STORED`; `rate` in đồng is in force for the list's month, `has_codes`: the list has a column for them."""
    monthly = _monthly(row)
    problems = [*row.problems, *_found_when_stored(row, rate, monthly, has_codes=has_codes)]
    name = row.full_name or ""
    match = match_key(name)
    village_key = key_of(row.village) if row.village else None
    birth = row.birth_date.isoformat() if row.birth_date else None
    method, reason, provider, number, holder = _method(row)
    return [
        row.row,
        row.cell,
        row.code or register_key(match, birth, village_key, row.citizen_id or row.old_id),
        row.code or "",
        row.full_name,
        search_key(name),
        sort_key(name),
        row.sex,
        birth,
        row.birth_precision,
        *(row.citizen_id, row.old_id, row.phone, row.village, village_key, row.category, row.category_key),
        None if row.coefficient is None else round(row.coefficient * 100),
        monthly,
        row.arrears,
        row.total,
        row.decision_no,
        row.note,
        *(method, reason, provider, number, holder, row.bank),
        *(row.representative_name, row.representative_relation, row.representative_id, row.representative_phone),
        min((problem.severity for problem in problems), key=_RANK.index) if problems else None,
        any(map(refuses, problems)),
        json_text(row.raw),
        json_text([problem_to_json(problem) for problem in problems]) if problems else "[]",
        json_text(sorted(row.guesses)) if row.guesses else None,
    ]


def register_key(match: str, birth: str | None, village_key: str | None, number: str | None) -> str:
    """What names a row without code in the register: the number where there is one, else name, birth and village."""
    person = number or "\0".join((match, birth or "", village_key or ""))
    return "=" + hashlib.sha256(person.encode()).hexdigest()[:24]


def refuses(problem: Problem) -> bool:
    """Whether a row with this problem cannot be applied."""
    return problem.code in REFUSING or (problem.severity == "error" and problem.field in _MONEY)


def in_force(rates: Sequence[tuple[date, int]], month: date | None) -> int | None:
    """The base rate of a month in đồng, of pairs of first day and amount: the latest that applies from it or before."""
    applying = [rate for rate in rates if month is not None and rate[0] <= month]
    return max(applying)[1] if applying else None


def json_text(value: Any) -> str:
    """JSON that PostgreSQL can hold: it knows no NUL and no half of a character. Dates become ISO texts."""
    try:
        text = orjson.dumps(value).decode()
    except TypeError:  # half of a character, or a number of more than 64 bits
        text = json.dumps(value, ensure_ascii=False, default=date.isoformat).encode("utf-8", "replace").decode()
    return json_text(_without_nul(value)) if "\\u0000" in text and "\0" in _all_text(value) else text


def _all_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return "".join(map(_all_text, parts))


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, Mapping):
        return {key: _without_nul(each) for key, each in value.items()}
    return [_without_nul(each) for each in value] if isinstance(value, list) else value


def _found_when_stored(row: RosterRow, rate: int | None, monthly: int | None, *, has_codes: bool) -> list[Problem]:
    found = []
    if has_codes and not row.code:
        found.append(Problem("code_missing", "code", row.cell, "info", {}))
    if (monthly is None or monthly <= 0) and not any(p.code == "amount_missing" for p in row.problems):
        found.append(Problem("amount_missing", "amount", row.cell, "error", {}))
    if rate is not None and row.coefficient is not None and row.amount is not None:
        due = round(rate * round(row.coefficient * 100) / 100)
        if due != row.amount:
            detail = {"stated": row.amount, "computed": due}
            found.append(Problem("amount_off_rate", "amount", row.cell, "warning", detail))
    if row.account_number and account_of_another(row) and not row.account_holder:
        detail_of = {"name": row.representative_name}
        found.append(Problem("account_of_representative", "account_number", row.cell, "info", detail_of))
    return found


def _monthly(row: RosterRow) -> int | None:
    """What comes every month: the amount and its allowance, or the total without arrears."""
    if row.amount is not None:
        return row.amount + (row.allowance or 0)
    return None if row.total is None else row.total - (row.arrears or 0)


def _method(row: RosterRow) -> tuple[str, str, str | None, str | None, str | None]:
    """Method, reason, provider, account and holder that the row tells; cash where it tells none that works."""
    number, bin_ = row.account_number, row.bank_bin
    if not number or not bin_ or banks.account_problem(bin_, number) == "account_format":
        return "cash_point", "account in the list unusable" if number or row.bank else "", None, None, None
    of_another = account_of_another(row)
    holder = row.account_holder or (row.representative_name if of_another else row.full_name)
    kind = "representative_account" if of_another else "wallet" if banks.is_wallet(bin_) else "bank_account"
    return kind, "", bin_, number, fold_upper(holder or "")


def account_of_another(row: RosterRow) -> bool:
    """Whoever receives for a person is paid through their own account, unless the list names another holder."""
    other, holder = row.representative_name, row.account_holder
    return bool(other) and (not holder or match_key(holder) == match_key(other or ""))
