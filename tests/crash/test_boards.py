"""Each board is posted once for each local day, however many processes look for it and whenever they are killed.

The story runs over the beginning of summer time in Lisbon: one of its days is an hour short, and the hour in which a
board is due is missing in it.
"""

import asyncio
import json
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.domain.periods import moment_of, zone
from tests.crash.fleet import SECONDS, SOAK
from tests.crash.process import POST, Point
from tests.crash.story import Story, apply, id_of, story
from tests.encore import until
from tests.stories.facts import CEBU, DENVER, LISBON, call, survey

SITES: Final = (CEBU, LISBON, DENVER)
EARLY: Final = "positive"
AT: Final = {EARLY: time(1, 30), "csat": time(9)}
"""When the board of each metric is posted, on the day after that of which it tells."""
EVE: Final = datetime(2026, 3, 28, 12, tzinfo=UTC)
FIRST: Final = date(2026, 3, 28)
FEWEST, MOST = 3 * SOAK - 1, 12 * SOAK
"""How many days the story lasts: until every point has killed somebody."""

POINTS: Final = (
    Point("before", "posting.schedule", 2), Point("after", "posting.schedule", 2),
    Point("before", "posting.post"), Point("after", "posting.post"),
    Point("before", POST), Point("during", POST), Point("after", POST),
    Point("before", "outbox.sent"), Point("after", "outbox.sent"),
)  # fmt: skip

Board = tuple[str, str, date]
"""A site, a metric and the day it tells of."""


@pytest.mark.parametrize(("database", "processes"), [("postgres_url", 3), ("sqlite_url", 2)])
async def test_every_board_is_posted_once_for_each_local_day(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, processes: int
) -> None:
    url = request.getfixturevalue(database)
    async with story(url, tmp_path, POINTS, at=EVE) as told:
        for site in SITES:
            work(told, site, FIRST - timedelta(days=2))
        boards = [{"key": metric, "metric": metric, "at": f"{at:%H:%M}"} for metric, at in AT.items()]
        apply(told.where, EVE, SITES, since=FIRST, boards=boards)
        expected: Counter[Board] = Counter()
        worked = set()
        told.fleet.start(*range(processes))
        spoiling = asyncio.create_task(told.spoil())
        for due, site, metric, day in calendar():
            # Both boards of a day are due after it: it is worked before the first of them.
            if metric == EARLY and (told.fleet.missing or day < FIRST + timedelta(days=FEWEST)):
                work(told, site, day)
                worked.add((site, day))
            if (site, day) in worked:
                expected[site[0], metric, day] += 1
                await told.clock.skip_between(max(due - told.clock.now(), timedelta(0)))
                # Now and then one is killed from outside, too, while it looks for the board or posts it.
                await asyncio.sleep(told.fleet.dice.uniform(0, 0.2))
                if told.fleet.dice.random() < 0.3:
                    told.fleet.kill_one()
                await until(lambda: posted(told, expected.total()) >= expected, seconds=SECONDS)
        spoiling.cancel()
        assert not told.fleet.missing
        await told.finish(*range(processes))
        assert posted(told) == expected
        assert told.taken_out == []


def calendar() -> list[tuple[datetime, tuple[str, str], str, date]]:
    """Return every board that is to be posted, in order: the moment at which it is due, its site, metric and day."""
    days = [FIRST + timedelta(days=n) for n in range(MOST)]
    return sorted(
        (moment_of(day + timedelta(days=1), at, zone(site[1])), site, metric, day)
        for site in SITES
        for metric, at in AT.items()
        for day in days
    )


def work(told: Story, site: tuple[str, str], day: date) -> None:
    """Bring in what a site did on a day."""
    name, tz = site
    centre = told.where.centre
    centre.at = told.clock.now()
    agents = [f"{name} {n}" for n in range(3)]
    centre.bring(*[call(f"{name} {day} {agent}", agent, f"{day} 10:00", zone=tz) for agent in agents], site=site)
    centre.bring(
        *[survey(f"{name} {day} {agent}", agent, answered=f"{day} 11:00", zone=tz, stars=5) for agent in agents],
        site=site,
    )  # fmt: skip


def posted(told: Story, at_least: int = 0) -> Counter[Board]:
    """Return how often Slack shows each board; with less than so many of them nobody needs to look closely."""
    if sum(map(len, told.posted().values())) < at_least:
        return Counter()
    told_of = {row.public_id: json.loads(row.value) for row in told.outbox()}
    values = [told_of[id_of(message)] for said in told.posted().values() for message in said]
    return Counter((value["site"], value["metric"], date.fromisoformat(value["first"])) for value in values)
