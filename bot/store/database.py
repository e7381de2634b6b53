"""Engines, threads and transactions: `write` is one deed in one transaction, `read` looks and changes nothing.

On SQLite one writer thread takes deeds in the order they came; several processes may open the file, so correctness
rests on BEGIN IMMEDIATE and the busy time-out, and the queue is for fairness (DESIGN.md, "Why synchronous services").
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, LifoQueue
from types import MappingProxyType
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlmodel import Session

from bot.errors import DatabaseError, EncoreError, InputError
from bot.store import driver
from bot.store.migrations import HEAD, current_version, upgrade

P = ParamSpec("P")
T = TypeVar("T")

BUSY_TIMEOUT_MS: Final = 15_000
READERS: Final = 4
CACHE_KIB: Final = 16 * 1024
"""A connection's own cache: the upper levels of the indexes of some million day stats."""
POSTGRES_WRITERS: Final = 8
TRIES: Final = 5
BEGIN: Final = "BEGIN IMMEDIATE"
"""How SQLite begins a deed: it is the only writer from its first reading on, or it could overspend."""
PATIENCE_SECONDS: Final = 30
"""How long a deed waits for a connection while others use them all."""
LIVENESS: Final[Mapping[str, str | int]] = MappingProxyType(
    {
        "connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    }
)  # fmt: skip
"""How a server that is gone without a word is noticed, in seconds and milliseconds: by default it takes hours."""
RETRIED_STATES: Final = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: PostgreSQL rolled everything back, and the same deed may be tried again."""


class Database:
    """One database with its threads. Close it when done."""

    def __init__(self, url: str) -> None:
        """Open the database at `url`, creating and migrating it on first use; InputError where it cannot be."""
        self.url: Final = database_url(url)
        self.is_sqlite: Final = self.url.get_backend_name() == "sqlite"
        migrate(url)
        writers = 1 if self.is_sqlite else POSTGRES_WRITERS
        self._writing = _Connections(self.url, writers)
        self._reading = _Connections(self.url, READERS, read_only=True)
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="write")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="read")

    async def write(self, deed: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `deed(session, ...)` in a transaction of its own and commit it; an exception rolls all of it back."""
        call = asyncio.get_running_loop().run_in_executor
        return await call(self._writers, lambda: self.write_now(deed, *args, **kwargs))

    async def read(self, look: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `look(session, ...)` on one consistent state of the data; on SQLite an attempt to write fails."""
        call = asyncio.get_running_loop().run_in_executor
        return await call(self._readers, lambda: self.read_now(look, *args, **kwargs))

    async def clock(self) -> datetime:
        """Return what PostgreSQL's clock says, in UTC; a SQLite file has none."""
        return await self.read(
            lambda session: driver.run(session, "SELECT clock_timestamp()").fetchone()[0].astimezone(UTC)
        )

    def write_now(self, deed: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what `write` does on the calling thread, for the command line and for tests."""
        return self._run(self._writing, deed, *args, **kwargs)

    def read_now(self, look: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what `read` does on the calling thread."""
        return self._run(self._reading, look, *args, **kwargs)

    def close(self) -> None:
        """Wait for what is running, then let go of threads and connections."""
        self._writers.shutdown()
        self._readers.shutdown()
        self._writing.close()
        self._reading.close()

    def _run(
        self, connections: "_Connections", deed: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Try again what PostgreSQL rolled back or whose COMMIT went unanswered: every deed has a key.

        DatabaseError says what the database is wanting; an error in what it was asked stays as the driver raised it.
        """
        for attempt in range(1, TRIES + 1):
            try:
                with connections.transaction(fresh=attempt > 1) as session:
                    return deed(session, *args, **kwargs)
            except DBAPIError as error:
                if attempt < TRIES and (_rolled_back(error) or error.connection_invalidated):
                    continue
                if not isinstance(error, OperationalError) or _is_our_own(error.orig):
                    raise
                raise DatabaseError(_told(error.orig)) from error
        raise AssertionError("unreachable: the last try returned or raised")


class _Connections:
    """Connections that stay open between deeds, each with a session: making them anew takes longer than a small deed."""

    def __init__(self, url: URL, size: int, *, read_only: bool = False) -> None:
        self._engine = _engine(url, size=size, read_only=read_only)
        self._begin = ("BEGIN" if read_only else BEGIN) if url.get_backend_name() == "sqlite" else None
        # The last one first: a quiet Encore needs two, and the others are not even opened.
        self._free: LifoQueue[Session | None] = LifoQueue()
        for _ in range(size):
            self._free.put(None)

    @contextmanager
    def transaction(self, *, fresh: bool) -> Iterator[Session]:
        """Give a session within a transaction that is committed in the end; after an error nothing of it is kept.

        The connection is one that was left open, which may have been cut off meanwhile, or a fresh one that answers.
        """
        try:
            lent = self._free.get(timeout=PATIENCE_SECONDS)
        except Empty:
            raise DatabaseError("The database is busy; try again.") from None
        try:
            if lent is not None and fresh:
                driver.connection_of(lent).close()
                lent = None
            if lent is None:
                lent = self._open()
            if self._begin:
                driver.run(lent, self._begin)
            yield lent
            if lent.in_transaction():
                lent.flush()
                lent.close()
            # Else it was only asked for its connection, and has nothing to write or to forget.
            driver.commit(lent)
        except BaseException:
            if lent is not None:
                driver.connection_of(lent).close()
                lent = None
            raise
        finally:
            self._free.put(lent)

    def close(self) -> None:
        """Close them all; nobody may be using one."""
        while not self._free.empty():
            left = self._free.get()
            if left is not None:
                driver.connection_of(left).close()
        self._engine.dispose()

    def _open(self) -> Session:
        connection = self._engine.connect()
        # For SQLAlchemy one transaction lasts as long as the connection, and closing it takes back what is not
        # committed. The database's own are begun and committed by the driver, which is quicker by a tenth of a deed.
        connection.begin()
        return driver.opened(connection, **_WITHIN)


_WITHIN: Final[Mapping[str, Any]] = MappingProxyType(
    {"expire_on_commit": False, "join_transaction_mode": "rollback_only"}
)
"""Closing the session leaves the connection's transaction as it is; a rollback of it would be the transaction's."""


def database_url(text: str) -> URL:
    """Return the address as SQLAlchemy takes it: `postgres://` is understood, the driver is psycopg 3."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # Neither the address nor the parser's words about it: either may hold the password.
        raise InputError(
            "What stands as the address of the database is not a database address. "
            "Use sqlite:///PATH or postgres://USER:PASSWORD@HOST/NAME."
        ) from None
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        raise InputError(f"Encore keeps its data in SQLite or PostgreSQL, not in “{url.drivername}”.")
    if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
        raise InputError("Encore needs a file: a SQLite database in memory is not seen by a second connection.")
    if url.get_backend_name() == "sqlite":
        return url.set(database=str(Path(url.database or "").expanduser()))
    return url


def migrate(text: str) -> None:
    """Create the database at this address, or bring it to the newest version; InputError where it cannot be opened."""
    url = database_url(text)
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite":
        try:
            # The figures of people: nobody else on the machine needs to look into the folder.
            Path(url.database or "").parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"The folder of {url.database} cannot be made: {error.strerror}.") from error
    # Looking at the version takes no lock: whoever only reads need not wait for a writer.
    looking, engine = _engine(url, size=1, read_only=True), _engine(url, size=1, migrating=True)
    try:
        with looking.connect() as connection:
            version = current_version(connection)
        if version == HEAD:
            return
        if version is not None and version > HEAD:
            raise InputError(f"The database {shown} is of a newer Encore (version {version}, this one knows {HEAD}).")
        with engine.begin() as connection:
            if url.get_backend_name() == "sqlite":
                connection.exec_driver_sql(BEGIN)
            upgrade(connection)
    except OperationalError as error:
        raise InputError(f"The database {shown} cannot be opened: {error.orig}") from error
    except DBAPIError as error:
        if "file is not a database" in str(error.orig):
            raise InputError(f"{url.database} is not a SQLite database.") from error
        raise EncoreError(f"The database could not be brought to version {HEAD}: {error.orig}") from error
    finally:
        looking.dispose()
        engine.dispose()


def _is_our_own(error: object) -> bool:
    """Whether SQLite means the statement itself, such as a table that is not there; PostgreSQL's has another class."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


def _told(error: object) -> str:
    words = str(error).strip().partition("\n")[0]
    if words.startswith("database is locked"):
        return "The database is locked by another program; try again."
    return f"The database refused: {words or type(error).__name__}"


def _rolled_back(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in RETRIED_STATES


def _engine(url: URL, *, size: int, read_only: bool = False, migrating: bool = False) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, size=size, read_only=read_only, migrating=migrating)
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if read_only else {}
    return create_engine(
        url, pool_size=size, max_overflow=0, pool_pre_ping=True, hide_parameters=True, execution_options=options,
        connect_args={name: value for name, value in LIVENESS.items() if name not in url.query},
    )  # fmt: skip


def _sqlite_engine(url: URL, *, size: int, read_only: bool, migrating: bool) -> Engine:
    engine = create_engine(
        url, pool_size=size, max_overflow=0, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}
    )

    def connected(connection: sqlite3.Connection, _record: object) -> None:
        # The driver must not begin by itself: with its defaults a transaction that reads first can overspend.
        connection.isolation_level = None
        # A busy file is waited for here too: switching to WAL takes the file alone for a moment.
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA foreign_keys = {'OFF' if migrating else 'ON'}")
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")

    event.listen(engine, "connect", connected)
    return engine
