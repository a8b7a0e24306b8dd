"""Intake: versions of cases and photos that phones send, and what phones say they hold"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    add_manifests()
    add_devices()
    add_received_files()
    know_signatures()


def add_manifests() -> None:
    op.create_table(
        "case_manifest",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("schema", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("provenance", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("files", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("device_key", sa.Uuid(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("accepted", "beside", name="verdict", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("commune_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "taken_at IS NULL OR verdict = 'accepted'", name=op.f("ck_case_manifest_taken_was_accepted")
        ),
        sa.CheckConstraint("rev > 0", name=op.f("ck_case_manifest_rev_positive")),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_case_manifest_commune_id_commune")),
        sa.ForeignKeyConstraint(
            ["received_by"], ["staff_member.id"], name=op.f("fk_case_manifest_received_by_staff_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_manifest")),
        sa.UniqueConstraint("commune_id", "case_id", "sha256", name=op.f("uq_case_manifest_commune_id_case_id_sha256")),
    )
    with op.batch_alter_table("case_manifest", schema=None) as batch_op:
        batch_op.create_index(
            "ix_case_manifest_unfinished",
            ["commune_id", "received_at"],
            unique=False,
            postgresql_where=sa.text("verdict = 'accepted' AND taken_at IS NULL"),
            sqlite_where=sa.text("verdict = 'accepted' AND taken_at IS NULL"),
        )
        batch_op.create_index(
            "uq_case_manifest_one_accepted",
            ["commune_id", "case_id", "rev"],
            unique=True,
            postgresql_where=sa.text("verdict = 'accepted'"),
            sqlite_where=sa.text("verdict = 'accepted'"),
        )


def add_devices() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("staff_member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_name", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("app", sa.String(), nullable=False),
        sa.Column("keeps_safe", sa.Boolean(), nullable=False),
        sa.Column("keeps_why", sa.String(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("commune_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_device_commune_id_commune")),
        sa.ForeignKeyConstraint(
            ["staff_member_id"], ["staff_member.id"], name=op.f("fk_device_staff_member_id_staff_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint(
            "commune_id", "staff_member_id", "key", name=op.f("uq_device_commune_id_staff_member_id_key")
        ),
    )
    op.create_table(
        "device_case",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "ready",
                "attention",
                "beside",
                "discarded",
                name="phone_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("photos", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("commune_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_device_case_commune_id_commune")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_case_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_case")),
        sa.UniqueConstraint(
            "commune_id", "device_id", "case_id", name=op.f("uq_device_case_commune_id_device_id_case_id")
        ),
    )


def add_received_files() -> None:
    op.create_table(
        "received_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("photo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reading", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("commune_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_received_file_size_positive")),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_received_file_commune_id_commune")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_received_file_photo_id_photo")),
        sa.ForeignKeyConstraint(
            ["received_by"], ["staff_member.id"], name=op.f("fk_received_file_received_by_staff_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_file")),
        sa.UniqueConstraint(
            "commune_id",
            "case_id",
            "received_by",
            "sha256",
            name=op.f("uq_received_file_commune_id_case_id_received_by_sha256"),
        ),
    )
    with op.batch_alter_table("received_file", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_received_file_commune_id_received_at"), ["commune_id", "received_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_received_file_photo_id"), ["photo_id"], unique=False)


def know_signatures() -> None:
    """A picture may be the signature drawn on the phone; a picture that came from a phone keeps the hash it came with."""
    op.add_column("case_file", sa.Column("sent_sha256", sa.String(), nullable=True))
    op.add_column(
        "case_file", sa.Column("sent_size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
    )
    roles = "'id_front', 'id_back', 'representative_front', 'representative_back', 'paper', 'consent'"
    if op.get_bind().dialect.name == "sqlite":
        rebuild_case_file(roles)
        return
    op.drop_constraint(op.f("ck_case_file_file_role"), "case_file", type_="check")
    op.create_check_constraint(op.f("ck_case_file_file_role"), "case_file", f"role IN ({roles}, 'signature')")


def rebuild_case_file(roles: str) -> None:
    """SQLite cannot change a constraint, so the table is built anew; foreign keys are off while migrations run."""
    rows = op.get_bind().exec_driver_sql(
        "SELECT type, sql FROM sqlite_master WHERE tbl_name = 'case_file' AND sql IS NOT NULL"
    )
    parts = [(kind, sql) for kind, sql in rows]
    made = next(sql for kind, sql in parts if kind == "table")
    if roles not in made:
        raise ValueError("the roles of photos are not as expected")
    signed = f"{roles}, 'signature'"
    name, rest = made.split("(", 1)
    op.execute(f"{name.replace('case_file', 'case_file_new')}({rest.replace(roles, signed)}")
    columns = [f'"{row[1]}"' for row in op.get_bind().exec_driver_sql("PRAGMA table_info(case_file)")]
    op.execute(f"INSERT INTO case_file_new ({', '.join(columns)}) SELECT {', '.join(columns)} FROM case_file")
    op.execute("DROP TABLE case_file")
    op.execute("ALTER TABLE case_file_new RENAME TO case_file")
    for kind, sql in parts:
        if kind != "table":
            op.execute(sql)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would lose what the later version wrote")
