"""Spending from the ledger, against bare insert and commit, on both databases.

One spend is a transaction of its own: accounts locked, floor held, key unique, two entries with their hash, one
balance. The ceiling inserts one row and commits, straight through the driver, in the same database and as durably:
every commit of both waits for the disk. They take turns, since a machine is not equally quick all the time, and the
ratio is the median of the rounds. Goals: 0.3 on SQLite, 0.15 on PostgreSQL, where eight lanes spend from accounts of
their own.
"""

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg

from bot.domain.ledger import ISSUER, SINK, Deed, Unit, person, transfer
from bot.store import ledger, proof
from bot.store.database import Database
from tests.postgres import running_server

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
ROUNDS = 7
SECONDS = 1.0
LANES = 8

Work = Callable[..., object]
"""What is measured: it is given a lane, and a number (or several for one transaction) that is never given again."""


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
    spending: list[float] = []
    inserting: list[float] = []
    slow: list[float] = []
    with bare(db, lanes) as insert:
        numbers = [count() for _ in range(lanes)]
        for _ in range(ROUNDS):
            spent, taken = rate(numbers, lambda lane, n: db.write_now(ledger.append, NOW, _spend(lane, n)))
            spending.append(spent)
            slow.append(taken)
            inserting.append(rate(numbers, insert)[0])
    held = not db.read_now(proof.verify)
    db.close()
    ratios = [spent / bare for spent, bare in zip(spending, inserting, strict=True)]
    print(
        f"{name}, {lanes} lane(s): {statistics.median(spending):,.0f} spends/s "
        f"(99 of 100 within {statistics.median(slow):.0f} ms), "
        f"bare insert and commit {statistics.median(inserting):,.0f}/s"
    )
    print(
        f"ratio {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f} (goal {goal}); "
        f"the proof {'holds' if held else 'DOES NOT HOLD'}"
    )


def rate(numbers: Sequence[Iterator[int]], work: Work) -> tuple[float, float]:
    """Return how often a second all lanes together do it, and how many milliseconds 99 of 100 take at most."""

    def lane(number: int) -> list[float]:
        taken: list[float] = []
        until = time.perf_counter() + SECONDS
        while (began := time.perf_counter()) < until:
            work(number, next(numbers[number]))
            taken.append(time.perf_counter() - began)
        return taken

    began = time.perf_counter()
    with ThreadPoolExecutor(len(numbers)) as threads:
        taken = sorted(one for part in threads.map(lane, range(len(numbers))) for one in part)
    return len(taken) / (time.perf_counter() - began), taken[int(len(taken) * 0.99)] * 1_000


def _spend(lane: int, n: int) -> Deed:
    owner = person(lane)
    return Deed(f"s{lane}/{n}", "spend", owner, transfer(Unit.POINTS, 1, source=owner, target=SINK), {"n": n})


@contextmanager
def bare(db: Database, lanes: int) -> Iterator[Work]:
    """Give what inserts and commits one row on a lane's own connection, straight through the driver."""
    table = "CREATE TABLE bare (key TEXT PRIMARY KEY, amount INTEGER, hash TEXT)"
    with ExitStack() as stack:
        if db.is_sqlite:
            file = sqlite3.connect(str(db.url.database), isolation_level=None, check_same_thread=False)
            stack.callback(file.close)
            file.execute("PRAGMA synchronous = FULL")
            assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            file.execute(table)

            def insert_in_file(lane: int, *several: int) -> None:
                file.execute("BEGIN IMMEDIATE")
                file.executemany("INSERT INTO bare VALUES (?, -1, ?)", [(f"{lane}/{n}", "0" * 64) for n in several])
                file.execute("COMMIT")

            yield insert_in_file
            return
        address = db.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connections = [stack.enter_context(psycopg.connect(address)) for _ in range(lanes)]
        for setting in ("fsync", "synchronous_commit"):
            assert connections[0].execute(f"SHOW {setting}").fetchone() == ("on",)
        connections[0].execute(table)
        connections[0].commit()

        def insert(lane: int, *several: int) -> None:
            if len(several) == 1:
                row = (f"{lane}/{several[0]}", "0" * 64)
                connections[lane].execute("INSERT INTO bare VALUES (%s, -1, %s)", row)
            else:
                keys = [f"{lane}/{n}" for n in several]
                sql = "INSERT INTO bare SELECT key, -1, %s FROM unnest(%s::text[]) AS key"
                connections[lane].execute(sql, ("0" * 64, keys))
            connections[lane].commit()

        yield insert
