"""Many more people want a reward than there are pieces; the processes that serve them are killed all the time.

Afterwards exactly as many have one as there were, everybody was told one thing, and the ledger is proven. On PostgreSQL
the answer to many a COMMIT is lost on the way besides.
"""

import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from sqlmodel import Session

from bot.domain.ledger import ISSUER, Deed, Unit, person, transfer
from bot.domain.offers import CATALOGUE, stock_units
from bot.services import people
from bot.store import ledger, proof, tables
from tests.crash.fleet import SOAK
from tests.crash.program import program
from tests.crash.story import SEED
from tests.crash.taking import Job
from tests.encore import House
from tests.losing import losing
from tests.stories.rewarding import floor, limited, live, rows

PIECES: Final = 10 * SOAK
TAKERS: Final = 10 * PIECES
PRICE: Final = 10
PROCESSES, LANES = 4, 10
LOST: Final = 0.1


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from crowded(database_url)


@pytest.fixture
def small(sqlite_url: str) -> Iterator[House]:
    yield from crowded(sqlite_url)


def crowded(url: str) -> Iterator[House]:
    """Yield a floor with so many people and so few pieces."""
    for where in floor(url):
        where.centre.db.write_now(_come, where)
        live(where, limited(PIECES))
        yield where


def _come(session: Session, where: House) -> None:
    """Let so many people come to the site, each with the price of one piece."""
    site = people.find_site(session, "Cebu").id
    for n in range(TAKERS):
        taker = tables.Person(name=f"Taker {n}", created_at=where.centre.at)
        session.add(taker)
        session.flush()
        assert taker.id is not None
        session.add(tables.Membership(person_id=taker.id, site_id=site, starts_on=date(2026, 1, 1)))
        session.add(tables.SlackIdentity(workspace_id=where.workspace.team_id, slack_id=f"U{n}", person_id=taker.id))
        postings = transfer(Unit.POINTS, PRICE, source=ISSUER, target=person(taker.id))
        ledger.append(session, where.centre.at, Deed(f"award:{n}", "award", "story", postings, {}, None))


async def test_as_many_have_one_as_there_were(cebu: House, tmp_path: Path) -> None:
    async with way_to(cebu) as url:
        told = await take(cebu, url, tmp_path)
    assert len(told) == TAKERS
    # Whoever asked again, since a process was killed or an answer lost, was told the same.
    assert {len(answers) for answers in told.values()} == {1}
    assert sum("nothing" not in answers for answers in told.values()) == PIECES
    assert max(sum(answers.values()) for answers in told.values()) > 1
    assert rows(cebu, "SELECT status, COUNT(*), COUNT(DISTINCT person_id) FROM redemption GROUP BY status") == [
        ("asked", PIECES, PIECES)
    ]
    assert rows(cebu, "SELECT COUNT(*) FROM txn WHERE kind = 'redeem'") == [(TAKERS,)]
    db = cebu.centre.db
    assert db.read_now(ledger.balance, CATALOGUE, stock_units("mug")[0]) == 0
    assert db.read_now(proof.verify) == []


async def test_the_story_sees_whoever_asks_again_under_another_key(small: House, tmp_path: Path) -> None:
    url = small.centre.db.url.render_as_string(hide_password=False)
    told = await take(small, url, tmp_path, blind=True)
    assert max(len(answers) for answers in told.values()) > 1
    assert rows(small, "SELECT COUNT(*) FROM txn WHERE kind = 'redeem'") > [(TAKERS,)]


async def take(where: House, url: str, folder: Path, *, blind: bool = False) -> dict[str, Counter[str]]:
    """Let everybody take until all have an answer; return how often each of them was told what."""
    answers = folder / "answers"
    answers.touch()
    at, killed = where.clock.now().isoformat(), 3 * SOAK
    await run(
        Job(
            url, where.workspace.team_id, at, "mug", PRICE, TAKERS, PROCESSES, LANES, killed, str(answers),
            str(folder / "log"), SEED, blind,
        )
    )  # fmt: skip
    told = defaultdict[str, Counter[str]](Counter)
    for line in answers.read_text().splitlines():
        taker, answer = line.split()
        told[taker][answer] += 1
    return told


@asynccontextmanager
async def way_to(where: House) -> AsyncIterator[str]:
    """Give the way to the database: on PostgreSQL one on which answers are lost."""
    url = where.centre.db.url.render_as_string(hide_password=False)
    if where.centre.db.is_sqlite:
        yield url
        return
    dice, lost = random.Random(SEED), Counter[bool]()

    def lose() -> bool:
        is_lost = dice.random() < LOST
        lost[is_lost] += 1
        return is_lost

    async with losing(url, lose) as other:
        yield other
    assert lost[True] > TAKERS * LOST / 4


async def run(job: Job) -> None:
    """Have it run until everybody has an answer."""
    starting = await program(Path(job.log))
    starting.order("take", 0, asdict(job))
    ended, _, status = await anext(starting.told())
    log = Path(job.log).read_bytes()[-4000:].decode()  # noqa: ASYNC240
    assert (ended, status) == ("ended", "0"), f"ENCORE_SEED was {SEED}.\n{log}"
