"""Databases as stories find them, made once in a run and copied: to hire a floor anew takes longer than most stories."""

import contextlib
import fcntl
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from tests.postgres import Server


def begin(url: str, name: str, build: Callable[[str], None]) -> None:
    """Bring a test's own database, prepared and empty so far, to what `build` makes of one.

    The first to need what goes by this name builds it, for all workers; nobody may be connected.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        place = Path(str(address.database))
        shutil.copyfile(sqlite_snapshot(place.parent.parent, name, place, build), place)
    else:
        _copy_on_postgres(address, name, build)


def sqlite_snapshot(folder: Path, name: str, source: Path | None, build: Callable[[str], None]) -> Path:
    """Return the file of a snapshot in the run's folder; the first to need it builds it, from a copy of `source`."""
    snapshot, unfinished = folder / f"{name}.sqlite3", folder / f"{name}.unfinished.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not snapshot.exists():
            unfinished.unlink(missing_ok=True)
            if source is not None:
                shutil.copyfile(source, unfinished)
            build(f"sqlite:///{unfinished}")
            # What is still in the write-ahead log would be missing from a copy of the file.
            with contextlib.closing(sqlite3.connect(unfinished)) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            unfinished.rename(snapshot)
    return snapshot


def _copy_on_postgres(address: URL, name: str, build: Callable[[str], None]) -> None:
    folder = Path(str(address.query["host"])).parent
    with contextlib.closing(Server(folder)) as server:
        server.prepare(name, build, template="prepared")
        server.replace(str(address.database), name)
