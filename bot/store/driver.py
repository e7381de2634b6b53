"""What goes straight through the driver: for small statements SQLAlchemy's way takes ten times as long as the database.

Errors are those that SQLAlchemy would raise, so that whoever tries again need not tell them apart.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

Row = Sequence[Any]

_CURSOR: Final = "cursor"


def opened(connection: Connection, **options: Any) -> Session:
    """Return a session for many deeds on a connection, with a cursor of the driver's to work with."""
    return Session(bind=connection, info={_CURSOR: connection.connection.cursor()}, **options)


def connection_of(session: Session) -> Connection:
    """Return the connection whose transaction this is (store/database.py gives every session one)."""
    assert isinstance(session.bind, Connection)
    return session.bind


def run(session: Session, sql: str, rows: Sequence[Row] = ((),)) -> Any:
    """Run one statement for each of the rows; it has `?` for each parameter.

    Returns the driver's cursor: take from it what is needed before the next statement, which uses the same.
    """
    cursor, connection = session.info[_CURSOR], connection_of(session)
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


def commit(session: Session) -> None:
    """End the transaction and keep what it did."""
    connection = connection_of(session)
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
    told: BaseException = DBAPIError.instance(
        None,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
    return told
