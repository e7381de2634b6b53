"""Rewards on a busy day: eight people at once ask for one, again and again, against bare insert and commit.

A redemption is what a press of a button does: who it is, what is offered, its price and a piece of the stock held in
the ledger, the request kept, its lead told through the outbox. It goes through `Database.write`, as whatever Slack
sends does: on SQLite one writer takes them in turn, on PostgreSQL eight work at once. The stock is one row that each of
them takes. The ceiling is that of `ledger`. Goals: 200 a second on SQLite, 400 on PostgreSQL, 99 of 100 within 150 ms
on two cores that have nothing else to do (RELIABILITY.md, 14).
"""

import asyncio
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import count
from typing import Final

from bench.company import NOW, SITE, WORKSPACE, analyze, hire, opened
from bench.ledger import LANES, ROUNDS, SECONDS, bare, rate
from bot.domain.programme import parse_programme
from bot.services import programme, rewards
from bot.services.rewards import Asked
from bot.store import proof
from bot.store.database import Database

DOCUMENT: Final = {
    "sites": {SITE: {"mode": "live", "live_from": "2026-03-01", "channel": "C1"}},
    "rewards": [{"key": "mug", "title": "A mug", "price": 1, "stock": 1_000_000}],
    "boards": [],
}


def run(people: int) -> None:
    """Print redemptions a second, how long one takes, and the ratio, on both databases."""
    with opened() as databases:
        for name, url in databases:
            db = Database(url)
            db.write_now(hire, people, spenders=LANES)
            version = parse_programme(DOCUMENT, origin="bench")
            db.write_now(programme.apply, NOW - timedelta(days=30), version, actor="bench")
            analyze(db)
            _redeem(name, db)
            print(f"{name}: the proof {'holds' if not db.read_now(proof.verify) else 'DOES NOT HOLD'}")
            db.close()


def _redeem(name: str, db: Database) -> None:
    asking: list[float] = []
    inserting: list[float] = []
    taken: list[float] = []
    with bare(db, LANES) as insert:
        numbers = [count() for _ in range(LANES)]
        for _ in range(ROUNDS):
            each, seconds = asyncio.run(_lanes(db, numbers))
            asking.append(len(each) / seconds)
            taken += each
            # SQLite has one writer: bare rows are inserted on one lane.
            inserting.append(rate(numbers[: 1 if db.is_sqlite else LANES], insert)[0])
    ratios = [asked / plain for asked, plain in zip(asking, inserting, strict=True)]
    cuts = statistics.quantiles(taken, n=100)
    print(
        f"{name}, {LANES} lanes: {statistics.median(asking):,.0f} redemptions/s (half within {cuts[49] * 1_000:.0f} ms, "
        f"99 of 100 within {cuts[98] * 1_000:.0f} ms), bare insert and commit {statistics.median(inserting):,.0f}/s, "
        f"ratio {statistics.median(ratios):.2f}"
    )


async def _lanes(db: Database, numbers: Sequence[Iterator[int]]) -> tuple[list[float], float]:
    """Let all lanes ask for a while; return how many seconds each took, and all together."""
    began = time.perf_counter()

    async def lane(which: int) -> list[float]:
        each = []
        while (asked := time.perf_counter()) < began + SECONDS:
            wanted = Asked(f"r{which}/{next(numbers[which])}", WORKSPACE, f"U{which}", "mug", 1)
            assert (await db.write(rewards.ask, NOW, wanted)).case is not None
            each.append(time.perf_counter() - asked)
        return each

    found = await asyncio.gather(*map(lane, range(len(numbers))))
    return [one for part in found for one in part], time.perf_counter() - began
