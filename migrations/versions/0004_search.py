"""Find a name among a million: an index of words, and indexes that hold all that a walk in order looks at"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

COLUMNS = ("search_key", "code", "citizen_id", "old_id")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        index_words_of_sqlite()
    else:
        index_words_of_postgresql()
    index_people()


def index_people() -> None:
    """All that a search by name compares stands in the index in whose order the people are listed."""
    op.drop_index("ix_recipient_commune_id_sort_key_id", "recipient")
    op.drop_index("ix_recipient_commune_id_search_key", "recipient")
    op.drop_index("ix_recipient_commune_id_citizen_id", "recipient")
    known = sa.text("citizen_id IS NOT NULL")
    columns = ["commune_id", "citizen_id"]
    op.create_index("ix_recipient_number", "recipient", columns, sqlite_where=known, postgresql_where=known)
    order = ["sort_key", "id", "search_key", "code", "status"]
    op.create_index("ix_recipient_by_name", "recipient", ["commune_id", *order])
    op.create_index("ix_recipient_by_village", "recipient", ["commune_id", "village_id", *order])
    for name, column in (("number", "citizen_id"), ("phone", "phone")):
        lacks = sa.text(f"{column} IS NULL")
        columns = ["commune_id", *order]
        op.create_index(f"ix_recipient_no_{name}", "recipient", columns, sqlite_where=lacks, postgresql_where=lacks)
    account = sa.text("status = 'ready' AND kind IN ('bank_account', 'representative_account', 'wallet')")
    columns = ["commune_id", "recipient_id"]
    op.create_index(
        "ix_payment_method_account", "payment_method", columns, sqlite_where=account, postgresql_where=account
    )
    columns = ["commune_id", "category_id", "recipient_id"]
    op.create_index("ix_entitlement_commune_id_category_id_recipient_id", "entitlement", columns)


def index_words_of_postgresql() -> None:
    """The words as they stand; of numbers the last three digits; 500 letters stay below the limit of a word."""
    ends = " || ".join(
        f"CASE WHEN right({number}, 3) ~ '^[0-9]{{3}}$' THEN ' §' || right({number}, 3) ELSE '' END"
        for number in COLUMNS[1:]
    )
    op.execute(
        "CREATE FUNCTION recipient_words(search_key varchar, code varchar, citizen_id varchar, old_id varchar)"
        " RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS"
        f" $$ SELECT array_to_tsvector(array_remove(string_to_array(left(search_key, 500) || {ends}, ' '), '')) $$"
    )
    op.execute(f"CREATE INDEX ix_recipient_words ON recipient USING gin (recipient_words({', '.join(COLUMNS)}))")
    op.execute('CREATE INDEX ix_recipient_code ON recipient (commune_id, (lower(code) COLLATE "C"))')


def index_words_of_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE recipient_words USING"
        " fts5(words, content='', columnsize=0, detail='none', tokenize='ascii', prefix='1 2 3')"
    )
    op.execute(f"INSERT INTO recipient_words (rowid, words) SELECT id, {words_of('recipient')} FROM recipient")
    add = f"INSERT INTO recipient_words (rowid, words) VALUES (NEW.id, {words_of('NEW')});"
    remove = (
        f"INSERT INTO recipient_words (recipient_words, rowid, words) VALUES ('delete', OLD.id, {words_of('OLD')});"
    )
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in ("id", *COLUMNS))
    op.execute(f"CREATE TRIGGER recipient_words_insert AFTER INSERT ON recipient BEGIN {add} END")
    op.execute(f"CREATE TRIGGER recipient_words_delete AFTER DELETE ON recipient BEGIN {remove} END")
    op.execute(
        f"CREATE TRIGGER recipient_words_update AFTER UPDATE OF id, {', '.join(COLUMNS)} ON recipient"
        f" WHEN {changed} BEGIN {remove} {add} END"
    )
    op.execute("CREATE INDEX ix_recipient_code ON recipient (commune_id, code COLLATE NOCASE)")


def words_of(row: str) -> str:
    """As on PostgreSQL."""
    ends = (
        f"CASE WHEN substr({row}.{number}, -3) GLOB '[0-9][0-9][0-9]' THEN ' §' || substr({row}.{number}, -3) ELSE '' END"
        for number in COLUMNS[1:]
    )
    return " || ".join([f"{row}.search_key", *ends])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would lose what the later version wrote")
