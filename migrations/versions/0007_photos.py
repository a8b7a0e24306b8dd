"""When a photo was deleted: its row stays, its bytes are gone"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("photo", sa.Column("deleted_on", sa.Date(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would lose what the later version wrote")
