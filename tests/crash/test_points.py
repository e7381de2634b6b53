"""Points are earned, corrected, given by hand, put together, given back, settled and told; whoever does it is killed.

Two processes do all of it, each of them the same deeds of people at the same moment, and each point kills one of them.
Afterwards everybody has what the story adds up to, every message stands in Slack once and as it was last, and the proof
finds nothing.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from bot.domain.people import Role
from bot.store import people
from tests.crash.fleet import SECONDS, SOAK
from tests.crash.process import EDIT, POST, Point
from tests.crash.script import BONUS, CAKE, GONG, LEAVER, PIZZA, SCRIPTS, WRONG, cebu
from tests.crash.story import SEED, Story, assert_verified, id_of, story
from tests.encore import House, link, until
from tests.stories.facts import survey
from tests.stories.rewarding import ADA, ANA, LEA, LEO, NAMES, REX, direct, hired, live, rows, words

START: Final = cebu("2026-03-06 09:00")
PLACES: Final = range(2)
EACH, MOST = 5, 3
"""Points for a rating of five stars, at most so many a day."""
RATINGS, WORSE = 4, 2
"""How many ratings of five stars everybody has of a day, and how many of one day are known later to be of one."""

DEEDS: Final = (
    "adjustments.bonus", "adjustments.correct", "adjustments.decide", "coaching.answer", "coaching.write",
    "dead_letters.give_up", "directory.remove_lead", "directory.unlink", "disputes.answer", "disputes.ask",
    "disputes.pass_on", "earning.judge", "earning.tell", "issuing.release", "leavers.settle", "pots.chip_in",
    "pots.lapse", "rewards.ask", "rewards.expire", "rewards.move",
)  # fmt: skip
CARD: Final = ("outbox.claim:card", "outbox.sent:card")
POINTS: Final = (
    *(Point("before", deed) for deed in (*DEEDS, *CARD)), *(Point("after", deed) for deed in (*DEEDS, *CARD)),
    *(Point("before", method) for method in (EDIT, f"{POST}:card")),
    *(Point("during", method) for method in (EDIT, f"{POST}:card")),
    *(Point("after", method) for method in (EDIT, f"{POST}:card")),
)  # fmt: skip

"""In every run of the tests every other one on one of the databases, the others on the other; in `make soak` all on both,
again and again, on bad days for Slack and with more that are killed from outside."""

RULE: Final = {
    "key": "stars",
    "words": "Five stars.",
    "metric": "rating",
    "at_least": 5,
    "points": EACH,
    "most_a_day": 3,
}
CATALOGUE: Final = (
    {"key": "pizza", "title": "Pizza", "words": "For all.", "price": PIZZA, "kind": "team"},
    {"key": "cake", "title": "Cake", "words": "For all.", "price": CAKE, "kind": "team", "approver": "admin"},
    {"key": "gong", "title": "The gong", "words": "You ring it.", "price": GONG, "kind": "recognition"},
)
MATES: Final = [NAMES[slack_id] for slack_id in (ANA, LEA, LEO, REX)]
LATER: Final = ["Agent 7", "Agent 8", "Agent 9"]
"""They earn when the budget of the month is used up, and get it in the next."""

UNREAD: Final = 1 + 2 * len(LATER)
"""What is for those who are not in Slack: what they earned; of those who waited for it, that, too."""

EDITS: Final = {"adjustment_request": 2, "coaching": 1, "dispute_request": 5, "over": 1, "reward_request": 5}
"""How many messages took the place of earlier ones: of two who are asked about the cake each sees two steps; of two leads
who are asked a question one reads no more than that it was passed on, since he leads no more."""

READ: Final = {
    ANA: (
        "Agent 4 thanks you: helped with the move.", "Agent 2 wrote down your coaching", "You earned 15 points.",
        "−5 points: Corrected", "Your 15 points are back", "Agent 5 answered your question",
    ),
    LEA: (
        "Agent 1 answered your coaching", "You earned 15 points.", "for “Cake” is full", "approved “Cake”",
        "“Cake” is handed over",
    ),
    LEO: (
        "a bonus of 101 points", "were taken back: It was not his shift.", "You earned 15 points.", "approved “Cake”",
        "“Cake” is handed over",
    ),
    REX: (
        "Agent 4 approved it, and it is done.", "could not be sent. The channel is archived.",
        "Agent 5 approved it, and it is done.", "Agent 5 handed over “Cake”", "You earned 15 points.",
        "Agent 6 has left", "Nobody decided in time about “The gong”",
    ),
    ADA: (
        "Agent 4 approved it, and it is done.", "could not be sent. The channel is archived.",
        "Agent 5 approved it, and it is done.", "Agent 5 handed over “Cake”", "Agent 6 has left",
        "Nobody decided in time about “The gong” for Agent 4.",
    ),
}  # fmt: skip
"""What everybody has read at last, each of it once."""


@pytest.mark.parametrize("again", range(1 + SOAK // 4))
async def test_whatever_becomes_of_points_happens_once(database_url: str, tmp_path: Path, again: int) -> None:
    points = POINTS if SOAK > 1 else POINTS[database_url.startswith("sqlite") :: 2]
    centre = hired(database_url)
    async with story(
        database_url, tmp_path, points, at=START, script="points", centre=centre, seed=SEED + again
    ) as told:  # fmt: skip
        spoiling = [asyncio.create_task(deed) for deed in ((told.spoil(), strike(told)) if SOAK > 1 else ())]
        await live_through(told)
        for task in spoiling:
            task.cancel()
        await told.finish(0)
        # On Slack's bad days an answer may be lost each time, so that nobody comes to what is after it.
        assert [name for name in told.fleet.missing if SOAK == 1 or not name.startswith("after chat.")] == []
        assert_moved_once(told.where)
        assert_said_once(told)
        assert_verified(told.where)


async def strike(told: Story) -> None:
    """Kill one from outside now and then, at any moment."""
    while True:
        await asyncio.sleep(told.fleet.dice.uniform(0.2, 2))
        told.fleet.kill_one()


async def live_through(told: Story) -> None:
    """Let everything happen."""
    where = told.where
    prepare(where)
    told.fleet.start(*PLACES)
    await go_on(told, "2026-03-06 09:00", "2026-03-06 10:00", "2026-03-06 11:00", "2026-03-06 12:00")
    rate(told, "2026-03-06", [*MATES, LEAVER], 5)
    # The cards of the day, the morning on which it is judged, and what is done with the points then.
    await go_on(told, "2026-03-06 17:01", "2026-03-07 07:00", "2026-03-07 09:00", "2026-03-07 10:00")
    await go_on(told, "2026-03-07 11:00")
    rate(told, "2026-03-07", LATER, 5)
    # One whose points are in a pot was rated less well, as is known now.
    rate(told, "2026-03-06", [NAMES[ANA]], 1, count=WORSE)
    await go_on(told, "2026-03-07 17:01", "2026-03-08 07:00", "2026-03-08 09:00", "2026-03-08 17:01")
    # What nobody decided, and the pot that was never full, are given back; the next month has a budget of its own.
    await go_on(told, "2026-03-11 08:00", "2026-03-11 17:01", "2026-04-01 07:00", "2026-04-01 17:01")


def prepare(where: House) -> None:
    where.centre.db.write_now(people.grant, where.centre.person(NAMES[REX]), Role.ADMIN, None)
    live(
        where, *CATALOGUE, earning=[RULE], budget={"points": 5}, kudos={"allowance": 0},
        points={"two_person_limit": BONUS - 1, "leavers": "pay_out_days", "leaver_days": 0},
        redeem={"expires_days": 3, "pot_days": 3},
        manners={"quiet_from": "00:00", "quiet_until": "00:00", "daily_limit": 1},
    )  # fmt: skip
    where.workspace.add_person("wrong", slack_id=WRONG)
    link(where, "Agent 10", WRONG)
    # Nothing can be posted there any more.
    where.workspace.channel(where.channel).is_archived = True


def rate(told: Story, day: str, agents: Sequence[str], stars: int, *, count: int = RATINGS) -> None:
    """Bring in so many ratings of a day for each of these."""
    centre = told.where.centre
    centre.at = told.clock.now()
    rated = [(f"{agent} {day} {n}", agent) for agent in agents for n in range(count)]
    centre.bring(*[survey(name, who, sent=f"{day} 09:30", answered=f"{day} 10:00", stars=stars) for name, who in rated])


async def go_on(told: Story, *moments: str) -> None:
    """Let it become each of these moments, and everything be done and said that is due then."""
    for moment in map(cebu, moments):
        await told.clock.skip_between(max(moment - told.clock.now(), timedelta(0)))
        await until(partial(is_done, told, played_by(moment), told.clock.now()), seconds=SECONDS)


def is_done(told: Story, played: int, at: datetime) -> bool:
    """Whether each process has done so much of the script, and what was due then, and nothing is left to be said."""
    fleet = told.fleet
    done = all(fleet.played.get(p, 0) >= played and fleet.ticked.get(p, START) >= at for p in PLACES)
    return done and is_quiet(told.where)


def played_by(moment: datetime) -> int:
    """Return how much of the script is done by then."""
    return sum(at <= moment for at, _ in SCRIPTS["points"])


def is_quiet(where: House) -> bool:
    """Whether nothing waits to be said but the cards of the day."""
    return rows(where, "SELECT 1 FROM outbox WHERE status IN ('queued', 'sending') AND view <> 'card'") == []


def assert_moved_once(where: House) -> None:
    """Hold what moved, and what became of everything, against what the story adds up to."""
    earned, fewer = EACH * MOST, EACH * (MOST - (RATINGS - WORSE))
    counted = rows(where, "SELECT kind, COUNT(*) FROM txn WHERE status = 'done' GROUP BY kind")
    assert dict(counted) == {
        "bonus": 1, "correction": 1, "earn": MOST * len([*MATES, LEAVER, *LATER]), "earn.corrected": fewer // EACH,
        # What was taken back was in the pot: it is lent, and paid when the pot is given back.
        "owed": 2, "budget": 2, "leaver.paid_out": 1, "redeem.part": 3, "redeem": 1, "redeem.back": 2, "redeem.done": 2,
    }  # fmt: skip
    assert rows(where, "SELECT COUNT(*) FROM txn WHERE status <> 'done'") == [(0,)]
    has = rows(
        where,
        "SELECT name, unit, balance FROM account JOIN person ON owner = 'person:' || person.id WHERE balance <> 0",
    )
    assert {(name, unit): balance for name, unit, balance in has} == {
        (NAMES[ANA], "points"): earned - fewer, (NAMES[REX], "points"): earned, **{(name, "points"): earned for name in LATER}
    }  # fmt: skip
    became = {
        table: dict(rows(where, f"SELECT {column}, COUNT(*) FROM {table} GROUP BY {column}"))
        for table, column in (("award", "state"), ("pot", "status"), ("redemption", "status"), ("adjustment", "status"))
    }
    assert became == {
        "award": {"issued": dict(counted)["earn"] - fewer // EACH, "back": fewer // EACH},
        "pot": {"done": 1, "given_back": 1}, "redemption": {"done": 1, "expired": 1}, "adjustment": {"done": 2},
    }  # fmt: skip
    assert rows(where, "SELECT COUNT(*), COUNT(answer_text_id) FROM coaching") == [(1, 1)]
    assert rows(where, "SELECT status FROM dispute") == [("answered",)]
    undone = "SELECT deed, COUNT(*) FROM audit WHERE deed IN ('role.revoke', 'people.unlink') GROUP BY deed"
    assert dict(rows(where, undone)) == {"role.revoke": 1, "people.unlink": 1}
    assert rows(where, "SELECT * FROM earning_due WHERE due_at < '2026-04-01'") == []


def assert_said_once(told: Story) -> None:
    """Hold what stands in Slack against what was queued, and against what everybody is to have read at last."""
    queued = told.outbox()
    by_id = {row.id: row for row in queued}
    assert {row.status for row in queued} == {"sent", "folded", "dead"}
    assert all(by_id[row.folded_into_id].status == "sent" for row in queued if row.status == "folded")
    assert Counter(row.error for row in queued if row.status == "dead") == {"is_archived": 1, "not_in_slack": UNREAD}
    posted = [(id_of(m), channel, m.ts) for channel, said in told.posted().items() for m in said]
    sent = [row for row in queued if row.status == "sent"]
    assert sorted(posted) == sorted((r.public_id, r.posted_in, r.ts) for r in sent if r.edits_id is None)
    assert Counter(row.view for row in sent if row.edits_id is not None) == EDITS
    assert told.taken_out == []
    for slack_id, phrases in READ.items():
        texts = "\n".join(message.text for message in direct(told.where, slack_id))
        assert {phrase: texts.count(phrase) for phrase in phrases} == dict.fromkeys(phrases, 1), texts
    (note,) = [m for m in direct(told.where, ANA) if m.text.startswith("Agent 2 wrote down")]
    assert "I shall try it." in words(note.blocks)
    (last,) = [m for m in direct(told.where, LEO) if m.text == "This is with others now."]
    assert "It was." not in words(last.blocks)
