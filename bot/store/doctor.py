"""How a database stands, looked at from outside: nothing is made, migrated or changed."""

import os
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from bot.domain.doctor import Condition
from bot.errors import InputError
from bot.store.database import database_url
from bot.store.migrations import HEAD, current_version, triggers


def look(address: str, seconds: float) -> Condition:
    """Return how the database stands, waiting so long for it at most; InputError where it cannot be opened."""
    url = database_url(address)
    file = Path(url.database or "").absolute() if url.get_backend_name() == "sqlite" else None
    where = _where(url)
    free = None if file is None else shutil.disk_usage(_above(file)).free
    if file is not None and not file.exists():
        above = _above(file)
        refusal = "" if above.is_dir() and os.access(above, os.W_OK) else f"{above} is no folder that may be written"
        return Condition(where, None, HEAD, refusal, busy=False, triggers=(), free_bytes=free)
    engine = _engine(url, file, seconds)
    try:
        with engine.connect() as connection:
            version = current_version(connection)
            missing = triggers.missing(connection) if version == HEAD else []
            connection.rollback()
            refusal = _refusal(connection, version)
    except DBAPIError as error:
        raise InputError(f"{where} cannot be opened: {_words(error)}.") from error
    finally:
        engine.dispose()
    busy = refusal.startswith("database is locked")
    return Condition(where, version, HEAD, refusal, busy, tuple(missing), free)


def _where(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return f"The SQLite database {url.database}"
    host = f"{url.host or 'this machine'}{f':{url.port}' if url.port else ''}"
    return f"The PostgreSQL database {url.database or url.username} on {host}"


def _above(file: Path) -> Path:
    """Return the folder in which the file lies, or what is there of the way to it."""
    return next(above for above in file.parents if above.exists())


def _engine(url: URL, file: Path | None, seconds: float) -> Engine:
    if file is not None:
        # Opened as it is: a file that is not there must not be made by looking.
        address = f"{file.as_uri()}?mode=rw"
        return create_engine(
            url, creator=lambda: sqlite3.connect(address, uri=True, timeout=seconds, isolation_level=None)
        )
    limit = f"-c lock_timeout={seconds * 1000:.0f} -c statement_timeout={seconds * 1000:.0f}"
    # The driver takes no less than two seconds, and whole ones.
    connecting = {"connect_timeout": max(2, round(seconds)), "options": limit}
    return create_engine(url, connect_args=connecting, hide_parameters=True)


def _refusal(connection: Connection, version: str | None) -> str:
    """Return why the database would not take what Encore writes first, and take it back; empty where it would."""
    current = version == HEAD
    try:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql(
            "UPDATE alembic_version SET version_num = version_num" if current else "CREATE TABLE encore_doctor (n INTEGER)"
        )  # fmt: skip
    except DBAPIError as error:
        return _words(error)
    finally:
        connection.rollback()
    return ""


def _words(error: DBAPIError) -> str:
    """Return the database's words in one line, without its hints, which are indented."""
    lines = [line for line in str(error.orig).splitlines() if not line.startswith("\t")]
    return " ".join(" ".join(lines).split()).rstrip(".") or type(error.orig).__name__
