"""Everybody who is thanked hears of it; what they do not wish to be announced is said to them alone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.domain.manners import Messages
from bot.domain.preferences import Preferences
from bot.store import preferences
from tests.encore import House, sandboxed, serving, until
from tests.stories.praising import GIVER, LEA, MAX, NOA, colleagues, opened, points, say, send, shown, told, words_of


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    with colleagues(database_url) as where:
        yield where


@pytest.fixture
def manila(sqlite_url: str) -> Iterator[House]:
    with colleagues(sqlite_url) as where:
        yield where


def choose(where: House, name: str, chosen: Preferences) -> None:
    where.centre.db.write_now(preferences.save, where.centre.person(name), chosen)


async def test_everybody_who_is_thanked_hears_of_it(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        await say(cebu, sandbox, GIVER, "@lea @max stayed <late> & smiled #wow")
        await until(lambda: len(told(cebu, LEA)) == len(told(cebu, MAX)) == len(cebu.posts()) == 1)
    thanks = "Agent 1 thanks you: stayed &lt;late&gt; &amp; smiled #wow (#wow  ·  +5 points)"
    assert [told(cebu, LEA), told(cebu, MAX)] == [[thanks]] * 2


async def test_private_kudos_stand_in_no_channel(manila: House) -> None:
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        await opened(manila, sandbox)
        await send(manila, sandbox, [LEA], "helped me with my mother", seen_by=["private"])
        await until(lambda: len(told(manila, LEA)) == 1)
    assert told(manila, LEA) == ["Agent 1 thanks you: helped me with my mother (+5 points  ·  for you alone)"]
    assert "Your kudos for Agent 2 go to them privately." in words_of(shown(manila, GIVER)["blocks"])
    assert manila.posts() == []
    assert points(manila, "Agent 2") == [5]


async def test_who_does_not_wish_to_be_announced_is_thanked_alone(manila: House) -> None:
    choose(manila, "Agent 2", Preferences(announce=False))
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        answer = await say(manila, sandbox, GIVER, "@lea did very well")
        await until(lambda: len(told(manila, LEA)) == 1)
    assert answer.startswith("Your kudos for Agent 2 go to them privately.\nThey bring 5 points.")
    assert told(manila, LEA) == ["Agent 1 thanks you: did very well (+5 points  ·  for you alone)"]
    assert manila.posts() == []


async def test_nobody_can_tell_from_the_post_who_was_left_out(cebu: House) -> None:
    """With one left in the channel it reads as if one had been thanked, to everybody but those left out."""
    choose(cebu, "Agent 2", Preferences(announce=False))
    choose(cebu, "Agent 4", Preferences(announce=False))
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        mixed = await say(cebu, sandbox, GIVER, "@lea @max @noa stayed very late")
        await until(lambda: len(cebu.posts()) == 1 and all(told(cebu, one) for one in (LEA, MAX, NOA)))
        cebu.clock.skip(timedelta(seconds=10))
        alone = await say(cebu, sandbox, LEA, "@max stayed very late")
        await until(lambda: len(cebu.posts()) == 2 and len(told(cebu, MAX)) == 2)
    assert mixed.startswith(
        f"Your kudos for Agent 3 are on their way to <#{cebu.channel}>; Agent 2 and Agent 4 get them privately.\n"
        "They bring 5 points each."
    )
    assert alone.startswith(f"Your kudos for Agent 3 are on their way to <#{cebu.channel}>.\n")
    assert cebu.said()[0].replace("Agent 1", "") == cebu.said()[1].replace("Agent 2", "")
    assert told(cebu, MAX)[0].replace("Agent 1", "") == told(cebu, MAX)[1].replace("Agent 2", "")
    assert "for you alone" in told(cebu, LEA)[0]
    assert "for you alone" not in told(cebu, MAX)[0]


async def test_who_wants_to_hear_after_the_shift_hears_then(manila: House) -> None:
    choose(manila, "Agent 2", Preferences(messages=Messages.AFTER_SHIFT))
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        await say(manila, sandbox, GIVER, "@lea @max stayed very late")
        await until(lambda: len(told(manila, MAX)) == len(manila.posts()) == 1)
        assert told(manila, LEA) == []
        manila.clock.skip(timedelta(hours=9))
        await until(lambda: len(told(manila, LEA)) == 1)
    assert "Agent 1 thanks you: stayed very late" in told(manila, LEA)[0]
