"""Points on a busy day: redemptions, against bare insert and commit, and awards for a whole company.

A redemption is what a press of a button does: who it is, what is offered, its price held in the ledger, the
request kept, its lead told through the outbox. The ceiling is that of `ledger`. Awards are day stats of everybody that
are judged and awarded by a rule, as after an import, in the portions of the job; their ceiling is what the ledger's
appends alone take.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final

from sqlmodel import Session

from bench.ledger import LANES, ROUNDS, bare, rate
from bot.domain.ledger import ISSUER, Deed, Unit, person, transfer
from bot.domain.parts import Parts
from bot.domain.people import Role
from bot.domain.programme import parse_programme
from bot.services import earning, programme, rewards
from bot.services.rewards import Asked
from bot.store import bulk, figures, ledger, people, proof, tables
from bot.store.database import Database
from bot.store.figures import Cell
from tests.postgres import running_server

SITE: Final = "Bench"
NOW: Final = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
DAY: Final = date(2026, 3, 19)
WORKSPACE: Final = "TBENCH"
PEOPLE: Final = 50_000

DOCUMENT: Final = {
    "sites": {SITE: {"mode": "live", "live_from": "2026-03-01", "channel": "C1"}},
    "rewards": [{"key": "mug", "title": "A mug", "price": 1}],
    "earning": [{"key": "level", "words": "You were there.", "metric": "service_level", "points": 10}],
    "boards": [],
}


def run() -> None:
    """Print redemptions a second and their ratio, and how long everybody's awards take, on both databases."""
    with opened() as databases:
        for name, url, lanes in databases:
            db = Database(url)
            db.write_now(_hire, PEOPLE)
            db.write_now(
                programme.apply, NOW - timedelta(days=30), parse_programme(DOCUMENT, origin="bench"), actor="bench"
            )
            _redeem(name, db, lanes)
            _award(name, db)
            print(f"{name}: the proof {'holds' if not db.read_now(proof.verify) else 'DOES NOT HOLD'}")
            db.close()


@contextmanager
def opened() -> Iterator[list[tuple[str, str, int]]]:
    """Give each database's name, address and lanes."""
    with tempfile.TemporaryDirectory() as folder, running_server(durable=True) as server, server.database() as url:
        yield [
            ("SQLite", f"sqlite:///{Path(folder) / 'encore.sqlite3'}", LANES),
            ("PostgreSQL", url, LANES),
        ]


def _hire(session: Session, how_many: int) -> None:
    """Let so many people work at one site; the first is everybody's lead, the next have points to spend."""
    session.add_all([tables.Site(id=1, name=SITE, zone="UTC"), tables.Team(id=1, site_id=1, name="All")])
    session.flush()
    numbers = range(1, how_many + 1)
    at = bulk.moment(session, NOW - timedelta(days=300))
    bulk.insert(session, tables.Person, ("id", "name", "created_at"), [(n, f"Agent {n}", at) for n in numbers])
    stays = [(n, 1, 1, "2025-01-01") for n in numbers]
    bulk.insert(session, tables.Membership, ("person_id", "site_id", "team_id", "starts_on"), stays)
    session.add(tables.RoleGrant(person_id=1, role=Role.LEAD, team_id=1))
    for lane in range(LANES):
        session.add(tables.SlackIdentity(workspace_id=WORKSPACE, slack_id=f"U{lane}", person_id=lane + 2))
        postings = transfer(Unit.POINTS, 10**9, source=ISSUER, target=person(lane + 2))
        ledger.append(session, NOW, Deed(f"a{lane}", "award", "bench", postings, {}))


def _redeem(name: str, db: Database, lanes: int) -> None:
    asking: list[float] = []
    inserting: list[float] = []
    slow: list[float] = []

    def ask(lane: int, n: int) -> None:
        assert db.write_now(rewards.ask, NOW, Asked(f"r{lane}/{n}", WORKSPACE, f"U{lane}", "mug", 1)).case is not None

    with bare(db, lanes) as insert:
        numbers = [count() for _ in range(lanes)]
        for _ in range(ROUNDS):
            done, taken = rate(numbers, ask)
            asking.append(done)
            slow.append(taken)
            # SQLite has one writer: bare rows are inserted on one lane.
            inserting.append(rate(numbers[: 1 if db.is_sqlite else lanes], insert)[0])
    ratios = [asked / plain for asked, plain in zip(asking, inserting, strict=True)]
    print(
        f"{name}, {lanes} lane(s): {statistics.median(asking):,.0f} redemptions/s (99 of 100 within "
        f"{statistics.median(slow):.0f} ms), bare insert and commit {statistics.median(inserting):,.0f}/s, "
        f"ratio {statistics.median(ratios):.2f}"
    )


def _award(name: str, db: Database) -> None:
    began = time.perf_counter()
    for first in range(0, PEOPLE, 1_000):
        db.write_now(_bare_awards, range(first, first + 1_000))
    bare_seconds = time.perf_counter() - began
    cells = [Cell(n, DAY.isoformat(), "service_level", "all") for n in range(1, PEOPLE + 1)]
    for first in range(0, PEOPLE, 1_000):
        db.write_now(_reach, cells[first : first + 1_000])
    began = time.perf_counter()
    awarded = 0
    while due := db.read_now(earning.list_due, NOW):
        awarded += db.write_now(earning.judge, NOW, due)
    seconds = time.perf_counter() - began
    print(
        f"{name}: {PEOPLE:,} people judged and awarded in {seconds:.1f} s ({awarded:,} awards); the ledger's appends alone "
        f"{bare_seconds:.1f} s, ratio {bare_seconds / seconds:.2f}"
    )


def _bare_awards(session: Session, numbers: range) -> None:
    for n in numbers:
        postings = transfer(Unit.POINTS, 10, source=ISSUER, target=f"bench:{n}")
        ledger.append(session, NOW, Deed(f"b{n}", "award", "bench", postings, {}))


def _reach(session: Session, cells: list[Cell]) -> None:
    """Let everybody reach the service level on that day."""
    figures.put(session, "person_id", dict.fromkeys(cells, Parts(9, 10, 1)))
    earning.mark(session, NOW, cells, people.list_stays(session, [cell.owner_id for cell in cells]))
