"""What goes straight through the driver: for small statements SQLAlchemy's way takes ten times as long as the database.

Errors are those that SQLAlchemy would raise, so that whoever tries again need not tell them apart.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

Row = Sequence[Any]


def run(connection: Connection, sql: str, rows: Sequence[Row] = ((),)) -> Any:
    """Run one statement for each of the rows and return the driver's cursor; it has `?` for each parameter."""
    cursor = connection.connection.cursor()
    if connection.dialect.name == "postgresql":
        sql = _with_percent(sql)
    try:
        if len(rows) == 1:
            cursor.execute(sql, rows[0])
        else:
            cursor.executemany(sql, rows)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, error) from error
    return cursor


def commit(connection: Connection) -> None:
    """End the transaction and keep what it did."""
    try:
        connection.connection.commit()
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, error) from error


@lru_cache(maxsize=1024)
def _with_percent(sql: str) -> str:
    return sql.replace("?", "%s")


def _told(connection: Connection, error: Any) -> BaseException:
    """Return the error as SQLAlchemy's; a connection that is lost with it will not be used again."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection, None)
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        None,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
