"""The register: entitlements under codes of their own, rows of lists in columns, people told apart and merged, jobs"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
CAUSES = (
    "'died', 'moved', 'not_entitled', 'refused', 'higher_rate', 'not_collected', 'not_reassessed', 'detained',"
    " 'not_listed', 'other'"
)


def upgrade() -> None:
    add_tables()
    add_columns()
    give_entitlements_codes()
    let_lists_be_read()
    put_rows_into_columns()
    guard_closed_months()


def add_tables() -> None:
    op.create_table(
        "closed_month",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("commune_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_closed_month_commune_id_commune")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_closed_month_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_month")),
        sa.UniqueConstraint(
            "commune_id", "programme_id", "month", name=op.f("uq_closed_month_commune_id_programme_id_month")
        ),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("commune_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "stopped",
                "failed",
                name="job_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("done", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("total", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("checkpoint", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("error", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_job_counts_not_negative")),
        sa.ForeignKeyConstraint(["actor_id"], ["staff_member.id"], name=op.f("fk_job_actor_id_staff_member")),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_job_commune_id_commune")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_state_id"), ["state", "id"], unique=False)
        batch_op.create_index(
            "uq_job_one_per_subject",
            ["subject"],
            unique=True,
            postgresql_where=sa.text("state IN ('waiting', 'running')"),
            sqlite_where=sa.text("state IN ('waiting', 'running')"),
        )

    op.create_table(
        "recipient_merge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kept_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merged_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moved", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_name", sa.String(), nullable=True),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("commune_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("final_at IS NULL OR undone_at IS NULL", name=op.f("ck_recipient_merge_final_or_undone")),
        sa.CheckConstraint("kept_id <> merged_id", name=op.f("ck_recipient_merge_two_records")),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_recipient_merge_commune_id_commune")),
        sa.ForeignKeyConstraint(["kept_id"], ["recipient.id"], name=op.f("fk_recipient_merge_kept_id_recipient")),
        sa.ForeignKeyConstraint(["merged_id"], ["recipient.id"], name=op.f("fk_recipient_merge_merged_id_recipient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient_merge")),
    )
    with op.batch_alter_table("recipient_merge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recipient_merge_kept_id"), ["kept_id"], unique=False)
        batch_op.create_index(
            "uq_recipient_merge_once",
            ["merged_id"],
            unique=True,
            postgresql_where=sa.text("undone_at IS NULL"),
            sqlite_where=sa.text("undone_at IS NULL"),
        )

    op.create_table(
        "same_person",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("recipient_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("commune_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_same_person_commune_id_commune")),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipient.id"], name=op.f("fk_same_person_recipient_id_recipient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_same_person")),
        sa.UniqueConstraint(
            "commune_id", "key", "recipient_id", name=op.f("uq_same_person_commune_id_key_recipient_id")
        ),
    )
    with op.batch_alter_table("same_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_same_person_recipient_id"), ["recipient_id"], unique=False)
        batch_op.create_index(
            "uq_same_person_one_answer",
            ["commune_id", "key"],
            unique=True,
            postgresql_where=sa.text("same"),
            sqlite_where=sa.text("same"),
        )


def add_columns() -> None:
    """Spelt so that both databases add them without building the table anew."""
    for table, column in (
        ("adjustment", "decision_no VARCHAR NOT NULL DEFAULT ''"),
        ("entitlement_change", f"cause VARCHAR(24) CONSTRAINT ck_entitlement_change_cause CHECK (cause IN ({CAUSES}))"),
        (
            "recipient",
            "merged_into_id BIGINT CONSTRAINT fk_recipient_merged_into_id_recipient REFERENCES recipient (id)",
        ),
        (
            "roster_file",
            "kind VARCHAR(24) NOT NULL DEFAULT 'roster'"
            " CONSTRAINT ck_roster_file_roster_kind CHECK (kind IN ('roster', 'changes'))",
        ),
        ("roster_file", "rows BIGINT NOT NULL DEFAULT 0"),
    ):
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    op.execute("UPDATE roster_file SET rows = (SELECT count(*) FROM roster_row WHERE roster_file_id = roster_file.id)")
    merged = sa.text("merged_into_id IS NOT NULL")
    old = sa.text("old_id IS NOT NULL")
    op.create_index(
        "ix_recipient_commune_id_old_id",
        "recipient",
        ["commune_id", "old_id"],
        postgresql_where=old,
        sqlite_where=old,
    )
    op.create_index(
        "ix_recipient_merged_into_id", "recipient", ["merged_into_id"], postgresql_where=merged, sqlite_where=merged
    )


def give_entitlements_codes() -> None:
    """Until now each person had one of a programme, under the code of the person."""
    op.execute("ALTER TABLE entitlement ADD COLUMN code VARCHAR NOT NULL DEFAULT ''")
    op.execute("UPDATE entitlement SET code = (SELECT code FROM recipient WHERE recipient.id = recipient_id)")
    old, new = "uq_entitlement_recipient_id_programme_id", "uq_entitlement_commune_id_programme_id_code"
    if on_sqlite():
        before = f"CONSTRAINT {old} UNIQUE (recipient_id, programme_id)"
        after = f"CONSTRAINT {new} UNIQUE (commune_id, programme_id, code)"
        rebuild("entitlement", lambda sql: replaced(sql, before, after))
    else:
        op.drop_constraint(old, "entitlement", type_="unique")
        op.create_unique_constraint(new, "entitlement", ["commune_id", "programme_id", "code"])
    op.create_index("ix_entitlement_recipient_id", "entitlement", ["recipient_id"])


def let_lists_be_read() -> None:
    states = "'previewed', 'applied', 'discarded'"
    if on_sqlite():
        rebuild("roster_file", lambda sql: replaced(sql, states, f"'reading', {states}"))
    else:
        op.drop_constraint(op.f("ck_roster_file_roster_state"), "roster_file", type_="check")
        op.create_check_constraint(
            op.f("ck_roster_file_roster_state"), "roster_file", f"state IN ('reading', {states})"
        )


def put_rows_into_columns() -> None:
    """What was cleaned stood in one JSON value; comparing and applying 100,000 rows needs columns."""
    op.rename_table("roster_row", "roster_row_before")
    for index in ("ix_roster_row_roster_file_id_verdict_row", "ix_roster_row_roster_file_id_code"):
        op.drop_index(index, "roster_row_before")
    if not on_sqlite():
        op.execute("ALTER TABLE roster_row_before RENAME CONSTRAINT pk_roster_row TO pk_roster_row_before")
        unique = "uq_roster_row_roster_file_id_row"
        op.execute(f"ALTER TABLE roster_row_before RENAME CONSTRAINT {unique} TO {unique}_before")
    add_rows_table()
    same = ["id", "commune_id", "roster_file_id", "row", "cell", "code", "raw", "problems", "verdict", "differences"]
    taken = {name: name for name in [*same, "recipient_id"]} | {
        "key": "code",
        "refused": "verdict = 'refused' AND recipient_id IS NULL",
        "birth_date": f"CAST({told('birth_date')} AS DATE)" if not on_sqlite() else told("birth_date"),
        "method": f"coalesce({told('method')}, 'cash_point')",
        "guesses": "json_extract(clean, '$.guesses')" if on_sqlite() else "clean -> 'guesses'",
    }
    taken |= {name: told(name) for name in TEXTS} | {name: f"CAST({told(name)} AS BIGINT)" for name in NUMBERS}
    op.execute(
        f"INSERT INTO roster_row ({', '.join(map(quoted, taken))})"
        f" SELECT {', '.join(quoted(v) if v in same else v for v in taken.values())} FROM roster_row_before"
    )
    op.execute(
        "UPDATE roster_row SET entitlement_id = (SELECT e.id FROM entitlement e JOIN roster_file f"
        " ON f.programme_id = e.programme_id WHERE f.id = roster_row.roster_file_id"
        " AND e.commune_id = roster_row.commune_id AND e.code = roster_row.key)"
    )
    op.drop_table("roster_row_before")
    if not on_sqlite():
        op.execute("SELECT setval(pg_get_serial_sequence('roster_row', 'id'), (SELECT max(id) FROM roster_row))")


TEXTS = (
    *("full_name", "search_key", "sort_key", "sex", "birth_precision", "citizen_id", "old_id", "phone", "village"),
    *("village_key", "category", "category_key", "decision_no", "note", "method_reason", "provider_bin"),
    *("account_number", "holder", "bank", "representative_name", "representative_relation", "representative_id"),
    *("representative_phone", "doubt"),
)
NUMBERS = ("coefficient_hundredths", "monthly_amount", "arrears", "total")


def told(name: str) -> str:
    return f"json_extract(clean, '$.{name}')" if on_sqlite() else f"clean ->> '{name}'"


def quoted(name: str) -> str:
    return f'"{name}"'


def add_rows_table() -> None:
    def choice(name: str, *values: str) -> sa.Enum:
        return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)

    bytewise = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    kinds = "bank_account", "representative_account", "wallet", "cash_point", "home_visit"
    special = {
        "sort_key": bytewise,
        "sex": choice("sex", "male", "female"),
        "birth_precision": choice("birth_precision", "day", "month", "year"),
    }
    op.create_table(
        "roster_row",
        sa.Column("id", KEY, nullable=False),
        sa.Column("roster_file_id", KEY, nullable=False),
        sa.Column("row", KEY, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("cell", "key", "code")),
        *(sa.Column(name, special.get(name, sa.String()), nullable=True) for name in TEXTS),
        *(sa.Column(name, KEY, nullable=True) for name in NUMBERS),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("method", choice("method_kind", *kinds), nullable=False),
        sa.Column("section", choice("section", "increase", "decrease", "adjustment"), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("cause", choice("cause", *CAUSES.replace("'", "").split(", ")), nullable=True),
        sa.Column("from_month", sa.Date(), nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("raw", JSON, nullable=False),
        sa.Column("problems", JSON, nullable=False),
        sa.Column("guesses", JSON, nullable=True),
        sa.Column(
            "verdict", choice("verdict", "new", "changed", "unchanged", "ends", "likely", "refused"), nullable=False
        ),
        sa.Column("differences", JSON, nullable=False),
        sa.Column("recipient_id", KEY, nullable=True),
        sa.Column("entitlement_id", KEY, nullable=True),
        sa.Column("resolution", sa.String(), nullable=True),
        sa.Column("commune_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name="fk_roster_row_commune_id_commune"),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["entitlement.id"], name="fk_roster_row_entitlement_id_entitlement"
        ),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipient.id"], name="fk_roster_row_recipient_id_recipient"),
        sa.ForeignKeyConstraint(
            ["roster_file_id"], ["roster_file.id"], name="fk_roster_row_roster_file_id_roster_file", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_roster_row"),
        sa.UniqueConstraint("roster_file_id", "row", name="uq_roster_row_roster_file_id_row"),
    )
    op.create_index("ix_roster_row_roster_file_id_verdict_row", "roster_row", ["roster_file_id", "verdict", "row"])
    op.create_index("ix_roster_row_roster_file_id_key", "roster_row", ["roster_file_id", "key"])
    changed = sa.text("verdict = 'changed'")
    op.create_index(
        "ix_roster_row_of_person", "roster_row", ["recipient_id"], postgresql_where=changed, sqlite_where=changed
    )
    unsolved = sa.text("verdict IN ('refused', 'likely') AND resolution IS NULL")
    op.create_index(
        "ix_roster_row_unsolved",
        "roster_row",
        ["commune_id", "roster_file_id"],
        postgresql_where=unsolved,
        sqlite_where=unsolved,
    )


def guard_closed_months() -> None:
    """What is owed to someone whose line of the month is sealed goes to a later month: nothing would ever pay it."""
    op.execute(
        "INSERT INTO closed_month (commune_id, programme_id, month) SELECT DISTINCT commune_id, programme_id, month"
        " FROM run WHERE state NOT IN ('draft', 'prepared')"
    )
    closed = (
        "EXISTS (SELECT 1 FROM line JOIN run ON run.id = line.run_id WHERE line.entitlement_id = {row}.entitlement_id"
        " AND line.month = {row}.month AND run.state NOT IN ('draft', 'prepared'))"
    )
    if on_sqlite():
        for verb, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            op.execute(
                f"CREATE TRIGGER adjustment_closed_{verb.lower()} BEFORE {verb} ON adjustment"
                f" WHEN {closed.format(row=row)} BEGIN SELECT RAISE(ABORT, 'adjustment_month_closed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION closed_for_adjustment() RETURNS trigger LANGUAGE plpgsql AS $$"
        " DECLARE touched adjustment; BEGIN"
        " IF TG_OP = 'DELETE' THEN touched := OLD; ELSE touched := NEW; END IF;"
        f" IF {closed.format(row='touched')} THEN"
        " RAISE EXCEPTION 'adjustment_month_closed' USING ERRCODE = 'restrict_violation'; END IF;"
        " RETURN touched; END $$"
    )
    op.execute(
        "CREATE TRIGGER adjustment_closed BEFORE INSERT OR UPDATE OR DELETE ON adjustment"
        " FOR EACH ROW EXECUTE FUNCTION closed_for_adjustment()"
    )


def on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def rebuild(table: str, change: Callable[[str], str]) -> None:
    """Build a table of SQLite anew, which cannot change constraints; foreign keys are off while migrations run."""
    rows = op.get_bind().exec_driver_sql(
        "SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL", (table,)
    )
    parts = [(kind, sql) for kind, sql in rows]
    made = change(next(sql for kind, sql in parts if kind == "table"))
    op.execute(replaced(made, f"CREATE TABLE {table}", f"CREATE TABLE {table}_new", f'CREATE TABLE "{table}"'))
    columns = [f'"{row[1]}"' for row in op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})")]
    op.execute(f"INSERT INTO {table}_new ({', '.join(columns)}) SELECT {', '.join(columns)} FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_new RENAME TO {table}")
    for kind, sql in parts:
        if kind != "table":
            op.execute(sql)


def replaced(sql: str, before: str, after: str, *others: str) -> str:
    """`sql` with `before`, or another spelling of it, replaced; it must be there."""
    for spelling in (before, *others):
        if spelling in sql:
            return sql.replace(spelling, after)
    raise ValueError(f"not found: {before}")


def downgrade() -> None:
    raise NotImplementedError("Rows of lists are in columns now; restore the backup made before the upgrade.")
