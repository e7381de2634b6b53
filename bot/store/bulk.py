"""Many rows in one statement. The ORM spends 20 microseconds on a row, these two or three.

Rows are plain tuples in the order of the columns; days are ISO text, which both databases take for a date.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.sql.compiler import IdentifierPreparer
from sqlmodel import Session, SQLModel

Row = Sequence[Any]


def table_of(model: type[SQLModel]) -> Table:
    """Return the table of a table class."""
    table = model.metadata.tables[str(model.__tablename__)]
    assert isinstance(table, Table)
    return table


def alone(session: Session) -> None:
    """Let nobody else write facts, people or figures until this transaction ends.

    They are read, added to and written back, and on PostgreSQL another transaction could do so in between. On SQLite
    there is one writer anyway.
    """
    if _connection(session).dialect.name == "postgresql":
        _connection(session).exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('encore.figures'))")


def insert(session: Session, model: type[SQLModel], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows; a row whose key exists is an error."""
    _put(session, model, columns, rows, "")


def insert_new(session: Session, model: type[SQLModel], columns: Sequence[str], rows: Sequence[Row]) -> int:
    """Insert rows, leave those alone whose keys exist, and return how many are new."""
    return _put(session, model, columns, rows, " ON CONFLICT DO NOTHING")


def upsert(
    session: Session, model: type[SQLModel], keys: Sequence[str], columns: Sequence[str], rows: Sequence[Row], *,
    changing: Sequence[str] | None = None,
) -> None:  # fmt: skip
    """Insert rows, or overwrite the columns `changing` of those whose keys exist (all but the keys, if not given).

    `columns` includes the keys, and no two rows have the same.
    """
    quote = _quote(session)
    others = changing if changing is not None else [c for c in columns if c not in keys]
    changed = ", ".join(f"{quote(c)} = excluded.{quote(c)}" for c in others)
    _put(session, model, columns, rows, f" ON CONFLICT ({', '.join(map(quote, keys))}) DO UPDATE SET {changed}")


def select(
    session: Session, model: type[SQLModel], columns: Sequence[str], where: str, parameters: Iterable[Any] = ()
) -> Sequence[Row]:
    """Return rows as plain tuples; `where` has `?` for each parameter. Days come as ISO text."""
    start = _select_sql(_connection(session).dialect.identifier_preparer, model, tuple(columns))
    return query(session, start + where, parameters)


def query(session: Session, sql: str, parameters: Iterable[Any] = ()) -> Sequence[Row]:
    """Return the rows of a statement as plain tuples; it has `?` for each parameter."""
    connection = _connection(session)
    if connection.dialect.name == "sqlite":
        # Straight from the driver: for small results SQLAlchemy's own take ten times as long as the query. On
        # PostgreSQL the network outweighs that, and its errors must reach whoever tries again.
        rows: list[Row] = connection.connection.cursor().execute(sql, tuple(parameters)).fetchall()
        return rows
    return [tuple(row) for row in connection.exec_driver_sql(sql.replace("?", "%s"), tuple(parameters)).all()]


def execute(session: Session, sql: str, rows: Sequence[Row]) -> None:
    """Run one statement for each of the rows; it has `?` for each parameter."""
    if rows:
        _connection(session).exec_driver_sql(_native(session, sql), [tuple(r) for r in rows])


def for_update(session: Session) -> str:
    """Return what a SELECT ends with that takes its rows for this transaction; on SQLite the writer is alone."""
    return " FOR UPDATE" if _connection(session).dialect.name == "postgresql" else ""


def among(session: Session, column: str, kind: str) -> str:
    """Return a condition that takes one parameter made by `listed`; `kind` is `text`, `bigint` or `date`."""
    if _connection(session).dialect.name == "postgresql":
        return f"{_quote(session)(column)} = ANY(CAST(? AS {kind}[]))"
    return f"{_quote(session)(column)} IN (SELECT value FROM json_each(?))"


def listed(session: Session, values: Iterable[Any]) -> Any:
    """Return a list as the one parameter of `among`: thousands of values without thousands of placeholders."""
    values = list(values)
    return values if _connection(session).dialect.name == "postgresql" else json.dumps(values)


def moment(session: Session, at: datetime) -> str:
    """Return an aware moment as the databases keep it: UTC, with its offset where the column has one."""
    text = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return f"{text}+00" if _connection(session).dialect.name == "postgresql" else text


def read_moment(kept: str | datetime) -> datetime:
    """Return a moment that a plain query brought: SQLite gives text, PostgreSQL a value in the session's zone."""
    if isinstance(kept, datetime):
        return kept.astimezone(UTC)
    return datetime.fromisoformat(kept).replace(tzinfo=UTC)


def dump_buckets(buckets: Mapping[int, int]) -> str | None:
    """Return a histogram as JSON, the same text for the same histogram; None where it is empty."""
    return json.dumps(dict(sorted(buckets.items())), separators=(",", ":")) if buckets else None


def load_buckets(text: str | None) -> dict[int, int]:
    """Return a histogram from its JSON; the bucket numbers are keys there, and so text."""
    return {int(bucket): times for bucket, times in json.loads(text).items()} if text else {}


@lru_cache(maxsize=256)
def _select_sql(preparer: IdentifierPreparer, model: type[SQLModel], columns: tuple[str, ...]) -> str:
    quote, table = preparer.quote, table_of(model)
    shown = ", ".join(f"CAST({quote(c)} AS TEXT)" if table.c[c].type.python_type is date else quote(c) for c in columns)
    return f"SELECT {shown} FROM {quote(table.name)} WHERE "


def _put(session: Session, model: type[SQLModel], columns: Sequence[str], rows: Sequence[Row], on_conflict: str) -> int:
    if not rows:
        return 0
    quote, table = _quote(session), table_of(model)
    into = f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, columns))})"
    dialect = _connection(session).dialect
    if dialect.name == "postgresql":
        # A list a column, in one statement: one by one, each row would take the database ten times as long.
        lists = ", ".join(f"CAST(%s AS {table.c[c].type.compile(dialect)}[])" for c in columns)
        sql = f"{into} SELECT * FROM unnest({lists}){on_conflict}"
        return _connection(session).exec_driver_sql(sql, tuple(list(c) for c in zip(*rows, strict=True))).rowcount
    marks = ", ".join("?" * len(columns))
    sql = f"{into} VALUES ({marks}){on_conflict}"
    return _connection(session).exec_driver_sql(sql, [tuple(r) for r in rows]).rowcount


def _connection(session: Session) -> Connection:
    """Return the connection whose transaction this is (store/database.py gives every session one)."""
    assert isinstance(session.bind, Connection)
    return session.bind


def _quote(session: Session) -> Any:
    return _connection(session).dialect.identifier_preparer.quote


def _native(session: Session, sql: str) -> str:
    return sql.replace("?", "%s") if _connection(session).dialect.name == "postgresql" else sql
