"""Many rows in one statement. The ORM spends 20 microseconds on a row, these two or three.

Rows are plain tuples in the order of the columns; days are ISO text, which both databases take for a date.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Dialect, Table
from sqlalchemy.sql.compiler import IdentifierPreparer
from sqlmodel import Session, SQLModel

from bot.store import driver

Row = driver.Row

FEW: Final = 4
"""So many rows PostgreSQL takes in one statement as they are; of more it is given a list for each column."""


def table_of(model: type[SQLModel]) -> Table:
    """Return the table of a table class."""
    table = model.metadata.tables[str(model.__tablename__)]
    assert isinstance(table, Table)
    return table


def alone(session: Session, what: str = "figures") -> None:
    """Let nobody else write facts, people or figures (or something else, `what`) until this transaction ends.

    They are read, added to and written back, and on PostgreSQL another transaction could do so in between. On SQLite
    there is one writer anyway.
    """
    if driver.connection_of(session).dialect.name == "postgresql":
        driver.connection_of(session).exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"encore.{what}",))


def insert(session: Session, model: type[SQLModel], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows; a row whose key exists is an error."""
    _put(session, model, columns, rows, "")


def insert_new(session: Session, model: type[SQLModel], columns: Sequence[str], rows: Sequence[Row]) -> int:
    """Insert rows, leave those alone whose keys exist, and return how many are new."""
    return _put(session, model, columns, rows, " ON CONFLICT DO NOTHING")


def insert_one(session: Session, model: type[SQLModel], columns: Sequence[str], row: Row) -> int | None:
    """Insert a row and return its id, None where a key of it exists."""
    connection = driver.connection_of(session)
    sql = _insert_sql(connection.dialect, model, tuple(columns), 1) + " ON CONFLICT DO NOTHING"
    if connection.dialect.name == "postgresql":
        found = driver.run(session, f"{sql} RETURNING id", [row]).fetchone()
        return None if found is None else int(found[0])
    cursor = driver.run(session, sql, [row])
    return int(cursor.lastrowid) if cursor.rowcount else None


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
    start = _select_sql(driver.connection_of(session).dialect.identifier_preparer, model, tuple(columns))
    return query(session, start + where, parameters)


def query(session: Session, sql: str, parameters: Iterable[Any] = ()) -> Sequence[Row]:
    """Return the rows of a statement as plain tuples; it has `?` for each parameter."""
    rows: Sequence[Row] = driver.run(session, sql, [tuple(parameters)]).fetchall()
    return rows


def execute(session: Session, sql: str, rows: Sequence[Row]) -> None:
    """Run one statement for each of the rows; it has `?` for each parameter."""
    if rows:
        driver.run(session, sql, rows)


def update(session: Session, model: type[SQLModel], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Set columns of the rows with these ids; the first column is `id`, and no two rows have the same."""
    _each(session, model, columns, rows, keys=1)


def delete(session: Session, model: type[SQLModel], keys: Sequence[str], rows: Sequence[Row]) -> None:
    """Delete the rows with these keys."""
    _each(session, model, keys, rows, keys=len(keys))


def reserve(session: Session, model: type[SQLModel], how_many: int) -> range | Sequence[int]:
    """Return so many ids that nobody else gives a new row of a table.

    Whoever writes thousands of rows that name each other need not ask for the id of each.
    """
    table = table_of(model).name
    if driver.connection_of(session).dialect.name == "postgresql":
        sql = "SELECT nextval(pg_get_serial_sequence(?, 'id')) FROM generate_series(1, ?)"
        return [int(row[0]) for row in query(session, sql, [table, how_many])]
    # Its one writer is this transaction.
    last = int(query(session, f"SELECT COALESCE(MAX(id), 0) FROM {_quote(session)(table)}")[0][0])
    return range(last + 1, last + 1 + how_many)


def for_update(session: Session, *, free: str = "") -> str:
    """Return what a SELECT ends with that takes its rows for this transaction; on SQLite the writer is alone.

    `free` is the name that the SELECT gives its table, where rows that somebody else has taken are to be passed over.
    """
    if driver.connection_of(session).dialect.name != "postgresql":
        return ""
    return f" FOR UPDATE OF {free} SKIP LOCKED" if free else " FOR UPDATE"


def among(session: Session, column: str, kind: str) -> str:
    """Return a condition that takes one parameter made by `listed`; `kind` is `text`, `bigint` or `date`."""
    if driver.connection_of(session).dialect.name == "postgresql":
        return f"{_quote(session)(column)} = ANY(CAST(? AS {kind}[]))"
    return f"{_quote(session)(column)} IN (SELECT value FROM json_each(?))"


def listed(session: Session, values: Iterable[Any]) -> Any:
    """Return a list as the one parameter of `among`: thousands of values without thousands of placeholders."""
    values = list(values)
    return values if driver.connection_of(session).dialect.name == "postgresql" else json.dumps(values)


def moment(session: Session, at: datetime) -> str:
    """Return an aware moment as the databases keep it: UTC, with its offset where the column has one."""
    text = at.astimezone(UTC).isoformat(" ", "microseconds")
    return text if driver.connection_of(session).dialect.name == "postgresql" else text.removesuffix("+00:00")


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
    connection = driver.connection_of(session)
    on_postgres = connection.dialect.name == "postgresql"
    few = len(rows) if on_postgres and len(rows) <= FEW else 0
    sql = _insert_sql(connection.dialect, model, tuple(columns), few) + on_conflict
    if few:
        rows = [[value for row in rows for value in row]]
    elif on_postgres:
        rows = [[list(column) for column in zip(*rows, strict=True)]]
    return int(driver.run(session, sql, rows).rowcount)


def _each(session: Session, model: type[SQLModel], columns: Sequence[str], rows: Sequence[Row], *, keys: int) -> None:
    """Change the rows with these keys, the first of the columns; where there are no others, delete them."""
    if not rows:
        return
    dialect = driver.connection_of(session).dialect
    if dialect.name == "postgresql":
        rows = [[list(column) for column in zip(*rows, strict=True)]]
    else:
        rows = [(*row[keys:], *row[:keys]) for row in rows]
    driver.run(session, _each_sql(dialect, model, tuple(columns), keys), rows)


@lru_cache(maxsize=256)
def _each_sql(dialect: Dialect, model: type[SQLModel], columns: tuple[str, ...], keys: int) -> str:
    quote, table = dialect.identifier_preparer.quote, table_of(model)
    named = [quote(c) for c in columns]
    if dialect.name != "postgresql":
        where = " AND ".join(f"{c} = ?" for c in named[:keys])
        sets = ", ".join(f"{c} = ?" for c in named[keys:])
        return f"UPDATE {quote(table.name)} SET {sets} WHERE {where}" if sets else f"DELETE FROM {quote(table.name)} WHERE {where}"  # fmt: skip
    # A list a column, in one statement, as for an INSERT.
    lists = ", ".join(f"CAST(? AS {table.c[c].type.compile(dialect)}[])" for c in columns)
    given = f"unnest({lists}) AS given ({', '.join(named)})"
    where = " AND ".join(f"kept.{c} = given.{c}" for c in named[:keys])
    sets = ", ".join(f"{c} = given.{c}" for c in named[keys:])
    if sets:
        return f"UPDATE {quote(table.name)} AS kept SET {sets} FROM {given} WHERE {where}"
    return f"DELETE FROM {quote(table.name)} AS kept USING {given} WHERE {where}"


@lru_cache(maxsize=256)
def _insert_sql(dialect: Dialect, model: type[SQLModel], columns: tuple[str, ...], few: int) -> str:
    """Return an INSERT of so many rows; of as many as come, where `few` is 0."""
    quote, table = dialect.identifier_preparer.quote, table_of(model)
    into = f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, columns))})"
    types = [table.c[c].type.compile(dialect) for c in columns]
    if dialect.name != "postgresql":
        row = f"({', '.join('?' * len(columns))})"
    elif few:
        row = f"({', '.join(f'CAST(? AS {t})' for t in types)})"
    else:
        # A list a column, in one statement: one by one, each row would take the database ten times as long.
        return f"{into} SELECT * FROM unnest({', '.join(f'CAST(? AS {t}[])' for t in types)})"
    return f"{into} VALUES {', '.join([row] * max(few, 1))}"


def _quote(session: Session) -> Any:
    return driver.connection_of(session).dialect.identifier_preparer.quote
