"""Importing contacts from a file, against bare executemany of the very rows it leaves behind.

The ceiling writes the finished rows into a copy of the same table, with the same indexes, batches and commits, and
neither reads a file nor maps, places, compares or counts anything. Goal: 0.5.

The file is the real call log where it lies beside the project, else a made-up one of the same size and shape.
"""

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.cli import clock
from bot.integrations import files
from bot.services import imports
from bot.services.imports import NewImport, Reading
from bot.store.database import Database

ROUNDS = 5
BATCH = 4_000
MAPPING = Path(__file__).parent.parent / "docs/examples/bank_calls.toml"
REAL = "datasets/anonymous_bank_1999/data_anonymous_bank_february.txt"


def run() -> None:
    """Print the seconds of both, and the ratio of rates."""
    with tempfile.TemporaryDirectory() as folder:
        source = _source(Path(folder))
        ours, bare = [], []
        rows: list[tuple[Any, ...]] = []
        longest = 0.0
        # Taken by turns, so that whatever else the machine does falls on both.
        for turn in range(ROUNDS):
            path = Path(folder) / f"ours{turn}.sqlite3"
            seconds, slowest = _import(source, path)
            ours.append(seconds)
            longest = max(longest, slowest)
            rows = rows or _rows(path)
            bare.append(_executemany(path, Path(folder) / f"bare{turn}.sqlite3", rows))
        ours_best, bare_best = min(ours), min(bare)
        print(f"file: {source.name}, {len(rows):,} contacts, batches of {BATCH:,} rows, best of {ROUNDS}")
        print(
            f"import           {ours_best:7.3f} s  {len(rows) / ours_best:10,.0f} contacts/s  longest batch {longest * 1000:.0f} ms"
        )
        print(f"bare executemany {bare_best:7.3f} s  {len(rows) / bare_best:10,.0f} contacts/s")
        print(f"ratio {bare_best / ours_best:.2f} (goal 0.5)")


def _import(source: Path, path: Path) -> tuple[float, float]:
    mapping = files.load_mapping(MAPPING)
    assert mapping.site is not None
    db = Database(f"sqlite:///{path}")
    new = NewImport("interactions", mapping.source, source.name, mapping.text, (mapping.site.name, mapping.site.zone))
    began, longest = time.perf_counter(), 0.0
    origin = db.write_now(imports.begin, clock.now(), new)
    for page in files.read(source, mapping, page_size=lambda: BATCH):
        at = time.perf_counter()
        reading = Reading(page.read, page.skipped, len(page.rejected))
        db.write_now(imports.take_page, clock.now(), origin, page.records, reading)
        longest = max(longest, time.perf_counter() - at)
    db.write_now(imports.finish, clock.now(), origin.import_id)
    seconds = time.perf_counter() - began
    db.close()
    return seconds, longest


def _rows(path: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT * FROM interaction ORDER BY id").fetchall()
    connection.close()
    return rows


def _executemany(like: Path, path: Path, rows: list[tuple[Any, ...]]) -> float:
    with sqlite3.connect(like) as model:
        statements = [
            r[0]
            for r in model.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'interaction' AND sql IS NOT NULL")
        ]
    model.close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    for statement in statements:
        connection.execute(statement)
    marks = ", ".join("?" * len(rows[0]))
    began = time.perf_counter()
    for batch in _batches(rows):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO interaction VALUES ({marks})", batch)
        connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    return seconds


def _batches(rows: list[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _source(folder: Path) -> Path:
    fixtures = Path(os.environ.get("ENCORE_FIXTURES", Path(__file__).parents[2] / "shared/fixtures"))
    if (fixtures / REAL).exists():
        return fixtures / REAL
    path = folder / "made_up_calls.txt"
    header = "vru+line call_id customer_id priority type date vru_entry vru_exit vru_time q_start q_exit q_time outcome ser_start ser_exit ser_time server"
    with path.open("w", newline="") as file:
        file.write("\t".join(header.split()) + "\r\n")
        for n in range(33_344):
            day, at = 1 + n % 28, 7 * 3600 + (n * 37) % 54_000
            clocks = [f"{t // 3600}:{t // 60 % 60:02}:{t % 60:02}" for t in (at, at + 10, at + 40, at + 40 + n % 600)]
            fields = [
                f"AA01{n % 60:02}",
                n,
                0,
                0,
                "PS",
                f"9902{day:02}",
                clocks[0],
                clocks[1],
                10,
                clocks[1],
                clocks[2],
                30,
                "AGENT",
                clocks[2],
                clocks[3],
                n % 600,
                "NO_SERVER" if n % 5 == 0 else f"AGENT{n % 24}",
            ]
            file.write("\t".join(map(str, fields)) + "\r\n")
    return path
