"""Spending from the ledger, against bare insert and commit of as many rows, on both databases.

One spend is a transaction of its own: accounts locked, key looked up, floor held, two entries with their hash, one
balance. The ceiling inserts one row and commits, straight through the driver. Goals: 0.3 on SQLite, 0.15 on PostgreSQL, where eight
lanes spend from accounts of their own.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from bot.domain.ledger import ISSUER, SINK, Deed, Unit, person, transfer
from bot.store import ledger, proof
from bot.store.database import Database
from tests.postgres import running_server

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
SECONDS = 3.0
LANES = 8


def run() -> None:
    """Print deeds a second of both, the slowest of a hundred, and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        _compare("SQLite", f"sqlite:///{Path(folder) / 'encore.sqlite3'}", lanes=1, goal=0.3)
    with running_server(durable=True) as server, server.database() as url:
        _compare("PostgreSQL", url, lanes=LANES, goal=0.15)


def _compare(name: str, url: str, *, lanes: int, goal: float) -> None:
    db = Database(url)
    for lane in range(lanes):
        owner = person(lane)
        deed = Deed(f"a{lane}", "award", "bench", transfer(Unit.POINTS, 10**9, source=ISSUER, target=owner), {})
        db.write_now(ledger.append, NOW, deed)
    spent, slow = _rate(lanes, lambda lane, n: db.write_now(ledger.append, NOW, _spend(lane, n)))
    with _bare(db, lanes) as insert:
        bare, _ = _rate(lanes, insert)
    held = not db.read_now(proof.verify)
    db.close()
    print(
        f"{name}, {lanes} lane(s): {spent:,.0f} spends/s (99 of 100 within {slow:.0f} ms), bare insert and commit {bare:,.0f}/s"
    )
    print(f"ratio {spent / bare:.2f} (goal {goal}); the proof {'holds' if held else 'DOES NOT HOLD'}")


def _rate(lanes: int, deed: Callable[[int, int], object]) -> tuple[float, float]:
    def lane(number: int) -> list[float]:
        taken: list[float] = []
        until = time.perf_counter() + SECONDS
        while (began := time.perf_counter()) < until:
            deed(number, len(taken))
            taken.append(time.perf_counter() - began)
        return taken

    began = time.perf_counter()
    with ThreadPoolExecutor(lanes) as threads:
        taken = sorted(one for part in threads.map(lane, range(lanes)) for one in part)
    return len(taken) / (time.perf_counter() - began), taken[int(len(taken) * 0.99)] * 1_000


def _spend(lane: int, n: int) -> Deed:
    owner = person(lane)
    return Deed(f"s{lane}/{n}", "spend", owner, transfer(Unit.POINTS, 1, source=owner, target=SINK), {"n": n})


@contextmanager
def _bare(db: Database, lanes: int) -> Iterator[Callable[[int, int], object]]:
    """Give what inserts and commits one row on a lane's own connection, straight through the driver."""
    table = "CREATE TABLE bare (key TEXT PRIMARY KEY, amount INTEGER, hash TEXT)"
    with ExitStack() as stack:
        if db.is_sqlite:
            file = sqlite3.connect(str(db.url.database), isolation_level=None, check_same_thread=False)
            stack.callback(file.close)
            file.execute("PRAGMA synchronous = FULL")
            file.execute(table)

            def insert_in_file(lane: int, n: int) -> None:
                file.execute("BEGIN IMMEDIATE")
                file.execute("INSERT INTO bare VALUES (?, -1, ?)", (f"{lane}/{n}", "0" * 64))
                file.execute("COMMIT")

            yield insert_in_file
            return
        address = db.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connections = [stack.enter_context(psycopg.connect(address)) for _ in range(lanes)]
        connections[0].execute(table)
        connections[0].commit()

        def insert(lane: int, n: int) -> None:
            connections[lane].execute("INSERT INTO bare VALUES (%s, -1, %s)", (f"{lane}/{n}", "0" * 64))
            connections[lane].commit()

        yield insert
