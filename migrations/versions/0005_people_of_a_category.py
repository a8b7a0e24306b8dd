"""Tell from an index alone whether a person is paid of a programme or category"""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.drop_index("ix_entitlement_commune_id_category_id_recipient_id", "entitlement")
    op.drop_index("ix_entitlement_commune_id_programme_id_status", "entitlement")
    for column in ("category", "programme"):
        columns = ["commune_id", f"{column}_id", "status", "recipient_id"]
        op.create_index(f"ix_entitlement_{'_'.join(columns)}", "entitlement", columns)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would lose what the later version wrote")
