"""The database session, the column types of the house, and the one place that ends a transaction."""

import contextvars
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import wraps
from itertools import chain
from typing import Annotated, Any, TypeVar

from flask import Flask, Response, has_request_context, make_response, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Enum,
    FromClause,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    cast,
    column,
    event,
    func,
    literal,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
View = TypeVar("View", bound=Callable[..., Any])
# None: nobody has said; a request reads then, whatever else runs writes
writing: contextvars.ContextVar[bool | None] = contextvars.ContextVar("writing", default=None)


def now() -> datetime:
    """This instant in UTC."""
    return datetime.now(UTC)


class Instant(TypeDecorator[datetime]):
    """An instant, kept in UTC; SQLite has no time zones of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC) if value else None


BigInt = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(postgresql.JSONB, "postgresql")
Key = Annotated[int, mapped_column(BigInt, primary_key=True)]


class json_object(FunctionElement[Any]):
    """An object of JSON made by the database from names and columns; NULL becomes null."""

    type = Json
    inherit_cache = True

    def __init__(self, columns: Mapping[str, Any]) -> None:
        named: list[tuple[Any, Any]] = [(literal_column(f"'{name}'"), column) for name, column in columns.items()]
        super().__init__(*chain.from_iterable(named))


@compiles(json_object, "sqlite")
def _json_object(element: Any, compiler: Any, **options: Any) -> str:
    return f"json_object({compiler.process(element.clauses, **options)})"


@compiles(json_object, "postgresql")
def _jsonb_build_object(element: Any, compiler: Any, **options: Any) -> str:
    return f"jsonb_build_object({compiler.process(element.clauses, **options)})"


def table_of(rows: Sequence[Mapping[str, Any]], types: Mapping[str, TypeEngine[Any]]) -> FromClause:
    """Rows as a table within a statement. They cross as one JSON text: the statement is the same for any number of them."""
    told = literal(json.dumps(rows, ensure_ascii=False), Text)
    if db.session.get_bind().dialect.name == "postgresql":
        columns = [column(name, kind) for name, kind in types.items()]
        sent = func.jsonb_to_recordset(cast(told, postgresql.JSONB)).table_valued(*columns, name="told")
        return sent.render_derived(with_types=True)
    each = func.json_each(told).table_valued("value").c.value
    return select(*(func.json_extract(each, f"$.{name}", type_=types[name]).label(name) for name in types)).subquery()


def insert_many(table: type["Base"], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert plain values as the driver takes them, JSON as text, dates as ISO text; by COPY where there is one."""
    names = ", ".join(f'"{name}"' for name in columns)
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {table.__tablename__} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    places = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table.__tablename__} ({names}) VALUES ({places})"  # noqa: S608 - names of our columns
    connection.connection.cursor().executemany(statement, rows)


def analyze(*tables: type["Base"]) -> None:
    """Tell the database how much the tables hold now: after many new rows it would else plan for the few of before."""
    for table in tables:
        db.session.execute(text(f"ANALYZE {table.__tablename__}"))


def states(kind: type[StrEnum]) -> Enum:
    """A text column that holds the values of `kind`, guarded by a check constraint."""
    return Enum(
        kind,
        native_enum=False,
        length=24,
        create_constraint=True,
        name=_snake(kind.__name__),
        values_callable=lambda members: [m.value for m in members],
    )


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    registry = registry(
        type_annotation_map={
            datetime: Instant,
            int: BigInt,
            dict[str, Any]: Json,
            list[Any]: Json,
        }
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


@event.listens_for(Engine, "connect")
def _sqlite_settings(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        connection.isolation_level = None  # the BEGIN below is ours
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=60000"):
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _sqlite_begin(connection: Any) -> None:
    """A writer takes SQLite's one write lock at once: no upgrade of a read lock that another writer would refuse."""
    if connection.dialect.name == "sqlite":
        told = writing.get()
        may_write = not has_request_context() if told is None else told
        connection.exec_driver_sql("BEGIN IMMEDIATE" if may_write else "BEGIN")


def remembers(view: View) -> View:
    """Mark a GET that shows something so private that looking at it is an audit event: it may commit events only."""
    view.remembers = True  # type: ignore[attr-defined]
    return view


def only_reads(view: View) -> View:
    """Mark a search: it is posted so that what was typed stays out of the address, and never changes anything."""
    view.only_reads = True  # type: ignore[attr-defined]
    return view


def wrap_views(app: Flask) -> None:
    """Give every view one transaction. Call after the last blueprint is registered."""
    for endpoint, view in app.view_functions.items():
        app.view_functions[endpoint] = one_transaction(view)


def one_transaction(view: Callable[..., Any]) -> Callable[..., Response]:
    """Commit a write that succeeded; roll back everything else.

    A GET can therefore never change data, and a rejected form (422) leaves none behind.
    """
    remembering, reading = getattr(view, "remembers", False), getattr(view, "only_reads", False)

    @wraps(view)
    def wrapped(**url_values: Any) -> Response:
        may_write = remembering or (request.method not in SAFE_METHODS and not reading)
        token = writing.set(may_write)
        try:
            if may_write:
                db.session.rollback()  # what ran before the view only read; its read lock must not be upgraded
            response = make_response(view(**url_values))
            if may_write and response.status_code < 400:
                db.session.commit()
            return response
        finally:
            db.session.rollback()
            writing.reset(token)

    return wrapped


@contextmanager
def transaction() -> Iterator[None]:
    """One transaction for a command or a worker: commit when the block ends well, else roll back."""
    token = writing.set(True)
    try:
        db.session.rollback()  # what ran before only read; its read lock must not be upgraded
        yield
        db.session.commit()
    finally:
        db.session.rollback()
        writing.reset(token)


@contextmanager
def reading() -> Iterator[None]:
    """A look from outside of a request that takes no write lock."""
    token = writing.set(False)
    try:
        db.session.rollback()
        yield
    finally:
        db.session.rollback()
        writing.reset(token)


def commit_so_far() -> None:
    """Make durable what a long work has done up to here, so that it can go on there when its process is killed."""
    db.session.commit()
