"""Awards for a whole company: everybody's work days are judged by a rule, in the portions of the job.

First a day of a month that has nothing yet, as after a first import; then a later day of it, when everybody
has figures and awards of the days before. The ceiling writes as many rows of the same width in as large
transactions, straight through the driver: words, a transaction, two entries, a balance, an award. Goal: 50,000 within
10 seconds (RELIABILITY.md, 14), and no transaction that lets others wait for 250 ms.
"""

import gc
import time
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from typing import Final

from sqlmodel import Session

from bench.company import NOW, SITE, analyze, hire, opened
from bench.ledger import bare
from bot.domain.parts import Parts
from bot.domain.programme import parse_programme
from bot.services import earning, programme
from bot.store import figures, people, proof
from bot.store.database import Database
from bot.store.figures import Cell

FIRST: Final = date(2026, 3, 1)
DAYS: Final = 5
ROWS: Final = 6
"""So many rows an award writes."""
AT_ONCE: Final = 1_000

DOCUMENT: Final = {
    "sites": {SITE: {"mode": "live", "live_from": "2026-03-01", "channel": "C1"}},
    "earning": [{"key": "level", "words": "You were there.", "metric": "service_level", "points": 10}],
    "boards": [],
}


def run(how_many: int) -> None:
    """Print how long everybody's awards take, on both databases, and the longest transaction."""
    with opened() as databases:
        for name, url in databases:
            db = Database(url)
            db.write_now(hire, how_many)
            version = parse_programme(DOCUMENT, origin="bench")
            db.write_now(programme.apply, NOW - timedelta(days=30), version, actor="bench")
            # What was made until here stays, as in a server that has started.
            gc.freeze()
            plain = _plain(db, how_many)
            for day in (FIRST, FIRST + timedelta(days=DAYS)):
                if day != FIRST:
                    for n in range(1, DAYS):
                        _reach(db, how_many, FIRST + timedelta(days=n))
                    _, seconds, longest = _judge(db)
                    print(
                        f"{name}, {DAYS - 1} days that have waited: judged in {seconds:.1f} s, "
                        f"the longest transaction {longest * 1_000:.0f} ms"
                    )
                marking = _reach(db, how_many, day)
                analyze(db)
                awards, seconds, longest = _judge(db)
                print(
                    f"{name}, day {day.day} of the month: {how_many:,} people marked in {marking:.1f} s, judged in "
                    f"{seconds:.1f} s (with their teams {awards:,}; the longest transaction {longest * 1_000:.0f} ms); as many rows "
                    f"as awards write, bare: {plain:.1f} s, ratio {plain / seconds:.2f}"
                )
            print(f"{name}: the proof {'holds' if not db.read_now(proof.verify) else 'DOES NOT HOLD'}")
            db.close()


def _judge(db: Database) -> tuple[int, float, float]:
    """Let everything be judged that is due; return how many, and how many seconds it and its longest portion took."""
    began, judged, longest = time.perf_counter(), 0, 0.0
    while owners := db.read_now(earning.list_due, NOW):
        before = time.perf_counter()
        judged += db.write_now(earning.judge, NOW, owners)
        longest = max(longest, time.perf_counter() - before)
    return judged, time.perf_counter() - began, longest


def _reach(db: Database, how_many: int, day: date) -> float:
    """Let everybody reach the service level on a day; return how many seconds the marks alone take."""
    seconds = 0.0
    for first in range(1, how_many + 1, AT_ONCE):
        cells = [
            Cell(n, day.isoformat(), "service_level", "all") for n in range(first, min(first + AT_ONCE, how_many + 1))
        ]
        db.write_now(figures.put, "person_id", dict.fromkeys(cells, Parts(9, 10, 1)))
        began = time.perf_counter()
        db.write_now(_mark, cells)
        seconds += time.perf_counter() - began
    return seconds


def _mark(session: Session, cells: Sequence[Cell]) -> None:
    earning.mark(session, NOW, cells, people.list_stays(session, [cell.owner_id for cell in cells]))


def _plain(db: Database, how_many: int) -> float:
    """Return how many seconds the ceiling takes."""
    with bare(db, 1) as insert:
        numbers = count()
        began = time.perf_counter()
        for first in range(0, how_many, earning.PEOPLE_AT_ONCE):
            heads = min(earning.PEOPLE_AT_ONCE, how_many - first)
            insert(0, *(next(numbers) for _ in range(heads * ROWS)))
        return time.perf_counter() - began
