"""What constraints cannot say, and the programmes, categories and rates that the law gives"""

import json
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

FROZEN = "audit_event", "entitlement_change", "decision"
# of a sealed line only what happened to it may change
SEALED = [
    "run_id",
    "entitlement_id",
    "recipient_id",
    "month",
    "number",
    "reference",
    "amount_month",
    "amount_arrears",
    "amount_carried",
    "amount_clawback",
    "amount_total",
    "carried_from_id",
    "channel",
    "provider_bin",
    "account_number",
    "payee",
    "payee_name",
    "recipient_name",
    "recipient_code",
    "citizen_id",
    "sort_key",
    "village_name",
    "category_text",
    "commune_id",
]
OPEN_RUN = "EXISTS (SELECT 1 FROM run WHERE run.id = {row}.run_id AND run.state IN ('draft', 'prepared'))"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        guard_sqlite()
    else:
        guard_postgresql()
    insert_reference_data()


def guard_sqlite() -> None:
    for table in FROZEN:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in SEALED)
    op.execute(
        f"CREATE TRIGGER line_sealed_no_update BEFORE UPDATE ON line WHEN ({changed})"
        f" AND NOT {OPEN_RUN.format(row='OLD')} BEGIN SELECT RAISE(ABORT, 'a sealed line cannot change'); END"
    )
    for verb, row in (("DELETE", "OLD"), ("INSERT", "NEW")):
        op.execute(
            f"CREATE TRIGGER line_sealed_no_{verb.lower()} BEFORE {verb} ON line WHEN NOT {OPEN_RUN.format(row=row)}"
            f" BEGIN SELECT RAISE(ABORT, 'a sealed run cannot gain or lose lines'); END"
        )


def guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in FROZEN:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
    op.execute(
        "CREATE FUNCTION sealed_line() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'a sealed run cannot change' USING ERRCODE = 'restrict_violation'; END $$"
    )
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in SEALED)
    op.execute(
        "CREATE FUNCTION run_is_open(wanted bigint) RETURNS boolean LANGUAGE sql STABLE AS"
        " $$ SELECT EXISTS (SELECT 1 FROM run WHERE id = wanted AND state IN ('draft', 'prepared')) $$"
    )
    for verb, row, extra in (("UPDATE", "OLD", f"({changed}) AND "), ("DELETE", "OLD", ""), ("INSERT", "NEW", "")):
        op.execute(
            f"CREATE TRIGGER line_sealed_{verb.lower()} BEFORE {verb} ON line FOR EACH ROW"
            f" WHEN ({extra}NOT run_is_open({row}.run_id)) EXECUTE FUNCTION sealed_line()"
        )


def insert_reference_data() -> None:
    """Decree 20/2021 (Art. 5, 6, 20) and the base rates of Decrees 76/2024 and 335/2026; merit: 77/2024, 321/2026."""
    texts = sa.table("programme", sa.column("id"), sa.column("code"), sa.column("name"))
    op.bulk_insert(
        texts,
        [
            {"id": 1, "code": "BTXH", "name": "Bảo trợ xã hội"},
            {"id": 2, "code": "NCC", "name": "Người có công"},
            {"id": 3, "code": "HTXH", "name": "Hưu trí xã hội"},
        ],
    )
    rates = sa.table("base_rate", *map(sa.column, ("programme_id", "amount", "decision")), *dates())
    op.bulk_insert(rates, list(base_rates()))
    columns = ("programme_id", "key", "label", "legal_basis", "coefficient_hundredths", "confidential")
    categories = json.loads((Path(__file__).parents[1] / "data/btxh_categories.json").read_text())
    op.bulk_insert(sa.table("category", *map(sa.column, columns)), [{"programme_id": 1} | c for c in categories])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('programme', 'id'), 3)")


def dates():
    return sa.column("applies_from", sa.Date), sa.column("decided_on", sa.Date)


def base_rates():
    for programme, applies_from, decided_on, amount, decision in (
        (1, date(2021, 7, 1), date(2021, 3, 15), 360_000, "Nghị định 20/2021/NĐ-CP"),
        (1, date(2024, 7, 1), date(2024, 7, 1), 500_000, "Nghị định 76/2024/NĐ-CP"),
        (1, date(2026, 7, 1), date(2026, 8, 21), 540_000, "Nghị định 335/2026/NĐ-CP"),
        (2, date(2024, 7, 1), date(2024, 7, 1), 2_789_000, "Nghị định 77/2024/NĐ-CP"),
        (2, date(2026, 7, 1), date(2026, 8, 21), 3_012_000, "Nghị định 321/2026/NĐ-CP"),
        (3, date(2025, 7, 1), date(2025, 6, 30), 500_000, "Nghị định 176/2025/NĐ-CP"),
        (3, date(2026, 7, 1), date(2026, 8, 21), 540_000, "Nghị định 335/2026/NĐ-CP"),
    ):
        yield {
            "programme_id": programme,
            "applies_from": applies_from,
            "decided_on": decided_on,
            "amount": amount,
            "decision": decision,
        }


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would lose the guards")
