"""A register of any size in a few statements: the database counts, mixes names and writes the rows itself."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Date, bindparam, select, text

from portal.commands import demo_data as data
from portal.db import Instant, db, now
from portal.formats import today
from portal.recipients.models import BaseRate, Category, Programme
from portal.vietnam.names import clean, search_key, sort_key

SQL = Path(__file__).parent / "data" / "demo"
STEPS = ("people", "entitlements", "entitlement_changes", "payment_methods", "representatives")
TEMPORARY = {
    "demo_place": "commune_no BIGINT, village_no BIGINT, commune_id BIGINT, village_id BIGINT, prefix TEXT",
    "demo_name": "part TEXT, no BIGINT, name TEXT, search TEXT, sort TEXT",
    "demo_category": "band INT, slot BIGINT, programme_id BIGINT, category_id BIGINT, category_text TEXT, coefficient BIGINT, amount BIGINT",
    "demo_term": "no BIGINT, starts DATE, ends DATE",
    "demo_relation": "no BIGINT, relation TEXT",
}


def fill(people: int, places: list[dict[str, Any]], tell: Callable[[str], None]) -> None:
    """Write `people` recipients with everything that belongs to them over `places` (rows of demo_place)."""
    _temporary_tables(places)
    values = {
        "people": people,
        "communes": 1 + max(int(place["commune_no"]) for place in places),
        "villages": 1 + max(int(place["village_no"]) for place in places),
        "families": len(data.FAMILY_NAMES),
        "middles": len(data.MIDDLE_NAMES["female"]),
        "givens": len(data.GIVEN_NAMES["female"]),
        "year": today().year,
        "old": today().year - 70,
        "child": _years_ago(16),
        "sixty": _years_ago(60),
        "seventy_five": _years_ago(75),
        "today": today(),
        "at": now(),
    }
    for step in STEPS:
        _run(_statement(step), values)
        tell(step.replace("_", " "))
    for table in TEMPORARY:
        db.session.execute(text(f"DROP TABLE {table}"))
    db.session.execute(text("ANALYZE"))


def _statement(step: str) -> str:
    """The file with dates and JSON spelled as this database wants them: `[date: text]`, `[object: key, value, ...]`."""
    postgresql = db.session.get_bind().dialect.name == "postgresql"
    sql = (SQL / f"{step}.sql").read_text("utf-8").replace("[chance]", (SQL / "chance.sql").read_text("utf-8"))
    sql = re.sub(r"^--.*\n", "", sql, flags=re.M)
    sql = re.sub(r"\[date: (.+?)\]", r"CAST(\1 AS DATE)" if postgresql else r"(\1)", sql, flags=re.S)
    return re.sub(
        r"\[object: (.+?)\]", r"jsonb_build_object(\1)" if postgresql else r"json_object(\1)", sql, flags=re.S
    )


def _run(statement: str, values: dict[str, Any]) -> None:
    names = set(re.findall(r"(?<![:\w]):(\w+)", statement))
    types: dict[str, Any] = {"at": Instant, "child": Date, "sixty": Date, "seventy_five": Date, "today": Date}
    typed = [bindparam(name, type_=types[name]) for name in names & types.keys()]
    db.session.execute(text(statement).bindparams(*typed), {name: values[name] for name in names})


def _temporary_tables(places: list[dict[str, Any]]) -> None:
    rows: dict[str, list[dict[str, Any]]] = {
        "demo_place": places,
        "demo_name": _names(),
        "demo_category": _categories(),
        "demo_term": [
            {"no": no, "starts": today() - timedelta(days=364 - no), "ends": today() + timedelta(days=no + 1)}
            for no in range(365)
        ],
        "demo_relation": [{"no": no, "relation": relation} for no, relation in enumerate(data.RELATIONS)],
    }
    for table, columns in TEMPORARY.items():
        names = [column.split()[0] for column in columns.split(", ")]
        db.session.execute(text(f"CREATE TEMPORARY TABLE {table} ({columns})"))
        dates = [bindparam(name, type_=Date) for name in names if name in ("starts", "ends")]
        insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES (:{', :'.join(names)})"  # noqa: S608 - names of ours
        db.session.execute(text(insert).bindparams(*dates), rows[table])
        db.session.execute(text(f"CREATE INDEX ix_{table} ON {table} ({', '.join(names[:2])})"))


def _names() -> list[dict[str, Any]]:
    parts: dict[str, tuple[str, ...]] = {"family": data.FAMILY_NAMES}
    parts |= {f"middle {sex}": names for sex, names in data.MIDDLE_NAMES.items()}
    parts |= {f"given {sex}": names for sex, names in data.GIVEN_NAMES.items()}
    return [
        {"part": part, "no": no, "name": clean(name), "search": search_key(name), "sort": _sort_words(name)}
        for part, names in parts.items()
        for no, name in enumerate(names)
    ]


def _sort_words(name: str) -> str:
    """What a part of a name adds to a sort key: its words stay in order, only a whole name puts the last one first."""
    return " ".join(sort_key(word) for word in name.split())


def _categories() -> list[dict[str, Any]]:
    """The choice of each age: amounts are base rate x coefficient of this month."""
    programmes = {programme.code: programme.id for programme in db.session.scalars(select(Programme))}
    known = {category.key: category for category in db.session.scalars(select(Category))}
    rows = []
    for band, keys in enumerate(data.CATEGORIES_BY_AGE):
        for slot, key in enumerate(keys):
            category = known.get(key)
            programme_id = category.programme_id if category else programmes[key]
            coefficient = (category.coefficient_hundredths if category else None) or 100
            rows.append(
                {
                    "band": band,
                    "slot": slot,
                    "programme_id": programme_id,
                    "category_id": category.id if category else None,
                    "category_text": category.label if category else data.PROGRAMME_TEXTS[key],
                    "coefficient": coefficient,
                    "amount": _base_rate(programme_id) * coefficient // 100,
                }
            )
    return rows


def _base_rate(programme_id: int) -> int:
    rates = select(BaseRate.amount).where(BaseRate.programme_id == programme_id).order_by(BaseRate.applies_from.desc())
    return db.session.scalars(rates.where(BaseRate.applies_from <= today()).limit(1)).one()


def _years_ago(years: int) -> date:
    return date(today().year - years, 1, 1)
