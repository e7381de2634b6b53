"""Posts are never lost and never doubled: four processes give kudos and post them, and are killed at any point.

Meanwhile Slack loses answers, refuses, breaks and asks to wait. With senders that send again without looking the same
story sees posts twice: so it would see Encore's.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from sqlmodel import Session, select

from bot.services import outbox, praise
from bot.store import tables
from tests.crash.fleet import SECONDS, SOAK
from tests.crash.process import HISTORY, POST, Point, asked_for, words_of
from tests.crash.story import Story, apply, assert_verified, id_of, story
from tests.encore import House, link, until
from tests.stories.facts import CEBU, call

AFTERNOON: Final = datetime(2026, 3, 6, 8, 15, tzinfo=UTC)
"""A quarter past four at all sites; at five the cards of the day come."""
SITES: Final = (CEBU, ("Taipei", "Asia/Taipei"), ("Perth", "Australia/Perth"), ("Makassar", "Asia/Makassar"))
ALL_DAY: Final = {"quiet_from": "00:00", "quiet_until": "00:00", "daily_limit": 5}
PLACES: Final = range(len(SITES))
FEWEST: Final = 6 * SOAK
"""How many kudos each place gives at least."""
BLOWS: Final = 2 * SOAK
"""How many processes are killed from outside, at any moment, besides those that kill themselves."""

POINTS: Final = (
    Point("before", "praise.give", 3), Point("after", "praise.give", 2),
    Point("before", POST), Point("during", POST), Point("after", POST, 2),
    Point("before", "outbox.sent"), Point("after", "outbox.sent", 2), Point("before", "outbox.doubt"),
)  # fmt: skip
LOOKING: Final = (Point("before", HISTORY), Point("during", HISTORY), Point("after", HISTORY))


async def test_every_post_is_said_once_and_in_order(database_url: str, tmp_path: Path) -> None:
    async with story(database_url, tmp_path, (*POINTS, *LOOKING), at=AFTERNOON) as told:
        await give_and_kill(told)
        rows, posted = told.outbox(), told.posted()
        sent = {row.public_id: (row.posted_in, row.ts) for row in rows if row.status == "sent"}
        assert sent == {id_of(message): (channel, message.ts) for channel, said in posted.items() for message in said}
        cards = {row.id for row in rows if row.view == "card"}
        assert all(row.status == "sent" or (row.status == "folded" and row.folded_into_id in cards) for row in rows)
        assert times_said(told, in_public=True) == times_said(told, in_public=False) == {1}
        assert told.taken_out == []
        for channel, said in posted.items():
            if not told.where.workspace.channel(channel).is_im:
                assert_in_order([message.text for message in said], told.fleet.given)
                assert all(later.said_at - earlier.said_at >= outbox.PAUSE for earlier, later in pairwise(said))
        assert_verified(told.where)


async def test_the_story_sees_a_sender_that_sends_again_without_looking(sqlite_url: str, tmp_path: Path) -> None:
    async with story(sqlite_url, tmp_path, POINTS, at=AFTERNOON, blind=True) as told, giving(told):
        await until(lambda: max(times_said(told, in_public=True), default=0) > 1, seconds=SECONDS)


async def test_a_sender_that_stood_still_for_longer_than_its_lease_says_nothing(
    database_url: str, tmp_path: Path
) -> None:
    """As where a machine sleeps: what it had taken was said by another when it wakes."""
    halt = Point("after", "outbox.claim", halts=True)
    async with story(database_url, tmp_path, [halt], at=AFTERNOON) as told:
        givers = open_sites(told.where)
        give(told, 1, givers)
        told.fleet.start(0)
        await until(lambda: not told.fleet.missing, seconds=SECONDS)
        told.fleet.start(1)
        await until(lambda: not told.unsent(), seconds=SECONDS)
        told.fleet.wake(0)
        await told.fleet.stop(1)
        # What it says next it says after that which it had taken.
        give(told, 2, givers)
        await until(lambda: not told.unsent(), seconds=SECONDS)
        assert times_said(told, in_public=True) == times_said(told, in_public=False) == {1}


async def give_and_kill(told: Story) -> None:
    """Let kudos be given until every point has killed somebody, then start all anew and let them say the rest."""
    fleet = told.fleet
    async with giving(told):
        for _ in range(BLOWS):
            await asyncio.sleep(fleet.dice.uniform(0.2, 0.6))
            fleet.kill_one()
        await until(lambda: not fleet.missing, seconds=SECONDS)
        await until(lambda: all(fleet.given.get(place, 0) >= FEWEST for place in PLACES), seconds=SECONDS)
    await told.finish(*PLACES)


@asynccontextmanager
async def giving(told: Story) -> AsyncIterator[None]:
    """Let kudos be given at every site, on a bad day for Slack."""
    where, fleet = told.where, told.fleet
    givers = open_sites(where)
    fleet.givers.update({place: (giver, [g for g in givers if g != giver]) for place, giver in enumerate(givers)})
    fleet.on_death = lambda: assert_both_or_neither(where)
    fleet.start(*PLACES)
    spoiling = asyncio.create_task(told.spoil())
    try:
        yield
    finally:
        spoiling.cancel()


def open_sites(where: House) -> list[str]:
    """Open every site with somebody who gives kudos there; return who they are in Slack."""
    givers = []
    for name, zone in SITES:
        agent, slack_id = f"Agent in {name}", f"U{name.upper()}"
        where.centre.bring(call(name, agent, "2026-03-05 10:00", zone=zone), site=(name, zone))
        where.workspace.add_person(name.lower(), slack_id=slack_id, tz=zone)
        link(where, agent, slack_id)
        givers.append(slack_id)
    apply(where, where.clock.now(), SITES, kudos={"allowance": 500, "points": 5}, manners=ALL_DAY)
    return givers


def give(told: Story, number: int, givers: list[str]) -> None:
    """Give kudos as whoever is in the first place gives them."""
    where = told.where
    asked = asked_for(0, number, where.workspace.team_id, givers[0], givers[1:])
    where.centre.db.write_now(praise.give, where.clock.now(), asked)
    told.fleet.given[0] = number


def times_said(told: Story, *, in_public: bool) -> set[int]:
    """Return how often each of the kudos that were given stands in Slack, for all to see or for the receiver alone."""
    channels = [c for c in told.where.workspace.channels.values() if c.is_im is not in_public]
    texts = [message.text for channel in channels for message in told.posted()[channel.slack_id]]
    asked = [words_of(place, number) for place, last in told.fleet.given.items() for number in range(1, last + 1)]
    return {sum(text.count(words) for text in texts) for words in asked}


def assert_both_or_neither(where: House) -> None:
    """Hold the posts that are queued against the kudos there are at the same moment."""

    def look(session: Session) -> tuple[set[str], set[str], set[str]]:
        row = tables.Outbox
        in_public = session.exec(select(row.key).where(row.view == "kudos"))
        in_private = session.exec(select(row.key).where(row.view == "kudos_received"))
        return set(session.exec(select(tables.Praise.key))), set(in_public), {k.rpartition(":")[0] for k in in_private}

    kudos, in_public, in_private = where.centre.db.read_now(look)
    assert kudos == in_public == in_private


def assert_in_order(texts: list[str], given: dict[int, int]) -> None:
    """Hold the order in a channel against that in which each giver asked."""
    for place, last in given.items():
        asked = [words_of(place, number) for number in range(1, last + 1)]
        said = [words for text in texts for words in asked if words in text]
        assert said == sorted(said, key=asked.index)
